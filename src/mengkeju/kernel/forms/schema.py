"""Sections → JSON Schema (2020-12), and answers that come as JSON → what the Django form takes.

Money is a decimal string in 元, a date and a month are ISO 8601, an unanswered field is null or absent. The form then
checks what no schema says: terms in use, areas that exist, the length of texts.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mengkeju.kernel.forms.build import Sources
from mengkeju.kernel.forms.spec import FieldSpec, FieldType, Section
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MONEY = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
UNIT = "元"


def is_many(spec: FieldSpec) -> bool:
    """Whether the answer is a list."""
    return spec.many or spec.type is FieldType.CHOICES


def _options(options: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found = [{"const": key, "title": text.strip()} for key, text in options]
    return {"type": "string", "oneOf": found} if found else {"type": "string"}


def _one(spec: FieldSpec, sources: Sources) -> dict[str, Any]:
    """The schema of one answer."""
    match spec.type:
        case FieldType.MONEY:
            return {"type": "string", "pattern": MONEY, "x-unit": UNIT}
        case FieldType.DATE:
            return {"type": "string", "format": "date"}
        case FieldType.MONTH:
            return {"type": "string", "pattern": MONTH}
        case FieldType.DECLARATION:
            return {"type": "boolean"}
        case FieldType.YES_NO:
            return _options([("yes", _("是")), ("no", _("否"))])
        case FieldType.CHOICE | FieldType.CHOICES:
            return _options([(key, _(text)) for key, text in spec.choices])
        case FieldType.TAXONOMY:
            return {**_options(sources.terms(spec.vocabulary)), "x-vocabulary": spec.vocabulary}
        case FieldType.AREA:
            return {"type": "string", "x-source": "areas"}
        case FieldType.ORGANISATION | FieldType.PERSON:
            return {"type": "string", "format": "uuid"}
    return {"type": "string", "maxLength": spec.max_length}


def _table(spec: FieldSpec, sources: Sources) -> dict[str, Any]:
    """Rows of texts; every cell has its schema."""
    row = {
        "type": "object",
        "properties": {c.key: {**_one(c, sources), "title": word(c)} for c in spec.columns},
        "required": [c.key for c in spec.columns if c.required],
        "additionalProperties": False,
    }
    return {"type": "array", "items": row, "maxItems": spec.most}


def _field(spec: FieldSpec, section: Section, sources: Sources) -> dict[str, Any]:
    table = spec.type is FieldType.TABLE
    one = _table(spec, sources) if table else _one(spec, sources)
    made = {"type": "array", "items": one, "uniqueItems": True} if is_many(spec) else one
    if not spec.required and not is_many(spec) and not table:
        made = {"anyOf": [made, {"type": "null"}]}
    told = {"title": word(spec), "description": _(spec.help) if spec.help else "", "x-section": section.key}
    return {**made, **{key: text for key, text in told.items() if text}}


def json_schema(sections: Iterable[Section], sources: Sources) -> dict[str, Any]:
    """The schema of an object with one member per field; conditional fields are required by if … then."""
    kept = tuple(sections)
    fields = [(s, spec) for s in kept for spec in s.fields if spec.type is not FieldType.FILE]
    made: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {spec.key: _field(spec, s, sources) for s, spec in fields},
        "required": [spec.key for _s, spec in fields if spec.required and spec.when is None],
        "additionalProperties": False,
    }
    asked = [(spec.key, spec.when) for _s, spec in fields if spec.required and spec.when is not None]
    if asked:
        made["allOf"] = [
            {
                "if": {"properties": {earlier: {"const": value}}, "required": [earlier]},
                "then": {"required": [key]},
            }
            for key, (earlier, value) in asked
        ]
    return made


def as_json(spec: FieldSpec, value: Any) -> Any:
    """A stored value as the schema has it; None (or []) when nothing was answered."""
    if value in (None, "", [], ()):
        return [] if is_many(spec) or spec.type is FieldType.TABLE else None
    match spec.type:
        case FieldType.TABLE:
            return [{key: str(cell) for key, cell in row.items()} for row in value]
        case FieldType.MONEY:
            return f"{Decimal(value):.2f}"
        case FieldType.DATE:
            return value.isoformat() if isinstance(value, date) else str(value)
        case FieldType.DECLARATION:
            return bool(value)
    if is_many(spec):
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    return str(value)


def from_json(sections: Iterable[Section], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(data for the form, what is wrong by field). A field that is not given is left out."""
    specs = {spec.key: spec for s in sections for spec in s.fields}
    data: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in given.items():
        spec = specs.get(key)
        problem = _("没有这个字段") if spec is None else _problem(spec, value)
        if problem:
            wrong[key] = problem
        else:
            data[key] = "" if value is None else value
    return data, wrong


def _problem(spec: FieldSpec, value: Any) -> str:
    if value is None:
        return ""
    if is_many(spec):
        return "" if isinstance(value, list) and all(isinstance(one, str) for one in value) else _("应为文字的数组")
    if spec.type is FieldType.DECLARATION:
        return "" if isinstance(value, bool) else _("应为 true 或 false")
    if spec.type is FieldType.TABLE:
        return "" if _is_table(value) else _("应为行的数组，每行是文字的对象")
    if not isinstance(value, str):
        return _("应为文字")
    match spec.type:
        case FieldType.MONEY if value and not re.fullmatch(MONEY, value):
            return _("应为以元为单位的小数，写成文字，例如 2000000.00")
        case FieldType.DATE if value and not _is_date(value):
            return _("应为日期，例如 2026-11-21")
        case FieldType.FILE:
            return _("这里不能上传文件")
    return ""


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values()) for row in value
    )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
