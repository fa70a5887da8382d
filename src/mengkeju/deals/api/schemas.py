"""What the API says of intentions, and what it takes."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from mengkeju.kernel.api.routes import Input

State = Literal["declared", "accepted", "declined", "talking", "ready", "lapsed", "withdrawn"]
Origin = Literal["search", "match", "broker", "listing", "release", "roadshow", "window"]
OriginByHand = Literal["listing", "search", "match", "release"]
Direction = Literal["sent", "received", "introduced", "other"]
Box = Literal["sent", "received", "introduced"]
Move = Literal["talk", "agree", "stop", "withdraw"]
Step = Literal["accept", "decline", "talk", "agree", "stop", "withdraw", "confirm", "write"]
REASON = "原因代码，见 /decline-reasons。 / A code of /decline-reasons."
UID = "0193a4c6-0000-7000-8000-000000000201"
TARGET, COUNTER = "0193a4c6-0000-7000-8000-000000000101", "0193a4c6-0000-7000-8000-000000000102"


def example(value: dict[str, Any], *, strict: bool = False) -> ConfigDict:
    """A schema's example; `strict` for what is taken."""
    made = ConfigDict(json_schema_extra={"examples": [value]})
    return ConfigDict(**made, extra="forbid") if strict else made


class ListingRef(Schema):
    """A listing by uid and title."""

    uid: UUID
    title: str


class PartyOut(Schema):
    """One of the two organisations."""

    uid: UUID
    name: str


ROW = {
    "uid": UID,
    "number": "MK-I-2026-0001",
    "state": "declared",
    "state_label": "待对方答复",
    "direction": "sent",
    "target": {"uid": TARGET, "title": "气化细渣脱碳与高值利用"},
    "counter": {"uid": COUNTER, "title": "煤气化细渣浮选脱碳技术"},
    "declaring": {"uid": "0193a4c6-0000-7000-8000-000000000002", "name": "青城理工大学（演示）"},
    "answering": {"uid": "0193a4c6-0000-7000-8000-000000000001", "name": "鹿原化工（演示）"},
    "origin": "match",
    "fictional": True,
    "revision": 1,
    "created_at": "2026-11-21T10:30:00+08:00",
    "state_at": "2026-11-21T10:30:00+08:00",
    "url": f"/intentions/{UID}/",
}


class IntentionRow(Schema):
    """An intention in a list. `state_label` is said from the reader's side."""

    uid: UUID
    number: str
    state: State
    state_label: str
    direction: Direction
    target: ListingRef
    counter: ListingRef | None = Field(description="没有带上，或读者看不到时为 null。 / None, or not for this reader.")
    declaring: PartyOut
    answering: PartyOut
    origin: Origin
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    revision: int
    created_at: datetime
    state_at: datetime
    url: str

    model_config = example(ROW)


class ContactOut(Schema):
    """A contact of one side."""

    organisation: str
    name: str
    position: str
    phone: str
    email: str


class DutyOut(Schema):
    """What is to be done next, until when, and whether it is the reader's."""

    label: str
    due_on: date | None
    due_provisional: bool = Field(description="节假日安排公布后可能调整。 / May move with the holidays.")
    mine: bool


class IntroductionOut(Schema):
    """A broker's introduction and when each side confirmed it."""

    broker: str
    introduced_at: datetime
    declaring_confirmed_at: datetime | None
    answering_confirmed_at: datetime | None


class IntentionOut(IntentionRow):
    """An intention. `contacts`: before it is open to both only those of one's own side."""

    message: str
    reason: str = Field(description=REASON)
    reason_label: str
    reason_note: str
    introduction: IntroductionOut | None
    opened: bool = Field(description="联系人和合作双方部分已互相开放。 / Contacts are open to both.")
    contacts: list[ContactOut]
    duty: DutyOut | None
    steps: list[Step] = Field(description="读者现在能办的。 / What the reader may do now.")

    model_config = example(
        {
            **ROW,
            "message": "下月能否到现场谈",
            "reason": "",
            "reason_label": "",
            "reason_note": "",
            "introduction": None,
            "opened": False,
            "contacts": [],
            "duty": {"label": "答复合作意向", "due_on": "2026-11-26", "due_provisional": False, "mine": False},
            "steps": ["withdraw", "write"],
        }
    )


class IntentionQuery(Schema):
    """Filters of the list of intentions."""

    box: Box | None = Field(
        default=None, description="我方发出、对方发来、我引荐。 / Sent, received, introduced by me."
    )
    state: State | None = None
    listing: UUID | None = Field(default=None, description="涉及这一条供需信息。 / On, or naming, this listing.")


class MessageFileOut(Schema):
    """A file on a message; download it at /files/{uid}/content."""

    uid: UUID
    name: str
    size: int


class MessageOut(Schema):
    """A message of the thread; without organisation it is the broker's."""

    uid: UUID
    organisation: str
    person: str
    text: str
    at: datetime
    files: list[MessageFileOut]

    model_config = example(
        {
            "uid": "0193a4c6-0000-7000-8000-000000000301",
            "organisation": "鹿原化工（演示）",
            "person": "苏合",
            "text": "附上细渣化验单",
            "at": "2026-11-21T14:00:00+08:00",
            "files": [{"uid": "0193a4c6-0000-7000-8000-000000000401", "name": "化验单.pdf", "size": 20480}],
        }
    )


class IntentionHappeningOut(Schema):
    """Something that happened."""

    title: str
    at: datetime
    who: str
    note: str


class IntentionHistoryOut(Schema):
    """The newest first."""

    items: list[IntentionHappeningOut]


class OriginIn(Input):
    """Where the wish comes from: the match's or the search's uid goes with it."""

    kind: OriginByHand = "listing"
    uid: UUID | None = None


class DeclareIn(Input):
    """A new intention."""

    target: UUID = Field(description="对方的供需信息。 / The other side's listing.")
    declaring: UUID | None = Field(default=None, description="本单位；只属于一个单位时可不写。 / My organisation.")
    counter: UUID | None = Field(default=None, description="用本单位的哪一条来对接。 / My own listing to go with it.")
    message: str = Field(default="", max_length=2000)
    origin: OriginIn = OriginIn()

    model_config = example(
        {
            "target": TARGET,
            "counter": COUNTER,
            "message": "下月能否到现场谈",
            "origin": {"kind": "match", "uid": "0193a4c6-0000-7000-8000-000000000501"},
        },
        strict=True,
    )


class IntroduceIn(Input):
    """A broker brings the owner of `counter` to the owner of `target`."""

    target: UUID
    counter: UUID
    message: str = Field(min_length=1, max_length=2000)

    model_config = example({"target": TARGET, "counter": COUNTER, "message": "两家互补"}, strict=True)


class AnswerIn(Input):
    """Accept; or decline with a reason."""

    answer: Literal["accept", "decline"]
    reason: str = Field(default="", max_length=30, description=REASON)
    reason_note: str = Field(default="", max_length=1000)

    model_config = example({"answer": "decline", "reason": "too_early"}, strict=True)


class IntentionMoveIn(Input):
    """Start talking, agree, stop (with a reason), or withdraw (with a note)."""

    step: Move
    note: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=30, description=REASON)
    reason_note: str = Field(default="", max_length=1000)

    model_config = example({"step": "talk"}, strict=True)


class MessageIn(Input):
    """A message. `files`: uids of files that I uploaded before."""

    text: str = Field(default="", max_length=4000)
    files: list[UUID] = Field(default=[], max_length=10)

    model_config = example({"text": "附上细渣化验单", "files": ["0193a4c6-0000-7000-8000-000000000401"]}, strict=True)
