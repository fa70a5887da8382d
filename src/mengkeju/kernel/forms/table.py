"""The table field: a few rows of a few cells, written by the server; no script is needed to fill it.

Its value is a list of {column key: text}, without empty rows and cells. The cells of a POST are called
`<field>-<row>-<column>`; the API hands the list itself.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from mengkeju.kernel.forms.spec import FieldSpec, FieldType
from mengkeju.kernel.words import gettext, word

SPARE = 2  # empty rows below those that are filled
LEAST = 3  # rows shown at least
Rows = list[dict[str, str]]


class TableInput(forms.Widget):
    """Rows of inputs with two empty ones below; every cell has a label of its own."""

    template_name = "mk/table_input.html"
    use_fieldset = True

    def __init__(self, spec: FieldSpec, attrs: dict[str, Any] | None = None) -> None:
        """`spec`: the table's field."""
        self.spec = spec
        self.wrong: frozenset[tuple[int, str]] = frozenset()  # (row from 0, column key) of the cells to mark
        super().__init__(attrs)

    def id_for_label(self, id_: str) -> str:
        """The legend names the whole; an error links to the first cell."""
        return f"{id_}-0-{self.spec.columns[0].key}" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, Any], _files: Any, name: str) -> Any:
        """The rows of a POST, or the list an API call hands over."""
        given = data.get(name)
        if given is not None and not hasattr(data, "getlist"):
            return given
        rows = [
            {c.key: str(data.get(f"{name}-{at}-{c.key}") or "") for c in self.spec.columns}
            for at in range(self.spec.most)
        ]
        return [row for row in rows if any(text.strip() for text in row.values())]

    def value_omitted_from_data(self, data: Mapping[str, Any], _files: Any, name: str) -> bool:
        """An empty table is an answer too, if its cells were on the form."""
        return name not in data and not any(str(key).startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The rows as the template writes them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows: Rows = value if isinstance(value, list) else []
        shown = min(self.spec.most, max(LEAST, len(rows) + SPARE))
        id_ = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"]["head"] = [word(c) for c in self.spec.columns]
        context["widget"]["rows"] = [
            [self._cell(name, id_, at, c, rows[at].get(c.key, "") if at < len(rows) else "") for c in self.spec.columns]
            for at in range(max(shown, len(rows)))
        ]
        return context

    def _cell(self, name: str, id_: str, at: int, column: FieldSpec, value: str) -> dict[str, Any]:
        options = [(key, gettext(text), key == value) for key, text in column.choices]
        return {
            "name": f"{name}-{at}-{column.key}",
            "id": f"{id_}-{at}-{column.key}",
            "label": _("第 %(row)s 项：%(column)s") % {"row": at + 1, "column": word(column)},
            "value": value,
            "options": options if column.type is FieldType.CHOICE else None,
            "most": column.max_length,
            "wrong": (at, column.key) in self.wrong,
            # What a phone, which shows no head, says in an empty cell.
            "example": gettext(column.example) if column.example and not at else word(column),
        }


class TableField(forms.Field):
    """Rows of texts. Every mistake names its row and column."""

    def __init__(self, spec: FieldSpec, **options: Any) -> None:
        """`spec`: a field of type TABLE; the rest is what every form field takes."""
        self.spec = spec
        super().__init__(widget=TableInput(spec), **options)

    def to_python(self, value: Any) -> Rows:
        """Without empty rows and cells; an unknown column is dropped by `validate`'s report."""
        rows = value if isinstance(value, list) else []
        if any(not isinstance(row, dict) for row in rows):
            raise forms.ValidationError(_("应为行的数组，每行是文字的对象"))
        kept = [{str(k): str(cell).strip() for k, cell in row.items() if str(cell or "").strip()} for row in rows]
        return [row for row in kept if row]

    def validate(self, value: Rows) -> None:
        """Required cells, lengths, choices, number of rows."""
        super().validate(value)
        wrong = [text for at, row in enumerate(value, 1) for text in self._problems(at, row)]
        if len(value) > self.spec.most:
            wrong.append(_("最多 %(most)s 项") % {"most": self.spec.most})
        if wrong:
            raise forms.ValidationError(wrong)

    def _problems(self, at: int, row: dict[str, str]) -> list[str]:
        columns = {c.key for c in self.spec.columns}
        unknown = [key[:40] for key in row if key not in columns]
        said = [_("第 %(row)s 项：没有“%(column)s”这一列") % {"row": at, "column": key} for key in unknown]
        for column in self.spec.columns:
            text, names = row.get(column.key, ""), {"row": at, "column": word(column), "most": column.max_length}
            if column.required and not text:
                said.append(_("第 %(row)s 项：没填“%(column)s”") % names)
            elif len(text) > column.max_length:
                said.append(_("第 %(row)s 项：“%(column)s”最多 %(most)s 个字") % names)
            elif text and column.type is FieldType.CHOICE and text not in dict(column.choices):
                said.append(_("第 %(row)s 项：“%(column)s”里没有这个选项") % names)
        return said
