"""The diagnosis of a vague need (凝练): one round by one broker, with three outcomes.

Refined: the enterprise confirms the rewritten public wording, or refuses it. Second diagnosis: another broker.
Long-term tracking: nothing can be done now. The three outcomes follow 江苏省技术产权交易市场's triage.
"""

from typing import Any

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow
from mengkeju.listings.engine.completeness import SHORT_TITLE, TELLING
from mengkeju.listings.engine.workflow import DEADLINES

RUNNING = ("open", "claimed", "proposed")
"""States in which a need has a round under way; never two at once."""
OUTCOMES = {"propose": mark("已凝练清楚"), "send_on": mark("转二次诊断"), "track": mark("转长期跟踪")}
"""What a broker can conclude with: the transitions, and the words on his buttons."""
TOLD_STATES = ("proposed", "accepted", "refused", "second", "tracked")
"""States in which the enterprise reads what the broker found; before, it is his draft."""


def _has_findings(diagnosis: Any, _data: dict[str, Any]) -> str | None:
    return None if diagnosis.findings.strip() else _("请写明诊断意见：问了谁、卡在哪里、为什么这样处理")


def _has_wording(diagnosis: Any, _data: dict[str, Any]) -> str | None:
    if len(diagnosis.public_title.strip()) < SHORT_TITLE:
        return _("请写公开的题目")
    if len(diagnosis.public_summary.strip()) < TELLING:
        return _("公开摘要至少写 %(least)s 个字，供方才看得懂") % {"least": TELLING}
    return None


FINDINGS = Guard("findings", _has_findings)
OWN_WORK = "listings.diagnosis:conclude"
ANSWER = "listings.diagnosis:answer"

DIAGNOSIS = Workflow(
    key="diagnosis",
    label="需求诊断",
    label_en="Diagnosis of a need",
    initial="open",
    states={
        "open": State(
            "待认领",
            "To be claimed",
            "wait",
            DutySpec(
                "claim_diagnosis",
                "认领并诊断一条说不清的需求",
                "broker",
                DEADLINES["claim_diagnosis"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Claim and diagnose a vague need",
            ),
        ),
        "claimed": State(
            "诊断中",
            "Being diagnosed",
            "go",
            DutySpec(
                "write_diagnosis",
                "完成需求诊断",
                "claimant",
                DEADLINES["write_diagnosis"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Finish the diagnosis of a need",
            ),
        ),
        "proposed": State(
            "待企业确认",
            "Awaiting the enterprise",
            "wait",
            DutySpec(
                "confirm_wording",
                "确认需求的公开文字",
                "owner",
                DEADLINES["confirm_wording"],
                DEADLINES.source,
                label_en="Confirm the public wording of a need",
            ),
        ),
        "accepted": State("企业已采用", "Accepted", "done", final=True),
        "refused": State("企业未采用", "Not taken", "over", final=True),
        "second": State("已转二次诊断", "Second diagnosis", "go", final=True),
        "tracked": State("已转长期跟踪", "Long-term tracking", "go", final=True),
        "cancelled": State("已取消", "Cancelled", "idle", final=True),
    },
    transitions={
        "claim": Transition(
            "认领",
            "Claim",
            ("open",),
            "claimed",
            "listings.diagnosis:claim",
            done_label="认领诊断",
            done_label_en="Claimed",
        ),
        "release": Transition(
            "放回",
            "Give back",
            ("claimed",),
            "open",
            "listings.diagnosis:release",
            note_required=True,
            done_label="放回待认领",
            done_label_en="Given back",
            tone="idle",
        ),
        "propose": Transition(
            "已凝练清楚，请企业确认",
            "Refined; ask the enterprise",
            ("claimed",),
            "proposed",
            OWN_WORK,
            (FINDINGS, Guard("wording", _has_wording)),
            done_label="凝练完成，请企业确认",
            done_label_en="Refined, the enterprise was asked to confirm",
        ),
        "send_on": Transition(
            "转二次诊断",
            "Second diagnosis",
            ("claimed",),
            "second",
            OWN_WORK,
            (FINDINGS,),
            done_label="转二次诊断，由另一名经纪人接手",
            done_label_en="Sent on for a second diagnosis",
        ),
        "track": Transition(
            "转长期跟踪",
            "Long-term tracking",
            ("claimed",),
            "tracked",
            OWN_WORK,
            (FINDINGS,),
            done_label="转长期跟踪",
            done_label_en="Moved to long-term tracking",
        ),
        "accept": Transition(
            "采用并提交审核",
            "Accept and submit",
            ("proposed",),
            "accepted",
            ANSWER,
            done_label="企业采用公开文字",
            done_label_en="The enterprise accepted the wording",
            tone="done",
        ),
        "refuse": Transition(
            "不采用",
            "Refuse",
            ("proposed",),
            "refused",
            ANSWER,
            note_required=True,
            done_label="企业没有采用",
            done_label_en="The enterprise refused the wording",
            tone="over",
        ),
        "cancel": Transition(
            "取消",
            "Cancel",
            RUNNING,
            "cancelled",
            "listings.diagnosis:cancel",
            done_label="需求已取回或撤回，诊断取消",
            done_label_en="The need was taken back; cancelled",
            tone="idle",
        ),
    },
)
