"""Webhook endpoints and deliveries as their pages show them."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.models import WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.models.webhook import OUTCOMES
from mengkeju.kernel.webhooks.offers import PING, words
from mengkeju.kernel.webhooks.transport import ERRORS
from mengkeju.kernel.webhooks.workflow import WEBHOOK
from mengkeju.kernel.words import listed, word

TONES = {"waiting": "go", "delivered": "done", "failed": "over", "dropped": "calm"}


def badge(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Kind and word of its state, for mk/state.html; one that is failing now says so."""
    spec = WEBHOOK.states[endpoint.state]
    if endpoint.state == "active" and endpoint.failing_since is not None:
        return {"kind": "wait", "label": _("推送中，最近失败")}
    return {"kind": "calm" if spec.tone == "idle" else spec.tone, "label": word(spec)}


def owner(endpoint: WebhookEndpoint, names: dict[UUID, str]) -> str:
    """Whose it is."""
    return names.get(endpoint.organisation, "") if endpoint.organisation else _("平台")


def endpoint_row(endpoint: WebhookEndpoint, names: dict[UUID, str]) -> dict[str, Any]:
    """One line of the list."""
    return {
        "endpoint": endpoint,
        "state": badge(endpoint),
        "owner": owner(endpoint, names),
        "types": len(endpoint.types),
    }


def facts(endpoint: WebhookEndpoint, names: dict[UUID, str]) -> list[dict[str, Any]]:
    """For mk/facts.html."""
    rows: list[dict[str, Any]] = [
        {"label": _("状态"), "state": badge(endpoint)},
        {"label": _("属于"), "value": owner(endpoint, names)},
        {"label": _("接收地址"), "value": endpoint.url},
        {"label": _("推送的事件"), "value": listed([words(kind) for kind in endpoint.types])},
    ]
    if len(endpoint.secrets(clock.now())) > 1:
        rows.append({"label": _("密钥"), "value": _("正在更换，新旧两个密钥都签名")})
    return rows


def steps(actor: Actor, endpoint: WebhookEndpoint) -> list[dict[str, Any]]:
    """Steps the reader may take now."""
    return [
        {
            "label": word(known),
            "url": reverse(f"webhook-{key}", args=[endpoint.uid]),
            "asks": known.note_required,
            "key": key,
        }
        for key, known in WEBHOOK.leaving(endpoint.state)
        if may(actor, known.permission, endpoint)
    ]


def delivery_row(delivery: WebhookDelivery, *, keeps: bool) -> dict[str, Any]:
    """One line of the log."""
    return {
        "delivery": delivery,
        "words": _("测试事件") if delivery.type == PING else words(delivery.type),
        "state": {"kind": TONES[delivery.outcome], "label": OUTCOMES[delivery.outcome]},
        "error": ERRORS.get(delivery.error, ""),
        "may_again": keeps and delivery.outcome != "waiting",
    }
