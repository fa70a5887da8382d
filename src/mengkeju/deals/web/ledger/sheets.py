"""Registrations in the layout of a ledger: the columns the import reads, in their order."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine import ledger, registration_number
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES
from mengkeju.deals.models import DealParty, Registration
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.exchange import TemplateField, build_template
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word

LAYOUT, NATIONAL = "layout", "national"
KINDS = {"signed_on": Kind.DATE, "registered_on": Kind.DATE, "contract_value": Kind.MONEY}
KINDS["technology_value"] = Kind.MONEY
WIDTHS = {"number": 22, "title": 40, "seller": 32, "buyer": 32, "body_name": 28}
CODED = {"field": "technical_fields", "seller_kind": "seller_kinds", "ip_kind": "ip_kinds"}
CODED["plan_source"] = "plan_sources"
INSIDE = ("seller_code", "buyer", "buyer_code", "signed_on", "body_name")
"""Columns that only those who may read the registration itself get."""


def columns() -> list[Column]:
    """The layout."""
    return [
        Column(c.key, word(c), KINDS.get(c.key, Kind.TEXT), width=WIDTHS.get(c.key, 0)) for c in ledger.COLUMNS.values()
    ]


def rows(actor: Actor, portion: Sequence[Registration]) -> Iterable[Row]:
    """One row a registration; what the reader may not open says no more than the statistics do."""
    readable = visible_to(Registration.objects.filter(pk__in=[r.pk for r in portion]), actor, RegistrationPerm.READ)
    inside = set(readable.values_list("pk", flat=True))
    parties = queries.parties_of([row.deal for row in portion])
    places = queries.place_words({c for r in portion for c in (r.area, r.zone, r.buyer_area) if c})
    for row in portion:
        made = _row(row, parties[row.deal_id], places)
        yield made if row.pk in inside else {key: value for key, value in made.items() if key not in INSIDE}


def _row(row: Registration, parties: Sequence[DealParty], places: dict[str, str]) -> dict[str, Any]:
    sides = {side: [p for p in parties if p.side == side] for side in ("seller", "buyer")}
    codes = {
        side: next((p.organisation.credit_code for p in found if p.organisation is not None), "")
        for side, found in sides.items()
    }
    kind, subtype = TYPES.get(row.contract_type), SUBTYPES.get(row.contract_subtype)
    known = kind if subtype is None or row.contract_type != "development" else subtype
    return {
        "number": registration_number.show(row.number),
        "title": row.deal.title,
        "contract_type": word(known) if known is not None else row.contract_type,
        "seller": row.seller_name or _named(sides["seller"]),
        "seller_code": codes["seller"],
        "area": places.get(row.area, row.area),
        "zone": places.get(row.zone, row.zone),
        "buyer": row.buyer_name or _named(sides["buyer"]),
        "buyer_code": codes["buyer"],
        "buyer_area": places.get(row.buyer_area, row.buyer_area),
        "contract_value": row.certified_value,
        "technology_value": row.certified_technology,
        "signed_on": row.deal.signed_on,
        "registered_on": row.registered_on,
        "body_name": row.body_name,
        **{key: queries.word_of_code(listed, getattr(row, key)) for key, listed in CODED.items()},
    }


def _named(parties: Sequence[DealParty]) -> str:
    return parties[0].name if parties else ""


LEDGER = register(Sheet("deals.ledger", gettext_lazy("技术合同登记台账"), columns, rows))


def asked_for(request: Request) -> bool:
    """Whether the file is wanted in this layout."""
    return request.GET.get(LAYOUT) == NATIONAL


def answer(request: Request, found: "QuerySet[Registration]", filters: str = "") -> HttpResponseBase:
    """Those of the list whose registration is in force, in the layout of a ledger."""
    in_force = found.filter(registered_on__isnull=False, state__in=(*REGISTERED_STATES, "objected"))
    return exports.answer(request, LEDGER, in_force, filters)


def template() -> bytes:
    """An empty ledger with drop-down lists; what is filled in reads back."""
    offered = {key: tuple(text for _code, text in queries.choices(listed)) for key, listed in CODED.items()}
    offered["contract_type"] = tuple(word(kind) for kind in TYPES.values())
    fields = [
        TemplateField(
            c.key, word(c), KINDS.get(c.key, Kind.TEXT), required=c.required,
            unit="万元" if c.money else "", choices=offered.get(c.key, ()),
        )
        for c in ledger.COLUMNS.values()
    ]  # fmt: skip
    return build_template(str(LEDGER.title), fields)
