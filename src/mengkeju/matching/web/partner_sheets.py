"""The partners of a capability as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.matching.queries import partner_words
from mengkeju.matching.queries.complement_words import band_word
from mengkeju.matching.queries.partners import RELATIONS, PartnerCard
from mengkeju.matching.web import partner_pages as pages


def _columns() -> list[Column]:
    return [
        Column("relation", _("上下游"), width=28),
        Column("band", _("匹配程度"), width=14),
        Column("kind", _("类型"), width=12),
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=40),
        Column("owner", _("单位"), width=32),
        Column("area", _("所在地区"), width=24),
        Column("away", _("另一市的"), Kind.YES_NO),
        Column("chain", _("产业链环节"), width=28),
        Column("why", _("为什么"), width=60),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[PartnerCard]) -> Iterable[Row]:
    pages.note(actor, portion, channel="export")
    for card in portion:
        place = card.there
        yield {
            "relation": str(RELATIONS[card.relation]),
            "band": band_word(card.band),
            "kind": word(card.shown.kind),
            "number": card.shown.number,
            "title": card.shown.title,
            "owner": card.shown.owner_name,
            "area": card.shown.area_name,
            "away": card.away,
            "chain": f"{place.chain_word} · {place.node}" if place is not None else "",
            "why": _("；").join(partner_words.why(card)),
            "url": absolute(card.other.get_absolute_url()),
        }


PARTNERS = register(Sheet("matching.partners", gettext_lazy("产业链伙伴"), _columns, _rows))
