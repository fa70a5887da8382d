"""What an address must answer, from its declared permission and the permission table alone.

The rule of the house: not signed in where one must be → the sign-in page (API 401); not visible → 404, as for what
does not exist; visible and not allowed → 403; otherwise the page. Nothing of a view or a query is asked here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mengkeju.directory.models import Invitation
from mengkeju.kernel.access import EVERYTHING, NOTHING, Actor, Grant, Membership, may, permissions
from mengkeju.kernel.models.webhook import WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.web.request import PUBLIC
from tests import factories as f
from tests.crawl import deals
from tests.crawl.world import World

FINE = frozenset({"200", "302", "409", "410", "422"})
"""Answers of who is let in. A redirect to the sign-in page is none of them: it is `sign-in`."""
LOGIN, HIDDEN, REFUSED, METHOD = "sign-in", "404", "403", "405"


@dataclass(frozen=True)
class Beyond:
    """What a page asks beside its declared permission, and why the declaration cannot say it.

    `post`: a permission that sending it asks; `holds`: else it is 403; `also`: of these a POST may be taken or refused.
    """

    why: str
    post: str = ""
    holds: Callable[[World, Actor], bool] = lambda _world, _actor: True
    also: Callable[[World, Actor], bool] = lambda _world, _actor: False


def _has_organisation(_world: World, actor: Actor) -> bool:
    return bool(actor.organisations)


def _is_of_the_firms(world: World, actor: Actor) -> bool:
    people = world.people
    return bool({people.firm.uid, people.stranger.uid, people.outside.uid} & actor.organisations)


def _may_send_tables(_world: World, actor: Actor) -> bool:
    return bool(actor.organisations) or actor.has_role("officer")


def _is_the_colleague(world: World, actor: Actor) -> bool:
    return bool(actor.person_uid == world.one("colleague", "colleague").uid)


def _may_submit(world: World, actor: Actor) -> bool:
    owned = bool({world.people.firm.uid, world.people.institute.uid} & actor.organisations)
    return owned and not actor.suspended


def _may_keep_the_platforms(world: World, actor: Actor) -> bool:
    return allowed(world, actor, "kernel.webhook:manage", None)


def _is_program(_world: World, actor: Actor) -> bool:
    return actor.person_uid is None


def _sent_it(world: World, actor: Actor) -> bool:
    return world.people.firm.uid in actor.organisations and not actor.suspended


def _owns_and_is_someone(world: World, actor: Actor) -> bool:
    return _has_organisation(world, actor) and actor.person_uid is not None


def _is_active(_world: World, actor: Actor) -> bool:
    return not actor.suspended


def _is_someone(_world: World, actor: Actor) -> bool:
    return actor.person_uid is not None


PERSONS_OWN = "a right of a person (个人信息保护法 art. 24): a program of an organisation has none"
IN_PERSON = "talks are led by people: a program of an organisation is refused"
READ_ONLY = "one page to read for both, changed by one of them"
OWN = "one's own page is open to everybody signed in, a suspended login may not change it"
BEYOND: dict[str, Beyond] = {
    "review": Beyond("the auditor reads reviews, the officer decides", "listings.listing:review"),
    "vocabulary": Beyond(READ_ONLY, "directory.vocabulary:edit"),
    "term": Beyond(READ_ONLY, "directory.vocabulary:edit"),
    "area": Beyond(READ_ONLY, "directory.vocabulary:edit"),
    "person": Beyond(READ_ONLY, "directory.role:grant"),
    "organisation-colleagues": Beyond("read by colleagues, invited by managers", "directory.colleague:invite"),
    "listing-create": Beyond("written for an organisation: who has none is told so, 403", holds=_has_organisation),
    "listing-guide-new": Beyond("as listing-create", holds=_has_organisation),
    "listing-guide": Beyond("as listing-edit", also=_may_submit),
    "diagnosis": Beyond("read by the enterprise and the officer, written by its broker", "listings.diagnosis:conclude"),
    "intention-declare": Beyond("declared for an organisation: who has none is told so, 403", holds=_has_organisation),
    "listing-meet": Beyond("asked for an organisation: who has none is told so, 403", holds=_has_organisation),
    "bottleneck-new": Beyond("as listing-create", holds=_has_organisation),
    "agenda-new": Beyond("set by platforms and firms: who belongs to none is told so, 403", holds=_is_of_the_firms),
    "import-new": Beyond("as listing-create; an officer sends the table of an office", holds=_may_send_tables),
    "colleague-change": Beyond("who leaves needs nobody's leave", also=_is_the_colleague),
    "listing-edit": Beyond("whose text comes too late gets it back on the page, 422", also=_may_submit),
    "webhook-new-platform": Beyond("asked on an endpoint that does not exist yet", holds=_may_keep_the_platforms),
    "create_listing": Beyond("as listing-create", holds=_has_organisation),
    "declare_intention": Beyond(IN_PERSON, holds=_owns_and_is_someone),
    "write_message": Beyond(IN_PERSON, also=_is_program),
    "answer_intention": Beyond(IN_PERSON, also=_is_program),
    "ask_about_match": Beyond(PERSONS_OWN, also=_is_program),
    "get_automated_matches": Beyond(PERSONS_OWN, holds=_is_someone),
    "set_automated_matches": Beyond(PERSONS_OWN, holds=_is_someone),
    "import-act": Beyond("what was imported is published by an officer, handed in by its people", also=_sent_it),
    "person-agree": Beyond(OWN, holds=_is_active),
    **{name: Beyond(why, also=also) for name, (why, also) in deals.BEYOND.items()},
    **dict.fromkeys(
        ("contract-statistics-close", "close_period"),
        Beyond(
            "asked on a closing that does not exist yet, of the area in the form",
            holds=lambda _world, actor: deals.may_close(actor, f.REGION),
            also=lambda _world, actor: deals.may_close(actor, f.KUNDULUN),
        ),
    ),
}
# On what a permission is asked where it is not the object the address names.
ASKED_ON: dict[str, Callable[[Any], Any]] = {
    "deals.helper:confirm": deals.helper_of,
    "deals.payment:confirm": deals.payment_of,
    **dict.fromkeys(("deals.milestone:report", "deals.milestone:accept", "deals.milestone:drop"), deals.milestone_of),
    "deals.landing:move": deals.landing_of,
    "directory.colleague:invite": lambda obj: obj.organisation if isinstance(obj, Invitation) else obj,
    "kernel.webhook:manage": lambda obj: (
        obj.endpoint
        if isinstance(obj, WebhookDelivery)
        else obj
        if isinstance(obj, WebhookEndpoint)
        else WebhookEndpoint(organisation=getattr(obj, "uid", None))
    ),
}
# A token lets a role through only with one of these scopes (kernel/api/README.md); nobody manages through a token.
THROUGH_TOKEN = {
    "officer": {"listings:review", "deals:read", "deals:write", "statistics:read", "statistics:write"},
    "registrar": {"registrations:read", "registrations:write", "statistics:read", "statistics:write"},
    "broker": {"matches:read", "matches:write", "intentions:write"},
}


def through_token(actor: Actor, scopes: set[str]) -> Actor:
    """Who a person is when a token speaks for him."""
    grants: tuple[Grant, ...] = tuple(g for g in actor.grants if THROUGH_TOKEN.get(g.role, set()) & scopes)
    members = tuple(Membership(**{**vars(m), "manager": False}) for m in actor.memberships)
    return Actor(**{**vars(actor), "grants": grants, "memberships": members})


def needs_object(permission: str, rich: Actor) -> bool:
    """Whether a rule looks at an object at all; `rich` holds every role and belongs to an organisation."""
    if permission in {PUBLIC, "signed-in"}:
        return False
    rule = dict(permissions())[permission]
    return any(p.q(rich) not in (EVERYTHING, NOTHING) for alternative in rule for p in alternative)


def allowed(world: World, actor: Actor, permission: str, obj: Any) -> bool:
    """The instance form of the rule, for an object of the world."""
    on = ASKED_ON.get(permission, lambda same: same)
    return world.once(actor, permission, obj, lambda: may(actor, permission, on(obj)))


@dataclass(frozen=True)
class Asked:
    """One request as the table judges it. `kind` of the object; `obj` None with a kind: it does not exist."""

    name: str
    permission: str
    method: str
    kind: str
    obj: Any
    transition: str = ""
    public: bool = False


def expected(world: World, asked: Asked, actor: Actor, rich: Actor) -> frozenset[str]:
    """The answers that are right."""
    permission, beyond = asked.permission, BEYOND.get(asked.name, Beyond(""))
    hidden = bool(asked.kind) and (asked.obj is None or not world.sees(actor, asked.kind, asked.obj))
    if permission == PUBLIC:
        return frozenset({HIDDEN}) if hidden else FINE
    on_object = permission != "signed-in" and bool(asked.kind) and needs_object(permission, rich)
    passes = not on_object or permission == world.read_permission(asked.kind) or (
        not hidden and allowed(world, actor, permission, asked.obj)
    )  # fmt: skip
    if not actor.is_authenticated and not (asked.public and not on_object and may(actor, permission)):
        return _for_visitor(on_object=on_object, hidden=hidden, passes=passes)
    if permission != "signed-in" and not needs_object(permission, rich) and not may(actor, permission):
        return frozenset({REFUSED, HIDDEN} if hidden else {REFUSED})
    if hidden and on_object:
        return frozenset({HIDDEN})
    refused = _asks_more(world, asked, beyond, actor, None if hidden else asked.obj)
    if hidden:
        return frozenset({REFUSED}) if refused else frozenset({HIDDEN})
    if asked.method == "POST" and beyond.also(world, actor):
        return FINE | {REFUSED}
    return frozenset({REFUSED}) if refused or not passes or not beyond.holds(world, actor) else FINE


def _for_visitor(*, on_object: bool, hidden: bool, passes: bool) -> frozenset[str]:
    if not on_object:
        return frozenset({LOGIN})
    if hidden:
        return frozenset({HIDDEN, LOGIN})
    return FINE if passes else frozenset({LOGIN})


def _asks_more(world: World, asked: Asked, beyond: Beyond, actor: Actor, obj: Any) -> bool:
    """Whether a POST is refused by what it asks beyond the declaration: a permission, or the transition's own."""
    if asked.method != "POST":
        return False
    if beyond.post and not allowed(world, actor, beyond.post, obj):
        return True
    workflow = subject_types[asked.kind].workflow if asked.kind in subject_types else None
    step = workflow.transitions.get(asked.transition) if workflow else None
    if step is None or obj is None:
        return False
    return not world.once(actor, f"moves {step.permission}", obj, lambda: may(actor, step.permission, obj))
