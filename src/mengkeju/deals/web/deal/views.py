"""Deals: the list, one of them, its particulars, parties and helpers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import OWN_MOVES
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.web.deal import lists as deal_lists
from mengkeju.deals.web.deal import pages as deal_pages
from mengkeju.deals.web.deal import sheets as deal_sheets
from mengkeju.deals.web.deal.forms import DealForm, HelperForm, NewDealForm, PartyForm, PartyTermsForm, SignForm
from mengkeju.deals.web.intentions.views import load as load_intention
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports, said
from mengkeju.kernel.web.request import Request, object_permission, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import queries as listings


def load_deal(request: Request, uid: UUID, needs: str = DealPerm.READ) -> Deal:
    """The deal, or 404; RefusedError when the reader may not do with it what the page is for."""
    deal = queries.find_deal(request.actor, uid)
    if deal is None:
        raise Http404
    require(request.actor, needs, deal)
    return deal


def load_party(deal: Deal, uid: UUID) -> DealParty:
    """A party that stands on the deal, or 404."""
    party = deal.parties.filter(uid=uid, archived_at=None).select_related("organisation", "deal").first()
    if party is None:
        raise Http404
    return party


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponseBase:
    """Deals the reader may see."""
    asked = deal_pages.filter_of(request)
    if exports.wanted(request):
        wanted = asked.asked()
        rows = queries.filtered_deals(request.actor, wanted)
        return exports.answer(request, deal_sheets.of_kind(wanted.kind), rows)
    return render(request, "deals/deals.html", deal_lists.list_context(request, asked))


@require_safe
@object_permission(DealPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One deal: where it stands, the next step, the parties, and the parts its kind has.

    What a source tells of is everybody's; for the others a visitor has to sign in first.
    """
    if not request.actor.is_authenticated and queries.find_deal(request.actor, uid) is None:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    return render(request, "deals/deal.html", deal_pages.detail_context(request, load_deal(request, uid)))


@require_POST
@signed_in_object_permission(DealPerm.OPEN)
def open_one(request: Request, uid: UUID) -> HttpResponse:
    """From an intention, with one click: its parties, listings, origin and broker are taken over."""
    intention = load_intention(request, uid)
    try:
        kind = request.POST.get("kind", "contract")
        deal = actions.open_deal(intention, by=request.actor, now=clock.now(), kind=kind)
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect("intention", uid)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("intention", uid)
    return redirect("deal", deal.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(DealPerm.START)
def new(request: Request) -> HttpResponse:
    """A deal that did not begin with an intention."""
    data = request.POST if request.method == "POST" else None
    kind = deal_pages.kind_of(request)
    initial = {"listing": request.GET.get("listing"), "side": "buyer"}
    form = NewDealForm(data, actor=request.actor, kind=kind, initial=initial)
    if data is not None and form.is_valid():
        made = _created(request, form)
        if made is not None:
            return redirect("deal", made.uid)
    context = deal_pages.new_context(request, form)
    return render(request, "deals/deal_new.html", context, status=422 if form.errors else 200)


def _created(request: Request, form: NewDealForm) -> Deal | None:
    given = form.cleaned_data
    listing = listings.find(request.actor, given["listing"]) if given["listing"] else None
    named = None if given["individual"] else directory.organisation_called(given["other"])

    def start() -> Deal:
        return actions.start_deal(
            given["title"],
            own=PartyInput(given["side"], directory.organisation(UUID(given["own"]))),
            other=PartyInput(form.other_side(), named, given["other"], individual=given["individual"]),
            listing=listing,
            kind=form.spec.key,
            origin="listing" if listing is not None else "call",
            by=request.actor,
            now=clock.now(),
        )

    try:
        return idempotency.once(request.actor, given["one_time_key"], start)[0]
    except ValidationError as error:
        add_errors(form, error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Particulars; a stale form gets both versions."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    form = DealForm(request.POST if request.method == "POST" else None, kind=deal.kind_spec, initial=DealForm.of(deal))
    if form.is_bound and form.is_valid():
        try:
            actions.edit_deal(
                deal,
                form.cleaned_data,
                by=request.actor,
                now=clock.now(),
                revision=form.cleaned_data["revision"],
            )
        except StaleRevisionError as stale:
            return said.stale(request, form, stale.current, deal.title, deal.get_absolute_url())
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("已保存"))
            return redirect("deal", uid)
    context = deal_pages.form_context(deal, form, _("修改%(paper)s信息") % {"paper": deal.paper_word})
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def refuse(form: Any, error: ValidationError | TransitionRefusedError) -> None:
    """Put what an action refused where it was made: at its field, or above the form."""
    if isinstance(error, TransitionRefusedError):
        form.add_error(None, error.reason)
    else:
        add_errors(form, error)


@require_POST
@signed_in_object_permission(DealPerm.SIGN)
def sign(request: Request, uid: UUID) -> HttpResponse:
    """Every party has confirmed the text: signed as of a day."""
    deal = load_deal(request, uid, DealPerm.SIGN)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            actions.sign_deal(deal, signed_on=form.cleaned_data["signed_on"], by=request.actor, now=clock.now())
        except TransitionRefusedError as refused:
            messages.error(request, refused.reason)
            return redirect("deal", uid)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已记为签约"))
            return redirect("deal", uid)
    context = deal_pages.detail_context(request, load_deal(request, uid), sign=form)
    return render(request, "deals/deal.html", context, status=422)


@require_POST
@signed_in_object_permission(DealPerm.MOVE)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Perform, accept, land, close, terminate, dispute, settle."""
    deal = load_deal(request, uid, DealPerm.MOVE)
    if transition not in OWN_MOVES:
        raise Http404
    note = request.POST.get("note", "")
    return _done(
        request, deal, lambda: actions.move_deal(deal, transition, note=note, by=request.actor, now=clock.now())
    )


def _done(request: Request, deal: Deal, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已办理"))
    return redirect("deal", deal.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def parties(request: Request, uid: UUID) -> HttpResponse:
    """Add a party."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    form = PartyForm(request.POST if request.method == "POST" else None, deal=deal)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        party = PartyInput(
            given["side"], form.organisation(), given["name"], individual=given["individual"], area=given["area"]
        )
        try:
            idempotency.once(
                request.actor,
                given["one_time_key"],
                lambda: actions.add_party(deal, party, by=request.actor, now=clock.now()),
            )
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            return redirect("deal", uid)
    context = deal_pages.form_context(deal, form, _("加一方"))
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def party(request: Request, uid: UUID, party_uid: UUID) -> HttpResponse:
    """Its share of the rights, who deducts what, its kind."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    found = load_party(deal, party_uid)
    form = PartyTermsForm(request.POST if request.method == "POST" else None, party=found)
    if form.is_bound and form.is_valid():
        try:
            actions.edit_party(found, by=request.actor, now=clock.now(), **form.cleaned_data)
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            return redirect("deal", uid)
    context = deal_pages.form_context(deal, form, _("“%(name)s”的约定") % {"name": found.name})
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(DealPerm.WRITE)
def lead(request: Request, uid: UUID, party_uid: UUID) -> HttpResponse:
    """This one leads its side."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    found = load_party(deal, party_uid)
    return _done(request, deal, lambda: actions.lead_side(found, by=request.actor, now=clock.now()))


@require_POST
@signed_in_object_permission(DealPerm.WRITE)
def remove(request: Request, uid: UUID, party_uid: UUID) -> HttpResponse:
    """Take a member off, with the reason."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    found = load_party(deal, party_uid)
    reason = request.POST.get("note", "")
    return _done(request, deal, lambda: actions.remove_party(found, reason, by=request.actor, now=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def helpers(request: Request, uid: UUID) -> HttpResponse:
    """Name who brought the deal about."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    form = HelperForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        key = given.pop("one_time_key")
        try:
            idempotency.once(
                request.actor, key, lambda: actions.add_helper(deal, by=request.actor, now=clock.now(), **given)
            )
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            return redirect("deal", uid)
    context = deal_pages.form_context(deal, form, _("写明促成的人"))
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(DealPerm.HELPER_CONFIRM)
def confirm(request: Request, uid: UUID, helper_uid: UUID) -> HttpResponse:
    """The other side confirms who brought the deal about."""
    deal = load_deal(request, uid)
    helper = deal.helpers.filter(uid=helper_uid, archived_at=None).first()
    if helper is None:
        require(request.actor, DealPerm.WRITE, deal)
        raise Http404
    return _done(request, deal, lambda: actions.confirm_helper(helper, by=request.actor, now=clock.now()))
