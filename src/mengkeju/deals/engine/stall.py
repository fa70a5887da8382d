"""When a conversion counts as stalled, what can be in its way, and the life of an obstacle."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.deadlines import Deadlines
from mengkeju.kernel.deadlines import load as load_days
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

FILE = Path(__file__).parent / "stalled.yaml"


@dataclass(frozen=True)
class Obstacle:
    """What is in the way; `note_required`: it must be said in words."""

    key: str
    label: str
    label_en: str
    note_required: bool = False


def load_obstacles(path: Path = FILE) -> dict[str, Obstacle]:
    """The coded list, by key. ValueError unless the file is dated and no key stands twice."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [Obstacle(**row) for row in data["obstacles"]]
    found = {row.key: row for row in rows}
    if not isinstance(data["checked_on"], date) or len(found) != len(rows):
        msg = f"{path.name}: checked_on must be a date, and a key stands once"
        raise ValueError(msg)
    return found


OBSTACLES = load_obstacles()
STAGE_DAYS: Deadlines = load_days(FILE)
"""Working days by stage of an intention, after which it counts as stalled."""
STAGES = tuple(STAGE_DAYS.working_days)


def _named(_stall: Any, data: dict[str, Any]) -> str | None:
    helper = data.get("helper")
    return None if helper else _("请选择帮办人")


def trouble_with(obstacle: str, note: str) -> str | None:
    """Why an obstacle cannot be named so; None when it can."""
    known = OBSTACLES.get(obstacle)
    if known is None:
        return _("请选择一项障碍")
    if known.note_required and not note.strip():
        return _("选择“%(obstacle)s”时请写明情况") % {"obstacle": word(known)}
    return None


STALL = Workflow(
    key="stall",
    label="停滞帮办",
    label_en="Help for a stalled conversion",
    initial="named",
    states={
        "named": State(
            "等安排帮办",
            "Waiting for a helper",
            "wait",
            DutySpec(
                "assign_helper",
                "给停滞的对接安排帮办人",
                "officer",
                DEADLINES["assign_helper"],
                DEADLINES.source,
                label_en="Assign a helper to a stalled conversion",
            ),
        ),
        "helping": State(
            "帮办中",
            "Being helped",
            "go",
            DutySpec(
                "help_stalled",
                "帮助停滞的对接往前走",
                "helper",
                DEADLINES["help_stalled"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Help a stalled conversion on",
            ),
        ),
        "resolved": State("帮办办结", "Resolved", "done", final=True),
        "overtaken": State("对接已自行推进", "Moved on by itself", "idle", final=True),
    },
    transitions={
        "assign": Transition(
            "安排帮办人",
            "Assign a helper",
            ("named", "helping"),
            "helping",
            "deals.stall:assign",
            (Guard("helper_named", _named),),
            done_label="安排帮办人",
            done_label_en="Helper assigned",
        ),
        "resolve": Transition(
            "办结",
            "Resolve",
            ("named", "helping"),
            "resolved",
            "deals.stall:resolve",
            note_required=True,
            done_label="帮办办结",
            done_label_en="Resolved",
            tone="done",
        ),
        "overtake": Transition(
            "对接已推进",
            "Moved on",
            ("named", "helping"),
            "overtaken",
            "deals.stall:overtake",
            done_label="对接已自行推进",
            done_label_en="The conversion moved on",
            tone="idle",
        ),
    },
)
OPEN_STALLS = ("named", "helping")
