"""Who may do what: a permission is an OR of ANDs of predicates.

Every predicate has an instance form (`holds`) and a query form (`q`), and a test compares the two on
stored objects, so that a list and a page cannot disagree. Access is checked where data is read
(`visible_to`) and where it is written (`require`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models.record import Record
from mengkeju.kernel.words import Labelled, listed, word

Text = str | Promise
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Grant:
    """One role in one scope. An area grant carries the codes below it; an organisation grant its uid."""

    role: str
    scope: str
    area: str = ""
    areas_below: frozenset[str] = frozenset()
    organisation: UUID | None = None


@dataclass(frozen=True)
class Membership:
    """The organisation a person acts for, as the access rules need it.

    `limited`: a member from outside the region (区外), for whom the members' tier is not opened.
    """

    organisation: UUID
    name: str
    verified: bool
    manager: bool
    limited: bool = False


@dataclass(frozen=True)
class Actor:
    """Everything predicates may know about who is acting. Built by the directory; immutable."""

    account_id: int | None = None
    account_uid: UUID | None = None
    person_uid: UUID | None = None
    name: str = ""
    memberships: tuple[Membership, ...] = ()
    grants: tuple[Grant, ...] = ()
    suspended: bool = False
    system: bool = False
    second_factor_missing: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Signed in, or the platform itself."""
        return self.account_id is not None or self.system

    @property
    def organisations(self) -> frozenset[UUID]:
        """Organisations the person belongs to."""
        return frozenset(m.organisation for m in self.memberships)

    @property
    def managed_organisations(self) -> frozenset[UUID]:
        """Organisations the person manages."""
        return frozenset(m.organisation for m in self.memberships if m.manager)

    @property
    def verified_organisations(self) -> frozenset[UUID]:
        """Organisations of the person that an officer has verified."""
        return frozenset(m.organisation for m in self.memberships if m.verified)

    def in_order(self) -> "Actor":
        """The same person, were his account neither suspended nor without its second factor."""
        return replace(self, suspended=False, second_factor_missing=False)

    @property
    def is_full_member(self) -> bool:
        """Whether a verified organisation of the person has the full scope of members."""
        return any(m.verified and not m.limited for m in self.memberships)

    @property
    def primary_organisation(self) -> UUID | None:
        """The organisation acted for when nothing else is said: the first membership."""
        return self.memberships[0].organisation if self.memberships else None

    def has_role(self, *roles: str) -> bool:
        """Whether any grant carries one of the roles, whatever its scope."""
        return any(g.role in roles for g in self.grants)

    def areas_of(self, *roles: str) -> frozenset[str]:
        """All area codes on which one of the roles was granted, with the areas below."""
        return frozenset().union(*(g.areas_below for g in self.grants if g.role in roles))


ANONYMOUS = Actor()
SYSTEM = Actor(name="平台", system=True)


class RefusedError(PermissionError):
    """The act is not allowed. `rule` says which rule refuses, `who_may` who would be allowed."""

    def __init__(self, permission: str, rule: str, who_may: str) -> None:
        """All three are shown on the page."""
        super().__init__(f"{permission}: {rule}")
        self.permission, self.rule, self.who_may = permission, rule, who_may


@dataclass(frozen=True)
class Predicate:
    """A condition on actor and object: `holds` for one object, `q` for a queryset, the same truth."""

    name: str
    label: Text
    holds: Callable[[Actor, Any], bool] = field(compare=False)
    q: Callable[[Actor], Q] = field(compare=False)


EVERYTHING = Q()
NOTHING = Q(pk__in=())


ROLE_LABELS: dict[str, Labelled] = {}
"""Filled by the directory, which owns the roles."""


def _role_names(roles: tuple[str, ...]) -> str:
    return listed([word(ROLE_LABELS[r]) if r in ROLE_LABELS else r for r in roles])


_in_words = lazy(_role_names, str)


def actor_only(name: str, label: Text, test: Callable[[Actor], bool]) -> Predicate:
    """A predicate that looks at the actor alone."""
    return Predicate(name, label, lambda actor, _obj: test(actor), lambda actor: EVERYTHING if test(actor) else NOTHING)


anyone = actor_only("anyone", _("任何人"), lambda _actor: True)
is_signed_in = actor_only("is_signed_in", _("已登录"), lambda a: a.is_authenticated)
is_active = actor_only(
    "is_active",
    _("账号未被暂停、二次验证已就绪"),
    lambda a: a.system or (a.is_authenticated and not a.suspended and not a.second_factor_missing),
)
is_system = actor_only("is_system", _("平台自身"), lambda a: a.system)


def has_role(*roles: str) -> Predicate:
    """Holds one of the roles in any scope."""
    return actor_only(f"has_role({','.join(roles)})", _in_words(roles), lambda a: a.has_role(*roles))


def over_area(*roles: str, area: str = "area", zone: str = "") -> Predicate:
    """Holds one of the roles over the area the object lies in.

    `area` and `zone` are attribute paths in Django's double-underscore form; a zone officer is over
    the objects of the zone, an officer of a division over everything below it.
    """
    paths = [area, zone] if zone else [area]

    def holds(actor: Actor, obj: Any) -> bool:
        codes = actor.areas_of(*roles)
        return bool(codes) and any(_follow(obj, path) in codes for path in paths)

    def q(actor: Actor) -> Q:
        codes = actor.areas_of(*roles)
        if not codes:
            return NOTHING
        found = Q()
        for path in paths:
            found |= Q(**{f"{path}__in": codes})
        return found

    label = format_lazy(_("本地区及上级的{roles}"), roles=_in_words(roles))
    return Predicate(f"over_area({','.join(roles)};{','.join(paths)})", label, holds, q)


def of_organisation(path: str, label: Text, which: str = "organisations") -> Predicate:
    """Belongs to the organisation whose uid stands at `path`.

    `which` names the actor's set: organisations, managed_organisations or verified_organisations.
    """
    return Predicate(
        f"of_organisation({path};{which})",
        label,
        lambda actor, obj: (uid := _follow(obj, path)) is not None and uid in getattr(actor, which),
        lambda actor: Q(**{f"{path}__in": getattr(actor, which)}) if getattr(actor, which) else NOTHING,
    )


def outside_organisation(path: str, label: Text) -> Predicate:
    """Belongs not to the organisation whose uid stands at `path`; holds where none stands there."""
    return Predicate(
        f"outside_organisation({path})",
        label,
        lambda actor, obj: _follow(obj, path) not in actor.organisations,
        lambda actor: ~Q(**{f"{path}__in": actor.organisations}) if actor.organisations else EVERYTHING,
    )


def where(name: str, label: Text, **values: Any) -> Predicate:
    """A condition on the object alone: attribute paths equal a value, or lie in it when it is a tuple."""

    def holds(_actor: Actor, obj: Any) -> bool:
        return all(
            (_follow(obj, path) in value) if isinstance(value, tuple) else _follow(obj, path) == value
            for path, value in values.items()
        )

    condition = Q(**{f"{p}__in" if isinstance(v, tuple) else p: v for p, v in values.items()})
    return Predicate(name, label, holds, lambda _actor: condition)


def _follow(obj: Any, path: str) -> Any:
    for name in path.split("__"):
        if obj is None:
            return None
        obj = getattr(obj, name)
    return obj


Rule = tuple[tuple[Predicate, ...], ...]
_rules: Registry[Rule] = Registry("permissions")


def register(table: dict[str, Rule]) -> None:
    """Add a capability's permission table. A permission registered twice fails at start."""
    for permission, rule in table.items():
        _rules.register(str(permission), rule)


def permissions() -> list[tuple[str, Rule]]:
    """Every permission with its rule, for the generated document and the tests."""
    return sorted(_rules.items())


def describe(rule: Rule) -> str:
    """The rule in the reader's words: alternatives joined by “；或”."""
    return gettext("；或 ").join(gettext(" 且 ").join(str(p.label) for p in alternative) for alternative in rule)


def may(actor: Actor, permission: str, obj: Any = None) -> bool:
    """Whether the actor has the permission on the object (None for permissions without object)."""
    return any(all(p.holds(actor, obj) for p in alternative) for alternative in _rules[str(permission)])


def require(actor: Actor, permission: str, obj: Any = None) -> None:
    """Raise RefusedError with rule and who may, unless `may`."""
    if may(actor, permission, obj):
        return
    # An active account is said only to those who lack one: it is no news to the others.
    rule = describe(tuple(tuple(p for p in both if p is not is_active) or both for both in _rules[str(permission)]))
    reason = gettext("需要：%(rule)s") % {"rule": rule}
    hindered = actor.suspended or actor.second_factor_missing
    lets = hindered and may(actor.in_order(), permission, obj)  # only the account is in the way, not the rule
    if actor.suspended:
        reason = gettext("账号已被暂停，只能查看公开内容")
        rule = gettext("您本人，账号恢复之后；请联系平台的安全管理员") if lets else rule
    elif actor.second_factor_missing:
        reason = gettext("您的角色必须先启用二次验证")
        rule = gettext("您本人，启用二次验证之后") if lets else rule
    raise RefusedError(str(permission), reason, rule)


def visible_q(actor: Actor, permission: str) -> Q:
    """The condition under which the actor has the permission on a row."""
    total = NOTHING
    for alternative in _rules[str(permission)]:
        both = EVERYTHING
        for predicate in alternative:
            both &= predicate.q(actor)
        if both == EVERYTHING:
            return EVERYTHING
        total |= both
    return total


def visible_to(queryset: QuerySet[M], actor: Actor, permission: str) -> QuerySet[M]:
    """The rows on which the actor has the permission, without the archived ones.

    Rows may repeat only if predicates join; they must not. Who needs archived rows filters by `visible_q`.
    """
    if issubclass(queryset.model, Record):
        queryset = queryset.filter(archived_at=None)
    return queryset.filter(visible_q(actor, permission))


def any_of(*predicates: Predicate) -> Rule:
    """A rule of single-predicate alternatives."""
    return tuple((p,) for p in predicates)
