"""The talks on a deal: offers, and gaps with how they close."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import Deal, GapItem, Offer
from mengkeju.deals.web.deal import pages as deal_pages
from mengkeju.deals.web.deal.views import load_deal
from mengkeju.deals.web.talks.forms import GapForm, OfferForm, ProposalForm
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.web import acts
from mengkeju.kernel.web.request import Request, signed_in_object_permission


def at(deal: Deal, part: str) -> str:
    """The address of a part of the deal's page: talks or gaps."""
    return f"{deal.get_absolute_url()}#{part}"


def _form(request: Request, deal: Deal, form: forms.Form, heading: str) -> HttpResponse:
    context = deal_pages.form_context(deal, form, heading)
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.TALK)
def offer(request: Request, uid: UUID) -> HttpResponse:
    """Propose terms."""
    deal = load_deal(request, uid, DealPerm.TALK)
    form = OfferForm(request.POST if request.method == "POST" else None, deal=deal)
    if form.is_bound and acts.done(request, form, partial(_offer, request, deal, form), _("已发给对方")):
        return redirect(at(deal, "talks"))
    return _form(request, deal, form, _("提出条件"))


def _offer(request: Request, deal: Deal, form: OfferForm) -> None:
    given = form.cleaned_data
    answered = queries.find_offer(deal, given["answers"]) if given["answers"] else None

    def make() -> Offer:
        terms: dict[str, Any] = {"text": given["text"], "amount": given["amount"], "answers": answered}
        return actions.make_offer(deal, **terms, by=request.actor, now=clock.now())

    idempotency.once(request.actor, given["one_time_key"], make)


@require_POST
@signed_in_object_permission(DealPerm.TALK)
def accept(request: Request, uid: UUID, offer_uid: UUID) -> HttpResponse:
    """Take the offer that stands."""
    deal = load_deal(request, uid, DealPerm.TALK)
    found: Offer = acts.found(queries.find_offer(deal, offer_uid))
    acts.attempt(request, partial(actions.accept_offer, found, by=request.actor, now=clock.now()), _("已接受"))
    return redirect(at(deal, "talks"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.TALK)
def gap(request: Request, uid: UUID) -> HttpResponse:
    """Name a gap."""
    deal = load_deal(request, uid, DealPerm.TALK)
    form = GapForm(request.POST if request.method == "POST" else None)
    if form.is_bound and acts.done(request, form, partial(_raise, request, deal, form), _("已记下")):
        return redirect(at(deal, "gaps"))
    return _form(request, deal, form, _("记一条差距"))


def _raise(request: Request, deal: Deal, form: GapForm) -> None:
    given = form.cleaned_data

    def make() -> GapItem:
        said = {"gap": given["gap"], "proposal": given["proposal"]}
        return actions.raise_gap(deal, **said, by=request.actor, now=clock.now())

    idempotency.once(request.actor, given["one_time_key"], make)


def load_gap(deal: Deal, uid: UUID) -> GapItem:
    """A gap of the deal, or 404."""
    found: GapItem = acts.found(queries.find_gap(deal, uid))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.TALK)
def propose(request: Request, uid: UUID, gap_uid: UUID) -> HttpResponse:
    """How a gap may close."""
    deal = load_deal(request, uid, DealPerm.TALK)
    item = load_gap(deal, gap_uid)
    first = {"proposal": item.proposal, "revision": item.revision}
    form = ProposalForm(request.POST if request.method == "POST" else None, initial=first)

    def act() -> object:
        return actions.propose_adaptation(item, **form.cleaned_data, by=request.actor, now=clock.now())

    if form.is_bound and acts.done(request, form, act, _("已提出")):
        return redirect(at(deal, "gaps"))
    return _form(request, deal, form, _("怎样适配：%(gap)s") % {"gap": item.gap[:40]})


def _revision(request: Request) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() else None


@require_POST
@signed_in_object_permission(DealPerm.TALK)
def agree(request: Request, uid: UUID, gap_uid: UUID) -> HttpResponse:
    """Agree to what was proposed."""
    deal = load_deal(request, uid, DealPerm.TALK)
    item, revision = load_gap(deal, gap_uid), _revision(request)
    act = partial(actions.agree_gap, item, revision=revision, by=request.actor, now=clock.now())
    acts.attempt(request, act, _("已商定"))
    return redirect(at(deal, "gaps"))


@require_POST
@signed_in_object_permission(DealPerm.TALK)
def fail(request: Request, uid: UUID, gap_uid: UUID) -> HttpResponse:
    """It cannot be closed; the reason stays."""
    deal = load_deal(request, uid, DealPerm.TALK)
    item, reason = load_gap(deal, gap_uid), request.POST.get("note", "")
    terms: dict[str, Any] = {"reason": reason, "revision": _revision(request)}
    acts.attempt(request, partial(actions.fail_gap, item, **terms, by=request.actor, now=clock.now()), _("已记下"))
    return redirect(at(deal, "gaps"))


@require_POST
@signed_in_object_permission(DealPerm.TALK)
def reopen(request: Request, uid: UUID, gap_uid: UUID) -> HttpResponse:
    """Talk about it again."""
    deal = load_deal(request, uid, DealPerm.TALK)
    item, reason = load_gap(deal, gap_uid), request.POST.get("note", "")
    terms: dict[str, Any] = {"reason": reason, "revision": _revision(request)}
    acts.attempt(
        request, partial(actions.reopen_gap, item, **terms, by=request.actor, now=clock.now()), _("已重新商谈")
    )
    return redirect(at(deal, "gaps"))
