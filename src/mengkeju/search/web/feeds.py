"""Atom feeds of what is new, the sitemap, and robots.txt: only what anybody may read."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.kernel.words import listed, word
from mengkeju.search import queries
from mengkeju.search.queries import FeedFilter, SearchQuery, UnknownFilterError, facet_words
from mengkeju.search.queries.facets import search_kinds
from mengkeju.search.queries.feeds import FILTERS
from mengkeju.search.store import IndexUnavailableError

RETRY_SECONDS = "30"
NAMES = {"need": "feed-needs", "achievement": "feed-achievements"}
"""Kinds whose feed has an address of its own."""
EMPTY = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""


def _later() -> HttpResponse:
    """The index is being built."""
    return HttpResponse(status=503, headers={"Retry-After": RETRY_SECONDS})


def address(asked: FeedFilter) -> str:
    """Where the feed of a filter is."""
    name = NAMES.get(asked.kind, "feed-all")
    pairs = [(key, value) for key, values in asked.facets.items() for value in values]
    if asked.kind and asked.kind not in NAMES:
        pairs.insert(0, ("kind", asked.kind))
    return reverse(name) + (f"?{urlencode(pairs)}" if pairs else "")


def title(asked: FeedFilter) -> str:
    """What the feed is of, in words."""
    kind = search_kinds().get(asked.kind)
    of = _("蒙科聚 · 新发布的%(kind)s") % {"kind": word(kind)} if kind else _("蒙科聚 · 新发布的供需信息")
    said = [
        _("{label}：{value}").format(label=label, value=listed(values)) for label, values in facet_words(asked.facets)
    ]
    return " · ".join([of, *said])


def of_search(query: SearchQuery) -> list[dict[str, str]]:
    """Feeds of what a search is filtered by; of all kinds those of needs and of achievements. No text goes along."""
    facets = {key: tuple(sorted(set(query.facets[key]))) for key in FILTERS if query.facets.get(key)}
    kinds = [query.kind] if query.kind else list(NAMES)
    return [{"title": title(one), "url": address(one)} for one in (FeedFilter(kind, facets) for kind in kinds)]


@require_safe
@permission(PUBLIC)
def feed(request: Request, kind: str) -> HttpResponseBase:
    """The newest public objects as Atom: of a kind, a city, a field, a cluster. Any other spelling leads to the one."""
    try:
        asked = queries.feed_filter(kind or request.GET.get("kind", ""), dict(request.GET.lists()))
        rows = queries.newest(asked)
    except UnknownFilterError as unknown:
        said = _("没有这个条件：%(value)s") % {"value": str(unknown)[:100]}
        return HttpResponseBadRequest(said, content_type="text/plain; charset=utf-8")
    except IndexUnavailableError:
        return _later()
    if request.get_full_path() != address(asked):
        return HttpResponseRedirect(address(asked))
    return _conditional(request, asked, rows)


def _conditional(request: Request, asked: FeedFilter, rows: list[dict[str, Any]]) -> HttpResponseBase:
    """The feed, or 304 for a reader who has it."""
    last = max((row["updated"] for row in rows), default=EMPTY)
    made = _atom(asked, rows, last).writeString("utf-8")
    etag = f'"{sha256(made.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(made, content_type="application/atom+xml; charset=utf-8", headers={"ETag": etag})
    answer["Last-Modified"] = http_date(last.timestamp())
    return get_conditional_response(request, etag, int(last.timestamp()), answer) or answer


class _Feed(Atom1Feed):
    """Says when its newest entry changed, and nothing of now: the same entries are the same bytes."""

    def latest_post_date(self) -> datetime:
        """The moment given; of an empty feed EMPTY."""
        last: datetime = self.feed["last"]
        return last


def _atom(asked: FeedFilter, rows: list[dict[str, Any]], last: datetime) -> Atom1Feed:
    link = settings.SITE_URL + address(asked)
    page = [("kind", asked.kind)] if asked.kind else []
    page += [(key, value) for key, values in asked.facets.items() for value in values]
    made = _Feed(
        title=title(asked),
        link=f"{settings.SITE_URL}{reverse('search')}" + (f"?{urlencode(page)}" if page else ""),
        description="",
        language={"zh-hans": "zh-CN"}.get(get_language() or "zh-hans", "en"),
        feed_url=link,
        feed_guid=link,
        last=last,
    )
    for row in rows:
        made.add_item(
            title=row["title"],
            link=settings.SITE_URL + row["url"],
            description=row["text"],
            pubdate=row["at"],
            updateddate=row["updated"],
            unique_id=f"urn:uuid:{row['uid']}",
            author_name=row["owner"],
            categories=[word(row["kind"]), *row["meta"], *([_("演示")] if row["demo"] else [])],
        )
    return made


@require_safe
@permission(PUBLIC)
def sitemap(request: Request) -> HttpResponse:
    """The list of sitemap parts."""
    try:
        parts = range(1, queries.public_pages() + 1)
    except IndexUnavailableError:
        return _later()
    return render(
        request, "search/sitemap_index.xml", {"site": settings.SITE_URL, "parts": parts}, content_type="application/xml"
    )


@require_safe
@permission(PUBLIC)
def sitemap_part(request: Request, part: int) -> HttpResponse:
    """One part of the sitemap."""
    try:
        if not 1 <= part <= queries.public_pages():
            raise Http404
        addresses = queries.public_addresses(part)
    except IndexUnavailableError:
        return _later()
    return render(
        request,
        "search/sitemap.xml",
        {"site": settings.SITE_URL, "addresses": addresses},
        content_type="application/xml",
    )


@require_safe
@permission(PUBLIC)
def robots(request: Request) -> HttpResponse:
    """What crawlers may visit: everything public but endless result lists."""
    return render(request, "search/robots.txt", {"site": settings.SITE_URL}, content_type="text/plain; charset=utf-8")
