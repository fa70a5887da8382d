"""What the scenes of the demo region have in common: they find people, organisations and listings by their keys."""

from typing import Any

from mengkeju.demo.cast import Cast
from mengkeju.demo.fiction import Fiction
from mengkeju.demo.files import read
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing


def rows(name: str) -> list[dict[str, Any]]:
    """One part of the file of scenes."""
    found: list[dict[str, Any]] = read("scenes")[name]
    return found


class Scene:
    """Puts its acts on the timeline; each looks first whether it is done."""

    def __init__(self, cast: Cast, fiction: Fiction) -> None:
        """`fiction` knows organisations and listings by their keys."""
        self.cast, self.fiction = cast, fiction

    def plan(self, timeline: Timeline) -> None:
        """Put everything on the timeline."""
        raise NotImplementedError

    def listing(self, key: str) -> Listing:
        """A listing as it is now."""
        return Listing.objects.select_related("owner", "contact").get(pk=self.fiction.listings[key].pk)

    def organisation(self, key: str) -> Organisation:
        """An invented organisation."""
        return self.fiction.organisations[key]

    def by(self, who: str) -> Actor:
        """A login, or whoever acts for an organisation."""
        return self.cast.actor(self.fiction.founders.get(who, who))
