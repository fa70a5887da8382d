"""The officer's queue and the review of one listing, side by side."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.web import review_pages, sheets
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.views import load

DONE = {
    "approve": gettext_lazy("已发布"),
    "hold": gettext_lazy("已通过，联合发布时公开"),
    "return": gettext_lazy("已退回"),
}


class ReasonField(forms.CharField):
    """Needed for one of the decisions only, so neither required nor marked 选填."""

    sometimes = True


class ReviewForm(forms.Form):
    """The decision; a return needs a reason."""

    decision = forms.ChoiceField(
        choices=[
            ("approve", gettext_lazy("通过并发布")),
            ("hold", gettext_lazy("通过，留待联合发布")),
            ("return", gettext_lazy("退回修改")),
        ]
    )
    note = ReasonField(
        label=gettext_lazy("退回理由"),
        help_text=gettext_lazy("退回时必填，申请人看得到"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


@require_safe
@permission(Perm.QUEUE_READ)
def queue(request: Request) -> HttpResponseBase:
    """Submitted listings of my areas, needs of leading enterprises first; for the auditor those of all areas."""
    leading = request.GET.get("leading") == "1"
    if exports.wanted(request):
        rows = queries.review_queue(request.actor, leading=leading)
        return exports.answer(request, sheets.QUEUE, rows, _("只看领军企业的需求") if leading else "")
    return render(request, "listings/queue.html", review_pages.queue_context(request, leading=leading))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.REVIEW_READ)
def review(request: Request, uid: UUID) -> HttpResponse:
    """One listing with everything the officer needs, and the decision; the auditor sees it without the form."""
    listing = load(request, uid)
    require(request.actor, Perm.REVIEW if request.method == "POST" else Perm.REVIEW_READ, listing)
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"revision": listing.revision})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        approve = given["decision"] != "return"
        try:
            actions.review_listing(
                listing,
                approve=approve,
                by=request.actor,
                now=clock.now(),
                note=given["note"],
                revision=given["revision"],
                hold=given["decision"] == "hold",
            )
        except TransitionRefusedError as refused:
            form.add_error("note" if refused.code == "note_required" else None, refused.reason)
        except StaleRevisionError as stale:
            listing, form = stale.current, ReviewForm(with_revision(request.POST, stale.current.revision))
            form.add_error(None, _("您打开之后这条信息有了变动，请看过新内容再决定"))
        else:
            messages.success(request, DONE[given["decision"]])
            return redirect("review-queue")
    context = review_pages.review_context(request, listing, form)
    actions.note_reads([context["it"]], channel="page", by=request.actor, now=clock.now())
    return render(request, "listings/review.html", context, status=422 if form.errors else 200)
