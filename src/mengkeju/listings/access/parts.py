"""Who may read and change what hangs on a listing: its parts, rights of intellectual property, who is named on it."""

from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    is_system,
    may,
    of_organisation,
    register,
    visible_q,
    visible_to,
    where,
)
from mengkeju.listings.access import Perm, is_auditor
from mengkeju.listings.engine.rights import KNOWN
from mengkeju.listings.models import IpRight, Listing, RightClaim


class PartPerm(StrEnum):
    """Permissions on what hangs on a listing. Adding to it asks for `Perm.EDIT` on the listing itself."""

    PART_READ = "listings.part:read"
    PART_EDIT = "listings.part:edit"
    RIGHT_READ = "listings.ip_right:read"
    RIGHT_EDIT = "listings.ip_right:edit"
    RIGHT_FEE = "listings.ip_right:pay"
    RIGHT_CLAIM_READ = "listings.ip_right:read_claims"
    RIGHT_WITHDRAW = "listings.ip_right:withdraw"
    RIGHT_DECIDE = "listings.ip_right:decide"
    PARTICIPATION_READ = "listings.participation:read"
    PARTICIPATION_ANSWER = "listings.participation:answer"


# ---- What hangs on a listing: maturity steps and applications, each with a tier of its own -------------


def _reads_part(actor: Actor, part: Any) -> bool:
    listing = part.listing
    if listing.archived_at is not None or not may(actor, Perm.READ, listing):
        return False
    if part.tier == "public" or may(actor, Perm.READ_PARTIES, listing):
        return True
    return part.tier == "members" and may(actor, Perm.READ_MEMBERS, listing)


def _reads_part_q(actor: Actor) -> Q:
    rows = visible_to(Listing.objects.all(), actor, Perm.READ)
    members = rows.filter(visible_q(actor, Perm.READ_MEMBERS)).values("pk")
    parties = rows.filter(visible_q(actor, Perm.READ_PARTIES)).values("pk")
    return (
        Q(tier="public", listing__in=rows.values("pk"))
        | Q(tier="members", listing__in=members)
        | Q(listing__in=parties)
    )


reads_part = Predicate("reads_part", _("看得到所属条目和这一部分"), _reads_part, _reads_part_q)

# ---- Rights of intellectual property ------------------------------------------------------------------

STANDING = ("", "upheld")


def _is_linked(actor: Actor, right: IpRight) -> bool:
    rows = visible_to(Listing.objects.filter(ip_rights=right), actor, Perm.READ)
    return rows.exists()


def _is_linked_q(actor: Actor) -> Q:
    readable = visible_to(Listing.objects.all(), actor, Perm.READ).values("pk")
    links = IpRight.listings.through.objects.filter(listing__in=readable)
    return Q(pk__in=links.values("ipright_id"))


def _claims(actor: Actor, right: IpRight) -> bool:
    return any(claim.organisation.uid in actor.organisations for claim in _claims_of(right))


def _claims_of(right: IpRight) -> list[RightClaim]:
    return list(right.claims.select_related("organisation"))


def _claims_q(actor: Actor) -> Q:
    if not actor.organisations:
        return NOTHING
    return Q(Exists(RightClaim.objects.filter(right=OuterRef("pk"), organisation__uid__in=actor.organisations)))


def _not_claiming_q(actor: Actor) -> Q:
    if not actor.organisations:
        return Q()
    return ~Q(Exists(RightClaim.objects.filter(right=OuterRef("pk"), organisation__uid__in=actor.organisations)))


def _over_claimants(actor: Actor, right: IpRight) -> bool:
    codes = actor.areas_of(Role.OFFICER)
    standing = [c.organisation for c in _claims_of(right) if c.decision in STANDING]
    return bool(codes) and bool(standing) and all(o.area in codes or o.zone in codes for o in standing)


def _over_claimants_q(actor: Actor) -> Q:
    codes = actor.areas_of(Role.OFFICER)
    if not codes:
        return NOTHING
    standing = RightClaim.objects.filter(right=OuterRef("pk"), decision__in=STANDING)
    elsewhere = standing.exclude(Q(organisation__area__in=codes) | Q(organisation__zone__in=codes))
    return Q(Exists(standing)) & ~Q(Exists(elsewhere))


def _stated_for(actor: Actor, right: IpRight) -> bool:
    if right.holder_id is not None or not actor.organisations:
        return False
    return right.listings.filter(owner__uid__in=actor.organisations).exists()


def _stated_for_q(actor: Actor) -> Q:
    if not actor.organisations:
        return NOTHING
    links = IpRight.listings.through.objects.filter(listing__owner__uid__in=actor.organisations)
    return Q(holder=None, pk__in=links.values("ipright_id"))


is_known_right = where("is_known_right", _("已公布的权利"), status=KNOWN)
is_linked = Predicate("is_linked", _("看得到与它关联的条目"), _is_linked, _is_linked_q)
claims_right = Predicate("claims_right", _("主张权利的单位人员"), _claims, _claims_q)
stated_right = Predicate(
    "stated_right", _("写明它的条目的所属单位人员（权利人不在平台上时）"), _stated_for, _stated_for_q
)
holds_right = of_organisation("holder__uid", _("权利人单位人员"))
undisputed = where("undisputed", _("没有争议"), disputed=False)
is_disputed = where("is_disputed", _("有争议"), disputed=True)
over_claimants = Predicate("over_claimants", _("管辖全部主张单位的科技管理人员"), _over_claimants, _over_claimants_q)
claims_not = Predicate(
    "claims_not",
    _("不是主张单位的人员（须回避）"),
    lambda actor, right: not _claims(actor, right),
    _not_claiming_q,
)

# ---- Participation ------------------------------------------------------------------------------------

is_named = Predicate(
    "is_named",
    _("被署名的本人"),
    lambda actor, row: row.person is not None and row.person.uid == actor.person_uid,
    lambda actor: Q(person__uid=actor.person_uid) if actor.person_uid else NOTHING,
)
of_listing = of_organisation("listing__owner__uid", _("所属单位人员"))
of_editable = where("of_editable", _("所属条目可以修改"), listing__state=("draft", "returned", "published", "dormant"))
still_named = where("still_named", _("还在名单上"), removed_at=None)

register(
    {
        PartPerm.PART_READ: ((reads_part,),),
        PartPerm.PART_EDIT: ((is_active, of_listing, of_editable), (is_system,)),
        PartPerm.RIGHT_READ: (
            (is_known_right,),
            (is_linked,),
            (claims_right,),
            (over_claimants,),
            (has_role(Role.OPERATOR),),
            (is_auditor,),
        ),
        PartPerm.RIGHT_EDIT: (
            (is_active, holds_right, undisputed),
            (is_active, stated_right, undisputed),
            (is_system,),
        ),
        PartPerm.RIGHT_FEE: ((is_active, holds_right),),
        # Why somebody claims it, and what a decision says.
        PartPerm.RIGHT_CLAIM_READ: (
            (claims_right,),
            (is_active, over_claimants),
            (is_active, has_role(Role.OPERATOR)),
            (is_auditor,),
        ),
        PartPerm.RIGHT_WITHDRAW: ((is_active, claims_right),),
        PartPerm.RIGHT_DECIDE: (
            (is_active, is_disputed, over_claimants, claims_not),
            (is_active, is_disputed, has_role(Role.OPERATOR), claims_not),
        ),
        PartPerm.PARTICIPATION_READ: ((still_named, is_named), (of_listing,), (is_auditor,)),
        PartPerm.PARTICIPATION_ANSWER: ((is_active, still_named, is_named),),
    }
)
