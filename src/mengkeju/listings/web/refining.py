"""What a need's own page says while it is refined or tracked, and the panels that belong to it. Nothing here writes."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel import duties
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS
from mengkeju.listings.models import Diagnosis, Listing
from mengkeju.listings.web.guide_pages import meter

STATES = ("refining", "tracking")


def own_next(actor: Actor, listing: Listing) -> dict[str, Any] | None:
    """The one next step of owner or broker; None for everybody else."""
    diagnosis = queries.last_diagnosis(listing)
    if diagnosis is None or not may(actor, Perm.DIAGNOSIS_READ, diagnosis):
        return None
    if listing.state == "tracking":
        return _tracked(actor, listing, diagnosis)
    duty = duties.open_on(diagnosis).first()
    mine = duty is not None and duties.is_mine(actor, duty)
    made = {"due": duty.due_on if duty is not None else None, "url": diagnosis.get_absolute_url()}
    match diagnosis.state:
        case "open" if may(actor, Perm.DIAGNOSIS_CLAIM, diagnosis):
            return made | {"tone": "wait", "title": _("认领并诊断这条需求"), "label": _("去认领")}
        case "claimed" if mine:
            return made | {"tone": "wait", "title": _("完成诊断"), "label": _("去写诊断意见")}
        case "proposed" if mine:
            words = {"title": _("确认公开的文字"), "label": _("去确认")}
            return made | words | {"tone": "wait", "after": _("您确认之前，经纪人写的文字不公开。")}
    return {
        "tone": "go",
        "kicker": _("待凝练"),
        "title": _("等经纪人认领") if diagnosis.state == "open" else word(DIAGNOSIS.states[diagnosis.state]),
        "due": made["due"],
        "after": _("经纪人把难题问清楚以后，公开的文字由企业确认。"),
    }


def _tracked(actor: Actor, listing: Listing, diagnosis: Diagnosis) -> dict[str, Any]:
    if may(actor, Perm.DIAGNOSE, listing):
        return {
            "tone": "go",
            "kicker": _("长期跟踪"),
            "title": _("条件变了，可以重新凝练"),
            "url": reverse("listing-take-up", args=[listing.uid]),
            "label": _("重新凝练"),
            "post": True,
        }
    return {
        "tone": "go",
        "kicker": _("长期跟踪"),
        "title": _("现在还没有办法，平台继续留意"),
        "url": diagnosis.get_absolute_url(),
        "label": _("看诊断意见"),
        "after": _("情况有变化时，企业可以重新编辑，经纪人也可以重新凝练。"),
    }


def completeness_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """How complete the need is stated: for its owner's people, and for the broker who refines it."""
    own = listing.owner is not None and listing.owner.uid in actor.organisations
    refines = listing.state in STATES and may(actor, Perm.DIAGNOSE, listing)
    if (not own and not refines) or listing.state in {"closed", "withdrawn"}:
        return None
    made = meter(listing, completeness.measure(listing.kind, listing.values))
    return {"meter": made} if made is not None else None


def diagnosis_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The rounds of diagnosis, for those who may read them."""
    newest = queries.last_diagnosis(listing) if listing.kind_spec.topics else None
    if newest is None or not may(actor, Perm.DIAGNOSIS_READ, newest):
        return None
    rows = [
        {"url": one.get_absolute_url(), "round": one.round, "state": word(DIAGNOSIS.states[one.state])}
        for one in (newest, *queries.rounds_of(newest))
    ]
    return {"rows": rows}


def waiting_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a broker: how many diagnoses can be claimed."""
    if not actor.has_role("broker"):
        return None
    return {
        "label": _("待认领的诊断"),
        "count": queries.diagnoses(actor, queries.DiagnosisFilter(show="open")).count(),
        "url": f"{reverse('diagnoses')}?show=open",
        "tone": "wait",
    }
