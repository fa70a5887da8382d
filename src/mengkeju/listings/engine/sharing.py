"""A public listing in words and in schema.org, for other people's pages and programs. Only what it is given."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mengkeju.kernel.figures import full_date
from mengkeju.kernel.words import gettext as _

CONTEXT = "https://schema.org"
CURRENCY = "CNY"
EXCERPT = 120
NEED = "need"


@dataclass(frozen=True)
class Public:
    """What anybody may read of a listing; prices and deadline None where he may not, or none was stated."""

    url: str
    site: str
    side: str
    kind: str
    number: str
    title: str
    summary: str
    owner: str
    owner_url: str
    place: str
    budget: str
    low: Decimal | None
    high: Decimal | None
    deadline: date | None
    published_at: datetime | None
    source_note: str
    fictional: bool


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def linked_data(it: Public) -> dict[str, Any]:
    """JSON-LD: what an organisation seeks (Demand) or offers (Offer); https://schema.org/Demand, /Offer."""
    thing = {
        "@type": "Demand" if it.side == NEED else "Offer",
        "name": it.title,
        "description": " ".join(part for part in (excerpt(it.summary, 1000), it.source_note) if part),
        "url": it.url,
        "identifier": it.number,
        "category": it.kind,
        "areaServed": {"@type": "AdministrativeArea", "name": it.place} if it.place else None,
        "availabilityStarts": it.published_at.isoformat() if it.published_at else None,
        "availabilityEnds": it.deadline.isoformat() if it.deadline else None,
        "itemOffered": {"@type": "Service", "name": it.title, "serviceType": it.kind},
        "priceSpecification": _price(it),
        "disambiguatingDescription": _("演示数据，内容虚构") if it.fictional else None,
    }
    owner = {"@type": "Organization", "name": it.owner, "url": it.owner_url} if it.owner_url else None
    if owner is None:
        return _told({"@context": CONTEXT, **thing})
    return _told({"@context": CONTEXT, **owner, "seeks" if it.side == NEED else "makesOffer": thing})


def _price(it: Public) -> dict[str, Any] | None:
    if it.low is None and it.high is None:
        return None
    ends = {"minPrice": it.low, "maxPrice": it.high}
    said = {name: f"{end:.2f}" for name, end in ends.items() if end is not None}
    return {"@type": "PriceSpecification", "priceCurrency": CURRENCY, **said}


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    kept = {key: _told(value) if isinstance(value, dict) else value for key, value in data.items()}
    return {key: value for key, value in kept.items() if value not in (None, "", {})}


def share_text(it: Public) -> str:
    """A few lines to paste into a chat: what, whose, where, how much, until when, and the address."""
    head = _("【%(kind)s】%(title)s") % {"kind": it.kind, "title": it.title}
    facts = [it.owner, it.place, it.budget]
    if it.deadline is not None:
        facts.append(_("%(day)s前征集") % {"day": full_date(it.deadline)})
    lines = [
        head,
        " · ".join(part for part in facts if part),
        excerpt(it.summary),
        it.source_note,
        _("演示数据，内容虚构") if it.fictional else "",
        _("编号 %(number)s") % {"number": it.number} if it.number else "",
        _("%(site)s：%(url)s") % {"site": it.site, "url": it.url},
    ]
    return "\n".join(line for line in lines if line)
