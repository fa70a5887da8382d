"""The life of a deal, one table for every kind: a step the kind has not is refused by its guard and not offered."""

from typing import Any

from mengkeju.deals.engine.steps import Ask, Step
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

MOVE = "deals.deal:move"


def has_step(step: Step) -> Guard:
    """Refuses a transition of a step that the deal's kind has not."""

    def check(deal: Any, _data: dict[str, Any]) -> str | None:
        if deal.kind_spec.has(step):
            return None
        return _("“%(kind)s”没有这一步") % {"kind": word(deal.kind_spec)}

    return Guard(f"has_{step}", check)


def _sides_are_filled(deal: Any, _data: dict[str, Any]) -> str | None:
    missing = deal.missing_sides()
    if not missing:
        return None
    return _("还没有写明%(sides)s，不能签约") % {"sides": _("、").join(word(side) for side in missing)}


def _is_dated(deal: Any, data: dict[str, Any]) -> str | None:
    return None if data.get("signed_on") or deal.signed_on else _("请填写签订日期")


def _text_is_confirmed(deal: Any, _data: dict[str, Any]) -> str | None:
    if not deal.kind_spec.has(Step.TEXT):
        return None
    return deal.text_hindrance() or None


def _work_was_accepted(deal: Any, _data: dict[str, Any]) -> str | None:
    return None if deal.has_passed_acceptance() else _("先填写验收结论；结论为通过的，自动记为已验收")


def _has_landed(deal: Any, _data: dict[str, Any]) -> str | None:
    return None if deal.has_landing() else _("先填写落地情况，落地同时记下")


def _shares_are_settled(deal: Any, _data: dict[str, Any]) -> str | None:
    return (deal.share_hindrance() or None) if Ask.IP_SHARES in deal.kind_spec.asks else None


def _term_is_set(deal: Any, _data: dict[str, Any]) -> str | None:
    if not deal.kind_spec.has(Step.TERM) or deal.effective_until:
        return None
    return _("请先写明有效期止，到期才有人提醒")


DEAL = Workflow(
    key="deal",
    label="合作项目",
    label_en="Deal",
    initial="talking",
    states={
        "talking": State(
            "商谈中",
            "Negotiating",
            "go",
            DutySpec(
                "sign_deal",
                "谈定内容和文本，各方确认签约",
                "keeper",
                DEADLINES["sign_deal"],
                DEADLINES.source,
                label_en="Settle terms and text; all sides confirm and sign",
            ),
        ),
        "signed": State("已签约", "Signed", "done"),
        "performing": State("履行中", "Performing", "go"),
        "accepted": State("已验收", "Accepted", "done"),
        "landed": State("已落地", "Landed", "done"),
        "closed": State("已办结", "Closed", "done", final=True),
        "terminated": State("已终止", "Terminated", "idle", final=True),
        "disputed": State("有争议", "Disputed", "over"),
    },
    transitions={
        "sign": Transition(
            "签约",
            "Sign",
            ("talking",),
            "signed",
            "deals.deal:sign",
            (
                Guard("sides_are_filled", _sides_are_filled),
                Guard("is_dated", _is_dated),
                Guard("term_is_set", _term_is_set),
                Guard("shares_are_settled", _shares_are_settled),
                Guard("text_is_confirmed", _text_is_confirmed),
            ),
            done_label="双方签约",
            done_label_en="Signed by both sides",
            tone="done",
        ),
        "sign_at_event": Transition(
            "据签约清单记为已签约",
            "Recorded as signed from an event's list",
            ("talking",),
            "signed",
            "deals.deal:record_signing",
            (Guard("sides_are_filled", _sides_are_filled), Guard("is_dated", _is_dated)),
            done_label="据签约清单记为已签约",
            done_label_en="Recorded as signed from an event's list",
        ),
        "sign_from_source": Transition(
            "据公开资料记为已签约",
            "Recorded as signed from a published source",
            ("talking",),
            "signed",
            "deals.deal:record_from_source",
            done_label="据公开资料记为已签约",
            done_label_en="Recorded as signed from a published source",
        ),
        "perform": Transition(
            "开始履行",
            "Start performing",
            ("signed",),
            "performing",
            MOVE,
            (has_step(Step.PERFORMANCE),),
            done_label="开始履行",
            done_label_en="Performance started",
        ),
        "accept": Transition(
            "验收通过",
            "Accept the work",
            ("signed", "performing"),
            "accepted",
            MOVE,
            (has_step(Step.ACCEPTANCE), Guard("was_accepted", _work_was_accepted)),
            done_label="验收通过",
            done_label_en="Work accepted",
            tone="done",
        ),
        "reopen": Transition(
            "验收结论撤回，继续履行",
            "Verdict withdrawn, go on",
            ("accepted",),
            "performing",
            MOVE,
            (has_step(Step.PERFORMANCE),),
            note_required=True,
            done_label="验收结论撤回",
            done_label_en="Verdict withdrawn",
        ),
        "land": Transition(
            "记为落地",
            "Record the landing",
            ("signed", "performing", "accepted"),
            "landed",
            MOVE,
            (has_step(Step.LANDING), Guard("has_landed", _has_landed)),
            note_required=True,
            done_label="成果落地",
            done_label_en="Landed",
            tone="done",
        ),
        "close": Transition(
            "办结",
            "Close",
            ("signed", "performing", "accepted", "landed"),
            "closed",
            MOVE,
            note_required=True,
            done_label="办结",
            done_label_en="Closed",
            tone="done",
        ),
        "terminate": Transition(
            "终止",
            "Terminate",
            ("talking", "signed", "performing", "accepted", "landed", "disputed"),
            "terminated",
            MOVE,
            note_required=True,
            done_label="终止",
            done_label_en="Terminated",
            tone="idle",
        ),
        "dispute": Transition(
            "记为有争议",
            "Record a dispute",
            ("signed", "performing", "accepted", "landed"),
            "disputed",
            MOVE,
            note_required=True,
            done_label="发生争议",
            done_label_en="Dispute",
            tone="over",
        ),
        "settle": Transition(
            "争议解决，继续履行",
            "Dispute settled, go on",
            ("disputed",),
            "performing",
            MOVE,
            (has_step(Step.PERFORMANCE),),
            note_required=True,
            done_label="争议解决",
            done_label_en="Dispute settled",
        ),
        "resume": Transition(
            "争议解决，回到已签约",
            "Dispute settled, back to signed",
            ("disputed",),
            "signed",
            MOVE,
            note_required=True,
            done_label="争议解决，回到已签约",
            done_label_en="Dispute settled, back to signed",
        ),
    },
)
SIGNED_STATES = ("signed", "performing", "accepted", "landed", "closed", "disputed")
"""States of a deal that has been signed and not terminated."""
OVER_STATES = ("closed", "terminated")
OWN_MOVES = ("perform", "accept", "land", "close", "terminate", "dispute", "settle", "resume")
"""Transitions a party makes by a button and a note; `accept` and `land` come with a verdict and a landing."""
