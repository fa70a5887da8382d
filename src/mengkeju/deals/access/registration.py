"""Who may file, check and decide a registration. Nobody decides on a contract of his own organisation."""

from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access.deal import AUDITOR, filed_with, helper_of, is_party, outside_deal, party_of
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import NOTHING, Actor, Predicate, has_role, is_active, is_system, over_area, register, where


class RegistrationPerm(StrEnum):
    """Permissions on registrations."""

    QUEUE = "deals.registration:queue"
    DESK_READ = "deals.desk:read"
    READ = "deals.registration:read"
    READ_PART = "deals.registration_part:read"
    PREPARE = "deals.registration:prepare"
    EDIT = "deals.registration:edit"
    FILE = "deals.registration:file"
    WITHDRAW = "deals.registration:withdraw"
    SUPPLY = "deals.registration:supply"
    ACCEPT = "deals.registration:accept"
    ASK_SUPPLEMENT = "deals.registration:ask_supplement"
    SEND_TO_EXPERT = "deals.registration:send_to_expert"
    EXPERT_OPINION = "deals.registration:expert_opinion"
    REGISTER = "deals.registration:register"
    REFUSE = "deals.registration:refuse"
    CHANGE = "deals.registration:change"
    CANCEL = "deals.registration:cancel"
    OBJECT = "deals.registration:object"
    DECIDE_OBJECTION = "deals.registration:decide_objection"
    RECORD = "deals.registration:record"


def _applies(actor: Actor, registration: Any) -> bool:
    party = registration.applicant
    if party is None:
        return False
    of = party.organisation is not None and party.organisation.uid in actor.organisations
    return of or (party.person is not None and party.person.uid == actor.person_uid)


def _applies_q(actor: Actor) -> Q:
    mine = Q(applicant__organisation__uid__in=actor.organisations) if actor.organisations else NOTHING
    return mine | Q(applicant__person__uid=actor.person_uid) if actor.person_uid else mine


applies = Predicate("applies", _("申请登记的一方"), _applies, _applies_q)
over_desk = over_area(Role.REGISTRAR)
filed = where(
    "is_filed",
    _("已经提交"),
    state=(
        "filed",
        "supplement",
        "accepted",
        "expert",
        "registered",
        "refused",
        "changed",
        "cancelled",
        "objected",
        "withdrawn",
    ),
)
impartial = outside_deal("deal")
DESK = ((is_active, over_desk, filed, impartial),)
APPLICANT = ((is_active, applies),)

register(
    {
        RegistrationPerm.QUEUE: ((is_active, has_role(Role.REGISTRAR)), AUDITOR),
        RegistrationPerm.DESK_READ: ((over_desk, filed), AUDITOR),
        RegistrationPerm.READ: ((party_of("deal"),), (helper_of("deal"),), (over_desk, filed), AUDITOR),
        RegistrationPerm.READ_PART: (
            (party_of("registration__deal"),),
            (filed_with("registration__deal"),),
            AUDITOR,
        ),
        # Asked of the deal: any of its parties may begin, the applicant's people finish it.
        RegistrationPerm.PREPARE: ((is_active, is_party),),
        RegistrationPerm.EDIT: APPLICANT,
        RegistrationPerm.FILE: APPLICANT,
        RegistrationPerm.WITHDRAW: APPLICANT,
        RegistrationPerm.SUPPLY: APPLICANT,
        RegistrationPerm.ACCEPT: DESK,
        RegistrationPerm.ASK_SUPPLEMENT: DESK,
        RegistrationPerm.SEND_TO_EXPERT: DESK,
        RegistrationPerm.EXPERT_OPINION: DESK,
        RegistrationPerm.REGISTER: DESK,
        RegistrationPerm.REFUSE: DESK,
        RegistrationPerm.CHANGE: DESK,
        RegistrationPerm.CANCEL: DESK,
        RegistrationPerm.OBJECT: ((is_active, party_of("deal")),),
        RegistrationPerm.DECIDE_OBJECTION: DESK,
        # Of a ledger: registered elsewhere already, so nothing is decided; its own firm's rows are refused by the act.
        RegistrationPerm.RECORD: ((is_system,), (is_active, over_desk)),
    }
)
