"""How a doubt about a proposal, or about the absence of one, is answered by a person."""

from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "question_deadlines.yaml")
SOURCE = mark("平台服务承诺（自定）；个人信息保护法第24条、第50条没有规定天数")
ANSWERED_BY = "operator"

ANSWER = DutySpec(
    "answer_question",
    "答复对推荐的疑问",
    ANSWERED_BY,
    DEADLINES["answer_question"],
    DEADLINES.source,
    escalate_to=ANSWERED_BY,
    label_en="Answer a doubt about a match",
)


def _once_only(question: Any, _data: dict[str, Any]) -> str | None:
    return _("已经再次提出过一次，不能再提") if question.again_at is not None else None


QUESTION = Workflow(
    key="match_question",
    label="对推荐的疑问",
    label_en="Doubts about matches",
    initial="open",
    states={
        "open": State("待答复", "Awaiting an answer", "wait", ANSWER),
        "answered": State(
            "已答复",
            "Answered",
            "done",
            DutySpec(
                "read_answer",
                "看对推荐疑问的答复",
                "asker",
                DEADLINES["read_answer"],
                DEADLINES.source,
                lapse="close",
                label_en="Read the answer to your doubt about a match",
            ),
        ),
        "reopened": State("再次提出，待答复", "Raised again, awaiting an answer", "wait", ANSWER),
        "closed": State("已结束", "Closed", "idle", final=True),
    },
    transitions={
        "answer": Transition(
            "答复",
            "Answer",
            ("open", "reopened"),
            "answered",
            "matching.question:answer",
            done_label="已答复",
            done_label_en="Answered",
            tone="done",
        ),
        "reopen": Transition(
            "再次提出",
            "Raise again",
            ("answered",),
            "reopened",
            "matching.question:own",
            (Guard("once_only", _once_only),),
            done_label="再次提出",
            done_label_en="Raised again",
            tone="wait",
        ),
        "close": Transition(
            "结束",
            "Close",
            ("answered",),
            "closed",
            "matching.question:own",
            done_label="结束",
            done_label_en="Closed",
            tone="done",
        ),
        "withdraw": Transition(
            "撤回",
            "Withdraw",
            ("open", "reopened"),
            "closed",
            "matching.question:own",
            done_label="撤回",
            done_label_en="Withdrawn",
            tone="over",
        ),
    },
)
