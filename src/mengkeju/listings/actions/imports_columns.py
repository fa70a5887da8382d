"""Which columns of a file a kind takes: its own fields and a few beside them. All of it is the kind's data."""

from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel.exchange import Kind, TemplateField, build_template
from mengkeju.kernel.exchange.importers import ImportColumn
from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.words import gettext, word
from mengkeju.listings.kinds import ListingKind
from mengkeju.listings.kinds.fields import BESIDE, BESIDE_OF, PRICE

# What no cell can hold: a file, a declaration in one's own name, a table, a person or organisation picked on the page.
NOT_IN_CELLS = {FieldType.FILE, FieldType.DECLARATION, FieldType.TABLE, FieldType.PERSON, FieldType.ORGANISATION}
MONEY_UNIT = "万元"
SHAPES = {
    FieldType.MONEY: Kind.MONEY,
    FieldType.DATE: Kind.DATE,
    FieldType.YES_NO: Kind.YES_NO,
    FieldType.CHOICES: Kind.LIST,
}


def specs_of(kind: ListingKind) -> dict[str, FieldSpec]:
    """Every column by key: fields of the form in its order, the price range before its two ends, then those beside."""
    specs: dict[str, FieldSpec] = {}
    keys = {f.key for f in kind.fields}
    for field in kind.fields:
        if field.type in NOT_IN_CELLS:
            continue
        if field.key == "price_low" and "price_high" in keys:
            specs[PRICE.key] = PRICE
        specs[field.key] = field
    return specs | {field.key: field for field in (*BESIDE_OF.get(kind.key, ()), *BESIDE)}


def columns_of(kind: ListingKind) -> tuple[ImportColumn, ...]:
    """The same as the mapping page and the recognition of headings need it. Only the title must have a column."""
    return tuple(
        ImportColumn(
            key=spec.key,
            label=spec.label,
            label_en=spec.label_en,
            words=(spec.label, spec.label_en, *spec.headings),
            required=spec.key == "title",
            money=spec.type is FieldType.MONEY,
            help=spec.help,
        )
        for spec in specs_of(kind).values()
    )


def template_of(kind: ListingKind) -> bytes:
    """An empty workbook of a kind with drop-down lists; what is filled in reads back without a question."""
    left_out = {"price_low", "price_high", "owner", "contact_phone", "contact_email"}
    asked = [spec for spec in specs_of(kind).values() if spec.key not in left_out and not _is_empty(spec)]
    fields = [_template_field(spec) for spec in asked]
    return build_template(_("{kind}导入模板").format(kind=word(kind)), fields)


def _is_empty(spec: FieldSpec) -> bool:
    """A vocabulary nobody has filled yet: no column, for nothing could be written into it."""
    return spec.type is FieldType.TAXONOMY and not _offered(spec)


def _template_field(spec: FieldSpec) -> TemplateField:
    several = spec.many or spec.type is FieldType.CHOICES
    return TemplateField(
        key=spec.key,
        heading=word(spec),
        kind=SHAPES.get(spec.type, Kind.TEXT),
        required=spec.key == "title",
        unit=MONEY_UNIT if spec.type is FieldType.MONEY else "",
        hint=gettext(spec.help) if spec.help else "",
        example=gettext(spec.example) if spec.example and spec.type is not FieldType.MONEY else "",
        choices=_offered(spec),
        several=several,
    )


def _offered(spec: FieldSpec) -> tuple[str, ...]:
    match spec.type:
        case FieldType.TAXONOMY:
            return tuple(label.strip() for _key, label in directory.term_choices(spec.vocabulary))
        case FieldType.AREA:
            return tuple(label.strip() for _code, label in directory.area_choices())
        case FieldType.CHOICE | FieldType.CHOICES:
            return tuple(gettext(text) for _key, text in spec.choices)
    return ()
