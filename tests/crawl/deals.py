"""Deals of the crawl's world and all that hangs on them: every word of the inside is for those inside.

Who adds an address below /deals/, /registrations/, /desk/, /party-aliases/, /ledgers/ or /contract-statistics/ adds its
places here.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing

from mengkeju.deals import actions
from mengkeju.deals.access import AgencyPerm, DealPerm, StatPerm
from mengkeju.deals.actions import PartyInput, SourceDeal
from mengkeju.deals.actions.individual import SALT
from mengkeju.deals.engine.statistics import Figures
from mengkeju.deals.models import Deal, DealHelper, Landing, Milestone, PartyAlias, PaymentRecord, StatClosing
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from tests import factories as f
from tests.crawl.doors import or_record
from tests.deals import deal_rows, ledger_samples

if TYPE_CHECKING:
    from tests.crawl.world import Thing, World

PLACES: dict[tuple[str, str], str | tuple[str, ...]] = {
    ("deals", "uid"): "deal",
    ("deals", "transition"): ("terminate", "perform", "dispute", "nothing"),
    ("deals", "party_uid"): "deal_party",
    ("deals", "token"): "deal_link",
    ("deals", "helper_uid"): "deal_helper",
    ("deals", "payment_uid"): "deal_payment",
    ("deals", "milestone_uid"): "milestone",
    ("deals", "acceptance_uid"): "acceptance",
    ("deals", "landing_uid"): "landing",
    ("deals", "benefit_uid"): "benefit",
    ("deals", "arrival_uid"): "arrival",
    ("deals", "step"): ("build", "stop", "nothing"),
    ("deals", "text_uid"): "contract_text",
    ("deals", "offer_uid"): "offer",
    ("deals", "gap_uid"): "gap_item",
    ("deals", "package_uid"): "work_package",
    ("deals", "funding_uid"): "funding_line",
    ("registrations", "document_uid"): "registration_document",
    ("registrations", "key"): ("contract_text", "nothing"),
    ("registrations", "uid"): "registration",
    ("desk", "uid"): "registration",
    ("contract-statistics", "uid"): "stat_closing",
    ("claim-bases", "uid"): "claim_basis",
    ("contract-accounts", "uid"): "contract_account",
    ("party-aliases", "uid"): "party_alias",
    ("ledgers", "uid"): "ledger",
    ("agencies", "uid"): "organisation",
    ("deals", "result_uid"): "year_result",
    ("statistics", "uid"): "stat_closing",
    ("transfer-bodies", "uid"): "organisation",
}
MISSING_TOO = (
    "deal", "deal_party", "deal_helper", "deal_payment", "contract_text", "offer", "gap_item", "registration",
    "registration_document", "amendment", "stat_closing", "milestone", "acceptance", "landing", "benefit", "arrival",
    "work_package", "funding_line", "claim_basis", "contract_account", "party_alias", "agency_sheet",
    "body_evaluation",
)  # fmt: skip
"""Types of which one that does not exist is tried too."""


def body(_world: "World") -> dict[str, Any]:
    """Fields of the forms of deals."""
    return {
        "side": "buyer", "other": "对方单位（演示）", "signed_on": clock.today().isoformat(),
        "ip_share": "10", "deducts": "own_cost", "share": "5", "event": "演示签约", "day": clock.today().isoformat(),
    }  # fmt: skip


def _is_broker(_world: "World", actor: Actor) -> bool:
    return actor.has_role("broker")


def _is_the_institutes(world: "World", actor: Actor) -> bool:
    return world.people.institute.uid in actor.organisations


TALKS = ("a broker proposes, the parties agree", _is_broker)
BEYOND: dict[str, tuple[str, Callable[["World", Actor], bool]]] = {
    **dict.fromkeys(
        ("deal-text-take-back", "take_back_text"), ("taken back by the party that uploaded it", _is_the_institutes)
    ),
    **dict.fromkeys(("deal-offer-accept", "deal-gap-agree", "deal-gap-fail", "deal-gap-reopen"), TALKS),
}
"""Addresses that ask more than they declare: why, and of whom a POST may be taken or refused."""


NOT_OF_EVERY = frozenset(
    {
        *(
            "deal-year",
            "deal-renew",
            "deal-package-new",
            "deal-funding-new",
            "deal-part-new",
            "list_years",
            "report_year",
            "get_term",
            "renew_term",
        ),
        *("list_packages", "add_package", "list_funding", "add_funding", "open_part", "get_transfer_body"),
    }
)
"""What only deals of some kinds have, and organisations that are transfer bodies: 404 to everybody else."""


def may_close(actor: Actor, area: str) -> bool:
    """Whether the figures of an area may be closed."""
    return may(actor, StatPerm.CLOSE, StatClosing(area=area))


def helper_of(obj: Any) -> Any:
    """What `deals.helper:confirm` is asked on: whom the deal names, not the deal of the address."""
    return DealHelper(deal=obj) if isinstance(obj, Deal) else obj


def payment_of(obj: Any) -> Any:
    """As `helper_of` for `deals.payment:confirm`."""
    return PaymentRecord(deal=obj) if isinstance(obj, Deal) else obj


def milestone_of(obj: Any) -> Any:
    """As `helper_of` for what is asked on a milestone; of a deal without one, on one that its seller would report."""
    if not isinstance(obj, Deal):
        return obj
    return obj.milestones.first() or Milestone(deal=obj, reporter=obj.parties.get(side="seller", role="lead"))


def landing_of(obj: Any) -> Any:
    """As `helper_of` for what is asked on a landing; of a deal without one, on one at its buyer's."""
    if not isinstance(obj, Deal):
        return obj
    return obj.landings.first() or Landing(deal=obj, party=obj.parties.get(side="buyer", role="lead"))


ON_PART = frozenset({"deals.milestone:report", "deals.milestone:accept", "deals.milestone:drop", "deals.landing:move"})
"""Permissions that are asked on a part of a deal, not on the deal of the address."""


def is_no_part(things: "dict[str, Thing]") -> bool:
    """Whether the part that an address names does not exist, or is of another deal."""
    deal, part = (things[name].obj if name in things else None for name in ("uid", _part(things)))
    return deal is not None and (part is None or part.deal_id != deal.pk)


def _part(things: "dict[str, Thing]") -> str:
    return next((name for name in things if name in {"milestone_uid", "landing_uid"}), "")


def build(made: "World") -> None:
    """One between the firm and the institute with everything on it, a young one, one that a source tells of."""
    rich = _opened(made)
    _helped(made, rich)
    _hung(made, rich)
    box: list[Deal] = []
    young = actions.start_deal(
        _word(made, "title of a young deal", box),
        own=PartyInput("buyer", made.people.firm),
        other=PartyInput("seller", name="演示对方"),
        by=made.people.actor("owner"),
        now=clock.now(),
    )
    box.append(young)
    told = actions.record_deal_from_source(
        SourceDeal(
            "演示来源", "crawl", "演示：签约仪式", (made.people.institute,), (made.people.firm,), channel="演示"
        ),
        now=clock.now(),
    )
    for label, deal in (("talking", rich), ("young", young), ("from a source", told)):
        made.put("deal", label, deal)
        for party in deal.parties.all():
            made.put("deal_party", f"{party.side} of {label}", party)
    _linked(made)
    agency = made.people.institute
    sheet = actions.save_agency_sheet(
        agency,
        clock.today().year,
        {"staff": 9, "cases": made.planted.word("cases of a body's year", or_record(_of_body(agency)))},
        by=made.people.actor("counterpart"),
        now=clock.now(),
    )
    made.put("agency_sheet", "of the institute", sheet)
    closing = StatClosing.objects.create(
        area=f.BAOTOU, first_on=date(2025, 1, 1), last_on=date(2025, 12, 31), version=1, created_at=clock.now(),
        figures={"schema": "contract-statistics", "version": 1, "total": Figures().stored(), "cuts": {}},
    )  # fmt: skip
    made.put("stat_closing", "last year", closing)
    made.put("contract_account", "of the firm", made.people.firm)
    alias = PartyAlias.objects.create(area=f.HOHHOT, spelling="演示大学", key="演示大学", created_at=clock.now())
    made.put("party_alias", "of 呼和浩特", alias)
    _account, body, registrar = ledger_samples.desk()
    made.put("ledger", "of a registrar", ledger_samples.previewed([ledger_samples.row(1)], body, registrar))


def _linked(made: "World") -> None:
    """An individual was mailed the link of a deal of its own: its page shows what it is to whoever has the link."""
    deal = actions.start_deal(
        "演示：与个人的合作",
        own=PartyInput("buyer", made.people.firm),
        other=PartyInput("seller", name="演示个人", individual=True),
        by=made.people.actor("owner"),
        now=clock.now(),
    )
    party = deal.parties.get(individual=True)
    made.put("deal", "with an individual", deal)
    made.put("deal_party", "the individual", party)
    made.put("deal_link", "mailed", party, signing.dumps(str(party.uid), salt=SALT))


def _word(made: "World", what: str, box: list[Deal]) -> str:
    def inside(actor: Actor) -> bool:
        return may(actor, DealPerm.READ, box[0])

    return made.planted.word(what, or_record(inside))


def _opened(made: "World") -> Deal:
    """From the intention that is accepted, its talks begun; every text of it planted."""
    people, now, intention = made.people, clock.now(), made.one("intention", "accepted")
    actions.move_intention(intention, "talk", by=people.actor("owner"), now=now)
    deal = actions.open_deal(intention, by=people.actor("owner"), now=now)
    box = [deal]
    names = ("title", "summary", "ip_terms", "channel")
    words = {name: _word(made, f"{name} of a deal", box) for name in names}
    days = {"effective_until": clock.today() + timedelta(days=400)}
    return actions.edit_deal(deal, words | days, by=people.actor("owner"), now=now)


def _helped(made: "World", deal: Deal) -> None:
    """The broker, who may read the inside then, named by the firm."""
    helper = actions.add_helper(
        deal,
        person=f.person(made.people.accounts["broker"]),
        note=_word(made, "what the broker did", [deal]),
        by=made.people.actor("owner"),
        now=clock.now(),
    )
    made.put("deal_helper", "broker", helper)


def _hung(made: "World", deal: Deal) -> None:
    deal_rows.hang_on(deal)
    registration = deal.registrations.get()
    for kind, row in (
        ("registration", registration),
        ("registration_document", registration.documents.get()),
        ("amendment", registration.amendments.get()),
        ("deal_payment", deal.payments.get()),
        ("contract_text", deal.texts.get(role="main")),
        ("work_package", deal.packages.get()),
        ("funding_line", deal.funding_lines.get()),
        ("year_result", deal.year_results.get()),
        ("renewal", deal.renewals.get()),
        ("offer", deal.offers.get()),
        ("gap_item", deal.gaps.get()),
        ("milestone", deal.milestones.get()),
        ("acceptance", deal.acceptances.get()),
        ("landing", deal.landings.get()),
        ("benefit", deal.benefits.get()),
        ("arrival", deal.arrivals.get()),
        ("claim_basis", deal.claim_bases.get()),
        ("claimed_payment", deal.claim_bases.get().claimed.get()),
    ):
        made.put(kind, "of the talking one", row)
    box = [deal]
    for row, name in ((deal.offers.get(), "text"), (deal.gaps.get(), "gap")):
        said = made.planted.word(f"{name} of a deal", or_record(_inside(box)))
        type(row).objects.filter(pk=row.pk).update(**{name: said})


def _of_body(agency: Organisation) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, AgencyPerm.READ, agency)


def _inside(box: list[Deal]) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, DealPerm.READ_INSIDE, box[0])
