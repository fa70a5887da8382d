"""The registrar's desk 登记受理: the queue, one case beside it, and one address for each act."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.models import Registration
from mengkeju.deals.web.desk import pages as desk_pages
from mengkeju.deals.web.desk import sheets as desk_sheets
from mengkeju.deals.web.desk.acts import ACTS, Act, form_of, run
from mengkeju.deals.web.desk.case import Bound, sent_again
from mengkeju.deals.web.desk.pages import Asked
from mengkeju.deals.web.ledger import sheets as ledger_sheets
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import changed
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError

Place = tuple[date | None, int]
STALE = 409


def load_case(request: Request, uid: UUID, needs: str) -> Registration:
    """The filed registration, or 404; RefusedError when the reader may not do with it what the address is for."""
    case = queries.find_filed(request.actor, uid)
    if case is None:
        raise Http404
    require(request.actor, needs, case)
    return case


@require_safe
@permission(RegistrationPerm.QUEUE)
def index(request: Request) -> HttpResponseBase:
    """The queue: a tab for each state, the most urgent first."""
    asked = desk_pages.asked_of(request)
    if exports.wanted(request):
        rows = queries.queue(request.actor, asked.filter, clock.today())
        if ledger_sheets.asked_for(request):
            return ledger_sheets.answer(request, rows, desk_pages.said_of(asked))
        return exports.answer(request, desk_sheets.DESK, rows, desk_pages.said_of(asked))
    return render(request, "deals/desk.html", desk_pages.list_context(request, asked))


@require_safe
@permission(RegistrationPerm.QUEUE)
def next_case(request: Request) -> HttpResponse:
    """To the first case of a tab on which the reader may act."""
    asked = desk_pages.asked_of(request)
    return _to_next(request, asked, None)


def _to_next(request: Request, asked: Asked, after: Place | None) -> HttpResponse:
    found = queries.next_on_desk(request.actor, asked.filter, clock.today(), after)
    if found is not None:
        return redirect(asked.url("desk-case", found.uid))
    if asked.filter.tab in queries.DESK_OPEN_TABS:
        messages.info(request, _("这一栏没有等您办的了"))
    return redirect(asked.url("desk"))


@require_safe
@signed_in_object_permission(RegistrationPerm.DESK_READ)
def case(request: Request, uid: UUID) -> HttpResponse:
    """One case: list, contract, pre-check, decision."""
    found = load_case(request, uid, RegistrationPerm.DESK_READ)
    asked = desk_pages.asked_of(request, desk_pages.tab_of(found))
    return render(request, "deals/desk_case.html", desk_pages.case_context(request, found, asked))


def _act(key: str) -> Callable[..., HttpResponseBase]:
    """The address of one act: on success to the next case, else the case again with everything that was typed."""
    act = ACTS[key]

    @require_POST
    @signed_in_object_permission(act.permission)
    def view(request: Request, uid: UUID) -> HttpResponse:
        found = load_case(request, uid, act.permission)
        asked = desk_pages.asked_of(request, desk_pages.tab_of(found))
        place = _place(found)
        form = form_of(act, found, request.POST, request)
        status = _try(request, act, found, Bound(act, form))
        if status is None:
            return _onward(request, asked, found, place)
        return _again(request, asked, found, Bound(act, form), status)

    view.__name__ = view.__qualname__ = f"desk_{key}"
    view.__doc__ = f"Do “{key}” with one case."
    return view


def _place(found: Registration) -> Place:
    duty = queries.due_of_case(found)
    return (duty.due_on if duty else None, found.pk)


def _try(request: Request, act: Act, found: Registration, bound: Bound) -> int | None:
    """Do it; None when done, else the status of the page that says why not."""
    form = bound.form
    if not form.is_valid():
        return 422
    try:
        run(act, found, form.cleaned_data, by=request.actor, now=clock.now())
    except StaleRevisionError:
        form.add_error(None, changed())
        return STALE
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except ValidationError as error:
        add_errors(form, error)
    else:
        messages.success(request, _("%(number)s：%(said)s") % {"number": found.number_here, "said": act.said})
        return None
    return 422


def _onward(request: Request, asked: Asked, found: Registration, place: Place) -> HttpResponse:
    """Stay with a case that is still in its tab or was decided before; else the next one."""
    if asked.filter.tab not in queries.DESK_OPEN_TABS or desk_pages.tab_of(found) == asked.filter.tab:
        return redirect(asked.url("desk-case", found.uid))
    return _to_next(request, asked, place)


def _again(request: Request, asked: Asked, found: Registration, bound: Bound, status: int) -> HttpResponse:
    """The case as it stands now, the form as it was sent; a stale one may be sent once more from this revision."""
    now = load_case(request, found.uid, RegistrationPerm.DESK_READ)
    if status == STALE:
        form = form_of(bound.act, now, sent_again(request.POST, now.revision), request)
        form.add_error(None, changed())
        bound = Bound(bound.act, form)
    context = desk_pages.case_context(request, now, asked, bound=bound)
    return render(request, "deals/desk_case.html", context, status=status)


VIEWS = {key: _act(key) for key in ACTS}
