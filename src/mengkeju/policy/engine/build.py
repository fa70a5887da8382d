"""From what a file holds to a document: every figure typed, dated and without overlap."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from mengkeju.policy.engine.document import Band, Document, Figure, Item, Step, Value, Window
from mengkeju.policy.engine.fields import Fields
from mengkeju.policy.engine.reading import PolicyError
from mengkeju.policy.engine.words import BASES, NUMBERS, STATUSES, UNITS

SHAPES = ("value", "cap", "bands", "steps", "items")
LARGEST_RATIO = Decimal(3)
"""A ratio above it is taken for a percentage that was not divided by 100."""
_WINDOW = re.compile(r"([0-9]{2})-([0-9]{2})/([0-9]{2})-([0-9]{2})")
_LEAP_FREE = 2001


def _pairs(*names: str) -> frozenset[str]:
    return frozenset(names) | {f"{name}_en" for name in names}


_DOCUMENT = _pairs("title", "issuer", "source", "note") | {
    "key", "number", "issued_on", "in_force_from", "until", "status", "url", "checked_on", "amounts",
}  # fmt: skip
_FIGURE = _pairs("label", "article", "note", "source", "value") | {
    "key", "unit", "cap", "bands", "steps", "items", "of", "flags", "from", "until", "status", "url",
}  # fmt: skip
_ITEM = _pairs("label", "note") | {"key", "asked_when", "basis"}


def document(data: object, file: str, *, own: bool = False) -> Document:
    """The document of a file. PolicyError, with file and field, for whatever is wrong in it."""
    top = Fields(data, file, "", _DOCUMENT)
    key = top.key("key")
    if key != file.removesuffix(".yaml"):
        top.wrong("key", f"“{key}”要和文件名相同")
    checked_on = top.day("checked_on")
    if checked_on is None:
        top.wrong("checked_on", "没有写")
    status = top.choice("status", STATUSES)
    since, until = _span(top, "in_force_from", top.day("in_force_from"), top.day("until"))
    made = Document(
        key=key,
        title=top.words("title", required=True),
        number=top.text("number"),
        issuer=top.words("issuer"),
        issued_on=top.day("issued_on"),
        in_force_from=since,
        until=until,
        status=status,
        source=top.words("source", required=True),
        url=_url(top),
        checked_on=checked_on,
        note=top.words("note"),
        figures=tuple(_figure(row, since, until, status) for row in top.rows("amounts", _FIGURE)),
        own=own,
    )
    consistent(made.figures, file)
    _without_overlap(made.figures, file)
    _known_flags(made.figures, file)
    return made


def _url(fields: Fields) -> str:
    url = fields.text("url")
    if url and not re.fullmatch(r"https?://[^\s\"'<>]+", url):
        fields.wrong("url", "应当以 https:// 或 http:// 开头，中间没有空格")
    return url


def _span(fields: Fields, name: str, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    if first and last and last < first:
        fields.wrong("until", f"早于 {name}")
    return first, last


def _figure(fields: Fields, since: date | None, until: date | None, status: str) -> Figure:
    """A figure; `from` and `until` that are not written are those of the document, written and empty they are open."""
    shape = _shape(fields)
    unit = "list" if shape == "items" and "unit" not in fields else fields.choice("unit", UNITS)
    if (shape == "items") != (unit == "list") or (shape not in {"value", "items"} and unit not in NUMBERS):
        fields.wrong("unit", f"{shape} 不能用 {unit}")
    first = fields.day("from") if "from" in fields else since
    last = fields.day("until") if "until" in fields else until
    first, last = _span(fields, "from", first, last)
    key, label = fields.key("key"), fields.words("label", required=True)
    return Figure(
        key=key,
        label=label.label,
        label_en=label.label_en,
        unit=unit,
        shape=shape,
        value=_value(fields, shape, unit),
        first=first,
        last=last,
        article=fields.words("article"),
        status=fields.choice("status", STATUSES, status),
        note=fields.words("note"),
        of=fields.choice("of", NUMBERS, "yuan") if shape in {"bands", "steps"} else "",
        flags=fields.key("flags") if "flags" in fields else "",
        source=fields.words("source"),
        url=_url(fields),
    )


def _shape(fields: Fields) -> str:
    written = [shape for shape in SHAPES if shape in fields]
    if len(written) != 1:
        fields.wrong("", f"要写 {'、'.join(SHAPES)} 其中一个，没有查到的写成 value:（空着）")
    return written[0]


def _value(fields: Fields, shape: str, unit: str) -> Value | None:
    """None where the file leaves it empty: looked for and not found."""
    if fields.raw(shape) is None:
        return None
    if shape == "bands":
        return _bands(fields)
    if shape == "steps":
        return _steps(fields)
    if shape == "items":
        return _items(fields)
    if unit == "yes_no":
        return _yes_no(fields)
    if unit == "text":
        return fields.words("value", required=True)
    if unit == "window":
        return _window(fields)
    return _in_unit(fields, shape, unit)


def _in_unit(fields: Fields, name: str, unit: str) -> Decimal:
    number = fields.number(name)
    if unit == "ratio" and number > LARGEST_RATIO:
        fields.wrong(name, f'比例写成小数，10% 写成 "0.10"，不是 {number}')
    return number


def _yes_no(fields: Fields) -> bool:
    value = fields.raw("value")
    if not isinstance(value, bool):
        fields.wrong("value", "应当是 true 或 false")
    return value


def _window(fields: Fields) -> Window:
    found = _WINDOW.fullmatch(fields.text("value"))
    if not found:
        fields.wrong("value", "每年期间写成 11-01/10-31")
    months = [int(part) for part in found.groups()]
    for month, day in (months[:2], months[2:]):
        try:
            date(_LEAP_FREE, month, day)
        except ValueError:
            fields.wrong("value", f"没有 {month:02}-{day:02} 这一天（或者不是每年都有）")
    return Window((months[0], months[1]), (months[2], months[3]))


def _bands(fields: Fields) -> tuple[Band, ...]:
    rows = list(fields.rows("bands", {"up_to", "rate"}))
    made = []
    for row in rows:
        is_last = row is rows[-1]
        if is_last != (row.raw("up_to") is None):
            row.wrong("up_to", "最后一档不写，其余各档都要写")
        made.append(Band(None if is_last else row.number("up_to"), _in_unit(row, "rate", "ratio")))
    _rising(fields, "bands", (band.up_to for band in made if band.up_to is not None))
    return tuple(made)


def _steps(fields: Fields) -> tuple[Step, ...]:
    made = []
    for row in fields.rows("steps", {"at_least", "up_to", "low", "high"}):
        up_to = row.number("up_to") if "up_to" in row else None
        step = Step(row.number("at_least"), up_to, row.number("low"), row.number("high"))
        if step.high < step.low or (up_to is not None and up_to < step.at_least):
            row.wrong("", "上限小于下限")
        made.append(step)
    _rising(fields, "steps", (step.at_least for step in made))
    return tuple(made)


def _rising(fields: Fields, name: str, limits: Iterable[Decimal]) -> None:
    if any(high <= low for low, high in pairwise(limits)):
        fields.wrong(name, "要从小到大写，不能重复")


def _items(fields: Fields) -> tuple[Item, ...]:
    made: dict[str, Item] = {}
    for row in fields.rows("items", _ITEM):
        key, label = row.key("key"), row.words("label", required=True)
        if key in made:
            row.wrong("key", f"“{key}”写了两次")
        basis = row.choice("basis", BASES, "seen")
        made[key] = Item(key, label.label, label.label_en, row.keys("asked_when"), basis, row.words("note"))
    return tuple(made.values())


def consistent(figures: Iterable[Figure], file: str) -> None:
    """Entries of one key keep shape and unit: who asks for it may rely on both. PolicyError otherwise."""
    known: dict[str, Figure] = {}
    for figure in figures:
        other = known.setdefault(figure.key, figure)
        if (other.shape, other.unit, other.of) != (figure.shape, figure.unit, figure.of):
            raise PolicyError(
                file, f"amounts {figure.key}", f"各段的写法和单位要一致：{_kind(other)}，{_kind(figure)}；请另起一个键"
            )


def _kind(figure: Figure) -> str:
    return " ".join(part for part in (figure.shape, figure.unit, figure.of) if part)


def _without_overlap(figures: Iterable[Figure], file: str) -> None:
    """Within a file only one entry of a key is in force on a day."""
    by_key: dict[str, list[Figure]] = {}
    for figure in figures:
        by_key.setdefault(figure.key, []).append(figure)
    for key, entries in by_key.items():
        for earlier, later in pairwise(sorted(entries, key=lambda entry: (entry.begins, entry.ends))):
            if later.begins <= earlier.ends:
                raise PolicyError(file, f"amounts {key}", f"两段日期重叠：{_range(earlier)} 和 {_range(later)}")


def _range(figure: Figure) -> str:
    return f"{figure.first or '（不限）'} 至 {figure.last or '（不限）'}"


def _known_flags(figures: tuple[Figure, ...], file: str) -> None:
    """What a list is asked by stands in the list it names, in the same document."""
    lists = {figure.key: figure.value for figure in figures if figure.shape == "items"}
    for figure in figures:
        if figure.shape != "items" or not isinstance(figure.value, tuple):
            continue
        place = f"amounts {figure.key}"
        if figure.flags and figure.flags not in lists:
            raise PolicyError(file, f"{place}.flags", f"这个文件里没有清单“{figure.flags}”")
        named = lists.get(figure.flags) if figure.flags else ()
        known = {one.key for one in named if isinstance(one, Item)} if isinstance(named, tuple) else set()
        for one in figure.value:
            unknown = set(one.asked_when) - known if isinstance(one, Item) else set()
            if unknown:
                raise PolicyError(
                    file, f"{place} {one.key}.asked_when" if isinstance(one, Item) else place,
                    f"flags 所指的清单里没有：{'、'.join(sorted(unknown))}",
                )  # fmt: skip
