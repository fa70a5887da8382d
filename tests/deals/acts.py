"""What two parties and a registrar can do with deals and registrations, one act after the other, each watched.

An act is a real action: refused, and nothing changed, or done, and told by an event.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis.stateful import RuleBasedStateMachine

from mengkeju.deals import actions
from mengkeju.deals.actions import Certificate
from mengkeju.deals.engine.deal_workflow import OWN_MOVES
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import (
    Amendment,
    ContractText,
    Deal,
    Instalment,
    Offer,
    PaymentRecord,
    PriceLine,
    Registration,
    RegistrationDocument,
    TextConfirmation,
)
from mengkeju.directory.models import Membership
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import desk_samples
from tests.deals import registration_samples as r
from tests.deals import samples as s
from tests.deals import text_samples as t

REFUSALS = (RefusedError, TransitionRefusedError, ValidationError, StaleRevisionError)
KEPT = (
    Deal, Registration, PaymentRecord, ContractText, TextConfirmation, Offer, PriceLine, Instalment,
    RegistrationDocument, Amendment,
)  # fmt: skip
BEGUN: tuple[tuple[type[Deal | Registration], str, str], ...] = (
    (Deal, "deal", "talking"),
    (Registration, "registration", "prepared"),
)
DECISIONS = {
    f"registration.{step}"
    for step in (
        *("accept", "ask_supplement", "send_to_expert", "expert_opinion", "register", "refuse", "change", "cancel"),
        *("uphold_objection", "keep_registered", "keep_changed", "keep_refused"),
    )
}
KIND = {"contract_type": "development", "contract_subtype": "commissioned"}
States = dict[type[Deal | Registration], dict[Any, str]]


class Region:
    """Who is there: made once for all runs, each run is undone."""

    def __init__(self) -> None:
        """A firm and an institute that talk, and five others."""
        self.pair = s.pair()
        self.intention = self.pair.bring(self.pair.declared(counter=self.pair.achievement), "talking")
        of_seller, of_buyer = (
            f.with_role("registrar", area=f.HOHHOT, of=f.member(one)) for one in (self.pair.institute, self.pair.firm)
        )
        self.actors: dict[str, Actor] = {
            "seller": self.pair.of_institute,
            "buyer": self.pair.of_firm,
            "registrar": desk_samples.registrar(),
            "colleague": desk_samples.registrar(),
            "of_seller": f.actor(of_seller),
            "of_buyer": f.actor(of_buyer),
            "stranger": f.actor(f.manager(f.organisation())),
        }
        members = Membership.objects.filter(organisation__in=(self.pair.firm, self.pair.institute), ended_at=None)
        self.interested = set(members.values_list("person__account__uid", flat=True))


class Acts(RuleBasedStateMachine):
    """One run: what is done in it, and what has been told."""

    region: ClassVar[Region]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        """Everything of this run happens in a transaction that is undone at its end."""
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now = s.NOW
        self.rows, self.states, self.told = rows(), states(), self._last_event()

    def teardown(self) -> None:
        """Undo the run."""
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def _last_event(self) -> int:
        return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def act(self, act: Callable[..., object], *given: Any, who: str, **named: Any) -> None:
        """One action by somebody: refused and nothing changed, or done, and told."""
        refused = False
        try:
            act(*given, by=self.region.actors[who], now=self.now, **named)
        except REFUSALS:
            refused = True
        after, events = rows(), []
        if after != self.rows or not refused:
            events = list(Event.objects.filter(pk__gt=self.told).select_related("payload").order_by("pk"))
        if refused:
            assert after == self.rows, "a refused act changed something"
            assert self._last_event() == self.told, "a refused act was told"
            return
        assert events or after == self.rows, "something changed and nothing tells of it"
        self._states_follow(events)
        for event in events:
            self.reached[event.type] += 1
            if event.type in DECISIONS:
                assert event.actor_account is not None
                assert event.actor_account not in self.region.interested, f"{event.type} by an interested party"
        self.rows, self.told = after, events[-1].pk if events else self.told

    def _states_follow(self, events: list[Event]) -> None:
        """From what was to what is, every state was told of, and nothing was told that did not happen."""
        after = states()
        for model, name, initial in BEGUN:
            told = dict(self.states[model])
            for event in events:
                if event.type == f"{name}.created":
                    told[event.subject_uid] = initial
                elif event.type.startswith(f"{name}.") and "state" in event.payload.body:
                    before, now = event.payload.body["state"]
                    assert told[event.subject_uid] == before
                    told[event.subject_uid] = now
            assert told == after[model], f"{name}: states and events differ"
        self.states = after

    # What the acts are done to.

    def deal(self, which: int) -> Deal | None:
        rows = list(Deal.objects.exclude(origin="source").order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def case(self, which: int) -> Registration | None:
        rows = list(Registration.objects.select_related("deal", "applicant").order_by("-pk"))
        return rows[which % len(rows)] if rows else None

    def do(self, act: str, deal: Deal, who: str, amount: Decimal, mode: str) -> None:
        """One of PARTY_ACTS."""
        if act in OWN_MOVES:
            self.act(actions.move_deal, deal, act, note="演示", who=who)
        elif act in ("pay", "confirm_payment", "withdraw_payment"):
            self.pay(act, deal, who, amount)
        elif act in ("prepare", "complete", "file", "withdraw", "supply", "object"):
            self.apply(act, deal, who)
        elif act == "offer":
            self.act(actions.make_offer, deal, text="先付一半", amount=amount, who=who)
        elif act == "price":
            self.price(deal, who, amount, mode)
        elif act == "text":
            self.act(actions.upload_text, deal, t.upload(), role="main", who=who)
            self.act(actions.edit_deal, deal, r.SETTLED, who=who)
        elif act == "confirm":
            text = deal.texts.filter(role="main", archived_at=None).order_by("-version").first()
            side = deal.parties.get(side="seller" if who in ("seller", "of_seller") else "buyer", archived_at=None)
            if text is not None:
                self.act(actions.confirm_text, text, party=side, sm3=text.sm3, who=who)
        else:
            self.act(actions.sign_deal, deal, signed_on=clock.today(self.now), who=who)

    def price(self, deal: Deal, who: str, amount: Decimal, mode: str) -> None:
        lines = [Line("technical", amount), Line("equipment", Decimal(240_000))]
        named: dict[str, Any] = {"mode": mode, "lines": lines, "who": who}
        if mode == "royalty":
            named |= {"royalty_rate": Decimal(5), "terms": "按销售额"}
        if deal.state == "talking":
            self.act(actions.set_price, deal, **named)
        else:
            self.act(actions.correct_price, deal, "更正", **named)

    def pay(self, act: str, deal: Deal, who: str, amount: Decimal) -> None:
        if act == "pay":
            sides = {party.side: party for party in deal.parties.filter(archived_at=None)}
            said = {"payer": sides["buyer"], "payee": sides["seller"], "paid_on": clock.today(self.now)}
            self.act(actions.record_payment, deal, **said, amount=amount / 2, who=who)
            return
        row = deal.payments.filter(archived_at=None).order_by("-pk").first()
        if row is not None and act == "confirm_payment":
            self.act(actions.confirm_payment, row, who=who)
        elif row is not None:
            self.act(actions.withdraw_payment, row, "记错了", who=who)

    def apply(self, act: str, deal: Deal, who: str) -> None:
        if act == "prepare":
            self.act(actions.prepare_registration, deal, who=who)
            return
        case = deal.registrations.order_by("-pk").first()
        if case is None:
            return
        if act == "complete":
            self.complete(case, who)
        elif act == "file":
            self.act(actions.file_registration, case, declared_true=True, who=who)
        elif act == "withdraw":
            self.act(actions.withdraw_registration, case, note="再想想", who=who)
        elif act == "supply":
            self.act(actions.supply_registration, case, who=who)
        else:
            self.act(actions.object_to, case, "不同意", who=who)

    def complete(self, case: Registration, who: str) -> None:
        """Type, clauses and files, so that the pre-check lets it through."""
        self.act(actions.edit_registration, case, answers=r.ANSWERS, is_import=False, **KIND, who=who)
        flags = frozenset(case.particulars["flags"])
        self.act(actions.edit_particulars, case, replace(r.FULL, flags=flags), who=who)
        held = set(case.documents.filter(archived_at=None).values_list("key", flat=True))
        for key in ("pledge", "business_licence", "representative_id"):
            if key not in held:
                self.act(actions.attach_document, case, key, r.pdf(), who=who)

    def decide(self, act: str, case: Registration, who: str, said: tuple[str, Decimal, Decimal]) -> None:
        """One of DESK. `said`: number, certified value, certified technology value."""
        number, value, technology = said
        given = Certificate(number, clock.today(self.now), "演示登记处（演示）", value, technology, **KIND)
        changes = {"certified_value": value, "certified_technology": technology, "number": number}
        acts: dict[str, tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]] = {
            "accept": (actions.accept_registration, (), {}),
            "supplement": (actions.ask_supplement, ("请补材料",), {}),
            "expert": (actions.send_to_expert, (), {"expert_reason": "有争议"}),
            "opinion": (actions.record_opinion, ("同意",), {}),
            "register": (actions.register_contract, (given,), {}),
            "refuse": (actions.refuse_registration, ("不是技术合同",), {}),
            "change": (actions.change_registration, (changes, "更正"), {}),
            "cancel": (actions.cancel_registration, ("合同解除",), {}),
            "uphold": (actions.decide_objection, ("成立",), {"upheld": True}),
            "reject": (actions.decide_objection, ("不成立",), {"upheld": False}),
        }
        does, words, named = acts[act]
        self.act(does, case, *words, **named, who=who)


def rows() -> list[list[tuple[Any, ...]]]:
    """Everything the acts may change, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for model in KEPT:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")  # noqa: S608 - a table's own name
            found.append(cursor.fetchall())
    return found


def states() -> States:
    """Uid → state of everything that has a state here."""
    return {model: dict(model.objects.values_list("uid", "state")) for model, _name, _initial in BEGUN}
