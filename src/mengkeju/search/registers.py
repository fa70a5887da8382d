"""What search registers with the kernel: the follower that keeps the index, the box on the home page."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.panels import Panel, register
from mengkeju.kernel.words import word
from mengkeju.search import actions
from mengkeju.search.queries.facets import search_kinds


def _read_on(_events: Sequence[Event]) -> None:
    """The index knows its own place in the record."""
    actions.follow_record()


def _box(_actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any]:
    """The search box of the home page with a choice of kind."""
    kinds = [{"value": kind.key, "label": word(kind), "checked": False} for kind in search_kinds().values()]
    return {"kinds": [{"value": "", "label": _("全部"), "checked": True}, *kinds]}


followers.register("search", Follower("search", _read_on, interval=0.3, step=actions.follow_record))
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
