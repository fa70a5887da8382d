"""“卡脖子”清单: the life of an item that only named bureaus may know of.

No state opens a duty: a duty is told to a role over an area or to all people of an organisation, and neither is
“the officers of the named bureaus”. Who may confirm finds them counted on his workbench.
"""

from typing import Any

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.workflow import Guard, State, Transition, Workflow

CONFIRM, MOVE = "listings.bottleneck:confirm", "listings.bottleneck:move"
EVIDENCE_LEAST = 10
"""Characters; “已突破” alone is no evidence. A rule of this platform."""


def _evidenced(_item: Any, data: dict[str, Any]) -> str | None:
    if len(str(data.get("evidence") or "").strip()) >= EVIDENCE_LEAST:
        return None
    return _(
        "标为已突破要写明证据：鉴定或验收文件的名称、编号、日期，或首台（套）、首批次应用的情况，不少于 %(least)s 个字"
    ) % {"least": EVIDENCE_LEAST}


BOTTLENECK = Workflow(
    key="bottleneck",
    label="卡脖子技术",
    label_en="Bottleneck technology",
    initial="nominated",
    states={
        "nominated": State("待确认", "To be confirmed", "wait"),
        "open": State("待攻关", "Open", "wait"),
        "in_progress": State("攻关中", "In progress", "go"),
        "broken_through": State("已突破", "Broken through", "done", final=True),
        "removed": State("不列入", "Not listed", "idle", final=True),
    },
    transitions={
        "confirm": Transition(
            "确认列入",
            "Confirm",
            ("nominated",),
            "open",
            CONFIRM,
            done_label="确认列入",
            done_label_en="Confirmed",
        ),
        "refuse": Transition(
            "不列入",
            "Do not list",
            ("nominated",),
            "removed",
            CONFIRM,
            note_required=True,
            done_label="未列入",
            done_label_en="Not listed",
            tone="over",
        ),
        "start": Transition(
            "开始攻关",
            "Start work",
            ("open",),
            "in_progress",
            MOVE,
            note_required=True,
            done_label="开始攻关",
            done_label_en="Work started",
        ),
        "break_through": Transition(
            "标为已突破",
            "Mark as broken through",
            ("in_progress",),
            "broken_through",
            MOVE,
            (Guard("evidenced", _evidenced),),
            done_label="标为已突破",
            done_label_en="Broken through",
            tone="done",
        ),
        "resume": Transition(
            "重新攻关",
            "Resume work",
            ("broken_through",),
            "in_progress",
            MOVE,
            note_required=True,
            done_label="重新攻关",
            done_label_en="Work resumed",
        ),
        "remove": Transition(
            "移出清单",
            "Take off the list",
            ("open", "in_progress"),
            "removed",
            MOVE,
            note_required=True,
            done_label="移出清单",
            done_label_en="Taken off the list",
            tone="over",
        ),
    },
)
