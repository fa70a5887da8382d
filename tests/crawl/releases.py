"""Joint releases of the crawl's world."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.listings import actions as listings
from mengkeju.listings.queries.releases import content_digest
from tests import factories as f
from tests.crawl import stock
from tests.crawl.doors import or_record

if TYPE_CHECKING:
    from tests.crawl.world import World


def build(made: "World") -> None:
    """One in preparation with a held need, one that is out, one that was withdrawn."""
    people, now = made.people, clock.now()
    here, there, above = (people.actor(name) for name in ("officer here", "officer there", "officer above"))
    institutes = stock.need_of_the_institute(people, made.planted)
    made.put("listing", "need of the institute", institutes)
    for label in ("preparing", "released", "withdrawn"):
        need = "held" if label == "preparing" else "need public published"
        cities = (f.BAOTOU,) if label == "preparing" else (f.HOHHOT, f.BAOTOU)
        intro = made.planted.word(f"introduction of the release {label}", _release_open(made, label))
        given = listings.ReleaseInput(f"演示联合发布 {label}", intro, cities)
        release = listings.begin_release(given, by=here, now=now)
        made.put("release", label, release)
        listings.add_needs(release, [made.one("listing", need).uid], by=here, now=now)
        if label == "preparing":
            continue
        note = made.planted.word(f"why the confirmation of {label} was taken back", _release_kept(made, label))
        listings.add_needs(release, [institutes.uid], by=there, now=now)
        for city, by in ((f.HOHHOT, above), (f.BAOTOU, here)):
            listings.confirm_part(release, city, digest=content_digest(release), by=by, now=now)
        listings.unconfirm_part(release, f.HOHHOT, by=above, now=now, note=note)
        listings.confirm_part(release, f.HOHHOT, digest=content_digest(release), by=above, now=now)
        listings.release_now(release, by=here, now=now)
        if label == "withdrawn":
            listings.withdraw_release(release, by=here, now=now, note="演示撤回")
        release.refresh_from_db()


def _release_open(made: "World", label: str) -> Callable[[Actor], bool]:
    """Whoever reads the release, until it is withdrawn: then only those who prepared it."""
    permission = "listings.release:check" if label == "withdrawn" else "listings.release:read"
    return or_record(lambda actor: may(actor, permission, made.one("release", label)))


def _release_kept(made: "World", label: str) -> Callable[[Actor], bool]:
    return or_record(lambda actor: may(actor, "listings.release:check", made.one("release", label)))
