"""Matches through the API: the cards of a listing, and 暂不考虑."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Query, Schema, Status
from pydantic import ConfigDict, Field

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.routes import Input, Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web.request import PUBLIC
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.actions.feedback import NOTE_LENGTH
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries import MatchCard, automation, judgements

State = Literal["open", "running", "dismissed"]
Side = Literal["", "need", "achievement"]
REASON = "原因代码，见 /decline-reasons。 / A code of /decline-reasons."
SIDE = (
    "调整哪一方的清单；单位答复自己的一方时不用写，技术经纪人不写则为需求的清单。 / Whose list it teaches; "
    "an owner's is his own, a broker's the need's unless told."
)

routes = Routes(Title("匹配", "Matches"))


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


class TermOut(Schema):
    """A word both texts have. `share`: of all that their words have in common, 0–1; null in older proposals."""

    text: str
    share: float | None


class PartOut(Schema):
    """One part of the score, in log-odds."""

    key: str
    group: str
    label: str
    value: float


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
    terms: list[TermOut]
    sentence: str = Field(description="需求里最相近的一句。 / The sentence of the need that comes nearest.")
    parts: list[PartOut] = Field(description="各项加起来等于 score。 / The parts add up to `score`.")
    score: float | None = Field(description="对数几率；空：旧版计算的。 / Log-odds; null: of an older computation.")
    cuts: list[float] = Field(
        description="2、3、4 级的分界，可能性 = 1/(1+e^(分界−score))。 / Cuts of levels 2–4, P = 1/(1+e^(cut−score))."
    )
    probabilities: list[float] = Field(description="达到 2、3、4 级的可能性。 / P(level ≥ 2, 3, 4).")
    level: int | None = Field(description="可能性不低于一半的最高一级。 / The highest level with P ≥ 0.5.")
    could_raise: list[WayOut]
    missing: list[str] = Field(description="没有写的。 / What is not stated.")
    closed: list[str] = Field(description="没有对所有人公开、匹配没有用到的。 / What is not public and was not used.")
    state: State
    dismissal: DismissalOut | None
    may_dismiss: bool
    suits: bool = Field(default=False, description="已标为合适。 / Marked as fitting.")
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


def _other(card: MatchCard) -> dict[str, Any]:
    same = ("uid", "title", "owner_uid", "owner_name", "owner_verified", "area", "budget", "source_note", "fictional")
    found = {name: getattr(card.other, name) for name in same}
    return {**found, "kind": card.other.kind.key, "area_label": card.other.area_name}


def _match(card: MatchCard) -> dict[str, Any]:
    said = card.dismissed
    return {
        **{name: getattr(card, name) for name in ("uid", "rank", "band", "band_label", "missing", "closed")},
        "other": _other(card),
        "summary": "".join(text for text, _marked in card.summary),
        "reasons": [
            {"label": r.label, "percent": r.percent, "text": r.text, "supports": r.tone == "done"} for r in card.rows
        ],
        "terms": [{"text": text, "share": share} for text, share in card.terms],
        "sentence": card.sentence,
        **_figures(card),
        "could_raise": [
            {"text": way.text, "gain": way.gain, "effect": way.effect, "mine": way.mine} for way in card.ways
        ],
        "state": "running" if card.running else "dismissed" if said is not None else "open",
        "dismissal": None if said is None else {"reason_label": said.label, "note": said.note, "at": said.at},
        "may_dismiss": bool(card.decline_url),
        "suits": card.suits is not None,
        "model_version": card.proposal.model_version,
        "computed_at": card.proposal.computed_at,
    }


def _figures(card: MatchCard) -> dict[str, Any]:
    """How the parts make the level; nothing of it for a proposal computed before its cuts were kept."""
    made = card.sums
    if made is None:
        return {"parts": [], "score": None, "cuts": [], "probabilities": [], "level": None}
    return {
        "parts": [{"key": p.key, "group": p.group, "label": p.label, "value": p.value} for p in made.parts],
        "score": made.score,
        "cuts": list(made.cuts),
        "probabilities": list(made.chances),
        "level": made.level,
    }


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/matches",
    title=Title("列出一条供需信息的匹配", "List the matches of a listing"),
    permission=Perm.LIST,
    scope=Scope.MATCHES_READ,
    response=MatchesOut,
)
def list_matches(request: ApiRequest, uid: UUID, asked: Query[MatchQuery]) -> dict[str, Any]:
    """With reasons in words; that they were shown is logged, as on the pages."""
    listing = listings.find(request.actor, uid)
    if listing is None or not listing.kind_spec.side:
        raise Http404
    require(request.actor, Perm.LIST, listing)
    cards = queries.proposals_for(request.actor, listing)
    if asked.below_bands:
        cards += queries.show_more(request.actor, listing)
    actions.note_shown([(card.proposal, card.rank) for card in cards], by=request.actor, now=clock.now())
    shown = [card.other for card in cards]
    listing_acts.note_reads(shown, channel="api", by=request.actor, now=clock.now(), keys=listings.PRICES)
    return {
        "listing": listing.uid,
        "waiting": queries.is_waiting(listing),
        "switched_off": not cards and automation.off_since(request.actor) is not None,
        "items": [_match(card) for card in cards],
    }


def _proposal(request: ApiRequest, uid: UUID) -> tuple[Proposal, Organisation | None]:
    """The proposal and on whose behalf. Http404, RefusedError."""
    found = queries.find(request.actor, uid)
    if found is None:
        raise Http404
    require(request.actor, Perm.FEEDBACK, found)
    return found, judgements.judge_of(request.actor, found)


def _said(word: Feedback) -> dict[str, Any]:
    moved = judgements.effect(word)
    same = {name: getattr(word, name) for name in ("reason", "note", "side", "given_at", "model_version")}
    return {**same, "moved_down": moved.down, "moved_up": moved.up}


@routes.operation(
    "PUT",
    "/matches/{uuid:uid}/dismissal",
    title=Title("暂不考虑", "Set a match aside"),
    permission=Perm.FEEDBACK,
    scope=Scope.MATCHES_WRITE,
    response=DismissedOut,
)
def dismiss_match(request: ApiRequest, uid: UUID, given: DismissIn) -> dict[str, Any]:
    """For my organisation, with a reason, which changes the list at once. A second time tells the first word."""
    proposal, judge = _proposal(request, uid)
    by, now = request.actor, clock.now()
    return _said(actions.dismiss(proposal, judge, given.reason, given.note, side=given.side, by=by, now=now))


@routes.operation(
    "DELETE",
    "/matches/{uuid:uid}/dismissal",
    title=Title("撤回暂不考虑", "Take a match back"),
    permission=Perm.FEEDBACK,
    scope=Scope.MATCHES_WRITE,
    response={204: None},
)
def restore_match(request: ApiRequest, uid: UUID) -> Status[None]:
    """It stands among the open ones again, and what it moved where it was; a second time changes nothing."""
    proposal, judge = _proposal(request, uid)
    actions.restore(proposal, judge, by=request.actor, now=clock.now())
    return Status(204, None)


@routes.operation(
    "PUT",
    "/matches/{uuid:uid}/approval",
    title=Title("标为合适", "Mark a match as fitting"),
    permission=Perm.FEEDBACK,
    scope=Scope.MATCHES_WRITE,
    response=ApprovedOut,
)
def approve_match(request: ApiRequest, uid: UUID, given: ApproveIn) -> dict[str, Any]:
    """What is like it moves up at once. A second time tells the first word; one set aside is taken back first."""
    proposal, judge = _proposal(request, uid)
    return _said(actions.approve(proposal, judge, side=given.side, by=request.actor, now=clock.now()))


@routes.operation(
    "DELETE",
    "/matches/{uuid:uid}/approval",
    title=Title("撤回“合适”", "Take the mark back"),
    permission=Perm.FEEDBACK,
    scope=Scope.MATCHES_WRITE,
    response={204: None},
)
def unapprove_match(request: ApiRequest, uid: UUID) -> Status[None]:
    """What it moved stands where it was; a second time changes nothing."""
    proposal, judge = _proposal(request, uid)
    actions.unapprove(proposal, judge, by=request.actor, now=clock.now())
    return Status(204, None)


@routes.operation(
    "GET",
    "/decline-reasons",
    title=Title("列出婉拒的原因", "List the reasons for declining"),
    permission=PUBLIC,
    scope=Scope.ORGANISATIONS_READ,
    response=DeclineReasonsOut,
)
def list_decline_reasons(request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation gets its request
    """For matches and intentions alike."""
    return {"items": list(REASONS.values())}
