"""What the pages of an import show. Nothing here writes."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError, may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.forms import Sources
from mengkeju.kernel.forms.show import in_words
from mengkeju.kernel.import_states import CHANGE, IMPORT
from mengkeju.kernel.models import ImportBatch, ImportRow
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.models import Listing
from mengkeju.listings.web import import_kinds

PAGE = 50
LONG = 120
VERDICTS = {
    "create": (gettext_lazy("将新建"), "go"),
    "change": (gettext_lazy("将更新"), "wait"),
    "same": (gettext_lazy("没有变化"), "calm"),
    "bad": (gettext_lazy("有误，不导入"), "over"),
    "": (gettext_lazy("未核对"), "calm"),
}
OUTCOMES = {
    "created": (gettext_lazy("已新建"), "done"),
    "changed": (gettext_lazy("已更新"), "done"),
    "unchanged": (gettext_lazy("没有变化"), "calm"),
    "failed": (gettext_lazy("未导入"), "over"),
    "": (gettext_lazy("等待写入"), "go"),
}
SENT = {
    "done": {"submit": (gettext_lazy("已提交"), "done"), "publish": (gettext_lazy("已发布"), "done")},
    "refused": {"submit": (gettext_lazy("未提交"), "over"), "publish": (gettext_lazy("未发布"), "over")},
}
PREVIEW = {
    "": (gettext_lazy("全部"), Q()),
    "problems": (pgettext_lazy("rows", "只看有问题的"), Q(verdict="bad") | Q(warned=True)),
    "bad": (gettext_lazy("有误"), Q(verdict="bad")),
    "create": (gettext_lazy("将新建"), Q(verdict="create")),
    "change": (gettext_lazy("将更新"), Q(verdict="change")),
    "same": (gettext_lazy("没有变化"), Q(verdict="same")),
}
RESULT = {
    "": (gettext_lazy("全部"), Q()),
    "failed": (gettext_lazy("未导入"), Q(outcome="failed")),
    "created": (gettext_lazy("已新建"), Q(outcome="created")),
    "changed": (gettext_lazy("已更新"), Q(outcome="changed")),
    "refused": (gettext_lazy("未能提交或发布"), Q(sent="refused")),
}


def base(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """What every page of a batch has: head, steps, rights."""
    names = provider().organisation_names([batch.owner])
    return {
        "batch": batch,
        "kind": batches.importer_of(batch),
        "kind_value": import_kinds.kind_value(batch),
        "links": import_kinds.links(request, batch),
        "hint": import_kinds.words_of(batch).get("hint", _("写入后成为草稿；有误的行不写入，可以下载改好再传。")),
        "owner_name": names.get(batch.owner, ""),
        "state": {"kind": _tone(batch), "label": word(IMPORT.states[batch.state])},
        "may_change": may(request.actor, CHANGE, batch),
        "steps": steps(batch),
        "nav_key": "import-list",
        "crumbs": [(_("批量导入"), reverse("import-list")), (batch.file_name, "")],
        "sender": _sender(batch),
    }


def _sender(batch: ImportBatch) -> str:
    account = batch.created_by
    return provider().names([account.uid]).get(account.uid, "") if account else ""


def _tone(batch: ImportBatch) -> str:
    tone = IMPORT.states[batch.state].tone
    return {"idle": "calm"}.get(tone, tone)


def steps(batch: ImportBatch) -> list[dict[str, str]]:
    """Where the batch is: file, columns, preview, result."""
    order = ["sheet", "mapping", "preview", "result"]
    labels = [_("上传"), _("对应表头"), _("预览"), _("结果")]
    at = {"checking": 1}.get(batch.stage, order.index(batch.stage) if batch.stage in order else 0)
    at = at if batch.state == "draft" else 3
    done = batch.state == "finished"
    return [
        {"label": label, "note": "", "state": "done" if place < at or done else "now" if place == at else ""}
        for place, label in enumerate(labels)
    ]


# ---- Preview and result ------------------------------------------------------------------------------


def counts(batch: ImportBatch) -> dict[str, int]:
    """Rows by what they do or did, one query."""
    made: dict[str, int] = batch.rows.aggregate(
        total=Count("pk"),
        good=Count("pk", filter=~Q(verdict__in=("bad", "")) & Q(warned=False)),
        warned=Count("pk", filter=Q(warned=True)),
        bad=Count("pk", filter=Q(verdict="bad")),
        create=Count("pk", filter=Q(verdict="create")),
        change=Count("pk", filter=Q(verdict="change")),
        same=Count("pk", filter=Q(verdict="same")),
        waiting=Count("pk", filter=Q(outcome="", verdict__in=batches.WRITABLE)),
        created=Count("pk", filter=Q(outcome="created")),
        changed=Count("pk", filter=Q(outcome="changed")),
        unchanged=Count("pk", filter=Q(outcome="unchanged")),
        failed=Count("pk", filter=Q(outcome="failed")),
        sending=Count("pk", filter=Q(sent="waiting")),
        handed=Count("pk", filter=Q(sent="done")),
        refused=Count("pk", filter=Q(sent="refused")),
    )
    return made


def preview_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """The rows as they were understood, errors at their cells."""
    rows, chosen = _filtered(request, batch, PREVIEW)
    page = Paginator(rows.order_by("number"), PAGE).get_page(request.GET.get("page"))
    number = counts(batch)
    columns = shown_columns(batch)
    labels = Sources(areas=cache(directory.area_choices), terms=queries.label_sources().terms)
    return base(request, batch) | {
        "page": page,
        "columns": columns,
        "rows": [preview_row(batch, row, columns, labels) for row in page],
        "counts": number,
        "tiles": preview_tiles(number, import_kinds.words_of(batch)),
        "filters": _tabs(PREVIEW, chosen, import_kinds.words_of(batch)),
        "writable": _writable(batch, number),
        "same_file": same_file(request, batch),
    }


def _writable(batch: ImportBatch, number: dict[str, int]) -> int:
    """How many rows confirming writes or finds unchanged; the new ones only where the importer changes nothing."""
    if "change" in import_kinds.words_of(batch):
        return number["create"]
    return number["create"] + number["change"] + number["same"]


def _filtered(request: Request, batch: ImportBatch, which: dict[str, Any]) -> tuple[QuerySet[ImportRow], str]:
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in which else ""
    return batch.rows.filter(which[chosen][1]), chosen


def _tabs(which: dict[str, Any], chosen: str, words: Mapping[str, str | Promise]) -> list[dict[str, Any]]:
    return [{"key": key, "label": words.get(key, label), "chosen": key == chosen} for key, (label, _q) in which.items()]


def preview_tiles(number: dict[str, int], words: Mapping[str, str | Promise]) -> list[dict[str, Any]]:
    """The counts that lead to their rows."""
    return [
        {"count": number["create"], "label": _("将新建"), "url": "?show=create", "tone": "go"},
        {"count": number["change"], "label": words.get("change", _("将更新")), "url": "?show=change", "tone": "wait"},
        {"count": number["same"], "label": _("平台上已有，没有变化"), "url": "?show=same", "tone": "calm"},
        {"count": number["warned"], "label": _("有提醒"), "url": "?show=problems", "tone": "wait"},
        {"count": number["bad"], "label": _("有误，不导入"), "url": "?show=bad", "tone": "over"},
    ]


def shown_columns(batch: ImportBatch) -> list[dict[str, str]]:
    """Columns that fill something: letter, heading, field, its word."""
    fields, labels = batches.field_of(batch), {c.key: word(c) for c in batches.importer_of(batch).columns()}
    return [
        {
            "letter": c["letter"],
            "heading": c["heading"],
            "field": fields[c["heading"]],
            "label": labels.get(fields[c["heading"]], ""),
        }
        for c in batch.columns
        if c["heading"] in fields
    ]


def preview_row(batch: ImportBatch, row: ImportRow, columns: list[dict[str, str]], labels: Sources) -> dict[str, Any]:
    """One row: what confirming does, each cell as understood with what is wrong in it, and what concerns the row."""
    said: dict[str, list[dict[str, str]]] = {}
    for heading, level, message in row.problems or []:
        said.setdefault(heading, []).append({"level": level, "message": message})
    usual, tone = VERDICTS[row.verdict]
    label = import_kinds.words_of(batch).get(row.verdict, usual)
    cells = [
        {
            "label": column["label"],
            "place": f"{column['letter']}{row.number}",
            "value": shown_value(batch, row, column, labels),
            "problems": said.pop(column["heading"], []),
        }
        for column in columns
    ]
    rest = [problem for problems in said.values() for problem in problems]
    return {"number": row.number, "state": {"kind": tone, "label": label}, "cells": cells, "problems": rest}


def shown_value(batch: ImportBatch, row: ImportRow, column: dict[str, str], labels: Sources) -> str:
    """The value in words where it was understood, else the text of the cell."""
    raw = str((row.cells or {}).get(column["heading"], "")).strip()
    values, field = row.values or {}, column["field"]
    pages = batches.importer_of(batch).pages
    if pages is not None:
        said = pages.shown(values, field)
        return (raw if said is None else said)[:LONG]
    if field == "price" and "price_low" in values:
        low, high = (_amount(values.get(key)) for key in ("price_low", "price_high"))
        return queries.budget_in_words(Listing(price_low=low, price_high=high))
    spec = next((f for f in import_kinds.kind_of(batch).fields if f.key == field), None)
    if spec is None or values.get(field) is None:
        return raw[:LONG]
    return in_words(spec, values[field], labels)[:LONG]


def _amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def same_file(request: Request, batch: ImportBatch) -> dict[str, str] | None:
    """An earlier confirmed batch of the same file, with its address for whoever may read it."""
    first = batches.same_file(batch)
    if first is None:
        return None
    seen = batches.find(request.actor, first.uid) is not None
    return {"name": first.file_name, "url": first_url(first) if seen else ""}


def first_url(batch: ImportBatch) -> str:
    """The page of a batch."""
    return reverse("import", args=[batch.uid])


def result_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """What became of each row, with links to what the reader may open."""
    rows, chosen = _filtered(request, batch, RESULT)
    page = Paginator(rows.order_by("number"), PAGE).get_page(request.GET.get("page"))
    number = counts(batch)
    title = import_kinds.words_of(batch).get("title", _("题目"))
    opened = import_kinds.titles(request, batch, {row.subject for row in page if row.subject})
    return base(request, batch) | {
        "page": page,
        "rows": [_result_row(batch, row, opened) for row in page],
        "columns": [{"label": label} for label in (_("行"), title, _("结果"), _("说明"))],
        "counts": number,
        "tiles": result_tiles(number, import_kinds.words_of(batch)),
        "filters": _tabs(_results(batch), chosen, import_kinds.words_of(batch)),
        "acts": acts(request, batch, number),
        "wrong": number["failed"] and batch.discarded_at is None,
        "stuck": running.is_stuck(batch, now=clock.now()),
        **progress(batch, number),
    }


def _results(batch: ImportBatch) -> dict[str, Any]:
    """The ways to look at a result that can hold rows: an importer that changes or hands in nothing has fewer."""
    never = {"changed", "refused"} if "change" in import_kinds.words_of(batch) else set()
    return {key: way for key, way in RESULT.items() if key not in never}


def progress_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """The moving part of a run."""
    return base(request, batch) | progress(batch, counts(batch))


def checking_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """A large file is being checked by a job."""
    return base(request, batch) | {"stuck": running.is_stuck(batch, now=clock.now())}


def progress(batch: ImportBatch, number: dict[str, int]) -> dict[str, Any]:
    """How far a run is."""
    if batch.state == "acting":
        total = number["created"] + number["changed"] + number["unchanged"]
        return {"done": total - number["sending"], "todo": total}
    return {"done": number["total"] - number["waiting"], "todo": number["total"]}


def result_tiles(number: dict[str, int], words: Mapping[str, str | Promise]) -> list[dict[str, Any]]:
    """The counts of the result; what was changed where the importer changes anything."""
    changed = {"count": number["changed"], "label": _("已更新"), "url": "?show=changed", "tone": "done"}
    tiles: list[dict[str, Any]] = [
        {"count": number["created"], "label": _("已新建"), "url": "?show=created", "tone": "done"},
        *([] if "change" in words else [changed]),
        {"count": number["unchanged"], "label": words.get("unchanged", _("没有变化")), "url": "?show=", "tone": "calm"},
        {"count": number["failed"], "label": _("未导入"), "url": "?show=failed", "tone": "over"},
    ]
    if number["handed"] or number["refused"]:
        tiles.append({"count": number["handed"], "label": _("已提交或发布"), "url": "?show=", "tone": "done"})
        tiles.append({"count": number["refused"], "label": _("未能提交或发布"), "url": "?show=refused", "tone": "over"})
    return tiles


def _result_row(batch: ImportBatch, row: ImportRow, opened: Mapping[UUID, tuple[str, str]]) -> dict[str, Any]:
    title, address = opened.get(row.subject, ("", "")) if row.subject else ("", "")
    shown = {"value": title, "url": address} if title else {"value": _stated(row)}
    usual, tone = OUTCOMES[row.outcome]
    label = import_kinds.words_of(batch).get(row.outcome, usual)
    if row.sent in SENT and batch.act in SENT[row.sent]:
        label, tone = SENT[row.sent][batch.act]
    said = _("；").join(f"{h}{_('：')}{m}" if h else m for h, m in batches.errors_of(row))
    return {
        "cells": [
            {"value": row.number, "label": _("行")},
            {**shown, "header": True},
            {"state": {"kind": tone, "label": label}},
            {"value": said, "label": _("说明")},
        ]
    }


def _stated(row: ImportRow) -> str:
    if row.values is None:
        return _("（内容已删除）")
    return str(row.values.get("title") or "—")


def acts(request: Request, batch: ImportBatch, number: dict[str, int]) -> list[dict[str, str]]:
    """What the reader may do with everything the batch wrote: hand in, or publish as the officer."""
    written = number["created"] + number["changed"] + number["unchanged"]
    if batch.state != "finished" or not written or not may(request.actor, CHANGE, batch):
        return []
    said = {
        "submit": (_("全部提交审核"), _("内容不全的会留在草稿，并逐条说明原因。")),
        "publish": (_("全部发布"), _("您是所辖地区的科技管理人员：审看过这一批后可以直接发布。")),
    }
    return [
        {"key": key, "label": label, "text": text, "url": reverse("import-act", args=[batch.uid, key])}
        for key, (label, text) in said.items()
        if key in batches.importer_of(batch).acts and _allowed(request, batch, key)
    ]


def _allowed(request: Request, batch: ImportBatch, what: str) -> bool:
    try:
        batches.importer_of(batch).may_act(request.actor, what, batch.owner)
    except (RefusedError, ValidationError):
        return False
    return True


# ---- The list ----------------------------------------------------------------------------------------


def list_context(request: Request) -> dict[str, Any]:
    """Batches the reader may see, newest first."""
    page = Paginator(import_kinds.shown_here(batches.visible(request.actor)), 30).get_page(request.GET.get("page"))
    names = provider().organisation_names({batch.owner for batch in page})
    people = provider().names({batch.created_by.uid for batch in page if batch.created_by})
    rows = [
        {
            "cells": [
                {"value": batch.file_name, "url": first_url(batch), "header": True},
                {"value": word(batches.importer_of(batch))},
                {"value": names.get(batch.owner, "")},
                {"state": {"kind": _tone(batch), "label": word(IMPORT.states[batch.state])}},
                {"value": batch.total, "numeric": True, "label": _("行数")},
                {"value": people.get(batch.created_by.uid, "") if batch.created_by else ""},
                {"at": batch.created_at, "form": "time"},
            ]
        }
        for batch in page
    ]
    labels = (_("文件"), _("类型"), _("单位"), _("状态"), _("行数"), _("上传人"), _("上传时间"))
    columns = [{"label": label, "numeric": at == 4} for at, label in enumerate(labels)]  # noqa: PLR2004 - 行数
    can = bool(directory.my_organisations(request.actor)) or request.actor.has_role("officer")
    return {"page": page, "rows": rows, "columns": columns, "nav_key": "import-list", "can_import": can}
