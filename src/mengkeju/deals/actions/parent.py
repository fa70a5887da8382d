"""What carries what: a contract below a project, a project below an agreement; opened from there, nothing is typed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import CooperationPerm, DealPerm
from mengkeju.deals.actions.deal import PartyInput, begin_deal, refuse_kind, refuse_over, stand, tell_others
from mengkeju.deals.engine.deal_workflow import OVER_STATES
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal, DealParty
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock


@transaction.atomic
def set_parent(deal: Deal, parent: Deal | None, *, by: Actor, now: datetime, revision: int | None = None) -> Deal:
    """Hang a deal below one that may carry it, or take it off (None). By a party of both.

    RefusedError; StaleRevisionError; TransitionRefusedError for one that is over; ValidationError for a parent that
    does not fit, has ended, or hangs below the deal itself.
    """
    require(by, CooperationPerm.WRITE, deal)
    fresh = lock(deal, revision)
    refuse_over(fresh)
    if fresh.parent_id == (parent.pk if parent is not None else None):
        return fresh
    if parent is not None:
        _refuse_parent(fresh, parent, by)
    before = fresh.parent
    fresh.parent = parent
    fresh.revision += 1
    fresh.save(update_fields=["parent", "revision"])
    said = {"before": before.number if before else "", "after": parent.number if parent else ""}
    audit.record("deal.parent_set", fresh, by=by, now=now, payload={**said, "note": parent.number if parent else ""})
    if parent is not None:
        audit.record("deal.part_added", parent, by=by, now=now, payload={"part": fresh.number, "note": fresh.number})
        tell_others(parent, by, format_lazy(gettext_lazy("{number} 归入了 {parent}"), number=fresh.number,
                    parent=parent.number), now)  # fmt: skip
    return fresh


def _refuse_parent(deal: Deal, parent: Deal, by: Actor) -> None:
    if not queries.own_sides(by, parent):
        raise RefusedError(CooperationPerm.WRITE, _("只能归入本单位参加的项目或协议"), _("合同各方人员"))
    wrong = ""
    if parent.kind not in deal.kind_spec.within:
        wrong = _("这一类合作项目不能归入所选的一项")
    elif parent.from_source or parent.state in OVER_STATES:
        wrong = _("所选的一项已经结束，或者只据公开资料记录")
    elif deal.pk in _line_above(parent):
        wrong = _("所选的一项本来就归在这一项下面")
    if wrong:
        raise ValidationError({"parent": wrong})


def _line_above(deal: Deal) -> set[int]:
    """The keys of a deal and of everything that carries it."""
    found: set[int] = set()
    here: Deal | None = deal
    while here is not None and here.pk not in found:
        found.add(here.pk)
        here = here.parent
    return found


@transaction.atomic
def open_part(parent: Deal, kind: str, title: str, *, parties: Sequence[UUID], by: Actor, now: datetime) -> Deal:
    """A deal below another: its parties (by uid, of the parent's), listings, field, plan and origin are taken over.

    RefusedError; TransitionRefusedError for a parent that is over; ValidationError by field (kind, title, parties).
    """
    require(by, CooperationPerm.WRITE, parent)
    above = lock(parent)
    refuse_over(above)
    refuse_kind(kind)
    chosen = [party for _side, rows in queries.sides_of_deal(above) for party in rows if party.uid in set(parties)]
    own = _own_of(chosen, by)
    _refuse_part(above, kind, title, chosen, by)
    seller = next(party for party in chosen if party.side == "seller")
    deal = Deal(
        kind=kind,
        title=title.strip(),
        parent=above,
        keeper=own.organisation if own else above.keeper,
        origin=above.origin,
        origin_uid=above.origin_uid,
        channel=above.channel,
        need=above.need,
        achievement=above.achievement,
        field=above.field,
        plan_source="" if "plan_source" in kinds[kind].leaves_out else above.plan_source,
        area=seller.area or above.area,
        fictional=above.fictional,
    )
    begin_deal(deal, by=by, now=now, payload={"parent": above.number})
    led: set[str] = set()
    for order, party in enumerate(chosen):
        given = PartyInput(party.side, party.organisation, party.name, individual=party.individual, area=party.area)
        made = stand(deal, given, by=by, now=now, order=order, role="member" if party.side in led else "lead")
        DealParty.objects.filter(pk=made.pk).update(person=party.person, seller_kind=party.seller_kind)
        led.add(party.side)
    audit.record("deal.part_added", above, by=by, now=now, payload={"part": deal.number, "note": deal.number})
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 已建立"), number=deal.number), now)
    return deal


def _own_of(chosen: Sequence[DealParty], by: Actor) -> DealParty | None:
    return next((p for p in chosen if p.organisation is not None and p.organisation.uid in by.organisations), None)


def _refuse_part(above: Deal, kind: str, title: str, chosen: list[DealParty], by: Actor) -> None:
    own = _own_of(chosen, by)
    wrong: dict[str, str] = {}
    if above.kind not in kinds[kind].within:
        wrong["kind"] = _("这一类合作项目不能归入所选的一项")
    if not title.strip():
        wrong["title"] = _("请写合同或项目名称")
    if {party.side for party in chosen} != set(kinds[kind].sides):
        wrong["parties"] = _("两边都要至少选一家")
    elif own is None:
        wrong["parties"] = _("要有本单位")
    elif own.organisation is not None and own.organisation.uid not in by.verified_organisations:
        wrong["parties"] = _("单位还没有通过核验，不能建合作项目")
    if wrong:
        raise ValidationError(wrong)
    require(by, DealPerm.START)
