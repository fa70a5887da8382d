"""What matching registers with the kernel: the subject `match`, its panels, and the reader of the record."""

from collections.abc import Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock, funnel, panels
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import CONSENT_TEXT_VERSION, FOLLOWER, SHOWING_CONSENT, limits
from mengkeju.matching.models import Proposal
from mengkeju.matching.web import panels as shown

register(
    SubjectType(
        "match",
        Proposal,
        _("推荐"),
        Perm.READ,
        url=lambda o: o.get_absolute_url(),
        title=str,
        related=("need", "achievement"),
    )
)
panels.register(panels.Panel("matching.list", "listing", "main", 50, "matching/panel.html", shown.on_listing))
panels.register(panels.Panel("matching.next", "listing", "next", 50, "matching/next.html", shown.next_step))
panels.register(panels.Panel("matching.newest", "me", "main", 30, "matching/newest.html", shown.on_workbench))
event_labels.register("match.dismissed", _("暂不考虑"))
event_labels.register("match.restored", _("撤回暂不考虑"))
funnel.stages.register(
    "match",
    funnel.Stage(
        "match",
        "匹配",
        "Matches",
        "arrows-join-2",
        20,
        _("有推荐成果的公开需求"),
        needs=queries.public_matched_needs,
    ),
)


def _follow(events: Sequence[Event]) -> None:
    actions.note_changes(events, now=clock.now())


followers.register(FOLLOWER, Follower(FOLLOWER, _follow, interval=1.0))
offers.register(
    SHOWING_CONSENT,
    Offer(
        SHOWING_CONSENT,
        _("在展示记录里记我本人"),
        format_lazy(
            _(
                "同意后，平台把您的登录账号记在推荐的展示记录里，用来统计推荐是否有用；最多保存 {days} 天。"
                "不同意也照常看到推荐，展示记录里只记单位。"
            ),
            days=limits().showings_kept_days,
        ),
        CONSENT_TEXT_VERSION,
        forget=actions.forget_viewer,
    ),
)
nightly.register("matching.showings", "mengkeju.matching.tasks.prune_showings")
