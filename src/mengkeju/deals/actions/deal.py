"""Opening a deal from an intention or by hand, its particulars, and its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.after_end import no_more_to_reach
from mengkeju.deals.actions.registration_duty import after_signing, no_more_to_register
from mengkeju.deals.engine.deal_workflow import OVER_STATES, OWN_MOVES
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal, DealHelper, DealParty, Intention
from mengkeju.deals.queries.text import unsettled
from mengkeju.deals.queries.vocabulary import known_code
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.notices import notify, people_of
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.matching import actions as matching

PARTICULARS = (
    "title",
    "summary",
    "field",
    "ip_kind",
    "ip_terms",
    "plan_source",
    "effective_from",
    "effective_until",
    "channel",
)
"""What a party edits; money, parties, texts, the type and the day of signing have acts of their own."""
CODED = {"field": "technical_fields", "ip_kind": "ip_kinds", "plan_source": "plan_sources"}
"""Particulars that are a code, with the list they are taken from."""
SETTLED = ("title", "summary", "field", "ip_kind", "ip_terms", "plan_source", "effective_from", "effective_until")
"""Of these what a signed contract can only change by an addendum."""


@dataclass(frozen=True)
class PartyInput:
    """Who stands on a side: an organisation of the directory, or a name (an individual, or one not in it).

    `area`: the place of one that is not in the directory, where it was told.
    """

    side: str
    organisation: Organisation | None = None
    name: str = ""
    individual: bool = False
    area: str = ""


@transaction.atomic
def open_deal(intention: Intention, *, by: Actor, now: datetime, kind: str = "contract") -> Deal:
    """The deal of an intention that is talked about or agreed; the one that runs, if there is one already.

    Sides, need, achievement, origin and broker are taken over: nothing is typed. RefusedError;
    TransitionRefusedError before the talks; ValidationError for a kind there is not.
    """
    require(by, DealPerm.OPEN, intention)
    refuse_kind(kind)
    fresh = Intention.objects.select_for_update(of=("self",)).get(pk=intention.pk)
    running = _running(fresh)
    if running is not None:
        return running
    if fresh.state not in {"talking", "ready"}:
        raise TransitionRefusedError(_("开始商谈以后才能建合作项目"), "wrong_state")
    if fresh.target.kind_spec.market != TECHNOLOGY:
        raise TransitionRefusedError(_("招才与实习的意向不订技术合同"), "wrong_market")
    need, achievement = _by_side(fresh)
    buyer, seller = _buyer_and_seller(fresh)
    known = achievement or need or fresh.target
    deal = Deal(
        kind=kind,
        title=known.title,
        summary=known.summary,
        intention=fresh,
        need=need,
        achievement=achievement,
        keeper=buyer if buyer.uid in by.organisations else seller,
        origin=fresh.origin,
        origin_uid=fresh.origin_uid,
        area=seller.area,
        fictional=fresh.fictional,
    )
    begin_deal(deal, by=by, now=now, payload={"intention": str(fresh.uid)})
    for order, (side, organisation) in enumerate((("seller", seller), ("buyer", buyer))):
        stand(deal, PartyInput(side, organisation), by=by, now=now, order=order)
    if fresh.broker is not None:
        DealHelper.objects.create(
            deal=deal,
            role="broker",
            person=fresh.broker,
            note=_("引荐双方"),
            area=deal.area,
            created_at=now,
            created_by_id=by.account_id,
        )
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 已建立"), number=deal.number), now)
    return deal


def refuse_kind(kind: str) -> None:
    """ValidationError for a kind there is not."""
    if kind not in kinds:
        raise ValidationError({"kind": _("没有这一类合作项目")})


def _running(intention: Intention) -> Deal | None:
    return intention.deals.exclude(state="terminated").first()


@transaction.atomic
def start_deal(
    title: str,
    *,
    own: PartyInput,
    other: PartyInput,
    by: Actor,
    now: datetime,
    origin: str = "call",
    listing: Listing | None = None,
    kind: str = "contract",
) -> Deal:
    """A deal without an intention: a call, a meeting, a listing. `own` is a side of the actor's organisations.

    ValidationError by field; RefusedError.
    """
    require(by, DealPerm.START)
    if own.organisation is None or own.organisation.uid not in by.organisations:
        raise RefusedError(DealPerm.START, _("只能为自己所在的单位建合作项目"), _("该单位人员"))
    refuse_kind(kind)
    sides = kinds[kind].sides
    _refuse_start(title, own, other, by, sides)
    seller = own if own.side == "seller" else other
    place = seller.organisation or own.organisation
    deal = Deal(
        kind=kind,
        title=title.strip(),
        keeper=own.organisation,
        origin=origin,
        area=place.area,
        need=listing if listing is not None and listing.kind_spec.side == "need" else None,
        achievement=listing if listing is not None and listing.kind_spec.side != "need" else None,
        fictional=own.organisation.fictional,
    )
    begin_deal(deal, by=by, now=now, payload={"origin": origin, "listing": str(listing.uid) if listing else None})
    for order, party in enumerate(sorted((own, other), key=lambda p: list(sides).index(p.side))):
        stand(deal, party, by=by, now=now, order=order)
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 已建立"), number=deal.number), now)
    return deal


def _refuse_start(title: str, own: PartyInput, other: PartyInput, by: Actor, sides: Mapping[str, object]) -> None:
    """ValidationError with everything that is wrong, by field."""
    wrong: dict[str, str] = {}
    if not title.strip():
        wrong["title"] = _("请写合同或项目名称")
    if own.organisation is not None and own.organisation.uid not in by.verified_organisations:
        wrong["own"] = _("单位还没有通过核验，不能建合作项目")
    if own.side not in sides or other.side not in sides or own.side == other.side:
        wrong["side"] = _("双方要各站一边")
    if other.organisation is not None and other.organisation == own.organisation:
        wrong["other"] = _("对方不能是本单位")
    elif other.organisation is None and not other.name.strip():
        wrong["other"] = _("请选择单位，或者写明姓名、名称")
    if wrong:
        raise ValidationError(wrong)


def begin_deal(deal: Deal, *, by: Actor, now: datetime, payload: dict[str, Any]) -> None:
    """Number and store a deal that begins; its keeper is told of the duty, unless only a source tells of it."""
    prefix = kinds[deal.kind].number_prefix
    deal.number = listings.next_number(prefix, "deal", clock.today(now).year)
    # Whose list it stands on acts for no party.
    kept = deal.keeper.uid if deal.keeper and deal.origin != "signing" else None
    begin(deal, by=by, now=now, organisation=kept, payload=payload, stays=deal.origin not in {"source", "signing"})


def _by_side(intention: Intention) -> tuple[Listing | None, Listing | None]:
    """(need, achievement) of the intention, whichever way round it was declared."""
    pair = [row for row in (intention.target, intention.counter) if row is not None]
    need = next((row for row in pair if row.kind_spec.side == "need"), None)
    achievement = next((row for row in pair if row.kind_spec.side != "need"), None)
    return need, achievement


def _buyer_and_seller(intention: Intention) -> tuple[Organisation, Organisation]:
    if intention.target.kind_spec.side == "need":
        return intention.answering, intention.declaring
    return intention.declaring, intention.answering


def stand(deal: Deal, given: PartyInput, *, by: Actor, now: datetime, order: int, role: str = "lead") -> DealParty:
    """Put a party on a side."""
    return DealParty.objects.create(
        deal=deal,
        side=given.side,
        role=role,
        organisation=given.organisation,
        name=given.organisation.name if given.organisation else given.name.strip(),
        individual=given.individual,
        order=order,
        area=given.organisation.area if given.organisation else given.area,
        created_at=now,
        created_by_id=by.account_id,
    )


def refuse_over(deal: Deal) -> None:
    """TransitionRefusedError for a deal that has ended or that only a source tells of."""
    if deal.from_source:
        raise TransitionRefusedError(_("这一条据公开资料记录，不能在这里办理"), "from_source")
    if deal.state in OVER_STATES:
        raise TransitionRefusedError(_("这个合作项目已经结束，不能再改"), "wrong_state")


@transaction.atomic
def edit_deal(deal: Deal, given: Mapping[str, Any], *, by: Actor, now: datetime, revision: int | None = None) -> Deal:
    """Change particulars (keys of PARTICULARS). After signing only what an addendum need not carry, or was left empty.

    RefusedError, StaleRevisionError, TransitionRefusedError, ValidationError by field.
    """
    require(by, DealPerm.WRITE, deal)
    fresh = lock(deal, revision)
    refuse_over(fresh)
    changed = _changes(fresh, given)
    _refuse_particulars(fresh, changed)
    if not changed:
        return fresh
    before = {key: str(getattr(fresh, key) or "") for key in changed}
    for key, value in changed.items():
        setattr(fresh, key, value)
    fresh.revision += 1
    fresh.save(update_fields=[*changed, "revision"])
    after = {key: str(value or "") for key, value in changed.items()}
    audit.record("deal.edited", fresh, by=by, now=now, payload={"before": before, "after": after})
    return fresh


def _changes(deal: Deal, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of the given differs from what stands, text without the space around it."""
    stripped = {key: value.strip() if isinstance(value, str) else value for key, value in given.items()}
    return {key: value for key, value in stripped.items() if key in PARTICULARS and getattr(deal, key) != value}


def _refuse_particulars(deal: Deal, changed: Mapping[str, Any]) -> None:
    """ValidationError with everything that is wrong, by field."""
    wrong: dict[str, str] = {}
    if changed.get("title") == "":
        wrong["title"] = _("请写合同或项目名称")
    begins, ends = (changed.get(key, getattr(deal, key)) for key in ("effective_from", "effective_until"))
    if begins and ends and begins > ends:
        wrong["effective_until"] = _("有效期止不能早于有效期起")
    wrong |= {key: _("没有这一项") for key in CODED if changed.get(key) and not known_code(CODED[key], changed[key])}
    if not unsettled(deal):
        settled = [key for key in SETTLED if key in changed and getattr(deal, key)]  # what was left open is filled in
        wrong |= dict.fromkeys(settled, _("签约以后不能直接改，请上传补充协议"))
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def sign_deal(deal: Deal, *, signed_on: date, by: Actor, now: datetime, note: str = "") -> Deal:
    """Both sides have confirmed the text: the deal is signed as of a day that is not in the future.

    RefusedError, TransitionRefusedError (what is missing), ValidationError.
    """
    require(by, DealPerm.SIGN, deal)
    refuse_over(deal)
    if signed_on > clock.today(now):
        raise ValidationError({"signed_on": _("签订日期不能晚于今天")})
    advance(deal, "sign", by=by, now=now, note=note, data={"signed_on": signed_on.isoformat()})
    Deal.objects.filter(pk=deal.pk).update(signed_on=signed_on)
    deal.refresh_from_db()
    after_signing(deal, now)
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 已签约"), number=deal.number), now)
    _tell_matching(deal, by=by, now=now)
    return deal


def _tell_matching(deal: Deal, *, by: Actor, now: datetime) -> None:
    if deal.origin == "match" and deal.origin_uid is not None:
        matching.record_outcome(deal.origin_uid, "signed", by=by, now=now)


@transaction.atomic
def move_deal(
    deal: Deal, transition: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Deal:
    """Perform, accept, land, close, terminate, dispute or settle. RefusedError, TransitionRefusedError."""
    require(by, DealPerm.MOVE, deal)
    if transition not in OWN_MOVES:
        raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": transition}, "unknown")
    refuse_over(deal)
    advance(deal, transition, by=by, now=now, note=note, revision=revision)
    if deal.state in OVER_STATES:
        no_more_to_register(deal, by=transition, now=now)
        no_more_to_reach(deal, by=transition, now=now)
    title = format_lazy(gettext_lazy("合作项目 {number} 有新进展"), number=deal.number)
    tell_others(deal, by, title, now)
    if deal.origin == "signing" and deal.created_by is not None:  # whose list it stands on hears of an objection
        notify([deal.created_by.uid], "deal.news", title, subject_type="deal", subject_uid=deal.uid, now=now)
    return deal


@dataclass(frozen=True)
class SourceDeal:
    """A signed agreement as a published source tells it: nothing more than the source says.

    `amount`: the whole contract value (元). What of it is for technology no source says, so it stays empty.
    """

    source: str
    external_id: str
    title: str
    sellers: tuple[Organisation, ...]
    buyers: tuple[Organisation, ...]
    achievement: Listing | None = None
    need: Listing | None = None
    channel: str = ""
    signed_on: date | None = None
    summary: str = ""
    kind: str = "contract"
    amount: Decimal | None = None


@transaction.atomic
def record_deal_from_source(entry: SourceDeal, *, now: datetime) -> Deal:
    """A deal that a published source tells of, signed, with no act of the real parties; never twice.

    ValueError for an entry without parties.
    """
    if not (entry.sellers and entry.buyers):
        msg = f"{entry.source} {entry.external_id}: both sides must be named"
        raise ValueError(msg)
    known = Deal.objects.filter(source=entry.source, external_id=entry.external_id).first()
    if known is not None:
        return known
    deal = Deal(
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary,
        achievement=entry.achievement,
        need=entry.need,
        origin="source",
        channel=entry.channel,
        signed_on=entry.signed_on,
        source=entry.source,
        external_id=entry.external_id,
        area=entry.sellers[0].area,
        price_mode="open",
        contract_value=entry.amount,
    )
    begin_deal(deal, by=SYSTEM, now=now, payload={"source": entry.source, "external_id": entry.external_id})
    for side, organisations in (("seller", entry.sellers), ("buyer", entry.buyers)):
        for order, organisation in enumerate(organisations):
            role = "member" if order else "lead"
            stand(deal, PartyInput(side, organisation), by=SYSTEM, now=now, order=order, role=role)
    advance(deal, "sign_from_source", by=SYSTEM, now=now)
    return deal


def tell_others(deal: Deal, by: Actor, title: Any, now: datetime) -> None:
    """Notify the people of the deal's parties the actor does not belong to, and the brokers."""
    accounts = []
    for party in deal.parties.filter(archived_at=None).select_related("organisation", "person__account"):
        if party.organisation is not None and party.organisation.uid not in by.organisations:
            accounts += people_of(party.organisation.uid)
        elif party.person is not None and party.person.account is not None:
            accounts.append(party.person.account.uid)
    helpers = deal.helpers.filter(archived_at=None, person__account__isnull=False).select_related("person__account")
    accounts += [helper.person.account.uid for helper in helpers if helper.person and helper.person.account]
    told = [account for account in dict.fromkeys(accounts) if account != by.account_uid]
    notify(told, "deal.news", title, subject_type="deal", subject_uid=deal.uid, now=now)
