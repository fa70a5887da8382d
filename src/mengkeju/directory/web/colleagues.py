"""Colleagues: who acts for my organisations, invitations, managers."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.models import Organisation
from mengkeju.directory.web import sheets
from mengkeju.directory.web.forms import InviteForm
from mengkeju.directory.web.parts import attempt, organisation_or_404
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission

CHANGES = {
    "end": actions.end_membership,
    "manager": partial(actions.set_manager, manager=True),
    "member": partial(actions.set_manager, manager=False),
}


def _context(request: Request, organisation: Organisation, form: InviteForm) -> dict[str, Any]:
    now = clock.now()
    actor = request.actor
    may_manage = may(actor, Perm.COLLEAGUE_MANAGE, organisation)
    may_invite = may(actor, Perm.COLLEAGUE_INVITE, organisation)
    invitations = queries.open_invitations(organisation) if may_invite else []
    return {
        "organisation": organisation,
        "form": form,
        "nav_key": "colleagues",
        "may_manage": may_manage,
        "may_invite": may_invite,
        "members": queries.colleagues(organisation),
        "me": actor.person_uid,
        "invitations": [(i, i.expires_at <= now) for i in invitations],
        "others": [o for o in queries.my_organisations(actor) if o.pk != organisation.pk],
    }


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponse:
    """The colleagues of my first organisation; without one, what to do."""
    uid = request.actor.primary_organisation
    return redirect("organisation-colleagues", uid) if uid else redirect("directory-start")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.COLLEAGUE_READ)
def of_organisation(request: Request, uid: UUID) -> HttpResponseBase:
    """Colleagues and open invitations; POST invites one."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.COLLEAGUE_READ, organisation)
    if request.method == "POST":
        require(request.actor, Perm.COLLEAGUE_INVITE, organisation)
    if exports.wanted(request):
        return exports.answer(request, sheets.MEMBERS, queries.colleagues(organisation), organisation.name)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.invite_colleague(
                    organisation,
                    form.cleaned_data["email"],
                    manager=form.cleaned_data["manager"],
                    by=request.actor,
                    now=clock.now(),
                ),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("邀请已发出"))
            return redirect("organisation-colleagues", uid)
    return render(
        request, "directory/colleagues.html", _context(request, organisation, form), status=422 if form.errors else 200
    )


@require_POST
@signed_in_object_permission(Perm.COLLEAGUE_MANAGE)
def change(request: Request, uid: UUID, person: UUID, act: str) -> HttpResponse:
    """End a membership, make or unmake a manager."""
    organisation = organisation_or_404(request, uid)
    if person != request.actor.person_uid:  # asked first: who may not must not learn whether a person is in it
        require(request.actor, Perm.COLLEAGUE_MANAGE, organisation)
    membership = found(queries.membership_of(organisation, person))
    do = found(CHANGES.get(act))
    attempt(request, lambda: do(membership, by=request.actor, now=clock.now()), _("已办理"))
    left = person == request.actor.person_uid and act == "end"
    return redirect("directory-me") if left else redirect("organisation-colleagues", uid)


@require_POST
@signed_in_object_permission(Perm.COLLEAGUE_INVITE)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """Withdraw an open invitation."""
    invitation = found(queries.find_open_invitation(request.actor, uid))
    attempt(
        request,
        lambda: actions.withdraw_invitation(invitation, by=request.actor, now=clock.now()),
        _("邀请已撤回，邮件里的链接不能再用"),
    )
    return redirect("organisation-colleagues", invitation.organisation.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.INVITATION_ACCEPT)
def invitation(request: Request, token: str) -> HttpResponse:
    """What a mailed link leads to: who invites; POST joins, once."""
    asked = actions.find_invitation(token)
    if asked is None:
        raise Http404
    if request.method == "POST" and attempt(
        request, lambda: actions.accept_invitation(token, by=request.actor, now=clock.now()), _("您已加入本单位")
    ):
        return redirect(asked.organisation)
    context = {
        "invitation": asked,
        "trouble": actions.trouble_with(asked, clock.now()),
        "url": reverse("invitation", args=[token]),
    }
    return render(request, "directory/invitation.html", context, status=410 if context["trouble"] else 200)
