"""The life of an intention."""

from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "deadlines.yaml")


def _target_is_open(intention: Any, _data: dict[str, Any]) -> str | None:
    return None if intention.target.state == "published" else "对方的条目已经不在发布中"


def _reason_given(_intention: Any, data: dict[str, Any]) -> str | None:
    reason = REASONS.get(str(data.get("reason", "")))
    if reason is None:
        return "请选择一个原因"
    if reason.note_required and not str(data.get("reason_note", "")).strip():
        return f"选择“{reason.label}”时请写明说明"
    return None


TALKING = DutySpec(
    "talk",
    "商谈并确定是否进入合同",
    "both",
    DEADLINES["talk"],
    DEADLINES.source,
    lapse="lapse",
    lapse_days=DEADLINES["lapse_talk"],
)
INTENTION = Workflow(
    key="intention",
    label="合作意向",
    initial="declared",
    states={
        "declared": State(
            "待对方答复",
            "Declared",
            "wait",
            DutySpec(
                "answer_intention",
                "答复合作意向",
                "answering",
                DEADLINES["answer_intention"],
                DEADLINES.source,
                lapse="lapse",
                lapse_days=DEADLINES["lapse_answer"],
            ),
        ),
        "accepted": State(
            "对方已接受",
            "Accepted",
            "go",
            DutySpec(
                "open_talk",
                "联系对方，开始商谈",
                "declaring",
                DEADLINES["answer_intention"],
                DEADLINES.source,
                lapse="lapse",
                lapse_days=DEADLINES["lapse_talk"],
            ),
        ),
        "declined": State("对方婉拒", "Declined", "over", final=True),
        "talking": State("商谈中", "Talking", "go", TALKING),
        "ready": State("准备签约", "Ready to contract", "done", final=True),
        "lapsed": State("到期失效", "Lapsed", "idle", final=True),
        "withdrawn": State("已撤回", "Withdrawn", "idle", final=True),
    },
    transitions={
        "accept": Transition(
            "接受意向",
            "Accept",
            ("declared",),
            "accepted",
            "deals.intention:answer",
            (Guard("target_is_open", _target_is_open),),
            done_label="接受意向",
            tone="done",
        ),
        "decline": Transition(
            "婉拒",
            "Decline",
            ("declared",),
            "declined",
            "deals.intention:answer",
            (Guard("reason_given", _reason_given),),
            done_label="婉拒意向",
            tone="over",
        ),
        "talk": Transition(
            "开始商谈", "Start talking", ("accepted",), "talking", "deals.intention:talk", done_label="开始商谈"
        ),
        "agree": Transition(
            "谈妥，准备签约",
            "Ready to contract",
            ("talking",),
            "ready",
            "deals.intention:talk",
            done_label="谈妥，准备签约",
            tone="done",
        ),
        "stop": Transition(
            "结束商谈",
            "Stop",
            ("accepted", "talking"),
            "declined",
            "deals.intention:talk",
            (Guard("reason_given", _reason_given),),
            done_label="结束商谈",
            tone="over",
        ),
        "withdraw": Transition(
            "撤回意向",
            "Withdraw",
            ("declared",),
            "withdrawn",
            "deals.intention:withdraw",
            note_required=True,
            done_label="撤回意向",
            tone="idle",
        ),
        "lapse": Transition(
            "到期失效",
            "Lapse",
            ("declared", "accepted", "talking"),
            "lapsed",
            "deals.intention:lapse",
            done_label="到期失效",
            tone="idle",
        ),
    },
)
OPEN_STATES = ("declared", "accepted", "talking", "ready")
AGREED_STATES = ("accepted", "talking", "ready")
