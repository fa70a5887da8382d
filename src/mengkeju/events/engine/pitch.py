"""The life of a remote pitch: invite an external team → it presents by a remote session → follow."""

from mengkeju.events.engine.meeting import DEADLINES
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

PITCH = Workflow(
    key="pitch",
    label="远程路演",
    label_en="Remote pitch",
    initial="invited",
    states={
        "invited": State("待外部团队答复", "Waiting for the team's answer", "go"),
        "accepted": State("外部团队已接受", "Accepted by the team", "go"),
        "over": State(
            "待确认是否举行", "To be confirmed", "wait",
            DutySpec(
                "confirm_pitch", "确认远程路演是否举行", "host", DEADLINES["confirm_pitch"], DEADLINES.source,
                label_en="Confirm whether a remote pitch took place",
            ),
        ),
        "held": State("已举行", "Held", "done", final=True),
        "missed": State("没有举行", "Not held", "over", final=True),
        "declined": State("外部团队婉拒", "Declined by the team", "over", final=True),
        "cancelled": State("已取消", "Cancelled", "idle", final=True),
        "lapsed": State("没有答复，时间已过", "Passed without an answer", "idle", final=True),
    },
    transitions={
        "accept": Transition(
            "接受", "Accept", ("invited",), "accepted", "events.pitch:answer",
            done_label="外部团队接受了邀请", done_label_en="The team accepted",
        ),
        "decline": Transition(
            "婉拒", "Decline", ("invited", "accepted"), "declined", "events.pitch:answer",
            done_label="外部团队婉拒了邀请", done_label_en="The team declined", tone="over",
        ),
        "cancel": Transition(
            "取消路演", "Cancel", ("invited", "accepted"), "cancelled", "events.pitch:manage",
            note_required=True, done_label="取消路演", done_label_en="Cancelled", tone="idle",
        ),
        "end": Transition(
            "路演时间已过", "The time has passed", ("accepted",), "over", "events.pitch:tend",
            done_label="路演时间已过", done_label_en="The time has passed",
        ),
        "lapse": Transition(
            "没有答复", "No answer", ("invited",), "lapsed", "events.pitch:tend",
            done_label="没有答复，时间已过", done_label_en="Passed without an answer", tone="idle",
        ),
        "hold": Transition(
            "确认已举行", "Confirm that it took place", ("over",), "held", "events.pitch:manage",
            done_label="确认已举行", done_label_en="Confirmed as held", tone="done",
        ),
        "miss": Transition(
            "没有举行", "Not held", ("over",), "missed", "events.pitch:manage",
            note_required=True, done_label="没有举行", done_label_en="Not held", tone="over",
        ),
    },
)  # fmt: skip
OPEN_PITCHES = ("accepted", "over", "held")
"""States in which members may know of a pitch."""
