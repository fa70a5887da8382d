"""The auditor's pages: the record, one event, and whether the chain holds. Read only."""

import json
from itertools import islice
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.web.forms import RecordForm
from mengkeju.directory.web.parts import found, page_of, row, table
from mengkeju.kernel import audit, clock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.timeline import word_of
from mengkeju.kernel.web.request import Request, permission

SHOWN_FINDINGS = 200
# Words of the events that stand on no timeline.
WORDS = {
    "account.locked": gettext_lazy("锁定账号"),
    "account.unlocked": gettext_lazy("解除锁定"),
    "account.suspended": gettext_lazy("暂停账号"),
    "account.suspension_lifted": gettext_lazy("恢复账号"),
    "account.lockout_reset": gettext_lazy("清除登录锁定"),
    "area.added": gettext_lazy("增加区划"),
    "file.stored": gettext_lazy("存入文件"),
    "person.signed_up": gettext_lazy("注册"),
    "person.published": gettext_lazy("按公开来源收录人员"),
    "person.exported": gettext_lazy("导出个人信息"),
    "person.erased": gettext_lazy("删除个人信息"),
    "role.granted": gettext_lazy("授予角色"),
    "role.revoked": gettext_lazy("收回角色"),
    "term.retired": gettext_lazy("停用词条"),
    "term.restored": gettext_lazy("恢复词条"),
}


def _word(event: Event) -> str:
    """What happened in words; the event's own name when there are none."""
    subject = subject_types.get(event.subject_type)
    word = word_of(event.type, subject.workflow if subject else None) or WORDS.get(event.type)
    return str(word or event.type)


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
def record(request: Request) -> HttpResponse:
    """Events by kind, subject, actor and time, newest first."""
    form = RecordForm(request.GET)
    page = page_of(request, queries.record(_asked(form)))
    people = provider().names({e.actor_account for e in page if e.actor_account})
    words = {key: s.label for key, s in subject_types.items()}
    columns = table(_("事项"), _("对象"), _("办理人"), _("时间"), _("封存"))
    rows = [
        row(
            columns,
            {"value": _word(e), "note": e.type, "url": reverse("record-event", args=[e.uid])},
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
    context = {"event": asked, "word": _word(asked), "rows": rows, "body": body, "nav_key": "record"}
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
