"""The operator's pages: vocabularies, areas, failed jobs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.chains import PARENTS
from mengkeju.directory.models import Area, Term, Vocabulary
from mengkeju.directory.queries.vocabulary import term_name
from mengkeju.directory.web import sheets
from mengkeju.directory.web.forms import AreaForm, NewTermForm, NewZoneForm, TermForm
from mengkeju.directory.web.parts import attempt, fact_rows, page_of, row, sought, table
from mengkeju.kernel import clock, idempotency, jobs
from mengkeju.kernel.access import may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, permission
from mengkeju.kernel.web.said import stale
from mengkeju.kernel.words import listed, word

GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@permission(Perm.REFERENCE_READ)
def vocabularies(request: Request) -> HttpResponseBase:
    """All vocabularies."""
    if exports.wanted(request):
        return exports.answer(request, sheets.VOCABULARIES, queries.vocabularies())
    columns = table(_("词表"), _("在用词条"), _("出处"))
    sizes = queries.vocabulary_sizes()
    rows = [
        row(
            columns,
            {"value": word(v), "url": reverse("vocabulary", args=[v.key])},
            {"value": sizes[v.key], "numeric": True},
            v.source,
        )
        for v in queries.vocabularies()
    ]
    context = {
        "title": _("分类词表"),
        "lead": _("领域、产业集群、合作方式等。停用的词条不再供选择，旧信息照常显示。"),
        "columns": columns,
        "rows": rows,
        "nav_key": "vocabularies",
        "empty": _("还没有载入词表"),
        "exports": True,
    }
    return render(request, "directory/bench_table.html", context)


def _may_change(request: Request) -> bool:
    """Whether the reader keeps the tables. The auditor only reads: no form, and refused when he sends one."""
    if request.method == "POST":
        require(request.actor, Perm.VOCABULARY_EDIT)
    return may(request.actor, Perm.VOCABULARY_EDIT)


def _vocabulary_context(vocabulary: Vocabulary, form: NewTermForm | None) -> dict[str, Any]:
    columns = table(_("词条"), _("代码"), _("同义词"), _("状态"))
    terms = queries.terms(vocabulary.key, retired=True).prefetch_related("synonyms")
    if vocabulary.key in PARENTS:  # chain by chain, from upstream to downstream
        terms = terms.order_by("parent__position", "parent__key", "position", "key")
    rows = [
        row(
            columns,
            {"value": term_name(t), "url": reverse("term", args=[vocabulary.key, t.key])},
            {"value": t.key, "code": True},
            listed([s.text for s in t.synonyms.all()]),
            {"state": {"kind": "calm", "label": _("已停用")} if t.retired_on else {"kind": "done", "label": _("在用")}},
        )
        for t in terms
    ]
    return {"vocabulary": vocabulary, "columns": columns, "rows": rows, "form": form, "nav_key": "vocabularies"}


@require_http_methods(GET_POST)
@permission(Perm.REFERENCE_READ)
def vocabulary(request: Request, key: str) -> HttpResponseBase:
    """Terms of one vocabulary; POST adds one."""
    changing = _may_change(request)
    asked: Vocabulary = found(queries.vocabularies().filter(key=key).first())
    if exports.wanted(request):
        return exports.answer(request, sheets.TERMS, queries.terms(key, retired=True), word(asked))
    form = NewTermForm(key, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.add_term(
                    asked, form.cleaned_data["key"], form.given(), by=request.actor, now=clock.now()
                ),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("词条已加入"))
            return redirect("vocabulary", key)
    context = _vocabulary_context(asked, form if changing else None)
    return render(request, "directory/vocabulary.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@permission(Perm.REFERENCE_READ)
def term(request: Request, key: str, term_key: str) -> HttpResponse:
    """One term, to edit or to read."""
    changing = _may_change(request)
    asked: Term = found(queries.terms(key, retired=True).filter(key=term_key).first())
    form = TermForm(key, request.POST or None, initial=TermForm.of(asked))
    back = reverse("vocabulary", args=[key])
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_term(
                asked, form.given(), by=request.actor, now=clock.now(), revision=form.cleaned_data["revision"]
            )
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, word(asked), back)
        else:
            messages.success(request, _("已保存"))
            return redirect("vocabulary", key)
    context = {
        "title": word(asked),
        "lead": f"{word(asked.vocabulary)} · {asked.key}",
        "form": form,
        "verb": _("保存"),
        "back": back,
        "nav_key": "vocabularies",
        "term": asked,
        "facts": fact_rows(form),
    }
    template = "directory/bench_form.html" if changing else "directory/bench_facts.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@permission(Perm.VOCABULARY_EDIT)
def retire(request: Request, key: str, term_key: str) -> HttpResponse:
    """Retire a term, or offer it again."""
    asked: Term = found(queries.terms(key, retired=True).filter(key=term_key).first())
    attempt(
        request,
        lambda: actions.retire_term(asked, by=request.actor, now=clock.now(), retired=asked.retired_on is None),
        _("已办理"),
    )
    return redirect("vocabulary", key)


@require_safe
@permission(Perm.REFERENCE_READ)
def areas(request: Request) -> HttpResponseBase:
    """All areas, in tree order."""
    text = request.GET.get("q", "").strip()[:40]
    if exports.wanted(request):
        return exports.answer(request, sheets.AREAS, queries.areas(text), sought(text))
    page = page_of(request, queries.areas(text), 100)
    columns = table(_("名称"), _("代码"), _("上级"), _("启用"), _("停用"))
    rows = [
        row(
            columns,
            {"value": "　" * max(a.path.count("/") - 3, 0) + a.word, "url": reverse("area", args=[a.code])},
            {"value": a.code, "code": True},
            a.parent.word if a.parent else "",
            {"at": a.valid_from} if a.valid_from else "",
            {"at": a.valid_to} if a.valid_to else "",
        )
        for a in page
    ]
    context = {
        "title": _("地区"),
        "lead": _("行政区划与功能区。停用的代码不再供选择，旧记录照常显示。"),
        "q": text,
        "page": page,
        "columns": columns,
        "rows": rows,
        "nav_key": "areas",
        "add_url": reverse("zone-new") if _may_change(request) else "",
        "add_label": _("添加功能区"),
        "empty": _("没有这样的地区"),
        "exports": True,
    }
    return render(request, "directory/bench_table.html", context)


@require_http_methods(GET_POST)
@permission(Perm.VOCABULARY_EDIT)
def new_zone(request: Request) -> HttpResponse:
    """Add a functional zone."""
    form = NewZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("code", "name", "zone_kind", "source")}
        parent: Area = found(queries.areas().filter(code=form.cleaned_data["parent"]).first())
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.add_zone(**values, parent=parent, by=request.actor, now=clock.now()),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已添加"))
            return redirect("areas")
    context = {
        "title": _("添加功能区"),
        "lead": _("开发区、高新区、新区等；单位可以同时属于一个旗县区和一个功能区。"),
        "form": form,
        "verb": _("添加功能区"),
        "back": reverse("areas"),
        "nav_key": "areas",
    }
    return render(request, "directory/bench_form.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@permission(Perm.REFERENCE_READ)
def area(request: Request, code: str) -> HttpResponse:
    """One area, to edit or to read."""
    changing = _may_change(request)
    asked: Area = found(queries.areas().filter(code=code).first())
    form = AreaForm(request.POST or None, initial=AreaForm.of(asked))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "valid_from", "valid_to", "source", "revision")}
        try:
            actions.edit_area(asked, **values, by=request.actor, now=clock.now())
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, asked.name, reverse("areas"))
        else:
            messages.success(request, _("已保存"))
            return redirect("areas")
    context = {
        "title": asked.word,
        "lead": asked.code,
        "form": form,
        "verb": _("保存"),
        "back": reverse("areas"),
        "nav_key": "areas",
        "facts": fact_rows(form),
    }
    template = "directory/bench_form.html" if changing else "directory/bench_facts.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@permission(Perm.JOBS_READ)
def failed_jobs(request: Request) -> HttpResponseBase:
    """Jobs given up after three tries."""
    if exports.wanted(request):
        return exports.answer(request, sheets.JOBS, jobs.failed())
    context = {"jobs": jobs.failed(), "may_run": may(request.actor, Perm.JOBS_RUN), "nav_key": "jobs"}
    return render(request, "directory/jobs.html", context)


@require_POST
@permission(Perm.JOBS_RUN)
def run_again(request: Request, task: UUID) -> HttpResponse:
    """Queue a failed job once more."""
    actions.run_job_again(task, by=request.actor, now=clock.now())
    messages.success(request, _("已重新排队"))
    return redirect("jobs")
