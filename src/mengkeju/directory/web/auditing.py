"""The auditor's pages: the record, one event, and whether the chain holds. Read only."""

import json
from itertools import islice
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.web import sheets
from mengkeju.directory.web.events import event_word
from mengkeju.directory.web.forms import RecordForm
from mengkeju.directory.web.parts import page_of, row, table
from mengkeju.kernel import audit, clock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission
from mengkeju.kernel.web.said import filters_of

SHOWN_FINDINGS = 200


def _asked(form: RecordForm) -> queries.RecordFilter:
    if not form.is_valid():
        return queries.RecordFilter()
    values = form.cleaned_data
    actor = queries.account_uid(values["actor"]) if values["actor"] else None
    return queries.RecordFilter(
        values["kind"], values["subject_type"], values["subject_uid"], actor, values["since"], values["until"]
    )


@require_safe
@permission(Perm.RECORD_READ)
def record(request: Request) -> HttpResponseBase:
    """Events by kind, subject, actor and time, newest first."""
    form = RecordForm(request.GET)
    if exports.wanted(request):
        return exports.answer(request, sheets.RECORD, queries.record(_asked(form)), filters_of(form))
    page = page_of(request, queries.record(_asked(form)))
    people = provider().names({e.actor_account for e in page if e.actor_account})
    words = {key: s.label for key, s in subject_types.items()}
    columns = table(_("事项"), _("对象"), _("办理人"), _("时间"), _("封存"))
    rows = [
        row(
            columns,
            {"value": event_word(e), "note": e.type, "url": reverse("record-event", args=[e.uid])},
            {"value": words.get(e.subject_type, e.subject_type), "note": str(e.subject_uid)},
            people.get(e.actor_account, "") if e.actor_account else _("平台"),
            {"at": e.at, "form": "time"},
            str(e.seal.sequence) if hasattr(e, "seal") else _("待封存"),
        )
        for e in page
    ]
    return render(
        request,
        "directory/record.html",
        {"form": form, "page": page, "columns": columns, "rows": rows, "nav_key": "record"},
    )


@require_safe
@permission(Perm.RECORD_READ)
def event(request: Request, uid: UUID) -> HttpResponse:
    """One event with its payload, or that it was lawfully erased."""
    asked = found(queries.find_event(uid))
    payload = getattr(asked, "payload", None)
    subject = subject_types.get(asked.subject_type)
    names = provider().names({asked.actor_account}) if asked.actor_account else {}
    rows = [
        {"label": _("编号"), "value": str(asked.uid)},
        {"label": _("事项"), "value": asked.type},
        {"label": _("对象"), "value": f"{subject.label if subject else asked.subject_type} {asked.subject_uid}"},
        {"label": _("办理人"), "value": names.get(asked.actor_account, "") if asked.actor_account else _("平台")},
        {"label": _("地区"), "value": asked.area},
        {"label": _("节点"), "value": asked.node},
        {"label": _("时间"), "value": asked.at.astimezone(clock.ZONE).isoformat()},
        {"label": _("内容摘要值"), "value": asked.digest},
        {"label": _("封条"), "value": asked.seal.hash if hasattr(asked, "seal") else _("待封存")},
    ]
    body = json.dumps(payload.body, ensure_ascii=False, indent=2) if payload else ""
    context = {"event": asked, "word": event_word(asked), "rows": rows, "body": body, "nav_key": "record"}
    return render(request, "directory/record_event.html", context)


@require_safe
@permission(Perm.RECORD_READ)
def verify(request: Request) -> HttpResponse:
    """Walk the chain now: what is broken, what was lawfully erased."""
    findings = list(islice(audit.verify(), SHOWN_FINDINGS))
    context = {
        "broken": [f for f in findings if f.broken],
        "notes": [f for f in findings if not f.broken],
        "more": len(findings) == SHOWN_FINDINGS,
        "nav_key": "record",
    }
    return render(request, "directory/record_verify.html", context)
