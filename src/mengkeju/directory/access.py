"""Who may do what with organisations, people, rights and vocabularies.

三员分立: the operator keeps vocabularies and jobs, the security administrator grants and suspends, the
auditor reads everything. None of the three can do another's work.
"""

from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine import regions
from mengkeju.directory.engine.roles import ROLES, Role
from mengkeju.directory.models import Membership
from mengkeju.kernel.access import (
    NOTHING,
    ROLE_LABELS,
    Actor,
    Predicate,
    anyone,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    outside_organisation,
    over_area,
    register,
    where,
)

ROLE_LABELS.update({str(key): spec for key, spec in ROLES.items()})


class Perm(StrEnum):
    """Permissions of the directory. Those about organisations take an Organisation, about people a Person."""

    ORGANISATION_READ = "directory.organisation:read"
    ORGANISATION_CREATE = "directory.organisation:create"
    ORGANISATION_EDIT = "directory.organisation:edit"
    ORGANISATION_SUBMIT = "directory.organisation:submit"
    ORGANISATION_VERIFY = "directory.organisation:verify"
    ORGANISATION_FROM_SOURCE = "directory.organisation:publish_source"
    VERIFICATION_READ = "directory.verification:read"
    TITLE_READ = "directory.title:read"
    TITLES_READ = "directory.titles:read"
    TITLE_GRANT = "directory.organisation:grant_title"
    TITLE_WITHDRAW = "directory.title:withdraw"
    TITLE_FROM_SOURCE = "directory.title:record_from_source"
    EVALUATE = "directory.organisation:evaluate"
    EVALUATION_READ = "directory.body_evaluation:read"
    EVALUATION_WITHDRAW = "directory.body_evaluation:withdraw"
    MEMBERS_OPEN = "directory.organisation:open_members"
    COLLEAGUE_READ = "directory.colleague:read"
    COLLEAGUE_INVITE = "directory.colleague:invite"
    COLLEAGUE_MANAGE = "directory.colleague:manage"
    INVITATION_READ = "directory.invitation:read"
    INVITATION_ACCEPT = "directory.invitation:accept"
    PERSON_READ = "directory.person:read"
    PERSON_EDIT = "directory.person:edit"
    PERSON_EXPORT = "directory.person:export"
    PERSON_ERASE = "directory.person:erase"
    PEOPLE_READ = "directory.people:read"
    ROLE_READ = "directory.role:read"
    ROLE_GRANT = "directory.role:grant"
    ACCOUNT_SUSPEND = "directory.account:suspend"
    ACCOUNT_LOCK = "directory.account:lock"
    LOCKOUT_RESET = "directory.lockout:reset"
    APITOKEN_READ = "directory.api_token:read"
    APITOKEN_CREATE = "directory.own_token:create"
    APITOKEN_CREATE_SERVICE = "directory.organisation:create_token"
    APITOKEN_REVOKE = "directory.api_token:revoke"
    APITOKENS_READ = "directory.tokens:read"
    VOCABULARY_READ = "directory.vocabulary:read"
    REFERENCE_READ = "directory.reference:read"
    VOCABULARY_EDIT = "directory.vocabulary:edit"
    RECORD_READ = "kernel.record:read"
    JOBS_READ = "kernel.jobs:read"
    JOBS_RUN = "kernel.jobs:run"


def _unmanaged(_actor: Actor, organisation: Any) -> bool:
    return not Membership.objects.filter(organisation=organisation, manager=True, ended_at=None).exists()


def _unmanaged_q(_actor: Actor) -> Q:
    return ~Q(Exists(Membership.objects.filter(organisation=OuterRef("pk"), manager=True, ended_at=None)))


not_archived = where("not_archived", _("未归档"), archived_at=None)
in_it = of_organisation("uid", _("本单位人员"))
manages_it = of_organisation("uid", _("本单位管理员"), "managed_organisations")
unmanaged = Predicate("unmanaged", _("单位还没有管理员"), _unmanaged, _unmanaged_q)
officer_over_it = over_area(Role.OFFICER, zone="zone")
# 回避: nobody decides on his own organisation.
is_impartial = outside_organisation("uid", _("不是该单位的人员（须回避，由本地区另一名或上级科技管理人员办理）"))
# 区外: in another province-level division than the region.
is_outside_region = Predicate(
    "is_outside_region",
    _("区外单位"),
    lambda _actor, organisation: regions.is_outside(organisation.area),
    lambda _actor: Q(area__regex=r"^[0-9]{6}$") & ~Q(area__startswith=regions.REGION[:2]) & ~Q(area__startswith="00"),
)
is_himself = Predicate(
    "is_himself",
    _("本人"),
    lambda actor, person: actor.person_uid is not None and person.uid == actor.person_uid,
    lambda actor: Q(uid=actor.person_uid) if actor.person_uid else NOTHING,
)
# A token of an organisation belongs to nobody: its managers answer for it.
owns_token = Predicate(
    "owns_token",
    _("令牌的主人"),
    lambda actor, token: (
        actor.account_id is not None and token.organisation_id is None and token.account_id == actor.account_id
    ),
    lambda actor: Q(account_id=actor.account_id, organisation=None) if actor.account_id is not None else NOTHING,
)
manages_token = of_organisation("organisation__uid", _("令牌所属单位的管理员"), "managed_organisations")
operator = has_role(Role.OPERATOR)
security_admin = has_role(Role.SECURITY_ADMIN)
auditor = has_role(Role.AUDITOR)
officer = has_role(Role.OFFICER)

OFFICER_OF_HOLDER = (
    (
        is_active,
        over_area(Role.OFFICER, area="holder__area", zone="holder__zone"),
        outside_organisation("holder__uid", is_impartial.label),
    ),
)
SECURITY = ((is_active, security_admin),)
SECURITY_READ = ((is_active, security_admin), (is_active, auditor))

register(
    {
        Perm.ORGANISATION_READ: ((not_archived,), (in_it,), (officer_over_it,), (auditor,)),
        Perm.ORGANISATION_CREATE: ((is_signed_in, is_active),),
        Perm.ORGANISATION_EDIT: ((is_active, manages_it), (is_active, officer_over_it), (is_system,)),
        Perm.ORGANISATION_SUBMIT: ((is_active, manages_it), (is_system,)),
        Perm.ORGANISATION_VERIFY: ((is_active, officer_over_it, is_impartial), (is_system,)),
        Perm.MEMBERS_OPEN: ((is_active, officer_over_it, is_impartial, is_outside_region),),
        # Titles are public facts; they are entered and withdrawn by the officer of the holder's area.
        Perm.TITLE_READ: ((not_archived,),),
        Perm.TITLES_READ: ((is_active, officer), (is_active, auditor)),
        Perm.TITLE_GRANT: ((is_active, officer_over_it, is_impartial),),
        Perm.TITLE_WITHDRAW: OFFICER_OF_HOLDER,
        Perm.TITLE_FROM_SOURCE: ((is_active, operator), (is_system,)),
        # As with titles: the authority judges, the officer of the area enters it, everybody reads it.
        Perm.EVALUATE: ((is_active, officer_over_it, is_impartial),),
        Perm.EVALUATION_READ: ((not_archived,),),
        Perm.EVALUATION_WITHDRAW: OFFICER_OF_HOLDER,
        Perm.ORGANISATION_FROM_SOURCE: ((is_active, operator), (is_system,)),
        Perm.VERIFICATION_READ: ((is_active, officer), (is_active, auditor)),
        Perm.COLLEAGUE_READ: ((is_active, in_it), (is_active, officer_over_it), (is_active, auditor)),
        # An organisation without manager (never had one, or the last was erased) gets one from its officer.
        Perm.COLLEAGUE_INVITE: ((is_active, manages_it), (is_active, officer_over_it, unmanaged)),
        Perm.COLLEAGUE_MANAGE: ((is_active, manages_it),),
        Perm.INVITATION_READ: (
            (is_active, of_organisation("organisation__uid", _("单位管理员"), "managed_organisations")),
            (is_active, auditor),
        ),
        Perm.INVITATION_ACCEPT: ((is_signed_in, is_active),),
        Perm.PERSON_READ: ((is_himself,), *SECURITY_READ),
        Perm.PERSON_EDIT: ((is_active, is_himself),),
        Perm.PERSON_EXPORT: ((is_himself,), (is_active, security_admin), (is_system,)),
        Perm.PERSON_ERASE: ((is_active, is_himself), (is_active, security_admin), (is_system,)),
        Perm.PEOPLE_READ: SECURITY_READ,
        Perm.ROLE_READ: SECURITY_READ,
        Perm.ROLE_GRANT: (*SECURITY, (is_system,)),
        Perm.ACCOUNT_SUSPEND: SECURITY,
        Perm.ACCOUNT_LOCK: SECURITY,
        Perm.LOCKOUT_RESET: SECURITY,
        Perm.APITOKEN_READ: ((owns_token,), (is_active, manages_token), *SECURITY_READ),
        Perm.APITOKEN_CREATE: ((is_signed_in, is_active),),
        Perm.APITOKEN_CREATE_SERVICE: ((is_active, manages_it),),
        Perm.APITOKEN_REVOKE: ((owns_token,), (is_active, manages_token), *SECURITY),
        Perm.APITOKENS_READ: SECURITY_READ,
        Perm.VOCABULARY_READ: ((anyone,),),
        # The operator's tables with what is retired and where each entry comes from; changing them is EDIT.
        Perm.REFERENCE_READ: ((is_active, operator), (is_active, auditor)),
        Perm.VOCABULARY_EDIT: ((is_active, operator), (is_system,)),
        Perm.RECORD_READ: ((is_active, auditor),),
        Perm.JOBS_READ: ((is_active, operator), (is_active, auditor)),
        Perm.JOBS_RUN: ((is_active, operator),),
    }
)
