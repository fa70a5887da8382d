"""Pages of rights of intellectual property: the register, one right, linking, fees, a dispute."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.kernel.web.request import object_permission as on_object
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.models import IpRight
from mengkeju.listings.web import part_forms as forms
from mengkeju.listings.web import part_sheets
from mengkeju.listings.web import right_pages as pages
from mengkeju.listings.web.part_pages import answered, sent
from mengkeju.listings.web.views import load

GET_POST = ["GET", "HEAD", "POST"]


def load_right(request: Request, uid: UUID) -> IpRight:
    """The right, or 404 for whoever may not read it."""
    right = queries.rights(request.actor).filter(uid=uid).first()
    if right is None:
        raise Http404
    return right


@require_safe
@permission(PUBLIC)
def register(request: Request) -> HttpResponseBase:
    """All rights the reader may read, filtered; as a file too."""
    asked = pages.asked(request)
    rows = queries.find_rights(request.actor, asked)
    if exports.wanted(request):
        return exports.answer(request, part_sheets.RIGHTS, rows, pages.filter_words(asked))
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "listings/rights.html", pages.register_context(request.actor, asked, page))


@require_safe
@on_object(PartPerm.RIGHT_READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One right: facts, holders, listings that carry it, fees and, for those inside, the claims."""
    right = load_right(request, uid)
    return render(request, "listings/right.html", pages.right_context(request.actor, right))


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def link(request: Request, uid: UUID) -> HttpResponse:
    """State a right by its number and link it to the listing."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    form = forms.RightForm(listing, sent(request)[0], **pages.link_start(listing))
    return answered(
        request,
        listing,
        form,
        pages.link_page(listing),
        lambda: actions.link_right(
            listing,
            actions.RightInput(**(form.given() | {"own": form.cleaned_data["own"] == "yes"})),
            by=request.actor,
            now=clock.now(),
            secrecy_reviewed=form.reviewed,
        ),
        done=_("已关联"),
    )


@require_POST
@signed_in_object_permission(Perm.EDIT)
def unlink(request: Request, uid: UUID, right: UUID) -> HttpResponse:
    """Take a right off a listing."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    found = load_right(request, right)
    try:
        gone = actions.unlink_right(listing, found, by=request.actor, now=clock.now(), secrecy_reviewed=True)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已取消关联；权利记录还在登记册里") if gone else _("这条信息没有关联它"))
    return redirect("listing", uid)


@require_http_methods(GET_POST)
@signed_in_object_permission(PartPerm.RIGHT_EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """The holder keeps title, status and dates up to date."""
    right = load_right(request, uid)
    require(request.actor, PartPerm.RIGHT_EDIT, right)
    form = forms.RightFactsForm(sent(request)[0], initial=pages.facts(right) | {"revision": right.revision})
    return answered(
        request,
        right,
        form,
        pages.edit_page(right),
        lambda: actions.edit_right(
            right,
            replace(pages.as_input(right), **{k: v for k, v in form.cleaned_data.items() if k != "revision"}),
            by=request.actor,
            now=clock.now(),
            revision=form.cleaned_data["revision"],
        ),
        stated=pages.facts,
    )


@require_http_methods(GET_POST)
@signed_in_object_permission(PartPerm.RIGHT_FEE)
def fee(request: Request, uid: UUID) -> HttpResponse:
    """Note that the next yearly fee was paid."""
    right = load_right(request, uid)
    require(request.actor, PartPerm.RIGHT_FEE, right)
    due = queries.fee_next(right)
    if due is None and request.method != "POST":
        messages.info(request, _("这项权利现在没有要缴的年费"))
        return redirect("ip-right", uid)
    form = forms.FeeForm(sent(request)[0], initial={"year": due.year if due else 0, "paid_on": clock.today()})
    return answered(
        request,
        right,
        form,
        pages.fee_page(right, due),
        lambda: actions.note_fee_paid(right, **form.cleaned_data, by=request.actor, now=clock.now()),
        done=_("已记下缴费"),
    )


@require_http_methods(GET_POST)
@signed_in_object_permission(PartPerm.RIGHT_DECIDE)
def decide(request: Request, uid: UUID) -> HttpResponse:
    """Whose a disputed right is, with the reason."""
    right = load_right(request, uid)
    require(request.actor, PartPerm.RIGHT_DECIDE, right)
    claimants = [claim.organisation for claim in queries.claims_of(right, request.actor) if claim.stands]
    form = forms.DecideForm(claimants, sent(request)[0], initial={"revision": right.revision})
    return answered(
        request,
        right,
        form,
        pages.decide_page(right),
        lambda: actions.decide_right(
            right,
            {UUID(chosen) for chosen in form.cleaned_data["upheld"]},
            reason=form.cleaned_data["note"],
            by=request.actor,
            now=clock.now(),
            revision=form.cleaned_data["revision"],
        ),
        done=_("已裁定，主张的单位都已通知"),
    )


@require_POST
@signed_in_object_permission(PartPerm.RIGHT_WITHDRAW)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """Take the claim of one of my organisations back."""
    right = load_right(request, uid)
    require(request.actor, PartPerm.RIGHT_WITHDRAW, right)
    wanted = request.POST.get("organisation", "")
    mine = [c.organisation.uid for c in right.claims.select_related("organisation")]
    organisation = next((uid for uid in mine if str(uid) == wanted and uid in request.actor.organisations), None)
    if organisation is None:
        messages.error(request, _("没有可以撤回的主张"))
        return redirect("ip-right", uid)
    try:
        actions.withdraw_claim(right, organisation, by=request.actor, now=clock.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已撤回主张"))
    return redirect("ip-right", uid)  # a claimant of before still reads it
