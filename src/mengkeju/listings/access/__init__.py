"""Who may read and move a listing."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.regions import CITIES
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
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
from mengkeju.listings.models import Listing, PartyAccess, Release, ReleasePart


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
    CONFIRM = "listings.listing:confirm"
    HIDE = "listings.listing:hide"
    SHELF_READ = "listings.shelf:read"
    CHASE = "listings.listing:chase"
    CHASE_ANY = "listings.chasing:do"
    CONFIRM_OUTCOME = "listings.outcome:confirm"
    FUNNEL = "listings.funnel:read"
    FUNNEL_PAGE = "listings.funnel_page:read"
    PUBLISH_SOURCE = "listings.listing:publish_source"
    DIAGNOSE = "listings.listing:diagnose"
    DIAGNOSIS_READ = "listings.diagnosis:read"
    DIAGNOSES_READ = "listings.diagnoses:read"
    DIAGNOSIS_CLAIM = "listings.diagnosis:claim"
    DIAGNOSIS_RELEASE = "listings.diagnosis:release"
    DIAGNOSIS_CONCLUDE = "listings.diagnosis:conclude"
    DIAGNOSIS_ANSWER = "listings.diagnosis:answer"
    DIAGNOSIS_CANCEL = "listings.diagnosis:cancel"
    ACCESS_ASK = "listings.access:ask"
    ACCESS_READ = "listings.access_request:read"
    ACCESS_MOVE = "listings.access_request:move"
    ACCESS_SIGN = "listings.access_request:sign"
    ACCESS_ANSWER = "listings.access_request:answer"
    ACCESS_LAPSE = "listings.access_request:lapse"
    DISCLOSE = "listings.disclosure:manage"
    DISCLOSURE_READ = "listings.disclosure:read"
    EVIDENCE = "listings.evidence:export"
    RELEASE_HELD = "listings.listing:release"


class OutcomePerm(StrEnum):
    """Permissions on the outcome of a need."""

    READ = "listings.outcome:read"


EDITABLE = ("draft", "returned", "published", "dormant")
PAST_DRAFT = (
    "submitted",
    "returned",
    "held",
    "refining",
    "tracking",
    "published",
    "dormant",
    "closed",
    "withdrawn",
)
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
past_draft = where("past_draft", _("已提交"), state=PAST_DRAFT)
is_auditor = has_role(Role.AUDITOR)
belongs = actor_only("belongs", _("单位人员"), lambda a: bool(a.organisations))
is_operator = has_role(Role.OPERATOR)
holds_broker = has_role(Role.BROKER)
is_recused_not = outside_organisation("owner__uid", _("不是需求单位的人员（须回避）"))
# What a broker diagnoses he must read; the parties' sections stay closed to him.
in_refining = where("in_refining", _("待凝练或长期跟踪"), state=("refining", "tracking"), archived_at=None)
may_edit_state = where("may_edit_state", _("草稿、退回、已发布或已下架"), state=EDITABLE)


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


is_party = Predicate("is_party", _("已确认意向或获准查看的合作方"), _is_party, _party_q)
is_verified = actor_only("is_verified", _("已核验单位人员"), lambda a: bool(a.verified_organisations))
asks = of_organisation("organisation__uid", _("申请单位人员"))
asks_as_manager = of_organisation("organisation__uid", _("申请单位管理员"), "managed_organisations")
is_asked = of_organisation("listing__owner__uid", _("所属单位人员"))

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
        # Only its own people know whether it still holds, and whether a need was solved.
        Perm.CONFIRM: ((is_active, is_owner),),
        Perm.HIDE: ((is_system,),),
        Perm.SHELF_READ: ((is_active, is_officer), (is_active, is_auditor)),
        Perm.CHASE: ((is_active, is_officer),),
        Perm.CHASE_ANY: ((is_active, has_role(Role.OFFICER)),),
        Perm.CONFIRM_OUTCOME: ((is_active, is_owner),),
        OutcomePerm.READ: (
            (of_organisation("listing__owner__uid", is_owner.label),),
            (is_active, over_area(Role.OFFICER, area="listing__area", zone="listing__zone")),
            (is_active, is_auditor),
        ),
        Perm.FUNNEL: ((is_active, is_officer), (is_active, is_operator), (is_active, is_auditor), (is_owner,)),
        Perm.FUNNEL_PAGE: (
            (is_active, has_role(Role.OFFICER)),
            (is_active, is_operator),
            (is_active, is_auditor),
            (belongs,),
        ),
        Perm.PUBLISH_SOURCE: ((is_active, has_role(Role.OPERATOR)), (is_system,)),
        # Opening the parties' tier to who asks for it, and what proves it afterwards.
        Perm.ACCESS_ASK: (
            (
                is_active,
                is_verified,
                outside_organisation("owner__uid", _("不是所属单位的人员")),
                where("on_shelf", _("已发布"), state="published"),
            ),
        ),
        Perm.ACCESS_READ: ((asks,), (is_asked,), (is_auditor,)),
        Perm.ACCESS_MOVE: ((is_active, asks),),
        Perm.ACCESS_SIGN: ((is_active, asks_as_manager),),
        Perm.ACCESS_ANSWER: ((is_active, is_asked),),
        Perm.ACCESS_LAPSE: ((is_system,),),
        Perm.DISCLOSE: ((is_active, is_owner),),
        Perm.DISCLOSURE_READ: ((is_owner,), (is_active, is_auditor)),
        Perm.EVIDENCE: ((is_active, is_owner), (is_active, is_auditor)),
        # A held need has its officer's approval; the platform publishes it at the moment of the release.
        Perm.RELEASE_HELD: ((is_system,),),
    }
)


# ---- Joint releases (联合发布) -----------------------------------------------------------------------


class ReleasePerm(StrEnum):
    """Permissions on joint releases; DESK and CREATE without an object."""

    READ = "listings.release:read"
    CHECK = "listings.release:check"
    EDIT = "listings.release:edit"
    CONFIRM = "listings.release:confirm"
    NOW = "listings.release:release"
    WITHDRAW = "listings.release:withdraw"
    DESK = "listings.releases:read"
    CREATE = "listings.releases:create"


def _over_its_cities(actor: Actor, release: Release) -> bool:
    codes = actor.areas_of(Role.OFFICER)
    return bool(codes) and any(part.city in codes for part in release.parts.all())


def _over_its_cities_q(actor: Actor) -> Q:
    codes = actor.areas_of(Role.OFFICER)
    if not codes:
        return NOTHING
    return Q(Exists(ReleasePart.objects.filter(release=OuterRef("pk"), city__in=codes)))


over_its_cities = Predicate(
    "over_its_cities", _("参加联合发布的城市或其上级的科技管理人员"), _over_its_cities, _over_its_cities_q
)
is_out = Predicate(
    "is_out",
    _("已联合发布"),
    lambda _actor, release: release.released_at is not None,
    lambda _actor: Q(released_at__isnull=False),
)
over_a_city = actor_only(
    "over_a_city",
    _("两市或其上级的科技管理人员"),
    lambda actor: not actor.areas_of(Role.OFFICER).isdisjoint(CITIES),
)
_officers_of_it = (is_active, over_its_cities)

register(
    {
        ReleasePerm.READ: ((is_out,), (over_its_cities,), (is_auditor,)),
        ReleasePerm.CHECK: ((over_its_cities,), (is_auditor,)),
        ReleasePerm.EDIT: (_officers_of_it, (is_system,)),
        ReleasePerm.CONFIRM: (_officers_of_it,),
        ReleasePerm.NOW: (_officers_of_it, (is_system,)),
        ReleasePerm.WITHDRAW: (_officers_of_it,),
        ReleasePerm.DESK: ((over_a_city,), (is_auditor,)),
        ReleasePerm.CREATE: ((is_active, over_a_city),),
    }
)
