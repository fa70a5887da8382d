"""What a form says, in the reader's words: one value, a filter, two versions side by side."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mengkeju.kernel.forms.fields import word_of


def in_words(field: forms.Field, value: Any) -> str:
    """A form value as a reader sees it."""
    if isinstance(field, forms.ChoiceField):
        return word_of(field, value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)


def filters_of(form: forms.Form) -> str:
    """What a valid filter form asks for, in words; empty when it asks for everything."""
    if not form.is_valid():
        return ""
    given = [(f, form.cleaned_data.get(f.name)) for f in form.visible_fields()]
    said = [(f.label, in_words(f.field, value)) for f, value in given if value not in (None, "", False)]
    return _("；").join(_("{label}：{value}").format(label=label, value=value) for label, value in said)


def stale(request: HttpRequest, form: forms.Form, current: Model, title: str, url: str) -> HttpResponse:
    """409: both versions side by side; the reader's own can be sent again from the new revision."""
    theirs = form.__class__.of(current)  # type: ignore[attr-defined]  # every edit form here reads its object
    rows = [
        {
            "label": f.label,
            "theirs": (a := in_words(f.field, theirs.get(f.name))),
            "yours": (b := in_words(f.field, form.cleaned_data.get(f.name))),
            "changed": a != b,
        }
        for f in form.visible_fields()
    ]
    sent = request.POST.copy()
    sent["revision"] = str(theirs["revision"])
    hidden = [(name, value) for name, values in sent.lists() if name != "csrfmiddlewaretoken" for value in values]
    context = {
        "title": title,
        "url": url,
        "edit_url": request.path,
        "retry_url": request.path,
        "hidden": hidden,
        "rows": rows,
    }
    return render(request, "stale.html", context, status=409)
