"""An individual who is a party acts here himself once he has followed the link that was mailed to him."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.models import Deal, DealParty
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.periods import PERIODS
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.workflow import TransitionRefusedError

log = logging.getLogger(__name__)
SALT = "deals.individual"
TOLD = gettext_lazy("{name}已用自己的账号加入合作项目 {number}")


def _trouble(party: DealParty) -> str:
    """Why nobody can join as this party; empty when somebody can."""
    if party.archived_at is not None:
        return _("这一方已经移出")
    if not party.individual or party.organisation_id is not None:
        return _("这一方不是个人，由单位人员办理")
    return _("本人已经加入，链接只能用一次") if party.person_id is not None else ""


@transaction.atomic
def invite_individual(party: DealParty, email: str, *, by: Actor, now: datetime) -> None:
    """Mail an individual party the link by which he joins with his own account; it stands nowhere but in the mail.

    RefusedError; ValidationError by field; TransitionRefusedError when he has joined or the deal is over.
    """
    require(by, DealPerm.WRITE, party.deal)
    deal = lock(party.deal)
    refuse_over(deal)
    row = DealParty.objects.select_related("deal").get(pk=party.pk)
    trouble = _trouble(row)
    if trouble:
        raise TransitionRefusedError(trouble, "wrong_state")
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": _("请填写本人的电子邮箱，例如 wang@example.com")}) from error
    token = signing.dumps(str(row.uid), salt=SALT)
    audit.record("deal.individual_invited", deal, by=by, now=now, payload={"party": str(row.uid)})
    transaction.on_commit(lambda: _send(row, address, token))


def _send(party: DealParty, address: str, token: str) -> None:
    """Mail it. A mail server that refuses does not undo the act: he is invited again."""
    said = (
        _("您是合同“%(title)s”的一方。请用您自己的账号加入，以便确认文本、办理登记。") % {"title": party.deal.title},
        _("请登录（没有账号先注册）后打开：") + f"\n{settings.SITE_URL}{reverse('deal-individual', args=[token])}",
        _("链接 %(days)s 天内有效，只能用一次。如果您不认识对方，请忽略这封邮件。")
        % {"days": PERIODS["invitation"].days},
    )
    try:
        send_mail(_("【蒙科聚】请加入您的合同"), "\n\n".join(said) + "\n", None, [address])
    except OSError:
        log.exception("the individual party %s was not mailed", party.uid)


def party_of_link(token: str) -> DealParty | None:
    """The individual party a link was mailed to; None for a link that is forged or has expired."""
    try:
        uid: Any = signing.loads(token, salt=SALT, max_age=PERIODS["invitation"])
    except signing.BadSignature:
        return None
    return DealParty.objects.select_related("deal", "person").filter(uid=uid).first()


def trouble_with_link(party: DealParty) -> str:
    """Why the link cannot be used any more; empty when it can."""
    return _trouble(party)


@transaction.atomic
def join_as_individual(token: str, *, by: Actor, now: datetime) -> Deal:
    """The signed-in person is this party from now on; the other parties are told.

    RefusedError; TransitionRefusedError for a link that was used, has expired or is forged, and for somebody who
    already stands on the deal.
    """
    require(by, DealPerm.JOIN)
    found, person = party_of_link(token), directory.person_of(by)
    if found is None or person is None:
        raise TransitionRefusedError(_("链接已经过期，请让对方重新发送"), "expired")
    deal = lock(found.deal)
    refuse_over(deal)
    row = DealParty.objects.get(pk=found.pk)
    trouble = _trouble(row)
    if trouble:
        raise TransitionRefusedError(trouble, "wrong_state")
    if deal.parties.filter(person=person, archived_at=None).exists():
        raise TransitionRefusedError(_("您已经是这份合同的一方"), "twice")
    row.person = person
    row.save(update_fields=["person"])
    audit.record("deal.individual_joined", deal, by=by, now=now, payload={"party": str(row.uid)})
    tell_others(deal, by, format_lazy(TOLD, name=row.name, number=deal.number), now)
    return deal
