"""A claim basis is drawn up for one party and window, and withdrawn with a reason. Nothing in between changes it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.actions.money import plain
from mengkeju.deals.engine.claim_basis import Claim
from mengkeju.deals.models import ClaimBasis, ClaimedPayment, Deal, DealParty
from mengkeju.deals.queries import claim_basis
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock, figures
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.workflow import TransitionRefusedError


@transaction.atomic
def draw_claim_basis(deal: Deal, party: DealParty, window_begins: date, *, by: Actor, now: datetime) -> ClaimBasis:
    """Keep what `party` can claim on the deal in the window that begins on a day, as it is worked out now.

    ValidationError for a party or window that is not one of the deal's; TransitionRefusedError when there is nothing to
    claim, or the window has its basis.
    """
    require(by, ClaimBasisPerm.DRAW, deal)
    fresh = lock(deal)
    today = clock.today(now)
    mine = {one.pk: one for one in claim_basis.applicants(by, fresh)}
    if party.pk not in mine:
        raise ValidationError({"party": _("请选择本单位")})
    window = next((one for one in claim_basis.windows(fresh, today) if one.begins == window_begins), None)
    if window is None:
        raise ValidationError({"window": _("请选择签约以来的一期")})
    # The cap is the applicant's, over all its contracts: two of them at once are told one after the other.
    applicant = Organisation.objects.select_for_update(no_key=True).get(deal_parties=party.pk)
    draft = claim_basis.draft_claim(fresh, mine[party.pk], today, window)
    if draft.hindrance or draft.claim is None:
        raise TransitionRefusedError(draft.hindrance, "again" if draft.standing is not None else "hindered")
    basis = _kept(draft, draft.claim, applicant, by=by, now=now)
    payload = {
        "deal": fresh.number,
        "window": [basis.window_begins.isoformat(), basis.window_until.isoformat()],
        "base": plain(basis.base),
        "amount": plain(basis.amount),
    }
    audit.record("claim_basis.drawn", basis, by=by, now=now, payload=payload, organisation=applicant.uid)
    return basis


def _kept(draft: claim_basis.Draft, found: Claim, applicant: Organisation, *, by: Actor, now: datetime) -> ClaimBasis:
    """The draft as a record with its payments."""
    registration, party = draft.registration, draft.party
    made = {"area": applicant.area, "created_at": now, "created_by_id": by.account_id}
    basis = ClaimBasis.objects.create(
        deal=draft.deal,
        applicant=applicant,
        party=party,
        registration=registration,
        side=party.side,
        window_begins=found.window.begins,
        window_until=found.window.until,
        contract_type=draft.contract_type,
        number=registration.number if registration else "",
        registered_on=registration.registered_on if registration else None,
        contract_value=draft.deal.contract_value,
        technology_value=draft.deal.technology_value,
        base=found.base,
        before=found.before,
        computed=found.computed,
        amount=found.amount,
        cap=draft.cap,
        granted=draft.granted,
        worked=claim_basis.worked(draft, found),
        fictional=draft.deal.fictional,
        **made,
    )
    counted = set(found.counted)
    ClaimedPayment.objects.bulk_create(
        ClaimedPayment(
            basis=basis,
            payment=row,
            side=party.side,
            paid_on=row.paid_on,
            amount=row.amount,
            technical=row.technical_amount,
            **made,
        )
        for row in draft.payments
        if str(row.uid) in counted and row.technical_amount is not None
    )
    return basis


@transaction.atomic
def withdraw_claim_basis(basis: ClaimBasis, reason: str, *, by: Actor, now: datetime) -> ClaimBasis:
    """Take a basis back, with its reason; its payments may be counted again. It stays as it was drawn.

    ValidationError without a reason; TransitionRefusedError when it is withdrawn already, or another one was worked
    out on top of it: that one goes first.
    """
    require(by, ClaimBasisPerm.WITHDRAW, basis)
    lock(basis.deal)
    row = lock(basis)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这份申报依据已经撤回"), "archived")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤回的理由")})
    later = claim_basis.later_basis(row)
    if later is not None:
        span = (figures.full_date(later.window_begins), figures.full_date(later.window_until), later.applicant.name)
        said = _("%(who)s %(first)s至%(last)s 的申报依据是在它上面累计的，先撤回那一份")
        raise TransitionRefusedError(said % dict(zip(("first", "last", "who"), span, strict=True)), "later")
    gone = {"archived_at": now, "archived_by_id": by.account_id, "archived_reason": reason.strip()[:200]}
    row.claimed.filter(archived_at=None).update(**gone)
    for name, value in gone.items():
        setattr(row, name, value)
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"deal": row.deal.number, "note": reason.strip(), "amount": plain(row.amount)}
    audit.record("claim_basis.withdrawn", row, by=by, now=now, payload=payload, organisation=row.applicant.uid)
    return row
