"""The life of a one-to-one meeting: request → schedule → meet → note → next step."""

from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "deadlines.yaml")


def _reason_given(_meeting: Any, data: dict[str, Any]) -> str | None:
    reason = REASONS.get(str(data.get("reason", "")))
    if reason is None:
        return _("请选择一个原因")
    if reason.note_required and not str(data.get("reason_note", "")).strip():
        return _("选择“%(reason)s”时请写明说明") % {"reason": word(reason)}
    return None


NEXT_STEP = DutySpec(
    "meeting_next_step", "办理会面约定的下一步", "next", None, DEADLINES.source,
    label_en="Do the next step agreed at the meeting",
)  # fmt: skip
"""Opened by the action, with the day that was agreed."""
MEETING = Workflow(
    key="meeting",
    label="一对一会面",
    label_en="One-to-one meeting",
    initial="requested",
    states={
        "requested": State(
            "待对方选时间", "Waiting for the other side to choose a time", "wait",
            DutySpec(
                "answer_meeting", "答复会面邀请，选定时间", "invited", DEADLINES["answer_meeting"], DEADLINES.source,
                label_en="Answer a meeting request and choose a time",
            ),
        ),
        "countered": State(
            "对方另提了时间", "Other times proposed", "wait",
            DutySpec(
                "pick_time", "从对方提的时间里选一个", "requesting", DEADLINES["pick_time"], DEADLINES.source,
                label_en="Choose one of the times the other side proposes",
            ),
        ),
        "scheduled": State("已约定", "Scheduled", "go"),
        "over": State(
            "待写纪要", "Waiting for the note", "wait",
            DutySpec(
                "write_note", "写会面纪要和下一步", "requesting", DEADLINES["write_note"], DEADLINES.source,
                label_en="Write the note and the next step of a meeting",
            ),
        ),
        "held": State("已会面，下一步办理中", "Met, next step under way", "go"),
        "closed": State("已会面，已办结", "Met and done", "done", final=True),
        "missed": State("没有见成", "Did not take place", "over", final=True),
        "declined": State("对方婉拒", "Declined", "over", final=True),
        "cancelled": State("已取消", "Cancelled", "idle", final=True),
        "lapsed": State("时间都已过去", "All times have passed", "idle", final=True),
    },
    transitions={
        "choose": Transition(
            "选定时间", "Choose a time", ("requested",), "scheduled", "events.meeting:choose",
            done_label="约定了时间", done_label_en="Scheduled",
        ),
        "propose": Transition(
            "另提时间", "Propose other times", ("requested",), "countered", "events.meeting:choose",
            done_label="另提了时间", done_label_en="Proposed other times",
        ),
        "pick": Transition(
            "选定时间", "Choose a time", ("countered",), "scheduled", "events.meeting:choose",
            done_label="约定了时间", done_label_en="Scheduled",
        ),
        "repropose": Transition(
            "再提时间", "Propose again", ("countered",), "requested", "events.meeting:choose",
            done_label="再提了时间", done_label_en="Proposed times again",
        ),
        "decline": Transition(
            "婉拒", "Decline", ("requested",), "declined", "events.meeting:answer",
            (Guard("reason_given", _reason_given),), done_label="婉拒会面", done_label_en="Declined", tone="over",
        ),
        "cancel": Transition(
            "取消会面", "Cancel", ("requested", "countered", "scheduled"), "cancelled", "events.meeting:cancel",
            note_required=True, done_label="取消会面", done_label_en="Cancelled", tone="idle",
        ),
        "end": Transition(
            "会面时间已过", "The time has passed", ("scheduled",), "over", "events.meeting:tend",
            done_label="会面时间已过", done_label_en="The time has passed",
        ),
        "record": Transition(
            "写纪要和下一步", "Write note and next step", ("over",), "held", "events.meeting:record",
            done_label="写了纪要和下一步", done_label_en="Note and next step written", tone="done",
        ),
        "close": Transition(
            "写纪要，没有下一步", "Write note, no next step", ("over",), "closed", "events.meeting:record",
            done_label="写了纪要", done_label_en="Note written", tone="done",
        ),
        "miss": Transition(
            "没有见成", "Did not take place", ("over",), "missed", "events.meeting:record",
            note_required=True, done_label="没有见成", done_label_en="Did not take place", tone="over",
        ),
        "finish": Transition(
            "下一步已办", "Next step done", ("held",), "closed", "events.meeting:finish",
            done_label="下一步已办", done_label_en="Next step done", tone="done",
        ),
        "lapse": Transition(
            "时间都已过去", "All times have passed", ("requested", "countered"), "lapsed", "events.meeting:tend",
            done_label="时间都已过去，没有约成", done_label_en="All times passed without an answer", tone="idle",
        ),
    },
)  # fmt: skip
WAITING = ("requested", "countered")
MET = ("over", "held", "closed")
