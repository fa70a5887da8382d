"""What the pages of the lists share: badges, rows of attached listings, saving a form, what a stale form shows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.kernel.workflow import State, Workflow
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import AttachedListing
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.list_forms import AttachForm, KeptForm


def badge(state: State) -> dict[str, str]:
    """Kind and word for mk/state.html."""
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def columns(*labels: str) -> list[dict[str, Any]]:
    """Columns for mk/table.html; figures are told by a label that begins with “#”."""
    return [{"label": label.removeprefix("#"), "numeric": label.startswith("#")} for label in labels]


def row(heads: Sequence[dict[str, Any]], *cells: dict[str, Any] | str | int) -> dict[str, Any]:
    """One row: the first cell is its header, the others carry their column's word for the phone."""
    made = [cell if isinstance(cell, dict) else {"value": cell} for cell in cells]
    rest = [
        {"label": head["label"], "numeric": head["numeric"], **cell}
        for head, cell in zip(heads[1:], made[1:], strict=True)
    ]
    return {"cells": [{**made[0], "header": True}, *rest]}


def moves(
    actor: Actor, obj: StatefulRecord, workflow: Workflow, url: Callable[[str], str], words: dict[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Buttons of the transitions the reader may make: words are {transition: (question, label of the reason)}."""
    return [
        {
            "id": key,
            "label": word(step),
            "url": url(key),
            "question": words[key][0],
            "reason_label": words[key][1],
            "hidden": [("revision", obj.revision)],
            "calm": step.tone in {"go", "done"},
        }
        for key, step in workflow.leaving(obj.state)
        if key in words and may(actor, step.permission, obj)
    ]


def attached_rows(
    rows: Iterable[AttachedListing], *, take_off: Callable[[UUID], str] | None = None
) -> list[dict[str, Any]]:
    """Listings that hang there, with their state and, for who keeps the list, the address that takes one off."""
    return [
        {
            "it": at.listing,
            "word": at.word,
            "kind": word(at.listing.kind),
            "state": badge(LISTING.states[at.state]),
            "off_url": take_off(at.listing.uid) if take_off else "",
        }
        for at in rows
    ]


def note_reads(request: Request, rows: Iterable[AttachedListing]) -> None:
    """Keep that listings of closed tiers were shown; a row shows title, owner and state."""
    shown = [at.listing for at in rows]
    actions.note_reads(shown, channel="list", by=request.actor, now=clock.now(), keys=())


def revision_of(request: HttpRequest) -> int | None:
    """The revision a button was made from."""
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None  # noqa: PLR2004 - what an integer column holds


def hang(request: Request, act: Callable[[Listing], Any]) -> None:
    """Hang the listing named in the form; what is wrong is said on the page one comes back to."""
    form = AttachForm(request.POST)
    said = form.cleaned_data["reference"] if form.is_valid() else ""
    listing = queries.find_by_reference(request.actor, said)
    if listing is None:
        messages.error(request, _("没有找到这条供需信息，请核对编号或网址"))
        return
    attempt(request, lambda: act(listing), _("已挂上“%(title)s”") % {"title": listing.title})


def listing_or_404(request: Request, uid: UUID) -> Listing:
    """A listing the reader may see."""
    listing: Listing = found(queries.find(request.actor, uid))
    return listing


def saved(form: KeptForm, save: Callable[[], Any]) -> Any | None:
    """What a valid form leads to; None, with the errors at their fields, when it is refused."""
    if not form.is_valid():
        return None
    try:
        return save()
    except ValidationError as error:
        form.add_errors(error)
    return None


def stale(request: Request, form: forms.Form, current: Any, theirs: dict[str, Any], edit_url: str) -> HttpResponse:
    """Both versions, field by field, and the reader's own to send again."""
    shown = [name for name, field in form.fields.items() if not field.widget.is_hidden and name != "secrecy_reviewed"]
    rows = []
    for name in shown:
        there, here = _in_words(form, name, theirs.get(name)), _in_words(form, name, form.cleaned_data.get(name))
        rows.append({"label": form.fields[name].label, "theirs": there, "yours": here, "changed": there != here})
    data = with_revision(request.POST, current.revision)
    context = {
        "title": str(current),
        "url": current.get_absolute_url() if hasattr(current, "get_absolute_url") else "",
        "edit_url": edit_url,
        "retry_url": edit_url,
        "hidden": [(k, v) for k, values in data.lists() if k != "csrfmiddlewaretoken" for v in values],
        "rows": rows,
    }
    return render(request, "stale.html", context, status=409)


def options_of(field: forms.Field) -> dict[str, str]:
    """The words of a field's choices by value; empty for a field without."""
    choices: Any = getattr(field, "choices", ())
    return {str(key): str(text).strip() for key, text in choices}


def _in_words(form: forms.Form, name: str, value: Any) -> str:
    options = options_of(form.fields[name])
    if not options:
        return "" if value is None else str(value)
    keys = value if isinstance(value, list | tuple) else [value]
    return listed([options.get(str(key), str(key)) for key in keys if key not in (None, "")])
