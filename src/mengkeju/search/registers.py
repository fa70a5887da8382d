"""What search registers with the kernel: the follower that keeps the index, the box on the home page."""

from collections.abc import Sequence
from typing import Any

from mengkeju.kernel.access import Actor
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.panels import Panel, register
from mengkeju.search import actions
from mengkeju.search.queries.facets import search_kinds


def _read_on(_events: Sequence[Event]) -> None:
    """The index knows its own place in the record."""
    actions.follow_record()


def _box(_actor: Actor, _site: Any, _shown: dict[str, Any]) -> dict[str, Any]:
    """The search box of the home page with a choice of kind."""
    kinds = [{"value": kind.key, "label": kind.label, "checked": False} for kind in search_kinds().values()]
    return {"kinds": [{"value": "", "label": "全部", "checked": True}, *kinds]}


followers.register("search", Follower("search", _read_on, interval=0.3, step=actions.follow_record))
register(Panel("search-box", "site", "hero", 10, "search/hero.html", _box))
nightly.register("search.log", "mengkeju.search.tasks.prune_search_log")
