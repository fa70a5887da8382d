"""What the pages of the funnel show. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, figures, funnel
from mengkeju.kernel.access import Actor
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import CUTS, FunnelFilter, Presented
from mengkeju.listings.web import pages
from mengkeju.listings.web.funnel_forms import CUT_LABELS, FilterForm


def scope(actor: Actor) -> str:
    """Whose listings are counted, in words."""
    parts = []
    if actor.has_role("operator", "auditor"):
        return _("全平台")
    if actor.has_role("officer"):
        codes = [g.area for g in actor.grants if g.role == "officer" and g.area]
        names = directory.area_names(codes)
        parts.append(listed([names.get(code, code) for code in codes]) or _("全平台"))
    if actor.organisations:
        parts.append(listed([m.name for m in actor.memberships]))
    return _("；").join(parts)


def said(asked: FunnelFilter, stage: funnel.Stage | None = None) -> str:
    """The filter in words; empty when all is counted."""
    words = {"none": _("未载明"), "other": _("两市以外")}
    parts = [word(stage)] if stage is not None else []
    if asked.city:
        parts.append(words.get(asked.city) or queries.word_of_area(asked.city))
    if asked.kind:
        parts.append(word(kinds[asked.kind]) if asked.kind in kinds else asked.kind)
    for name, wanted in (("field", asked.field), ("cluster", asked.cluster)):
        parts += [words.get(wanted) or directory.term_labels(name).get(wanted, wanted)] if wanted else []
    if asked.owner:
        parts.append(queries.owner_name(asked.owner) or words["none"])
    if asked.first:
        parts.append(_("%(day)s起发布") % {"day": figures.full_date(asked.first)})
    if asked.last:
        parts.append(_("%(day)s止发布") % {"day": figures.full_date(asked.last)})
    return _("；").join(parts)


def records_url(asked: FunnelFilter, stage: str) -> str:
    """The list behind a number."""
    return reverse("funnel-records") + asked.address(stage=stage)


def overview_context(request: Request, form: FilterForm, asked: FunnelFilter, cut: str) -> dict[str, Any]:
    """Totals as a river, the cut as a table, and what each figure means."""
    actor = request.actor
    totals = queries.totals(actor, asked)
    groups, left = queries.groups(actor, asked, cut)
    stages = [stage for stage, _n in totals]
    stops = [
        {"label": word(s), "icon": s.icon, "count": n, "unit": _("条"), "url": records_url(asked, s.key)}
        for s, n in totals
    ]
    rows = [
        {
            "cells": [
                {"area": g.area, "value": g.label, "header": True} if g.area else {"value": g.label, "header": True},
                *(
                    {"value": str(n), "url": records_url(g.asked, s.key), "numeric": True, "label": word(s)}
                    for s, n in zip(stages, g.counts, strict=True)
                ),
            ]
        }
        for g in groups
    ]
    return {
        "form": form,
        "cut": cut,
        "stops": stops,
        "rows": rows,
        "left": left,
        "columns": [{"label": str(CUT_LABELS[cut])}, *({"label": word(s), "numeric": True} for s in stages)],
        "cuts": [(key, str(CUT_LABELS[key]), asked.address(by=key)) for key in CUTS],
        "stages": stages,
        "scope": scope(actor),
        "said": said(asked),
        "at": clock.now(),
        "crossings": crossing_counts(actor, form),
        "nav_key": "funnel",
    }


def crossing_counts(actor: Actor, form: FilterForm) -> list[dict[str, Any]]:
    """Each crossing with its count and the list behind it; only the period of the filter counts here."""
    first, last = form.day("first"), form.day("last")
    asked = queries.crossing_asked(actor, first, last)
    period = FunnelFilter(first=first, last=last)
    return [
        {
            "key": crossing.key,
            "label": word(crossing),
            "count": crossing.pairs(asked).count(),
            "url": reverse("crossings") + period.address(of=crossing.key),
            "definition": str(crossing.definition),
            "source": str(crossing.source),
        }
        for crossing in funnel.crossings_in_order()
    ]


def records_table(actor: Actor, rows: Sequence[Listing], *, one_kind: bool) -> tuple[dict[str, Any], list[Presented]]:
    """Listings with how far each has come; what the reader may not open stays without title and owner.

    `one_kind`: all are of one kind, which needs no column.
    """
    readable = set(queries.listings(actor).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True))
    opened = [row for row in rows if row.pk in readable]
    shown = dict(zip([row.pk for row in opened], queries.present_many(opened, actor), strict=True))
    far, clusters = queries.furthest(rows), directory.term_labels("cluster")
    stages = {stage.key: word(stage) for stage in funnel.of_listings()}
    areas = directory.area_names({row.area for row in rows if row.area})
    table = [
        {
            "cells": [
                _title(row, shown.get(row.pk)),
                *([] if one_kind else [{"value": word(row.kind_spec)}]),
                {"value": shown[row.pk].owner_name if row.pk in shown else ""},
                {"area": row.area, "value": areas.get(row.area, "")},
                {"value": clusters.get(row.cluster, "")},
                {
                    "value": stages[far[row.pk][-1]] if far.get(row.pk) else "",
                    "note": "" if row.state == "published" else pages.state_label(row),
                    "label": _("走到"),
                    "nowrap": True,
                },
                {"at": row.published_at, "form": "date", "label": _("发布日期")},
            ]
        }
        for row in rows
    ]
    kind = [] if one_kind else [_("类型")]
    labels = (_("题目"), *kind, _("单位"), _("地区"), _("产业集群或产业链"), _("走到"), _("发布日期"))
    return {"rows": table, "columns": [{"label": label} for label in labels]}, list(shown.values())


def _title(row: Listing, seen: Presented | None) -> dict[str, Any]:
    if seen is None:
        return {"value": row.number, "header": True, "note": _("内容未向您开放")}
    return {"value": seen.title, "url": row.get_absolute_url(), "header": True, "demo": seen.fictional}


def portfolio_context(
    request: Request, form: FilterForm, asked: FunnelFilter, stage: funnel.Stage | None
) -> dict[str, Any]:
    """The filters of the portfolio: lead sectors with how many achievements each has, and the stages."""
    sectors, _left = queries.groups(request.actor, FunnelFilter(city=asked.city, kind=asked.kind), "cluster")
    own = FunnelFilter(city=asked.city, cluster=asked.cluster)
    totals = queries.totals(request.actor, asked)
    chosen = stage.key if stage is not None else ""

    def address(cluster: str, at: str) -> str:
        return own.of("cluster", cluster).address(stage=at) or "?"

    return {
        "form": form,
        "scope": scope(request.actor),
        "said": said(own, stage),
        "sectors": [(g.label, g.counts[0], address(g.asked.cluster, chosen), g.asked.cluster) for g in sectors],
        "cluster": asked.cluster,
        "all_sectors": address("", chosen),
        "stops": [
            {
                "label": word(s),
                "icon": s.icon,
                "count": n,
                "unit": _("项"),
                "url": address(asked.cluster, s.key),
            }
            for s, n in totals
        ],
        "stages": [s for s, _n in totals],
        "at": clock.now(),
    }


def crossings_context(
    request: Request, form: FilterForm, asked: funnel.Asked, chosen: funnel.Crossing, page: Page[Any]
) -> dict[str, Any]:
    """One crossing as a table, the others beside it."""
    shown = list(chosen.rows(request.actor, list(page)))
    areas = directory.area_names({a for row in shown for a in (row.left_area, row.right_area) if a})
    table = [
        {
            "cells": [
                {"at": row.at, "form": "date"},
                _side(row.left, row.left_url),
                {"area": row.left_area, "value": areas.get(row.left_area, "")},
                _side(row.right, row.right_url),
                {"area": row.right_area, "value": areas.get(row.right_area, "")},
                {"value": row.note, "nowrap": True},
            ]
        }
        for row in shown
    ]
    labels = (_("日期"), _("一方"), _("所在地区"), _("另一方"), _("所在地区"), _("说明"))
    return {
        "form": form,
        "chosen": chosen,
        "counts": crossing_counts(request.actor, form),
        "rows": table,
        "columns": [{"label": label} for label in labels],
        "scope": scope(request.actor),
        "said": said(FunnelFilter(first=asked.first, last=asked.last)),
        "nav_key": "crossings",
    }


def _side(title: str, url: str) -> dict[str, Any]:
    return {"value": title, "url": url} if title else {"value": _("未向您开放")}
