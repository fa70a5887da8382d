"""Webhook endpoints: of an organisation for its managers, of the platform for the operator; delivery log and replay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.actions import WebhookInput
from mengkeju.directory.models import Organisation
from mengkeju.directory.web.forms import DAY, CreatingForm, revision
from mengkeju.directory.web.parts import attempt, organisation_or_404, page_of
from mengkeju.directory.web.tokens import fresh_sign_in
from mengkeju.directory.web.webhook_shown import delivery_row, endpoint_row, facts, steps
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.actors import provider
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.models import WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.models.webhook import OUTCOMES
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.web.said import stale
from mengkeju.kernel.webhooks import deliveries, reads
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import offered
from mengkeju.kernel.webhooks.workflow import BLOCK, MANAGE, READ, READ_ALL

GET_POST = ["GET", "HEAD", "POST"]


class WebhookFields(forms.Form):
    """What is stated about an endpoint."""

    url = forms.CharField(
        label=gettext_lazy("接收地址"),
        max_length=500,
        help_text=gettext_lazy("以 https:// 开头的公网地址，平台向它发 POST 请求"),
    )
    description = forms.CharField(
        label=gettext_lazy("用途"), max_length=120, help_text=gettext_lazy("给谁用，例如“科研系统同步”")
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("推送哪些事件"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只推送本单位当时看得到的内容所发生的事"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Events come from what capabilities offer."""
        super().__init__(*args, **options)
        set_choices(self, "types", list(offered().items()))

    def given(self) -> WebhookInput:
        """What the valid form states."""
        return WebhookInput(**{name: self.cleaned_data[name] for name in ("url", "description", "types")})


class NewWebhookForm(WebhookFields, CreatingForm):
    """A new endpoint."""


class EditWebhookForm(WebhookFields):
    """An endpoint as it was read."""

    revision = revision()

    @staticmethod
    def of(endpoint: WebhookEndpoint) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(endpoint, name) for name in ("url", "description", "types", "revision")}


class RotateForm(forms.Form):
    """How the old secret ends."""

    at_once = forms.BooleanField(
        label=gettext_lazy("旧密钥立即失效"),
        required=False,
        help_text=gettext_lazy("密钥可能已经泄露时勾选；接收方换上新密钥之前，验签会不通过"),
    )


class ReplayForm(forms.Form):
    """Since when what failed is sent again."""

    since = forms.DateField(label=gettext_lazy("从哪天起"), widget=DAY)


def endpoint_or_404(request: Request, uid: UUID) -> WebhookEndpoint:
    """An endpoint the reader may see."""
    made: WebhookEndpoint = found(reads.find(request.actor, uid))
    return made


@require_safe
@permission(READ_ALL)
def every(request: Request) -> HttpResponse:
    """Endpoints the reader may see: his organisations', the platform's, or all."""
    page = page_of(request, reads.endpoints(request.actor))
    mine = [o for o in queries.my_organisations(request.actor) if may(request.actor, MANAGE, _of(o))]
    context = {
        "rows": [endpoint_row(endpoint, names) for names in [_names(page)] for endpoint in page],
        "page": page,
        "organisations": mine,
        "platform": may(request.actor, MANAGE, _of(None)),
        "figures": FIGURES,
        "nav_key": "webhooks",
    }
    return render(request, "directory/webhooks.html", context)


def _of(organisation: Organisation | None) -> WebhookEndpoint:
    """An endpoint that does not exist yet, to ask who may make it."""
    return WebhookEndpoint(organisation=organisation.uid if organisation else None)


def _names(endpoints: Any) -> dict[UUID, str]:
    return provider().organisation_names({e.organisation for e in endpoints if e.organisation})


@require_http_methods(GET_POST)
@signed_in_object_permission(MANAGE)
@fresh_sign_in
def new(request: Request, uid: UUID) -> HttpResponse:
    """Make an endpoint of an organisation."""
    return _new(request, organisation_or_404(request, uid))


@require_http_methods(GET_POST)
@signed_in_object_permission(MANAGE)
@fresh_sign_in
def new_platform(request: Request) -> HttpResponse:
    """Make an endpoint of the platform."""
    return _new(request, None)


def _new(request: Request, organisation: Organisation | None) -> HttpResponse:
    """The form; a valid one shows the secret, once: the page is not stored, and a repeat shows the endpoint only."""
    require(request.actor, MANAGE, _of(organisation))
    form = NewWebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secrets: list[str] = []

        def make() -> WebhookEndpoint:
            made, secret = actions.create_webhook(organisation, form.given(), by=request.actor, now=clock.now())
            secrets.append(secret)
            return made

        try:
            endpoint, again = idempotency.once(request.actor, form.one_time, make)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _secret(request, endpoint, "" if again else secrets[0], _("推送地址已建好"))
    whose = organisation.name if organisation else _("平台")
    lead = _("属于：%(whose)s。建好后显示一次密钥，用来验签。") % {"whose": whose}
    return _form(request, form, _("新建推送地址"), reverse("webhooks"), lead)


def _form(request: HttpRequest, form: forms.Form, title: str, back: str, lead: str = "") -> HttpResponse:
    context = {"form": form, "nav_key": "webhooks", "title": title, "lead": lead, "verb": title, "back": back}
    return render(request, "directory/bench_form.html", context, status=422 if form.errors else 200)


def _secret(request: HttpRequest, endpoint: WebhookEndpoint, secret: str, title: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "title": title, "nav_key": "webhooks"}
    answer = render(request, "directory/webhook_secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@signed_in_object_permission(READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One endpoint with its log."""
    endpoint = endpoint_or_404(request, uid)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    page = page_of(request, reads.deliveries(endpoint, outcome), 25)
    keeps, counts = may(request.actor, MANAGE, endpoint), reads.counts(endpoint)
    context = {
        "endpoint": endpoint,
        "facts": facts(endpoint, _names([endpoint])),
        "steps": steps(request.actor, endpoint),
        "keeps": keeps,
        "rows": [delivery_row(delivery, keeps=keeps) for delivery in page],
        "page": page,
        "outcome": outcome,
        "outcomes": [(key, label, counts.get(key, 0)) for key, label in OUTCOMES.items()],
        "failed": counts.get("failed", 0),
        "replay_form": ReplayForm(initial={"since": clock.today()}),
        "items": timeline(endpoint, inside=True, limit=20),
        "kept_days": FIGURES.kept.days,
        "nav_key": "webhooks",
    }
    return render(request, "directory/webhook.html", context)


@require_http_methods(GET_POST)
@signed_in_object_permission(MANAGE)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change an endpoint."""
    endpoint = endpoint_or_404(request, uid)
    require(request.actor, MANAGE, endpoint)
    form = EditWebhookForm(request.POST or None, initial=EditWebhookForm.of(endpoint))
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["revision"]
        try:
            actions.edit_webhook(endpoint, form.given(), revision=base, by=request.actor, now=clock.now())
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, str(endpoint), endpoint.get_absolute_url())
        else:
            return redirect(endpoint)
    return _form(request, form, _("修改推送地址"), endpoint.get_absolute_url())


@require_http_methods(GET_POST)
@signed_in_object_permission(MANAGE)
@fresh_sign_in
def rotate(request: Request, uid: UUID) -> HttpResponse:
    """Change the secret; the new one is shown once."""
    endpoint = endpoint_or_404(request, uid)
    require(request.actor, MANAGE, endpoint)
    form = RotateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        at_once, now = form.cleaned_data["at_once"], clock.now()
        try:
            secret = actions.rotate_webhook_secret(endpoint, at_once=at_once, by=request.actor, now=now)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _secret(request, endpoint, secret, _("密钥已更换"))
    hours = int(FIGURES.overlap.total_seconds() // 3600)
    lead = ngettext("换后 %(n)d 小时内新旧两个密钥都签名。", "换后 %(n)d 小时内新旧两个密钥都签名。", hours)
    return _form(request, form, _("更换密钥"), endpoint.get_absolute_url(), lead % {"n": hours})


def _act(request: Request, endpoint: WebhookEndpoint, act: Callable[[], object], done: str) -> HttpResponse:
    attempt(request, act, done)
    return redirect(endpoint)


def _step(request: Request, uid: UUID, step: str, allowed: str) -> HttpResponse:
    endpoint = endpoint_or_404(request, uid)
    require(request.actor, allowed, endpoint)
    note = request.POST.get("note", "")[:200]
    return _act(
        request,
        endpoint,
        lambda: actions.move_webhook(endpoint, step, by=request.actor, now=clock.now(), note=note),
        _("已办理"),
    )


@require_POST
@signed_in_object_permission(MANAGE)
def pause(request: Request, uid: UUID) -> HttpResponse:
    """Send nothing for now."""
    return _step(request, uid, "pause", MANAGE)


@require_POST
@signed_in_object_permission(MANAGE)
def resume(request: Request, uid: UUID) -> HttpResponse:
    """Send again."""
    return _step(request, uid, "resume", MANAGE)


@require_POST
@signed_in_object_permission(BLOCK)
def block(request: Request, uid: UUID) -> HttpResponse:
    """The security administrator disables it."""
    return _step(request, uid, "block", BLOCK)


@require_POST
@signed_in_object_permission(BLOCK)
def unblock(request: Request, uid: UUID) -> HttpResponse:
    """The security administrator lets it go on; its managers then resume it."""
    return _step(request, uid, "unblock", BLOCK)


@require_POST
@signed_in_object_permission(MANAGE)
def ping(request: Request, uid: UUID) -> HttpResponse:
    """Send a test event."""
    endpoint = endpoint_or_404(request, uid)
    return _act(
        request,
        endpoint,
        lambda: deliveries.ping(endpoint, by=request.actor, now=clock.now()),
        _("测试事件已排队，稍后刷新看结果"),
    )


@require_POST
@signed_in_object_permission(MANAGE)
def delete(request: Request, uid: UUID) -> HttpResponse:
    """Delete an endpoint."""
    endpoint = endpoint_or_404(request, uid)
    attempt(request, lambda: actions.delete_webhook(endpoint, by=request.actor, now=clock.now()), _("推送地址已删除"))
    return redirect("webhooks")


@require_POST
@signed_in_object_permission(MANAGE)
def again(request: Request, uid: UUID) -> HttpResponse:
    """Send one delivery again."""
    delivery: WebhookDelivery = found(reads.find_delivery(request.actor, uid))
    return _act(
        request,
        delivery.endpoint,
        lambda: deliveries.replay(delivery, by=request.actor, now=clock.now()),
        _("已排队补发"),
    )


@require_POST
@signed_in_object_permission(MANAGE)
def again_failed(request: Request, uid: UUID) -> HttpResponse:
    """Send again everything that failed since a day."""
    endpoint = endpoint_or_404(request, uid)
    require(request.actor, MANAGE, endpoint)
    form = ReplayForm(request.POST)

    def act() -> int:
        if not form.is_valid():
            raise ValidationError(_("请填写日期"))
        since = clock.end_of(form.cleaned_data["since"] - timedelta(days=1))
        return deliveries.replay_failed(endpoint, since=since, by=request.actor, now=clock.now())

    return _act(request, endpoint, act, _("已排队补发"))
