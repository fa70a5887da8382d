"""Two parties and a registrar do what they like, in any order: what must hold of deals and registrations holds.

A Hypothesis state machine. Acts are the real actions; whatever one of them refuses must leave nothing behind, and
whatever one of them does must be told by an event.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import OWN_MOVES
from mengkeju.deals.engine.price import UNBOUND
from mengkeju.deals.engine.registration_workflow import LIVE_STATES, REGISTERED_STATES
from mengkeju.deals.models import Deal, Intention, PaymentRecord, Registration
from tests.deals.acts import Acts, Region

DESK = ("accept", "supplement", "expert", "opinion", "register", "refuse", "change", "cancel", "uphold", "reject")
PARTY_ACTS = (
    *("offer", "price", "text", "confirm", "sign", "prepare", "complete", "file", "withdraw", "supply", "object"),
    *("pay", "confirm_payment", "withdraw_payment", *OWN_MOVES),
)
NUMBERS = ("YS26261101000001", "ys26-2611-01-000001", "ＹＳ２６２６１１０１０００００２", "YS26261101000003", "12345")
AMOUNTS = (Decimal(0), Decimal(600_000), Decimal(860_000), Decimal(6_000_000))
PARTIES, REGISTRARS = ("seller", "buyer"), ("registrar", "colleague")
PEOPLE = (*PARTIES, *REGISTRARS, "of_seller", "of_buyer", "stranger")
TO_SIGN = (("seller", "price"), ("buyer", "text"), ("seller", "confirm"), ("buyer", "confirm"), ("buyer", "sign"))


class Parties(Acts):
    """One run: at most two deals of the pair, what is done with them, and what has been told."""

    @initialize(steps=st.integers(0, 7), amount=st.sampled_from(AMOUNTS))
    def begin(self, steps: int, amount: Decimal) -> None:
        """A run begins anywhere on the way from nothing to a registration."""
        for _step in range(steps):
            self.onward(0, amount, NUMBERS[0])

    @rule(who=st.sampled_from(PEOPLE), way=st.sampled_from(("intention", "hand")))
    def open(self, who: str, way: str) -> None:
        """From the intention, or by hand; two deals are enough."""
        if Deal.objects.count() >= 2:
            return
        pair = self.region.pair
        if way == "hand":
            sides = PartyInput("buyer", pair.firm), PartyInput("seller", pair.institute)
            own, other = sides if who == "buyer" else sides[::-1]
            self.act(actions.start_deal, "演示：另一份合同", own=own, other=other, who=who)
        else:
            self.act(actions.open_deal, Intention.objects.get(pk=self.region.intention.pk), who=who)

    @rule(
        who=st.sampled_from(PARTIES),
        acts=st.lists(st.sampled_from(PARTY_ACTS), min_size=2, max_size=6),
        which=st.integers(0, 1),
        amount=st.sampled_from(AMOUNTS),
        mode=st.sampled_from(("fixed", "royalty", "open")),
    )
    def party(self, who: str, acts: list[str], which: int, amount: Decimal, mode: str) -> None:
        """A party does something, whether it is the time for it or not."""
        deal = self.deal(which)
        if deal is None:
            return
        for act in acts:
            deal.refresh_from_db()
            self.do(act, deal, who, amount, mode)

    @rule(
        who=st.sampled_from(REGISTRARS),
        acts=st.lists(st.sampled_from(DESK), min_size=2, max_size=6),
        which=st.integers(0, 2),
        said=st.tuples(st.sampled_from(NUMBERS), st.sampled_from(AMOUNTS), st.sampled_from(AMOUNTS)),
    )
    def desk(self, who: str, acts: list[str], which: int, said: tuple[str, Decimal, Decimal]) -> None:
        """A registrar does something, whether it is the time for it or not."""
        case = self.case(which)
        if case is None:
            return
        for act in acts:
            case.refresh_from_db()
            self.decide(act, case, who, said)

    @rule(
        who=st.sampled_from(PEOPLE),
        act=st.sampled_from((*PARTY_ACTS, *DESK)),
        which=st.integers(0, 1),
        value=st.sampled_from(AMOUNTS),
    )
    def meddle(self, who: str, act: str, which: int, value: Decimal) -> None:
        """Anybody tries anything: strangers, and registrars who belong to a party."""
        deal, case = self.deal(which), self.case(which)
        if act in DESK and case is not None:
            self.decide(act, case, who, (NUMBERS[0], value, value))
        elif act not in DESK and deal is not None:
            self.do(act, deal, who, value, "fixed")

    @rule(who=st.sampled_from(("of_seller", "of_buyer")), which=st.integers(0, 2))
    def decide_for_oneself(self, who: str, which: int) -> None:
        """A registrar who belongs to a party tries what is next on the case of his own house."""
        case = self.case(which)
        if case is not None:
            amounts = case.applied_value or Decimal(0), case.applied_technology or Decimal(0)
            self.decide(next_at_desk(case), case, who, (NUMBERS[3], *amounts))

    @rule(which=st.integers(0, 1), amount=st.sampled_from(AMOUNTS), number=st.sampled_from(NUMBERS[:4]))
    def onward(self, which: int, amount: Decimal, number: str) -> None:
        """Whoever is to act does what comes next, so that a run gets far."""
        deal = self.deal(which)
        if deal is None:
            self.open("buyer", "hand" if which else "intention")
            return
        if deal.state == "talking":
            for who, act in TO_SIGN:
                self.do(act, deal, who, amount, "fixed")
            return
        case = deal.registrations.filter(state__in=LIVE_STATES).order_by("-pk").first()
        if case is None:
            self.do("prepare", deal, "seller", amount, "fixed")
        elif case.state in ("prepared", "supplement"):
            self.do("complete", deal, "seller", amount, "fixed")
            self.do("file" if case.state == "prepared" else "supply", deal, "seller", amount, "fixed")
        elif case.state not in REGISTERED_STATES:
            value, technology = (
                one if one is not None else amount for one in (deal.contract_value, deal.technology_value)
            )
            self.decide(next_at_desk(case), case, "registrar", (number, value, technology))

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Days go by."""
        self.now += timedelta(days=days)

    # What always holds.

    @invariant()
    def one_live_registration_a_contract(self) -> None:
        live = Counter(Registration.objects.filter(state__in=LIVE_STATES).values_list("deal", flat=True))
        assert max(live.values(), default=0) <= 1

    @invariant()
    def technology_lies_within_the_contract(self) -> None:
        pairs = list(Deal.objects.values_list("technology_value", "contract_value"))
        pairs += Registration.objects.values_list("certified_technology", "certified_value")
        pairs += Registration.objects.values_list("applied_technology", "applied_value")
        for technology, value in pairs:
            assert technology is None or (value is not None and 0 <= technology <= value)

    @invariant()
    def what_is_paid_is_a_sum_within_the_price(self) -> None:
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for key, amount in PaymentRecord.objects.filter(archived_at=None).values_list("deal", "amount"):
            paid[key] += amount
        for deal in Deal.objects.all():
            assert deal.paid_value == paid[deal.pk]
            bound = deal.price_mode not in UNBOUND and deal.paid_value
            assert not bound or deal.paid_value <= (deal.contract_value or 0)

    @invariant()
    def a_number_is_one_registration_s(self) -> None:
        numbers = Counter(Registration.objects.exclude(number="").values_list("number", flat=True))
        assert max(numbers.values(), default=0) <= 1
        assert not Registration.objects.filter(number="", state__in=REGISTERED_STATES).exists()

    @invariant()
    def only_a_signed_contract_is_applied_for(self) -> None:
        assert not Registration.objects.filter(deal__signed_on=None).exists()


def next_at_desk(case: Registration) -> str:
    """What the registrar does next with a case."""
    if case.state == "accepted" and case.needs_expert and not case.has_expert_opinion:
        return "expert"
    if case.state == "expert" and not case.has_expert_opinion:
        return "opinion"
    return {"filed": "accept", "objected": "reject"}.get(case.state, "register")


BOUNDS = settings(
    max_examples=36,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,  # the same runs every time: whoever breaks a rule sees it break, not somebody else
    database=None,
    phases=(Phase.generate,),  # a run is short enough to be read; to shorten it takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_whatever_two_parties_and_a_registrar_do() -> None:
    Parties.region, Parties.reached = Region(), Counter()
    run_state_machine_as_test(Parties, settings=BOUNDS)
    missed = {"deal.sign", "registration.file", "registration.register"} - set(Parties.reached)
    assert not missed, f"the runs never came to {missed}"
