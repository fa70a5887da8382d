"""The figures of a month as a file: one table, its sections one below the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.matching.queries.figures import COLD, Coverage, Month, Tally
from mengkeju.matching.web import model_tables


@dataclass(frozen=True)
class Line:
    """One row of the file."""

    section: str
    label: str
    count: int
    opened: int | None = None
    taken: int | None = None
    set_aside: int | None = None
    answered: int | None = None
    predicted: Decimal | None = None
    share: Decimal | None = None


def _percent(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(f"{100 * share:.1f}")


def _line(section: str, label: str, tally: Tally) -> Line:
    return Line(
        section, label, tally.shown, tally.opened, tally.taken, tally.set_aside, tally.answered,
        _percent(tally.predicted), _percent(tally.share),
    )  # fmt: skip


def lines(seen: Month, covered: dict[str, tuple[Coverage, ...]]) -> list[Line]:
    """Every number of the page in its order."""
    made = [_line(_("合计"), model_tables.month_words(seen.first), seen.total)]
    for key, tally in seen.by_kind.items():
        made.append(_line(_("冷热"), _("冷") if key == COLD else _("热"), tally))
    made += [_line(_("名次"), str(at), tally) for at, tally in enumerate(seen.places, 1)]
    size = 100 / len(seen.bins)
    made += [_line(_("校准"), f"{at * size:.0f}–{(at + 1) * size:.0f}%", tally) for at, tally in enumerate(seen.bins)]
    for dimension, parts in covered.items():
        section = {"all": _("覆盖"), "city": _("覆盖：城市"), "field": _("覆盖：技术领域")}[dimension]
        made += [
            Line(
                section,
                part.label or _("全部"),
                part.count(),
                taken=part.count(covered=True),
                share=_percent(part.share),
            )
            for part in parts
        ]
    return made


def _columns() -> list[Column]:
    return [
        Column("section", _("分组"), width=20),
        Column("label", _("项目"), width=28),
        Column("count", _("展示的推荐（覆盖：发布中的需求）"), Kind.NUMBER, width=20),
        Column("opened", _("打开"), Kind.NUMBER),
        Column("taken", _("表意向（覆盖：有推荐的需求）"), Kind.NUMBER, width=20),
        Column("set_aside", _("暂不考虑"), Kind.NUMBER),
        Column("answered", _("有答复"), Kind.NUMBER),
        Column("predicted", _("预测平均（%）"), Kind.NUMBER),
        Column("share", _("实际占比（%）"), Kind.NUMBER),
    ]


def _rows(_actor: Actor, portion: Sequence[Line]) -> Iterable[Row]:
    for line in portion:
        yield vars(line)


FIGURES = register(Sheet("matching.figures", gettext_lazy("匹配模型的月度情况"), _columns, _rows))
