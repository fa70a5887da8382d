"""Who may diagnose a vague need (待凝练), and who answers for its owner."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    EVERYTHING,
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    of_organisation,
    outside_organisation,
    over_area,
    register,
    where,
)
from mengkeju.listings.access import Perm, holds_broker, in_refining, is_auditor, is_owner, is_recused_not
from mengkeju.listings.models import Diagnosis


def _is_not_barred(actor: Actor, diagnosis: Diagnosis) -> bool:
    return diagnosis.barred_id is None or diagnosis.barred_id != actor.account_id


def _not_barred_q(actor: Actor) -> Q:
    return Q(barred=None) | ~Q(barred=actor.account_id) if actor.account_id is not None else EVERYTHING


is_fresh_eye = Predicate("is_fresh_eye", _("不是上一次诊断的经纪人"), _is_not_barred, _not_barred_q)
is_claimant = Predicate(
    "is_claimant",
    _("认领这次诊断的经纪人"),
    lambda actor, diagnosis: actor.account_id is not None and diagnosis.broker_id == actor.account_id,
    lambda actor: Q(broker=actor.account_id) if actor.account_id is not None else NOTHING,
)
need_in_refining = where("need_in_refining", in_refining.label, listing__state=("refining", "tracking"))
is_need_owner = of_organisation("listing__owner__uid", is_owner.label)
is_need_officer = over_area(Role.OFFICER, area="listing__area", zone="listing__zone")
is_need_impartial = outside_organisation("listing__owner__uid", _("不是需求单位的人员（须回避）"))

register(
    {
        Perm.DIAGNOSE: ((is_active, holds_broker, is_recused_not),),
        Perm.DIAGNOSIS_READ: (
            (is_active, holds_broker, is_need_impartial, need_in_refining),
            (is_active, is_claimant, is_need_impartial),
            (is_need_owner,),
            (is_active, is_need_officer),
            (is_active, is_auditor),
        ),
        Perm.DIAGNOSES_READ: ((is_active, has_role(Role.BROKER, Role.OFFICER)), (is_active, is_auditor)),
        Perm.DIAGNOSIS_CLAIM: ((is_active, holds_broker, is_need_impartial, is_fresh_eye),),
        Perm.DIAGNOSIS_RELEASE: ((is_active, is_claimant), (is_active, is_need_officer, is_need_impartial)),
        Perm.DIAGNOSIS_CONCLUDE: ((is_active, holds_broker, is_claimant, is_need_impartial),),
        Perm.DIAGNOSIS_ANSWER: ((is_active, is_need_owner),),
        Perm.DIAGNOSIS_CANCEL: ((is_active, is_need_owner), (is_active, is_need_officer)),
    }
)
