"""What is talked over: offers back and forth in free order, and gaps between result and need with how they close.

A broker who helps with the deal may propose; only a party's people accept, agree and give up. All acts lock the deal,
so that nobody accepts an offer while a newer one is being made.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, GapItem, Offer
from mengkeju.directory import queries as directory
from mengkeju.kernel import audit, money
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import StaleRevisionError, lock
from mengkeju.kernel.workflow import TransitionRefusedError


def _deal(deal: Deal, by: Actor) -> Deal:
    """The deal, locked, while it may be talked about."""
    require(by, DealPerm.TALK, deal)
    fresh = lock(deal)
    refuse_over(fresh)
    if not fresh.kind_spec.has(Step.TALKS):
        raise TransitionRefusedError(_("这一类合作项目没有商谈"), "no_step")
    return fresh


def _own(deal: Deal, by: Actor) -> DealParty | None:
    """The party the actor speaks for; None for a broker."""
    return next(iter(queries.own_sides(by, deal)), None)


def _side_of(deal: Deal, by: Actor) -> DealParty:
    """The same where only a side may act. RefusedError for a broker."""
    mine = _own(deal, by)
    if mine is None:
        raise RefusedError(DealPerm.TALK, _("经纪人可以提建议，不能代表一方答应"), _("合同各方人员"))
    return mine


def _tell(deal: Deal, by: Actor, title: Any, now: datetime) -> None:
    tell_others(deal, by, format_lazy(title, number=deal.number), now)


@transaction.atomic
def make_offer(
    deal: Deal, *, text: str, amount: Decimal | None, by: Actor, now: datetime, answers: Offer | None = None
) -> Offer:
    """Propose terms, with an amount in 元 or without.

    RefusedError, TransitionRefusedError, ValidationError by field (text, amount, answers).
    """
    fresh = _deal(deal, by)
    if not text.strip() and amount is None:
        raise ValidationError({"text": _("请写明条件，或者填报价")})
    if amount is not None and not fresh.kind_spec.has(Step.PRICE):
        raise ValidationError({"amount": _("这一类合作项目没有价款")})
    if amount is not None and not 0 <= amount <= money.LARGEST:
        raise ValidationError({"amount": _("金额不能为负，也不能超过一万亿元")})
    if answers is not None and not fresh.offers.filter(pk=answers.pk, archived_at=None).exists():
        raise ValidationError({"answers": _("没有这一条")})
    person = directory.person_of(by)
    if person is None:
        raise RefusedError(DealPerm.TALK, _("这个登录没有对应的人员"), _("合同各方人员"))
    mine = _own(fresh, by)
    made = Offer.objects.create(
        deal=fresh,
        party=mine,
        person=person,
        answers=answers,
        amount=money.in_cents(amount),
        text=text.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    payload = {
        "offer": str(made.uid),
        "amount": str(made.amount) if made.amount is not None else None,
        "answers": str(answers.uid) if answers is not None else None,
    }
    audit.record("deal.offer_made", fresh, by=by, now=now, payload=payload)
    _tell(fresh, by, gettext_lazy("合作项目 {number} 有新的条件"), now)
    return made


@transaction.atomic
def accept_offer(offer: Offer, *, by: Actor, now: datetime) -> Offer:
    """The other side takes the offer that stands. A second time changes nothing.

    RefusedError; TransitionRefusedError with the code broker, own or newer.
    """
    deal = _deal(offer.deal, by)
    mine = _side_of(deal, by)
    row = Offer.objects.select_related("party", "deal").get(pk=offer.pk)
    if row.accepted_at is not None:
        return row
    if row.party is None:
        said = _("经纪人的建议要由一方作为自己的条件提出，另一方才能接受")
        raise TransitionRefusedError(said, "broker")
    if row.party.side == mine.side or row.created_by_id == by.account_id:
        raise TransitionRefusedError(_("是本方提出的条件，请对方接受"), "own")
    standing = queries.standing_offer(deal)
    if standing is None or standing.pk != row.pk:
        raise TransitionRefusedError(_("已有更新的条件，请看过再决定"), "newer")
    row.accepted_at, row.accepted_for = now, mine
    row.save(update_fields=["accepted_at", "accepted_for"])
    payload = {"offer": str(row.uid), "amount": str(row.amount) if row.amount is not None else None}
    audit.record("deal.offer_accepted", deal, by=by, now=now, payload=payload)
    _tell(deal, by, gettext_lazy("合作项目 {number} 的条件已被接受"), now)
    return row


@transaction.atomic
def raise_gap(deal: Deal, *, gap: str, by: Actor, now: datetime, proposal: str = "") -> GapItem:
    """Name one difference between what the result can do and what is needed; with how it may close, if known."""
    fresh = _deal(deal, by)
    if not gap.strip():
        raise ValidationError({"gap": _("请写明差在哪里")})
    mine = _own(fresh, by)
    made = GapItem.objects.create(
        deal=fresh,
        gap=gap.strip(),
        proposal=proposal.strip(),
        status="proposed" if proposal.strip() else "open",
        raised_for=mine,
        proposed_for=mine if proposal.strip() else None,
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    payload = {"gap": str(made.uid), "words": made.gap, "proposal": made.proposal}
    audit.record("deal.gap_raised", fresh, by=by, now=now, payload=payload)
    _tell(fresh, by, gettext_lazy("合作项目 {number} 的磨合记录有新的一条"), now)
    return made


def _gap(deal: Deal, item: GapItem, revision: int | None, allowed: tuple[str, ...]) -> GapItem:
    """The item as it stands, in one of the allowed states. StaleRevisionError, TransitionRefusedError."""
    row = deal.gaps.select_related("deal", "proposed_for").get(pk=item.pk)
    if revision is not None and row.revision != revision:
        raise StaleRevisionError(row)
    if row.status not in allowed:
        said = _("这一条现在是“%(state)s”，不能这样办") % {"state": row.get_status_display()}
        raise TransitionRefusedError(said, "wrong_state")
    return row


def _write(row: GapItem, kind: str, *, by: Actor, now: datetime, title: Any, note: str = "") -> GapItem:
    row.revision += 1
    row.save(update_fields=["status", "proposal", "proposed_for", "outcome", "revision"])
    payload = {
        "gap": str(row.uid),
        "status": row.status,
        "proposal": row.proposal,
        "outcome": row.outcome,
        "note": note,
    }
    audit.record(kind, row.deal, by=by, now=now, payload=payload)
    _tell(row.deal, by, title, now)
    return row


@transaction.atomic
def propose_adaptation(
    item: GapItem, *, proposal: str, by: Actor, now: datetime, revision: int | None = None
) -> GapItem:
    """How the gap may close; a newer proposal takes the place of the older one, which stays on record."""
    deal = _deal(item.deal, by)
    row = _gap(deal, item, revision, ("open", "proposed"))
    if not proposal.strip():
        raise ValidationError({"proposal": _("请写明怎样适配")})
    row.proposal, row.status, row.proposed_for = proposal.strip(), "proposed", _own(deal, by)
    title = gettext_lazy("合作项目 {number} 有新的适配办法")
    return _write(row, "deal.gap_proposed", by=by, now=now, title=title)


@transaction.atomic
def agree_gap(item: GapItem, *, by: Actor, now: datetime, outcome: str = "", revision: int | None = None) -> GapItem:
    """A side agrees to what another one (or a broker) proposed; `outcome` empty: as proposed.

    RefusedError; TransitionRefusedError with the code own; StaleRevisionError.
    """
    deal = _deal(item.deal, by)
    mine = _side_of(deal, by)
    row = _gap(deal, item, revision, ("proposed",))
    if row.proposed_for is not None and row.proposed_for.side == mine.side:
        raise TransitionRefusedError(_("办法是本方提出的，请对方确认"), "own")
    row.status, row.outcome = "agreed", outcome.strip() or row.proposal
    title = gettext_lazy("合作项目 {number} 商定了一条磨合事项")
    return _write(row, "deal.gap_agreed", by=by, now=now, title=title)


@transaction.atomic
def fail_gap(item: GapItem, *, reason: str, by: Actor, now: datetime, revision: int | None = None) -> GapItem:
    """A side says that this gap cannot be closed, and why; the reason stays also when the deal ends."""
    deal = _deal(item.deal, by)
    _side_of(deal, by)
    row = _gap(deal, item, revision, ("open", "proposed"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明谈不拢的原因")})
    row.status, row.outcome = "failed", reason.strip()
    title = gettext_lazy("合作项目 {number} 有一条磨合事项谈不拢")
    return _write(row, "deal.gap_failed", by=by, now=now, title=title, note=row.outcome)


@transaction.atomic
def reopen_gap(item: GapItem, *, by: Actor, now: datetime, reason: str = "", revision: int | None = None) -> GapItem:
    """Talk about a settled or failed gap again; how it had ended stays on record."""
    deal = _deal(item.deal, by)
    _side_of(deal, by)
    row = _gap(deal, item, revision, ("agreed", "failed"))
    ended = row.outcome
    row.status, row.outcome = "open", ""
    title = gettext_lazy("合作项目 {number} 重新商谈一条磨合事项")
    return _write(row, "deal.gap_reopened", by=by, now=now, title=title, note=reason.strip() or ended)
