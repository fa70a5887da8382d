"""The first-offer window of a listing: for whom, until when, and whether an organisation may declare."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor
from mengkeju.listings.engine.first_offer import last_day
from mengkeju.listings.models import FirstOffer, Listing


@dataclass(frozen=True)
class Window:
    """`until` is the last day, None before publication; `is_open` on the day asked about."""

    area: str
    area_name: str
    days: int
    until: date | None
    is_open: bool
    ended: bool


def window_of(listing: Listing, today: date) -> Window | None:
    """The window of a listing; None when its owner set none."""
    row = FirstOffer.objects.filter(listing=listing).first()
    if row is None:
        return None
    published = clock.today(listing.published_at) if listing.published_at else None
    until = last_day(published, row.days, row.ended_at)
    name = directory.area_names([row.area]).get(row.area, row.area)
    is_open = until is not None and today <= until and listing.state == "published"
    return Window(row.area, name, row.days, until, is_open, row.ended_at is not None)


def may_declare_now(organisation: Organisation, window: Window) -> bool:
    """Whether an organisation lies in the area of an open window."""
    below = directory.codes_below(window.area)
    return bool({organisation.area, organisation.zone} & below)


def first_offer_refusal(listing: Listing, organisation: Organisation, today: date) -> str:
    """Why an organisation may not declare an intention yet; empty when it may."""
    window = window_of(listing, today)
    if window is None or not window.is_open or window.until is None or may_declare_now(organisation, window):
        return ""
    said = _("这一条在 %(day)s 24:00 前优先对接%(area)s的单位，之后向所有单位开放")
    return said % {"day": figures.full_date(window.until), "area": window.area_name}


def is_closed_to(actor: Actor, listing: Listing, today: date) -> bool:
    """Whether a window is open and none of the reader's organisations lies in its area; never for who has none."""
    if not actor.organisations or not listing.kind_spec.is_technology("achievement"):
        return False
    window = window_of(listing, today)
    if window is None or not window.is_open:
        return False
    return not any(may_declare_now(o, window) for o in directory.my_organisations(actor))
