"""Needs analysis: one page for any filtered set, at an address that can be passed on, and the lists behind it."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.search import searchables
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission
from mengkeju.kernel.words import listed
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.listings.queries.analysis import DIMENSIONS, Part
from mengkeju.matching.access import Perm
from mengkeju.matching.queries import analysis
from mengkeju.matching.web import analysis_sheets
from mengkeju.search.queries import facet_words
from mengkeju.search.queries.facets import FACETS

CHARTED = 12
OPEN_ROWS = 8
CHARTS = {"city": "bar", "field": "bar", "cluster": "bar", "budget": "bar", "month": "line"}
MAX_VALUES = 20
LONGEST = 2000
PER_PAGE = 30


def read(given: QueryDict) -> analysis.Asked:
    """The set an address asks for; what makes no sense is left out."""
    facets = {
        spec.key: tuple(dict.fromkeys(v for v in given.getlist(spec.key) if v))[:MAX_VALUES]
        for spec in FACETS
        if given.getlist(spec.key)
    }
    scope = analysis.AREA if given.get("scope") == analysis.AREA else ""
    if scope:  # what a list of the database can be asked for
        facets = {key: values[:1] for key, values in facets.items() if key in {"city", "field", "cluster"}}
    return analysis.Asked(given.get("q", "").strip()[:LONGEST], facets, scope)


def pairs(asked: analysis.Asked) -> list[tuple[str, str]]:
    """The set as address parameters."""
    found = [("scope", asked.scope), ("q", asked.text)]
    found += [(key, value) for key, values in asked.facets.items() for value in values]
    return [(key, value) for key, value in found if value]


def list_url(asked: analysis.Asked, by: str = "", value: str = "") -> str:
    """The needs behind a number."""
    more = [("by", by), ("value", value)] if by else []
    return f"{reverse('needs-analysis-list')}?{urlencode([*pairs(asked), *more])}"


def said(asked: analysis.Asked) -> str:
    """The set in words."""
    parts = [_("本地区的需求（各种状态）") if asked.scope else ""]
    parts.append(_("搜索：{text}").format(text=asked.text) if asked.text else "")
    parts += [
        _("{label}：{value}").format(label=label, value=listed(values)) for label, values in facet_words(asked.facets)
    ]
    return _("；").join(part for part in parts if part) or _("全部公开可见的需求")


@require_safe
@permission(Perm.ANALYSIS)
def page(request: Request) -> HttpResponseBase:
    """Distribution, keywords and gaps of the needs the address names, as far as the reader may see them."""
    asked = read(request.GET)
    try:
        found = analysis.analyse(request.actor, asked)
    except analysis.UnavailableError:
        return render(request, "matching/analysis_later.html", {"nav_key": "needs-analysis"}, status=503)
    if exports.wanted(request):
        rows = analysis_sheets.lines(found, lambda by, value: list_url(asked, by, value))
        return exports.answer(request, analysis_sheets.ANALYSIS, rows, said(asked))
    return render(request, "matching/analysis.html", context(asked, found))


def context(asked: analysis.Asked, found: analysis.Analysis) -> dict[str, Any]:
    """What the page shows; every number with the address of the list behind it."""
    total = len(found.needs.rows)
    query = urlencode(pairs(asked))
    return {
        "said": said(asked),
        "scope": asked.scope,
        "total": total,
        "total_url": list_url(asked),
        "cut": found.needs.cut,
        "most": analysis.MOST_NEEDS,
        "sections": [section(asked, key, label, found.parts[key], total) for key, label in DIMENSIONS.items()],
        "words": [
            {"word": w.word, "count": w.count, "weight": round(w.weight, 1), "url": list_url(asked, "word", w.word)}
            for w in found.words
        ],
        "weighted": found.weighted,
        "unanswered": {"count": len(found.unanswered), "url": list_url(asked, "gap", "unanswered")},
        "published": found.published,
        "fields": [
            {
                "label": part.label,
                "count": part.count,
                "url": list_url(asked, part.dimension, part.value),
                "search": f"{reverse('search')}?{urlencode({'kind': 'achievement', 'field': part.value})}",
            }
            for part in found.fields
        ],
        "search_url": f"{reverse('search')}?{urlencode([('kind', 'need'), *pairs(asked)])}" if not asked.scope else "",
        "area_url": f"{reverse('needs-analysis')}?scope={analysis.AREA}",
        "all_url": reverse("needs-analysis"),
        "query": query,
        "at": clock.now(),
        "nav_key": "needs-analysis",
    }


def section(asked: analysis.Asked, key: str, label: Any, parts: tuple[Part, ...], total: int) -> dict[str, Any]:
    """One distribution: chart, and the table whose numbers lead to their lists."""
    rows = [
        {
            "label": part.label,
            "values": [
                format_html(
                    '<a href="{}">{}</a> · {}',
                    list_url(asked, key, part.value),
                    part.count,
                    f"{part.count / total:.0%}",
                )
            ],
        }
        for part in parts
    ]
    charted = parts[-CHARTED:] if key == "month" else parts[:CHARTED]
    chart = {
        "kind": CHARTS.get(key, "bar"),
        "horizontal": key != "month",
        "categories": [part.label for part in charted],
        "series": [
            {
                "name": str(_("需求数")),
                "data": [part.count for part in charted],
                "tone": "action",
            }
        ],
    }
    return {
        "key": key,
        "label": label,
        "title": finding(str(label), parts, total),
        "rows": rows,
        "open": len(rows) <= OPEN_ROWS,
        "chart": chart if key in CHARTS and len(parts) > 1 else None,
    }


def finding(label: str, parts: tuple[Part, ...], total: int) -> str:
    """The finding as a sentence: which part is the largest."""
    if not parts:
        return label
    most = max(parts, key=lambda part: part.count)
    said_of = ngettext(
        "%(part)s最多，%(n)s 项，占 %(share)s",
        "%(part)s最多，%(n)s 项，占 %(share)s",
        most.count,
    )
    return said_of % {"part": most.label, "n": most.count, "share": f"{most.count / total:.0%}"}


@require_safe
@permission(Perm.ANALYSIS)
def behind(request: Request) -> HttpResponseBase:
    """The needs behind one number of the analysis: exactly as many."""
    asked, by, value = read(request.GET), request.GET.get("by", ""), request.GET.get("value", "")
    try:
        found = analysis.behind(request.actor, asked, by, value)
    except analysis.UnavailableError:
        return render(request, "matching/analysis_later.html", {"nav_key": "needs-analysis"}, status=503)
    if found is None:
        raise Http404
    words = _("；").join((said(asked), behind_words(by, value, request.actor, asked)) if by else (said(asked),))
    sheet = searchables["listing"].sheet
    if exports.wanted(request) and sheet is not None:
        return exports.answer(request, sheet("need"), found, words)
    return _list(request, asked, found, words)


def _list(request: Request, asked: analysis.Asked, found: tuple[Any, ...], words: str) -> HttpResponse:
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = listings.present_many(list(shown), request.actor)
    listing_acts.note_reads(rows, channel="list", by=request.actor, now=clock.now(), keys=listings.PRICES)
    back = f"{reverse('needs-analysis')}?{urlencode(pairs(asked))}"
    context = {"page": shown, "rows": rows, "words": words, "back": back, "nav_key": "needs-analysis"}
    return render(request, "matching/analysis_list.html", context)


def behind_words(by: str, value: str, actor: Actor, asked: analysis.Asked) -> str:
    """The number in words."""
    if by == "word":
        return _("关键词：{word}").format(word=value)
    if by == "gap":
        return str(analysis.GAPS[value])
    part = analysis.part(actor, asked, by, value)
    label = part.label if part is not None else value
    return _("{label}：{value}").format(label=DIMENSIONS[by], value=label)


def on_search(actor: Actor, _obj: Any, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a page of search that shows needs: the way to their analysis, for those who may."""
    if shown.get("kind") != "need" or not may(actor, Perm.ANALYSIS):
        return None
    query = urlencode([(key, value) for key, value in shown.get("pairs", ()) if key not in {"kind", "sort"}])
    return {"url": f"{reverse('needs-analysis')}?{query}" if query else reverse("needs-analysis")}


def sees(request: HttpRequest) -> bool:
    """A navigation entry for those who may."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.ANALYSIS)
