"""Webhook endpoints: made, changed, stopped. The secret leaves here once, when it is made or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.actions.tokens import service_account
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.models import Account, WebhookEndpoint
from mengkeju.kernel.webhooks import guard, signing
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import offered
from mengkeju.kernel.webhooks.workflow import MANAGE


@dataclass(frozen=True)
class WebhookInput:
    """Where to (https), what for, which of the event types on offer."""

    url: str
    description: str
    types: Sequence[str]


def _checked(given: WebhookInput) -> dict[str, Any]:
    """The fields to store. ValidationError per field."""
    try:
        guard.check_url(given.url)
    except guard.UnfitAddressError as error:
        raise ValidationError({"url": guard.REASONS[error.code]}) from error
    types = sorted(set(given.types))
    if not types or not set(types) <= set(offered()):
        raise ValidationError({"types": _("请至少选择一种事件")})
    return {"url": given.url, "description": given.description.strip(), "types": types}


def _told(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What stands in the record: the host, not the path, which may carry a key of the receiver's."""
    return {"host": urlsplit(endpoint.url).hostname or "", "types": endpoint.types}


def _check_count(organisation: UUID | None) -> None:
    if WebhookEndpoint.objects.filter(organisation=organisation, archived_at=None).count() >= FIGURES.per_organisation:
        raise ValidationError(_("最多 %(count)d 个推送地址，请先删除不用的") % {"count": FIGURES.per_organisation})


@transaction.atomic
def create_webhook(
    organisation: Organisation | None, given: WebhookInput, *, by: Actor, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint of an organisation (None: of the platform) and its secret. ValidationError per field."""
    endpoint = WebhookEndpoint(organisation=organisation.uid if organisation else None)
    require(by, MANAGE, endpoint)
    if organisation is not None:
        fresh = lock(organisation)
        service_account(fresh)  # with its eyes events are chosen
        endpoint.area = fresh.area
    elif by.account_id is not None:
        Account.objects.select_for_update().get(pk=by.account_id)  # two at once do not pass the limit
    _check_count(endpoint.organisation)
    for name, value in _checked(given).items():
        setattr(endpoint, name, value)
    secret = signing.new_secret()
    endpoint.secret = signing.locked(secret)
    begin(endpoint, by=by, now=now, payload=_told(endpoint), organisation=endpoint.organisation)
    return endpoint, secret


@transaction.atomic
def edit_webhook(endpoint: WebhookEndpoint, given: WebhookInput, *, revision: int, by: Actor, now: datetime) -> None:
    """Change address, purpose, events. StaleRevisionError; ValidationError per field."""
    require(by, MANAGE, endpoint)
    fresh = lock(endpoint, revision)
    values = _checked(given)
    before = {name: getattr(fresh, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.revision += 1
    fresh.save(update_fields=[*values, "revision"])
    payload = {**_told(fresh), "changed": sorted(name for name in values if values[name] != before[name])}
    audit.record("webhook.edited", fresh, by=by, now=now, payload=payload, organisation=fresh.organisation)


@transaction.atomic
def rotate_webhook_secret(endpoint: WebhookEndpoint, *, at_once: bool, by: Actor, now: datetime) -> str:
    """A new secret; the old one signs beside it for a day, unless it is to end at once.

    ValidationError while an earlier change still runs, because a third secret would drop the first unseen.
    """
    require(by, MANAGE, endpoint)
    fresh = lock(endpoint)
    if not at_once and len(fresh.secrets(now)) > 1:
        raise ValidationError(_("上一次更换还在过渡期，两个密钥都有效。要马上换，请勾选“旧密钥立即失效”。"))
    secret = signing.new_secret()
    fresh.previous_secret = "" if at_once else fresh.secret
    fresh.previous_until = None if at_once else now + FIGURES.overlap
    fresh.secret = signing.locked(secret)
    fresh.revision += 1
    fresh.save(update_fields=["secret", "previous_secret", "previous_until", "revision"])
    audit.record(
        "webhook.secret_rotated", fresh, by=by, now=now, payload={"at_once": at_once}, organisation=fresh.organisation
    )
    return secret


@transaction.atomic
def move_webhook(endpoint: WebhookEndpoint, step: str, *, by: Actor, now: datetime, note: str = "") -> None:
    """Pause, resume, block or unblock. What waits is sent after a resumption, and failing is counted anew."""
    advance(endpoint, step, by=by, now=now, note=note, organisation=endpoint.organisation)
    if step == "resume":
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)


@transaction.atomic
def delete_webhook(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> None:
    """Archive it; its secrets and what still waits are dropped. A second time changes nothing."""
    require(by, MANAGE, endpoint)
    fresh = lock(endpoint)
    if fresh.archived_at is not None:
        return
    fresh.archived_at, fresh.archived_by_id = now, by.account_id
    fresh.secret = fresh.previous_secret = ""
    fresh.previous_until = None
    fresh.revision += 1
    fresh.save(update_fields=["archived_at", "archived_by", "secret", "previous_secret", "previous_until", "revision"])
    waiting = fresh.deliveries.filter(outcome="waiting")
    waiting.update(outcome="dropped", ended_at=now, lease_until=None, lease_holder=None)
    audit.record("webhook.deleted", fresh, by=by, now=now, payload=_told(fresh), organisation=fresh.organisation)
