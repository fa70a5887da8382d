"""What a form sets on fields it has declared, in one place that the type checker understands."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

Choice = tuple[Any, Any]


def _choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A declared field of choices. TypeError for another one: a fault of the form."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        msg = f"{name} of {type(form).__name__} has no choices"
        raise TypeError(msg)
    return field


def _pairs(field: forms.ChoiceField) -> list[Choice]:
    return list(cast("Iterable[Choice]", field.choices))  # no form of ours groups its choices


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[Choice]) -> None:
    """Give a declared field of choices what this reader may choose."""
    _choice_field(form, name).choices = list(choices)


def choices_of(form: forms.BaseForm, name: str) -> list[Choice]:
    """What a declared field of choices offers. TypeError for another field."""
    return _pairs(_choice_field(form, name))


def set_rows(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Give a declared field of objects the rows this reader may choose. TypeError for another field."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        msg = f"{name} of {type(form).__name__} chooses no objects"
        raise TypeError(msg)
    field.queryset = rows


def word_of(field: forms.Field, value: Any) -> str:
    """What a choice is called; the value itself where the field has no such choice."""
    pairs = _pairs(field) if isinstance(field, forms.ChoiceField) else []
    return str({str(key): word for key, word in pairs}.get(str(value), value)).strip()


def unmark(form: forms.BaseForm, *names: str) -> None:
    """Fields that may stay empty without `mk/field.html` saying 选填; all of them when none is named."""
    for name in names or form.fields:
        vars(form.fields[name])["sometimes"] = True


def warn(form: forms.BaseForm, name: str, text: Any) -> None:
    """A warning below a field, by `mk/field.html`; the form stays valid."""
    vars(form.fields[name])["warning"] = text
