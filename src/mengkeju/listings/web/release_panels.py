"""What joint releases show on other pages: home, workbench, a need that stands in one."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing, ReleaseItem
from mengkeju.listings.web import release_pages as pages


def home(actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The latest release with its counts by city, each leading to its rows."""
    release = queries.released(actor).first()
    if release is None:
        return None
    counted = release.items.order_by().values_list("city").annotate(n=Count("pk")).order_by("city")
    names, base = pages.city_names(release.cities), release.get_absolute_url()
    cities = [{"area": c, "name": names.get(c, c), "count": n, "url": f"{base}?city={c}#rows"} for c, n in counted]
    return {"release": release, "headline": pages.headline(release.firms, release.needs), "cities": cities}


def held_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: reviewed needs that wait for a joint release; none while there are none."""
    if not actor.has_role(Role.OFFICER):
        return None
    held = visible_to(Listing.objects.filter(state="held", archived_at=None), actor, Perm.REVIEW_READ).count()
    label, url = _("已审核待联合发布"), reverse("release-desk")
    return {"label": label, "count": held, "url": url, "tone": "go"} if held else None


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The releases a need was published with."""
    rows = ReleaseItem.objects.filter(listing=listing, release__state="released").select_related("release")
    found = [row.release for row in rows.order_by("-release__released_at")] if listing.kind == "need" else []
    return {"releases": found} if found else None
