"""What listings show on other pages: home, workbench, an organisation's page."""

from typing import Any

from django.urls import reverse

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, funnel
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries
from mengkeju.listings.kinds import in_order

ON_HOME = 4


def home_needs(actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The newest needs of each city that wait for an answer, with how many there are."""
    columns = []
    for city in directory.cities():
        rows = queries.shelf(actor, "need").filter(area__in=directory.codes_below(city.code))
        columns.append(
            {
                "city": city,
                "count": rows.count(),
                "rows": queries.present_many(rows[:ON_HOME], actor),
                "url": f"{reverse('search')}?kind=need&city={city.code}",
            }
        )
    return {"columns": columns} if any(c["count"] for c in columns) else None


def home_river(_actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """From need to intention, counted from records."""
    stops = [{**stop, "url": reverse("needs-at", args=[stop["key"]])} for stop in funnel.stops()]
    return {"stops": stops, "at": clock.now()} if stops and stops[0]["count"] else None


def home_today(actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any]:
    """New today, by kind, and by city within."""
    start = clock.end_of(clock.today()) - clock.DAY
    rows = list(queries.shelf(actor).filter(published_at__gte=start).values_list("kind", "area"))
    cities = [(c.name.removesuffix("市"), directory.codes_below(c.code)) for c in directory.cities()]
    lines = [
        {
            "label": f"新{kind.label.removeprefix('技术').removeprefix('科技')}",
            "count": sum(k == kind.key for k, _a in rows),
            "url": f"{reverse('search')}?kind={kind.key}&sort=newest",
            "note": " · ".join(
                f"{name} {sum(k == kind.key and a in codes for k, a in rows)}" for name, codes in cities
            ),
        }
        for kind in in_order()
        if kind.key != "patent"
    ]
    return {"lines": lines, "day": clock.today(), "create_url": reverse("listing-create", args=["need"])}


def of_organisation(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """What an organisation has published."""
    rows = queries.published_of(organisation, actor)
    listed = queries.present_many(rows[:50], actor)
    return {"rows": listed, "count": rows.count()} if listed else None


def review_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: how many wait for review."""
    if not actor.has_role(Role.OFFICER):
        return None
    return {
        "label": "待审核信息",
        "count": queries.review_queue(actor).count(),
        "url": reverse("review-queue"),
        "tone": "wait",
    }


def own_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member: what his organisations have published."""
    if not actor.organisations:
        return None
    return {
        "label": "本单位已发布",
        "tone": "go",
        "count": queries.of_organisations(actor).filter(state="published").count(),
        "url": f"{reverse('listing-mine')}?state=published",
    }


def own_returned(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member: drafts and returned ones that wait for him."""
    if not actor.organisations:
        return None
    count = queries.of_organisations(actor).filter(state="returned").count()
    return {"label": "退回待修改", "tone": "over", "count": count, "url": f"{reverse('listing-mine')}?state=returned"}
