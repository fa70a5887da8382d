"""What the pages of joint releases show. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Event
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.actions.releases import name_some
from mengkeju.listings.engine import releases as engine
from mengkeju.listings.engine.release_workflow import OPEN_STATES, RELEASE
from mengkeju.listings.models import Listing, Release
from mengkeju.listings.queries import releases as reads
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.release_forms import ReleaseForm

PER_PAGE = 100
CUTS = ("city", "field", "month")
NARROWS = (*CUTS, "owner", "at")
WARNING_WORDS = {
    "unverified": gettext_lazy("单位没有核验"),
    "no_deadline": gettext_lazy("没有写期限"),
    "no_field": gettext_lazy("没有写技术领域"),
    "past": gettext_lazy("期限已经过去"),
}
STATUS_TONES = {"closed": "done", "withdrawn": "calm", "hidden": "calm"}


def state_badge(release: Release) -> dict[str, str]:
    """Word and tone of the state."""
    state = RELEASE.states[release.state]
    return {"kind": {"idle": "calm"}.get(state.tone, state.tone), "label": word(state)}


def asked(request: Request) -> dict[str, list[str]]:
    """How the rows are narrowed by the address."""
    return {key: found for key in NARROWS if (found := [v for v in request.GET.getlist(key) if v][:50])}


def city_names(cities: Iterable[str]) -> dict[str, str]:
    """Names of cities for the reader."""
    return directory.area_names(cities)


def month_word(month: str) -> str:
    """“2027年6月”; “未写期限” for none."""
    return figures.month(date.fromisoformat(f"{month}-01")) if month else _("未写期限")


def headline(firms: int, needs: int, others: int = 0) -> str:
    """“52 家企业 66 项需求”; organisations where some are no enterprises."""
    if others:
        said = ngettext("%(n)s 家单位", "%(n)s 家单位", firms) % {"n": firms}
    else:
        said = ngettext("%(n)s 家企业", "%(n)s 家企业", firms) % {"n": firms}
    return said + " " + ngettext("%(n)s 项需求", "%(n)s 项需求", needs) % {"n": needs}


def cuts(counted: engine.Sums, base: str) -> list[dict[str, Any]]:
    """The sums by city, field and month of the deadline; each number links to its rows below `base`."""
    names, fields = city_names(c.key for c in counted.cities), directory.term_labels("field")
    words = {
        "city": lambda key: names.get(key, key),
        "field": lambda key: fields.get(key, key) if key else _("未写领域"),
        "month": month_word,
    }
    titles = {"city": _("按城市"), "field": _("按技术领域"), "month": _("按期限月份")}
    parts = {"city": counted.cities, "field": counted.fields, "month": counted.months}
    return [
        {
            "key": key,
            "title": titles[key],
            "rows": [
                {
                    "label": words[key](c.key),
                    "area": c.key if key == "city" else "",
                    "firms": c.firms,
                    "needs": c.needs,
                    "value": c.key or reads.NONE,
                    "headline": headline(c.firms, c.needs, counted.others),
                    "url": f"{base}?{urlencode({key: c.key or reads.NONE})}#rows",
                }
                for c in parts[key]
            ],
        }
        for key in CUTS
    ]


def facet_groups(parts: Sequence[Mapping[str, Any]], chosen: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The cuts as filters with counts."""
    return [
        {
            "name": part["key"],
            "label": part["title"],
            "options": [
                {
                    "value": row["value"],
                    "label": row["label"],
                    "count": row["needs"],
                    "area": row["area"],
                    "checked": row["value"] in chosen.get(part["key"], ()),
                }
                for row in part["rows"]
            ],
        }
        for part in parts
    ]


def crumbs_above(release: Release) -> list[tuple[str, str]]:
    """The way to a need of a release: over its public page, while it is prepared over its officers' page."""
    if release.state in OPEN_STATES:
        return [
            (_("联合发布"), reverse("release-desk")),
            (release.title, reverse("release-check", args=[release.uid])),
        ]
    return [(_("联合发布"), reverse("release-list")), (release.title, release.get_absolute_url())]


def row_cells(row: reads.ReleasedRow, release: Release) -> dict[str, Any]:
    """One row for the template: where it leads, and what is to be said of it beside its title."""
    words = {"closed": _("已办结"), "withdrawn": _("单位已撤回"), "hidden": _("不再公开")}
    status = None
    if row.status in words:
        status = {"kind": STATUS_TONES[row.status], "label": words[row.status]}
    living = reverse("listing", args=[row.uid])
    query = urlencode({"from": "release", "s": str(release.uid)})
    return {
        "it": row,
        "url": f"{living}?{query}" if row.told else "",
        "status": status,
        "changed_url": reverse("release-need", args=[release.uid, row.uid]) if row.changed else "",
        "month": month_word(row.deadline.isoformat()[:7]) if row.deadline else "",
    }


def _paged(request: Request, release: Release, *, preparing: bool) -> dict[str, Any]:
    wanted = asked(request)
    found = reads.narrowed(reads.items(release), wanted)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [row_cells(row, release) for row in reads.rows_of(page, preparing=preparing)]
    return {"page": page, "rows": rows, "wanted": wanted}


def in_words(release: Release, wanted: Mapping[str, Sequence[str]]) -> str:
    """The filter of a file in words."""
    names, fields = city_names(wanted.get("city", ())), directory.term_labels("field")
    said = [names.get(city, city) for city in wanted.get("city", ())]
    said += [_("未写领域") if field == reads.NONE else fields.get(field, field) for field in wanted.get("field", ())]
    said += [
        month_word("" if month == reads.NONE else month[:7]) for month in wanted.get("month", ()) if _is_month(month)
    ]
    return _("；").join([release.title, *said])


def _is_month(month: str) -> bool:
    if month == reads.NONE:
        return True
    try:
        date.fromisoformat(f"{month[:7]}-01")
    except ValueError:
        return False
    return True


def public_context(request: Request, release: Release) -> dict[str, Any]:
    """The public page: counts as released, what became of the needs, and the rows."""
    base = release.get_absolute_url()
    counted = reads.sums(release)
    parts = cuts(counted, base)
    context = _paged(request, release, preparing=False)
    outcomes = [
        {"count": o.count, "label": o.label, "url": f"{base}?{urlencode({'at': o.key})}#rows", "key": o.key}
        for o in reads.outcomes(release)
    ]
    names = city_names(release.cities)
    return context | {
        "release": release,
        "sums": counted,
        "headline": headline(counted.firms, counted.needs, counted.others),
        "cities": [(code, names.get(code, code)) for code in release.cities],
        "parts": parts,
        "by_city": parts[0]["rows"],
        "outcomes": outcomes,
        "groups": facet_groups(parts, context["wanted"]),
        "active": sum(len(found) for found in context["wanted"].values()),
        "clear_url": base,
        "fictional": any(cell["it"].fictional for cell in context["rows"]),
        "crumbs": [(_("首页"), reverse("home")), (_("联合发布"), reverse("release-list")), (release.title, "")],
        "may_check": may(request.actor, ReleasePerm.CHECK, release),
        "nav_key": "releases",
    }


def withdrawn_note(release: Release) -> str:
    """Why a release was taken back."""
    event = Event.objects.filter(type="release.withdraw", subject_uid=release.uid).select_related("payload").last()
    payload = getattr(event, "payload", None)
    return str(payload.body.get("note", "")) if payload is not None else ""


def print_context(release: Release) -> dict[str, Any]:
    """Every row, for paper; and the digest that says which version this is."""
    counted = reads.sums(release)
    rows = [row_cells(row, release) for row in reads.rows_of(reads.items(release))]
    return {
        "release": release,
        "headline": headline(counted.firms, counted.needs, counted.others),
        "parts": cuts(counted, release.get_absolute_url()),
        "rows": rows,
        "at": clock.now(),
        "fictional": any(cell["it"].fictional for cell in rows),
    }


def shelf_rows(found: Iterable[Release]) -> list[dict[str, Any]]:
    """Releases for a list, with their cities' names."""
    found = list(found)
    names = city_names({city for release in found for city in release.cities})
    return [
        {
            "release": release,
            "headline": headline(release.firms, release.needs),
            "cities": [(code, names.get(code, code)) for code in release.cities],
        }
        for release in found
    ]


def desk_rows(found: Iterable[Release]) -> list[dict[str, Any]]:
    """Releases in preparation as a table."""
    found = list(found)
    names = city_names({city for release in found for city in release.cities})
    return [
        {
            "cells": [
                {"value": r.title, "url": reverse("release-check", args=[r.uid]), "header": True},
                {"value": listed([names.get(city, city) for city in r.cities])},
                {"value": r.gathered, "numeric": True, "label": _("需求")},  # type: ignore[attr-defined]  # annotated by the view
                {"state": state_badge(r)},
                {"at": r.planned_at, "form": "time", "label": _("定在")} if r.planned_at else {"value": ""},
                {"at": r.created_at, "form": "day", "label": _("发起日期")},
            ]
        }
        for r in found
    ]


def desk_columns() -> list[dict[str, Any]]:
    """Headings of the table."""
    words = (_("题目"), _("参加的城市"), _("需求"), _("状态"), _("定在"), _("发起日期"))
    return [{"label": label, "numeric": label == _("需求")} for label in words]


def confirmations(release: Release, actor: Actor) -> list[dict[str, Any]]:
    """Each city's part: who confirmed it when, and what the reader may do about it."""
    parts = list(release.parts.select_related("confirmed_by"))
    people = provider().names({p.confirmed_by.uid for p in parts if p.confirmed_by})
    names, mine = city_names(p.city for p in parts), reads.my_cities(actor, release)
    open_now = release.state in OPEN_STATES and may(actor, ReleasePerm.CONFIRM, release)
    return [
        {
            "city": p.city,
            "name": names.get(p.city, p.city),
            "at": p.confirmed_at,
            "who": people.get(p.confirmed_by.uid, "") if p.confirmed_by else "",
            "may_confirm": open_now and p.city in mine and p.confirmed_at is None,
            "may_unconfirm": open_now and p.city in mine and p.confirmed_at is not None,
        }
        for p in parts
    ]


def warning_rows(release: Release) -> list[dict[str, Any]]:
    """What to look at again, as rows of mk/checks."""
    found = reads.warnings(release)
    made = []
    for key, items in found.items():
        titles = [item.snapshot["title"] for item in items]
        made.append({"state": "warn", "label": str(WARNING_WORDS[key]), "text": name_some(titles)})
    return made


def check_context(request: Request, release: Release) -> dict[str, Any]:
    """The officers' page: sums, what hinders, what to look at, who has confirmed."""
    base = reverse("release-check", args=[release.uid])
    counted = reads.sums(release)
    editable = release.state in OPEN_STATES and may(request.actor, ReleasePerm.EDIT, release)
    found = reads.obstacles(release) if release.state in OPEN_STATES else []
    mine = reads.my_cities(request.actor, release)
    return _paged(request, release, preparing=True) | {
        "release": release,
        "base": base,
        "state": state_badge(release),
        "sums": counted,
        "agree": engine.agree(counted),
        "headline": headline(counted.firms, counted.needs, counted.others),
        "parts": cuts(counted, base),
        "changed": [o.item for o in found if o.why == "changed"],
        "gone": [o.item for o in found if o.why == "gone"],
        "may_refresh": editable and any(o.why == "changed" and o.item.city in mine for o in found),
        "warnings": warning_rows(release),
        "confirmations": confirmations(release, request.actor),
        "digest": reads.content_digest(release),
        "editable": editable,
        "confirmed_any": release.state in ("checking", "checked", "scheduled"),
        "may_release": release.state in ("checked", "scheduled")
        and not found
        and may(request.actor, ReleasePerm.NOW, release),
        "may_withdraw": release.state != "withdrawn" and may(request.actor, ReleasePerm.WITHDRAW, release),
        "mine": mine,
        "timeline": timeline(release, inside=True, limit=12),
        "withdrawn_note": withdrawn_note(release) if release.state == "withdrawn" else "",
        "crumbs": [(_("联合发布"), reverse("release-desk")), (release.title, "")],
        "nav_key": "release-desk",
    }


def candidate_rows(found: Iterable[Listing]) -> list[dict[str, Any]]:
    """Needs to pick from, as a visitor will read them, with the batches they were released in before."""
    rows = list(found)
    kept, fields = reads.frozen(rows), directory.term_labels("field")
    areas, before = directory.area_names({row.area for row in rows}), reads.released_before(rows)
    return [
        {
            "listing": row,
            "title": kept[row.pk]["title"],
            "owner": kept[row.pk]["owner"],
            "verified": kept[row.pk]["verified"],
            "area_name": areas.get(row.area, ""),
            "field": fields.get(kept[row.pk]["field"], ""),
            "deadline": date.fromisoformat(kept[row.pk]["deadline"]) if kept[row.pk]["deadline"] else None,
            "held": row.state == "held",
            "before": before.get(row.pk, ""),
        }
        for row in rows
    ]


def stale_context(form: ReleaseForm, sent: QueryDict, current: Release) -> dict[str, Any]:
    """Both versions of title and introduction, and the reader's own to send again."""
    rows = [
        {
            "label": form.fields[key].label,
            "theirs": getattr(current, key),
            "yours": form.cleaned_data[key],
            "changed": getattr(current, key) != form.cleaned_data[key],
        }
        for key in ("title", "intro")
    ]
    data = with_revision(sent, current.revision)
    url = reverse("release-edit", args=[current.uid])
    return {
        "title": current.title,
        "url": reverse("release-check", args=[current.uid]),
        "edit_url": url,
        "retry_url": url,
        "hidden": [(k, v) for k, values in data.lists() if k != "csrfmiddlewaretoken" for v in values],
        "rows": rows,
    }
