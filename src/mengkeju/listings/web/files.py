"""Files of a listing: put up, taken down, downloaded."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mengkeju.kernel import clock, files, idempotency, stamping
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.models import File
from mengkeju.kernel.web.request import Request, object_permission, signed_in_object_permission
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing, ListingFile
from mengkeju.listings.web import disclosure_pages as pages
from mengkeju.listings.web.disclosure_forms import FileForm
from mengkeju.listings.web.views import load


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.EDIT)
def of_listing(request: Request, uid: UUID) -> HttpResponse:
    """The owner's page of files, with the form for another one."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        key = form.cleaned_data["one_time_key"]
        try:
            idempotency.once(request.actor, key, partial(_add, request, listing, form))
        except (ValidationError, files.FileRefusedError) as error:
            form.add_error(*_place(error))
        else:
            messages.success(request, _("附件已加入"))
            return redirect("listing-files", uid)
    status = 422 if form.errors else 200
    return render(request, "listings/files.html", pages.files_context(request, listing, form), status=status)


def _place(error: Exception) -> tuple[str | None, str | list[str]]:
    if isinstance(error, ValidationError):
        named = getattr(error, "message_dict", {})
        return (next(iter(named)), next(iter(named.values()))) if named else (None, error.messages)
    return "upload", str(error)


def _add(request: Request, listing: Listing, form: FileForm) -> File:
    given = form.cleaned_data
    return actions.add_listing_file(
        listing,
        given["upload"],
        kind=given["kind"],
        tier=given["tier"],
        caption=given["caption"],
        secrecy_reviewed=given["secrecy_reviewed"],
        by=request.actor,
        now=clock.now(),
    )


def find(actor: Actor, listing: Listing, uid: UUID) -> ListingFile:
    """One file the reader may download, or 404."""
    found = queries.find_file(listing, actor, uid)
    if found is None:
        raise Http404
    return found


@require_GET
@object_permission(Perm.READ)
def download(request: Request, uid: UUID, file_uid: UUID) -> HttpResponseBase:
    """The file; of closed tiers a stamped copy, noted for the owner."""
    one = find(request.actor, load(request, uid), file_uid)
    if not queries.is_stamped_for(one, request.actor):
        return files.download(one.file)
    try:
        return stamping.answer(actions.hand_out(one, by=request.actor, now=clock.now()))
    except FileNotFoundError:
        raise Http404 from None


@require_POST
@signed_in_object_permission(Perm.DISCLOSE)
def remove(request: Request, uid: UUID, file_uid: UUID) -> HttpResponse:
    """Take a file down, with the reason."""
    listing = load(request, uid)
    require(request.actor, Perm.DISCLOSE, listing)
    one = find(request.actor, listing, file_uid)
    try:
        actions.remove_listing_file(one, by=request.actor, now=clock.now(), note=request.POST.get("note", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("附件已撤下，以前的下载记录仍在"))
    return redirect("listing-disclosure", uid)
