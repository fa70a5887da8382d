"""Filters and tags of the component templates (`templates/mk/`). Everything they return is escaped.

A template builtin (settings), so templates need no `{% load mk %}`. Dates are those of Asia/Shanghai.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, widgets
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.kernel import clock, figures, words
from mengkeju.kernel.panels import Shown
from mengkeju.kernel.templatetags.tiles import ELSEWHERE, TILES, Tile
from mengkeju.kernel.words import Labelled

register = template.Library()

Piece = tuple[str, bool]
SPINE_LENGTH = 5
NO_MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""What could end a block of data, as JSON may write it."""


# money


def _amount(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


@register.filter
def money(value: object) -> str:
    """Decimal 元 → “860万元”, “15.06亿元”, “123,456.78元”, “CNY 8.6 million”; never rounded; “面议” when empty."""
    amount = _amount(value)
    return _("面议") if amount is None else figures.amount(amount)


@register.filter
def money_range(low: object, high: object) -> str:
    """Two Decimals 元 → “800万–1,000万元”; one of them: “以上” or “以内”; none: “面议”."""
    least, most = _amount(low), _amount(high)
    if least is None and most is None:
        return _("面议")
    if most is None:
        return _("{0}以上").format(money(least))
    if least is None:
        return _("{0}以内").format(money(most))
    if least == most:
        return money(least)
    return figures.amounts(least, most)


# dates


def _moment(value: object) -> datetime | date | None:
    """A date, or an aware time in Asia/Shanghai; text in ISO form is read; anything else is None."""
    if isinstance(value, str):
        try:
            value = parse_datetime(value) or parse_date(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE) if value.tzinfo else value.replace(tzinfo=clock.ZONE)
    return value if isinstance(value, date) else None


def _day(value: object) -> date | None:
    moment = _moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


@register.filter
def cn_date(value: object) -> str:
    """“11月20日”; with the year, “2025年11月20日”, when it is another year than today's."""
    day = _day(value)
    if day is None:
        return ""
    if day.year == clock.today().year:
        return figures.day_and_month(day)
    return figures.full_date(day)


@register.filter
def cn_time(value: object) -> str:
    """“11月20日 16:42”; a plain date has no time of day."""
    moment = _moment(value)
    if isinstance(moment, datetime):
        return f"{cn_date(moment)} {moment:%H:%M}"
    return cn_date(moment)


@register.filter
def full_time(value: object) -> str:
    """“2026年11月20日 16:42”, with the year always: for what is printed and kept."""
    moment = _moment(value)
    if isinstance(moment, datetime):
        return f"{figures.full_date(moment.date())} {moment:%H:%M}"
    return figures.full_date(moment) if moment is not None else ""


@register.filter
def cn_day(value: object) -> str:
    """“11月24日（周二）”."""
    day = _day(value)
    return "" if day is None else figures.with_weekday(day, cn_date(day))


@register.filter
def relative_days(value: object) -> str:
    """“今天”, “明天”, “昨天”, “3天后”, “3天前”, counted in calendar days."""
    day = _day(value)
    if day is None:
        return ""
    days = (day - clock.today()).days
    near = {0: _("今天"), 1: _("明天"), -1: _("昨天")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("{days}天后", "{days}天后", days).format(days=days)
    return ngettext("{days}天前", "{days}天前", -days).format(days=-days)


@register.filter
def is_past(value: object) -> bool:
    """Whether a due date lies before today: a date deadline ends at 24:00 of its day."""
    day = _day(value)
    return day is not None and day < clock.today()


@register.simple_tag
def when(value: object, form: str = "time") -> str:
    """A `<time>` element; form: time, date, day (with weekday) or relative."""
    moment = _moment(value)
    if moment is None:
        return ""
    words = {"time": cn_time, "date": cn_date, "day": cn_day, "relative": relative_days}[form](moment)
    return format_html(
        '<time datetime="{}">{}</time>',
        moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat(),
        words,
    )


# figures drawn as SVG attributes (CSP allows no style="")


def _plain(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


@register.filter
def width(percent: object) -> str:
    """A percentage as an SVG width in a box of 100: clamped to 0–100, a point as decimal sign."""
    try:
        number = float(str(percent).rstrip("%"))
    except ValueError:
        return "0"
    return _plain(min(100.0, max(0.0, number)) if number == number else 0.0)  # noqa: PLR0124 - NaN is not itself


@register.filter
def percent_of(part: object, whole: object) -> str:
    """`part` in per cent of `whole`, as `width` writes it; 0 when the whole is nothing."""
    try:
        return width(100 * float(str(part)) / float(str(whole)))
    except (ValueError, ZeroDivisionError):
        return "0"


@register.filter
def ring(used: object, total: object) -> str:
    """The stroke-dasharray of a ring of radius 13 of which used/total is drawn."""
    around = 81.7
    return f"{float(percent_of(used, total)) * around / 100:.1f} {around}"


@register.simple_tag
def river_path(stops: Iterable[Mapping[str, object]], height: int = 120) -> str:
    """The outline of the river (转化线) in a box 1000 wide: as thick at each stop as its `count`."""
    numbers = [max(0.0, float(str(stop["count"]))) for stop in stops]
    if not numbers:
        return ""
    middle, tallest = height / 2, max(numbers) or 1.0
    halves = [max(1.5, (middle - 8) * number / tallest) for number in numbers]
    step = 1000 / len(numbers)
    centres = [step * (i + 0.5) for i in range(len(numbers))]

    def edge(sign: int) -> list[tuple[float, float]]:
        ys = [middle + sign * half for half in halves]
        return [(0.0, ys[0]), *zip(centres, ys, strict=True), (1000.0, ys[-1])]

    def curves(points: list[tuple[float, float]]) -> str:
        parts = []
        for (x0, y0), (x1, y1) in pairwise(points):
            turn = (x0 + x1) / 2
            parts.append(f"C{turn:.0f} {y0:.1f} {turn:.0f} {y1:.1f} {x1:.0f} {y1:.1f}")
        return " ".join(parts)

    top, bottom = edge(-1), list(reversed(edge(1)))
    return f"M0 {top[0][1]:.1f} {curves(top)} L1000 {bottom[0][1]:.1f} {curves(bottom)}Z"


@register.simple_tag
def spine(at: object) -> SafeString:
    """Five dots of the 转化线; `at` is the stop reached, 1 (需求) to 5 (落地)."""
    now = min(SPINE_LENGTH, max(1, int(str(at))))
    lines = (
        (18 * i + 10.5, 18 * i + 19.5, SafeString(' class="on"') if i + 1 < now else "")
        for i in range(SPINE_LENGTH - 1)
    )
    marks = ((18 * i + 6, _spine_mark(i + 1, now)) for i in range(SPINE_LENGTH))
    return format_html(
        '<svg viewBox="0 0 84 14" aria-hidden="true" focusable="false">{}{}</svg>',
        format_html_join("", '<line x1="{}" x2="{}" y1="7" y2="7"{}/>', lines),
        format_html_join("", '<circle cx="{}" cy="7" r="4.2"{}/>', marks),
    )


def _spine_mark(stop: int, now: int) -> str:
    if stop == now:
        return SafeString(' class="now"')
    return SafeString(' class="on"') if stop < now else ""


# words and marks


@register.filter
def word(thing: Labelled | None) -> str:
    """The label of a state, kind, section, role, term … in the reader's language; empty for nothing."""
    return words.word(thing) if thing else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decoration unless it is given a label."""
    if label:
        return format_html('<svg class="mk-i" role="img" aria-label="{}"><use href="#i-{}"/></svg>', label, name)
    return format_html('<svg class="mk-i" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', name)


@register.filter
def marked(pieces: str | Iterable[Piece] | None) -> SafeString:
    """[(text, is_hit), …] → text with <mark>; plain text passes through, escaped."""
    if not pieces:
        return SafeString("")
    if isinstance(pieces, str):
        return format_html("{}", pieces)
    wrap = {True: SafeString("<mark>{}</mark>"), False: SafeString("{}")}
    return format_html_join("", "{}", ((format_html(wrap[bool(hit)], text),) for text, hit in pieces))


@register.filter
def city_tile(code: object) -> Tile:
    """The tile of an area code (GB/T 2260, or a zone code that begins with its city's division)."""
    text = str(code or "").removeprefix("Z-")
    return TILES.get(text[:4]) or TILES.get(text[:2]) or ELSEWHERE


# addresses


def _query(context: Context) -> QueryDict:
    request = context.get("request") or getattr(context, "request", None)
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


@register.simple_tag
def json_ld(data: Mapping[str, object]) -> SafeString:
    """Data for search engines. A block of data is never run, so the content security policy lets it stand inline."""
    text = json.dumps(data, ensure_ascii=False).translate(NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - no <, >, & left in it


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: object) -> str:
    """“?…” of the current address with the given values; None or "" removes a key."""
    query = _query(context)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(item) for item in value])
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query_without(context: Context, key: str, value: object) -> str:
    """“?…” of the current address without one value of `key`, from the first page on."""
    query = _query(context)
    query.setlist(key, [kept for kept in query.getlist(key) if kept != str(value)])
    query.pop("page", None)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def mk_csrf(context: Context) -> SafeString:
    """The hidden CSRF field, also inside `{% include … only %}`, where {% csrf_token %} is empty."""
    request = getattr(context, "request", None) or context.get("request")
    if request is None:
        return SafeString("")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.simple_tag(takes_context=True)
def show_panel(context: Context, shown: Shown) -> SafeString:
    """One panel of `kernel.panels.build`, its context spread out; `request` and `mk` stay known."""
    outer = {key: context[key] for key in ("request", "mk", "user") if key in context}
    chosen = get_template(shown.template).template  # type: ignore[attr-defined]  # Django's own engine
    return SafeString(chosen.render(context.new({**outer, **shown.context})))


@register.simple_tag
def page_numbers(page: Page[Any]) -> Sequence[object]:
    """Page numbers to offer around the current one, with an ellipsis for each gap."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# forms


@register.filter
def control(field: BoundField) -> SafeString:
    """The widget of a bound field, unchanged but for the class its kind needs."""
    widget = field.field.widget
    if widget.is_hidden or isinstance(widget, widgets.CheckboxInput | widgets.RadioSelect):
        return field.as_widget()  # CheckboxSelectMultiple is a RadioSelect
    kind = "form-select" if isinstance(widget, widgets.Select) else "form-control"
    classes = " ".join(dict.fromkeys([*str(widget.attrs.get("class", "")).split(), kind]))
    return field.as_widget(attrs={"class": classes})


@register.filter
def control_kind(field: BoundField) -> str:
    """How the field template lays a field out: check, choices, file, textarea or plain."""
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if field.use_fieldset:
        return "choices"
    return "file" if isinstance(widget, widgets.FileInput) else "plain"


@register.filter
def anchor(field: BoundField) -> str:
    """The id an error summary links to."""
    return field.id_for_label or field.auto_id
