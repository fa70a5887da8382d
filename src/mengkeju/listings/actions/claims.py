"""Whose a right is: claiming it, withdrawing a claim, deciding between several. All keep theirs until a decision."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, duties
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import Duty, Event
from mengkeju.kernel.notices import announce_duty, notify, people_of
from mengkeju.kernel.workflow import DutySpec
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.engine.rights import RULES
from mengkeju.listings.models import IpRight, RightClaim

DECIDE = DutySpec(
    "decide_right",
    "裁定同一知识产权号码的归属争议",
    "officer",
    RULES.dispute_days,
    RULES.sources["dispute"],
    label_en="Decide whose a right is",
)
MOST_REASON = 1000


def standing_claims(right: IpRight) -> list[RightClaim]:
    """Claims neither rejected nor withdrawn, the first first."""
    rows = right.claims.filter(decision__in=("", "upheld")).select_related("organisation")
    return list(rows.order_by("claimed_at", "pk"))


def claim_right(
    right: IpRight, organisation: Organisation, *, by: Actor, now: datetime, basis: str = ""
) -> tuple[RightClaim, bool]:
    """Say that a right is an organisation's own; a second claimant makes it disputed. Twice changes nothing.

    Called in a transaction by who has found the right to act for the organisation. Returns (claim, whether it is new).
    """
    right = lock(right)
    known = right.claims.filter(organisation=organisation).first()
    if known is not None and known.stands:
        return known, False
    if known is not None and known.decision == "rejected":
        raise ValidationError({"number": _("这个号码的归属已有裁定：不属于贵单位。如有新证据，请联系当地科技管理人员")})
    if known is not None:  # taken back earlier, claimed anew
        RightClaim.objects.filter(pk=known.pk).update(
            decision="", reason="", decided_at=None, decided_by=None, claimed_at=now, claimed_by_id=by.account_id
        )
        known.refresh_from_db()
        claim = known
    else:
        claim = RightClaim.objects.create(
            right=right, organisation=organisation, basis=basis[:500], claimed_at=now, claimed_by_id=by.account_id
        )
    payload = {"organisation": str(organisation.uid), "basis": basis[:500]}
    event = audit.record("ip_right.claimed", right, by=by, now=now, payload=payload, organisation=organisation.uid)
    _settle(right, event=event, now=now)
    return claim, True


def _settle(right: IpRight, *, event: Event, now: datetime) -> None:
    """After a claim came or went: who holds it, whether it is disputed, and who must decide."""
    standing = standing_claims(right)
    disputed = len(standing) > 1 and any(claim.decision == "" for claim in standing)
    was = right.disputed
    if standing and right.holder_id not in {claim.organisation_id for claim in standing}:
        right.holder = standing[0].organisation
    if not standing:
        right.holder = None
    right.disputed = disputed
    right.area = _common_area([claim.organisation for claim in standing]) or right.area
    right.revision += 1
    right.save(update_fields=["holder", "disputed", "area", "revision"])
    if disputed and not was:
        announce_duty(duties.open_duty(right, DECIDE, now=now), event=event, now=now)
        title = format_lazy(gettext_lazy("“{number}”有两家以上单位主张，已标为有争议"), number=right.number)
        _tell(right, standing, title, event, now)
    elif was and not disputed:
        duties.close_duties(right, by="settled", now=now, key=DECIDE.key)
    elif disputed:
        Duty.objects.filter(pk__in=duties.open_on(right).filter(key=DECIDE.key)).update(area=right.area)


def _common_area(organisations: list[Organisation]) -> str:
    """The lowest division above all of them; the region when they share none, as for one outside it."""
    if len(organisations) == 1:
        return organisations[0].area
    lines = [directory.codes_above(o.area) for o in organisations]
    shared = [code for code in (lines[0] if lines else []) if all(code in line for line in lines)]
    return shared[-1] if len(shared) > 1 else REGION


def _tell(right: IpRight, claims: list[RightClaim], title: object, event: Event, now: datetime) -> None:
    accounts = {uid for claim in claims for uid in people_of(claim.organisation.uid)}
    notify(
        accounts - {event.actor_account},
        "ip_right.told",
        title,  # type: ignore[arg-type]  # a lazy text
        subject_type="ip_right",
        subject_uid=right.uid,
        now=now,
        event=event,
    )


@transaction.atomic
def withdraw_claim(right: IpRight, organisation: UUID, *, by: Actor, now: datetime) -> IpRight:
    """One of the actor's organisations takes its claim back; the links of its listings stay. RefusedError."""
    require(by, PartPerm.RIGHT_WITHDRAW, right)
    if organisation not in by.organisations:
        raise RefusedError(PartPerm.RIGHT_WITHDRAW, _("只能撤回自己所在单位的主张"), _("该单位人员"))
    right = lock(right)
    claim = right.claims.filter(organisation__uid=organisation, decision="").first()
    if claim is None:
        raise ValidationError(_("没有可以撤回的主张"))
    RightClaim.objects.filter(pk=claim.pk).update(decision="withdrawn", decided_at=now, decided_by_id=by.account_id)
    payload = {"organisation": str(organisation)}
    event = audit.record("ip_right.claim_withdrawn", right, by=by, now=now, payload=payload, organisation=organisation)
    _settle(right, event=event, now=now)
    return right


@transaction.atomic
def decide_right(
    right: IpRight, upheld: Collection[UUID], *, reason: str, by: Actor, now: datetime, revision: int | None = None
) -> IpRight:
    """Decide between claimants, with a reason; several may be upheld (共有). Everybody who claimed is told.

    `upheld`: uids of organisations. RefusedError, ValidationError, StaleRevisionError.
    """
    require(by, PartPerm.RIGHT_DECIDE, right)
    right = lock(right, revision)
    require(by, PartPerm.RIGHT_DECIDE, right)
    standing = standing_claims(right)
    _check_decision({claim.organisation.uid for claim in standing}, upheld, reason)
    for claim in standing:
        verdict = "upheld" if claim.organisation.uid in upheld else "rejected"
        RightClaim.objects.filter(pk=claim.pk).update(
            decision=verdict, reason=reason.strip(), decided_at=now, decided_by_id=by.account_id
        )
    payload = {"upheld": sorted(str(uid) for uid in upheld), "note": reason.strip()}
    event = audit.record("ip_right.decided", right, by=by, now=now, payload=payload)
    _settle(right, event=event, now=now)
    title = format_lazy(gettext_lazy("“{number}”的归属争议已有裁定"), number=right.number)
    _tell(right, standing, title, event, now)
    return right


def _check_decision(claimants: set[UUID], upheld: Collection[UUID], reason: str) -> None:
    wrong: dict[str, str] = {}
    if not upheld or not set(upheld) <= claimants:
        wrong["upheld"] = _("请在主张的单位里至少选一家")
    if not reason.strip():
        wrong["note"] = _("裁定须写明理由，主张的单位都看得到")
    elif len(reason.strip()) > MOST_REASON:
        wrong["note"] = _("理由最多 %(most)s 个字") % {"most": MOST_REASON}
    if wrong:
        raise ValidationError(wrong)
