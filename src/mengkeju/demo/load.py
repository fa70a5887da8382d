"""Loads the demo region through actions; a second time finds everything done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mengkeju.deals.models import Intention
from mengkeju.demo import fiction, sources
from mengkeju.demo.cast import Cast, logins
from mengkeju.demo.chains import Chains
from mengkeju.demo.contracts import Contracts
from mengkeju.demo.cooperations import Cooperations
from mengkeju.demo.disclosure import Disclosure
from mengkeju.demo.files import moment, working_day_before
from mengkeju.demo.helping import Helping
from mengkeju.demo.landed import Landed
from mengkeju.demo.ledgers import Ledgers
from mengkeju.demo.lists import Lists
from mengkeju.demo.meetings import Meetings
from mengkeju.demo.parts import Parts
from mengkeju.demo.performance import Performance
from mengkeju.demo.refining import Refining
from mengkeju.demo.registrations import Registrations
from mengkeju.demo.release import JointRelease
from mengkeju.demo.scene import Scene
from mengkeju.demo.shelf import Shelf, hold_shelf
from mengkeju.demo.talks import Talks
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import load_reference_data
from mengkeju.directory.models import Organisation
from mengkeju.kernel import notices
from mengkeju.listings.models import Listing

NEWS_KEPT = timedelta(days=4)
SCENES: tuple[type[Scene], ...] = (
    Refining,
    Parts,
    Disclosure,
    Helping,
    Meetings,
    Contracts,
    Registrations,
    Performance,
    Landed,
    Cooperations,
    Ledgers,
    Shelf,
)
"""What hangs on the listings and on what is agreed about them; later ones may build on earlier ones."""


@dataclass(frozen=True)
class Loaded:
    """What the demo region holds. Real = from published texts; fictional = 演示, published or verified.

    `needs_waiting`, `needs_refining` and `organisations_waiting` come on top: with officers and brokers, seen by nobody
    else.
    """

    organisations_real: int
    firms: int
    organisations_fictional: int
    needs_real: int
    needs_fictional: int
    achievements_real: int
    achievements_fictional: int
    intentions: int
    needs_waiting: int
    needs_refining: int
    organisations_waiting: int


def plan(now: datetime) -> tuple[Timeline, Cast]:
    """The whole history of the demo region up to `now`, nothing carried out yet."""
    cast, timeline = Cast(), Timeline(now)
    timeline.at(moment(working_day_before(fiction.founding_day(timeline), 1), "logins"), cast.enter_logins)
    Chains(cast).plan(timeline, moment(working_day_before(fiction.founding_day(timeline), 1), "chains", afternoon=True))
    real = sources.Sources(cast)
    real.plan(timeline, moment(fiction.opening_day(timeline), "sources", afternoon=True))
    invented = fiction.Fiction(cast)
    invented.plan(timeline)
    JointRelease(cast, invented).plan(timeline)
    Talks(cast, invented).plan(timeline)
    Lists(cast, invented, real).plan(timeline)
    for scene in SCENES:
        scene(cast, invented).plan(timeline)
    return timeline, cast


def load(*, now: datetime, progress: Callable[[int, int], None] | None = None) -> Loaded:
    """Load everything that is missing. `progress(done, all)`. Index and matches follow by the worker or `drain`."""
    load_reference_data()
    hold_shelf(now=now)  # of an earlier load; what is told of it below must be on the shelf again
    timeline, cast = plan(now)
    done = 0

    def count(portion: int) -> None:
        nonlocal done
        done += portion
        if progress is not None:
            progress(done, len(timeline))

    timeline.run(count)
    for row in logins():  # the news of months ago have been read
        actor = cast.actor(row["username"])
        old = notices.of(actor).filter(created_at__lt=now - NEWS_KEPT, read_at=None).values_list("uid", flat=True)
        notices.mark_read(actor, now=now, uids=list(old))
    return counts()


def counts() -> Loaded:
    """What is there now."""

    def listings(kind: str, source: str, states: tuple[str, ...] = ("published",)) -> int:
        return Listing.objects.filter(kind=kind, source=source, state__in=states).count()

    invented = Organisation.objects.filter(fictional=True, state="verified")
    waiting = Organisation.objects.filter(fictional=True, state="submitted")
    return Loaded(
        organisations_real=Organisation.objects.filter(source=sources.SOURCE).count(),
        firms=invented.filter(kind="enterprise").count(),
        organisations_fictional=invented.count(),
        needs_real=listings("need", sources.SOURCE),
        needs_fictional=listings("need", fiction.SOURCE),
        achievements_real=listings("achievement", sources.SOURCE),
        achievements_fictional=listings("achievement", fiction.SOURCE),
        intentions=Intention.objects.filter(fictional=True).count(),
        needs_waiting=listings("need", fiction.SOURCE, ("submitted",)),
        needs_refining=listings("need", fiction.SOURCE, ("refining", "tracking")),
        organisations_waiting=waiting.count(),
    )
