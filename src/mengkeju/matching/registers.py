"""What matching registers with the kernel: the subject `match`, its panels, and the reader of the record."""

from collections.abc import Sequence

from mengkeju.kernel import clock, panels
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.matching import actions
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal
from mengkeju.matching.web import panels as shown

register(SubjectType(
    "match", Proposal, "推荐", Perm.READ, url=lambda o: o.get_absolute_url(), title=str,
))
panels.register(panels.Panel("matching.list", "listing", "main", 50, "matching/panel.html", shown.on_listing))
panels.register(panels.Panel("matching.next", "listing", "next", 50, "matching/next.html", shown.next_step))
panels.register(panels.Panel("matching.newest", "me", "main", 30, "matching/newest.html", shown.on_workbench))


def _follow(events: Sequence[Event]) -> None:
    actions.note_changes(events, now=clock.now())


followers.register("matching", Follower("matching", _follow, interval=1.0))
