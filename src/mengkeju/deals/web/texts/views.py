"""Texts of a deal: put up, confirmed, confirmed on paper, taken back, and all documents as one file."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import ContractText, Deal, DealParty
from mengkeju.deals.web.deal import pages as deal_pages
from mengkeju.deals.web.deal.views import load_deal, load_party
from mengkeju.deals.web.texts.forms import ConfirmForm, PaperForm, TextForm
from mengkeju.kernel import clock, files, idempotency
from mengkeju.kernel.web import acts
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


def place(deal: Deal) -> str:
    """Where the texts stand on the page of a deal."""
    return f"{deal.get_absolute_url()}#texts"


def load_text(deal: Deal, uid: UUID) -> ContractText:
    """A version of the deal's texts, or 404."""
    found: ContractText = acts.found(queries.find_text(deal, uid))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.TEXT)
def upload(request: Request, uid: UUID) -> HttpResponse:
    """Put up a version of a text, a translation or a scan."""
    deal = load_deal(request, uid, DealPerm.TEXT)
    posted = request.method == "POST"
    first = {"role": request.GET.get("role", "")}
    form = TextForm(request.POST if posted else None, request.FILES if posted else None, deal=deal, initial=first)
    if posted and acts.done(request, form, partial(_upload, request, deal, form), _("已上传，对方会收到通知")):
        return redirect(place(deal))
    return _form(request, deal, form, _("上传文本"))


def _form(request: Request, deal: Deal, form: Any, heading: str) -> HttpResponse:
    context = deal_pages.form_context(deal, form, heading, multipart=True)
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _upload(request: Request, deal: Deal, form: TextForm) -> None:
    given = form.cleaned_data

    def put_up() -> ContractText:
        return actions.upload_text(
            deal,
            given["upload"],
            role=given["role"],
            language=given["language"],
            translation_of=form.original(deal),
            note=given["note"],
            by=request.actor,
            now=clock.now(),
        )

    try:
        idempotency.once(request.actor, given["one_time_key"], put_up)
    except files.FileRefusedError as refused:
        raise ValidationError({"upload": str(refused)}) from refused


@require_POST
@signed_in_object_permission(DealPerm.TEXT_CONFIRM)
def confirm(request: Request, uid: UUID, text_uid: UUID) -> HttpResponse:
    """A party's word on the digest that the page showed."""
    deal = load_deal(request, uid, DealPerm.TEXT_CONFIRM)
    text = load_text(deal, text_uid)
    form = ConfirmForm(request.POST)
    party = form.of(deal) if form.is_valid() else None
    if party is None:
        messages.error(request, _("页面上的内容不完整，请重新打开页面再确认"))
        return redirect(place(deal))
    sm3 = form.cleaned_data["sm3"]
    acts.attempt(
        request,
        lambda: actions.confirm_text(text, party=party, sm3=sm3, by=request.actor, now=clock.now()),
        _("已确认这一版文本"),
    )
    return redirect(place(deal))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.TEXT_CONFIRM)
def paper(request: Request, uid: UUID, text_uid: UUID, party_uid: UUID) -> HttpResponse:
    """A party that is not on the platform agreed on paper: with the scan."""
    deal = load_deal(request, uid, DealPerm.TEXT_CONFIRM)
    text, party = load_text(deal, text_uid), load_party(deal, party_uid)
    posted = request.method == "POST"
    first = {"sm3": text.sm3}
    form = PaperForm(request.POST if posted else None, request.FILES if posted else None, deal=deal, initial=first)
    if posted and acts.done(request, form, partial(_paper, request, text, party, form), _("已记为书面确认")):
        return redirect(place(deal))
    said = {"name": party.name, "version": text.version}
    return _form(request, deal, form, _("“%(name)s”书面确认第 %(version)s 版") % said)


def _paper(request: Request, text: ContractText, party: DealParty, form: PaperForm) -> None:
    given = form.given(text.deal)
    try:
        actions.confirm_on_paper(
            text, party=party, scan=given, sm3=form.cleaned_data["sm3"], by=request.actor, now=clock.now()
        )
    except files.FileRefusedError as refused:
        raise ValidationError({"upload": str(refused)}) from refused


@require_POST
@signed_in_object_permission(DealPerm.TEXT)
def take_back(request: Request, uid: UUID, text_uid: UUID) -> HttpResponse:
    """Take back a version put up by mistake, with the reason."""
    deal = load_deal(request, uid, DealPerm.TEXT)
    text, reason = load_text(deal, text_uid), request.POST.get("note", "")
    act = partial(actions.take_back_text, text, reason, by=request.actor, now=clock.now())
    acts.attempt(request, act, _("已撤回"))
    return redirect(place(deal))


@require_GET
@signed_in_object_permission(DealPerm.READ_INSIDE)
def bundle(request: Request, uid: UUID) -> HttpResponseBase:
    """All documents of the contract as one ZIP with its manifest."""
    deal = load_deal(request, uid, DealPerm.READ_INSIDE)
    try:
        made = actions.hand_out_bundle(deal, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect("deal", uid)
    answer = FileResponse(made, as_attachment=True, filename=f"{deal.number}.zip", content_type="application/zip")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store, private"
    return answer
