"""One row of everything that hangs on a deal, written plainly: for tests that walk every table."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput, SourceDeal
from mengkeju.deals.models import (
    Acceptance,
    AgencySheet,
    Amendment,
    Arrival,
    Benefit,
    ClaimBasis,
    ClaimedPayment,
    Deal,
    DealHelper,
    DealParty,
    FundingLine,
    GapItem,
    Instalment,
    Landing,
    Milestone,
    Offer,
    PartyAlias,
    PaymentRecord,
    PriceLine,
    Production,
    Registration,
    RegistrationDocument,
    Renewal,
    StatClosing,
    WorkPackage,
    YearResult,
)
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import begin
from mengkeju.kernel.subjects import subject_types
from tests import factories as f
from tests.deals import deal_samples as d

NUMBER = "2026150000000001"


def stamp(of: Deal, **columns: Any) -> dict[str, Any]:
    """The columns of every row, with its own."""
    return {"area": of.area, "created_at": d.NOW, **columns}


def prices(of: Deal) -> None:
    """A million, eight hundred thousand of it for technology; half of it paid by the buyer to the seller."""
    for order, (kind, amount) in enumerate((("technical", 800_000), ("equipment", 200_000))):
        PriceLine.objects.create(deal=of, kind=kind, amount=amount, order=order, **stamp(of))
    Instalment.objects.create(deal=of, condition="合同签订后", amount=500_000, **stamp(of))
    seller, buyer = (of.parties.get(side=side, role="lead", archived_at=None) for side in ("seller", "buyer"))
    PaymentRecord.objects.create(
        deal=of, payer=buyer, payee=seller, paid_on=d.SIGNED_ON, amount=500_000, said_for=buyer.organisation,
        **stamp(of),
    )  # fmt: skip
    value, technology = Decimal(1_000_000), Decimal(800_000)
    Deal.objects.filter(pk=of.pk).update(contract_value=value, technology_value=technology, paid_value=500_000)
    of.refresh_from_db()


def talks(of: Deal) -> None:
    """An offer of the buyer and a gap that nobody has closed."""
    buyer = of.parties.get(side="buyer", role="lead", archived_at=None)
    of_buyer = d.person_of(buyer)
    Offer.objects.create(deal=of, party=buyer, person=of_buyer, amount=900_000, text="先付一半", **stamp(of))
    GapItem.objects.create(deal=of, gap="处理量差一倍", raised_for=buyer, **stamp(of))


def registration(of: Deal, *, state: str = "filed", **columns: Any) -> Registration:
    """The application of the seller's lead, as if it had come to the state; `prepared` has not been filed."""
    seller = of.parties.get(side="seller", role="lead", archived_at=None)
    made = Registration(
        deal=of,
        applicant=seller,
        number_here=f"MK-R-2026-{of.pk:04d}-{of.registrations.count()}",
        area=of.area,
        declared_true=True,
        seller_name=seller.name,
    )
    if "registration" in subject_types:
        begin(made, by=SYSTEM, now=d.NOW, payload={})
    else:
        made.state, made.state_at, made.created_at = "prepared", d.NOW, d.NOW
        made.save(force_insert=True)
    filed = {"filed_at": d.NOW, "accepted_on": clock.today(d.NOW)} if state != "prepared" else {}
    Registration.objects.filter(pk=made.pk).update(state=state, **(filed | columns))
    made.refresh_from_db()
    RegistrationDocument.objects.create(registration=made, key="contract_text", **stamp(of))
    Amendment.objects.create(
        registration=made, name="certified_value", before="0", after="1", reason="演示", **stamp(of),
        changed_on=clock.today(d.NOW + timedelta(days=1)),
    )  # fmt: skip
    return made


def milestone(of: Deal, *, state: str = "planned") -> Milestone:
    """The seller's lead is to reach it; reported and accepted by the buyer's where the state says so."""
    seller, buyer = (of.parties.get(side=side, role="lead", archived_at=None) for side in ("seller", "buyer"))
    made = Milestone(
        deal=of, reporter=seller, title="完成中试", criteria="连续运行", due_on=d.SIGNED_ON + timedelta(days=90),
        report="已连续运行", reached_on=d.SIGNED_ON, accepted_for=buyer, area=of.area,
    )  # fmt: skip
    begin(made, by=SYSTEM, now=d.NOW, payload={})
    Milestone.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    return made


def verdict(of: Deal) -> Acceptance:
    """The buyer's lead found the work good."""
    buyer = of.parties.get(side="buyer", role="lead", archived_at=None)
    said = {"held_on": d.SIGNED_ON, "verdict": "passed", "opinion": "达到指标"}
    return Acceptance.objects.create(deal=of, said_for=buyer, **said, **stamp(of))


def landing(of: Deal) -> Landing:
    """At the buyer's, with a volume that is planned, figures of a year and people who came."""
    buyer = of.parties.get(side="buyer", role="lead", archived_at=None)
    made = Landing(deal=of, party=buyer, name="演示产线", unit="吨", capacity=Decimal(1000), area=buyer.area or of.area)
    begin(made, by=SYSTEM, now=d.NOW, payload={})
    Production.objects.create(landing=made, kind="plan", year=2027, volume=1000, **stamp(of))
    Benefit.objects.create(
        deal=of, landing=made, kind="forecast", year=2027, revenue=1_000_000, basis="年产 × 单价", said_for=buyer,
        **{**stamp(of), "area": made.area},
    )  # fmt: skip
    Arrival.objects.create(
        deal=of, employer=buyer.organisation, employer_name=buyer.name, team="演示团队", headcount=3,
        arrived_on=d.SIGNED_ON, **{**stamp(of), "area": made.area},
    )  # fmt: skip
    return made


def claimed(of: Deal) -> ClaimBasis:
    """What the buyer drew up on the payment of `prices`."""
    buyer, payment = of.parties.get(side="buyer", role="lead", archived_at=None), of.payments.get()
    assert buyer.organisation is not None
    begins, until = date(2025, 11, 1), date(2026, 10, 31)
    sums = {"base": 500_000, "before": 0, "computed": 50_000, "amount": 50_000, "granted": 0}
    made = ClaimBasis.objects.create(
        deal=of, applicant=buyer.organisation, party=buyer, side="buyer", window_begins=begins, window_until=until,
        contract_type="transfer", cap=2_000_000, **sums, **stamp(of),
        worked={"schema": "claim-basis", "version": 1, "steps": [], "bands": [], "left_out": [], "figures": []},
    )  # fmt: skip
    ClaimedPayment.objects.create(
        basis=made, payment=payment, side="buyer", paid_on=payment.paid_on, amount=500_000, technical=500_000,
        **stamp(of),
    )  # fmt: skip
    return made


def cooperation(of: Deal) -> None:
    """A package that the seller leads, a line of funding, what a year brought, a term that was prolonged."""
    seller = of.parties.get(side="seller", role="lead", archived_at=None)
    WorkPackage.objects.create(deal=of, lead=seller, title="演示任务", **stamp(of))
    FundingLine.objects.create(deal=of, source="city", amount=500_000, **stamp(of))
    YearResult.objects.create(deal=of, year=d.SIGNED_ON.year, summary="演示成果", **stamp(of))
    before, after = d.SIGNED_ON, d.SIGNED_ON + timedelta(days=365)
    addendum = d.text(of, role="addendum")
    Renewal.objects.create(deal=of, addendum=addendum, until_before=before, until_after=after, **stamp(of))


def hang_on(of: Deal) -> Deal:
    """Everything: text with its confirmations, price, claim basis, talks, what comes after, filed registration."""
    d.confirmed(of)
    milestone(of)
    verdict(of)
    landing(of)
    cooperation(of)
    prices(of)
    claimed(of)
    talks(of)
    registration(of)
    return of


def populate(buyer: Organisation, seller: Organisation, broker: Person) -> list[Deal]:
    """Deals between two organisations, for the two forms of every permission: opened by hand in several states,
    one with a broker and everything on it, one told of by a source, one archived, one between others.
    """
    made = [_between(buyer, seller, state) for state in ("talking", "signed", "closed", "terminated")]
    helped = hang_on(_between(buyer, seller, "talking"))
    DealHelper.objects.create(deal=helped, role="broker", person=broker, **stamp(helped))
    for state in ("prepared", "supplement", "withdrawn"):
        registration(_between(buyer, seller, "signed"), state=state)
    told = actions.record_deal_from_source(
        SourceDeal("演示来源", "p1", "演示签约", (seller,), (buyer,), channel="演示大会"), now=d.NOW
    )
    for state in ("reported", "reached", "dropped"):
        milestone(_between(buyer, seller, "signed"), state=state)
    landing(told)
    apart = _between(buyer, seller, "signed")  # nobody of the buyer is here
    apart.parties.filter(side="buyer").update(organisation=None)
    milestone(apart, state="reported")
    landing(apart)
    gone = _between(buyer, seller, "talking")
    Deal.objects.filter(pk=gone.pk).update(archived_at=d.NOW, archived_by=gone.created_by)
    agency = f.organisation(kind="platform")
    others = hang_on(_between(f.organisation(), f.organisation(area=f.XINCHENG), "talking"))
    DealHelper.objects.create(deal=others, role="agency", organisation=agency, **stamp(others))
    DealParty.objects.create(deal=others, side="buyer", role="member", person=broker, name="演示个人", **stamp(others))
    for body in (agency, buyer, seller):
        AgencySheet.objects.create(organisation=body, year=2025, staff=9, area=body.area, created_at=d.NOW)
    for area in (f.HOHHOT, f.BAOTOU):
        PartyAlias.objects.create(area=area, spelling="演示单位", key="演示单位", created_at=d.NOW)
        StatClosing.objects.create(
            area=area, first_on="2025-01-01", last_on="2025-12-31", version=1, figures={}, created_at=d.NOW
        )
    return [*made, helped, told, gone, others]


def _between(buyer: Organisation, seller: Organisation, state: str) -> Deal:
    made = actions.start_deal(
        "演示：两家的合作",
        own=PartyInput("buyer", buyer),
        other=PartyInput("seller", seller),
        by=f.actor(f.manager(buyer)),
        now=d.NOW,
    )
    return d.put(made, state)
