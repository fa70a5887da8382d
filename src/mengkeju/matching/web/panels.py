"""What matching shows on other pages: the list on a listing, the next step, the newest on the workbench."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mengkeju.kernel import clock, panels
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.search import matchables
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listing_acts
from mengkeju.listings.engine.markets import TALENT, TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.queries import MatchCard, automation, judgements, questions

ON_A_PAGE = 5
ON_WORKBENCH = 5
# In the plural where the language has one.
OTHER_SIDE = {"need": pgettext_lazy("many", "成果或能力"), "achievement": pgettext_lazy("many", "需求")}
OTHER_OF = {
    TECHNOLOGY: OTHER_SIDE,
    TALENT: {"need": pgettext_lazy("many", "毕业生与实习生"), "achievement": pgettext_lazy("many", "岗位")},
}
ACHIEVEMENTS = pgettext_lazy("many", "成果")
# Fields of the other listing that a card, and a row of the file, show beside its title and owner.
ON_CARD = frozenset({"maturity", "work", "number"})
IN_FILE = frozenset({"price_low", "price_high"})


def _is_mine(actor: Actor, listing: Listing) -> bool:
    return listing.owner is not None and listing.owner.uid in actor.organisations


def card_context(actor: Actor, card: MatchCard, shared: dict[Any, Any], *, first: bool = False) -> dict[str, Any]:
    """The variables of `mk/match.html` for one card. Capabilities above add buttons to the subject `match`.

    Their panels get the proposal and `shown` = {listing, other, shared}: the listing looked at, the one proposed, and
    a dictionary of all cards of the page, where a panel keeps what it reads once for all of them. Where the cards are
    about several listings, `listings` are all of these.
    """
    shown = {"listing": card.own, "other": card.target, "shared": shared}
    return {
        "uid": card.uid,
        "title": card.other.title,
        "url": card.url,
        "area": card.other.area,
        "meta": card.meta,
        "band": card.band,
        "demo": card.other.fictional,
        "behind": card.behind[1] if card.behind else "",
        "summary": card.summary,
        "rows": card.rows,
        "missing": card.missing,
        "closed": card.closed,
        "ways": card.ways,
        "sums": card.sums,
        "question_url": _question_url(actor, card),
        "decline_url": card.decline_url,
        "approve_url": card.approve_url,
        "unapprove_url": card.unapprove_url,
        "reasons": queries.reason_choices(card.own.kind_spec.market),
        "hidden": card.hidden,
        "note": _("对方接受意向后，双方才看到联系人")
        if first and card.decline_url and _is_mine(actor, card.own) and not card.target.from_source
        else "",
        "buttons": panels.build(actor, "match", "buttons", card.proposal, shown) if card.dismissed is None else [],
    }


def _question_url(actor: Actor, card: MatchCard) -> str:
    address = reverse("match-question-ask", args=[card.own.uid])
    return f"{address}?p={card.uid}" if may(actor, Perm.ASK, card.own) else ""


def note_reads(actor: Actor, cards: list[MatchCard], *, channel: str = "match", keys: frozenset[str] = ON_CARD) -> None:
    """Keep that what a card shows of closed tiers was read."""
    listing_acts.note_reads([card.other for card in cards], channel=channel, by=actor, now=clock.now(), keys=keys)


def section(actor: Actor, cards: list[MatchCard]) -> dict[str, Any]:
    """Cards to answer, ready for the component, those in hand, and those set aside."""
    note_reads(actor, cards)
    open_ones = [card for card in cards if card.open]
    shared: dict[Any, Any] = {}
    return {
        "cards": [card_context(actor, card, shared, first=at == 0) for at, card in enumerate(open_ones)],
        "running": [card_context(actor, card, shared) for card in cards if card.running],
        "aside": [card for card in cards if card.dismissed is not None],
        "alone": not actor.organisations,
        "computed_at": max((c.proposal.computed_at for c in cards), default=None),
    }


def other_side(listing: Listing, cards: Iterable[MatchCard]) -> str:
    """What a list of a listing's matches is of: the word of their kind where all are of one, else of the side."""
    kinds = {card.other.kind.key: card.other.kind for card in cards}
    if not listing.kind_spec.is_technology("need") or len(kinds) != 1:
        return str(OTHER_OF[listing.kind_spec.market][listing.kind_spec.side])
    return str(ACHIEVEMENTS) if "achievement" in kinds else word(*kinds.values())


def standing(listing: Listing, cards: Sequence[MatchCard]) -> dict[str, Any]:
    """Why a list may be empty or old: the listing is still to be matched, or nothing reached a band."""
    need, any_card = listing.kind_spec.side == "need", bool(cards)
    words = listing.kind_spec.words
    ripens = any(field.key == "maturity" for field in listing.kind_spec.fields)
    sought = next(m for m in matchables.values() if (m.market, m.side) == (words.key, listing.kind_spec.seeks))
    waiting = queries.is_waiting(listing)
    return {
        "waiting": waiting and not any_card,
        "again": waiting and any_card,
        "none_text": _(words.none_for_asker)
        if need
        else _("写清用在哪里、好在哪里、成熟度和合作方式，推荐会更准；有新需求发布时会自动再算。")
        if ripens
        else _(words.none_for_offerer),
        "none_actions": [{"label": _("自己搜一搜"), "url": f"{reverse('search')}?kind={sought.key}"}],
        "other_side": other_side(listing, (card for card in cards if card.open)),
    }


def crumbs(listing: Listing) -> list[tuple[str, str]]:
    """Where the list of a listing stands."""
    return [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (_("推荐"), "")]


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """推荐 N 项成果／需求 on the page of a published listing, for those who may see them; logs the showing."""
    if listing.state != "published" or not queries.may_list(actor, listing):
        return None
    cards = queries.proposals_for(actor, listing)
    if not cards and automation.off_since(actor) is not None:
        return None
    open_ones = [card for card in cards if card.open]
    page = [*open_ones[:ON_A_PAGE], *(card for card in cards if not card.open)]
    actions.note_shown([(c.proposal, c.rank) for c in page], by=actor, now=clock.now())
    return {
        **section(actor, page),
        **standing(listing, cards),
        "count": len(open_ones),
        "listing": listing,
        "all_url": reverse("listing-matches", args=[listing.uid]),
        "absence_url": absence_url(actor, listing),
    }


def absence_url(actor: Actor, listing: Listing) -> str:
    """Where a reader asks why something was not proposed; empty without the right."""
    return reverse("match-question-ask", args=[listing.uid]) if may(actor, Perm.ASK, listing) else ""


def next_step(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The owner's next step while there are proposals he has not answered."""
    if listing.state != "published" or listing.owner is None or listing.owner.uid not in actor.organisations:
        return None
    count = queries.open_count(actor, listing)
    return {"count": count} if count else None


def unclear(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For the owner: others found his listing unclear. Never who or how many, and only when they were several."""
    side = listing.kind_spec.side
    if listing.state != "published" or not side or not _is_mine(actor, listing):
        return None
    return {"side": side} if judgements.found_unclear(listing, side) else None


def who_could_use(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """谁能用得上: firms and their needs an achievement could serve, as far as the reader may know of them."""
    firms = queries.could_use(actor, listing)
    if not firms:
        return None
    page = firms[:ON_A_PAGE]
    listing_acts.note_reads(
        [need for firm in page for need in firm.needs], channel="match", by=actor, now=clock.now(), keys=()
    )
    needs = sum(len(firm.needs) for firm in firms)
    all_url = reverse("listing-matches", args=[listing.uid]) if queries.may_list(actor, listing) else ""
    return {"firms": page, "count": len(firms), "needs": needs, "more": len(firms) - len(page), "all_url": all_url}


def on_workbench(actor: Actor, _obj: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The newest proposals for my listings; nothing for those without an organisation."""
    cards = queries.newest_for(actor, ON_WORKBENCH)
    if not cards:
        return None
    actions.note_shown([(c.proposal, c.rank) for c in cards], by=actor, now=clock.now())
    note_reads(actor, cards)
    return {"cards": cards}


def on_me(actor: Actor, _obj: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """自动推荐: whether I want it, and my doubts."""
    if actor.person_uid is None:
        return None
    return {"off_since": automation.off_since(actor), "asked": questions.has_any(actor)}


def answers_questions(request: HttpRequest) -> bool:
    """Whether the reader answers doubts about proposals."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.ANSWER)
