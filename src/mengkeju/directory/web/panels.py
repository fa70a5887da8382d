"""What the directory shows on the workbench: counts that link to the list they count; and who sees which entry."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import Organisation
from mengkeju.directory.web.outside import OpeningForm
from mengkeju.kernel import clock, jobs
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.words import word

TONES = {"unverified": "wait", "submitted": "go", "verified": "done", "refused": "over"}


def waiting_organisations(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: organisations that wait for verification."""
    if not may(actor, Perm.VERIFICATION_READ) or not actor.has_role("officer"):
        return None
    return {
        "label": _("待核验单位"),
        "count": queries.verification_queue(actor).count(),
        "tone": "wait",
        "url": reverse("verification-queue"),
    }


def own_organisation(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member whose organisation is not verified: in which state it stands."""
    mine = [o for o in queries.my_organisations(actor) if not o.verified]
    if not mine:
        return None
    state = mine[0].state
    return {
        "label": _("家单位%(state)s") % {"state": word(ORGANISATION.states[state])},
        "count": len(mine),
        "tone": TONES[state],
        "url": mine[0].get_absolute_url(),
    }


def no_organisation(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a person without organisation and role: where to begin."""
    if actor.memberships or actor.grants or not actor.is_authenticated:
        return None
    return {"url": reverse("directory-start")}


def failed_jobs(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For the operator: jobs that were given up."""
    if not may(actor, Perm.JOBS_RUN):
        return None
    count = len(jobs.failed())
    return {"label": _("失败的后台任务"), "count": count, "url": reverse("jobs"), "tone": "over" if count else "done"}


def outside(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an organisation outside the region, for its people, its officers and the auditor: the scope it has."""
    if not is_outside(organisation.area) or not may(actor, Perm.COLLEAGUE_READ, organisation):
        return None
    may_open = may(actor, Perm.MEMBERS_OPEN, organisation)
    return {
        "organisation": organisation,
        "opening": queries.opening_of(organisation, clock.today()),
        "may_open": may_open,
        "form": OpeningForm(auto_id="opening-%s") if may_open else None,
    }


def sees(permission: str) -> Callable[[HttpRequest], bool]:
    """A navigation entry for those who have a permission."""
    return lambda request: may(getattr(request, "actor", ANONYMOUS), permission)


def belongs(request: HttpRequest) -> bool:
    """A navigation entry for members of an organisation."""
    return bool(getattr(request, "actor", ANONYMOUS).memberships)


def acts(request: HttpRequest) -> bool:
    """A navigation entry for everybody who is signed in."""
    return bool(getattr(request, "actor", ANONYMOUS).is_authenticated)
