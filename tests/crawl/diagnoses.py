"""Vague needs of the crawl's world and what a broker wrote of them."""

from typing import TYPE_CHECKING, Any

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.listings import actions as listings
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.models import Diagnosis
from mengkeju.listings.queries import is_told
from tests import factories as f

if TYPE_CHECKING:
    from tests.crawl.world import World


def build(made: "World") -> None:
    """A vague need in each state of its diagnosis: what the broker wrote is read by whom the table lets, once told."""
    people, planted, now = made.people, made.planted, clock.now()
    broker = people.actor("broker")
    for state in ("open", "claimed", "proposed", "tracked"):
        box: list[Any] = []

        def told(actor: Actor, box: list[Any] = box) -> bool:
            listing = box[0]
            return may(actor, "listings.listing:read", listing) or may(actor, "kernel.record:read")

        def read(actor: Actor, box: list[Any] = box) -> bool:
            reads = may(actor, "listings.diagnosis:read", box[1])
            return may(actor, "kernel.record:read") or (reads and is_told(actor, box[1]))

        words = {
            "title": planted.word(f"title of a need {state}", told),
            "summary": "渣太多，不知道怎么处理才好，请帮忙看看",
        }
        need = listings.create_listing(
            "need", ListingInput({"area": f.KUNDULUN} | words), owner=people.firm, by=people.actor("owner"), now=now
        )
        listings.submit_listing(need, by=people.actor("owner"), now=now, secrecy_level="公开", secrecy_reviewed=True)
        diagnosis = Diagnosis.objects.get(listing=need)
        box += [need, diagnosis]
        if state != "open":
            given = listings.Findings(
                planted.word(f"findings of a diagnosis {state}", read),
                listings.Wording(
                    planted.word(f"public title of a diagnosis {state}", read),
                    planted.word(f"public summary of a diagnosis {state}", read) + "渣" * 20,
                    planted.word(f"keywords of a diagnosis {state}", read),
                ),
            )
            taken = listings.claim_diagnosis(diagnosis, by=broker, now=now)
            if state == "claimed":
                listings.save_findings(taken, given, by=broker, now=now)
            else:
                outcome = {"proposed": "propose", "tracked": "track"}[state]
                listings.conclude_diagnosis(taken, outcome, given, by=broker, now=now)
        need.refresh_from_db()
        diagnosis.refresh_from_db()
        made.put("listing", need.state if state in {"open", "tracked"} else f"need {state}", need)
        made.put("diagnosis", state, diagnosis)
