"""Pages and answers of matching."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, consent
from mengkeju.kernel.access import RefusedError, require
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.listings import queries as listings
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import SHOWING_CONSENT, limits
from mengkeju.matching.engine import bands, likeness
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import models
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


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def dismiss(request: Request, uid: UUID) -> HttpResponse:
    """暂不考虑 with its reason, for the actor's own organisation."""
    proposal = _find(request, uid)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    try:
        actions.dismiss(proposal, _organisation(request, proposal), reason, note, by=request.actor, now=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记下：暂不考虑。只有本单位看得到，可以随时撤回。"))
    return _back(request, proposal)


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def restore(request: Request, uid: UUID) -> HttpResponse:
    """Take 暂不考虑 back."""
    proposal = _find(request, uid)
    if actions.restore(proposal, _organisation(request, proposal), by=request.actor, now=clock.now()):
        messages.success(request, _("已撤回，这一项回到推荐里。"))
    return _back(request, proposal)


def _find(request: Request, uid: UUID) -> Proposal:
    proposal = queries.find(request.actor, uid)
    if proposal is None:
        raise Http404
    return proposal


def _organisation(request: Request, proposal: Proposal) -> Organisation:
    """On whose behalf; refused (403) when the actor acts for no side."""
    require(request.actor, Perm.FEEDBACK, proposal)
    found = queries.feedback_organisation(request.actor, proposal)
    if found is None:  # `require` has refused this; said again for the type checker
        raise RefusedError(Perm.FEEDBACK, _("您不是任何一方单位的人员"), _("任一方单位人员"))
    return found


def _back(request: Request, proposal: Proposal) -> HttpResponse:
    """To the list the form stood on, if the posted listing is one of the two."""
    own = next((x for x in (proposal.need, proposal.achievement) if str(x.uid) == request.POST.get("listing")), None)
    address = reverse("listing-matches", args=[(own or proposal.need).uid])
    return redirect(f"{address}#match-{proposal.uid}")


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
            "reasons": REASONS.values(),
            "limits": limits(),
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
