"""The language of forms: sixteen field types, sections, one condition on one earlier field."""

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """The field types; a form needs no other."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER_UNIT = "number_unit"
    MONEY = "money"
    DATE = "date"
    MONTH = "month"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    ORGANISATION = "organisation"
    PERSON = "person"
    AREA = "area"
    TAXONOMY = "taxonomy"
    FILE = "file"
    TABLE = "table"
    DECLARATION = "declaration"


MOST_COLUMNS = 8
CELLS = frozenset({FieldType.TEXT, FieldType.CHOICE})


@dataclass(frozen=True)
class FieldSpec:
    """One field. `column` True: a real column of the model; False: a value in `details`.

    `choices` are (key, label); `vocabulary` names the directory's vocabulary instead. `when` shows the
    field only if an earlier field has that value. `example` is the placeholder. `headings` are the words people
    write above a column that fills it, besides the label. A TABLE has `columns` (texts and choices, at most eight;
    a required one must stand in every row that is begun) and at most `most` rows.
    """

    key: str
    type: FieldType
    label: str
    label_en: str
    help: str = ""
    example: str = ""
    required: bool = False
    column: bool = False
    max_length: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    vocabulary: str = ""
    many: bool = False
    when: tuple[str, str] | None = None
    headings: tuple[str, ...] = ()
    columns: tuple["FieldSpec", ...] = ()
    most: int = 8

    def __post_init__(self) -> None:
        """A table has columns of text or choice, at most eight; nothing else has any."""
        if (self.type is FieldType.TABLE) != bool(self.columns) or len(self.columns) > MOST_COLUMNS:
            msg = f"field {self.key}: a table has 1 to {MOST_COLUMNS} columns, another field none"
            raise ValueError(msg)
        if any(column.type not in CELLS for column in self.columns):
            msg = f"field {self.key}: the cells of a table are texts and choices"
            raise ValueError(msg)


@dataclass(frozen=True)
class Section:
    """One topic of a form. `tier` is who sees it by default: public, members or parties.

    `fixed_tier`: the owner may not change it.
    """

    key: str
    label: str
    label_en: str
    fields: tuple[FieldSpec, ...]
    tier: str = "public"
    fixed_tier: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        """Check the tier and that conditions look back."""
        if self.tier not in {"public", "members", "parties"}:
            msg = f"section {self.key}: unknown tier {self.tier}"
            raise ValueError(msg)
        seen: set[str] = set()
        for field in self.fields:
            if field.when is not None and field.when[0] not in seen:
                msg = f"section {self.key}: {field.key} depends on {field.when[0]}, which is no earlier field"
                raise ValueError(msg)
            seen.add(field.key)
