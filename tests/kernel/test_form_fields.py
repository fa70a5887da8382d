"""What forms set on their declared fields."""

import pytest
from django import forms

from mengkeju.directory.models import Term
from mengkeju.kernel.forms import fields


class Sample(forms.Form):
    size = forms.TypedChoiceField(coerce=int)
    term = forms.ModelChoiceField(Term.objects.none(), required=False)
    note = forms.CharField(required=False)


def test_choices_are_offered_and_named() -> None:
    form = Sample({"size": "2"})
    fields.set_choices(form, "size", ((n, f"{n} 天 ") for n in (1, 2)))
    assert fields.choices_of(form, "size") == [(1, "1 天 "), (2, "2 天 ")]
    assert form.is_valid()
    assert fields.word_of(form.fields["size"], form.cleaned_data["size"]) == "2 天"
    assert fields.word_of(form.fields["size"], 3) == "3"
    assert fields.word_of(form.fields["note"], " 原样 ") == "原样"


@pytest.mark.django_db
def test_rows_are_offered() -> None:
    form, rows = Sample(), Term.objects.order_by("pk")
    fields.set_rows(form, "term", rows)
    assert len(fields.choices_of(form, "term")) == rows.count() + 1


def test_a_field_without_choices_is_a_fault_of_the_form() -> None:
    with pytest.raises(TypeError, match="note of Sample"):
        fields.set_choices(Sample(), "note", [])
    with pytest.raises(TypeError, match="size of Sample"):
        fields.set_rows(Sample(), "size", Term.objects.none())


def test_marks_for_the_field_template_stand_on_one_form_only() -> None:
    one, other = Sample(), Sample()
    fields.unmark(one, "note")
    fields.warn(one, "note", "别写手机号")
    assert (vars(one.fields["note"])["sometimes"], vars(one.fields["note"])["warning"]) == (True, "别写手机号")
    assert not {"sometimes", "warning"} & vars(other.fields["note"]).keys()
    fields.unmark(other)
    assert all(vars(field)["sometimes"] for field in other.fields.values())
