"""暂不考虑 and 合适 on a card, and the answer that says what the list made of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.words import word
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.engine import judged
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries import judgements


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def dismiss(request: Request, uid: UUID) -> HttpResponse:
    """暂不考虑 with its reason, for the actor's own organisation or, without one, himself."""
    proposal = _find(request, uid)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    judge, side = _judge(request, proposal), _side(request, proposal)
    try:
        said = actions.dismiss(proposal, judge, reason, note, side=side, by=request.actor, now=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{_noted(request.actor)}{what_moved(said)}")
    return _back(request, proposal)


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def restore(request: Request, uid: UUID) -> HttpResponse:
    """Take 暂不考虑 back."""
    proposal = _find(request, uid)
    if actions.restore(proposal, _judge(request, proposal), by=request.actor, now=clock.now()):
        messages.success(request, _("已撤回，这一项回到推荐里，因它移动的各项回到原处。"))
    return _back(request, proposal)


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def approve(request: Request, uid: UUID) -> HttpResponse:
    """合适: a light good word."""
    proposal = _find(request, uid)
    judge, side = _judge(request, proposal), _side(request, proposal)
    try:
        said = actions.approve(proposal, judge, side=side, by=request.actor, now=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, what_moved(said))
    return _back(request, proposal)


@require_POST
@signed_in_object_permission(Perm.FEEDBACK)
def unapprove(request: Request, uid: UUID) -> HttpResponse:
    """Take 合适 back."""
    proposal = _find(request, uid)
    if actions.unapprove(proposal, _judge(request, proposal), by=request.actor, now=clock.now()):
        messages.success(request, _("已撤回“合适”，因它移动的各项回到原处。"))
    return _back(request, proposal)


def _noted(actor: Actor) -> str:
    if actor.organisations:
        return _("已记下：暂不考虑。只有本单位看得到，可以随时撤回。")
    return _("已记下：暂不考虑。只有您看得到，可以随时撤回。")


def what_moved(said: Feedback) -> str:
    """One sentence: what the word did to the list it was said from."""
    found, waits = judgements.effect(said), queries.is_waiting(getattr(said.proposal, said.side))
    if said.verdict == "suits":
        moved = ngettext("%(n)s 项与它相近的加分", "%(n)s 项与它相近的加分", found.up) % {"n": found.up}
        return _("已标为合适：%(moved)s。") % {"moved": moved if found.up else _nothing(waits=waits)}
    reason = REASONS[said.reason]
    if reason.acts_on not in judged.ACTING:
        return _("“%(reason)s”不说明别的推荐好坏，其余次序不变。") % {"reason": word(reason)}
    return _("已按“%(reason)s”调整次序：%(moved)s。") % {
        "reason": word(reason),
        "moved": _moved(reason.acts_on, found) or _nothing(waits=waits),
    }


def _nothing(*, waits: bool) -> str:
    return _("后台重新匹配后生效") if waits else _("没有因此明显加减分的，次序基本不变")


def _moved(acts_on: str, found: judgements.Effect) -> str:
    if not found.down:
        return ""
    said = {
        judged.TOPIC: ngettext("%(n)s 项与它相近的减分", "%(n)s 项与它相近的减分", found.down),
        judged.MATURITY: ngettext("%(n)s 项同样早或时间偏紧的减分", "%(n)s 项同样早或时间偏紧的减分", found.down),
        judged.TERMS: ngettext("%(n)s 项报价或时间偏紧的减分", "%(n)s 项报价或时间偏紧的减分", found.down),
    }
    return said[acts_on] % {"n": found.down}


def _find(request: Request, uid: UUID) -> Proposal:
    proposal = queries.find(request.actor, uid)
    if proposal is None:
        raise Http404
    return proposal


def _judge(request: Request, proposal: Proposal) -> Organisation | None:
    """On whose behalf; refused (403) when the actor is of no side and no broker."""
    require(request.actor, Perm.FEEDBACK, proposal)
    return judgements.judge_of(request.actor, proposal)


def _looked_at(request: Request, proposal: Proposal) -> Listing:
    """The listing whose list the form stood on, if the posted one is one of the two; else the need."""
    posted = request.POST.get("listing")
    return proposal.achievement if posted == str(proposal.achievement.uid) else proposal.need


def _side(request: Request, proposal: Proposal) -> str:
    return proposal.side_of(_looked_at(request, proposal))


def _back(request: Request, proposal: Proposal) -> HttpResponse:
    address = reverse("listing-matches", args=[_looked_at(request, proposal).uid])
    return redirect(f"{address}#match-{proposal.uid}")
