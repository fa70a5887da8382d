"""The proposals of a listing as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.matching.queries import MatchCard


def _columns() -> list[Column]:
    return [
        Column("rank", _("名次"), Kind.NUMBER),
        Column("band", _("匹配程度"), width=14),
        Column("number", _("编号"), width=18),
        Column("kind", _("类型"), width=12),
        Column("title", _("题目"), width=40),
        Column("owner", _("单位"), width=32),
        Column("area_name", _("所在地区")),
        Column("budget", _("投入或价格")),
        Column("reasons", _("匹配理由"), width=60),
        Column("behind", _("与前面的相近"), width=32),
        Column("missing", _("没写的"), Kind.LIST, width=32),
        Column("standing", _("办理情况"), width=20),
        Column("at", _("计算时间"), Kind.DATETIME),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _standing(card: MatchCard) -> str:
    if card.running:
        return _("已有意向")
    return _("暂不考虑：{reason}").format(reason=card.dismissed.label) if card.dismissed else _("待处理")


def _rows(_actor: Actor, portion: Sequence[MatchCard]) -> Iterable[Row]:
    for card in portion:
        reasons = ["".join(text for text, _marked in card.summary)]
        reasons += [_("{label}：{value}").format(label=row.label, value=row.text) for row in card.rows]
        yield {
            "rank": card.rank,
            "band": card.band_label,
            "number": card.other.number,
            "kind": word(card.other.kind),
            "title": card.other.title,
            "owner": card.other.owner_name,
            "area_name": card.other.area_name,
            "budget": card.other.budget,
            "reasons": _("；").join(reason for reason in reasons if reason),
            "behind": card.behind[1] if card.behind else "",
            "missing": list(card.missing),
            "standing": _standing(card),
            "at": card.proposal.computed_at,
            "url": absolute(card.target.get_absolute_url()),
        }


MATCHES = register(Sheet("matching.list", gettext_lazy("推荐"), _columns, _rows))
