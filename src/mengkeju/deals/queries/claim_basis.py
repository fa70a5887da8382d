"""Reads of claim bases: what could be claimed in a window and what is lacking, what was drawn up, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.engine import claim_rates
from mengkeju.deals.engine.claim_basis import Claim, Contract, Earlier, Paid, Window, claim
from mengkeju.deals.engine.claim_rates import DOCUMENT, RateBand
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.price import UNBOUND
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import ClaimBasis, ClaimedPayment, Deal, DealParty, PaymentRecord, Registration
from mengkeju.deals.queries.deal import own_sides
from mengkeju.deals.queries.money import vouchers_of
from mengkeju.deals.queries.statistics import counted
from mengkeju.directory.engine.regions import is_outside
from mengkeju.kernel.access import Actor, may, visible_q
from mengkeju.kernel.money import CENT
from mengkeju.kernel.words import word
from mengkeju.policy import queries as policy
from mengkeju.policy.engine import formulas
from mengkeju.policy.engine.document import Amount

ZERO = Decimal(0)
MOST_WINDOWS = 12
SCHEMA, VERSION = "claim-basis", 1


def claimable(deal: Deal) -> bool:
    """Whether a subsidy can follow from a deal at all: signed, with price and registration, not from a source."""
    has = deal.kind_spec.has(Step.PRICE) and deal.kind_spec.has(Step.REGISTRATION)
    return has and not deal.from_source and deal.state in SIGNED_STATES


def applicants(actor: Actor, deal: Deal) -> list[DealParty]:
    """The parties of the deal in whose name the actor may draw up a basis: organisations of his."""
    if not claimable(deal) or not may(actor, ClaimBasisPerm.DRAW, deal):
        return []
    return [party for party in own_sides(actor, deal) if party.organisation is not None]


def window_of(day: date, today: date) -> Window | None:
    """The window a day lies in, as the document in force today says; None when it says none."""
    told = policy.amount(f"{DOCUMENT}.window", today).window
    span = formulas.period(window=told, day=day) if told is not None else None
    return Window(*span) if span is not None else None


def windows(deal: Deal, today: date) -> list[Window]:
    """The windows since the deal was signed, the present one first."""
    found: list[Window] = []
    day = today
    while len(found) < MOST_WINDOWS and (window := window_of(day, today)) is not None:
        if found and deal.signed_on is not None and window.until < deal.signed_on:
            break
        found.append(window)
        day = window.begins - timedelta(days=1)
    return found


@dataclass(frozen=True)
class Draft:
    """What a party could claim in a window, as things stand. Amounts in 元.

    `hindrance`: why there is nothing to draw up, “” when there is. `claim`: as if it
    were registered; None while no rate or no window is known.
    `standing`: the basis that was already drawn for this window. `granted`: what the applicant's bases of the window
    on other contracts took of the `cap`. `figures`: those of the policy this rests on, of the day `told_on`.
    """

    deal: Deal
    party: DealParty
    window: Window | None
    told_on: date
    hindrance: str
    claim: Claim | None
    standing: ClaimBasis | None
    payments: tuple[PaymentRecord, ...]
    vouchers: dict[UUID, list[dict[str, Any]]]
    registration: Registration | None
    contract_type: str
    bands: tuple[RateBand, ...]
    figures: tuple[Amount, ...]
    cap: Decimal | None
    granted: Decimal

    @property
    def ready(self) -> bool:
        """Whether a basis can be drawn up now."""
        return not self.hindrance

    @property
    def is_running(self) -> bool:
        """Whether payments may still fall into the window."""
        return self.window is not None and self.told_on < self.window.until


def draft_claim(deal: Deal, party: DealParty, today: date, window: Window | None = None) -> Draft:
    """What the party (an organisation) could claim in a window, the present one when none is given. Eight queries."""
    window = window or window_of(today, today)
    told_on = min(today, window.until) if window else today
    payments = tuple(deal.payments.filter(archived_at=None).select_related("payer", "payee", "deal"))
    vouchers = vouchers_of(payments)
    registration = _registration(deal)
    contract_type = registration.contract_type if registration is not None else deal.contract_type
    rate = _rate(party.side, contract_type, told_on)
    cap, needed = (policy.amount(f"{DOCUMENT}.{key}", told_on) for key in ("cap", "registration_needed"))
    bands = _bands(rate)
    bases = list(ClaimBasis.objects.filter(deal=deal, side=party.side, archived_at=None).order_by("pk"))
    granted = taken(party, window, besides=deal) if window else ZERO
    standing = _standing(bases, party, window)
    hindrance = _("本期已经有申报依据，先撤回才能重做") if standing is not None else _of_applicant(party, window)
    if needed.yes is not False:
        hindrance = hindrance or _unregistered(deal, registration)
    hindrance = hindrance or _no_standard(party, contract_type, bands)
    found = None
    if window is not None and bands:
        # Worked out as if it were registered: what could be claimed is shown beside what is lacking.
        registered_on = registration.registered_on if registration is not None else None
        found = claim(
            [_paid(row, party, vouchers) for row in payments],
            Contract(contract_type, registered_on or window.begins),
            window,
            rate=lambda base: claim_rates.total(bands, base),
            earlier=_earlier(bases),
            limit=_limit(deal, registration),
            cap=cap.number,
            granted_in_year=granted,
        )
        hindrance = hindrance or found.hindrance or (_("本期没有可以计入的付款") if not found.base else "")
    return Draft(
        deal=deal,
        party=party,
        window=window,
        told_on=told_on,
        hindrance=hindrance,
        claim=found,
        standing=standing,
        payments=payments,
        vouchers=vouchers,
        registration=registration,
        contract_type=contract_type,
        bands=bands,
        figures=tuple(one for one in (rate, cap, policy.amount(f"{DOCUMENT}.window", told_on), needed) if one),
        cap=cap.number,
        granted=granted,
    )


def _standing(bases: Sequence[ClaimBasis], party: DealParty, window: Window | None) -> ClaimBasis | None:
    if window is None:
        return None
    same = (row for row in bases if row.applicant_id == party.organisation_id)
    return next((row for row in same if row.window_begins == window.begins), None)


def _registration(deal: Deal) -> Registration | None:
    """The registration in force. One query."""
    return counted().filter(deal=deal).order_by("-pk").first()


def _limit(deal: Deal, registration: Registration | None) -> Decimal | None:
    """The certified technology value: 实际的技术交易额 does not go beyond it, unless the price has no upper end."""
    return None if registration is None or deal.price_mode in UNBOUND else registration.certified_technology


def _unregistered(deal: Deal, registration: Registration | None) -> str:
    if registration is not None:
        return ""
    if deal.registrations.filter(state="cancelled", archived_at=None).exists():
        return _("合同的登记已经注销，不能申报")
    return _("合同还没有认定登记，不能申报")


def _rate(side: str, contract_type: str, day: date) -> Amount | None:
    key = claim_rates.figure_of(side, contract_type)
    return policy.amount(key, day) if key else None


def _bands(rate: Amount | None) -> tuple[RateBand, ...]:
    """The rate as bands, whichever of the two ways a document writes it; empty when it was not found."""
    if rate is None or rate.value is None:
        return ()
    if rate.figure.shape == "bands":
        return tuple(RateBand(band.up_to, band.rate) for band in rate.bands or ())
    return (RateBand(None, rate.number),) if rate.number is not None else ()


def _of_applicant(party: DealParty, window: Window | None) -> str:
    if party.organisation is not None and is_outside(party.organisation.area):
        return _("申报单位的注册地不在自治区，不在补助范围内")
    return "" if window is not None else _("没有查到申报期间")


def _no_standard(party: DealParty, contract_type: str, bands: Sequence[RateBand]) -> str:
    if bands:
        return ""
    if party.side == "seller":
        return _("供给方的补助比例没有查到标准")
    if contract_type not in TYPES:
        return _("还没有判定合同类型，不知道适用哪一个比例")
    return _("购买“%(type)s”的补助比例没有查到标准") % {"type": word(TYPES[contract_type])}


def _paid(row: PaymentRecord, party: DealParty, vouchers: dict[UUID, list[dict[str, Any]]]) -> Paid:
    own = row.payee_id if party.side == "seller" else row.payer_id
    barred = "other_party" if own != party.pk else "" if vouchers[row.uid] else "no_voucher"
    return Paid(str(row.uid), row.paid_on, row.amount, row.technical_amount, barred)


def _earlier(bases: Sequence[ClaimBasis]) -> list[Earlier]:
    """What stands on the contract already, of whichever applicant of the side: the bands are the contract's."""
    keys: dict[int, list[str]] = {row.pk: [] for row in bases}
    rows = ClaimedPayment.objects.filter(basis__in=keys, archived_at=None).values_list("basis", "payment__uid")
    for basis, payment in rows:
        keys[basis].append(str(payment))
    return [Earlier(frozenset(keys[row.pk]), row.base) for row in bases]


def taken(party: DealParty, window: Window, *, besides: Deal) -> Decimal:
    """What the party's organisation has in bases of the window on other contracts. One query."""
    rows = ClaimBasis.objects.filter(
        applicant=party.organisation_id, window_begins=window.begins, archived_at=None
    ).exclude(deal=besides)
    found: Decimal | None = rows.aggregate(all=Sum("amount"))["all"]
    return found or ZERO


def worked(draft: Draft, found: Claim) -> dict[str, Any]:
    """The calculation of a draft as a basis keeps it."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "told_on": draft.told_on.isoformat(),
        "steps": [[step.key, f"{step.amount.quantize(CENT):f}"] for step in found.steps],
        "bands": claim_rates.kept(draft.bands),
        "left_out": [[one.key, one.why] for one in found.left_out],
        "figures": [figure_kept(one) for one in draft.figures],
    }


def figure_kept(amount: Amount) -> dict[str, Any]:
    """Where a figure came from, in both languages, without its value."""
    return {
        "key": amount.key,
        "label": amount.label,
        "label_en": amount.label_en,
        "document": amount.document.title.label,
        "document_en": amount.document.title.label_en,
        "number": amount.document.number,
        "source": amount.source.label,
        "source_en": amount.source.label_en,
        "url": amount.url,
        "status": amount.status,
        "note": amount.note.label,
        "note_en": amount.note.label_en,
        "checked_on": amount.document.checked_on.isoformat(),
        "known": amount.value is not None,
    }


def claim_bases(actor: Actor) -> QuerySet[ClaimBasis]:
    """Bases the actor may read, the withdrawn ones too; the newest window first."""
    rows = ClaimBasis.objects.select_related("deal", "applicant", "party", "registration")
    return rows.filter(visible_q(actor, ClaimBasisPerm.READ)).order_by("-window_begins", "applicant", "-pk")


def find_claim_basis(actor: Actor, uid: UUID) -> ClaimBasis | None:
    """One basis if the actor may read it; also a withdrawn one."""
    return claim_bases(actor).filter(uid=uid).first()


def claimed_payments(basis: ClaimBasis) -> list[ClaimedPayment]:
    """The payments a basis counts, the oldest first. One query."""
    return list(basis.claimed.select_related("payment", "payment__payer", "payment__payee"))


def year_sums(actor: Actor) -> list[dict[str, Any]]:
    """For each applicant and window the actor may read: applicant, window_begins, window_until, count, amount, cap.

    `cap` is what the policy says for that window, None when it says none. One query.
    """
    rows: dict[tuple[int, date], dict[str, Any]] = {}
    for basis in claim_bases(actor).filter(archived_at=None):
        same = {"applicant": basis.applicant, "begins": basis.window_begins, "until": basis.window_until}
        row = rows.setdefault((basis.applicant_id, basis.window_begins), {**same, "count": 0, "amount": ZERO})
        row["count"] += 1
        row["amount"] += basis.amount
    for row in rows.values():
        row["cap"] = policy.amount(f"{DOCUMENT}.cap", row["until"]).number
    return list(rows.values())


def later_basis(basis: ClaimBasis) -> ClaimBasis | None:
    """A basis of the same contract and side that was worked out on top of this one and stands; None for none."""
    rows = ClaimBasis.objects.filter(deal_id=basis.deal_id, side=basis.side, archived_at=None, pk__gt=basis.pk)
    return rows.order_by("-pk").first()


def changed_after(basis: ClaimBasis, claimed: Sequence[ClaimedPayment]) -> list[str]:
    """What is different now from what a standing basis says; empty when nothing is. Three queries at most."""
    if basis.archived_at is not None:
        return []
    gone = sum(1 for row in claimed if row.payment.archived_at is not None)
    found = [_("计入的付款里有 %(n)s 笔已经撤回") % {"n": gone}] if gone else []
    deal = basis.deal
    if (deal.contract_value, deal.technology_value) != (basis.contract_value, basis.technology_value):
        found.append(_("价款在这之后更正过"))
    if deal.state == "terminated":
        found.append(_("合作项目已经终止"))
    registration = _registration(deal)
    if registration is None:
        return [*found, _("合同现在没有有效的登记")] if basis.registration_id is not None else found
    if (registration.number, registration.registered_on) != (basis.number, basis.registered_on):
        found.append(_("登记编号或者登记日期变更过"))
    if registration.contract_type != basis.contract_type:
        found.append(_("登记的合同类型变更过"))
    return found
