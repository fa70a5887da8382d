"""Who may do what with organisations, people, rights and vocabularies."""

from enum import StrEnum

from django.db.models import Q

from mengkeju.directory.engine.roles import ROLES, Role
from mengkeju.kernel.access import (
    NOTHING,
    ROLE_LABELS,
    Predicate,
    any_of,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    over_area,
    register,
    where,
)

ROLE_LABELS.update({str(key): spec.label for key, spec in ROLES.items()})


class Perm(StrEnum):
    """Permissions of the directory."""

    ORGANISATION_READ = "directory.organisation:read"
    ORGANISATION_CREATE = "directory.organisation:create"
    ORGANISATION_EDIT = "directory.organisation:edit"
    ORGANISATION_SUBMIT = "directory.organisation:submit"
    ORGANISATION_VERIFY = "directory.organisation:verify"
    COLLEAGUE_INVITE = "directory.colleague:invite"
    PERSON_READ = "directory.person:read"
    PERSON_EDIT = "directory.person:edit"
    PERSON_ERASE = "directory.person:erase"
    ROLE_GRANT = "directory.role:grant"
    ACCOUNT_SUSPEND = "directory.account:suspend"
    VOCABULARY_EDIT = "directory.vocabulary:edit"
    RECORD_READ = "kernel.record:read"
    JOBS_RUN = "kernel.jobs:run"


not_archived = where("not_archived", "未归档", archived_at=None)
in_it = of_organisation("uid", "本单位人员")
manages_it = of_organisation("uid", "本单位管理员", "managed_organisations")
officer_over_it = over_area(Role.OFFICER, zone="zone")
is_himself = Predicate(
    "is_himself", "本人",
    lambda actor, person: actor.person_uid is not None and person.uid == actor.person_uid,
    lambda actor: Q(uid=actor.person_uid) if actor.person_uid else NOTHING,
)
operator = has_role(Role.OPERATOR)
security_admin = has_role(Role.SECURITY_ADMIN)
auditor = has_role(Role.AUDITOR)

register({
    Perm.ORGANISATION_READ: ((not_archived,), (in_it,), (officer_over_it,), (auditor,)),
    Perm.ORGANISATION_CREATE: ((is_signed_in, is_active),),
    Perm.ORGANISATION_EDIT: ((is_active, manages_it), (is_active, officer_over_it), (is_system,)),
    Perm.ORGANISATION_SUBMIT: ((is_active, manages_it), (is_system,)),
    Perm.ORGANISATION_VERIFY: ((is_active, officer_over_it), (is_system,)),
    Perm.COLLEAGUE_INVITE: ((is_active, manages_it),),
    Perm.PERSON_READ: any_of(is_himself, security_admin, auditor),
    Perm.PERSON_EDIT: ((is_himself,),),
    Perm.PERSON_ERASE: ((is_himself,), (is_active, security_admin)),
    Perm.ROLE_GRANT: ((is_active, security_admin), (is_system,)),
    Perm.ACCOUNT_SUSPEND: ((is_active, security_admin),),
    Perm.VOCABULARY_EDIT: ((is_active, operator), (is_system,)),
    Perm.RECORD_READ: ((is_active, auditor),),
    Perm.JOBS_RUN: ((is_active, operator),),
})
