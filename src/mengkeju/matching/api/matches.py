"""Matches through the API: the cards of a listing, and 暂不考虑."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Query, Status

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.routes import Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web.request import PUBLIC
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.api.shapes import (
    ApprovedOut,
    ApproveIn,
    DeclineReasonsOut,
    DismissedOut,
    DismissIn,
    MatchesOut,
    MatchQuery,
)
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries import MatchCard, automation, judgements
from mengkeju.matching.queries.reasons import Row
from mengkeju.matching.queries.sums import Part, Sums

routes = Routes(Title("匹配", "Matches"))


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
        "reasons": reasons(card.rows),
        "terms": [{"text": text, "share": share} for text, share in card.terms],
        "sentence": card.sentence,
        **figures(card.sums),
        "could_raise": [
            {"text": way.text, "gain": way.gain, "effect": way.effect, "mine": way.mine} for way in card.ways
        ],
        "state": "running" if card.running else "dismissed" if said is not None else "open",
        "dismissal": None if said is None else {"reason_label": said.label, "note": said.note, "at": said.at},
        "may_dismiss": bool(card.decline_url),
        "suits": card.suits is not None,
        "behind": card.behind[0] if card.behind else None,
        "model_version": card.proposal.model_version,
        "computed_at": card.proposal.computed_at,
    }


def reasons(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """`ReasonOut` of each."""
    return [{"label": r.label, "percent": r.percent, "text": r.text, "supports": r.tone == "done"} for r in rows]


def _parts(found: Iterable[Part]) -> list[dict[str, Any]]:
    return [{"key": p.key, "group": p.group, "label": p.label, "value": p.value} for p in found]


def figures(made: Sums | None) -> dict[str, Any]:
    """How the parts make the level; nothing of it for a proposal computed before its cuts were kept."""
    if made is None:
        return {"parts": [], "score": None, "cuts": [], "probabilities": [], "over_all": "", "level": None}
    return {
        "parts": _parts(made.parts),
        "decides": made.decides,
        "other_levels": [
            {"level": each.level, "parts": _parts(each.parts), "score": each.score} for each in made.others
        ],
        "score": made.score,
        "cuts": list(made.cuts),
        "probabilities": list(made.chances),
        "over_all": made.over_all,
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
