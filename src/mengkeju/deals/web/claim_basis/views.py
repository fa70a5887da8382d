"""Claim bases: what could be claimed, drawing one up, reading, printing, taking away, withdrawing."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions
from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.models import ClaimBasis, Deal
from mengkeju.deals.queries import claim_basis
from mengkeju.deals.web.claim_basis import pages as claim_basis_pages
from mengkeju.deals.web.claim_basis import sheets as claim_basis_sheets
from mengkeju.deals.web.claim_basis.forms import ClaimForm
from mengkeju.deals.web.deal.views import load_deal
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


def load(request: Request, uid: UUID, needs: str = ClaimBasisPerm.READ) -> ClaimBasis:
    """The basis, or 404; RefusedError when the reader may not do with it what the page is for."""
    basis = claim_basis.find_claim_basis(request.actor, uid)
    if basis is None:
        raise Http404
    require(request.actor, needs, basis)
    return basis


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponseBase:
    """The bases of the reader's organisations, and the sums beside the cap."""
    if exports.wanted(request):
        return exports.answer(request, claim_basis_sheets.BASES, claim_basis.claim_bases(request.actor))
    return render(request, "deals/claim_bases.html", claim_basis_pages.list_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(ClaimBasisPerm.DRAW)
def draw(request: Request, uid: UUID) -> HttpResponse:
    """What could be claimed in a window, with every line; sending it draws the basis up."""
    deal = load_deal(request, uid, ClaimBasisPerm.DRAW)
    parties, today = claim_basis.applicants(request.actor, deal), clock.today()
    form = ClaimForm(request.POST or request.GET, deal=deal, parties=parties, today=today)
    draft = form.draft(deal, today) if parties else None
    if request.method == "POST" and draft is not None:
        basis = _drawn(request, deal, draft)
        if basis is not None:
            return redirect(basis)
    status = 422 if request.method == "POST" or (parties and form.errors) else 200
    return render(request, "deals/claim_draft.html", claim_basis_pages.draft_context(deal, form, draft), status=status)


def _drawn(request: Request, deal: Deal, draft: claim_basis.Draft) -> ClaimBasis | None:
    """The basis; None when it was refused, which a message says."""
    if draft.window is None:
        return None
    begins = draft.window.begins
    try:
        basis, _again = idempotency.once(
            request.actor,
            request.POST.get("one_time_key", ""),
            lambda: actions.draw_claim_basis(deal, draft.party, begins, by=request.actor, now=clock.now()),
        )
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已出具申报依据，可以打印或导出"))
        return basis
    return None


@require_safe
@signed_in_object_permission(ClaimBasisPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponseBase:
    """One basis with its calculation, payments and sources, also as a file."""
    basis = load(request, uid)
    if exports.wanted(request):
        said = f"{basis.deal.number} {basis.deal.title}"
        return exports.answer(request, claim_basis_sheets.BASIS, claim_basis_sheets.lines(basis), said)
    return render(request, "deals/claim_basis.html", claim_basis_pages.basis_context(request, basis))


@require_safe
@signed_in_object_permission(ClaimBasisPerm.READ)
def printed(request: Request, uid: UUID) -> HttpResponse:
    """The same on paper."""
    context = claim_basis_pages.basis_context(request, load(request, uid))
    return render(request, "deals/claim_basis_print.html", context)


@require_POST
@signed_in_object_permission(ClaimBasisPerm.WITHDRAW)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """Take a basis back, with the reason."""
    basis = load(request, uid, ClaimBasisPerm.WITHDRAW)
    try:
        actions.withdraw_claim_basis(basis, request.POST.get("note", ""), by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回，其中的付款可以重新计入"))
    return redirect(basis)
