"""What the API says of listings, and what it takes."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from mengkeju.kernel.api.routes import Input

State = Literal[
    "draft",
    "submitted",
    "returned",
    "held",
    "refining",
    "tracking",
    "published",
    "dormant",
    "closed",
    "withdrawn",
]
Tier = Literal["public", "members", "parties"]
Step = Literal["edit", "submit", "approve", "hold", "return", "confirm", "close", "withdraw", "reopen", "take_back"]
Move = Literal["close", "withdraw", "reopen", "take_back"]
Decision = Literal["approve", "hold", "return"]
SecrecyLevel = Literal["公开", "内部", "秘密", "机密", "绝密"]
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")
Value = str | bool | list[str] | list[dict[str, str]] | None
AREA = "地区代码（GB/T 2260 或功能区）。 / Area code."
TIER = (
    "谁能看：public 所有人，members 已核验单位，parties 合作双方。 / "
    "Who may read: everybody, verified organisations, both parties."
)
NOTE = "理由。 / Why."
UID = "0193a4c6-0000-7000-8000-000000000101"
ORGANISATION = "0193a4c6-0000-7000-8000-000000000001"


def _iso(value: Any) -> Any:
    """Only what is written as ISO 8601: pydantic would also take a number for seconds since 1970."""
    if isinstance(value, str) and not ISO_TIME.match(value):
        raise PydanticCustomError("datetime_parsing", "Input should be a valid datetime, ISO 8601 with offset")
    return value


def example(value: dict[str, Any]) -> ConfigDict:
    """A schema's example."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class OwnerOut(Schema):
    """Whose listing it is; without uid when the reader may not know or it came from a public text."""

    uid: UUID | None
    name: str
    verified: bool


class PriceOut(Schema):
    """A budget or price. Both ends null: to be negotiated."""

    low: str | None = Field(description="下限，元，小数写成文字。 / Decimal string in yuan.")
    high: str | None = Field(description="上限，元。 / Decimal string in yuan.")
    unit: Literal["元"]
    text: str


class FieldOut(Schema):
    """One answer. `value` by the kind's schema, `text` in words."""

    key: str
    label: str
    section: str
    tier: Tier
    value: Value
    unit: Literal["元"] | None = Field(description="金额的单位。 / The unit of an amount.")
    text: str


class SectionOut(Schema):
    """A section: who may read it, and whether the reader may. What stands in a closed one is not told."""

    key: str
    label: str
    tier: Tier = Field(description=TIER)
    open: bool


ROW = {
    "uid": UID,
    "number": "MK-N-2026-0001",
    "kind": "need",
    "kind_label": "技术需求",
    "title": "气化细渣脱碳与高值利用",
    "summary": "每年副产气化细渣 6 万吨，含碳高，想脱碳后炭做填料、灰做建材。",
    "area": "150203",
    "area_label": "包头市 · 昆都仑区",
    "outside": False,
    "state": "published",
    "state_label": "已发布",
    "tier": "public",
    "owner": {"uid": ORGANISATION, "name": "鹿原化工（演示）", "verified": True},
    "price": {"low": "2000000.00", "high": "10000000.00", "unit": "元", "text": "200 万元 – 1000 万元"},
    "source_note": "",
    "fictional": True,
    "incomplete": False,
    "revision": 3,
    "created_at": "2026-11-20T09:00:00+08:00",
    "published_at": "2026-11-21T10:30:00+08:00",
    "confirmed_at": "2026-11-21T10:30:00+08:00",
    "review_by": "2027-02-19",
    "updated_at": "2026-11-21T10:30:00+08:00",
    "url": f"/listings/{UID}/",
}


class ListingRow(Schema):
    """A listing in a list, as this reader may see it."""

    uid: UUID
    number: str = Field(description="编号，提交后才有。 / Given when it is submitted.")
    kind: str
    kind_label: str
    title: str
    summary: str
    area: str = Field(description=AREA)
    area_label: str
    outside: bool = Field(description="区外：来自本自治区以外。 / From outside the region.")
    state: State
    state_label: str
    tier: Tier = Field(description=TIER)
    owner: OwnerOut
    price: PriceOut | None = Field(description="读者看不到时为 null。 / Null when the reader may not see it.")
    source_note: str = Field(description="据公开资料收录时的说明。 / Said of an entry from a public text.")
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    incomplete: bool
    revision: int
    created_at: datetime
    published_at: datetime | None
    confirmed_at: datetime | None = Field(description="所属单位最近一次确认仍然有效。 / Last confirmed by its owner.")
    review_by: date | None = Field(description="到这一天前须再次确认。 / To be confirmed again by.")
    updated_at: datetime
    url: str

    model_config = example(ROW)


class ListingOut(ListingRow):
    """A listing, as this reader may see it. `steps`: what he may do with it now."""

    fields: list[FieldOut]
    sections: list[SectionOut]
    steps: list[Step]

    model_config = example(
        {
            **ROW,
            "fields": [
                {
                    "key": "price_low",
                    "label": "投入下限",
                    "section": "terms",
                    "tier": "public",
                    "value": "2000000.00",
                    "unit": "元",
                    "text": "200 万元",
                }
            ],
            "sections": [{"key": "private", "label": "补充资料", "tier": "parties", "open": False}],
            "steps": [],
        }
    )


class QueueRow(ListingRow):
    """A listing that waits for review."""

    submitted_at: datetime
    due_on: date | None = Field(description="应在这一天前答复。 / To be answered by.")

    model_config = example({**ROW, "submitted_at": "2026-11-20T09:00:00+08:00", "due_on": "2026-11-25"})


class ListingQuery(Schema):
    """Filters of the list of listings."""

    q: str = Field(default="", max_length=100, description="题目中的字，或编号。 / In the title, or the number.")
    kind: str = Field(default="", max_length=20)
    state: State | None = None
    area: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")
    field: str = Field(default="", max_length=60, description="技术领域，含下级。 / Term of `field`.")
    cluster: str = Field(default="", max_length=60, description="产业集群，含下级。 / Term of `cluster`.")
    owner: UUID | None = None
    own: bool = Field(default=False, description="只列本单位的。 / Of my organisations only.")
    updated_since: Annotated[AwareDatetime | None, BeforeValidator(_iso)] = Field(
        default=None, description="此后有变动的，要带时区。 / Changed since; with offset."
    )


class KindOut(Schema):
    """A kind of listing. `side` is what it is, `seeks` what it is matched with; empty: not matched."""

    key: str
    label: str
    label_en: str
    side: str
    seeks: str


class KindsOut(Schema):
    """All kinds, in order."""

    items: list[KindOut]


class KindSectionOut(Schema):
    """A section of a kind's form and who reads it unless the owner says otherwise."""

    key: str
    label: str
    tier: Tier = Field(description=TIER)
    fixed_tier: bool = Field(description="不能改。 / The owner may not change it.")
    fields: list[str]


class KindFormOut(KindOut):
    """What a listing of this kind states. `fields_schema` is a JSON Schema (2020-12) of `fields`."""

    sections: list[KindSectionOut]
    fields_schema: dict[str, Any]


class HappeningOut(Schema):
    """Something that happened. Names and notes only for those inside."""

    title: str
    at: datetime
    who: str
    note: str


class ChangeOut(Schema):
    """A field before and after, in words."""

    label: str
    before: str
    after: str


class EditOut(Schema):
    """One edit."""

    at: datetime
    changes: list[ChangeOut]


class HistoryOut(Schema):
    """The newest first. `edits`: what each edit changed, only for those inside and in the parts they may read."""

    items: list[HappeningOut]
    edits: list[EditOut]


class LinkOut(Schema):
    """A linked listing and what it is to the one asked about."""

    relation: str
    reported: bool = Field(description="据公开资料，未经确认。 / As a public text says.")
    uid: UUID
    kind: str
    title: str
    owner_name: str
    area: str
    area_label: str
    state: State


class LinksOut(Schema):
    """Linked listings the reader may read."""

    items: list[LinkOut]


FIELDS = "按 /listing-kinds/{key} 的 fields_schema。 / By the kind's `fields_schema`."
TIERS = "各部分谁能看，默认见类型。 / Who reads each section."
GIVEN: dict[str, Any] = {
    "title": "气化细渣脱碳与高值利用",
    "summary": "每年副产气化细渣 6 万吨，含碳高，想脱碳后炭做填料、灰做建材。",
    "area": "150203",
    "price_low": "2000000.00",
    "price_high": "10000000.00",
    "deadline": "2027-06-30",
}


class ListingIn(Input):
    """A new draft."""

    kind: str = Field(max_length=20)
    owner: UUID | None = Field(default=None, description="本单位；只属于一个单位时可不写。 / One of my organisations.")
    tier: Tier = Field(default="public", description=TIER)
    tiers: dict[str, Tier] = Field(default={}, description=TIERS)
    fields: dict[str, JsonValue] = Field(description=FIELDS)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "need", "tiers": {"terms": "members"}, "fields": GIVEN}]},
    )


class ListingPatch(Input):
    """What changes; what is left out stays, null empties a field."""

    tier: Tier | None = Field(default=None, description=TIER)
    tiers: dict[str, Tier] = Field(default={}, description=TIERS)
    fields: dict[str, JsonValue] = Field(default={}, description=FIELDS)
    secrecy_reviewed: bool = Field(
        default=False,
        description="已发布的内容改后立即公开，须确认已按本单位规定作保密审查。 / To change what is published.",
    )

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"fields": {"deadline": "2027-09-30"}, "secrecy_reviewed": True}]},
    )


class SubmitIn(Input):
    """What a submission must confirm. This is a non-classified system: a level other than 公开 is refused."""

    secrecy_level: SecrecyLevel = Field(description="密级，只接收“公开”。 / Only 公开 (public) is accepted.")
    secrecy_reviewed: bool = Field(description="已按本单位规定作保密审查。 / It has been reviewed for secrecy.")

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"secrecy_level": "公开", "secrecy_reviewed": True}]}
    )


class ReviewIn(Input):
    """The officer's decision; a return needs its reason."""

    decision: Decision
    note: str = Field(default="", max_length=1000, description=NOTE)

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"decision": "approve"}]})


class CloseIn(Input):
    """How a need ended. Solved here: name the organisation or the achievement on the platform that solved it."""

    outcome: Literal["solved_here", "solved_elsewhere", "given_up"] = Field(
        description="通过平台解决、在平台之外解决、不再需要。 / Solved here, solved elsewhere, given up."
    )
    note: str = Field(min_length=1, max_length=1000, description="依据：怎么知道的。 / The evidence.")
    satisfaction: int | None = Field(default=None, ge=1, le=5, description="满意程度，1 到 5。 / From 1 to 5.")
    solver: UUID | None = Field(default=None, description="解决它的单位，须有过意向。 / A party of an intention on it.")
    solver_note: str = Field(default="", max_length=120, description="平台以外的解决单位。 / Who is not here.")
    solution: UUID | None = Field(default=None, description="解决它的成果。 / The achievement that solved it.")

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "given_up", "note": "停产，不再需要"}]}
    )


class MoveIn(Input):
    """Close (a need: see its own operation) or withdraw, with the reason; or edit again."""

    step: Move
    note: str = Field(default="", max_length=1000, description=NOTE)

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"step": "withdraw", "note": "已找到合作方"}]}
    )
