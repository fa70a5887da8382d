"""短板弱项: the life of a gap in a chain, and how far the gaps of a chain are covered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import State, Transition, Workflow

# Said by whoever keeps the list; no document sets these three (平台规则).
PRIORITIES = {"high": mark("高"), "middle": mark("中"), "low": mark("低")}
NEED, ANSWER = "need", "answer"
LINK_WORDS = {NEED: mark("对应的需求"), ANSWER: mark("可以补上的成果、专业或能力")}
EDIT, MOVE = "listings.weak_link:edit", "listings.weak_link:move"

WEAK_LINK = Workflow(
    key="weak_link",
    label="产业链短板弱项",
    label_en="Weak link of a chain",
    initial="draft",
    states={
        "draft": State("草稿", "Draft", "idle"),
        "open": State("待补", "Open", "wait"),
        "working": State("在补", "Being worked on", "go"),
        "covered": State("已补上", "Covered", "done", final=True),
        "dropped": State("不再列入", "Dropped", "idle", final=True),
    },
    transitions={
        "publish": Transition(
            "公开列入清单",
            "Put on the public list",
            ("draft",),
            "open",
            MOVE,
            done_label="公开列入清单",
            done_label_en="Put on the public list",
        ),
        "start": Transition(
            "标为在补",
            "Mark as being worked on",
            ("open",),
            "working",
            MOVE,
            note_required=True,
            done_label="标为在补",
            done_label_en="Marked as being worked on",
        ),
        "cover": Transition(
            "标为已补上",
            "Mark as covered",
            ("open", "working"),
            "covered",
            MOVE,
            note_required=True,
            done_label="标为已补上",
            done_label_en="Marked as covered",
            tone="done",
        ),
        "drop": Transition(
            "不再列入",
            "Drop from the list",
            ("draft", "open", "working"),
            "dropped",
            MOVE,
            note_required=True,
            done_label="不再列入",
            done_label_en="Dropped from the list",
            tone="idle",
        ),
        "reopen": Transition(
            "重新列为待补",
            "List again as open",
            ("working", "covered", "dropped"),
            "open",
            MOVE,
            note_required=True,
            done_label="重新列为待补",
            done_label_en="Listed again as open",
        ),
    },
)
LISTED = ("open", "working", "covered")
"""States in which everybody may read it."""


@dataclass(frozen=True)
class Gap:
    """One weak link as it is counted: how much that everybody may see hangs on it."""

    chain: str
    state: str
    needs: int = 0
    answers: int = 0
    intended: bool = False


@dataclass(frozen=True)
class Coverage:
    """How many gaps there are, in which state, and how many have a need, an answer, an intention."""

    total: int = 0
    open: int = 0
    working: int = 0
    covered: int = 0
    with_need: int = 0
    with_answer: int = 0
    with_intention: int = 0

    def plus(self, gap: Gap) -> "Coverage":
        """With one gap more; drafts and dropped ones are no gaps of the list."""
        if gap.state not in LISTED:
            return self
        return replace(
            self,
            total=self.total + 1,
            open=self.open + (gap.state == "open"),
            working=self.working + (gap.state == "working"),
            covered=self.covered + (gap.state == "covered"),
            with_need=self.with_need + bool(gap.needs),
            with_answer=self.with_answer + bool(gap.answers),
            with_intention=self.with_intention + gap.intended,
        )


def coverage(gaps: Iterable[Gap]) -> dict[str, Coverage]:
    """Coverage by chain, in the order in which chains are met; a chain without listed gap is left out."""
    found: dict[str, Coverage] = {}
    for gap in gaps:
        found[gap.chain] = found.get(gap.chain, Coverage()).plus(gap)
    return {chain: counted for chain, counted in found.items() if counted.total}


def role_of(side: str) -> str:
    """What a listing of a side is to a gap: it asks for what is missing, or could fill it. ValueError for neither."""
    roles = {"need": NEED, "achievement": ANSWER}
    if side not in roles:
        msg = f"a listing of side {side!r} stands on no side of a gap"
        raise ValueError(msg)
    return roles[side]
