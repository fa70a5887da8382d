"""行业攻关方向: the life of an agenda, and what has become of its directions."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "agenda_deadlines.yaml")
KEEPERS = ("platform", "enterprise")
"""Kinds of organisation that may set an agenda: an innovation platform, or a firm that leads its trade."""
MANAGE, REVIEW, SOURCE = "listings.agenda:manage", "listings.agenda:review", "listings.agenda:publish_source"
MAX_ITEMS = 60


def _has_items(agenda: Any, _data: dict[str, Any]) -> str | None:
    return None if agenda.items.filter(archived_at=None).exists() else _("还没有写攻关方向。请先加一条再提交。")


def _keeper_is_verified(agenda: Any, _data: dict[str, Any]) -> str | None:
    if agenda.organisation.verified:
        return None
    said = _("“%(organisation)s”还没有通过核验，不能提交。请先在单位页提交核验，通过后再来。")
    return said % {"organisation": agenda.organisation.name}


def _secrecy_reviewed(_agenda: Any, data: dict[str, Any]) -> str | None:
    return None if data.get("secrecy_reviewed") else _("请确认已按本单位规定作保密审查")


def _comes_from_source(agenda: Any, _data: dict[str, Any]) -> str | None:
    return None if agenda.source else _("只有来自公开报道等来源的条目可以这样发布")


AGENDA = Workflow(
    key="agenda",
    label="行业攻关方向",
    label_en="Sector research agenda",
    initial="draft",
    states={
        "draft": State("草稿", "Draft", "idle"),
        "submitted": State(
            "待审核",
            "Awaiting review",
            "wait",
            DutySpec(
                "review_agenda",
                "审核攻关方向",
                "officer",
                DEADLINES["review_agenda"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Review an agenda",
            ),
        ),
        "returned": State(
            "退回修改",
            "Returned for changes",
            "over",
            DutySpec("mend_agenda", "按退回意见修改后重新提交", "owner", None, label_en="Mend as asked and resubmit"),
        ),
        "published": State("已发布", "Published", "go"),
        "ended": State("已收尾", "Ended", "done", final=True),
        "withdrawn": State("已撤回", "Withdrawn", "idle", final=True),
    },
    transitions={
        "submit": Transition(
            "提交审核",
            "Submit for review",
            ("draft", "returned"),
            "submitted",
            MANAGE,
            (
                Guard("has_items", _has_items),
                Guard("keeper_is_verified", _keeper_is_verified),
                Guard("secrecy_reviewed", _secrecy_reviewed),
            ),
            done_label="提交审核",
            done_label_en="Submitted for review",
        ),
        "approve": Transition(
            "审核通过并发布",
            "Approve and publish",
            ("submitted",),
            "published",
            REVIEW,
            done_label="审核通过并发布",
            done_label_en="Approved and published",
            tone="done",
        ),
        "return": Transition(
            "退回修改",
            "Return for changes",
            ("submitted",),
            "returned",
            REVIEW,
            note_required=True,
            done_label="退回修改",
            done_label_en="Returned for changes",
            tone="over",
        ),
        "publish_source": Transition(
            "按公开来源发布",
            "Publish from a public source",
            ("draft",),
            "published",
            SOURCE,
            (Guard("comes_from_source", _comes_from_source),),
            done_label="按公开来源发布",
            done_label_en="Published from a public source",
        ),
        "end": Transition(
            "收尾",
            "End",
            ("published",),
            "ended",
            MANAGE,
            note_required=True,
            done_label="收尾",
            done_label_en="Ended",
            tone="done",
        ),
        "withdraw": Transition(
            "撤回",
            "Withdraw",
            ("draft", "submitted", "returned", "published"),
            "withdrawn",
            MANAGE,
            note_required=True,
            done_label="撤回",
            done_label_en="Withdrawn",
            tone="idle",
        ),
        "reopen": Transition(
            "重新编辑",
            "Edit again",
            ("ended", "withdrawn"),
            "draft",
            MANAGE,
            done_label="重新编辑",
            done_label_en="Back to draft",
            tone="idle",
        ),
    },
)
SHOWN = ("published", "ended")
"""States in which everybody may read it."""

STANDINGS = {
    "planned": mark("还没有公开的需求"),
    "asked": mark("已提出需求"),
    "answered": mark("有成果回应"),
    "solved": mark("已解决"),
}
TONES = {"planned": "calm", "asked": "go", "answered": "go", "solved": "done"}


def standing(*, needs: int, answers: int, solved: bool) -> str:
    """How far a direction has come; a key of STANDINGS."""
    if solved:
        return "solved"
    if answers:
        return "answered"
    return "asked" if needs else "planned"


@dataclass(frozen=True)
class Progress:
    """How many directions there are, and how many have come at least so far."""

    total: int
    asked: int
    answered: int
    solved: int


def progress(standings: Iterable[str]) -> Progress:
    """Counted from the standing of each direction: who is answered has been asked, if only by the agenda itself."""
    order = list(STANDINGS)
    at = [order.index(key) for key in standings]
    return Progress(len(at), *(sum(place >= step for place in at) for step in range(1, len(order))))
