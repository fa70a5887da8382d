"""API tokens: made, revoked, announced before they end. The secret leaves here once and is kept nowhere."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine import tokens
from mengkeju.directory.engine.tokens import FIGURES
from mengkeju.directory.models import ApiToken, Organisation, ServiceAccount
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import Account, Event
from mengkeju.kernel.notices import notify

LONGEST_REASON = 200


@dataclass(frozen=True)
class TokenInput:
    """What is asked for: a name, scopes (kernel.api.scopes), life in days (at most a year)."""

    name: str
    scopes: Sequence[str]
    days: int


def _holders(token: ApiToken) -> list[UUID]:
    """Whom a notice about the token reaches."""
    return queries.managers(token.organisation) if token.organisation is not None else [token.account.uid]


def _tell(token: ApiToken, kind: str, title: str, *, now: datetime, event: Event | None = None) -> None:
    notify(_holders(token), kind, title, subject_type="api_token", subject_uid=token.uid, now=now, event=event)


def _issue(
    given: TokenInput, account: Account, organisation: Organisation | None, *, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    life = timedelta(days=given.days)
    if not timedelta() < life <= FIGURES.longest:
        raise ValidationError({"days": _("有效期应在 1 天到 %(days)d 天之间") % {"days": FIGURES.longest.days}})
    in_use = ApiToken.objects.filter(account=account, revoked_at=None, expires_at__gt=now).count()
    if in_use >= FIGURES.per_holder:
        text = _("最多同时有 %(count)d 个令牌，请先吊销不用的") % {"count": FIGURES.per_holder}
        raise ValidationError({"name": text})
    secret = tokens.new_secret()
    token = ApiToken(
        account=account,
        organisation=organisation,
        area=organisation.area if organisation else "",
        name=given.name.strip(),
        prefix=tokens.shown(secret),
        digest=tokens.digest(secret),
        scopes=sorted(given.scopes),
        expires_at=now + life,
        created_at=now,
        created_by_id=by.account_id,
    )
    token.full_clean(exclude=["account", "created_by"])
    token.save(force_insert=True)
    payload = {"prefix": token.prefix, "scopes": token.scopes, "expires_at": token.expires_at}
    event = audit.record("api_token.issued", token, by=by, now=now, payload=payload)
    _tell(token, "token.issued", _("新建了接口令牌：%(token)s") % {"token": token}, now=now, event=event)
    return token, secret


@transaction.atomic
def issue_token(given: TokenInput, *, by: Actor, now: datetime) -> tuple[ApiToken, str]:
    """A token of the actor's own, and its secret. ValidationError per field; RefusedError without second factor."""
    require(by, Perm.APITOKEN_CREATE)
    if by.account_id is None:
        raise ValidationError(_("令牌须由本人登录办理"))
    account = Account.objects.select_for_update().get(pk=by.account_id)
    return _issue(given, account, None, by=by, now=now)


def service_account(organisation: Organisation) -> Account:
    """The organisation's login without sign-in, made when it is first needed. The caller holds the lock."""
    found = ServiceAccount.objects.filter(organisation=organisation).select_related("account").first()
    if found is not None:
        return found.account
    account = Account.objects.create_user(f"service-{secrets.token_hex(12)}")
    account.is_active = False
    account.save(update_fields=["is_active"])
    return ServiceAccount.objects.create(account=account, organisation=organisation).account


@transaction.atomic
def issue_service_token(
    organisation: Organisation, given: TokenInput, *, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """A token of an organisation, and its secret; its manager makes it, its service account acts by it."""
    require(by, Perm.APITOKEN_CREATE_SERVICE, organisation)
    fresh = lock(organisation)
    return _issue(given, service_account(fresh), fresh, by=by, now=now)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor, now: datetime, note: str = "") -> None:
    """End a token at once; a second time changes nothing. Who ends another's must say why (ValidationError)."""
    require(by, Perm.APITOKEN_REVOKE, token)
    if by.account_id is None:
        raise ValidationError(_("令牌须由本人登录办理"))
    own = token.organisation is None and token.account_id == by.account_id
    if not own and not note.strip():
        raise ValidationError({"note": _("请写明理由")})
    fresh = lock(token)
    if fresh.revoked_at is not None:
        return
    fresh.revoked_at, fresh.revoked_by_id, fresh.revoked_reason = now, by.account_id, note.strip()[:LONGEST_REASON]
    fresh.revision += 1
    fresh.save(update_fields=["revoked_at", "revoked_by", "revoked_reason", "revision"])
    payload = {"prefix": fresh.prefix, "note": fresh.revoked_reason}
    event = audit.record("api_token.revoked", fresh, by=by, now=now, payload=payload)
    _tell(fresh, "token.revoked", _("接口令牌已吊销：%(token)s") % {"token": fresh}, now=now, event=event)


def warn_of_expiry(*, now: datetime) -> int:
    """Nightly: tell the holders of tokens that end soon, once; returns how many tokens."""
    ending = ApiToken.objects.filter(revoked_at=None, warned_at=None, expires_at__gt=now)
    told = 0
    for token in ending.filter(expires_at__lte=now + FIGURES.warn).select_related("account", "organisation"):
        with transaction.atomic():
            still = ApiToken.objects.filter(Q(pk=token.pk), warned_at=None, revoked_at=None)
            if not still.update(warned_at=now):
                continue
            day = clock.today(token.expires_at)
            words = {"token": token, "day": day.isoformat()}
            _tell(token, "token.expiring", _("接口令牌将于 %(day)s 到期：%(token)s") % words, now=now)
            told += 1
    return told
