"""The life of a model: candidate, live, retired or refused; two operators where the figures are against it."""

from typing import Any

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow
from mengkeju.matching.engine import gate, model_files
from mengkeju.matching.engine.outcomes import settings

ACTIVATE, OVERRIDE, CONFIRM = (
    "matching.model:activate",
    "matching.model:override",
    "matching.model:confirm_override",
)


def _readable(model: Any, _data: dict[str, Any]) -> str | None:
    return model_files.refuse(bytes(model.content)) or None


def _good_enough(model: Any, data: dict[str, Any]) -> str | None:
    found = gate.hindrances(model.facts, str(data.get("live", "")), settings().gate)
    return _("还不能上线：%(reasons)s") % {"reasons": _("；").join(found)} if found else None


readable = Guard("readable", _readable)
good_enough = Guard("good_enough", _good_enough)

SECOND = DutySpec(
    "confirm_model_override",
    "复核破例上线的匹配模型（提出的人不能自己复核）",
    "operators",
    None,
    label_en="Review the override of a matching model (not by who asked for it)",
)
MODEL = Workflow(
    key="match_model",
    label="匹配模型",
    label_en="Matching model",
    initial="candidate",
    states={
        "candidate": State("候选", "Candidate", "wait"),
        "override": State("待另一位复核", "Awaiting a second person", "wait", SECOND),
        "live": State("现行", "Live", "done"),
        "retired": State("已替下", "Retired", "idle"),
        "refused": State("未采用", "Refused", "over", final=True),
    },
    transitions={
        "go_live": Transition(
            "上线", "Go live", ("candidate",), "live", ACTIVATE, (readable, good_enough),
            done_label="已上线", done_label_en="Went live",
        ),
        "ask_override": Transition(
            "指标不够也上线", "Go live all the same", ("candidate",), "override", OVERRIDE, (readable,),
            note_required=True,
            done_label="提出破例上线", done_label_en="Override asked for",
        ),
        "confirm_override": Transition(
            "同意破例上线", "Agree to the override", ("override",), "live", CONFIRM, (readable,), note_required=True,
            done_label="经另一位同意上线", done_label_en="Went live by a second person's word",
        ),
        "drop_override": Transition(
            "不同意破例", "Drop the override", ("override",), "candidate", ACTIVATE, note_required=True, tone="over",
            done_label="未同意破例", done_label_en="Override dropped",
        ),
        "refuse": Transition(
            "不采用", "Refuse", ("candidate", "override"), "refused", ACTIVATE, note_required=True, tone="over",
            done_label="不采用", done_label_en="Refused",
        ),
        "replace": Transition(
            "替下", "Replace", ("live",), "retired", ACTIVATE,
            done_label="由另一个模型替下", done_label_en="Replaced by another",
        ),
        "retire": Transition(
            "撤下，回到随附模型", "Retire, back to the shipped one", ("live",), "retired", ACTIVATE, note_required=True,
            tone="over", done_label="撤下，回到随附模型", done_label_en="Retired, back to the shipped one",
        ),
        "roll_back": Transition(
            "回到这个模型", "Roll back to this one", ("retired",), "live", ACTIVATE, (readable,), note_required=True,
            done_label="重新上线", done_label_en="Live again",
        ),
    },
)  # fmt: skip
