"""Granting and revoking roles: the security administrator's work."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.roles import ROLES, SEPARATED
from mengkeju.directory.models import Area, Person, RoleGrant
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require


@transaction.atomic
def grant_role(person: Person, role: str, *, scope: str, area: str = "", by: Actor, now: datetime) -> RoleGrant:
    """Grant a role; an open grant is returned as it is.

    ValidationError: unknown role or area, a scope the role does not have, two of the three separated
    administrations in one hand, or granting to oneself.
    """
    require(by, Perm.ROLE_GRANT)
    spec = ROLES.get(role)
    if spec is None or scope not in spec.scopes:
        raise ValidationError({"role": _("这个角色不能授予这个范围")})
    if scope == "area" and not Area.objects.filter(code=area).exists():
        raise ValidationError({"area": _("请选择地区")})
    if by.person_uid is not None and person.uid == by.person_uid:
        raise ValidationError({"person": _("不能给自己授权")})
    held = set(person.role_grants.filter(revoked_at=None).values_list("role", flat=True))
    if role in SEPARATED and held & (SEPARATED - {role}):
        raise ValidationError({"role": _("系统、安全、审计三类管理员不能由一人兼任（三员分立）")})
    grant, made = RoleGrant.objects.get_or_create(
        person=person,
        role=role,
        scope=scope,
        area=area if scope == "area" else "",
        revoked_at=None,
        defaults={"granted_at": now, "granted_by_id": by.account_id},
    )
    if made:
        audit.record("role.granted", person, by=by, now=now, payload={"role": role, "scope": scope, "area": area})
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, by: Actor, now: datetime, note: str) -> None:
    """End a grant; the reason is kept."""
    require(by, Perm.ROLE_GRANT)
    if not note.strip():
        raise ValidationError({"note": _("请写明撤销理由")})
    if by.account_id is None:
        raise ValidationError({"note": _("撤销须由本人登录办理")})
    ended = RoleGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=now, revoked_by_id=by.account_id)
    if ended:
        audit.record("role.revoked", grant.person, by=by, now=now, payload={"role": grant.role, "note": note})
