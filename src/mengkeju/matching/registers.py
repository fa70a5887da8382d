"""What matching registers with the kernel: the subject `match`, its panels, and the reader of the record."""

from collections.abc import Sequence

from mengkeju.kernel import clock, funnel, panels
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal
from mengkeju.matching.web import panels as shown

register(
    SubjectType(
        "match",
        Proposal,
        "推荐",
        Perm.READ,
        url=lambda o: o.get_absolute_url(),
        title=str,
    )
)
panels.register(panels.Panel("matching.list", "listing", "main", 50, "matching/panel.html", shown.on_listing))
panels.register(panels.Panel("matching.next", "listing", "next", 50, "matching/next.html", shown.next_step))
panels.register(panels.Panel("matching.newest", "me", "main", 30, "matching/newest.html", shown.on_workbench))
event_labels.register("match.dismissed", "暂不考虑")
event_labels.register("match.restored", "撤回暂不考虑")
funnel.stages.register(
    "match",
    funnel.Stage(
        "match",
        "匹配",
        "Matches",
        "arrows-join-2",
        20,
        "有推荐成果的公开需求",
        needs=queries.public_matched_needs,
    ),
)


def _follow(events: Sequence[Event]) -> None:
    actions.note_changes(events, now=clock.now())


followers.register("matching", Follower("matching", _follow, interval=1.0))
nightly.register("matching.showings", "mengkeju.matching.tasks.prune_showings")
