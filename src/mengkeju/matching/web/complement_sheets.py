"""两市互补 as files: the needs, and the pairs of firms."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.matching.queries import complement, complement_firms, complement_words
from mengkeju.matching.queries.complement import ANSWERS, Asked, Offer, Standing
from mengkeju.matching.queries.complement_firms import FirmPair
from mengkeju.matching.web import complement_pages as pages


def _need_columns() -> list[Column]:
    return [
        Column("city", _("谁的需求"), width=16),
        Column("number", _("编号"), width=18),
        Column("need", _("需求"), width=40),
        Column("owner", _("需求单位"), width=32),
        Column("cluster", _("产业集群或产业链"), width=20),
        Column("field", _("技术领域"), width=20),
        Column("answer", _("谁能答"), width=26),
        Column("other", _("对方最接近的"), width=40),
        Column("other_kind", _("类型"), width=12),
        Column("other_owner", _("供方单位"), width=32),
        Column("other_area", _("供方所在地区"), width=24),
        Column("other_band", _("匹配程度"), width=14),
        Column("more", _("对方另有几项"), Kind.NUMBER),
        Column("own", _("本市最接近的"), width=40),
        Column("own_band", _("本市匹配程度"), width=14),
        Column("why", _("为什么互补"), width=60),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _need_rows(actor: Actor, portion: Sequence[Standing]) -> Iterable[Row]:
    known, words = complement.cities(), pages.labels()
    found = complement.pairings(actor, portion, known)
    pages.note(actor, complement.shown_listings(found), (), channel="export")
    for row in found:
        stand = row.standing
        yield {
            "city": known.names.get(stand.city, ""),
            "number": row.shown.number,
            "need": row.shown.title,
            "owner": row.shown.owner_name,
            "cluster": words["cluster"].get(stand.cluster, stand.cluster),
            "field": words["field"].get(stand.field, stand.field),
            "answer": str(ANSWERS[stand.answer]),
            **_of("other", row.other),
            "more": row.more,
            **{key: value for key, value in _of("own", row.own).items() if key in {"own", "own_band"}},
            "why": _("；").join(complement_words.why(row, known, words)),
            "url": absolute(row.need.get_absolute_url()),
        }


def _of(name: str, offer: Offer | None) -> Row:
    if offer is None:
        return {name: "", f"{name}_kind": "", f"{name}_owner": "", f"{name}_area": "", f"{name}_band": ""}
    return {
        name: offer.shown.title,
        f"{name}_kind": word(offer.shown.kind),
        f"{name}_owner": offer.shown.owner_name,
        f"{name}_area": offer.shown.area_name,
        f"{name}_band": complement_words.band_word(offer.proposal.band),
    }


def _firm_columns() -> list[Column]:
    return [
        Column("first", _("一方"), width=32),
        Column("first_area", _("一方所在地区"), width=24),
        Column("second", _("另一方"), width=32),
        Column("second_area", _("另一方所在地区"), width=24),
        Column("mutual", _("互有所需"), Kind.YES_NO),
        Column("count", _("推荐数"), Kind.NUMBER),
        Column("pairs", _("需求与对方能供的"), Kind.LIST, width=70),
    ]


def _firm_rows(asked: Asked, actor: Actor, portion: Sequence[FirmPair]) -> Iterable[Row]:
    known = complement.cities()
    found = complement_firms.firm_pairings(actor, portion, asked, known)
    shown = [one for row in found for way in row.ways for one in (way.need, way.offer)]
    pages.note(actor, shown, (), channel="export")
    areas = directory.area_names({firm.area for row in found for firm in (row.first, row.second)})
    for row in found:
        lines = [
            _("%(firm)s的需求“%(need)s” ← %(kind)s“%(offer)s”（%(band)s）")
            % {
                "firm": way.need.owner_name,
                "need": way.need.title,
                "kind": word(way.offer.kind),
                "offer": way.offer.title,
                "band": complement_words.band_word(way.proposal.band),
            }
            for way in row.ways
        ]
        more = [_("另有 %(n)s 项") % {"n": row.more}] if row.more else []
        yield {
            "first": row.first.name,
            "first_area": areas.get(row.first.area, ""),
            "second": row.second.name,
            "second_area": areas.get(row.second.area, ""),
            "mutual": row.pair.mutual,
            "count": row.pair.count,
            "pairs": [*lines, *more],
        }


NEEDS = register(Sheet("matching.complement", gettext_lazy("两市互补的需求"), _need_columns, _need_rows))


def firms(asked: Asked) -> Sheet:
    """The pairs of firms under a filter."""
    return Sheet(FIRMS.key, FIRMS.title, FIRMS.columns, partial(_firm_rows, asked))


FIRMS = register(Sheet("matching.firms", gettext_lazy("两市互补的企业"), _firm_columns, partial(_firm_rows, Asked())))
