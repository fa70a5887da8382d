"""Values that several nouns of listings take and give in the API."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from mengkeju.kernel import clock
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.listings import actions
from mengkeju.listings.api.schemas import AREA, ORGANISATION, UID, State
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import AttachedListing

WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")
REVIEWED = (
    "条目已发布时须确认：改动立即公开，已按本单位规定作保密审查。 / Of a published listing: reviewed for secrecy."
)


def _day(value: Any) -> Any:
    """Only what is written YYYY-MM-DD: pydantic would also take a number for seconds since 1970."""
    if value is None or (isinstance(value, str) and WRITTEN.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "Input should be a valid date, YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,3})?$")]
"""A figure with at most three decimals, written as text."""


def number(text: str | None) -> Decimal | None:
    """An Amount as a number."""
    return None if text is None else Decimal(text)


def plainly(value: Decimal | None) -> str | None:
    """A number as an Amount, without zeros nobody wrote."""
    return None if value is None else f"{value.normalize():f}"


class AttachedOut(Schema):
    """A listing that hangs on something of a list, as this reader may see it."""

    role: str = Field(description="need 对应的需求，answer 可以补上或回应的成果、专业或能力。 / need or answer.")
    role_label: str
    uid: UUID
    kind: str
    title: str
    owner_name: str
    area: str = Field(description=AREA)
    area_label: str
    state: State
    at: datetime


ATTACHED = {
    "role": "need",
    "role_label": "对应的需求",
    "uid": UID,
    "kind": "need",
    "title": "气化细渣脱碳与高值利用",
    "owner_name": "鹿原化工（演示）",
    "area": "150203",
    "area_label": "包头市 · 昆都仑区",
    "state": "published",
    "at": "2026-11-21T10:30:00+08:00",
}
OWNER = {"uid": ORGANISATION, "name": "演示单位（演示）"}


class NamedOut(Schema):
    """An organisation by name."""

    uid: UUID
    name: str


def hung(request: ApiRequest, rows: Iterable[AttachedListing]) -> list[dict[str, Any]]:
    """`AttachedOut` of each; that listings of closed tiers were shown is noted, as on the pages."""
    shown = list(rows)
    actions.note_reads([at.listing for at in shown], channel="api", by=request.actor, now=clock.now(), keys=())
    same = ("uid", "title", "owner_name", "area")
    return [
        {
            **{name: getattr(at.listing, name) for name in same},
            "kind": at.listing.kind.key,
            "area_label": at.listing.area_name,
            "role": at.role,
            "role_label": at.word,
            "state": at.state,
            "at": at.at,
        }
        for at in shown
    ]


def note_parts(request: ApiRequest, listing: Listing, tiers: Iterable[str]) -> None:
    """That something of these tiers that hangs on a listing was shown, as on its page."""
    actions.note_parts(listing, set(tiers), channel="api", by=request.actor, now=clock.now())
