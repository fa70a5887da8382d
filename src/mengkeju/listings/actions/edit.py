"""Creating and editing a listing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.models import ORGANISATION_KINDS, Organisation, Person
from mengkeju.kernel import audit, money
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import begin, lock
from mengkeju.kernel.forms import FieldType
from mengkeju.kernel.forms.build import plain
from mengkeju.kernel.words import listed, word
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.freshness import renew
from mengkeju.listings.actions.maturity import check_maturity
from mengkeju.listings.actions.registration import settle_goals
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.models import TIERS, Listing


@dataclass(frozen=True)
class ListingInput:
    """Cleaned values by field key (columns and details together), tiers by section, and the listing's own tier.

    `secrecy_reviewed`: who states this has had it reviewed (已作保密审查); needed to change what is published.
    """

    values: dict[str, Any]
    tiers: dict[str, str] = field(default_factory=dict)
    tier: str = "public"
    secrecy_reviewed: bool = False


def apply_input(listing: Listing, given: ListingInput) -> None:
    """Put values on the listing after checking what no single field can. ValidationError per field."""
    kind = listing.kind_spec
    errors = _problems(kind, given)
    if errors:
        raise ValidationError(errors)
    details: dict[str, Any] = {}
    for spec in kind.fields:
        value = given.values.get(spec.key)
        if not spec.column:
            if value not in (None, "", []):
                details[spec.key] = plain(value)
        elif spec.type in {FieldType.MONEY, FieldType.DATE}:
            setattr(listing, spec.key, value or None)
        else:
            setattr(listing, spec.key, (value or "").strip())
    adjustable = {s.key for s in kind.sections if not s.fixed_tier}
    listing.details = {
        "schema": kind.key,
        "version": kind.version,
        "values": details,
        "tiers": {k: v for k, v in given.tiers.items() if k in adjustable},
    }
    listing.tier = given.tier
    listing.incomplete = not listing.summary


def settle_place(listing: Listing, owner: Organisation | None) -> None:
    """The owner's place where none was stated.

    What comes from outside the region always lies where its owner does: the region's officer reviews it, and it
    stands in no city's figures. ValidationError for another place.
    """
    listing.area = listing.area or (owner.area if owner else "")
    if owner is not None and is_outside(owner.area) and listing.area != owner.area:
        raise ValidationError({"area": _("区外单位的供需信息，所在地区填本单位所在的省级地区")})


def _problems(kind: ListingKind, given: ListingInput) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not str(given.values.get("title") or "").strip():
        errors["title"] = _("请填写题目")
    low, high = given.values.get("price_low"), given.values.get("price_high")
    if low is not None and high is not None and low > high:
        errors["price_high"] = _("上限不能小于下限")
    if personal_numbers.find(str(given.values.get("title") or "")):
        errors["title"] = _("题目里不能有身份证号、电话号码或银行卡号，请删去")
    unknown = set(given.values) - {f.key for f in kind.fields}
    if unknown:
        errors["__all__"] = _("没有这些字段：%(fields)s") % {"fields": ", ".join(sorted(unknown))}
    if given.tier not in TIERS or any(t not in TIERS for t in given.tiers.values()):
        errors["__all__"] = _("可见范围只能是：所有人、已核验单位、合作双方")
    return errors


@transaction.atomic
def create_listing(
    kind: str,
    given: ListingInput,
    *,
    owner: Organisation,
    by: Actor,
    now: datetime,
    contact: Person | None = None,
    fictional: bool = False,
    source: str = "",
    external_id: str = "",
    origin: str = "",
) -> Listing:
    """A draft owned by one of the actor's organisations. ValidationError per field, RefusedError otherwise."""
    require(by, Perm.CREATE)
    if not by.system and owner.uid not in by.organisations and origin != "import":
        raise RefusedError(Perm.CREATE, _("只能以自己所在单位的名义发布"), _("该单位人员"))
    require_owner(kinds[kind], owner)
    listing = Listing(
        kind=kinds[kind].key,
        owner=owner,
        contact=contact,
        fictional=fictional,
        zone=owner.zone,
        source=source,
        external_id=external_id,
        origin=origin,
    )
    apply_input(listing, given)
    settle_place(listing, owner)
    made = begin(listing, by=by, now=now, payload={"kind": kind, "title": listing.title}, organisation=owner.uid)
    settle_goals(made)
    return made


def require_owner(kind: ListingKind, owner: Organisation) -> None:
    """RefusedError when organisations of this kind do not publish such a listing."""
    if kind.owners and owner.kind not in kind.owners:
        who = listed([str(ORGANISATION_KINDS[key]) for key in kind.owners])
        said = _("“%(kind)s”只由%(who)s发布") % {"kind": word(kind), "who": who}
        raise RefusedError(Perm.CREATE, said, who)


def require_publisher(kind: ListingKind, *, by: Actor) -> None:
    """RefusedError when none of the actor's organisations publishes such a listing."""
    mine = directory.my_organisations(by) if kind.owners else []
    if mine and not any(organisation.kind in kind.owners for organisation in mine):
        require_owner(kind, mine[0])


def snapshot(listing: Listing) -> dict[str, Any]:
    """Every stated value as JSON, for before → after."""
    columns = {f.key: plain(money.in_cents(getattr(listing, f.key))) for f in listing.kind_spec.fields if f.column}
    return {
        **columns,
        **{key: v for key, v in listing.kind_spec.current(listing.details).items() if v not in (None, "", [])},
        "tier": listing.tier,
        "tiers": listing.details.get("tiers", {}),
    }


@transaction.atomic
def edit_listing(
    listing: Listing,
    given: ListingInput,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    contact: Person | None = None,
) -> Listing:
    """Change what is stated, and who is to be called when `contact` is given: one of the owner's people.

    A published listing stays published and the change stands in its history. Raises StaleRevisionError when it
    changed since `revision`, ValidationError per field.
    """
    require(by, Perm.EDIT, listing)
    fresh = lock(listing, revision)
    require(by, Perm.EDIT, fresh)
    if fresh.state == "published" and not given.secrecy_reviewed:
        raise ValidationError({"secrecy_reviewed": _("改动立即公开，请确认改后的内容已按本单位规定作保密审查")})
    if contact is not None and contact.pk != fresh.contact_id:
        _change_contact(fresh, contact, by=by, now=now)
    return restate(fresh, given, by=by, now=now)


def _change_contact(fresh: Listing, contact: Person, *, by: Actor, now: datetime) -> None:
    if fresh.owner is None or not directory.colleagues(fresh.owner).filter(person=contact).exists():
        raise ValidationError({"contact": _("联系人只能是本单位的同事")})
    fresh.contact = contact
    fresh.revision += 1
    fresh.save(update_fields=["contact", "revision"])
    audit.record("listing.contact_changed", fresh, by=by, now=now, payload={"contact": str(contact.uid)})


def restate(fresh: Listing, given: ListingInput, *, by: Actor, now: datetime) -> Listing:
    """Put what is stated on a locked listing and record what differs. The caller has asked for the right."""
    before, tiers_before = snapshot(fresh), fresh.kind_spec.tier_of(fresh.details.get("tiers", {}))
    apply_input(fresh, given)
    settle_place(fresh, fresh.owner)
    check_maturity(fresh)
    after = snapshot(fresh)
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not differing:
        return fresh
    fresh.revision += 1
    fresh.save()
    if fresh.state == "published" and not by.system:
        renew(fresh, by="edit", now=now)
    settle_goals(fresh)
    tiers_after = fresh.kind_spec.tier_of(fresh.details.get("tiers", {}))
    audit.record(
        "listing.edited",
        fresh,
        by=by,
        now=now,
        payload={
            "before": {k: before.get(k) for k in differing},
            "after": {k: after.get(k) for k in differing},
            # Who could read each section then: the difference is shown to nobody who could not read both versions.
            "section_tiers": {key: sorted({tiers_before[key], tier}) for key, tier in tiers_after.items()},
        },
    )
    if fresh.state == "published":
        note_version(fresh, by=by, now=now)
    return fresh
