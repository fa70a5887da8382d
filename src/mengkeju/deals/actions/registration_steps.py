"""What the applicant does with his application: file, withdraw, supply what was asked for, object."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.actions.registration import set_applied
from mengkeju.deals.actions.registration_duty import after_signing, no_more_to_register
from mengkeju.deals.engine.application import kept_findings
from mengkeju.deals.engine.precheck import to_mend
from mengkeju.deals.models import Deal, DealParty, Registration
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, lock

SELLER_KINDS = {"enterprise": "enterprise", "university": "university", "institute": "institute"}
"""Kind of an organisation → kind of a seller in the statistics; every other organisation is `other`."""
AS_FILED = (
    "applied_value",
    "applied_technology",
    "needs_expert",
    "checks",
    "seller_name",
    "buyer_name",
    "seller_kind",
    "buyer_area",
    "zone",
    "field",
    "ip_kind",
    "plan_source",
)


@transaction.atomic
def file_registration(
    registration: Registration, *, declared_true: bool, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """Hand the application in. What the statistics count by, the sums and the findings are kept as of now.

    ValidationError without the declaration of truth, and when the pre-check finds what must be mended (`checks`, one
    sentence each); warnings do not hinder. RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.FILE, registration)
    fresh = lock(registration, revision)
    if not declared_true:
        raise ValidationError({"declared_true": _("请先确认所填内容和材料真实、完整")})
    if fresh.state == "prepared":
        _keep_as_filed(fresh, now)
        fresh.declared_true, fresh.filed_at = True, now
        fresh.save(update_fields=[*AS_FILED, "declared_true", "filed_at"])
    advance(registration, "file", by=by, now=now, revision=revision)
    no_more_to_register(fresh.deal, by="file", now=now)
    _tell(fresh, by, gettext_lazy("合作项目 {number} 已申请认定登记"), now)
    registration.refresh_from_db()
    return registration


def _keep_as_filed(registration: Registration, now: datetime) -> None:
    """Sums, statistics columns and findings as of now. ValidationError while something must be mended."""
    set_applied(registration)
    facts = queries.facts_of(registration, clock.today(registration.filed_at or now))
    limit = queries.expert_from(facts.today)
    wrong = to_mend(queries.judged(facts))
    if wrong:
        raise ValidationError({"checks": [note.message for note in wrong]})
    with translation.override(settings.LANGUAGE_CODE):
        registration.checks = kept_findings(queries.judged(facts))
    technology = registration.applied_technology
    registration.needs_expert = limit is not None and technology is not None and technology >= limit
    _keep_statistics(registration)


def _keep_statistics(registration: Registration) -> None:
    deal = registration.deal
    rows = deal.parties.filter(archived_at=None).select_related("organisation")
    ordered = sorted(rows, key=lambda p: (p.role != "lead", p.order))
    seller = next((p for p in ordered if p.side == "seller"), None)
    buyer = next((p for p in ordered if p.side == "buyer"), None)
    registration.seller_name = seller.name if seller is not None else ""
    registration.buyer_name = buyer.name if buyer is not None else ""
    registration.seller_kind = _seller_kind(seller)
    registration.buyer_area = _area(buyer)
    registration.zone = seller.organisation.zone if seller is not None and seller.organisation is not None else ""
    registration.field, registration.ip_kind = deal.field, deal.ip_kind
    registration.plan_source = deal.plan_source


def _seller_kind(seller: DealParty | None) -> str:
    if seller is None:
        return ""
    if seller.seller_kind:
        return seller.seller_kind
    if seller.individual:
        return "individual"
    return SELLER_KINDS.get(seller.organisation.kind, "other") if seller.organisation is not None else ""


def _area(party: DealParty | None) -> str:
    if party is None:
        return ""
    return party.organisation.area if party.organisation is not None else party.area


@transaction.atomic
def withdraw_registration(
    registration: Registration, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Registration:
    """Take the application back before it is decided; the duty to register comes back. As advance refuses."""
    advance(registration, "withdraw", by=by, now=now, note=note.strip(), revision=revision)
    deal = Deal.objects.get(pk=registration.deal_id)
    after_signing(deal, now)
    _tell(registration, by, gettext_lazy("合作项目 {number} 的登记申请已撤回"), now)
    return registration


@transaction.atomic
def supply_registration(
    registration: Registration, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Registration:
    """What was asked for is mended: the clock of the desk begins anew today (征求意见稿第十四条).

    ValidationError (`checks`) while the pre-check finds what must be mended; else as advance refuses.
    """
    require(by, RegistrationPerm.SUPPLY, registration)
    fresh = lock(registration, revision)
    if fresh.state == "supplement":
        _keep_as_filed(fresh, now)
        fresh.accepted_on, fresh.supplement_until = clock.today(now), None
        fresh.save(update_fields=[*AS_FILED, "accepted_on", "supplement_until"])
    advance(registration, "supply", by=by, now=now, note=note.strip(), revision=revision)
    registration.refresh_from_db()
    return registration


@transaction.atomic
def object_to(
    registration: Registration, note: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """A party does not agree with the decision and says why. RefusedError, StaleRevisionError, as advance refuses."""
    require(by, RegistrationPerm.OBJECT, registration)
    fresh = lock(registration, revision)
    before = fresh.state
    advance(registration, "object", by=by, now=now, note=note.strip())
    Registration.objects.filter(pk=fresh.pk).update(objected_from=before)
    registration.refresh_from_db()
    return registration


def _tell(registration: Registration, by: Actor, sentence: Any, now: datetime) -> None:
    deal = registration.deal
    tell_others(deal, by, format_lazy(sentence, number=deal.number), now)
