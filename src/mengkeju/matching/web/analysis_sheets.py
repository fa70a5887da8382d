"""A needs analysis as a file: one table, its sections one below the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.listings.queries.analysis import DIMENSIONS
from mengkeju.matching.queries.analysis import GAPS, Analysis


@dataclass(frozen=True)
class Line:
    """One row of the file."""

    section: str
    label: str
    count: int
    share: Decimal | None
    weight: Decimal | None
    url: str


def lines(found: Analysis, url: Callable[[str, str], str]) -> list[Line]:
    """Every number of the page in its order."""
    total = len(found.needs.rows)

    def share(count: int, of: int) -> Decimal | None:
        return Decimal(f"{100 * count / of:.1f}") if of else None

    made = [Line(_("需求总数"), "", total, None, None, url("", ""))]
    for key, label in DIMENSIONS.items():
        made += [
            Line(str(label), part.label, part.count, share(part.count, total), None, url(key, part.value))
            for part in found.parts[key]
        ]
    made += [
        Line(_("关键词"), w.word, w.count, share(w.count, total), Decimal(f"{w.weight:.2f}"), url("word", w.word))
        for w in found.words
    ]
    count = len(found.unanswered)
    made.append(
        Line(_("缺口"), str(GAPS["unanswered"]), count, share(count, found.published), None, url("gap", "unanswered"))
    )
    made += [
        Line(str(GAPS["fields"]), part.label, part.count, share(part.count, total), None, url("field", part.value))
        for part in found.fields
    ]
    return made


def _columns() -> list[Column]:
    return [
        Column("section", _("分组"), width=28),
        Column("label", _("项目"), width=32),
        Column("count", _("需求数"), Kind.NUMBER),
        Column("share", _("占比（%）"), Kind.NUMBER),
        Column("weight", _("权重"), Kind.NUMBER),
        Column("url", _("清单网址"), Kind.LINK, width=60),
    ]


def _rows(_actor: Actor, portion: Sequence[Line]) -> Iterable[Row]:
    for line in portion:
        yield {**vars(line), "url": absolute(line.url)}


ANALYSIS = register(Sheet("matching.analysis", gettext_lazy("需求分析"), _columns, _rows))
