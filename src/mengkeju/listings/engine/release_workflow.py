"""The life of a joint release (联合发布): gathered, confirmed by each city taking part, released at one moment."""

from pathlib import Path

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "releases.yaml")
OPEN_STATES = ("collecting", "checking", "checked", "scheduled")
"""In preparation: a need stands in one of these at most."""
CONFIRMED_STATES = ("checking", "checked", "scheduled")
"""At least one city has confirmed what a change would make untrue."""

RELEASE = Workflow(
    key="release",
    label="联合发布",
    label_en="Joint release",
    initial="collecting",
    states={
        "collecting": State("收集中", "Collecting", "go"),
        "checking": State(
            "待另一方确认",
            "Awaiting the other city",
            "wait",
            DutySpec(
                "confirm_release",
                "核对并确认本市的联合发布内容",
                "unconfirmed",
                DEADLINES["confirm_release"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Check and confirm your city's part of the joint release",
            ),
        ),
        "checked": State("各方已确认", "Confirmed by all", "go"),
        "scheduled": State("已定时", "Scheduled", "go"),
        "released": State("已发布", "Released", "done"),
        "withdrawn": State("已撤回", "Withdrawn", "idle", final=True),
    },
    transitions={
        "confirm": Transition(
            "确认本市部分",
            "Confirm one city's part",
            ("collecting", "checking"),
            "checking",
            "listings.release:confirm",
            done_label="确认本市部分",
            done_label_en="One city's part confirmed",
        ),
        "complete": Transition(
            "确认本市部分，各方齐全",
            "Confirm the last part",
            ("collecting", "checking"),
            "checked",
            "listings.release:confirm",
            done_label="确认本市部分，各方齐全",
            done_label_en="Last part confirmed",
            tone="done",
        ),
        "unconfirm": Transition(
            "收回本市的确认",
            "Take back one city's confirmation",
            ("checking", "checked", "scheduled"),
            "checking",
            "listings.release:confirm",
            note_required=True,
            done_label="收回本市的确认",
            done_label_en="One city's confirmation taken back",
            tone="over",
        ),
        "reopen": Transition(
            "内容有变动，重新收集",
            "Collect again after a change",
            ("checking", "checked", "scheduled"),
            "collecting",
            "listings.release:edit",
            done_label="内容有变动，确认作废",
            done_label_en="Changed: confirmations void",
            tone="over",
        ),
        "schedule": Transition(
            "定时发布",
            "Schedule",
            ("checked", "scheduled"),
            "scheduled",
            "listings.release:release",
            done_label="定时发布",
            done_label_en="Scheduled",
        ),
        "unschedule": Transition(
            "取消定时",
            "Cancel the schedule",
            ("scheduled",),
            "checked",
            "listings.release:release",
            done_label="取消定时",
            done_label_en="Schedule cancelled",
            tone="idle",
        ),
        "release": Transition(
            "联合发布",
            "Release",
            ("checked", "scheduled"),
            "released",
            "listings.release:release",
            done_label="联合发布",
            done_label_en="Released",
            tone="done",
        ),
        "withdraw": Transition(
            "撤回",
            "Withdraw",
            ("collecting", "checking", "checked", "scheduled", "released"),
            "withdrawn",
            "listings.release:withdraw",
            note_required=True,
            done_label="撤回",
            done_label_en="Withdrawn",
            tone="idle",
        ),
    },
)
