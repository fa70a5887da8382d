"""What listings show on other pages: home, workbench, an organisation's page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, funnel
from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import chosen, word
from mengkeju.listings import actions, queries
from mengkeju.listings.kinds import in_order
from mengkeju.listings.models import Listing

ON_HOME = 4
NEW = {"need": gettext_lazy("新需求"), "achievement": gettext_lazy("新成果")}


def links(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """What the listing is linked with."""
    rows = queries.linked_with(listing, actor)
    actions.note_reads([row.listing for row in rows], channel="list", by=actor, now=clock.now(), keys=())
    return {"rows": rows, "reported": all(row.reported for row in rows)} if rows else None


def home_needs(actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The newest needs of each city that wait for an answer, with how many there are, and how many are of neither."""
    columns = []
    for city in directory.cities():
        rows = queries.shelf(actor, "need").filter(area__in=directory.codes_below(city.code))
        listed = queries.present_many(rows[:ON_HOME], actor)
        actions.note_reads(listed, channel="list", by=actor, now=clock.now(), keys=queries.PRICES)
        columns.append(
            {
                "city": city,
                "count": rows.count(),
                "rows": listed,
                "url": f"{reverse('search')}?kind=need&city={city.code}",
            }
        )
    others = {place: queries.outside_cities(queries.public_needs(), place).count() for place in queries.PLACES}
    elsewhere = [
        {"place": place, "count": count, "url": f"{reverse('needs-at', args=['need'])}?city={place}"}
        for place, count in others.items()
        if count
    ]
    return {"columns": columns, "elsewhere": elsewhere} if elsewhere or any(c["count"] for c in columns) else None


def home_river(_actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """From need to intention, counted from records."""
    stops = [{**stop, "url": reverse("needs-at", args=[stop["key"]])} for stop in funnel.stops()]
    return {"stops": stops, "at": clock.now()} if stops and stops[0]["count"] else None


def _cities() -> dict[str, frozenset[str]]:
    """The codes of each city by its word."""
    return {chosen(c.name.removesuffix("市"), c.name_en): directory.codes_below(c.code) for c in directory.cities()}


def _by_city(cities: dict[str, frozenset[str]], areas: list[str]) -> str:
    """How many of the areas lie in each city, and in neither when there are such: the parts make up the sum."""
    found = {name: sum(area in below for area in areas) for name, below in cities.items()}
    rest = len(areas) - sum(found.values())
    return " · ".join(f"{name} {count}" for name, count in (found | ({_("其他"): rest} if rest else {})).items())


def home_today(actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any]:
    """New today, by kind, and by city within."""
    start = clock.end_of(clock.today()) - clock.DAY
    rows = list(queries.shelf(actor).filter(published_at__gte=start).values_list("kind", "area"))
    cities = _cities()
    lines = [
        {
            "label": NEW.get(kind.key) or word(kind),
            "count": sum(k == kind.key for k, _a in rows),
            "url": f"{reverse('search')}?kind={kind.key}&sort=newest",
            "note": _by_city(cities, [area for key, area in rows if key == kind.key]),
        }
        for kind in in_order()
        if kind.key != "patent"
    ]
    return {"lines": lines, "day": clock.today(), "create_url": reverse("listing-create", args=["need"])}


def of_organisation(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """What an organisation has published."""
    rows = queries.published_of(organisation, actor)
    listed = queries.present_many(rows[:50], actor)
    actions.note_reads(listed, channel="list", by=actor, now=clock.now(), keys=queries.PRICES)
    return {"rows": listed, "count": rows.count()} if listed else None


def review_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: how many wait for review."""
    if not actor.has_role(Role.OFFICER):
        return None
    return {
        "label": _("待审核信息"),
        "count": queries.review_queue(actor).count(),
        "url": reverse("review-queue"),
        "tone": "wait",
    }


def own_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member: what his organisations have published."""
    if not actor.organisations:
        return None
    return {
        "label": _("本单位已发布"),
        "tone": "go",
        "count": queries.of_organisations(actor).filter(state="published").count(),
        "url": f"{reverse('listing-mine')}?state=published",
    }


def own_returned(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member: drafts and returned ones that wait for him."""
    if not actor.organisations:
        return None
    count = queries.of_organisations(actor).filter(state="returned").count()
    return {
        "label": _("退回待修改"),
        "tone": "over",
        "count": count,
        "url": f"{reverse('listing-mine')}?state=returned",
    }
