"""What the page of policy figures shows: every figure in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel import clock, figures
from mengkeju.kernel.words import listed, word
from mengkeju.policy import queries
from mengkeju.policy.engine.document import Amount, Band, Document, Item, Step
from mengkeju.policy.engine.words import BASES, UNITS, Words
from mengkeju.policy.web.forms import DayForm

TONES = {"verified": "done", "secondary": "calm", "draft": "wait"}


@dataclass(frozen=True)
class ItemRow:
    """One entry of a list; `remark`: when it is asked, what it is, and where it is from unless it was seen."""

    label: str
    remark: str


@dataclass(frozen=True)
class Row:
    """One figure: in words, in one or more lines, or as a list; `missing` says why there is neither.

    `state`, `span`, `source`: where they are not those of the document.
    """

    amount: Amount
    lines: list[str]
    items: list[ItemRow]
    missing: str
    span: str
    state: dict[str, Words | str] | None
    source: Words | None
    url: str


def context(form: DayForm) -> dict[str, Any]:
    """All documents on the day of the form."""
    return {
        "form": form,
        "day": form.day,
        "is_today": form.day == clock.today(),
        "documents": [_document(document, form.day) for document in queries.documents()],
        "crumbs": [(_("首页"), reverse("home")), (_("政策数据"), "")],
    }


def _document(document: Document, day: date) -> dict[str, Any]:
    known, unknown = _facts(document)
    return {
        "document": document,
        "facts": known,
        "unknown": listed(unknown),
        "rows": [_row(amount, document) for amount in queries.amounts(document.key, day)],
        "state": _state(document.status, document.status_words),
    }


def _state(status: str, said: Words) -> dict[str, Words | str]:
    return {"kind": TONES[status], "label": said}


def _facts(document: Document) -> tuple[list[dict[str, Any]], list[str]]:
    """The sheet above the figures, and the names of what was not found.

    The number is first and not among these: not every document has one, its note says so.
    """
    rows: list[dict[str, Any]] = [
        {"label": _("文号"), "value": document.number},
        {"label": _("发文机关"), "value": str(document.issuer)},
        {"label": _("印发"), "value": figures.full_date(document.issued_on) if document.issued_on else ""},
        {"label": _("施行"), "value": _span(document.in_force_from, document.until)},
        {"label": _("来源"), "value": str(document.source), "url": document.url},
        {"label": _("核对日期"), "value": figures.full_date(document.checked_on)},
    ]
    if document.own:
        rows.append({"label": _("由谁提供"), "value": _("本站自己的文件，同名数据以它为准")})
    return [row for row in rows if row["value"]], [row["label"] for row in rows[1:] if not row["value"]]


def _span(first: date | None, last: date | None) -> str:
    """“2026年3月1日起”, “至2015年9月30日”, both, or nothing."""
    if first and last:
        return _("%(first)s至%(last)s") % {"first": figures.full_date(first), "last": figures.full_date(last)}
    if first:
        return _("%(day)s起") % {"day": figures.full_date(first)}
    return _("至%(day)s") % {"day": figures.full_date(last)} if last else ""


def _row(amount: Amount, document: Document) -> Row:
    other = bool(amount.figure.source) or amount.document is not document
    same_span = (amount.figure.first, amount.figure.last) == (document.in_force_from, document.until)
    return Row(
        amount=amount,
        lines=said(amount),
        items=_items(amount, _flags(amount)) if amount.figure.shape == "items" else [],
        missing=_missing(amount),
        span="" if same_span else _span(amount.figure.first, amount.figure.last),
        state=_state(amount.status, amount.status_words) if amount.status != document.status else None,
        source=amount.source if other else None,
        url=amount.url if other else "",
    )


def _missing(amount: Amount) -> str:
    if not amount.in_force:
        return _("这一天没有施行")
    return _("没有查到") if amount.value is None else ""


def said(amount: Amount) -> list[str]:
    """The value of a figure in the reader's words; empty for a list, and for what has no value that day."""
    value, figure = amount.value, amount.figure
    if value is None or figure.shape == "items":
        return []
    if figure.shape == "bands":
        return list(_bands(amount.bands or (), figure.of))
    if figure.shape == "steps":
        return [_step(step, figure.of, figure.unit) for step in amount.steps or ()]
    if figure.unit == "window":
        return [_window(amount)]
    if figure.unit == "yes_no":
        return [_("是") if value else _("否")]
    if figure.unit == "text":
        return [str(value)]
    number = quantity(value, figure.unit) if isinstance(value, Decimal) else ""
    return [_("不超过%(amount)s") % {"amount": number} if figure.shape == "cap" else number]


def quantity(number: Decimal, unit: str) -> str:
    """“500万元”, “10%”, “15 个工作日”."""
    if unit == "yuan":
        return figures.amount(number)
    if unit == "ratio":
        return f"{_plain(number * 100)}%"
    return f"{_plain(number)} {word(UNITS[unit])}"


def _plain(number: Decimal) -> str:
    """Without needless zeros and without an exponent."""
    return f"{number.normalize():f}"


def _bands(bands: tuple[Band, ...], of: str) -> Iterator[str]:
    if bands and bands[0].up_to is not None:
        yield _("%(high)s以内的部分：%(rate)s") % {
            "high": quantity(bands[0].up_to, of), "rate": quantity(bands[0].rate, "ratio"),
        }  # fmt: skip
    for before, band in pairwise(bands):
        words = {"low": quantity(before.up_to or Decimal(0), of), "rate": quantity(band.rate, "ratio")}
        if band.up_to is None:
            yield _("超过%(low)s的部分：%(rate)s") % words
        else:
            yield _("超过%(low)s至%(high)s的部分：%(rate)s") % (words | {"high": quantity(band.up_to, of)})
    if len(bands) == 1:
        yield _("全部：%(rate)s") % {"rate": quantity(bands[0].rate, "ratio")}


def _step(step: Step, of: str, unit: str) -> str:
    result = quantity(step.low, unit)
    if step.high != step.low:
        result = f"{_plain(step.low)}–{quantity(step.high, unit)}"
    words = {"number": quantity(step.at_least, of), "result": result}
    if step.up_to == step.at_least:
        return _("%(number)s：%(result)s") % words
    if step.up_to is not None:
        return _("%(number)s至%(high)s：%(result)s") % (words | {"high": quantity(step.up_to, of)})
    return _("%(number)s及以上：%(result)s") % words


def _window(amount: Amount) -> str:
    window = amount.window
    if window is None:
        return ""
    year = 2001  # any without 29 February
    first, last = (figures.day_and_month(date(year, *day)) for day in (window.first, window.last))
    words = {"first": first, "last": last}
    return _("%(first)s至次年%(last)s") % words if window.last < window.first else _("%(first)s至%(last)s") % words


def _flags(amount: Amount) -> dict[str, str]:
    """The words of the circumstances a list is asked by."""
    if not amount.figure.flags:
        return {}
    named = queries.amount(f"{amount.document.key}.{amount.figure.flags}", amount.day).items
    return {item.key: word(item) for item in named or ()}


def _items(amount: Amount, flags: dict[str, str]) -> list[ItemRow]:
    return [ItemRow(word(item), _remark(item, flags)) for item in amount.items or ()]


def _remark(item: Item, flags: dict[str, str]) -> str:
    parts = [_("限：%(when)s") % {"when": listed([flags.get(key, key) for key in item.asked_when])}] * bool(
        item.asked_when
    )
    parts += [str(item.note)] * bool(item.note)
    parts += [word(BASES[item.basis])] * (item.basis != "seen")
    return " · ".join(parts)
