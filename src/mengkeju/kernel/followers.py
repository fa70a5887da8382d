"""Readers of the record: each keeps its own cursor and reads only settled events, in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mengkeju.kernel import clock
from mengkeju.kernel.audit import after, settled
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Event, FollowerCursor


@dataclass(frozen=True)
class Follower:
    """`handle` gets events in order, at least once; it must bear repetition. `interval` in seconds.

    A follower whose place is kept elsewhere (each node's own index) gives `step` instead, called every
    interval whether there are events or not: it reads on from its own place and returns how many it read.
    """

    name: str
    handle: Callable[[Sequence[Event]], None] = field(compare=False)
    interval: float = 0.3
    batch: int = 500
    step: Callable[[], int] | None = field(default=None, compare=False)


followers: Registry[Follower] = Registry("followers")


def follow(follower: Follower) -> int:
    """Hand the next events to a follower and move its cursor; returns how many there were."""
    if follower.step is not None:
        return follower.step()
    cursor, _made = FollowerCursor.objects.get_or_create(name=follower.name)
    events = list(after(settled(Event.objects.all()), cursor.xact, cursor.position)[: follower.batch])
    if not events:
        return 0
    follower.handle(events)
    last = events[-1]
    # Only from where it was read: a slower second worker never moves it back.
    unmoved = FollowerCursor.objects.filter(pk=cursor.pk, xact=cursor.xact, position=cursor.position)
    unmoved.update(xact=last.xact, position=last.pk, moved_at=clock.now())
    return len(events)
