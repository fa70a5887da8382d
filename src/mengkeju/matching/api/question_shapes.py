"""What the operations on doubts about matches, and on the switch of automated proposals, take and answer."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool

from mengkeju.kernel.api.routes import Input
from mengkeju.matching.actions.questions import LONGEST
from mengkeju.matching.api.shapes import EXAMPLE, PartOut, ReasonOut

QuestionState = Literal["open", "answered", "reopened", "closed"]
Turned = Literal["question", "answer", "again", "second_answer"]
Ending = Literal["close", "withdraw"]
QuestionStep = Literal["again", "close", "withdraw"]
LISTING, OTHER = "0193a4c6-0000-7000-8000-000000000101", "0193a4c6-0000-7000-8000-000000000102"
UID, MATCH = "0193a4c6-0000-7000-8000-000000000601", "0193a4c6-0000-7000-8000-000000000501"
HIDDEN = "读者看不到时为 null。 / Null when the reader may not see it."


def _taken(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class AskIn(Input):
    """A doubt. `match`: about this proposal; without one, about what was not proposed."""

    text: str = Field(max_length=LONGEST)
    match: UUID | None = Field(
        default=None, description="对哪一条推荐；不写则为没有推荐到的。 / Which proposal; none: what was not proposed."
    )

    model_config = _taken({"text": "这项成果用在别的行业，为什么排在第一？", "match": MATCH})


class AskAgainIn(Input):
    """What is still unclear."""

    text: str = Field(max_length=LONGEST)

    model_config = _taken({"text": "答复没有说明为什么行业不同也算相近。"})


class EndQuestionIn(Input):
    """`close` once it is answered, `withdraw` while it waits."""

    step: Ending

    model_config = _taken({"step": "close"})


class QuestionListQuery(Schema):
    """Which of them."""

    state: QuestionState | None = Field(default=None, description="只要这一状态的。 / Only of this state.")


class AskedListing(Schema):
    """A listing by uid and title."""

    uid: UUID
    title: str


ROW: dict[str, Any] = {
    "uid": UID,
    "state": "answered",
    "state_label": "已答复",
    "listing": {"uid": LISTING, "title": "气化细渣脱碳与高值利用"},
    "match": MATCH,
    "other": {"uid": OTHER, "title": "煤气化细渣浮选脱碳技术"},
    "asked_by": "鹿原（演示）",
    "created_at": "2026-11-21T10:40:00+08:00",
    "due_on": "2026-12-21",
    "revision": 2,
    "url": f"/match-questions/{UID}/",
}


class QuestionRow(Schema):
    """A doubt in a list. `due_on`: until when it is to be answered, or its answer to be read."""

    uid: UUID
    state: QuestionState
    state_label: str
    listing: AskedListing | None = Field(description=HIDDEN)
    match: UUID | None = Field(description="空：问的是没有推荐到的。 / Null: about what was not proposed.")
    other: AskedListing | None = Field(description=HIDDEN)
    asked_by: str
    created_at: datetime
    due_on: date | None
    revision: int
    url: str

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})


class TurnOut(Schema):
    """One text: the doubt, the answer of a person, the doubt raised again, the answer to that."""

    kind: Turned
    by: str
    at: datetime
    text: str = Field(description="删除个人信息后为空。 / Empty once erased.")


class QuestionedOut(Schema):
    """What had been proposed when it was questioned; the next match may say something else."""

    band: str = Field(description="空：未入档。 / Empty: below the bands.")
    band_label: str
    summary: str
    reasons: list[ReasonOut]
    parts: list[PartOut] = Field(description="各项加起来等于 score。 / The parts add up to `score`.")
    score: float | None
    cuts: list[float]
    probabilities: list[float]
    level: int | None
    model_version: str


_MATCH = EXAMPLE["items"][0]


class QuestionOut(QuestionRow):
    """A doubt with its answers. A person of the platform answers on the page; no token does."""

    turns: list[TurnOut]
    then: QuestionedOut | None = Field(description="问的是没有推荐到的时为 null。 / Null without a proposal.")
    steps: list[QuestionStep] = Field(description="读者现在能办的。 / What the reader may do now.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW,
                    "turns": [
                        {
                            "kind": "question",
                            "by": "鹿原（演示）",
                            "at": "2026-11-21T10:40:00+08:00",
                            "text": "这项成果用在别的行业，为什么排在第一？",
                        },
                        {
                            "kind": "answer",
                            "by": "平台（演示）",
                            "at": "2026-11-24T09:05:00+08:00",
                            "text": "两边都写“气化细渣”，所以用字相近；行业不同，请以自己的判断为准。",
                        },
                    ],
                    "then": {name: _MATCH[name] for name in QuestionedOut.model_fields},
                    "steps": ["again", "close"],
                }
            ]
        }
    )


class AutomatedMatchesIn(Input):
    """Whether I want proposals made by programme."""

    on: StrictBool

    model_config = _taken({"on": True})


class AutomatedMatchesOut(Schema):
    """Whether I get proposals made by programme (个人信息保护法 art. 24); search stays either way."""

    on: bool
    off_since: datetime | None

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": True, "off_since": None}]})
