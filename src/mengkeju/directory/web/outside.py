"""The region's officer opens the members' tier for an organisation outside the region, and closes it again."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mengkeju.directory import actions
from mengkeju.directory.access import Perm
from mengkeju.directory.web.parts import attempt, organisation_or_404
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.web.request import Request, signed_in_object_permission


class OpeningForm(forms.Form):
    """On what basis and until when."""

    basis = forms.CharField(
        label=gettext_lazy("开放的依据"), max_length=200, help_text=gettext_lazy("例如协议名称、文号和日期")
    )
    until = forms.DateField(
        label=gettext_lazy("开放到（含当日）"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


def _said(form: forms.Form) -> str:
    return _("；").join(_("{label}：{value}").format(label=form[name].label, value=" ".join(map(str, errors)))
                        for name, errors in form.errors.items())  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.MEMBERS_OPEN)
def open_members(request: Request, uid: UUID) -> HttpResponse:
    """Open it; what is wrong is said on the organisation's page."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.MEMBERS_OPEN, organisation)
    form = OpeningForm(request.POST)

    def act() -> Any:
        if not form.is_valid():
            raise forms.ValidationError(_said(form))
        return actions.open_members_tier(organisation, **form.cleaned_data, by=request.actor, now=clock.now())

    attempt(request, act, _("已开放，到期自动停止"))
    return redirect(organisation)


@require_POST
@signed_in_object_permission(Perm.MEMBERS_OPEN)
def close_members(request: Request, uid: UUID) -> HttpResponse:
    """Close it, with the reason."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.MEMBERS_OPEN, organisation)
    note = request.POST.get("note", "")[:200]
    attempt(
        request,
        lambda: actions.close_members_tier(organisation, by=request.actor, now=clock.now(), note=note),
        _("已停止开放"),
    )
    return redirect(organisation)
