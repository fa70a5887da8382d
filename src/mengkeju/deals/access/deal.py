"""Who may see and move a deal: its parties, who helped, the registrar it was filed with, the auditor.

Rows that hang on a deal are asked about through the path to it.
"""

from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access.intention import answers, declares, introduced
from mengkeju.deals.models import Deal, DealHelper, DealParty, Registration
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    register,
    where,
)


class DealPerm(StrEnum):
    """Permissions on deals and on what hangs on them."""

    OPEN = "deals.deal:open"
    START = "deals.deal:start"
    JOIN = "deals.deal:join"
    READ = "deals.deal:read"
    READ_INSIDE = "deals.deal:read_inside"
    WRITE = "deals.deal:write"
    SIGN = "deals.deal:sign"
    MOVE = "deals.deal:move"
    RECORD = "deals.deal:record_from_source"
    READ_PART = "deals.deal_part:read"
    HELPER_CONFIRM = "deals.helper:confirm"
    TALK = "deals.talk:write"
    TEXT = "deals.text:write"
    TEXT_CONFIRM = "deals.text:confirm"
    PAY = "deals.payment:record"
    PAYMENT_CONFIRM = "deals.payment:confirm"


def deal_at(obj: Any, path: str) -> Deal | None:
    """The deal at a path of double-underscored names; the object itself for an empty path."""
    found: Deal | None = reduce(lambda value, name: getattr(value, name, None), path.split("__") if path else (), obj)
    return found


def key_at(path: str) -> OuterRef:
    """The outer query's key of the deal at `path`."""
    return OuterRef(f"{path}__pk" if path else "pk")


def _mine(actor: Actor) -> Q:
    mine = Q(organisation__uid__in=actor.organisations) if actor.organisations else NOTHING
    return mine | Q(person__uid=actor.person_uid) if actor.person_uid else mine


def party_of(path: str = "") -> Predicate:
    """The actor belongs to a party of the deal at `path`, or is one himself."""

    def holds(actor: Actor, obj: Any) -> bool:
        deal = deal_at(obj, path)
        return deal is not None and deal.parties.filter(_mine(actor), archived_at=None).exists()

    def q(actor: Actor) -> Q:
        mine = _mine(actor)
        if mine == NOTHING:
            return NOTHING
        return Q(Exists(DealParty.objects.filter(mine, deal=key_at(path), archived_at=None)))

    return Predicate(f"party_of({path})", _("合同各方人员"), holds, q)


def outside_deal(path: str = "") -> Predicate:
    """回避: the actor belongs to no party of the deal at `path`."""
    inside = party_of(path)
    return Predicate(
        f"outside_deal({path})",
        _("不是合同各方的人员（须回避）"),
        lambda actor, obj: not inside.holds(actor, obj),
        lambda actor: ~inside.q(actor),
    )


def helper_of(path: str = "") -> Predicate:
    """The actor is a broker who helped with the deal at `path`, or belongs to the agency that did."""

    def holds(actor: Actor, obj: Any) -> bool:
        deal = deal_at(obj, path)
        return deal is not None and deal.helpers.filter(_mine(actor), archived_at=None).exists()

    def q(actor: Actor) -> Q:
        mine = _mine(actor)
        if mine == NOTHING:
            return NOTHING
        return Q(Exists(DealHelper.objects.filter(mine, deal=key_at(path), archived_at=None)))

    return Predicate(f"helper_of({path})", _("促成合同的经纪人或机构"), holds, q)


def filed_with(path: str = "") -> Predicate:
    """The actor is a registrar over the place of a registration of the deal at `path` that has been filed."""

    def rows(actor: Actor) -> Q:
        return Q(area__in=actor.areas_of(Role.REGISTRAR), filed_at__isnull=False, archived_at=None)

    def holds(actor: Actor, obj: Any) -> bool:
        deal = deal_at(obj, path)
        return deal is not None and deal.registrations.filter(rows(actor)).exists()

    def q(actor: Actor) -> Q:
        if not actor.areas_of(Role.REGISTRAR):
            return NOTHING
        return Q(Exists(Registration.objects.filter(rows(actor), deal=key_at(path))))

    return Predicate(f"filed_with({path})", _("受理登记的登记员"), holds, q)


kept_by = of_organisation("keeper__uid", _("保管合同记录的单位"))
PUBLISHED = where("published_deal", _("据公开资料记录，人人可看"), origin="source")
recorded_by = Predicate(
    "recorded_signing",
    _("按签约清单记录它的人员"),
    lambda actor, deal: (
        deal.origin == "signing" and deal.created_by_id is not None and deal.created_by_id == actor.account_id
    ),
    lambda actor: Q(origin="signing", created_by=actor.account_id) if actor.account_id else NOTHING,
)
OFFICE = has_role(Role.OFFICER, Role.OPERATOR)
is_party, is_helper_of_deal, is_filed_with = party_of(), helper_of(), filed_with()
AUDITOR = (has_role(Role.AUDITOR),)
PARTIES = ((is_active, is_party),)

register(
    {
        DealPerm.OPEN: ((is_active, declares), (is_active, answers), (is_active, introduced)),
        DealPerm.START: (
            (
                is_active,
                Predicate(
                    "has_organisation",
                    _("已加入单位的人员"),
                    lambda a, _o: bool(a.organisations),
                    lambda a: Q() if a.organisations else NOTHING,
                ),
            ),
        ),
        # Whoever has the link that was mailed to the individual; the act checks the link.
        DealPerm.JOIN: ((is_signed_in, is_active),),
        # From a published source everybody reads what the source says; the rest is for those concerned.
        DealPerm.READ: (
            (PUBLISHED,),
            (is_party,),
            (is_helper_of_deal,),
            (kept_by,),
            (is_filed_with,),
            (OFFICE, recorded_by),
            AUDITOR,
        ),
        DealPerm.READ_INSIDE: ((is_party,), (is_helper_of_deal,), (is_filed_with,), AUDITOR),
        DealPerm.WRITE: PARTIES,
        DealPerm.SIGN: PARTIES,
        DealPerm.MOVE: PARTIES,
        DealPerm.RECORD: ((is_system,),),
        DealPerm.READ_PART: ((party_of("deal"),), (helper_of("deal"),), (filed_with("deal"),), AUDITOR),
        DealPerm.HELPER_CONFIRM: ((is_active, party_of("deal")),),
        DealPerm.TALK: (*PARTIES, (is_active, is_helper_of_deal)),
        DealPerm.TEXT: PARTIES,
        DealPerm.TEXT_CONFIRM: PARTIES,
        DealPerm.PAY: PARTIES,
        DealPerm.PAYMENT_CONFIRM: ((is_active, party_of("deal")),),
    }
)
