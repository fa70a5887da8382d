"""What the pages of an achievement's parts show. Nothing here writes but `add_named`, one call into an action."""

from typing import Any

from django.core.paginator import Page as Portion
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.engine.participations import PARTS
from mengkeju.listings.models import Application, Listing, Participation
from mengkeju.listings.queries import Goal, Presented
from mengkeju.listings.web.part_forms import ParticipantForm
from mengkeju.listings.web.part_pages import Page


def step_page(listing: Listing) -> Page:
    """Words of the form of a rung."""
    return Page(
        _("记一级成熟度"),
        _("从实验室到产线，每达到一级记一条，写清日期和证据。成果的成熟度以日期最晚的一条为准。"),
        _("记下这一级"),
        reverse("listing-step", args=[listing.uid]),
        f"{listing.get_absolute_url()}#ladder",
        files=True,
    )


def application_page(listing: Listing, row: Application | None = None) -> Page:
    """Words of the form of a case."""
    url = reverse("application", args=[row.uid]) if row else reverse("listing-application", args=[listing.uid])
    return Page(
        _("修改应用案例") if row else _("添加应用案例"),
        _("谁在用、用在哪里、多大规模、从什么时候起。第一家之后再有单位采用，或者扩产，都接着记。"),
        _("保存"),
        url,
        f"{listing.get_absolute_url()}#applications",
    )


def registration_page(listing: Listing) -> Page:
    """Words of the form of 成果登记."""
    return Page(
        _("成果登记"),
        _("照登记证书填写。登记号由登记机构给出，平台只核对格式，不生成。"),
        _("保存"),
        reverse("listing-registration", args=[listing.uid]),
        f"{listing.get_absolute_url()}#registration",
    )


def first_offer_page(listing: Listing) -> Page:
    """Words of the form of the window."""
    return Page(
        _("本地优先期"),
        _("可以不设。设了以后，从发布之日起的若干天里只有所选地区的单位可以表意向，到期自动向所有单位开放。"),
        _("保存"),
        reverse("listing-first-offer", args=[listing.uid]),
        listing.get_absolute_url(),
    )


def first_offer_start(listing: Listing) -> dict[str, Any]:
    """The window as it is set, or none."""
    window = queries.window_of(listing, clock.today())
    if window is None:
        return {"days": 0, "area": listing.area}
    return {"days": window.days, "area": window.area}


def add_named(actor: Actor, listing: Listing, form: ParticipantForm) -> Participation:
    """One more on the list as the form says: a colleague, an organisation of that name, or a name."""
    given = form.given()
    people = Person.objects.filter(uid=given["person"]) if given["person"] else Person.objects.none()
    part = PARTS.get(given["role"])
    found = list(Organisation.objects.filter(name=given["name"].strip() or None, archived_at=None)[:2])
    organisation = found[0] if len(found) == 1 and part is not None and not part.people else None
    stated = actions.ParticipantInput(
        role=given["role"],
        name=given["name"],
        email=given["email"],
        person=people.first(),
        organisation=organisation,
    )
    return actions.add_participant(listing, stated, by=actor, now=clock.now(), secrecy_reviewed=form.reviewed)


def team_context(actor: Actor, listing: Listing, form: ParticipantForm) -> dict[str, Any]:
    """The list with its buttons, and the form for one more."""
    return {
        "listing": listing,
        "form": form,
        "team": queries.team(listing, actor),
        "crumbs": [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (_("署名名单"), "")],
    }


def participation_context(actor: Actor, row: Participation) -> dict[str, Any]:
    """The page a person answers on. He may not be able to read the listing itself: then only its title is named."""
    listing = row.listing
    return {
        "row": row,
        "listing": listing,
        "part": word(PARTS[row.role]) if row.role in PARTS else row.role,
        "readable": may(actor, Perm.READ, listing),
        "mine": may(actor, PartPerm.PARTICIPATION_ANSWER, row),
        "named": row.person.name if row.person else row.organisation.name if row.organisation else row.name,
        "crumbs": [(_("首页"), reverse("home")), (_("我的任务"), reverse("workbench")), (_("署名确认"), "")],
    }


def goals_context(actor: Actor) -> dict[str, Any]:
    """All goals as a table."""
    rows = [
        {
            "cells": [
                {"value": goal.label, "url": reverse("goal", args=[goal.key]), "header": True, "label": _("政策目标")},
                {"value": goal.count, "numeric": True, "label": _("已发布的条目")},
                {"value": goal.source, "label": _("出处")},
            ]
        }
        for goal in queries.goals(actor)
    ]
    columns = [{"label": _("政策目标")}, {"label": _("已发布的条目"), "numeric": True}, {"label": _("出处")}]
    return {"rows": rows, "columns": columns, "crumbs": [(_("首页"), reverse("home")), (_("政策目标"), "")]}


def goal_context(goal: Goal, page: Portion[Listing], rows: list[Presented]) -> dict[str, Any]:
    """One goal and what carries it."""
    crumbs = [(_("首页"), reverse("home")), (_("政策目标"), reverse("goals")), (goal.label, "")]
    return {"goal": goal, "page": page, "rows": rows, "crumbs": crumbs}
