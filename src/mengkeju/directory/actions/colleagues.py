"""Colleagues of an organisation: invited by e-mail, made managers, ended."""

import hashlib
import logging
import secrets
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions.organisations import join_organisation
from mengkeju.directory.engine.periods import PERIODS
from mengkeju.directory.models import Invitation, Membership, Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.figures import full_date

log = logging.getLogger(__name__)


class ColleagueError(ValueError):
    """The act is not possible as things stand; the message is for the person who tried."""


def digest_of(token: str) -> str:
    """What is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _send(invitation: Invitation, token: str) -> None:
    """Mail the address after commit. A mail server that refuses does not undo the invitation."""
    address = settings.SITE_URL + reverse("invitation", args=[token])
    name = invitation.organisation.name
    parts = (
        _("%(name)s 邀请您加入它在蒙科聚上的单位。") % {"name": name},
        _("请登录（没有账号先注册）后打开：") + f"\n{address}",
        _("链接只能用一次，%(day)s之前有效。如果您不认识这家单位，请忽略这封邮件。")
        % {"day": full_date(clock.today(invitation.expires_at))},
    )
    title = _("【蒙科聚】%(name)s 邀请您加入") % {"name": name}
    try:
        send_mail(title, "\n\n".join(parts) + "\n", None, [invitation.email])
    except OSError:
        log.exception("invitation %s was not mailed", invitation.uid)


@transaction.atomic
def invite_colleague(organisation: Organisation, email: str, *, manager: bool, by: Actor, now: datetime) -> Invitation:
    """Invite by e-mail; an open invitation to the same address gets a new token and date.

    The token stands only in the mail, which goes out after commit. ValidationError for a bad address.
    """
    require(by, Perm.COLLEAGUE_INVITE, organisation)
    if by.account_id is None:
        raise ValidationError({"email": _("邀请须由本人登录办理")})
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": _("请填写对方的电子邮箱，例如 wang@example.com")}) from error
    lock(organisation)
    if organisation.memberships.filter(ended_at=None, person__account__email__iexact=email).exists():
        raise ValidationError({"email": _("这个邮箱的人已经在本单位")})
    token = secrets.token_urlsafe(32)
    invitation, made = Invitation.objects.update_or_create(
        organisation=organisation,
        email=email,
        accepted_at=None,
        withdrawn_at=None,
        defaults={"manager": manager, "token_digest": digest_of(token), "expires_at": now + PERIODS["invitation"]},
        create_defaults={
            "manager": manager,
            "token_digest": digest_of(token),
            "expires_at": now + PERIODS["invitation"],
            "created_at": now,
            "created_by_id": by.account_id,
            "area": organisation.area,
        },
    )
    audit.record(
        "organisation.invited" if made else "organisation.invited_again",
        organisation,
        by=by,
        now=now,
        payload={"invitation": str(invitation.uid), "manager": manager},
        organisation=organisation.uid,
    )
    transaction.on_commit(lambda: _send(invitation, token))
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The invitation a token belongs to, whatever its state."""
    return Invitation.objects.filter(token_digest=digest_of(token)).select_related("organisation").first()


def trouble_with(invitation: Invitation, now: datetime) -> str:
    """Why an invitation cannot be accepted; empty when it can."""
    if invitation.accepted_at is not None:
        return _("这个邀请已经用过了，每个邀请只能用一次")
    if invitation.withdrawn_at is not None:
        return _("这个邀请已被单位撤回")
    if invitation.expires_at <= now:
        return _("这个邀请已过期，请让单位管理员重新邀请")
    return "" if invitation.organisation.archived_at is None else _("这家单位已不在平台上")


@transaction.atomic
def accept_invitation(token: str, *, by: Actor, now: datetime) -> Membership:
    """Join by the token of a mail, once. ColleagueError when unknown, used, withdrawn or expired."""
    require(by, Perm.INVITATION_ACCEPT)
    found = Invitation.objects.select_for_update().filter(token_digest=digest_of(token)).first()
    trouble = trouble_with(found, now) if found is not None else _("没有这个邀请，请核对邮件里的链接")
    if found is None or trouble:
        raise ColleagueError(trouble)
    person = queries.person_of(by)
    if person is None:
        raise ColleagueError(_("请先填写您的姓名"))
    found.accepted_at, found.accepted_by_id = now, by.account_id
    found.save(update_fields=["accepted_at", "accepted_by"])
    return join_organisation(person, found.organisation, manager=found.manager, by=by, now=now)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Make an open invitation useless; a second time changes nothing."""
    require(by, Perm.COLLEAGUE_INVITE, invitation.organisation)
    ended = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    if ended:
        audit.record(
            "organisation.invitation_withdrawn",
            invitation.organisation,
            by=by,
            now=now,
            payload={"invitation": str(invitation.uid)},
            organisation=invitation.organisation.uid,
        )


def _other_managers(membership: Membership) -> bool:
    open_ones = membership.organisation.memberships.filter(ended_at=None, manager=True)
    return open_ones.exclude(pk=membership.pk).exists()


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor, now: datetime) -> None:
    """A manager ends a colleague's membership, or a member leaves. The last manager cannot (ColleagueError)."""
    if membership.person.uid != by.person_uid:
        require(by, Perm.COLLEAGUE_MANAGE, membership.organisation)
    lock(membership.organisation)
    fresh = Membership.objects.select_for_update().get(pk=membership.pk)
    if fresh.ended_at is not None:
        return
    if fresh.manager and not _other_managers(fresh):
        raise ColleagueError(_("这是最后一位管理员。请先把另一位同事设为管理员。"))
    fresh.ended_at = now
    fresh.save(update_fields=["ended_at"])
    audit.record(
        "organisation.left",
        fresh.organisation,
        by=by,
        now=now,
        payload={"person": str(fresh.person.uid)},
        organisation=fresh.organisation.uid,
    )


@transaction.atomic
def set_manager(membership: Membership, *, manager: bool, by: Actor, now: datetime) -> None:
    """Make a colleague a manager, or no longer. The last manager stays one (ColleagueError)."""
    require(by, Perm.COLLEAGUE_MANAGE, membership.organisation)
    lock(membership.organisation)
    fresh = Membership.objects.select_for_update().get(pk=membership.pk)
    if fresh.ended_at is not None:
        raise ColleagueError(_("这位同事已经离开本单位"))
    if fresh.manager == manager:
        return
    if not manager and not _other_managers(fresh):
        raise ColleagueError(_("这是最后一位管理员。请先把另一位同事设为管理员。"))
    fresh.manager = manager
    fresh.save(update_fields=["manager"])
    audit.record(
        "organisation.manager_set" if manager else "organisation.manager_unset",
        fresh.organisation,
        by=by,
        now=now,
        payload={"person": str(fresh.person.uid)},
        organisation=fresh.organisation.uid,
    )
