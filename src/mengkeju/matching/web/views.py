"""Pages and answers of matching."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.kernel import clock, consent
from mengkeju.kernel.access import require
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.listings import queries as listings
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import SHOWING_CONSENT, limits
from mengkeju.matching.engine import bands, likeness
from mengkeju.matching.engine.workflow import DEADLINES
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import automation, catalogue, encoder, models
from mengkeju.matching.web import panels, sheets


@require_safe
@signed_in_object_permission(Perm.LIST)
def matches(request: Request, uid: UUID) -> HttpResponseBase:
    """All proposals of a listing; `?more=1` adds what lies below the bands."""
    listing = listings.find(request.actor, uid)
    if listing is None or not listing.kind_spec.side:
        raise Http404
    require(request.actor, Perm.LIST, listing)
    cards = queries.proposals_for(request.actor, listing)
    weak = queries.show_more(request.actor, listing) if request.GET.get("more") else None
    if exports.wanted(request):
        panels.note_reads(request.actor, [*cards, *(weak or [])], channel="export", keys=panels.IN_FILE)
        return exports.answer(request, sheets.MATCHES, [*cards, *(weak or [])], listing.title)
    actions.note_shown([(c.proposal, c.rank) for c in [*cards, *(weak or [])]], by=request.actor, now=clock.now())
    return render(
        request,
        "matching/list.html",
        {
            **panels.section(request.actor, cards),
            "crumbs": panels.crumbs(listing),
            **panels.standing(listing, cards),
            "listing": listing,
            "absence_url": panels.absence_url(request.actor, listing),
            "off_since": automation.off_since(request.actor),
            "weak": None if weak is None else panels.section(request.actor, weak),
        },
    )


@require_safe
@signed_in_object_permission(Perm.READ)
def open_match(request: Request, uid: UUID, side: str) -> HttpResponse:
    """Note that a proposal was opened and go on to the listing at the named end."""
    proposal = _find(request, uid)
    if side not in panels.OTHER_SIDE:
        raise Http404
    actions.mark_opened(proposal, by=request.actor, now=clock.now())
    target = {"need": proposal.need, "achievement": proposal.achievement}[side]
    return redirect(f"{target.get_absolute_url()}?from=match&p={proposal.uid}")


def _find(request: Request, uid: UUID) -> Proposal:
    proposal = queries.find(request.actor, uid)
    if proposal is None:
        raise Http404
    return proposal


@require_safe
@permission(PUBLIC)
def how(request: Request) -> HttpResponse:
    """怎么算的: the model in plain words, its figures, and the right to question it."""
    person, using = request.actor.person_uid, models.in_use()
    return render(
        request,
        "matching/how.html",
        {
            "model": models.described(using),
            "learned": not using.is_shipped,
            "similarities": likeness.SIMILARITIES,
            "signals": (signals := models.signal_settings(using)),
            "talent": signals.markets["talent"],
            "bands": bands.bands(),
            **catalogue.reading(),
            "encoder": encoder.in_use(),
            "reasons": REASONS.values(),
            "limits": limits(),
            "cuts": queries.newest_cuts(),
            "days": DEADLINES["answer_question"],
            "off_since": automation.off_since(request.actor),
            "consented": person is not None and consent.has("person", person, SHOWING_CONSENT),
            "person": person,
        },
    )


@require_POST
@permission("signed-in")
def showing_consent(request: Request) -> HttpResponse:
    """Whether the reader's name may stand in the log of showings."""
    if request.POST.get("on") == "1":
        consent.accept(SHOWING_CONSENT, by=request.actor, now=clock.now())
    else:
        consent.take_back(SHOWING_CONSENT, by=request.actor, now=clock.now())
    messages.success(request, _("已保存您的选择。"))
    return redirect("match-how")
