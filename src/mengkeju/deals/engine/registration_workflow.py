"""The life of a registration: from the seller's papers to the certificate, and what may happen to it afterwards.

What a record must offer: `state`, `needs_expert`, `has_expert_opinion`, `objected_from` (the state in which the
objection met it), `supplement_until` (last day for what was asked for, or None) and `has_other_live` (the contract
has another live registration).
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.deadlines import load
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

CLOCKS = load(Path(__file__).parent / "registration_deadlines.yaml")
"""The legal clocks. Both run from acceptance: whoever sends a record to the experts sets the duty's day from there."""
LEGAL = mark("《技术合同认定登记管理办法》征求意见稿（2024年12月）第十四条；2026年3月1日施行的定稿未见原文，待核")
PLATFORM = mark("平台服务承诺（自定，无法规依据）")

UNDECIDED_STATES = ("prepared", "filed", "supplement", "accepted", "expert")
REGISTERED_STATES = ("registered", "changed")
FINAL_STATES = ("refused", "withdrawn", "cancelled")
"""No longer in the way of another registration of the same contract. A refusal may still be objected to."""
LIVE_STATES = (*UNDECIDED_STATES, *REGISTERED_STATES, "objected")
"""One of these per contract (一次登记)."""


def _certified(_record: Any, data: dict[str, Any]) -> str | None:
    value, technology = data.get("contract_value"), data.get("technology_value")
    if not isinstance(value, Decimal) or not isinstance(technology, Decimal):
        return _("请写明核定的合同成交额和技术交易额")
    if not (value.is_finite() and technology.is_finite() and 0 <= technology <= value):
        return _("核定的技术交易额不能小于零，也不能大于合同成交额")
    return None


def _certified_if_changed(record: Any, data: dict[str, Any]) -> str | None:
    named = any(data.get(key) is not None for key in ("contract_value", "technology_value"))
    return _certified(record, data) if named else None


def _numbered(_record: Any, data: dict[str, Any]) -> str | None:
    try:
        registration_number.read(data.get("number"))
    except ValueError as error:
        return str(error)
    return None


def _dated(_record: Any, data: dict[str, Any]) -> str | None:
    day, today = data.get("registered_on"), data.get("today")
    if not isinstance(day, date):
        return _("请写明登记日期")
    if isinstance(today, date) and day > today:
        return _("登记日期不能晚于今天")
    return None


def _by_a_body(_record: Any, data: dict[str, Any]) -> str | None:
    return None if str(data.get("body") or "").strip() else _("请写明登记机构")


def _experts_heard(record: Any, _data: dict[str, Any]) -> str | None:
    if record.needs_expert and not record.has_expert_opinion:
        return _("这份合同要先送专家评审，有了评审意见才能登记")
    return None


def _needs_experts(record: Any, data: dict[str, Any]) -> str | None:
    if record.needs_expert or str(data.get("expert_reason") or "").strip():
        return None
    return _("没有达到送专家评审的条件；有争议要送的，请写明理由")


def _opinion(_record: Any, data: dict[str, Any]) -> str | None:
    return None if str(data.get("opinion") or "").strip() else _("请写明专家评审意见")


def _supplement_over(record: Any, data: dict[str, Any]) -> str | None:
    until, today = record.supplement_until, data.get("today")
    if record.state != "supplement" or until is None or (isinstance(today, date) and today > until):
        return None
    return _("补正期限还没有过，不能因为没有补正而不予登记")


def _alone(record: Any, _data: dict[str, Any]) -> str | None:
    if record.state == "refused" and record.has_other_live:
        return _("这份合同已经另行申请登记，不能再对原来的结论提异议")
    return None


def _was(state: str) -> Callable[[Any, dict[str, Any]], str | None]:
    def check(record: Any, _data: dict[str, Any]) -> str | None:
        return None if record.objected_from == state else _("维持的结论与提异议时的结论不一致")

    return check


STATES = {
    "prepared": State("准备中", "Being prepared", "idle"),
    "filed": State(
        "已提交，等受理",
        "Filed",
        "wait",
        DutySpec(
            "check_registration",
            "对登记申请作形式审查",
            "registrar",
            DEADLINES["check_registration"],
            PLATFORM,
            label_en="Check an application for registration formally",
        ),
    ),
    "supplement": State(
        "等补正",
        "Awaiting corrections",
        "wait",
        DutySpec(
            "supply_registration",
            "按补正通知改好合同、补齐材料",
            "applicant",
            DEADLINES["supply_registration"],
            PLATFORM,
            label_en="Correct the contract and supply what was asked for",
        ),
    ),
    "accepted": State(
        "核对中",
        "Under examination",
        "go",
        DutySpec(
            "decide_registration",
            "核对合同，作出登记或者不予登记的决定",
            "registrar",
            CLOCKS["decide_registration"],
            LEGAL,
            label_en="Examine the contract and decide on registration",
        ),
    ),
    "expert": State(
        "专家评审",
        "With experts",
        "go",
        DutySpec(
            "decide_with_expert",
            "取得专家评审意见，作出登记或者不予登记的决定",
            "registrar",
            CLOCKS["decide_with_expert"],
            LEGAL,
            label_en="Obtain the experts' opinion and decide on registration",
        ),
    ),
    "registered": State("已登记", "Registered", "done"),
    "changed": State("已登记，有变更", "Registered, changed", "done"),
    "refused": State("不予登记", "Refused", "over", final=True),
    "objected": State(
        "异议处理中",
        "Objection pending",
        "wait",
        DutySpec(
            "decide_objection",
            "处理对登记结论的异议",
            "registrar",
            DEADLINES["decide_objection"],
            PLATFORM,
            label_en="Decide on an objection to a registration",
        ),
    ),
    "cancelled": State("已注销", "Cancelled", "over", final=True),
    "withdrawn": State("申请人撤回", "Withdrawn", "idle", final=True),
}
REGISTRATION = Workflow(
    key="registration",
    label="技术合同认定登记",
    label_en="Recognition and registration",
    initial="prepared",
    states=STATES,
    transitions={
        "file": Transition(
            "提交登记申请",
            "File",
            ("prepared",),
            "filed",
            "deals.registration:file",
            done_label="提交登记申请",
            done_label_en="Application filed",
        ),
        "accept": Transition(
            "受理",
            "Accept",
            ("filed",),
            "accepted",
            "deals.registration:accept",
            done_label="受理登记申请",
            done_label_en="Application accepted",
        ),
        "ask_supplement": Transition(
            "发补正通知",
            "Ask for corrections",
            ("filed", "accepted"),
            "supplement",
            "deals.registration:ask_supplement",
            note_required=True,
            done_label="发出补正通知",
            done_label_en="Corrections asked for",
            tone="wait",
        ),
        # The clock begins anew: the day the corrected papers come is the day of acceptance.
        "supply": Transition(
            "补正完毕",
            "Corrections supplied",
            ("supplement",),
            "accepted",
            "deals.registration:supply",
            done_label="补正完毕",
            done_label_en="Corrections supplied",
        ),
        "send_to_expert": Transition(
            "送专家评审",
            "Send to experts",
            ("accepted",),
            "expert",
            "deals.registration:send_to_expert",
            (Guard("needs_experts", _needs_experts),),
            done_label="送专家评审",
            done_label_en="Sent to experts",
        ),
        "expert_opinion": Transition(
            "登记专家意见",
            "Record the experts' opinion",
            ("expert",),
            "expert",
            "deals.registration:expert_opinion",
            (Guard("opinion", _opinion),),
            done_label="取得专家评审意见",
            done_label_en="Experts' opinion recorded",
        ),
        "register": Transition(
            "予以登记",
            "Register",
            ("accepted", "expert"),
            "registered",
            "deals.registration:register",
            (
                Guard("needs_expert", _experts_heard),
                Guard("number", _numbered),
                Guard("registered_on", _dated),
                Guard("body", _by_a_body),
                Guard("certified", _certified),
            ),
            done_label="予以登记",
            done_label_en="Registered",
            tone="done",
        ),
        "record": Transition(
            "据台账记为已登记",
            "Recorded as registered from a ledger",
            ("prepared",),
            "registered",
            "deals.registration:record",
            (Guard("registered_on", _dated),),
            done_label="据台账记为已登记",
            done_label_en="Recorded as registered from a ledger",
            tone="done",
        ),
        "refuse": Transition(
            "不予登记",
            "Refuse",
            ("filed", "supplement", "accepted", "expert"),
            "refused",
            "deals.registration:refuse",
            (Guard("supplement_over", _supplement_over),),
            note_required=True,
            done_label="不予登记",
            done_label_en="Refused",
            tone="over",
        ),
        "withdraw": Transition(
            "撤回申请",
            "Withdraw",
            UNDECIDED_STATES,
            "withdrawn",
            "deals.registration:withdraw",
            done_label="申请人撤回申请",
            done_label_en="Application withdrawn",
            tone="idle",
        ),
        "change": Transition(
            "变更登记",
            "Change",
            REGISTERED_STATES,
            "changed",
            "deals.registration:change",
            (Guard("certified", _certified_if_changed),),
            note_required=True,
            done_label="变更登记",
            done_label_en="Registration changed",
            tone="done",
        ),
        "cancel": Transition(
            "注销登记",
            "Cancel",
            REGISTERED_STATES,
            "cancelled",
            "deals.registration:cancel",
            note_required=True,
            done_label="注销登记",
            done_label_en="Registration cancelled",
            tone="over",
        ),
        "object": Transition(
            "提出异议",
            "Object",
            (*REGISTERED_STATES, "refused"),
            "objected",
            "deals.registration:object",
            (Guard("alone", _alone),),
            note_required=True,
            done_label="提出异议",
            done_label_en="Objection raised",
            tone="wait",
        ),
        "uphold_objection": Transition(
            "异议成立，重新核对",
            "Uphold the objection and examine anew",
            ("objected",),
            "accepted",
            "deals.registration:decide_objection",
            note_required=True,
            done_label="异议成立，重新核对",
            done_label_en="Objection upheld",
        ),
        "keep_registered": Transition(
            "异议不成立，维持登记",
            "Reject the objection: stays registered",
            ("objected",),
            "registered",
            "deals.registration:decide_objection",
            (Guard("was_registered", _was("registered")),),
            note_required=True,
            done_label="异议不成立，维持登记",
            done_label_en="Objection rejected, stays registered",
            tone="done",
        ),
        "keep_changed": Transition(
            "异议不成立，维持变更后的登记",
            "Reject the objection: stays as changed",
            ("objected",),
            "changed",
            "deals.registration:decide_objection",
            (Guard("was_changed", _was("changed")),),
            note_required=True,
            done_label="异议不成立，维持变更后的登记",
            done_label_en="Objection rejected, stays as changed",
            tone="done",
        ),
        "keep_refused": Transition(
            "异议不成立，维持不予登记",
            "Reject the objection: stays refused",
            ("objected",),
            "refused",
            "deals.registration:decide_objection",
            (Guard("was_refused", _was("refused")),),
            note_required=True,
            done_label="异议不成立，维持不予登记",
            done_label_en="Objection rejected, stays refused",
            tone="over",
        ),
    },
)


def keeping(objected_from: str) -> str:
    """The transition that rejects an objection raised in that state. KeyError for a state nobody can object to."""
    return {"registered": "keep_registered", "changed": "keep_changed", "refused": "keep_refused"}[objected_from]
