"""What the operations on matches take and answer."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from mengkeju.kernel.api.routes import Input
from mengkeju.matching.actions.feedback import NOTE_LENGTH

State = Literal["open", "running", "dismissed"]
Side = Literal["", "need", "achievement"]
REASON = "原因代码，见 /decline-reasons。 / A code of /decline-reasons."
SIDE = (
    "调整哪一方的清单；单位答复自己的一方时不用写，技术经纪人不写则为需求的清单。 / Whose list it teaches; "
    "an owner's is his own, a broker's the need's unless told."
)


class OtherOut(Schema):
    """The listing at the other end, as this reader may see it; never a contact."""

    uid: UUID
    kind: str
    title: str
    owner_uid: UUID | None
    owner_name: str
    owner_verified: bool
    area: str
    area_label: str
    budget: str
    source_note: str
    fictional: bool


class ReasonOut(Schema):
    """A part of the score, in words. `percent`: its share of all that counts for or against."""

    label: str
    percent: int
    text: str
    supports: bool


class SharedTermOut(Schema):
    """A word both texts have. `share`: of all that their words have in common, 0–1; null in older proposals."""

    text: str
    share: float | None


class PartOut(Schema):
    """One part of the score, in log-odds."""

    key: str
    group: str
    label: str
    value: float


class OfLevelOut(Schema):
    """The parts of one level and their sum, where each level has parts of its own: P = 1/(1+e^(−score))."""

    level: int
    parts: list[PartOut]
    score: float


class WayOut(Schema):
    """What would raise the proposal. `mine`: my own side can supply it."""

    text: str
    gain: float
    effect: str
    mine: bool


class DismissalOut(Schema):
    """What my organisation said: not for us."""

    reason_label: str
    note: str
    at: datetime


class MatchOut(Schema):
    """A proposal seen from one of its listings. It says “may fit”; people decide."""

    uid: UUID
    other: OtherOut
    rank: int
    band: str = Field(description="high、medium、low 等；空：未入档。 / Empty: below the bands.")
    band_label: str
    summary: str
    reasons: list[ReasonOut]
    terms: list[SharedTermOut]
    sentence: str = Field(description="需求里最相近的一句。 / The sentence of the need that comes nearest.")
    parts: list[PartOut] = Field(description="各项加起来等于 score。 / The parts add up to `score`.")
    score: float | None = Field(description="对数几率；空：旧版计算的。 / Log-odds; null: of an older computation.")
    cuts: list[float] = Field(
        description="2、3、4 级的分界，可能性 = 1/(1+e^(分界−score))。 / Cuts of levels 2–4, P = 1/(1+e^(cut−score))."
    )
    decides: int | None = Field(
        default=None,
        description="parts 与 score 是“达到这一级”的，另外两级见 other_levels；空：三级共用一个合计。"
        " / The level whose parts and score these are, the others in `other_levels`; null: one sum for all levels.",
    )
    other_levels: list[OfLevelOut] = Field(default=[], description="另外两级的各项与合计。 / The other two levels.")
    probabilities: list[float] = Field(
        description="达到 2、3、4 级的可能性，对人先挑过的供需对而言，放到全部供需对里偏高。 / P(level ≥ 2, 3, 4) "
        "among pairs people would rate; over a whole catalogue it is too high."
    )
    over_all: str = Field(
        default="",
        description="放到全部供需对里，达到 3 级的可能性，百分数；空：没有测过。 / P(level ≥ 3) over a whole "
        "catalogue, in per cent; empty: not measured for this model.",
    )
    level: int | None = Field(description="可能性不低于一半的最高一级。 / The highest level with P ≥ 0.5.")
    could_raise: list[WayOut]
    missing: list[str] = Field(description="没有写的。 / What is not stated.")
    closed: list[str] = Field(description="没有对所有人公开、匹配没有用到的。 / What is not public and was not used.")
    state: State
    dismissal: DismissalOut | None
    may_dismiss: bool
    suits: bool = Field(default=False, description="已标为合适。 / Marked as fitting.")
    behind: UUID | None = Field(
        default=None,
        description="同一单位的相近内容，排在这一项之前，这一项因此低于按分数应有的名次；空：没有。 / The "
        "near-identical match of the same holder for whose sake this one stands lower than its score; null: none.",
    )
    model_version: str
    computed_at: datetime


EXAMPLE: dict[str, Any] = {
    "listing": "0193a4c6-0000-7000-8000-000000000101",
    "waiting": False,
    "switched_off": False,
    "items": [
        {
            "uid": "0193a4c6-0000-7000-8000-000000000501",
            "other": {
                "uid": "0193a4c6-0000-7000-8000-000000000102",
                "kind": "achievement",
                "title": "煤气化细渣浮选脱碳技术",
                "owner_uid": "0193a4c6-0000-7000-8000-000000000002",
                "owner_name": "青城理工大学（演示）",
                "owner_verified": True,
                "area": "150102",
                "area_label": "呼和浩特市 · 新城区",
                "budget": "面议",
                "source_note": "",
                "fictional": True,
            },
            "rank": 1,
            "band": "high",
            "band_label": "高度匹配",
            "summary": "用词相同：气化细渣、残碳。",
            "reasons": [
                {"label": "内容相近", "percent": 71, "text": "比多数配对更相近，尤其是标题用字", "supports": True}
            ],
            "terms": [{"text": "气化细渣", "share": 0.42}, {"text": "残碳", "share": 0.18}],
            "sentence": "希望脱水脱碳，碳做填料",
            "parts": [
                {"key": "title_chars", "group": "文字", "label": "标题用字", "value": 3.84},
                {"key": "field", "group": "登记信息", "label": "技术领域", "value": 0.25},
            ],
            "score": 4.09,
            "cuts": [-0.285447853, 2.416806658, 3.925437766],
            "probabilities": [0.987586, 0.841982, 0.541032],
            "level": 4,
            "could_raise": [
                {
                    "text": "对方补上报价（报价在预算之内时）",
                    "gain": 0.25,
                    "effect": "档位不变，达到 4 级的可能性由 54.10% 到 60.22%",
                    "mine": False,
                }
            ],
            "missing": ["成果没写报价"],
            "closed": [],
            "state": "open",
            "dismissal": None,
            "may_dismiss": True,
            "model_version": "cold-1",
            "computed_at": "2026-11-21T10:31:00+08:00",
        }
    ],
}


class MatchesOut(Schema):
    """The matches of a listing: the open ones by rank, those in hand, those set aside.

    `waiting`: the listing, or its last change, is still to be matched. `switched_off`: you have switched automated
    proposals off for yourself, so there are none (个人信息保护法 art. 24).
    """

    listing: UUID
    waiting: bool
    switched_off: bool
    items: list[MatchOut]

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class MatchQuery(Schema):
    """How far down."""

    below_bands: bool = Field(default=False, description="加上未入档的。 / Add what lies below the bands.")


class DismissIn(Input):
    """Why not; some reasons need a note."""

    reason: str = Field(max_length=30, description=REASON)
    note: str = Field(default="", max_length=NOTE_LENGTH)
    side: Side = Field(default="", description=SIDE)

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "too_early"}]})


class DismissedOut(Schema):
    """What is noted. Only my organisation sees it, or only I where I act for none."""

    reason: str
    note: str
    side: str
    given_at: datetime
    model_version: str
    moved_down: int = Field(default=0, description="这条清单里因此往后排的项数。 / How many of the list it moved down.")
    moved_up: int = Field(default=0, description="因此往前排的项数。 / How many it moved up.")


class ApproveIn(Input):
    """A good word: what is like it moves up."""

    side: Side = Field(default="", description=SIDE)

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class ApprovedOut(Schema):
    """What is noted. Only my organisation sees it, or only I where I act for none."""

    side: str
    given_at: datetime
    model_version: str
    moved_up: int = Field(default=0, description="这条清单里因此往前排的项数。 / How many of the list it moved up.")


class DeclineReasonOut(Schema):
    """A reason why a match or an intention is declined."""

    key: str
    label: str
    label_en: str
    note_required: bool


class DeclineReasonsOut(Schema):
    """All reasons, in order."""

    items: list[DeclineReasonOut]
