"""Registrations that exist already, in a ledger or a published source, become records: many at a time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine import registration_number
from mengkeju.deals.models import Deal, DealParty, PartyAlias, Registration
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.listings import actions as listings


@dataclass(frozen=True)
class LedgerEntry:
    """One registered contract as a ledger tells it. Amounts in 元, empty where it does not say.

    `key` names the row in its ledger: an entry whose key is known is skipped. `number` is empty where none was
    published. `seller` and `buyer` as the ledger writes them, with the organisation where it is known and the decision
    (`…_alias`) by which it was found.
    """

    key: str
    title: str
    seller: str
    buyer: str
    registered_on: date
    contract_type: str
    contract_subtype: str = ""
    contract_value: Decimal | None = None
    technology_value: Decimal | None = None
    number: str = ""
    signed_on: date | None = None
    area: str = ""
    buyer_area: str = ""
    zone: str = ""
    seller_kind: str = ""
    field: str = ""
    ip_kind: str = ""
    plan_source: str = ""
    body_name: str = ""
    seller_organisation: Organisation | None = None
    buyer_organisation: Organisation | None = None
    seller_alias: PartyAlias | None = None
    buyer_alias: PartyAlias | None = None
    deal: Deal | None = None
    day_known: bool = True


@transaction.atomic
def record_registrations(entries: Sequence[LedgerEntry], *, by: Actor, now: datetime, fictional: bool) -> int:
    """Write the entries that are not there yet, each with its deal, its two parties and an event; how many.

    An entry is there when its key or its number is. Numbers are put into their one spelling; one written at the same
    moment by somebody else raises IntegrityError. A `deal` given (one recorded from a source) gets its registration and
    no second deal. ValidationError (number: wrong, or twice among them), RefusedError: written by the platform or a
    registrar over each row's area, and nobody records a contract of his own organisation. All or nothing.
    """
    # The step `record` of the workflow's table for many rows at once: they begin and are registered in one insert.
    for area in {entry.area for entry in entries}:
        require(by, RegistrationPerm.RECORD, Registration(area=area))
    if any(party.uid in by.organisations for entry in entries for party in _organisations(entry)):
        raise RefusedError(RegistrationPerm.RECORD, _("本单位是合同一方（须回避）"), _("别的单位的登记员"))
    new = _not_there([_normalised(entry) for entry in entries])
    if not new:
        return 0
    today = clock.today(now)
    common = {"created_at": now, "created_by_id": by.account_id}
    stated = {**common, "state_at": now, "state_by_id": by.account_id, "fictional": fictional}
    fresh = [entry for entry in new if entry.deal is None]
    numbers = iter(listings.next_numbers("MK-D", "deal", today.year, len(fresh)))
    deals = {entry.key: entry.deal or _deal(entry, next(numbers), stated) for entry in new}
    Deal.objects.bulk_create([deals[entry.key] for entry in fresh])
    DealParty.objects.bulk_create([party for entry in fresh for party in _parties(entry, deals[entry.key], common)])
    own = listings.next_numbers("MK-G", "registration", today.year, len(new))
    rows = [_registration(entry, deals[entry.key], number, stated) for entry, number in zip(new, own, strict=True)]
    Registration.objects.bulk_create(rows)
    for entry, row in zip(new, rows, strict=True):
        audit.record("registration.record", row, by=by, now=now, payload={"key": entry.key, "number": entry.number})
    return len(rows)


def _organisations(entry: LedgerEntry) -> list[Organisation]:
    return [one for one in (entry.seller_organisation, entry.buyer_organisation) if one is not None]


def _normalised(entry: LedgerEntry) -> LedgerEntry:
    try:
        return replace(entry, number=registration_number.read(entry.number)) if entry.number else entry
    except ValueError as error:
        raise ValidationError({"number": str(error)}) from error


def _not_there(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Those whose key and number nobody has. ValidationError when two of them are one."""
    keys, numbers = [entry.key for entry in entries], [entry.number for entry in entries if entry.number]
    if twice := [key for key, count in Counter([*keys, *numbers]).items() if count > 1]:
        said = _("同一份登记在这一批里出现两次：%(which)s")
        raise ValidationError({"number": said % {"which": registration_number.show(twice[-1])}})
    known = set(Registration.objects.filter(ledger_key__in=keys).values_list("ledger_key", flat=True))
    taken = set(Registration.objects.filter(number__in=numbers).values_list("number", flat=True))
    return [entry for entry in entries if entry.key not in known and entry.number not in taken]


def _deal(entry: LedgerEntry, number: str, stated: Mapping[str, Any]) -> Deal:
    return Deal(
        kind="contract",
        number=number,
        title=entry.title,
        origin="import",
        contract_type=entry.contract_type,
        contract_subtype=entry.contract_subtype,
        field=entry.field,
        ip_kind=entry.ip_kind,
        plan_source=entry.plan_source,
        signed_on=entry.signed_on,
        price_mode="open",
        keeper=entry.seller_organisation,
        area=entry.area,
        state="signed",
        **stated,
    )


def _parties(entry: LedgerEntry, deal: Deal, common: Mapping[str, Any]) -> list[DealParty]:
    sides = (
        ("seller", entry.seller, entry.seller_organisation, entry.seller_alias, entry.area),
        ("buyer", entry.buyer, entry.buyer_organisation, entry.buyer_alias, entry.buyer_area),
    )
    return [
        DealParty(
            deal=deal, side=side, name=name, organisation=organisation, alias=alias, area=area, order=order,
            seller_kind=entry.seller_kind if side == "seller" else "", **common,
        )
        for order, (side, name, organisation, alias, area) in enumerate(sides)
    ]  # fmt: skip


def _registration(entry: LedgerEntry, deal: Deal, number: str, stated: Mapping[str, Any]) -> Registration:
    return Registration(
        deal=deal,
        number_here=number,
        ledger_key=entry.key,
        contract_type=entry.contract_type,
        contract_subtype=entry.contract_subtype,
        certified_value=entry.contract_value,
        certified_technology=entry.technology_value,
        number=entry.number,
        registered_on=entry.registered_on,
        day_known=entry.day_known,
        body_name=entry.body_name,
        seller_name=entry.seller,
        buyer_name=entry.buyer,
        seller_kind=entry.seller_kind,
        area=entry.area,
        buyer_area=entry.buyer_area,
        zone=entry.zone,
        field=entry.field,
        ip_kind=entry.ip_kind,
        plan_source=entry.plan_source,
        state="registered",
        filed_at=None,
        **stated,
    )
