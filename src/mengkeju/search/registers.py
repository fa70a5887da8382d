"""What search registers: the followers that keep the index and tell of news, saved searches, the box at home."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.panels import Panel, register
from mengkeju.kernel.subjects import SubjectType
from mengkeju.kernel.subjects import register as register_subject
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.kernel.words import word
from mengkeju.search import actions
from mengkeju.search.access import Perm
from mengkeju.search.models import SavedSearch
from mengkeju.search.queries.facets import search_kinds


def _read_on(_events: Sequence[Event]) -> None:
    """The index knows its own place in the record."""
    actions.follow_record()


def _digests() -> int:
    return actions.tell_due(now=clock.now())


def _box(_actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any]:
    """The search box of the home page with a choice of kind."""
    kinds = [{"value": kind.key, "label": word(kind), "checked": False} for kind in search_kinds().values()]
    return {"kinds": [{"value": "", "label": _("全部"), "checked": True}, *kinds]}


followers.register("search", Follower("search", _read_on, interval=0.3, step=actions.follow_record))
followers.register("search.alerts", Follower("search.alerts", _read_on, interval=1.0, step=actions.follow_alerts))
# No events of its own: looks every minute for digests whose morning has come.
followers.register("search.digests", Follower("search.digests", _read_on, interval=60.0, step=_digests))
register_subject(
    SubjectType(
        "saved_search",
        SavedSearch,
        gettext_lazy("搜索提醒"),
        Perm.READ,
        url=lambda saved: saved.get_absolute_url(),
        title=lambda saved: saved.name,
    )
)
for _verb, _words in (
    ("created", gettext_lazy("设提醒")),
    ("edited", gettext_lazy("修改提醒")),
    ("paused", gettext_lazy("暂停提醒")),
    ("resumed", gettext_lazy("恢复提醒")),
    ("deleted", gettext_lazy("删除提醒")),
):
    event_labels.register(f"saved_search.{_verb}", _words)
register_bench(
    NavEntry("saved-searches", gettext_lazy("搜索提醒"), "saved-searches", icon="bell", group=gettext_lazy("找"))
)
register(Panel("search-box", "site", "hero", 10, "search/hero.html", _box))
offers.register(
    actions.CONSENT,
    Offer(
        actions.CONSENT,
        gettext_lazy("记录我本人的搜索"),
        format_lazy(
            gettext_lazy(
                "同意后，平台把您的登录账号和搜索的文字记在一起，用来说明合作意向从哪次搜索而来、改进搜索；"
                "最多保存 {days} 天。不同意也能搜索，只是不记您的账号。"
            ),
            days=actions.keep_days(),
        ),
        actions.CONSENT_TEXT_VERSION,
        forget=actions.forget_searcher,
    ),
)
nightly.register("search.log", "mengkeju.search.tasks.prune_search_log")
nightly.register("search.news", "mengkeju.search.tasks.forget_news")
