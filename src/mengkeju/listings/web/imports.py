"""Pages of an import: file, sheet, columns, preview, confirmation, progress, result."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import RefusedError, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.exchange import TableRefusedError, batches, leftovers, running, split
from mengkeju.kernel.exchange.access import READ, UPLOAD
from mengkeju.kernel.exchange.importers import importers
from mengkeju.kernel.forms.fields import choices_of
from mengkeju.kernel.import_states import CANCEL, CHANGE
from mengkeju.kernel.models import ImportBatch
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.words import listed, word
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.kinds import in_order, kinds
from mengkeju.listings.web import import_kinds
from mengkeju.listings.web import import_pages as pages
from mengkeju.listings.web.import_forms import MappingForm, UploadForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BUSY = ("running", "acting")


def load(request: Request, uid: UUID) -> ImportBatch:
    """The batch, or 404 for whoever may not read it."""
    batch = batches.find(request.actor, uid)
    if batch is None or not import_kinds.is_shown(batch):
        raise Http404
    return batch


@require_safe
@permission("signed-in")
def batch_list(request: Request) -> HttpResponse:
    """Imports I may see: my own, my organisations', for the auditor all."""
    return render(request, "listings/import_list.html", pages.list_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(UPLOAD)
def new(request: Request) -> HttpResponse:
    """Choose kind and owner, send the file."""
    form = UploadForm(
        request.actor,
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"kind": request.GET.get("kind", "")},
    )
    if not choices_of(form, "owner"):
        return render(request, "listings/no_organisation.html", {"kind": in_order()[0]}, status=403)
    if request.method == "POST" and form.is_valid():
        batch = _upload(request, form)
        if batch is not None:
            return redirect("import", batch.uid)
    offered = import_kinds.offered(request.actor)
    context = {"form": form, "kinds": offered, "nav_key": "import-list"}
    return render(request, "listings/import_new.html", context, status=422 if form.errors else 200)


def _upload(request: Request, form: UploadForm) -> ImportBatch | None:
    """The batch, or None with the reason at its field."""
    given = form.cleaned_data
    file = given["file"]
    try:
        made, _again = idempotency.once(
            request.actor,
            given[idempotency.FIELD],
            lambda: batches.upload(
                file,
                file.name,
                import_kinds.importer_key(given["kind"]),
                owner=UUID(given["owner"]),
                declared=given["declared"],
                by=request.actor,
                now=clock.now(),
            ),
        )
    except TableRefusedError as error:
        form.add_error("file", str(error))
    except RefusedError as error:
        form.add_error("owner", error.rule)
    except ValidationError as error:
        form.add_error(None, error.messages)
    else:
        return made
    return None


@require_safe
@permission(UPLOAD)
def template(request: Request, kind: str) -> HttpResponseBase:
    """An empty workbook of a kind with drop-down lists."""
    importer = importers.get(import_kinds.importer_key(kind))
    if importer is None or (kind not in kinds and importer.pages is None):
        raise Http404
    made = importer.pages.template() if importer.pages is not None else actions.template_of(kinds[kind])
    return _file(HttpResponse(made), _("{kind}导入模板.xlsx").format(kind=word(importer)))


def _file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@require_safe
@signed_in_object_permission(READ)
def show(request: Request, uid: UUID) -> HttpResponse:
    """The batch where it stands: sheet, columns, check under way, preview, progress or result."""
    batch = load(request, uid)
    if batch.state == "draft" and batch.stage == "sheet":
        return render(request, "listings/import_sheet.html", pages.base(request, batch))
    if batch.state == "draft" and batch.stage == "mapping":
        return _mapping_page(request, batch, MappingForm(batch))
    if batch.state == "draft" and batch.stage == "preview":
        return render(request, "listings/import_preview.html", pages.preview_context(request, batch))
    if batch.state == "draft":
        return render(request, "listings/import_checking.html", pages.checking_context(request, batch))
    return render(request, "listings/import_result.html", pages.result_context(request, batch))


@require_safe
@signed_in_object_permission(READ)
def progress(request: Request, uid: UUID) -> HttpResponse:
    """The part of the page that asks again every two seconds; when the run has ended the whole page is loaded anew."""
    batch = load(request, uid)
    busy = batch.state in BUSY or (batch.state == "draft" and batch.stage == "checking")
    if not busy:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "listings/import_progress.html", pages.progress_context(request, batch))


@require_POST
@signed_in_object_permission(CHANGE)
def sheet(request: Request, uid: UUID) -> HttpResponse:
    """Choose the sheet of a workbook with several, or take every one, each as a batch of its own."""
    batch = load(request, uid)
    try:
        if request.POST.get("all"):
            return _every_sheet(request, batch)
        batches.choose_sheet(batch, request.POST.get("sheet", ""), by=request.actor)
    except TableRefusedError as error:
        context = pages.base(request, batch) | {"error": str(error), "chosen": request.POST.get("sheet", "")}
        return render(request, "listings/import_sheet.html", context, status=422)
    except TransitionRefusedError as error:
        messages.error(request, error.reason)
    return redirect("import", uid)


def _every_sheet(request: Request, batch: ImportBatch) -> HttpResponse:
    made, left = split.one_each(batch, by=request.actor, now=clock.now())
    count = len(made)
    said = ngettext("%(n)s 张工作表各成一批，请逐批对应、核对", "%(n)s 张工作表各成一批，请逐批对应、核对", count)
    messages.success(request, said % {"n": count})
    if left:
        messages.info(request, _("没有表格内容的工作表没有读入：%(names)s") % {"names": listed(left)})
    return redirect("import-list")


def _mapping_page(request: Request, batch: ImportBatch, form: MappingForm, status: int = 200) -> HttpResponse:
    context = pages.base(request, batch) | {"form": form, "same_file": pages.same_file(request, batch)}
    return render(request, "listings/import_mapping.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(CHANGE)
def mapping(request: Request, uid: UUID) -> HttpResponse:
    """What each heading fills; also from the preview back to it."""
    batch = load(request, uid)
    require(request.actor, CHANGE, batch)
    if batch.state != "draft" or batch.stage == "sheet":
        return redirect("import", uid)
    form = MappingForm(batch, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _mapping_page(request, batch, form, 422 if form.errors else 200)
    try:
        revision = int(request.POST.get("revision") or 0)
        batches.map_columns(batch, form.chosen, by=request.actor, now=clock.now(), revision=revision)
    except (ValidationError, TransitionRefusedError) as error:
        form.general = error.messages if isinstance(error, ValidationError) else [error.reason]
        return _mapping_page(request, batch, form, 422)
    except StaleRevisionError:
        messages.error(request, _("同事刚刚改过这一批的对应，请看现在的情况"))
    return redirect("import", uid)


@require_POST
@signed_in_object_permission(CHANGE)
def confirm(request: Request, uid: UUID) -> HttpResponse:
    """Start the writing; the same file confirmed before leads to that batch."""
    batch = load(request, uid)
    try:
        revision = int(request.POST.get("revision") or 0)
        batches.confirm(batch, by=request.actor, now=clock.now(), revision=revision)
    except batches.SameFileError as error:
        messages.error(request, _("同一份文件已经确认导入过一次，这一批没有再写入"))
        seen = batches.find(request.actor, error.first.uid)
        return redirect("import", seen.uid if seen else uid)
    except StaleRevisionError:
        messages.error(request, _("同事刚刚改过这一批的对应，请看过新的预览再确认"))
    except (TransitionRefusedError, ValidationError) as error:
        messages.error(request, error.reason if isinstance(error, TransitionRefusedError) else error.messages[0])
    return redirect("import", uid)


@require_POST
@signed_in_object_permission(CANCEL)
def cancel(request: Request, uid: UUID) -> HttpResponse:
    """Give up before the confirmation."""
    batch = load(request, uid)
    try:
        batches.cancel(batch, by=request.actor, now=clock.now())
    except TransitionRefusedError as error:
        messages.error(request, error.reason)
        return redirect("import", uid)
    messages.success(request, _("已取消，表格内容已删除"))
    return redirect("import-list")


@require_POST
@signed_in_object_permission(CHANGE)
def resume(request: Request, uid: UUID) -> HttpResponse:
    """Queue the rest of a run that stands still."""
    running.resume(load(request, uid), by=request.actor, now=clock.now())
    messages.success(request, _("已重新排队，从停下的地方接着写"))
    return redirect("import", uid)


@require_POST
@signed_in_object_permission(CHANGE)
def act(request: Request, uid: UUID, what: str) -> HttpResponse:
    """Hand in or publish everything the batch wrote."""
    batch = load(request, uid)
    if what not in batches.importer_of(batch).acts:
        raise Http404
    try:
        declared = bool(request.POST.get("declared"))
        running.act(batch, what, by=request.actor, now=clock.now(), declared=declared)
    except (TransitionRefusedError, ValidationError) as error:
        messages.error(request, error.reason if isinstance(error, TransitionRefusedError) else error.messages[0])
    return redirect("import", uid)


@require_safe
@signed_in_object_permission(READ)
def wrong(request: Request, uid: UUID) -> HttpResponseBase:
    """The rows that were not written, to be mended and sent again."""
    batch = load(request, uid)
    stem = get_valid_filename(batch.file_name.rpartition(".")[0] or batch.file_name)
    name = _("{file}-未导入的行.xlsx").format(file=stem)
    return _file(StreamingHttpResponse(leftovers.bad_file(batch, now=clock.now())), name)
