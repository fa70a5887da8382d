"""Writing one confirmed row of a ledger. What is there is never changed here."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import LedgerPerm, RegistrationPerm
from mengkeju.deals.actions.aliases import note_doubtful
from mengkeju.deals.actions.desk_later import change_registration
from mengkeju.deals.actions.ledger import LedgerEntry, record_registrations
from mengkeju.deals.actions.ledger_judge import SIDES
from mengkeju.deals.actions.ledger_read import day_of
from mengkeju.deals.engine import ledger, registration_number
from mengkeju.deals.models import PartyAlias, Registration
from mengkeju.deals.queries.ledger import AMOUNTS, Known, desk_area, differences
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.exchange.importers import Writing
from mengkeju.kernel.exchange.values import organisation_key
from mengkeju.kernel.words import listed, word


@transaction.atomic
def write(given: Writing) -> tuple[str, UUID]:
    """Record the registration of one row; one that is there stays as it is. Gives (created or unchanged, its uid).

    ValidationError when somebody wrote the number meanwhile with other figures, or it is another desk's; RefusedError.
    """
    require(given.by, LedgerPerm.IMPORT)
    if given.target is not None:
        return "unchanged", given.target
    there = _there(given.values)
    if there is not None:
        return _met(there, given)
    entry = _entry(given)
    if not _recorded(entry, given):  # another ledger wrote it since we looked
        there = _there(given.values)
        if there is None:
            raise ValidationError(_("同一份登记正由另一份台账写入，请再导入一次这一行"))
        return _met(there, given)
    for side in given.values.get("doubtful", ()):
        note_doubtful(given.values[side], by=given.by, now=given.now)
    return "created", Registration.objects.values_list("uid", flat=True).get(ledger_key=entry.key)


def _recorded(entry: LedgerEntry, given: Writing) -> bool:
    """Whether it was we who wrote it: not when its number or key came while we wrote or just before."""
    fictional = registration_number.is_demo(entry.number)
    try:
        with transaction.atomic():
            return record_registrations([entry], by=given.by, now=given.now, fictional=fictional) == 1
    except IntegrityError:
        return False


def _there(values: Mapping[str, Any]) -> Registration | None:
    number = values.get("number", "")
    return Known.read([number] if number else [], [] if number else [day_of(values)]).find(values)


def _met(there: Registration, given: Writing) -> tuple[str, UUID]:
    """What came between preview and writing: the same is the same, anything else is refused."""
    if there.area not in given.by.areas_of(Role.REGISTRAR):
        raise ValidationError(_("这个登记编号已由别的地区登记在平台上"))
    differing = differences(given.values, there)
    if differing:
        names = listed([word(ledger.COLUMNS[one.column]) for one in differing])
        said = _("预览之后，同一份登记已由另一份台账写入，%(columns)s不同，没有再写一次")
        raise ValidationError(said % {"columns": names})
    return "unchanged", there.uid


def _entry(given: Writing) -> LedgerEntry:
    values, day = given.values, day_of(given.values)
    meant = {side: _meant(values, side, given.by) for side in SIDES}
    total, part = (Decimal(values[key]) if values.get(key) else None for key in AMOUNTS)
    signed = values.get("signed_on")
    buyer = meant["buyer"][0]
    return LedgerEntry(
        key=ledger.identity(values, day),
        registered_on=day,
        day_known=not values.get("month_only"),
        signed_on=type(day).fromisoformat(signed) if signed else None,
        area=values["desk"],
        buyer_area=values.get("buyer_area") or (buyer.area if buyer is not None else ""),
        body_name=values.get("body_name") or _name_of(given.owner),
        seller_organisation=meant["seller"][0],
        seller_alias=meant["seller"][1],
        buyer_organisation=buyer,
        buyer_alias=meant["buyer"][1],
        **{key: values[key] for key in ("title", "seller", "buyer", "contract_type")},
        **{key: values.get(key, "") for key in TEXTS},
        contract_value=total,
        technology_value=part,
    )


TEXTS = ("number", "contract_subtype", "zone", "seller_kind", "field", "ip_kind", "plan_source")


def _meant(values: Mapping[str, Any], side: str, by: Actor) -> tuple[Organisation | None, PartyAlias | None]:
    """The organisation of a side: as its code or name said at the check, else as the desk has decided by now."""
    uid = values.get(f"{side}_organisation")
    if uid:
        return directory.verified_organisation(UUID(uid)), None
    if side == "seller" and values.get("seller_kind") == "individual":
        return None, None
    rows = PartyAlias.objects.filter(area=desk_area(by), key=organisation_key(values[side]), archived_at=None)
    alias = rows.filter(decision="organisation").select_related("organisation").first()
    return (alias.organisation, alias) if alias is not None else (None, None)


def _name_of(owner: UUID) -> str:
    return Organisation.objects.values_list("name", flat=True).get(uid=owner)


def amend_from_ledger(
    registration: Registration, values: Mapping[str, Any], reason: str, *, by: Actor, now: datetime
) -> Registration:
    """变更登记 as a ledger states it: every figure of the 登记证明 that differs becomes an amendment.

    Raises as `change_registration`; ValidationError (`note`) without a reason, and when nothing differs any more.
    """
    require(by, RegistrationPerm.CHANGE, registration)
    changes = {one.name: one.after for one in differences(values, registration) if one.name}
    if not changes:
        raise ValidationError(_("平台上已经和台账一样，不用变更"))
    if changes.get("contract_type") == "development":
        changes["contract_subtype"] = values.get("contract_subtype", "")
    return change_registration(registration, changes, reason, by=by, now=now)


def may_act(_by: Actor, _what: str, _owner: UUID) -> None:
    """There is nothing to do with a whole ledger once it is written."""
    raise RefusedError(LedgerPerm.IMPORT, _("台账写入后没有批量办理"), _("无"))
