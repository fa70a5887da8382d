"""What the pages after signing share: the row of an address, and an act behind a form with files."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from mengkeju.deals.models import Deal
from mengkeju.deals.web.deal.pages import form_context
from mengkeju.deals.web.deal.views import load_deal
from mengkeju.deals.web.row_forms import ManyFilesField, RowsForm
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import warn
from mengkeju.kernel.web import acts
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.workflow import TransitionRefusedError


def load_row(request: Request, uid: UUID, find: Callable[[Deal], Any], of_deal: str, needs: str = "") -> Any:
    """A row of a deal. RefusedError for who may nothing on the deal, before 404 for a row that is not there.

    `of_deal`: asked on the deal; `needs`: on the row.
    """
    deal = load_deal(request, uid, of_deal)
    row = find(deal)
    if row is None:
        raise Http404
    if needs:
        require(request.actor, needs, row)
    row.deal = deal
    return row


def done(request: Request, form: Any, act: Callable[[], Any], said: str) -> bool:
    """Act on a valid form and say so; False when the form or the act refuses: what is wrong stands in the form.

    Files are chosen again after a refusal, which the form says; everything else stays as it was typed.
    """
    if form.is_valid() and _acted(form, act):
        messages.success(request, said)
        return True
    chosen = next((name for name, field in form.fields.items() if isinstance(field, ManyFilesField)), "")
    if chosen and request.FILES:
        warn(form, chosen, _("浏览器不保留选过的文件，请重新选择"))
    return False


def _acted(form: Any, act: Callable[[], Any]) -> bool:
    chosen = next((name for name, field in form.fields.items() if isinstance(field, ManyFilesField)), None)
    try:
        act()
    except FileRefusedError as refused:
        form.add_error(chosen, str(refused))
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except StaleRevisionError:
        form.add_error(None, acts.changed())
    except ValidationError as error:
        if isinstance(form, RowsForm):
            form.refuse(error)
        else:
            add_errors(form, error)
    else:
        return True
    return False


def taken_back(request: Request, row: Any, act: Callable[..., object], said: str, place: str) -> HttpResponse:
    """Take what was recorded back, with the reason sent along; back to its part of the deal's page."""
    note = request.POST.get("note", "")
    acts.attempt(request, partial(act, row, note, by=request.actor, now=clock.now()), said)
    return redirect(f"{row.deal.get_absolute_url()}#{place}")


def posted(request: Request) -> dict[str, Any]:
    """What a bound form takes; nothing for a page that is only opened."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def answer(
    request: Request, deal: Deal, form: Any, heading: str, template: str = "deals/deal_form.html"
) -> HttpResponse:
    """The page of a form about a deal; 422 when something is wrong with it."""
    files = any(isinstance(field, ManyFilesField) for field in form.fields.values())
    context = form_context(deal, form, heading, multipart=files)
    return render(request, template, context, status=422 if form.errors else 200)
