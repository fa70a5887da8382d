"""Which addresses are counted, how their parameters are filled, and which are none and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mengkeju.config.api import PREFIX, operations
from mengkeju.deals.models import Claim, Deal, Registration, Stall, StatClosing
from mengkeju.directory.models import BodyEvaluation, Title
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel.models import Event, WebhookEndpoint
from mengkeju.listings.models import (
    AccessRequest,
    Agenda,
    Application,
    Bottleneck,
    Diagnosis,
    IpRight,
    Participation,
    WeakLink,
)
from mengkeju.matching.models import MatchModel
from mengkeju.search.models import SavedSearch
from tests import factories as f
from tests.counts.world import World

# Addresses that are no page or list, each with its reason. An address that answers everybody's GET with 405
# or leads on to another needs no line.
NOT_COUNTED = {
    "file": "streams one file",
    "invitation": "needs the token of a mail",
    "person-export": "a download about one person",
    "import-template": "an empty workbook, the same for everybody",
    "import-wrong": "a workbook; counted as an export is, by portions",
    "import-progress": "answers only while a batch is being written",
    "record-verify": "walks the whole record in portions, on purpose",
    "sitemap-part": "reads 500 at a time",
    "introduce": "a form for a pair of listings; only a broker's, tested with the intentions",
    "listing-submit": "only of a draft; shows one listing and no list",
    "listing-create": "a form without rows",
    "listing-close": "a form for one need",
    "listing-outcome": "a form for one need, only while its outcome waits for the enterprise",
    "person-consent": "a form without rows",
    "listing-file": "streams one file",
    "download_listing_file": "streams one file",
    "listing-guide": "one topic of a form",
    "listing-guide-new": "a form without rows",
    "match-model-file": "streams one file",
    "saved-search-stop": "needs the token of a mail",
    "evidence-keys": "the node's keys, from a file",
    "undertaking": "one text",
    "get_file": "one file",
    "meeting-calendar": "one calendar file",
    "pitch-calendar": "one calendar file",
    "listing-partners": "only of a capability; counted in tests/matching/test_partners.py",
    "pitch-guest": "needs the token of a mail",
    "pitch-invite": "a form without rows",
    "deal-bundle": "streams one archive",
    "download_file": "streams one file",
    "get_package": "one work package; the list of a deal is counted",
    "get_milestone": "one milestone; the list of a deal is counted",
    "get_landing": "one landing; the list of a deal is counted",
}


OF_BOTH = ("listing", "listing-matches", "listing-disclosure", "listing-evidence", "listing-reads")
# The first of its list stands for the path below this segment.
FIRST: dict[str, Any] = {
    "access-requests": AccessRequest,
    "agendas": Agenda,
    "applications": Application,
    "bottlenecks": Bottleneck,
    "claims": Claim,
    "contract-statistics": StatClosing,
    "deals": Deal,
    "diagnoses": Diagnosis,
    "ip-rights": IpRight,
    "match-models": MatchModel,
    "meetings": Meeting,
    "participations": Participation,
    "pitches": Pitch,
    "registrations": Registration,
    "searches": SavedSearch,
    "stalls": Stall,
    "titles": Title,
    "weak-links": WeakLink,
}


@dataclass(frozen=True)
class Address:
    """A name and the path it has in a world."""

    name: str
    path: str


def _patterns(found: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            if pattern.namespace is None and "allauth" not in str(pattern.urlconf_name):
                yield from _patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        elif pattern.name:
            yield prefix + str(pattern.pattern), pattern


def _values(world: World, path: str) -> dict[str, Any]:
    """What fills the parameters of a path; the segment before `uid` says what it is a uid of."""
    objects: dict[str, Any] = {
        "listings": world.needs[0],
        "organisations": world.firm,
        "intentions": world.intentions[0],
        "people": world.person(),
        "reviews": world.waiting[0],
        "imports": world.batch,
        "record": Event.objects.order_by("pk")[0],
        "releases": world.release(),
        "webhooks": WebhookEndpoint.objects.filter(organisation=world.firm.uid).order_by("pk")[0],
        **{segment: model.objects.order_by("pk")[0] for segment, model in FIRST.items()},
        "stalled": world.intentions[0],
        "agencies": (body := BodyEvaluation.objects.order_by("pk")[0].holder),
        "transfer-bodies": body,
    }
    first = path.removeprefix(PREFIX).strip("/").partition("/")[0]
    place = objects.get(first, world.needs[0])
    key = {"needs": "need", "listing-kinds": "need", "goals": "carbon_peak_neutrality"}.get(first, "field")
    term = "electronic_information"
    return {
        "uid": place.uid,
        "key": key,
        "term_key": term,
        "code": f.KUNDULUN,
        "kind": "need",
        "part": 1,
        "need": world.needs[0].uid,
    }


def pages(world: World) -> list[Address]:
    """Every named address of the site whose parameters can be filled; the others are not read by GET."""
    found = []
    for path, pattern in _patterns(get_resolver().url_patterns):
        name, wanted = str(pattern.name), pattern.pattern.converters.keys()
        values = _values(world, path)
        if name not in NOT_COUNTED and wanted <= values.keys():
            found.append(Address(name, reverse(name, kwargs={key: values[key] for key in wanted})))
    found.append(Address("search with a text", reverse("search") + "?q=脱碳"))
    found += [Address(f"{name} of an achievement", reverse(name, args=[world.achievements[0].uid])) for name in OF_BOTH]
    return sorted(set(found), key=lambda address: address.name)


def lists_of_the_api(world: World) -> list[Address]:
    """Every GET operation."""
    found = []
    for one in operations():
        if one.method == "GET" and one.id not in NOT_COUNTED:
            values = {key: str(value) for key, value in _values(world, one.path).items()}
            query = "?q=脱碳" if one.id == "search" else ""
            found.append(Address(f"API {one.id}", one.path.format(**values) + query))
    return sorted(found, key=lambda address: address.name)
