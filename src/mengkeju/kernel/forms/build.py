"""Sections → a Django form class. Choices that live in the database come through `Sources`."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import money
from mengkeju.kernel.forms.spec import FieldSpec, FieldType, Section
from mengkeju.kernel.forms.table import TableField
from mengkeju.kernel.words import is_english, word

Choices = list[tuple[str, str]]
Offered = Sequence[tuple[str, str | Promise]]
# A form class may outlive the request it was made for; its words are chosen when they are shown.
lazy_word = lazy(word, str)


def lazy_text(text: str) -> str | Promise:
    """A sentence that is data (see `words.mark`), in the reader's language when shown; nothing stays nothing."""
    return _(text) if text else ""


@dataclass(frozen=True)
class Sources:
    """Where choices come from: areas, terms of a vocabulary, organisations and people to pick."""

    areas: Callable[[], Choices] = field(default=list)
    terms: Callable[[str], Choices] = field(default=lambda _vocabulary: [])
    organisations: Callable[[], Choices] = field(default=list)
    people: Callable[[], Choices] = field(default=list)


class MoneyField(forms.CharField):
    """Takes amounts as people write them; gives Decimal 元, or None for 面议."""

    def clean(self, value: Any) -> Decimal | None:
        """Parse after the text checks."""
        text = super().clean(value)
        try:
            return money.parse_amount(text or "")
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount in 万元 when it is whole there."""
        if isinstance(value, Decimal) and not is_english():
            tens = value / 10_000
            return f"{tens.normalize():f}万" if tens == tens.quantize(Decimal("0.0001")) and tens >= 1 else f"{value:f}"
        return f"{value:f}" if isinstance(value, Decimal) else value


class MonthField(forms.RegexField):
    """A month as 2027-06."""

    def __init__(self, **options: Any) -> None:
        """The browser's month picker."""
        super().__init__(
            r"^\d{4}-(0[1-9]|1[0-2])$",
            widget=forms.TextInput(attrs={"type": "month"}),
            error_messages={"invalid": _("请写成 2027-06")},
            **options,
        )


def _text(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    widget: forms.Widget = forms.TextInput(attrs={"placeholder": lazy_text(spec.example)})
    if spec.type is FieldType.LONG_TEXT:
        widget = forms.Textarea(attrs={"rows": 4, "placeholder": lazy_text(spec.example)})
    return forms.CharField(max_length=spec.max_length, widget=widget, **common)


def _choice(choices: Offered, spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    if spec.many or spec.type is FieldType.CHOICES:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    return forms.ChoiceField(choices=[("", _("请选择") if spec.required else _("不填")), *choices], **common)


def django_field(spec: FieldSpec, sources: Sources) -> forms.Field:
    """The Django field of a spec."""
    common: dict[str, Any] = {
        "label": lazy_word(spec),
        "help_text": lazy_text(spec.help),
        "required": spec.required and spec.when is None,
    }
    match spec.type:
        case FieldType.TEXT | FieldType.LONG_TEXT | FieldType.NUMBER_UNIT:
            return _text(spec, common)
        case FieldType.TABLE:
            return TableField(spec, **common)
        case FieldType.MONEY:
            return MoneyField(
                max_length=40, widget=forms.TextInput(attrs={"placeholder": lazy_text(spec.example)}), **common
            )
        case FieldType.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        case FieldType.MONTH:
            return MonthField(**common)
        case FieldType.FILE:
            return forms.FileField(**common)
        case FieldType.YES_NO:
            return forms.ChoiceField(choices=[("", _("不填")), ("yes", _("是")), ("no", _("否"))], **common)
        case FieldType.DECLARATION:
            return forms.BooleanField(**common)
    made = _choice(_choices(spec, sources), spec, common)
    if spec.type is FieldType.TAXONOMY and not spec.required and not _choices(spec, sources):
        made.widget = forms.HiddenInput()  # a vocabulary nobody has filled yet is not asked for
    return made


def _choices(spec: FieldSpec, sources: Sources) -> Offered:
    if spec.type is FieldType.TAXONOMY:
        return sources.terms(spec.vocabulary)
    offered = {
        FieldType.AREA: sources.areas,
        FieldType.ORGANISATION: sources.organisations,
        FieldType.PERSON: sources.people,
    }
    return offered[spec.type]() if spec.type in offered else [(key, lazy_text(text)) for key, text in spec.choices]


def _empty(spec: FieldSpec) -> Any:
    """What an unanswered field of this type gives."""
    if spec.many or spec.type in {FieldType.CHOICES, FieldType.TABLE}:
        return []
    if spec.type is FieldType.DECLARATION:
        return False
    return None if spec.type in {FieldType.MONEY, FieldType.DATE, FieldType.FILE} else ""


class SectionedForm(forms.Form):
    """A form that remembers its sections; `clean` asks for conditional fields when their condition holds."""

    sections: tuple[Section, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Conditional fields: required only, and kept only, when shown."""
        values = super().clean() or self.cleaned_data
        for section in self.sections:
            for spec in section.fields:
                if spec.when is None:
                    continue
                if values.get(spec.when[0]) != spec.when[1]:
                    self.errors.pop(spec.key, None)  # nobody can mend what is not shown
                    values[spec.key] = _empty(spec)
                elif spec.required and not values.get(spec.key) and spec.key not in self.errors:
                    self.add_error(spec.key, _("请填写"))
        return values

    def by_section(self) -> list[tuple[Section, list[forms.BoundField]]]:
        """Sections with their bound fields, for the template; a hidden one has no place on the page."""
        return [(s, [self[f.key] for f in s.fields if not self[f.key].is_hidden]) for s in self.sections]


def build_form(name: str, sections: Iterable[Section], sources: Sources) -> type[SectionedForm]:
    """A form class with one Django field per spec, in order."""
    kept = tuple(sections)
    attrs: dict[str, Any] = {s.key: django_field(s, sources) for section in kept for s in section.fields}
    return type(name, (SectionedForm,), {**attrs, "sections": kept})


def plain(value: Any) -> Any:
    """A cleaned value as JSON keeps it: Decimal and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
