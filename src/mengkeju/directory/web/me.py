"""Me: profile, organisations, second factor, consents, my data."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.engine.terms import PURPOSE, TERMS
from mengkeju.directory.models import Person
from mengkeju.directory.web.forms import EraseForm, ProfileForm
from mengkeju.directory.web.parts import badge, row, table
from mengkeju.kernel import clock, idempotency, panels
from mengkeju.kernel import consent as consents
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.models import Account
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission
from mengkeju.kernel.web.said import stale
from mengkeju.kernel.words import word


def _me(request: Request) -> Person:
    person = queries.person_of(request.actor)
    made: Person = found(person)
    return made


def _facts(person: Person, account: Account) -> list[dict[str, Any]]:
    edit = reverse("person-edit")
    return [
        {"label": _("姓名"), "value": person.name, "change_url": edit},
        {"label": _("职务或职称"), "value": person.position, "change_url": edit},
        {"label": _("电话"), "value": person.phone, "change_url": edit},
        {"label": _("用户名"), "value": account.username},
        {"label": _("电子邮箱"), "value": account.email, "change_url": reverse("account_email")},
    ]


def _consents(person: Person) -> dict[str, Any]:
    """What he may allow, each with his consent if it is open, and everything he ever consented to."""
    given = list(consents.of("person", person.uid))
    now_open = {one.purpose: one for one in given if one.withdrawn_at is None and not one.scope}
    columns = table(_("用途"), _("文字版本"), _("同意时间"), _("撤回时间"))
    labels = {offer.purpose: offer.label for offer in consents.offers.values()} | {PURPOSE: word(TERMS)}
    return {
        "offers": [(o, now_open.get(o.purpose), idempotency.new_key()) for o in consents.offers.values()],
        "consent_columns": columns,
        "consent_rows": [
            row(
                columns,
                {"value": labels.get(one.purpose, one.purpose), "note": one.scope},
                one.text_version,
                {"at": one.given_at, "form": "time"},
                {"at": one.withdrawn_at, "form": "time"} if one.withdrawn_at else "",
            )
            for one in given
        ],
    }


def _context(request: Request, person: Person) -> dict[str, Any]:
    names = queries.area_names({g.area for g in request.actor.grants if g.area})
    managed = request.actor.managed_organisations
    return {
        "person": person,
        "nav_key": "directory-me",
        "rows": _facts(person, request.user),
        "organisations": [(o, badge(o.state), o.uid in managed) for o in queries.my_organisations(request.actor)],
        "roles": [(word(ROLES[g.role]), names.get(g.area, _("全平台"))) for g in request.actor.grants],
        "second_factor": queries.has_second_factor(request.user),
        "second_factor_due": any(ROLES[g.role].second_factor for g in request.actor.grants),
        "suspended": request.user.suspended_at is not None,
        "reason": request.user.suspended_reason,
        "agreed": queries.consent_version(person),
        "terms": TERMS,
        "panels": panels.build(request.actor, "me", "tools"),
        **_consents(person),
    }


@require_safe
@permission("signed-in")
def me(request: Request) -> HttpResponse:
    """My profile, organisations, roles, security and data."""
    return render(request, "directory/me.html", _context(request, _me(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@permission("signed-in")
def edit(request: Request) -> HttpResponse:
    """Change my profile."""
    person = _me(request)
    form = ProfileForm(request.POST or None, initial=ProfileForm.of(person))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_profile(
                person, form.given(), by=request.actor, now=clock.now(), revision=form.cleaned_data["revision"]
            )
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, _("我的资料"), reverse("directory-me"))
        else:
            messages.success(request, _("已保存"))
            return redirect("directory-me")
    context = {
        "form": form,
        "nav_key": "directory-me",
        "title": _("修改我的资料"),
        "verb": _("保存"),
        "back": reverse("directory-me"),
    }
    return render(request, "directory/bench_form.html", context, status=422 if form.errors else 200)


@require_POST
@permission("signed-in")
def agree(request: Request) -> HttpResponse:
    """Agree to the present terms."""
    actions.agree_to_terms(_me(request), by=request.actor, now=clock.now())
    messages.success(request, _("已记录您的同意"))
    return redirect("directory-me")


@require_POST
@permission("signed-in")
def consent(request: Request, purpose: str) -> HttpResponse:
    """Allow an offered purpose (`on` is 1) or take it back; a second arrival of one form changes nothing more."""
    person, offer = _me(request), found(consents.offers.get(purpose))
    gives = request.POST.get("on") == "1"

    def choose() -> Person:
        (consents.accept if gives else consents.take_back)(offer.purpose, by=request.actor, now=clock.now())
        return person

    _person, repeated = idempotency.once(request.actor, request.POST.get(idempotency.FIELD, ""), choose)
    if not repeated:
        messages.success(request, _("已记录您的同意") if gives else _("已撤回同意"))
    return redirect(reverse("directory-me") + "#consents")


@require_POST
@permission("signed-in")
def export(request: Request) -> HttpResponse:
    """Everything kept about me, as a file."""
    data = actions.export_person(_me(request), by=request.actor, now=clock.now())
    text = json.dumps(data, ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="my-data-{clock.today().isoformat()}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@permission("signed-in")
def erase(request: Request) -> HttpResponse:
    """Erase me and close my login, after I typed my user name."""
    person = _me(request)
    form = EraseForm(request.user.username, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase_person(person, by=request.actor, now=clock.now())
        logout(request)
        messages.success(request, _("您的个人信息已删除，账号已注销"))
        return redirect("home")
    managed = [o for o in queries.my_organisations(request.actor) if o.uid in request.actor.managed_organisations]
    return render(
        request,
        "directory/erase.html",
        {"form": form, "managed": managed, "nav_key": "directory-me"},
        status=422 if form.errors else 200,
    )
