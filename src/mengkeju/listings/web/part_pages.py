"""How every form of what hangs on a listing is answered: once, with errors at the field, both versions when stale."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel import idempotency
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed
from mengkeju.listings.models import IpRight, Listing
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.part_forms import PartForm


@dataclass(frozen=True)
class Page:
    """The words of a form page, and where it leads."""

    title: str
    lead: str
    submit: str
    url: str
    back: str
    above: str = ""
    files: bool = False


Act = Callable[[], Any]
Stated = Callable[[Any], Mapping[str, Any]]


def _crumbs(about: Listing | IpRight, page: Page) -> list[tuple[str, str]]:
    title = about.title if isinstance(about, Listing) else about.printed
    return [(_("首页"), reverse("home")), (title, about.get_absolute_url()), (page.title, "")]


def sent(request: Request) -> tuple[Any, Any]:
    """What a form is bound to: the POST and its files, or nothing; an empty POST is one too."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_page(
    request: Request, about: Listing | IpRight, form: forms.Form, page: Page, *, status: int = 200
) -> HttpResponse:
    """The form on a page of its own."""
    context = {"form": form, "page": page, "about": about, "crumbs": _crumbs(about, page)}
    return render(request, "listings/part_form.html", context, status=status)


def answered(
    request: Request,
    about: Listing | IpRight,
    form: Any,
    page: Page,
    act: Act,
    *,
    done: str = "",
    stated: Stated | None = None,
) -> HttpResponse:
    """GET: the form. POST: carry it out once; refusals at their fields; `stated` tells what a newer version says."""
    if request.method != "POST":
        return form_page(request, about, form, page)
    if not form.is_valid():
        return form_page(request, about, form, page, status=422)
    try:
        if isinstance(form, PartForm):
            idempotency.once(request.actor, form.cleaned_data[idempotency.FIELD], lambda: _done(act, about))
        else:
            act()
    except ValidationError as error:
        form.add_errors(error)
        return form_page(request, about, form, page, status=422)
    except StaleRevisionError as stale:
        return render(request, "stale.html", _both(request, about, form, page.url, _newer(stale, stated)), status=409)
    messages.success(request, done or _("已保存"))
    return redirect(page.back)


def _done(act: Act, about: Any) -> Any:
    act()
    return about


@dataclass(frozen=True)
class _Newer:
    """What somebody else saved: its values by field, and its revision."""

    values: Mapping[str, Any]
    revision: int


def _newer(stale: StaleRevisionError, stated: Stated | None) -> _Newer:
    if stale.current is None:
        return _Newer({}, 0)
    return _Newer(stated(stale.current) if stated is not None else {}, stale.current.revision)


def _both(request: Request, about: Listing | IpRight, form: forms.Form, url: str, newer: _Newer) -> dict[str, Any]:
    """Both versions of a form, field by field, and the reader's own to send again."""
    rows = []
    for name, field in form.fields.items():
        if field.widget.is_hidden or name == "secrecy_reviewed":
            continue
        mine, other = _shown(field, form.cleaned_data.get(name)), _shown(field, newer.values.get(name))
        rows.append({"label": str(field.label), "theirs": other, "yours": mine, "changed": mine != other})
    data = with_revision(request.POST, newer.revision)
    hidden = [(k, v) for k, values in data.lists() if k != "csrfmiddlewaretoken" for v in values]
    return {
        "title": str(about),
        "url": about.get_absolute_url(),
        "edit_url": url,
        "retry_url": url,
        "hidden": hidden,
        "rows": rows,
    }


def _shown(field: forms.Field, value: Any) -> str:
    choices = dict(getattr(field, "choices", ()))
    given = value if isinstance(value, list | tuple) else [value]
    return listed([str(choices.get(one, one)) for one in given if one is not None])
