"""What hangs on achievements in the crawl's world: rungs, cases of use, a disputed right, people who object."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.listings import actions
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import ApplicationInput, ParticipantInput, RegistrationInput, RightInput, StepInput
from mengkeju.listings.models import IpRight, Listing, Participation
from tests import factories as f
from tests.crawl.doors import may_read_record
from tests.crawl.stock import open_to

if TYPE_CHECKING:
    from tests.crawl.world import World

NUMBER, FILED = "200310102344.5", "85100001.0"
TIERS = ("public", "members", "parties")


def build(made: "World") -> None:
    """Put them all into the world."""
    listing: Listing = made.one("listing", "achievement public published")
    _steps(made, listing)
    _cases(made, listing)
    _rights(made, listing)
    _people(made, listing)


def _steps(made: "World", listing: Listing) -> None:
    by, now = made.people.actor("owner"), clock.now()
    for n, tier in enumerate(TIERS):
        evidence = made.planted.word(f"evidence of a rung ({tier})", open_to([listing], tier))
        given = StepInput(f"trl{n + 4}", clock.today() - timedelta(days=30 - n), evidence, tier)
        step = actions.add_maturity_step(listing, given, by=by, now=now, secrecy_reviewed=True)
        made.put("maturity_step", tier, step)
    office = made.planted.word("office of a registration", open_to([listing], "public"))
    registered = RegistrationInput("1502023Y0001", clock.today().replace(2023, 1, 5), office)
    actions.state_registration(listing, registered, by=by, now=now, secrecy_reviewed=True)


def _cases(made: "World", listing: Listing) -> None:
    by, now = made.people.actor("owner"), clock.now()
    for tier in TIERS:
        allowed = open_to([listing], tier)
        given = ApplicationInput(
            made.planted.word(f"adopter ({tier})", allowed),
            made.planted.word(f"product of a case ({tier})", allowed),
            clock.today() - timedelta(days=90),
            Decimal(2),
            "吨",
            evidence=made.planted.word(f"evidence of a case ({tier})", allowed),
            tier=tier,
        )
        made.put("application", tier, actions.add_application(listing, given, by=by, now=now, secrecy_reviewed=True))


def _reads(permission: str, box: list[IpRight]) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, permission, box[0]) or may_read_record(actor)


def _rights(made: "World", listing: Listing) -> None:
    """One number two organisations claim, and one not yet published of a draft."""
    people, now = made.people, clock.now()
    box: list[IpRight] = []
    why = [made.planted.word(f"basis of the claim of {who}", _reads(PartPerm.RIGHT_CLAIM_READ, box)) for who in "ab"]
    for n, (who, target) in enumerate((("owner", listing), ("counterpart", made.one("listing", "of the institute")))):
        given = RightInput(NUMBER, title="公开的权利", status="granted", basis=why[n])
        right, _new = actions.link_right(target, given, by=people.actor(who), now=now, secrecy_reviewed=True)
        box[:] = [right]
    right.refresh_from_db()
    made.put("ip_right", "disputed", right)
    hidden: list[IpRight] = []
    title = made.planted.word("title of an unpublished right", _reads(PartPerm.RIGHT_READ, hidden))
    given = RightInput(FILED, title=title, status="applied")
    draft = made.one("listing", "patent public draft")
    hidden[:] = [actions.link_right(draft, given, by=people.actor("owner"), now=now)[0]]
    made.put("ip_right", "not published", hidden[0])


def _people(made: "World", listing: Listing) -> None:
    """A name without login, and somebody of another organisation who objects: no page of others tells his name."""
    people, now = made.people, clock.now()
    by = people.actor("owner")
    box: list[Participation] = []

    def reads(actor: Actor) -> bool:
        return may(actor, PartPerm.PARTICIPATION_READ, box[0]) or may_read_record(actor)

    name = made.planted.word("name of an inventor", open_to([listing], listing.field_tiers["team"]))
    plain = ParticipantInput("inventor", name=name)
    made.put(
        "participation",
        "without login",
        actions.add_participant(listing, plain, by=by, now=now, secrecy_reviewed=True),
    )
    name = made.planted.word("name of who objects", lambda actor: reads(actor) or may(actor, "directory.people:read"))
    objector = f.account(name=name)
    given = ParticipantInput("inventor", person=f.person(objector))
    row = actions.add_participant(listing, given, by=by, now=now, secrecy_reviewed=True)
    box.append(row)
    reason = made.planted.word("why somebody objects", reads)
    actions.answer_participation(row, agrees=False, by=f.actor(objector), now=now, reason=reason)
    row.refresh_from_db()
    made.put("participation", "objects", row)
