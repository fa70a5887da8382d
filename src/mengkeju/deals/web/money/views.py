"""The price of a deal and its payments: written, corrected, confirmed, withdrawn, taken away as a file."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import Deal, PaymentRecord
from mengkeju.deals.web.deal.views import load_deal, refuse
from mengkeju.deals.web.money import pages as money_pages
from mengkeju.deals.web.money import sheets as money_sheets
from mengkeju.deals.web.money.forms import PaymentForm, PriceForm
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.forms.fields import warn
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def price(request: Request, uid: UUID) -> HttpResponse:
    """Write the price while it is talked about, correct it once signed. `more` adds rows and checks nothing."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    correcting = deal.state != "talking"
    if request.method != "POST":
        form = PriceForm(initial=PriceForm.of(deal), correcting=correcting)
    elif "more" in request.POST:
        form = PriceForm.typed_so_far(request.POST, correcting=correcting)
    else:
        form = PriceForm(request.POST, correcting=correcting)
        if form.is_valid() and _priced(request, deal, form):
            messages.success(request, _("价款已保存"))
            return redirect("deal", uid)
    status = 409 if form.stale else 422 if form.errors else 200
    return render(request, "deals/price_form.html", money_pages.price_context(deal, form), status=status)


def _priced(request: Request, deal: Deal, form: PriceForm) -> bool:
    """Whether the price was kept; if not, the form says why."""
    given = form.cleaned_data
    try:
        if "reason" in given:
            reason = given.pop("reason")
            actions.correct_price(deal, reason, **given, by=request.actor, now=clock.now())
        else:
            actions.set_price(deal, **given, by=request.actor, now=clock.now())
    except StaleRevisionError as stale:
        form.go_on_from(stale.current)
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except ValidationError as error:
        form.refuse(error)
    else:
        return True
    return False


@require_safe
@signed_in_object_permission(DealPerm.READ_INSIDE)
def payments(request: Request, uid: UUID) -> HttpResponseBase:
    """Every payment, the withdrawn ones too, also as a file."""
    deal = load_deal(request, uid, DealPerm.READ_INSIDE)
    if not queries.priced(deal):
        raise Http404
    if exports.wanted(request):
        rows = queries.payments(request.actor, deal)
        return exports.answer(request, money_sheets.PAYMENTS, rows, f"{deal.number} {deal.title}")
    return render(request, "deals/payments.html", money_pages.payments_context(request, deal))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.PAY)
def pay(request: Request, uid: UUID) -> HttpResponse:
    """Record what was paid; everything typed is kept at a refusal, files cannot be."""
    deal = load_deal(request, uid, DealPerm.PAY)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaymentForm(*posted, deal=deal, initial={"paid_on": clock.today()})
    if form.is_bound and form.is_valid() and _paid(request, deal, form):
        messages.success(request, _("已登记，等另一方确认"))
        return redirect("deal", uid)
    if form.errors and request.FILES:
        warn(form, "vouchers", _("浏览器不保留选过的文件，请重新选择"))
    context = money_pages.payment_form_context(deal, form)
    return render(request, "deals/payment_form.html", context, status=422 if form.errors else 200)


def _paid(request: Request, deal: Deal, form: PaymentForm) -> bool:
    """Whether the payment was kept; if not, the form says why."""
    given = form.given()
    try:
        idempotency.once(
            request.actor,
            form.cleaned_data["one_time_key"],
            lambda: actions.record_payment(deal, **given, by=request.actor, now=clock.now()),
        )
    except FileRefusedError as refused:
        form.add_error("vouchers", str(refused))
    except (ValidationError, TransitionRefusedError) as error:
        refuse(form, error)
    else:
        return True
    return False


def _on_payment(
    request: Request, uid: UUID, payment_uid: UUID, act: Callable[[PaymentRecord], object], done: str
) -> HttpResponse:
    """One act on one payment, with its answer above the deal. RefusedError comes before 404."""
    deal = load_deal(request, uid, DealPerm.PAY)
    payment = queries.find_payment(request.actor, deal, payment_uid)
    if payment is None:
        raise Http404
    try:
        act(payment)
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("deal", deal.uid)


@require_POST
@signed_in_object_permission(DealPerm.PAYMENT_CONFIRM)
def confirm(request: Request, uid: UUID, payment_uid: UUID) -> HttpResponse:
    """The other side confirms that it was paid."""
    act = partial(actions.confirm_payment, by=request.actor, now=clock.now())
    return _on_payment(request, uid, payment_uid, act, _("已确认这一笔付款"))


@require_POST
@signed_in_object_permission(DealPerm.PAY)
def withdraw(request: Request, uid: UUID, payment_uid: UUID) -> HttpResponse:
    """Take a wrong record back, with the reason."""
    reason = request.POST.get("note", "")
    act = partial(actions.withdraw_payment, reason=reason, by=request.actor, now=clock.now())
    return _on_payment(request, uid, payment_uid, act, _("已撤回，不再计入已付"))
