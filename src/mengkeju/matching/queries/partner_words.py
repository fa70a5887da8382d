"""Why a firm is a partner along the chain, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from mengkeju.kernel.words import listed
from mengkeju.matching.models import Partner
from mengkeju.matching.queries import reasons
from mengkeju.matching.queries.complement_words import band_word
from mengkeju.matching.queries.partners import SAME, UP, PartnerCard, looks_for


def why(card: PartnerCard) -> tuple[str, ...]:
    """Where both stand, what each looks for, whose need meets whose capability. Each follows from what is stored."""
    return tuple(_said(card))


def _said(card: PartnerCard) -> Iterator[str]:
    yield from _chain(card)
    yield from _wishes(card)
    for proposal, side in card.needs:
        sentence = (
            _("对方能答该单位的需求“%(title)s”：%(band)s%(terms)s")
            if side == "need"
            else _("对方的需求“%(title)s”，这项能力可能答得上：%(band)s%(terms)s")
        )
        terms = [text for text, _share in reasons.read(proposal)["terms"]]
        yield sentence % {
            "title": proposal.need.title,
            "band": band_word(proposal.band),
            "terms": _terms(terms),
        }
    if card.sought is not None and card.sought.band:
        yield _("对方能做的与这项能力要找的相近：%(band)s%(terms)s") % _parts(card.sought)
    if card.seeks is not None and card.seeks.band:
        yield _("这项能力与对方要找的相近：%(band)s%(terms)s") % _parts(card.seeks)


def _parts(row: Partner) -> dict[str, str]:
    return {"band": band_word(row.band), "terms": _terms(row.terms)}


def _terms(terms: list[str]) -> str:
    return _("，用词相同：%(terms)s") % {"terms": listed(terms)} if terms else ""


def _chain(card: PartnerCard) -> Iterator[str]:
    here, there = card.here, card.there
    if here is None or there is None or here.chain != there.chain:
        if there is not None:
            yield _("对方在“%(chain)s”链的“%(node)s”环节") % {"chain": there.chain_word, "node": there.node}
        if here is None and card.own.kind_spec.sought:
            yield _("这项能力没有写明产业链环节，写明了上下游才判断得准")
        return
    parts = {"chain": here.chain_word, "there": there.node, "here": here.node}
    if card.relation == SAME:
        yield _("同在“%(chain)s”链的“%(there)s”环节") % parts
        return
    said = (
        _("“%(chain)s”链上，对方在“%(there)s”，是“%(here)s”往上第 %(n)s 环")
        if card.relation == UP
        else _("“%(chain)s”链上，对方在“%(there)s”，是“%(here)s”往下第 %(n)s 环")
    )
    yield said % {**parts, "n": card.distance}


def _wishes(card: PartnerCard) -> Iterator[str]:
    if not card.other.kind_spec.sought:
        return
    wanted = looks_for(card.other, card.shown)
    if wanted == {"suppliers"}:
        yield _("对方写明在找上游供应方")
    elif wanted == {"customers"}:
        yield _("对方写明在找下游客户")
    elif wanted:
        yield _("对方写明上游、下游都在找")
