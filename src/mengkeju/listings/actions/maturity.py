"""The ladder of an achievement: a rung with its evidence; the listing's level follows the last one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import audit, clock, files
from mengkeju.kernel.access import Actor
from mengkeju.listings.actions.files import add_listing_file
from mengkeju.listings.actions.parts import locked_for_change
from mengkeju.listings.models import TIERS, Listing, ListingFile, MaturityStep

LEVELS = "maturity"
TRL = "trl"


@dataclass(frozen=True)
class StepInput:
    """A level (a term of the vocabulary), the day it was reached, what shows it, who may read that; a file if any."""

    level: str
    reached_on: date
    evidence: str
    tier: str = "public"
    file: "files.Upload | None" = None


@transaction.atomic
def add_maturity_step(
    listing: Listing, given: StepInput, *, by: Actor, now: datetime, secrecy_reviewed: bool = False
) -> MaturityStep:
    """Append a rung. A wrong one is answered by another, never rewritten. RefusedError, ValidationError per field."""
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    wrong = _problems(listing, given, clock.today(now))
    if wrong:
        raise ValidationError(wrong)
    step = MaturityStep.objects.create(
        listing=listing,
        level=given.level,
        reached_on=given.reached_on,
        evidence=given.evidence.strip(),
        file=_put_up(listing, given, by, now),
        tier=given.tier,
        area=listing.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    before = listing.maturity
    follow_maturity(listing)
    listing.revision += 1
    listing.save(update_fields=["maturity", "details", "revision"])
    payload = {"step": str(step.uid), "level": step.level, "reached_on": step.reached_on, "before": before}
    audit.record("listing.maturity_reached", listing, by=by, now=now, payload=payload)
    return step


def _put_up(listing: Listing, given: StepInput, by: Actor, now: datetime) -> ListingFile | None:
    """The evidence as a file of the listing, when there is one. ValidationError at `file`."""
    if given.file is None:
        return None
    label = directory.term_labels(LEVELS)[given.level]
    stated: dict[str, Any] = {"kind": "proof", "tier": given.tier, "caption": label, "secrecy_reviewed": True}
    try:
        kept = add_listing_file(listing, given.file, by=by, now=now, **stated)
    except files.FileRefusedError as error:
        raise ValidationError({"file": str(error)}) from error
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    return ListingFile.objects.get(file=kept)


def _problems(listing: Listing, given: StepInput, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not any(f.key == LEVELS for f in listing.kind_spec.fields):
        wrong["__all__"] = _("这一类信息没有成熟度")
    if given.level not in set(directory.terms(LEVELS).values_list("key", flat=True)):
        wrong["level"] = _("请选择达到的级别")
    if given.reached_on > today:
        wrong["reached_on"] = _("达到日期不能晚于今天；还没有达到的级别请等达到后再记")
    if not given.evidence.strip():
        wrong["evidence"] = _("请写明凭什么说达到了这一级，例如检测报告编号、中试时间地点、用户证明")
    if given.tier not in TIERS:
        wrong["tier"] = _("可见范围只能是：所有人、已核验单位、合作双方")
    return wrong


def follow_maturity(listing: Listing) -> None:
    """Set the listing's level, and its TRL where the level is one, to the last rung; unsaved. Nothing without rungs."""
    last = listing.maturity_steps.filter(archived_at=None).last()
    if last is None:
        return
    listing.maturity = last.level
    values = dict(listing.details.get("values", {}))
    if last.level.startswith(TRL) and any(f.key == TRL for f in listing.kind_spec.fields):
        values[TRL] = last.level.removeprefix(TRL)
        listing.details = {**listing.details, "values": values}


def check_maturity(listing: Listing) -> None:
    """What an edit states must agree with the last rung; ValidationError says how to change it."""
    last = listing.maturity_steps.filter(archived_at=None).last() if listing.pk else None
    if last is None:
        return
    if listing.maturity != last.level:
        said = _("成熟度以成熟度记录的最后一条为准，请在成果页上“记一级”，不在这里改")
        raise ValidationError({LEVELS: said})
    stated = listing.details.get("values", {}).get(TRL)
    if last.level.startswith(TRL) and stated not in (None, "", last.level.removeprefix(TRL)):
        raise ValidationError({TRL: _("技术就绪度与成熟度记录的最后一条不一致")})
    follow_maturity(listing)
