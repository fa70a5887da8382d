"""What the register of technology-transfer bodies shows, and what an organisation's page shows of it as such a body."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.bodies import BODIES, service_words
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import BodyEvaluation, Organisation, Title
from mengkeju.directory.queries import bodies as reads
from mengkeju.directory.web.body_forms import RegisterForm
from mengkeju.directory.web.parts import row, table
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.words import word


def register_context(
    actor: Actor, page: Page[Organisation], form: RegisterForm, asked: reads.RegisterFilter
) -> dict[str, Any]:
    """One page of the register: the counts that open, and the bodies."""
    given = {"kind": asked.kind, "on": asked.on.isoformat()}
    columns = table(_("机构"), _("级别"), _("所在地"), _("上级机构"), _("服务内容"), _("最近一次年度评价"))
    held = reads.holdings(actor, asked.kind, asked.on)
    return {
        "page": page,
        "columns": columns,
        "rows": _rows(actor, page, asked, columns),
        "form": form,
        "day": figures.full_date(asked.on),
        "tabs": [
            {
                "label": word(TITLES.kinds[key]),
                "url": "?" + urlencode({**given, "kind": key}),
                "current": key == asked.kind,
            }
            for key in TITLES.registered
        ],
        "counts": _counts(held, given),
        "published": _published(held, asked.kind, given),
        "undated": reads.undated_later(actor, asked),
        "filtered": bool(asked.level or asked.areas is not None or form.given().get("on")),
        "sources": [TITLES.kinds[asked.kind].source, BODIES.services_source],
        "checked_on": TITLES.checked_on,
        "nav_key": "transfer-bodies",
    }


def _counts(held: list[reads.Holding], given: dict[str, str]) -> dict[str, Any]:
    """Levels by cities; each number opens to its bodies. A body of two levels counts once in the whole."""
    places: list[tuple[str, str, frozenset[str] | None]] = [("", _("合计"), None)]
    places += [(city.code, city.word, queries.codes_below(city.code)) for city in queries.cities()]
    levels = [level for level in TITLES.levels.values() if any(one.level == level.key for one in held)]
    columns = [{"label": _("级别")}, *({"label": label, "numeric": True} for _code, label, _areas in places)]
    rows = []
    for key, label in [("", _("全部级别")), *((level.key, word(level)) for level in levels)]:
        cells: list[dict[str, Any]] = [{"value": label, "header": True}]
        for code, name, areas in places:
            narrowed = {name: value for name, value in (("level", key), ("area", code)) if value}
            n = reads.count(held, level=key, areas=areas)
            cells.append({"value": n, "numeric": True, "label": name, "url": "?" + urlencode(given | narrowed)})
        rows.append({"cells": cells})
    several = sum(reads.count(held, level=level.key) for level in levels) > reads.count(held)
    return {"columns": columns, "rows": rows if held else [], "several": several}


def _published(held: list[reads.Holding], kind: str, given: dict[str, str]) -> dict[str, Any]:
    """What published texts tell of this register, each beside the count of the day, which opens to its bodies."""
    columns = table(_("报道里的说法"), _("公布的家数"), _("年份"), _("出处"), _("名录这一天的家数"))
    columns[1]["numeric"] = columns[4]["numeric"] = True
    rows = []
    for one in reads.published_beside(held, kind, queries.codes_below):
        told = one.told
        narrowed = {name: value for name, value in (("level", told.level), ("area", told.area)) if value}
        level = word(TITLES.levels[told.level]) if told.level else _("没有写明级别，按全部级别比")
        year = _("%(year)s 年（按上下文推定）") if told.year_inferred else _("%(year)s 年")
        cells: tuple[dict[str, Any], ...] = (
            {"value": told.name, "note": level},
            {"value": told.count, "numeric": True},
            {"value": year % {"year": told.year} if told.year else _("没有写明")},
            {"value": told.source},
            {"value": one.computed, "numeric": True, "url": "?" + urlencode(given | narrowed)},
        )
        rows.append(row(columns, *cells))
    return {"columns": columns, "rows": rows}


def _rows(
    actor: Actor, page: Page[Organisation], asked: reads.RegisterFilter, columns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    bodies = list(page)
    keys = [body.pk for body in bodies]
    levels, judged = reads.levels_of(actor, asked, keys), reads.latest_evaluations(actor, keys, asked.on)
    names = queries.area_names({body.area for body in bodies})
    return [
        row(
            columns,
            {
                "value": body.name,
                "url": body.get_absolute_url(),
                "demo": body.fictional,
                "note": _("据公开报道收录") if body.source else "",
            },
            {
                "value": _("、").join(word(TITLES.levels[title.level]) for title in levels[body.pk]),
                "note": _("；").join(since(title) for title in levels[body.pk]),
            },
            {"area": body.area, "value": names.get(body.area, body.area)},
            _parent(body),
            _("、").join(service_words(body.services, body.services_other)),
            _evaluation(judged.get(body.pk)),
        )
        for body in bodies
    ]


def since(title: Title) -> str:
    """Since when a title holds, or that nobody has published the day."""
    day = figures.full_date(title.valid_from)
    if not title.day_known:
        return _("认定日期未载，%(day)s收录") % {"day": day}
    return _("%(day)s认定") % {"day": day}


def _parent(body: Organisation) -> dict[str, str]:
    if body.parent is None:
        return {"value": body.parent_name}
    return {"value": body.parent.name, "url": body.parent.get_absolute_url()}


def _evaluation(row: BodyEvaluation | None) -> dict[str, Any]:
    if row is None:
        return {"value": _("没有登记")}
    return {"state": result_of(row), "note": _("%(year)s 年度") % {"year": row.year}}


def result_of(row: BodyEvaluation) -> dict[str, str]:
    """Tone and word of a result."""
    result = BODIES.results[row.result]
    return {"kind": result.tone, "label": word(result)}


def on_organisation(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """Parent, branches, services and evaluations; for who may change them also the ways to do so."""
    branches = list(reads.branches_of(actor, organisation))
    evaluations = list(reads.evaluations_of(actor, organisation))
    listed = reads.is_body(organisation, clock.today())
    services = _("、").join(service_words(organisation.services, organisation.services_other))
    may_edit = may(actor, Perm.ORGANISATION_EDIT, organisation)
    may_evaluate = may(actor, Perm.EVALUATE, organisation)
    stated = branches or evaluations or services or organisation.parent_id or organisation.parent_name
    if not (stated or listed or (may_edit and organisation.kind == "agency")):
        return None
    return {
        "organisation": organisation,
        "parent": _parent(organisation),
        "branches": branches,
        "services": services,
        "evaluations": [{"row": one, "state": result_of(one)} for one in evaluations],
        "listed": listed,
        "register_url": reverse("transfer-bodies"),
        "may_edit": may_edit,
        "may_evaluate": may_evaluate,
        "evaluates": may_evaluate and listed,
    }
