"""The log of searches: what was asked, so that an intention can say where it came from."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from mengkeju.kernel import consent
from mengkeju.kernel.access import Actor
from mengkeju.search.models import SearchLog
from mengkeju.search.queries import SearchPage, SearchQuery, search

CONSENT = "search_history"
"""The purpose a person agrees to before a search is kept under his login."""
CONSENT_TEXT_VERSION = "2026-11"
DATA = Path(__file__).parent.parent / "data" / "retention.yaml"


@cache
def keep_days() -> int:
    """How many days the words of a search are kept, from the dated data file."""
    data: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    if not isinstance(data["checked_on"], date) or int(data["keep_days"]) <= 0:
        msg = f"{DATA.name}: checked_on must be a date and keep_days positive"
        raise ValueError(msg)
    return int(data["keep_days"])


def search_and_log(actor: Actor, query: SearchQuery, *, now: datetime) -> SearchPage:
    """Search, and note a search with words on its first page; the result links carry the note's uid."""
    page = search(actor, query)
    if page.problem is not None or not query.text.strip() or query.page > 1:
        return page
    agreed = actor.person_uid is not None and consent.has("person", actor.person_uid, CONSENT)
    noted = SearchLog.objects.create(
        account=actor.account_uid if agreed else None,
        organisation=actor.primary_organisation,
        text=query.text.strip(),
        at=now,
        total=page.total,
    )
    rows = tuple({**row, "url": f"{row['url']}?s={noted.uid}"} for row in page.rows)
    return replace(page, uid=noted.uid, rows=rows)


def prune_search_log(*, now: datetime) -> int:
    """Blank the words and the login of old searches; returns how many. Number and time stay, for statistics."""
    old = SearchLog.objects.filter(at__lt=now - timedelta(days=keep_days()), pruned_at=None)
    return old.update(text="", account=None, organisation=None, pruned_at=now)


def forget_searcher(account: UUID) -> None:
    """Take a login (its uid) out of the log of searches: he no longer agrees to stand there."""
    SearchLog.objects.filter(account=account).update(account=None)
