"""An individual who is a party: mailed a link, joins with his own account."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import Deal
from mengkeju.deals.web.deal import pages as deal_pages
from mengkeju.deals.web.deal.views import load_deal, load_party, refuse
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


class InviteForm(forms.Form):
    """Where the link is mailed to; the address is not kept."""

    email = forms.EmailField(label=gettext_lazy("本人的电子邮箱"), help_text=gettext_lazy("只用来发送链接，不保存"))


def individuals_panel(_actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """Individual parties who have not joined yet, for whoever may invite them."""
    if not shown["writable"]:
        return None
    waiting = [p for _side, rows in queries.sides_of_deal(deal) for p in rows if p.individual and not p.is_here]
    return {"deal": deal, "rows": waiting} if waiting else None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(DealPerm.WRITE)
def invite(request: Request, uid: UUID, party_uid: UUID) -> HttpResponse:
    """Mail the link to the individual."""
    deal = load_deal(request, uid, DealPerm.WRITE)
    party = load_party(deal, party_uid)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.invite_individual(party, form.cleaned_data["email"], by=request.actor, now=clock.now())
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("链接已发往本人的邮箱"))
            return redirect("deal", uid)
    context = deal_pages.form_context(deal, form, _("请“%(name)s”本人加入") % {"name": party.name})
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(DealPerm.JOIN)
def join(request: Request, token: str) -> HttpResponse:
    """What the mailed link leads to: which contract and which party; POST joins, once."""
    party = actions.party_of_link(token)
    if party is None:
        raise Http404
    if request.method == "POST":
        try:
            deal = actions.join_as_individual(token, by=request.actor, now=clock.now())
        except TransitionRefusedError as refused:
            messages.error(request, refused.reason)
        else:
            messages.success(request, _("您已加入这份合同"))
            return redirect(deal)
    trouble = actions.trouble_with_link(party)
    context = {"party": party, "trouble": trouble, "token": token}
    return render(request, "deals/individual.html", context, status=410 if trouble else 200)
