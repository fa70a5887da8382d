"""Atom feeds of what is new, the sitemap, and robots.txt: only what anybody may read."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.kernel.words import word
from mengkeju.search import queries
from mengkeju.search.queries.facets import search_kinds
from mengkeju.search.store import IndexUnavailableError

RETRY_SECONDS = "30"


def _later() -> HttpResponse:
    """The index is being built."""
    return HttpResponse(status=503, headers={"Retry-After": RETRY_SECONDS})


@require_safe
@permission(PUBLIC)
def feed(_request: Request, kind: str) -> HttpResponse:
    """The newest public objects of a kind as Atom."""
    words = search_kinds().get(kind)
    if words is None:
        raise Http404
    try:
        rows = queries.newest(kind)
    except IndexUnavailableError:
        return _later()
    made = Atom1Feed(
        title=_("蒙科聚 · 新发布的%(kind)s") % {"kind": word(words)},
        link=f"{settings.SITE_URL}{reverse('search')}?kind={kind}",
        description="",
        language={"zh-hans": "zh-CN"}.get(get_language() or "zh-hans", "en"),
        feed_url=f"{settings.SITE_URL}/feed/{kind}s.xml",
    )
    for row in rows:
        made.add_item(
            title=row["title"],
            link=settings.SITE_URL + row["url"],
            description=row["text"],
            pubdate=row["at"],
            updateddate=row["at"],
            unique_id=f"urn:uuid:{row['uid']}",
            author_name=row["owner"],
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


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
