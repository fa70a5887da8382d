"""Worked examples beside each document. One that does not hold means that document or formula is wrong."""

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mengkeju.policy.engine import formulas
from mengkeju.policy.engine.document import Amount, Item, Step, Value, Window
from mengkeju.policy.engine.fields import Fields
from mengkeju.policy.engine.words import Words


def _as_it_is(*, figure: Any) -> Any:
    return figure


FORMULAS: Mapping[str, Callable[..., Any]] = {
    "value": _as_it_is,
    "progressive": formulas.progressive,
    "capped": formulas.capped,
    "between": formulas.between,
    "share": formulas.share,
    "taxed": formulas.taxed,
    "entitled": formulas.entitled,
    "period": formulas.period,
    "asked": formulas.asked,
}
_CASE = {"label", "day", "formula", "figures", "given", "gives"}


def plain(result: Any) -> Any:
    """A result as a case writes it: numbers, texts, dates, and lists of these; items by their keys."""
    if isinstance(result, tuple):
        return [plain(one) for one in result]
    if isinstance(result, Step):
        return [result.low, result.high]
    if isinstance(result, Item):
        return result.key
    if isinstance(result, Words):
        return result.label
    return str(result) if isinstance(result, Window) else result


def check(data: object, file: str, document: str, amount: Callable[[str, date], Amount]) -> int:
    """Run the cases of a file and say how many there are. PolicyError at the first one that does not hold."""
    rows = list(Fields(data, file, "", {"cases"}).rows("cases", _CASE))
    for row in rows:
        _hold(row, document, amount)
    return len(rows)


def _hold(case: Fields, document: str, amount: Callable[[str, date], Amount]) -> None:
    case.text("label", required=True)
    day = case.day("day")
    if day is None:
        case.wrong("day", "没有写")
    if "gives" not in case:
        case.wrong("gives", "没有写；算不出来的写成 gives:（空着）")
    taken = {name: _figure(case, f"{document}.{key}", day, amount) for name, key in _mapping(case, "figures").items()}
    given = {name: _typed(case, value, name) for name, value in _mapping(case, "given").items()}
    formula = FORMULAS[case.choice("formula", FORMULAS, "value")]
    wanted = set(inspect.signature(formula).parameters)
    if unknown := sorted(({*taken, *given}) - wanted):
        case.wrong(unknown[0], f"这个算法只用：{'、'.join(sorted(wanted))}")
    expected = _typed(case, case.raw("gives"), "gives")
    found = None if None in taken.values() else _worked_out(case, formula, taken | given)
    if plain(found) != expected:
        case.wrong("", f"“{case.text('label')}”算出 {_said(plain(found))}，写的是 {_said(expected)}")


def _figure(case: Fields, key: str, day: date, amount: Callable[[str, date], Amount]) -> Value | None:
    try:
        return amount(key, day).value
    except LookupError as error:
        case.wrong("figures", str(error.args[0]))


def _worked_out(case: Fields, formula: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return formula(**arguments)
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        case.wrong("", f"“{case.text('label')}”算不出来：{error}")


def _mapping(case: Fields, name: str) -> dict[str, Any]:
    value = case.raw(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        case.wrong(name, "应当是“名称: 值”")
    return value


def _typed(case: Fields, value: object, name: str) -> Any:
    """Numbers are Decimal, whether quoted or whole; lists stay lists; a text that is no number stays a text."""
    if isinstance(value, list):
        return [_typed(case, one, name) for one in value]
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, str) and not value[:1].isdigit():
        return value
    if isinstance(value, str) and "/" in value:
        return value  # a window
    return case.decimal(value, name)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_said(one) for one in value) or "（空）"
    return "（没有）" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
