"""The life of a registration: the table written down a second time, and its guards."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from mengkeju.deals.engine import registration_workflow as rw
from mengkeju.deals.engine.registration_workflow import FINAL_STATES, LIVE_STATES, REGISTRATION, keeping
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.workflow import TransitionRefusedError

DAY = date(2026, 11, 20)
STATES = (
    "prepared",
    "filed",
    "supplement",
    "accepted",
    "expert",
    "registered",
    "changed",
    "refused",
    "objected",
    "cancelled",
    "withdrawn",
)
# (state, step): (what it becomes, the verb of the permission). Everything that is not here must be refused.
ALLOWED = {
    ("prepared", "file"): ("filed", "file"),
    ("filed", "accept"): ("accepted", "accept"),
    ("filed", "ask_supplement"): ("supplement", "ask_supplement"),
    ("accepted", "ask_supplement"): ("supplement", "ask_supplement"),
    ("supplement", "supply"): ("accepted", "supply"),
    ("accepted", "send_to_expert"): ("expert", "send_to_expert"),
    ("expert", "expert_opinion"): ("expert", "expert_opinion"),
    ("accepted", "register"): ("registered", "register"),
    ("expert", "register"): ("registered", "register"),
    ("filed", "refuse"): ("refused", "refuse"),
    ("supplement", "refuse"): ("refused", "refuse"),
    ("accepted", "refuse"): ("refused", "refuse"),
    ("expert", "refuse"): ("refused", "refuse"),
    ("prepared", "record"): ("registered", "record"),
    ("prepared", "withdraw"): ("withdrawn", "withdraw"),
    ("filed", "withdraw"): ("withdrawn", "withdraw"),
    ("supplement", "withdraw"): ("withdrawn", "withdraw"),
    ("accepted", "withdraw"): ("withdrawn", "withdraw"),
    ("expert", "withdraw"): ("withdrawn", "withdraw"),
    ("registered", "change"): ("changed", "change"),
    ("changed", "change"): ("changed", "change"),
    ("registered", "cancel"): ("cancelled", "cancel"),
    ("changed", "cancel"): ("cancelled", "cancel"),
    ("registered", "object"): ("objected", "object"),
    ("changed", "object"): ("objected", "object"),
    ("refused", "object"): ("objected", "object"),
    ("objected", "uphold_objection"): ("accepted", "decide_objection"),
    ("objected", "keep_registered"): ("registered", "decide_objection"),
    ("objected", "keep_changed"): ("changed", "decide_objection"),
    ("objected", "keep_refused"): ("refused", "decide_objection"),
}
NOTED = {
    "ask_supplement",
    "refuse",
    "change",
    "cancel",
    "object",
    "uphold_objection",
    "keep_registered",
    "keep_changed",
    "keep_refused",
}


@dataclass
class Made:
    state: str
    needs_expert: bool = False
    has_expert_opinion: bool = False
    objected_from: str = ""
    supplement_until: date | None = None
    has_other_live: bool = False


def made(state: str, step: str = "") -> Made:
    """A record that no guard stops from making the step."""
    before = step.removeprefix("keep_") if step.startswith("keep_") else ""
    return Made(state, needs_expert=step == "send_to_expert", objected_from=before)


def given(**changed: Any) -> dict[str, Any]:
    values = {
        "number": "YS20 2600 00 000001",
        "registered_on": DAY,
        "body": "演示登记机构",
        "contract_value": Decimal("8600000.00"),
        "technology_value": Decimal("6200000.00"),
        "opinion": "同意认定为技术开发合同",
        "today": DAY,
    }
    return values | changed


def refusal(record: Made, step: str, note: str = "", **changed: Any) -> tuple[str, str]:
    with pytest.raises(TransitionRefusedError) as refused:
        REGISTRATION.check(record, step, note, given(**changed))
    return refused.value.code, refused.value.reason


def test_the_table_is_what_is_written_here() -> None:
    table = {
        (source, key): (step.target, step.permission)
        for key, step in REGISTRATION.transitions.items()
        for source in step.source
    }
    assert table == {key: (target, f"deals.registration:{verb}") for key, (target, verb) in ALLOWED.items()}
    assert REGISTRATION.problems() == []
    assert tuple(REGISTRATION.states) == STATES
    assert {key for key, step in REGISTRATION.transitions.items() if step.note_required} == NOTED


@pytest.mark.parametrize("step", sorted(REGISTRATION.transitions))
@pytest.mark.parametrize("state", STATES)
def test_every_step_in_every_state(state: str, step: str) -> None:
    record = made(state, step)
    wanted = ALLOWED.get((state, step))
    if wanted is None:
        assert refusal(record, step, note="写明了理由")[0] == "wrong_state"
    else:
        assert REGISTRATION.check(record, step, "写明了理由", given()).target == wanted[0]
        if step in NOTED:
            assert refusal(record, step, note=" ")[0] == "note_required"


def test_one_contract_has_one_live_registration() -> None:
    assert set(LIVE_STATES) | set(FINAL_STATES) == set(STATES)
    assert not set(LIVE_STATES) & set(FINAL_STATES)
    assert {key for key, state in REGISTRATION.states.items() if state.final} == set(FINAL_STATES)
    assert set(rw.REGISTERED_STATES) | set(rw.UNDECIDED_STATES) | {"objected"} == set(LIVE_STATES)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("number", {"number": ""}),
        ("number", {"number": "YS20"}),
        ("number", {"number": 1.23e15}),
        ("registered_on", {"registered_on": None}),
        ("registered_on", {"registered_on": date(2026, 11, 21)}),
        ("body", {"body": "  "}),
        ("certified", {"contract_value": None}),
        ("certified", {"technology_value": None}),
        ("certified", {"technology_value": Decimal("-0.01")}),
        ("certified", {"technology_value": Decimal("8600000.01")}),
        ("certified", {"technology_value": Decimal("NaN")}),
        ("certified", {"contract_value": Decimal("Infinity")}),
        ("certified", {"contract_value": 8600000.0}),
    ],
)
@pytest.mark.parametrize("state", ["accepted", "expert"])
def test_registering_asks_for_number_day_body_and_both_values(state: str, code: str, changed: dict[str, Any]) -> None:
    assert refusal(Made(state), "register", **changed)[0] == code


@pytest.mark.parametrize("technology", ["0", "8600000.00"])
def test_the_technology_value_may_be_nothing_or_all(technology: str) -> None:
    data = given(technology_value=Decimal(technology))
    assert REGISTRATION.check(Made("accepted"), "register", "", data).target == "registered"


def test_what_needs_experts_is_not_registered_before_they_were_heard() -> None:
    assert refusal(Made("accepted", needs_expert=True), "register")[0] == "needs_expert"
    assert refusal(Made("expert", needs_expert=True), "register")[0] == "needs_expert"
    heard = Made("expert", needs_expert=True, has_expert_opinion=True)
    assert REGISTRATION.check(heard, "register", "", given()).target == "registered"
    assert refusal(Made("expert", needs_expert=True), "expert_opinion", opinion=" ")[0] == "opinion"


def test_a_small_contract_goes_to_experts_only_with_a_reason() -> None:
    assert refusal(Made("accepted"), "send_to_expert")[0] == "needs_experts"
    data = given(expert_reason="类型有争议")
    assert REGISTRATION.check(Made("accepted"), "send_to_expert", "", data).target == "expert"


def test_nobody_is_refused_for_want_of_papers_before_their_time_is_over() -> None:
    waiting = Made("supplement", supplement_until=DAY)
    assert refusal(waiting, "refuse", note="没有补正")[0] == "supplement_over"
    late = given(today=date(2026, 11, 21))
    assert REGISTRATION.check(waiting, "refuse", "没有补正", late).target == "refused"
    in_examination = Made("accepted", supplement_until=DAY)
    assert REGISTRATION.check(in_examination, "refuse", "不是技术合同", given()).target == "refused"


def test_a_change_keeps_the_values_or_names_both() -> None:
    record = Made("registered")
    assert REGISTRATION.check(record, "change", "合同延期半年", {}).target == "changed"
    assert refusal(record, "change", note="追加经费", technology_value=Decimal(9000000))[0] == "certified"
    assert refusal(record, "change", note="追加经费", contract_value=None)[0] == "certified"


@pytest.mark.parametrize("before", ["registered", "changed", "refused"])
def test_a_rejected_objection_leads_back_to_where_it_came_from(before: str) -> None:
    record = Made("objected", objected_from=before)
    assert REGISTRATION.check(record, keeping(before), "理由不成立", {}).target == before
    for other in {"registered", "changed", "refused"} - {before}:
        assert refusal(record, keeping(other), note="理由不成立")[0] == f"was_{other}"


def test_a_refusal_is_not_reopened_beside_another_live_registration() -> None:
    assert refusal(Made("refused", has_other_live=True), "object", note="不服")[0] == "alone"
    assert REGISTRATION.check(Made("registered", has_other_live=True), "object", "不服", {}).target == "objected"


def test_who_must_act_until_when_and_why() -> None:
    duties = {key: s.duty for key, s in REGISTRATION.states.items() if s.duty}
    found = {key: (duty.holder, duty.working_days, duty.basis) for key, duty in duties.items()}
    assert found == {
        "filed": ("registrar", 5, rw.PLATFORM),
        "supplement": ("applicant", 10, rw.PLATFORM),
        "accepted": ("registrar", 15, rw.LEGAL),
        "expert": ("registrar", 30, rw.LEGAL),
        "objected": ("registrar", 10, rw.PLATFORM),
    }


def test_the_legal_clocks_say_that_the_final_text_was_not_seen() -> None:
    folder = Path(rw.__file__).parent
    legal = yaml.safe_load((folder / "registration_deadlines.yaml").read_text(encoding="utf-8"))
    assert (legal["source"], legal["status"]) == (rw.LEGAL, "draft")
    assert DEADLINES.source == rw.PLATFORM
