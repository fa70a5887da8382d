"""Answers in words: for the check-answers page, the object page, and the difference of two versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mengkeju.kernel import figures
from mengkeju.kernel.forms.build import Sources
from mengkeju.kernel.forms.spec import FieldSpec, FieldType, Section
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import listed, word


@dataclass(frozen=True)
class ShownField:
    """A field's word and its value in words; `value` empty when nothing was given."""

    key: str
    label: str
    value: str
    tier: str
    section: str


def in_words(spec: FieldSpec, value: Any, sources: Sources) -> str:
    """One value as a reader sees it."""
    if value in (None, "", [], ()):
        return ""
    match spec.type:
        case FieldType.MONEY:
            return amount_in_words(Decimal(value))
        case FieldType.DATE:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return figures.full_date(day)
        case FieldType.MONTH:
            return figures.month(date.fromisoformat(f"{value}-01"))
        case FieldType.YES_NO:
            return {"yes": _("是"), "no": _("否")}.get(str(value), "")
        case FieldType.DECLARATION:
            return _("已声明") if value else ""
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.TAXONOMY | FieldType.AREA:
            return _choice_in_words(spec, value, sources)
        case FieldType.TABLE:
            return "\n".join(_row_in_words(spec, row, sources) for row in value)
        case _:
            return str(value)


def _choice_in_words(spec: FieldSpec, value: Any, sources: Sources) -> str:
    options = {key: _(text) for key, text in spec.choices}
    if spec.type is FieldType.TAXONOMY:
        options = dict(sources.terms(spec.vocabulary))
    elif spec.type is FieldType.AREA:
        options = dict(sources.areas())
    keys = value if isinstance(value, list | tuple) else [value]
    return listed([options.get(str(k), str(k)).strip() for k in keys])


def _row_in_words(spec: FieldSpec, row: Mapping[str, Any], sources: Sources) -> str:
    """One line: the first cell, then the others with their words (烧失量：现在 32，要达到 ≤8，单位 %)."""
    cells = [(word(column), in_words(column, row.get(column.key), sources)) for column in spec.columns]
    rest = [_("%(label)s %(value)s") % {"label": label, "value": value} for label, value in cells[1:] if value]
    return _("：").join(part for part in (cells[0][1], _("，").join(rest)) if part)


def amount_in_words(amount: Decimal) -> str:
    """元, 万元 or 亿元, always with the unit, thousands separated."""
    return figures.amount(amount, gap=" ")


def shown(
    sections: Iterable[Section], values: Mapping[str, Any], sources: Sources, tiers: Mapping[str, str] | None = None
) -> list[ShownField]:
    """Every field with its value in words; empty ones included, so that a page can say what is missing."""
    return [
        ShownField(f.key, word(f), in_words(f, values.get(f.key), sources), (tiers or {}).get(s.key, s.tier), s.key)
        for s in sections
        for f in s.fields
        if f.when is None or values.get(f.when[0]) == f.when[1]
    ]


def changed(old: Iterable[ShownField], new: Iterable[ShownField]) -> list[tuple[str, str, str]]:
    """(label, before, after) of the fields that differ."""
    before = {f.key: f for f in old}
    return [
        (f.label, before[f.key].value if f.key in before else "", f.value)
        for f in new
        if f.key not in before or before[f.key].value != f.value
    ]
