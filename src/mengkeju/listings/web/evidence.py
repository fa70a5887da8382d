"""The evidence of disclosures: to read and print, and as a signed file."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.kernel import clock, signing
from mengkeju.kernel.access import require
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.listings import actions
from mengkeju.listings.access import Perm
from mengkeju.listings.web import disclosure_pages as pages
from mengkeju.listings.web.views import load


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else None  # noqa: PLR2004 - no version is higher


@require_safe
@signed_in_object_permission(Perm.EVIDENCE)
def show(request: Request, uid: UUID) -> HttpResponse:
    """What was disclosed when to whom, as the record says."""
    listing = load(request, uid)
    require(request.actor, Perm.EVIDENCE, listing)
    number = _number(request.GET.get("version", ""))
    return render(request, "listings/evidence.html", pages.evidence_context(request, listing, number))


@require_POST
@signed_in_object_permission(Perm.EVIDENCE)
def export(request: Request, uid: UUID) -> HttpResponse:
    """The signed sheet as a file."""
    listing, now = load(request, uid), clock.now()
    require(request.actor, Perm.EVIDENCE, listing)
    asked = request.POST
    try:
        sheet = actions.export_evidence(
            listing,
            number=_number(asked.get("version", "")),
            content=asked.get("content") == "on",
            by=request.actor,
            now=now,
        )
    except signing.SigningError:
        messages.error(request, _("本站的签名密钥现在不能用，请联系平台运营方"))
        return redirect("listing-evidence", uid)
    body = json.dumps(sheet, ensure_ascii=False, indent=1)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    name = pages.evidence_name(listing, now.astimezone(clock.ZONE))
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["Cache-Control"] = "no-store, private"
    return answer
