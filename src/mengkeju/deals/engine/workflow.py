"""The life of an intention."""

from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "deadlines.yaml")


def _target_is_open(intention: Any, _data: dict[str, Any]) -> str | None:
    return None if intention.target.state == "published" else _("对方的条目已经不在发布中")


def _reason_given(_intention: Any, data: dict[str, Any]) -> str | None:
    reason = REASONS.get(str(data.get("reason", "")))
    if reason is None:
        return _("请选择一个原因")
    if reason.note_required and not str(data.get("reason_note", "")).strip():
        return _("选择“%(reason)s”时请写明说明") % {"reason": word(reason)}
    return None


TALKING = DutySpec(
    "talk",
    "商谈并确定是否进入合同",
    "both",
    DEADLINES["talk"],
    DEADLINES.source,
    lapse="lapse",
    lapse_days=DEADLINES["lapse_talk"],
    label_en="Talk and decide whether to contract",
)
INTENTION = Workflow(
    key="intention",
    label="合作意向",
    label_en="Intention",
    initial="declared",
    states={
        "declared": State(
            "待对方答复",
            "Awaiting the answer",
            "wait",
            DutySpec(
                "answer_intention",
                "答复合作意向",
                "answering",
                DEADLINES["answer_intention"],
                DEADLINES.source,
                lapse="lapse",
                lapse_days=DEADLINES["lapse_answer"],
                label_en="Answer an intention",
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
                label_en="Contact the other side and start talking",
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
            "Accept the intention",
            ("declared",),
            "accepted",
            "deals.intention:answer",
            (Guard("target_is_open", _target_is_open),),
            done_label="接受意向",
            done_label_en="Intention accepted",
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
            done_label_en="Intention declined",
            tone="over",
        ),
        "talk": Transition(
            "开始商谈",
            "Start talking",
            ("accepted",),
            "talking",
            "deals.intention:talk",
            done_label="开始商谈",
            done_label_en="Talks started",
        ),
        "agree": Transition(
            "谈妥，准备签约",
            "Agreed, ready to contract",
            ("talking",),
            "ready",
            "deals.intention:talk",
            done_label="谈妥，准备签约",
            done_label_en="Agreed, ready to contract",
            tone="done",
        ),
        "stop": Transition(
            "结束商谈",
            "End the talks",
            ("accepted", "talking"),
            "declined",
            "deals.intention:talk",
            (Guard("reason_given", _reason_given),),
            done_label="结束商谈",
            done_label_en="Talks ended",
            tone="over",
        ),
        "withdraw": Transition(
            "撤回意向",
            "Withdraw the intention",
            ("declared",),
            "withdrawn",
            "deals.intention:withdraw",
            note_required=True,
            done_label="撤回意向",
            done_label_en="Intention withdrawn",
            tone="idle",
        ),
        "lapse": Transition(
            "到期失效",
            "Lapse",
            ("declared", "accepted", "talking"),
            "lapsed",
            "deals.intention:lapse",
            done_label="到期失效",
            done_label_en="Lapsed",
            tone="idle",
        ),
    },
)
OPEN_STATES = ("declared", "accepted", "talking", "ready")
AGREED_STATES = ("accepted", "talking", "ready")
