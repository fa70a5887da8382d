"""The security administrator's pages: people, roles, suspension, lock-outs."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.models import Person
from mengkeju.directory.web import sheets
from mengkeju.directory.web.forms import GrantForm, NoteForm
from mengkeju.directory.web.parts import attempt, page_of, row, sought, table
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission
from mengkeju.kernel.words import word

ACTS = {
    "suspend": actions.suspend_account,
    "lift": actions.lift_suspension,
    "lock": actions.lock_account,
    "unlock": actions.unlock_account,
}


def account_state(person: Person) -> dict[str, str]:
    """State of the login for mk/state.html."""
    account = person.account
    if person.erased_at is not None:
        return {"kind": "calm", "label": _("已删除")}
    if account is None:
        return {"kind": "calm", "label": _("没有账号")}
    if not account.is_active:
        return {"kind": "over", "label": _("已锁定")}
    if account.suspended_at is not None:
        return {"kind": "over", "label": _("已暂停")}
    return {"kind": "done", "label": _("正常")}


@require_safe
@permission(Perm.PEOPLE_READ)
def people(request: Request) -> HttpResponseBase:
    """Look people up by name, user name or e-mail."""
    text = request.GET.get("q", "").strip()[:100]
    if exports.wanted(request):
        return exports.answer(request, sheets.PEOPLE, queries.people(request.actor, text), sought(text))
    page = page_of(request, queries.people(request.actor, text))
    columns = table(_("姓名"), _("用户名"), _("电子邮箱"), _("账号"))
    rows = [
        row(
            columns,
            {"value": p.name, "url": reverse("person", args=[p.uid]), "demo": p.fictional},
            p.account.username if p.account else "",
            p.account.email if p.account else "",
            {"state": account_state(p)},
        )
        for p in page
    ]
    context = {
        "title": _("人员"),
        "lead": _("按姓名、用户名或邮箱查找，办理授权、暂停和锁定。"),
        "q": text,
        "page": page,
        "columns": columns,
        "rows": rows,
        "nav_key": "people",
        "empty": _("没有找到这样的人"),
        "exports": True,
    }
    return render(request, "directory/bench_table.html", context)


def _person_context(request: Request, person: Person, form: GrantForm) -> dict[str, Any]:
    grants = list(person.role_grants.filter(revoked_at=None).order_by("pk"))
    names = queries.area_names({g.area for g in grants if g.area})
    return {
        "person": person,
        "state": account_state(person),
        "form": form,
        "nav_key": "people",
        "note_form": NoteForm(),
        "grants": [(g, word(ROLES[g.role]), names.get(g.area, _("全平台"))) for g in grants],
        "memberships": person.memberships.filter(ended_at=None).select_related("organisation"),
        "himself": person.uid == request.actor.person_uid,
        "may_grant": may(request.actor, Perm.ROLE_GRANT),
        "second_factor": person.account is not None and queries.has_second_factor(person.account),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.PEOPLE_READ)
def person(request: Request, uid: UUID) -> HttpResponse:
    """One person: login, roles, organisations; POST grants a role."""
    if request.method == "POST":
        require(request.actor, Perm.ROLE_GRANT)
    asked: Person = found(queries.people(request.actor).filter(uid=uid).first())
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        area = form.cleaned_data["area"]
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: (
                    actions.grant_role(
                        asked,
                        form.cleaned_data["role"],
                        scope="area" if area else "platform",
                        area=area,
                        by=request.actor,
                        now=clock.now(),
                    ).person
                ),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("person", uid)
    return render(
        request, "directory/person.html", _person_context(request, asked, form), status=422 if form.errors else 200
    )


@require_POST
@permission(Perm.ACCOUNT_SUSPEND)
def account(request: Request, uid: UUID, act: str) -> HttpResponse:
    """Suspend, lift, lock or unlock a login, with the reason."""
    asked: Person = found(queries.people(request.actor).filter(uid=uid).first())
    note, do = request.POST.get("note", ""), found(ACTS.get(act))
    attempt(request, lambda: do(asked, by=request.actor, now=clock.now(), note=note), _("已办理，理由已记录"))
    return redirect("person", uid)


@require_safe
@permission(Perm.ROLE_READ)
def roles(request: Request) -> HttpResponseBase:
    """Every role in force: who holds what where, since when, from whom."""
    if exports.wanted(request):
        return exports.answer(request, sheets.GRANTS, queries.open_grants())
    page = page_of(request, queries.open_grants())
    names = queries.area_names({g.area for g in page if g.area})
    columns = table(_("人员"), _("角色"), _("范围"), _("授予时间"), _("授予人"))
    rows = [
        row(
            columns,
            {"value": g.person.name, "url": reverse("person", args=[g.person.uid])},
            word(ROLES[g.role]),
            names.get(g.area, _("全平台")),
            {"at": g.granted_at, "form": "date"},
            g.granted_by.username if g.granted_by else _("平台"),
        )
        for g in page
    ]
    lead = _("现行的全部角色。系统、安全、审计三类管理员互相独立，一人只能任一类（三员分立）。")
    context = {
        "title": _("授权"),
        "lead": lead,
        "page": page,
        "columns": columns,
        "rows": rows,
        "nav_key": "roles",
        "empty": _("还没有授予任何角色"),
        "exports": True,
    }
    return render(request, "directory/bench_table.html", context)


@require_POST
@permission(Perm.ROLE_GRANT)
def revoke(request: Request, uid: UUID) -> HttpResponse:
    """End a role, with the reason."""
    grant = found(queries.find_grant(uid))
    note = request.POST.get("note", "")[:200]
    attempt(request, lambda: actions.revoke_role(grant, by=request.actor, now=clock.now(), note=note), _("角色已撤销"))
    return redirect("person", grant.person.uid)


@require_safe
@permission(Perm.PEOPLE_READ)
def lockouts(request: Request) -> HttpResponse:
    """Failed sign-ins that still count, and the names they locked out."""
    context = {"rows": queries.lockouts(), "nav_key": "lockouts", "may_reset": may(request.actor, Perm.LOCKOUT_RESET)}
    return render(request, "directory/lockouts.html", context)


@require_POST
@permission(Perm.LOCKOUT_RESET)
def reset_lockout(request: Request, uid: UUID) -> HttpResponse:
    """Let a locked-out person try again at once."""
    asked: Person = found(queries.people(request.actor).filter(uid=uid).first())
    attempt(request, lambda: actions.reset_lockout(asked, by=request.actor, now=clock.now()), _("已解除，可以重新登录"))
    return redirect("lockouts")
