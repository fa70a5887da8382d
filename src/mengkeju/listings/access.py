"""Who may read and move a listing."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    EVERYTHING,
    NOTHING,
    Actor,
    Predicate,
    actor_only,
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
from mengkeju.listings.models import Diagnosis, Listing, PartyAccess


class Perm(StrEnum):
    """Permissions on listings."""

    READ = "listings.listing:read"
    READ_MEMBERS = "listings.listing:read_members"
    READ_PARTIES = "listings.listing:read_parties"
    CREATE = "listings.listing:create"
    EDIT = "listings.listing:edit"
    SUBMIT = "listings.listing:submit"
    REVIEW = "listings.listing:review"
    REVIEW_READ = "listings.review:read"
    QUEUE_READ = "listings.queue:read"
    CLOSE = "listings.listing:close"
    READS = "listings.readers:read"
    READS_ALL = "listings.reads:read"
    PUBLISH_SOURCE = "listings.listing:publish_source"
    DIAGNOSE = "listings.listing:diagnose"
    DIAGNOSIS_READ = "listings.diagnosis:read"
    DIAGNOSES_READ = "listings.diagnoses:read"
    DIAGNOSIS_CLAIM = "listings.diagnosis:claim"
    DIAGNOSIS_RELEASE = "listings.diagnosis:release"
    DIAGNOSIS_CONCLUDE = "listings.diagnosis:conclude"
    DIAGNOSIS_ANSWER = "listings.diagnosis:answer"
    DIAGNOSIS_CANCEL = "listings.diagnosis:cancel"


shown = where("shown", _("已发布或已办结"), state=("published", "closed"), archived_at=None)
is_public = where("is_public", _("对所有人公开"), tier="public")
for_members = where("for_members", _("对已核验单位公开"), tier=("public", "members"))
# A verified organisation outside the region is no such member, unless the region's officer has opened the tier for it.
is_member = actor_only(
    "is_member", _("已核验单位人员（区外单位须经开放）"), lambda a: a.is_full_member and not a.suspended
)
in_service = has_role(Role.BROKER, Role.OFFICER)
is_broker = actor_only("is_broker", in_service.label, lambda a: in_service.holds(a, None) and not a.suspended)
is_owner = of_organisation("owner__uid", _("所属单位人员"))
is_officer = over_area(Role.OFFICER, zone="zone")
# 回避: nobody decides on what his own organisation asks for.
is_impartial = outside_organisation(
    "owner__uid", _("不是所属单位的人员（须回避，由本地区另一名或上级科技管理人员办理）")
)
past_draft = where(
    "past_draft",
    _("已提交"),
    state=("submitted", "returned", "refining", "tracking", "published", "closed", "withdrawn"),
)
is_auditor = has_role(Role.AUDITOR)
holds_broker = has_role(Role.BROKER)
is_recused_not = outside_organisation("owner__uid", _("不是需求单位的人员（须回避）"))
# What a broker diagnoses he must read; the parties' sections stay closed to him.
in_refining = where("in_refining", _("待凝练或长期跟踪"), state=("refining", "tracking"), archived_at=None)
may_edit_state = where("may_edit_state", _("草稿、退回或已发布"), state=("draft", "returned", "published"))


def _is_party(actor: Actor, listing: Listing) -> bool:
    if listing.known_parties is not None:
        return not actor.organisations.isdisjoint(listing.known_parties)
    return (
        bool(actor.organisations)
        and PartyAccess.objects.filter(
            listing=listing, organisation__uid__in=actor.organisations, ended_at=None
        ).exists()
    )


def _party_q(actor: Actor) -> Q:
    if not actor.organisations:
        return NOTHING
    return Q(
        Exists(
            PartyAccess.objects.filter(listing=OuterRef("pk"), organisation__uid__in=actor.organisations, ended_at=None)
        )
    )


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

is_party = Predicate("is_party", _("已确认意向的合作方"), _is_party, _party_q)

register(
    {
        Perm.READ: (
            (shown, is_public),
            (shown, is_member, for_members),
            (shown, is_broker, for_members),
            (is_owner,),
            (is_officer, past_draft),
            (is_active, holds_broker, is_recused_not, in_refining),
            (is_party,),
            (is_auditor,),
        ),
        Perm.READ_MEMBERS: ((is_member,), (is_broker,), (is_owner,), (is_officer,), (is_auditor,)),
        Perm.READ_PARTIES: ((is_owner,), (is_party,), (is_auditor,)),
        Perm.CREATE: ((is_signed_in, is_active),),
        Perm.EDIT: ((is_active, is_owner, may_edit_state), (is_system,)),
        Perm.SUBMIT: ((is_active, is_owner),),
        Perm.REVIEW: ((is_active, is_officer, is_impartial),),
        Perm.REVIEW_READ: ((is_active, is_officer, is_impartial), (is_active, is_auditor)),
        Perm.QUEUE_READ: ((is_active, has_role(Role.OFFICER)), (is_active, is_auditor)),
        Perm.CLOSE: ((is_active, is_owner), (is_active, is_officer)),
        # Who saw what is not open to everybody: of one listing, and of all.
        Perm.READS: ((is_owner,), (is_active, is_auditor)),
        Perm.READS_ALL: ((is_active, is_auditor),),
        # A vague need and its diagnosis (待凝练).
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
        Perm.PUBLISH_SOURCE: ((is_active, has_role(Role.OPERATOR)), (is_system,)),
    }
)
