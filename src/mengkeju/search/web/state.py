"""The state of a search lives in the address bar and nowhere else: reading it, and writing links to it."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from mengkeju.search.queries import MAX_CHARACTERS, SORTS, SearchPage, SearchQuery
from mengkeju.search.queries.facets import FACETS, search_kinds

MAX_VALUES = 20
Pairs = list[tuple[str, str]]


def read(given: QueryDict) -> SearchQuery:
    """The search an address asks for; what makes no sense is left out."""
    kind, page = given.get("kind", ""), given.get("page", "")
    return SearchQuery(
        text=given.get("q", "").strip(),
        kind=kind if kind in search_kinds() else "",
        facets={
            spec.key: tuple(dict.fromkeys(v for v in given.getlist(spec.key) if v))[:MAX_VALUES]
            for spec in FACETS
            if given.getlist(spec.key)
        },
        sort=given.get("sort", "") if given.get("sort") in SORTS else "",
        page=int(page) if page.isdecimal() and page.isascii() and len(page) < 6 else 1,  # noqa: PLR2004 - no list is longer
    )


def pairs(query: SearchQuery, *, text: bool = True, kind: bool = True, facets: bool = True, sort: bool = True) -> Pairs:
    """The search as address parameters, without what is left out. The page number never goes along."""
    found = [("q", query.text if text else ""), ("kind", query.kind if kind else "")]
    if facets:
        found += [(key, value) for key, values in query.facets.items() for value in values]
    found.append(("sort", query.sort if sort else ""))
    return [(key, value) for key, value in found if value]


def address(query: SearchQuery) -> str:
    """The page of a search."""
    return _address(pairs(query))


def _address(pairs: Pairs) -> str:
    return f"{reverse('search')}?{urlencode(pairs)}" if pairs else reverse("search")


def context(page: SearchPage) -> dict[str, Any]:
    """What the template needs beside the page: links and hidden fields that keep the rest of the state."""
    query = page.query
    rest = pairs(query, kind=False, facets=False)
    return {
        "found": page,
        "action": reverse("search"),
        "limit": MAX_CHARACTERS,
        "tabs": [
            {"tab": tab, "url": _address(pairs(query, kind=False) + ([("kind", tab.key)] if tab.key else []))}
            for tab in page.tabs
        ],
        "box_hidden": pairs(query, text=False, facets=False),
        "facets": [group for group in page.groups if group.options],
        "facets_hidden": pairs(query, facets=False),
        "sort_hidden": pairs(query, sort=False),
        "sorts": [
            {"value": key, "label": label, "chosen": key == query.order}
            for key, label in SORTS.items()
            if key != "relevance" or query.text
        ],
        "clear_url": _address(pairs(query, facets=False)),
        "everything_url": _address(rest),
        "chosen": [
            {"label": option.label, "url": _address([p for p in pairs(query) if p != (group.name, option.value)])}
            for group in page.groups
            for option in group.options
            if option.checked
        ],
        "need_text": urlencode({"text": query.text}) if query.text else "",
    }
