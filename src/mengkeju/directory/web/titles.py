"""资质称号: the list for officers, entering one on an organisation, withdrawing it, and what its page shows."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions import TitleInput
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation, Title
from mengkeju.directory.queries import titles as reads
from mengkeju.directory.web import sheets_titles
from mengkeju.directory.web.body_forms import CancelForm
from mengkeju.directory.web.forms import DAY, CreatingForm
from mengkeju.directory.web.parts import attempt, organisation_or_404, page_of, row, table
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.web.said import filters_of
from mengkeju.kernel.words import word

SHOWN_LABELS = {
    "in_force": ("done", gettext_lazy("有效")),
    "ended": ("calm", gettext_lazy("已到期")),
    "withdrawn": ("over", gettext_lazy("已撤销")),
}


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.key, word(kind)) for kind in TITLES.kinds.values()]


def _levels() -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((level.key, word(level)) for level in TITLES.levels.values())]


class TitleForm(CreatingForm):
    """A title an authority has conferred, with the document it stands in."""

    kind = forms.ChoiceField(label=gettext_lazy("称号"), choices=lambda: [("", _("请选择")), *_kinds()])
    level = forms.ChoiceField(label=gettext_lazy("级别"), choices=_levels)
    issued_by = forms.CharField(label=gettext_lazy("认定单位"), max_length=120)
    basis = forms.CharField(
        label=gettext_lazy("认定依据"), max_length=300, help_text=gettext_lazy("文件名称、文号和日期；所有人可见")
    )
    number = forms.CharField(label=gettext_lazy("证书或文件中的编号"), max_length=60, required=False)
    valid_from = forms.DateField(label=gettext_lazy("认定日期"), widget=DAY)
    valid_to = forms.DateField(
        label=gettext_lazy("有效期至"),
        widget=DAY,
        required=False,
        help_text=gettext_lazy("含当日；文件没有写期限的不填"),
    )

    def given(self) -> TitleInput:
        """What the valid form states."""
        return TitleInput(**{k: v for k, v in self.cleaned_data.items() if k != idempotency.FIELD})


class TitlesForm(forms.Form):
    """What the list is filtered by."""

    kind = forms.ChoiceField(label=gettext_lazy("称号"), required=False, choices=lambda: [("", _("全部")), *_kinds()])
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=lambda: [("", _("全部")), *((key, label) for key, (_tone, label) in SHOWN_LABELS.items())],
    )
    area = forms.ChoiceField(label=gettext_lazy("城市"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """The two cities."""
        super().__init__(*args, **options)
        set_choices(self, "area", [("", _("全部")), *((city.code, city.word) for city in queries.cities())])

    def asked(self) -> reads.TitleFilter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        areas = queries.codes_below(given["area"]) if given.get("area") else None
        return reads.TitleFilter(given.get("kind", ""), given.get("state", ""), areas)


def state_of(title: Title) -> dict[str, str]:
    """Tone and word of what has become of it."""
    today = clock.today()
    ended = "withdrawn" if title.withdrawn_at is not None else "ended"
    tone, label = SHOWN_LABELS["in_force" if title.is_in_force(today) else ended]
    return {"kind": tone, "label": str(label)}


@require_safe
@permission(Perm.TITLES_READ)
def index(request: Request) -> HttpResponseBase:
    """All titles the platform keeps, by title, state and city."""
    form = TitlesForm(request.GET)
    rows = reads.find_titles(request.actor, form.asked())
    if exports.wanted(request):
        return exports.answer(request, sheets_titles.TITLES_SHEET, rows, filters_of(form))
    return render(request, "directory/titles.html", _index_context(page_of(request, rows), form))


def _index_context(page: Page[Title], form: TitlesForm) -> dict[str, Any]:
    columns = table(_("单位"), _("称号"), _("认定单位和依据"), _("认定日期"), _("有效期至"), _("状态"))
    rows = [
        row(
            columns,
            {"value": t.holder.name, "url": t.holder.get_absolute_url(), "demo": t.holder.fictional},
            str(t),
            {"value": t.issued_by, "note": t.basis},
            {"at": t.valid_from, "form": "day", "note": "" if t.day_known else _("认定日期未载，这是收录日")},
            {"at": t.valid_to, "form": "day"} if t.valid_to else _("未写期限"),
            {"state": state_of(t)},
        )
        for t in page
    ]
    return {
        "page": page,
        "columns": columns,
        "rows": rows,
        "form": form,
        "nav_key": "titles",
        "source": TITLES,
        "filtered": bool(filters_of(form)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.TITLE_GRANT)
def grant(request: Request, uid: UUID) -> HttpResponse:
    """Enter a title of an organisation."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.TITLE_GRANT, organisation)
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.grant_title(organisation, form.given(), by=request.actor, now=clock.now()),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已登记"))
            return redirect(organisation)
    context = {
        "title": _("登记资质称号"),
        "lead": _("{name}。平台不作认定，只登记已经认定的称号和依据。").format(name=organisation.name),
        "form": form,
        "verb": _("登记称号"),
        "back": organisation.get_absolute_url(),
        "nav_key": "titles",
    }
    return render(request, "directory/bench_form.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(Perm.TITLE_WITHDRAW)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """End it before its time, with the reason."""
    title: Title = found(reads.find_title(request.actor, uid))
    require(request.actor, Perm.TITLE_WITHDRAW, title)
    form = CancelForm(request.POST)

    def act() -> Title:
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        return actions.withdraw_title(title, by=request.actor, now=clock.now(), **form.cleaned_data)

    attempt(request, act, _("已撤销"))
    return redirect(title.holder)


def on_organisation(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The titles in force for everybody; for its people, officers and the auditor also what has ended, and why."""
    inside = may(actor, Perm.COLLEAGUE_READ, organisation)
    may_grant = may(actor, Perm.TITLE_GRANT, organisation)
    today = clock.today()
    rows = [t for t in reads.of_organisation(actor, organisation) if inside or t.is_in_force(today)]
    if not rows and not may_grant:
        return None
    listed = [
        {"title": t, "state": state_of(t), "may_withdraw": may_grant and t.is_in_force(today), "inside": inside}
        for t in rows
    ]
    return {"rows": listed, "may_grant": may_grant, "organisation": organisation}
