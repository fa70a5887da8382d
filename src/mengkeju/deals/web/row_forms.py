"""Forms with a table of rows: a wrong row is named and marked, none is lost. Fields shared by them."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext

from mengkeju.kernel.forms.table import TableInput
from mengkeju.kernel.words import word

DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


class RowsForm(forms.Form):
    """A form with table fields. An action's refusal `rows.2.volume` is shown at its row."""

    def said_of_rows(self, field: str, found: Iterable[tuple[str, str]]) -> list[str]:
        """Sentences that name row and column; the cells are marked."""
        widget = cast("TableInput", self.fields[field].widget)
        columns = {column.key: word(column) for column in widget.spec.columns}
        said = []
        for place, message in found:
            row, _dot, column = place.partition(".")
            widget.wrong |= {(int(row), column)}
            names = {"row": int(row) + 1, "column": columns.get(column, column), "said": message}
            said.append(gettext("第 %(row)s 行“%(column)s”：%(said)s") % names)
        return said

    def refuse(self, error: ValidationError) -> None:
        """Put an action's refusal where it was made; `lines.2.amount` at its row."""
        for path, texts in getattr(error, "message_dict", {"": error.messages}).items():
            field, _dot, place = path.partition(".")
            known = field if field in self.fields else None
            said = self.said_of_rows(field, [(place, text) for text in texts]) if known and place else texts
            self.add_error(known, said)

    def written(self, data: QueryDict) -> dict[str, Any]:
        """What was typed so far, by field, nothing checked: for the same form with more empty rows."""
        return {name: field.widget.value_from_datadict(data, {}, name) for name, field in self.fields.items()}


class ManyFilesInput(forms.FileInput):
    """One input for several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; gives a tuple of uploads."""

    def __init__(self, **options: Any) -> None:
        """A plain file field whose input takes several."""
        super().__init__(widget=ManyFilesInput, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file by the rules of one."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        clean = super().clean
        uploads: tuple[UploadedFile[bytes], ...] = tuple(clean(one, initial) for one in given)
        return uploads
