"""API tokens: mine, an organisation's, and all of them for the security administrator."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions import TokenInput
from mengkeju.directory.engine.tokens import FIGURES
from mengkeju.directory.models import ApiToken, Organisation
from mengkeju.directory.web.forms import CreatingForm
from mengkeju.directory.web.parts import attempt, go_back, organisation_or_404, page_of
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.words import listed, word

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]
GET_POST = ["GET", "HEAD", "POST"]
Issue = Callable[[TokenInput], tuple[ApiToken, str]]


def fresh_sign_in(view: View[P]) -> View[P]:
    """Ask for the password or the second factor again, unless that was done minutes ago (django-allauth)."""
    asked: View[P] = reauthentication_required(view)
    return asked


class TokenForm(CreatingForm):
    """A new token."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("给谁用、在哪里用，例如“科研系统同步”")
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("允许做什么"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), coerce=int)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Scopes and lives come from the data files."""
        super().__init__(*args, **options)
        set_choices(self, "scopes", [(scope, word(title)) for scope, title in SCOPES.items()])
        lives = [(n, ngettext("%(n)d 天", "%(n)d 天", n) % {"n": n}) for n in FIGURES.offered_days]
        set_choices(self, "days", lives)

    def given(self) -> TokenInput:
        """What the valid form asks for."""
        return TokenInput(self.cleaned_data["name"], self.cleaned_data["scopes"], self.cleaned_data["days"])


def _state(token: ApiToken) -> dict[str, str]:
    if token.revoked_at is not None:
        return {"kind": "calm", "label": _("已吊销")}
    if not token.is_open(clock.now()):
        return {"kind": "calm", "label": _("已过期")}
    if token.expires_at - clock.now() <= FIGURES.warn:
        return {"kind": "wait", "label": _("快到期")}
    return {"kind": "done", "label": _("可以使用")}


def _rows(request: Request, tokens: Any, *, reason: bool, holders: bool = False) -> list[dict[str, Any]]:
    """What the list shows of each token; never the secret, which nobody has."""
    owners = _holders(tokens) if holders else {}
    return [
        {
            "token": token,
            "holder": owners.get(token.pk, ""),
            "scopes": listed([word(SCOPES[scope]) if scope in SCOPES else scope for scope in token.scopes]),
            "state": _state(token),
            "may_revoke": token.is_open(clock.now()) and may(request.actor, Perm.APITOKEN_REVOKE, token),
            "reason": reason,
        }
        for token in tokens
    ]


def _holders(tokens: Any) -> dict[int, str]:
    return {
        t.pk: t.organisation.name if t.organisation else getattr(getattr(t.account, "person", None), "name", "")
        for t in tokens
    }


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponse:
    """My tokens."""
    page = page_of(request, queries.my_tokens(request.actor))
    context = {
        "title": _("接口令牌"),
        "lead": _("令牌让程序以您的名义使用接口，权限不超过您自己的，也不超过您勾选的。"),
        "rows": _rows(request, page, reason=False),
        "page": page,
        "nav_key": "my-tokens",
        "new_url": reverse("token-new"),
        "organisations": [o for o in queries.my_organisations(request.actor) if may_issue(request, o)],
    }
    return render(request, "directory/tokens.html", context)


def may_issue(request: Request, organisation: Organisation) -> bool:
    """Whether the reader may make tokens of an organisation."""
    return may(request.actor, Perm.APITOKEN_CREATE_SERVICE, organisation)


@require_http_methods(GET_POST)
@permission(Perm.APITOKEN_CREATE)
@fresh_sign_in
def new(request: Request) -> HttpResponse:
    """Make a token of mine."""

    def issue(given: TokenInput) -> tuple[ApiToken, str]:
        return actions.issue_token(given, by=request.actor, now=clock.now())

    return _new(request, issue, _("新建我的接口令牌"), reverse("my-tokens"))


@require_safe
@signed_in_object_permission(Perm.APITOKEN_CREATE_SERVICE)
def of_organisation(request: Request, uid: UUID) -> HttpResponse:
    """An organisation's tokens, for its managers."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.APITOKEN_CREATE_SERVICE, organisation)
    page = page_of(request, queries.tokens_of(request.actor, organisation))
    context = {
        "title": _("%(organisation)s 的接口令牌") % {"organisation": organisation.name},
        "lead": _("单位令牌以“%(organisation)s（接口）”的名义办事，不随建令牌的同事离开而失效。")
        % {"organisation": organisation.name},
        "rows": _rows(request, page, reason=True),
        "page": page,
        "nav_key": "my-tokens",
        "new_url": reverse("organisation-token-new", args=[uid]),
    }
    return render(request, "directory/tokens.html", context)


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.APITOKEN_CREATE_SERVICE)
@fresh_sign_in
def new_service(request: Request, uid: UUID) -> HttpResponse:
    """Make a token of an organisation."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.APITOKEN_CREATE_SERVICE, organisation)

    def issue(given: TokenInput) -> tuple[ApiToken, str]:
        return actions.issue_service_token(organisation, given, by=request.actor, now=clock.now())

    title = _("新建 %(organisation)s 的接口令牌") % {"organisation": organisation.name}
    return _new(request, issue, title, reverse("organisation-tokens", args=[uid]))


def _new(request: Request, issue: Issue, title: str, back: str) -> HttpResponse:
    """The form; a valid one shows the secret, once: the page is not stored, and a repeat shows the token only."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secrets: list[str] = []

        def make() -> ApiToken:
            token, secret = issue(form.given())
            secrets.append(secret)
            return token

        try:
            token, again = idempotency.once(request.actor, form.one_time, make)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _made(request, token, "" if again else secrets[0], back)
    context = {"form": form, "nav_key": "my-tokens", "title": title, "verb": _("新建令牌"), "back": back}
    return render(request, "directory/bench_form.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, token: ApiToken, secret: str, back: str) -> HttpResponse:
    context = {"token": token, "secret": secret, "back": back, "nav_key": "my-tokens"}
    answer = render(request, "directory/token_made.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@permission(Perm.APITOKENS_READ)
def everyones(request: Request) -> HttpResponse:
    """Every token, by holder or name."""
    text = request.GET.get("q", "").strip()[:100]
    rows = queries.tokens(request.actor)
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(prefix__startswith=text)
            | Q(organisation__name__icontains=text)
            | Q(account__person__name__icontains=text)
        )
    page = page_of(request, rows)
    context = {
        "title": _("全部接口令牌"),
        "lead": _("谁的程序能用接口。密文不保存，谁也看不到；可疑的令牌可以立即吊销。"),
        "rows": _rows(request, page, reason=True, holders=True),
        "page": page,
        "q": text,
        "searchable": True,
        "back_here": [("next", reverse("tokens"))],
        "holders": True,
        "nav_key": "tokens",
    }
    return render(request, "directory/tokens.html", context)


@require_POST
@signed_in_object_permission(Perm.APITOKEN_REVOKE)
def revoke(request: Request, uid: UUID) -> HttpResponse:
    """End a token at once."""
    token: ApiToken = found(queries.tokens(request.actor).filter(uid=uid).first())
    note = request.POST.get("note", "")
    attempt(
        request,
        lambda: actions.revoke_token(token, by=request.actor, now=clock.now(), note=note),
        _("令牌已吊销，立即失效"),
    )
    return go_back(request, token.get_absolute_url())
