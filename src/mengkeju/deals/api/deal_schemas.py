"""What the API says of deals, and what it takes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.schemas import DutyOut, IntentionHappeningOut, ListingRef, example
from mengkeju.kernel.api.routes import Input

DealState = Literal["talking", "signed", "performing", "accepted", "landed", "closed", "terminated", "disputed"]
DealOrigin = Literal[
    "search", "match", "broker", "listing", "release", "roadshow", "window", "call", "import", "source"
]
DealKindKey = Literal["agreement", "contract", "joint_centre", "joint_project"]
DealSide = Literal["seller", "buyer"]
DealMove = Literal["perform", "accept", "land", "close", "terminate", "dispute", "settle"]
DEAL = "0193a4c6-0000-7000-8000-000000000901"
PARTY, HELPER = "0193a4c6-0000-7000-8000-000000000911", "0193a4c6-0000-7000-8000-000000000921"
FIRM, UNIVERSITY = "0193a4c6-0000-7000-8000-000000000001", "0193a4c6-0000-7000-8000-000000000002"
OPEN_SUM = "元，小数写成文字；未定或未载时为 null。 / Decimal string in yuan; null while open or not told."


class DealPartyRow(Schema):
    """Who stands on a side; without organisation for a person, or one that is not in the directory."""

    side: DealSide
    role: Literal["lead", "member"]
    organisation: UUID | None
    name: str = Field(description="据公开资料记录的，不写个人姓名。 / No names of persons where a source tells of it.")
    individual: bool


class DealPartyOut(DealPartyRow):
    """With what is agreed about it."""

    uid: UUID
    ip_share: str | None = Field(description="知识产权份额（%）。 / Share of the rights in per cent.")
    deducts: str = Field(description="研发费用加计扣除的约定。 / Who deducts what: own_cost, commissioned, none.")


class DealHelperOut(Schema):
    """A broker or an agency that brought the deal about."""

    uid: UUID
    role: Literal["broker", "agency"]
    name: str
    share: str | None = Field(description="服务费份额（%）。 / Share of the commission in per cent.")
    note: str
    confirmed_at: datetime | None


SELLER = {
    "side": "seller",
    "role": "lead",
    "organisation": UNIVERSITY,
    "name": "青城理工大学（演示）",
    "individual": False,
}
ROW = {
    "uid": DEAL,
    "number": "MK-D-2026-0001",
    "kind": "contract",
    "title": "气化细渣脱碳中试合作（演示）",
    "state": "talking",
    "state_label": "商谈合同",
    "origin": "match",
    "channel": "",
    "signed_on": None,
    "contract_value": None,
    "technology_value": None,
    "paid_value": "0.00",
    "parties": [
        SELLER,
        {"side": "buyer", "role": "lead", "organisation": FIRM, "name": "鹿原化工（演示）", "individual": False},
    ],
    "fictional": True,
    "revision": 1,
    "created_at": "2026-11-21T10:30:00+08:00",
    "state_at": "2026-11-21T10:30:00+08:00",
    "url": f"/deals/{DEAL}/",
}


class DealRow(Schema):
    """A deal in a list."""

    uid: UUID
    number: str
    kind: DealKindKey
    title: str
    state: DealState
    state_label: str
    origin: DealOrigin
    channel: str = Field(description="签约渠道。 / Through what it was signed.")
    signed_on: date | None
    contract_value: str | None = Field(description=f"成交额，{OPEN_SUM}")
    technology_value: str | None = Field(description=f"技术交易额，{OPEN_SUM}")
    paid_value: str | None = Field(
        description="已付，元，小数写成文字；读者不是各方人员时为 null。 / Paid, decimal string in yuan; null outside."
    )
    parties: list[DealPartyRow]
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    revision: int
    created_at: datetime
    state_at: datetime
    url: str

    model_config = example(ROW)


class DealOut(DealRow):
    """A deal. Parties with their terms and helpers only for who may see its inside; listings only where readable."""

    intention: UUID | None
    need: ListingRef | None
    achievement: ListingRef | None
    summary: str
    field: str
    ip_kind: str
    ip_terms: str
    plan_source: str
    effective_from: date | None
    effective_until: date | None
    terms: list[DealPartyOut]
    helpers: list[DealHelperOut]
    duty: DutyOut | None
    writable: bool = Field(description="读者能不能改。 / Whether the reader may change it.")
    steps: list[DealMove] = Field(description="读者现在能办的。 / What the reader may do now.")

    model_config = example(
        {
            **ROW,
            "intention": "0193a4c6-0000-7000-8000-000000000201",
            "need": {"uid": "0193a4c6-0000-7000-8000-000000000101", "title": "气化细渣脱碳与高值利用"},
            "achievement": {"uid": "0193a4c6-0000-7000-8000-000000000102", "title": "煤气化细渣浮选脱碳技术"},
            "summary": "",
            "field": "",
            "ip_kind": "",
            "ip_terms": "",
            "plan_source": "",
            "effective_from": None,
            "effective_until": None,
            "terms": [
                {**SELLER, "uid": PARTY, "ip_share": "60.00", "deducts": "own_cost"},
            ],
            "helpers": [
                {
                    "uid": HELPER,
                    "role": "broker",
                    "name": "演示经纪人",
                    "share": None,
                    "note": "引荐双方",
                    "confirmed_at": None,
                }
            ],
            "duty": {
                "label": "谈定价款和文本，双方确认签约",
                "due_on": "2027-01-15",
                "due_provisional": True,
                "mine": True,
            },
            "writable": True,
            "steps": ["terminate"],
        }
    )


class DealQuery(Schema):
    """Filters of the list of deals."""

    text: str = Field(
        default="", max_length=100, description="名称、编号或单位。 / In title, number or a party's name."
    )
    state: DealState | None = None
    kind: DealKindKey | None = None
    year: int | None = Field(default=None, ge=1990, le=2100, description="签订年份。 / Year of signing.")
    mine: bool = Field(default=False, description="只看本单位和我促成的。 / Mine and those I helped with.")


class DealHistoryOut(Schema):
    """The newest first."""

    items: list[IntentionHappeningOut]


class DealStartIn(Input):
    """A deal that did not begin with an intention. The other side: `other` of the directory, or `other_name`."""

    title: str = Field(min_length=1, max_length=200)
    own: UUID | None = Field(default=None, description="本单位；只属于一个单位时可不写。 / My organisation.")
    side: DealSide = Field(description="本单位是哪一方。 / The side of my organisation.")
    other: UUID | None = Field(default=None, description="对方单位。 / The other organisation.")
    other_name: str = Field(
        default="", max_length=120, description="没有入驻的单位或个人。 / One not in the directory."
    )
    individual: bool = Field(default=False, description="对方是个人。 / The other is a person.")
    listing: UUID | None = Field(default=None, description="涉及的需求或成果。 / The need or achievement.")

    model_config = example({"title": "细渣脱碳中试", "side": "buyer", "other": UNIVERSITY}, strict=True)


class DealPatch(Input):
    """Particulars that change; after signing only `channel`."""

    title: str | None = Field(default=None, max_length=200)
    summary: str | None = Field(default=None, max_length=4000)
    field: str | None = Field(default=None, max_length=60)
    ip_kind: str | None = Field(default=None, max_length=40)
    ip_terms: str | None = Field(default=None, max_length=2000)
    plan_source: str | None = Field(default=None, max_length=40)
    effective_from: date | None = None
    effective_until: date | None = None
    channel: str | None = Field(default=None, max_length=120)

    model_config = example({"channel": "路演现场"}, strict=True)


class DealMoveIn(Input):
    """A step; to land, close, terminate, dispute or settle needs a note."""

    step: DealMove
    note: str = Field(default="", max_length=1000)

    model_config = example({"step": "perform"}, strict=True)
