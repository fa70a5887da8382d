"""What the merge desk and the page of differences show. Nothing here writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import actions, queries
from mengkeju.deals.access import LedgerPerm, RegistrationPerm
from mengkeju.deals.engine import ledger, registration_number
from mengkeju.deals.models import PartyAlias
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import may
from mengkeju.kernel.models import ImportBatch
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word

PER_PAGE = 20
OPEN, DECIDED = "open", "decided"


def merge_context(
    request: Request, *, spelling: str = "", error: str = "", given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The merge desk; with `error` what was sent about `spelling` and what is wrong with it."""
    tab = DECIDED if request.GET.get("tab") == DECIDED else OPEN
    waiting, decided = queries.open_names(request.actor), queries.decided_names(request.actor)
    found: Sequence[Any] = waiting if tab == OPEN else decided  # type: ignore[assignment]  # a query is paged alike
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "tab": tab,
        "tabs": [
            {"label": _("待定"), "count": len(waiting), "url": "?", "on": tab == OPEN},
            {"label": _("已定"), "count": decided.count(), "url": f"?tab={DECIDED}", "on": tab == DECIDED},
        ],
        "nav_key": "party-merge",
        "may_decide": may(request.actor, LedgerPerm.DECIDE, PartyAlias(area=queries.desk_area(request.actor))),
    }
    if tab == DECIDED:
        return context | {"rows": list(page)}
    names = _names(request, list(page), spelling, error, given or {})
    beside = any(name["error"] for name in names)  # decided meanwhile, or on another page of the list
    return context | {"names": names, "general": "" if beside else error}


def _names(
    request: Request, names: Sequence[queries.OpenName], spelling: str, error: str, given: Mapping[str, str]
) -> list[dict[str, Any]]:
    parties = queries.Parties(queries.desk_area(request.actor))
    found = {one.key: parties.candidates(one.spelling) for one in names}
    areas = directory.area_names({o.area for candidates in found.values() for o in candidates if o.area})
    return [
        {
            "id": f"n{at}",
            "spelling": one.spelling,
            "imported": one.imported,
            "waiting": one.waiting,
            "candidates": [_candidate(o, areas, request) for o in found[one.key]],
            "error": error if one.spelling == spelling else "",
            "chosen": given.get("choice", "") if one.spelling == spelling else "",
            "other": given.get("other", "") if one.spelling == spelling else "",
        }
        for at, one in enumerate(names, 1)
    ]


def _candidate(one: Organisation, areas: Mapping[str, str], request: Request) -> dict[str, Any]:
    return {
        "uid": str(one.uid),
        "name": one.name,
        "url": one.get_absolute_url(),
        "area": areas.get(one.area, ""),
        "code": one.credit_code,
        "own": one.uid in request.actor.organisations,
    }


# ---- Differences -------------------------------------------------------------------------------------


def differing(batch: ImportBatch) -> list[dict[str, Any]]:
    """Rows that still state something else than the platform, each with its registration and where it differs."""
    rows = [row for row in batch.rows.filter(verdict="change").order_by("number") if row.target and row.values]
    there = queries.registrations_of([row.target for row in rows if row.target is not None])
    made = []
    for row in rows:
        registration = there.get(row.target) if row.target is not None else None
        found = queries.differences(row.values or {}, registration) if registration is not None else []
        if registration is not None and found:
            made.append({"row": row, "registration": registration, "differences": found})
    return made


def differences_context(
    request: Request, batch: ImportBatch, *, errors: Mapping[int, str] | None = None, note: str = ""
) -> dict[str, Any]:
    """The rows of a ledger that say otherwise; `errors` by row number after an amendment that was refused."""
    page = Paginator(differing(batch), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "batch": batch,
        "page": page,
        "rows": [_difference_row(request, found, errors or {}) for found in page],
        "errors": errors or {},
        "note": note,
        "nav_key": "import-list",
        "crumbs": [
            (_("批量导入"), reverse("import-list")),
            (batch.file_name, reverse("import", args=[batch.uid])),
            (_("台账差异"), ""),
        ],
    }


def _difference_row(request: Request, found: Mapping[str, Any], errors: Mapping[int, str]) -> dict[str, Any]:
    row, registration = found["row"], found["registration"]
    amendable = any(one.name for one in found["differences"])
    return {
        "number": row.number,
        "title": registration.deal.title,
        "url": registration.get_absolute_url(),
        "registered": registration_number.show(registration.number) or registration.number_here,
        "may": amendable and may(request.actor, RegistrationPerm.CHANGE, registration),
        "amendable": amendable,
        "error": errors.get(row.number, ""),
        "differences": [
            {
                "label": word(ledger.COLUMNS[one.column]),
                "before": actions.ledger_value(one.column, one.before),
                "after": actions.ledger_value(one.column, one.after),
                "beside": not one.name,
            }
            for one in found["differences"]
        ],
    }
