"""Reads of the directory: areas, terms, organisations, people. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from mengkeju.directory.access import Perm
from mengkeju.directory.engine import tokens as secrets
from mengkeju.directory.engine.regions import CITIES, OUTSIDE, REGION, is_outside
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.engine.terms import PURPOSE
from mengkeju.directory.models import (
    ApiToken,
    Area,
    Invitation,
    Membership,
    MembersOpening,
    Organisation,
    Person,
    RoleGrant,
    Term,
    Vocabulary,
)
from mengkeju.directory.queries import bodies as _bodies
from mengkeju.directory.queries import called as _called
from mengkeju.directory.queries import vocabulary as _vocabulary
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import Account, Consent, Event

broker_called = _called.broker_called
organisation_called = _called.organisation_called
verified_organisation = _called.verified_organisation
was_body = _bodies.was_body
term_choices = _vocabulary.term_choices
term_labels = _vocabulary.term_labels
terms = _vocabulary.terms
terms_below = _vocabulary.terms_below


def codes_below(code: str) -> frozenset[str]:
    """The code and every area below it (divisions and zones). An unknown code gives itself only."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        return frozenset({code})
    return frozenset(Area.objects.filter(path__startswith=area.path).values_list("code", flat=True))


def codes_above(code: str) -> list[str]:
    """The codes from the root down to `code`, itself included."""
    area = Area.objects.filter(code=code).first()
    return [part for part in area.path.split("/") if part] if area else [code]


def outside_codes() -> frozenset[str]:
    """The province-level divisions outside the region (区外)."""
    provinces = Area.objects.filter(kind="province").values_list("code", flat=True)
    return frozenset(code for code in provinces if is_outside(code))


def codes_in_charge(code: str, role: str) -> frozenset[str]:
    """The areas a role granted over `code` is over: those below, for the region's officer the outside places too."""
    if code == REGION and role == Role.OFFICER:
        return codes_below(code) | outside_codes()
    return codes_below(code)


def codes_in_charge_of(code: str) -> list[str]:
    """The codes an officer of which is over `code`: those above; of a place outside the region also the region."""
    return [*codes_above(code), *([REGION] if is_outside(code) else [])]


def limited(organisations: Iterable[Organisation], on: date) -> frozenset[UUID]:
    """Of these the ones outside the region for which the members' tier is not open on a day."""
    outside = {o.pk: o.uid for o in organisations if is_outside(o.area)}
    if not outside:
        return frozenset()
    opened = MembersOpening.objects.filter(organisation__in=outside, ended_at=None, until__gte=on)
    return frozenset(outside.values()) - set(opened.values_list("organisation__uid", flat=True))


def opening_of(organisation: Organisation, on: date) -> MembersOpening | None:
    """The opening of the members' tier in force on a day."""
    return organisation.members_openings.filter(ended_at=None, until__gte=on).first()


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Full names by code, below the region: “包头市 · 土默特右旗”; outside it “区外 · 北京市”."""
    wanted = set(codes)
    paths = dict(Area.objects.filter(code__in=wanted).values_list("code", "path"))
    parts = {c for p in paths.values() for c in p.split("/") if c}
    rows = {a.code: a for a in Area.objects.filter(code__in=parts)}
    names = {}
    for code, path in paths.items():
        line = [rows[c] for c in path.split("/") if c]
        shown = [a.word for a in line if a.kind not in {"country", "province"}] or [line[-1].word]
        names[code] = " · ".join([gettext("区外"), *shown] if is_outside(code) else shown)
    return names


def city_of(code: str) -> str:
    """The prefecture code above an area, or the code itself when it has none."""
    above = codes_above(code)
    found = Area.objects.filter(code__in=above, kind="prefecture").values_list("code", flat=True).first()
    return found or code


def cities() -> list[Area]:
    """The two cities of the network, in order of code."""
    return list(Area.objects.filter(code__in=CITIES).order_by("code"))


def area_choices(*, zones: bool = False) -> list[tuple[str, str]]:
    """Valid areas for a select, indented by level; zones only when asked, else divisions only."""
    rows = Area.objects.filter(valid_to=None)
    rows = rows.filter(kind="zone") if zones else rows.exclude(kind="zone")
    return [(a.code, "　" * max(a.path.count("/") - 3, 0) + a.word) for a in rows.order_by("path")]


def synonym_groups() -> list[tuple[str, ...]]:
    """Every term of fields, clusters and technical words with its synonyms, for search and matching."""
    spoken = ["field", "cluster", "word"]
    rows = Term.objects.filter(vocabulary__key__in=spoken, retired_on=None).prefetch_related("synonyms")
    return [(t.label, *(s.text for s in t.synonyms.all())) for t in rows]


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Organisations the actor may see."""
    return visible_to(Organisation.objects.all(), actor, Perm.ORGANISATION_READ)


def organisation(uid: UUID) -> Organisation:
    """One organisation by uid, for actions that then `require`. Raises DoesNotExist."""
    return Organisation.objects.get(uid=uid)


@dataclass(frozen=True)
class OrganisationFilter:
    """What a list of organisations is asked for; empty = all. `area` with everything below it, or OUTSIDE."""

    q: str = ""
    area: str = ""
    kind: str = ""
    verified: bool | None = None


def find_organisations(actor: Actor, asked: OrganisationFilter) -> QuerySet[Organisation]:
    """Organisations the actor may see, by name or exact code, place, kind and verification."""
    rows = organisations(actor)
    if asked.q:
        rows = rows.filter(Q(name__icontains=asked.q) | Q(name_en__icontains=asked.q) | Q(credit_code=asked.q))
    if asked.area:
        below = outside_codes() if asked.area == OUTSIDE else codes_below(asked.area)
        rows = rows.filter(Q(area__in=below) | Q(zone__in=below))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.verified is not None:
        rows = rows.filter(state="verified") if asked.verified else rows.exclude(state="verified")
    return rows


def my_organisations(actor: Actor) -> list[Organisation]:
    """The actor's organisations, in the order of the memberships."""
    rows = {o.uid: o for o in Organisation.objects.filter(uid__in=actor.organisations)}
    return [rows[m.organisation] for m in actor.memberships if m.organisation in rows]


def person_of(actor: Actor) -> Person | None:
    """The actor's own person record."""
    return Person.objects.filter(uid=actor.person_uid).first() if actor.person_uid else None


@dataclass(frozen=True)
class ContactCard:
    """What one side of an agreed intention sees of the other."""

    name: str
    position: str
    phone: str
    email: str


def contact_card(person: Person) -> ContactCard:
    """A person's contact, for readers already entitled to it."""
    email = person.account.email if person.account else ""
    return ContactCard(person.name, person.position, person.phone, email)


def colleagues(organisation: Organisation) -> QuerySet[Membership]:
    """Open memberships of an organisation with person and account."""
    return organisation.memberships.filter(ended_at=None).select_related("person", "person__account").order_by("pk")


def verification_queue(actor: Actor, state: str = "submitted") -> QuerySet[Organisation]:
    """Organisations in a state that the actor may verify (the auditor: may read), the longest waiting first."""
    rows = Organisation.objects.filter(state=state, archived_at=None).order_by("state_at", "pk")
    if actor.has_role(Role.AUDITOR):
        return rows
    return visible_to(rows, actor, Perm.ORGANISATION_VERIFY)


def find_organisation(actor: Actor, uid: UUID) -> Organisation | None:
    """One organisation if the actor may see it."""
    return organisations(actor).filter(uid=uid).first()


def membership_of(organisation: Organisation, person_uid: UUID) -> Membership | None:
    """The open membership of a person in an organisation."""
    return colleagues(organisation).select_related("organisation").filter(person__uid=person_uid).first()


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Invitations nobody has accepted or withdrawn, newest first; expired ones too, so that they can be renewed."""
    return organisation.invitations.filter(accepted_at=None, withdrawn_at=None).order_by("-created_at")


def find_open_invitation(actor: Actor, uid: UUID) -> Invitation | None:
    """An open invitation of an organisation the actor manages."""
    rows = visible_to(Invitation.objects.all(), actor, Perm.INVITATION_READ).select_related("organisation")
    return rows.filter(uid=uid, accepted_at=None, withdrawn_at=None).first()


def people(actor: Actor, text: str = "") -> QuerySet[Person]:
    """People the actor may look up, with accounts and open roles; `text` in name, user name or e-mail."""
    rows = visible_to(Person.objects.filter(archived_at=None), actor, Perm.PEOPLE_READ)
    rows = rows.select_related("account").order_by("name", "pk")
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(account__username__icontains=text) | Q(account__email__icontains=text)
        )
    return rows


def open_grants() -> QuerySet[RoleGrant]:
    """Roles in force, by role and area."""
    return (
        RoleGrant.objects.filter(revoked_at=None).select_related("person", "granted_by").order_by("role", "area", "pk")
    )


def find_grant(uid: UUID) -> RoleGrant | None:
    """A role in force."""
    return open_grants().filter(uid=uid).first()


def consent_version(person: Person) -> str:
    """The version of the terms the person has agreed to; empty for none."""
    found = Consent.objects.filter(giver_type="person", giver_uid=person.uid, purpose=PURPOSE, withdrawn_at=None)
    return found.values_list("text_version", flat=True).first() or ""


def vocabularies() -> QuerySet[Vocabulary]:
    """All vocabularies."""
    return Vocabulary.objects.order_by("pk")


def vocabulary_sizes() -> dict[str, int]:
    """How many terms in use, by vocabulary key."""
    in_use = Count("terms", filter=Q(terms__retired_on=None))
    return dict(Vocabulary.objects.annotate(size=in_use).values_list("key", "size"))


def areas(text: str = "") -> QuerySet[Area]:
    """All areas in tree order; `text` in name or code."""
    rows = Area.objects.select_related("parent")
    return rows.filter(Q(name__icontains=text) | Q(code__icontains=text)) if text else rows


@dataclass(frozen=True)
class RecordFilter:
    """What the auditor asks the record for; empty = all. `actor` a uid of a login, days in Asia/Shanghai."""

    kind: str = ""
    subject_type: str = ""
    subject_uid: UUID | None = None
    actor: UUID | None = None
    since: date | None = None
    until: date | None = None


def record(asked: RecordFilter) -> QuerySet[Event]:
    """Events of the record, newest first, with their payloads and seals."""
    rows = Event.objects.select_related("payload", "seal").order_by("-id")
    if asked.kind:
        rows = rows.filter(type__startswith=asked.kind)
    if asked.subject_type:
        rows = rows.filter(subject_type=asked.subject_type)
    if asked.subject_uid:
        rows = rows.filter(subject_uid=asked.subject_uid)
    if asked.actor:
        rows = rows.filter(actor_account=asked.actor)
    if asked.since:
        rows = rows.filter(at__gte=clock.end_of(asked.since - timedelta(days=1)))
    if asked.until:
        rows = rows.filter(at__lt=clock.end_of(asked.until))
    return rows


def find_event(uid: UUID) -> Event | None:
    """One event with payload and seal."""
    return Event.objects.select_related("payload", "seal").filter(uid=uid).first()


@dataclass(frozen=True)
class LockedOut:
    """Failed sign-ins under one name from one address; `locked` once the limit is reached."""

    username: str
    ip_address: str
    failures: int
    at: datetime
    locked: bool
    person: Person | None


def lockouts() -> list[LockedOut]:
    """Names with failed sign-ins that still count, the latest first, with the person they belong to."""
    rows = list(AccessAttempt.objects.order_by("-attempt_time")[:200])
    names = {row.username for row in rows}
    known: dict[str, Person] = {}
    found = Person.objects.filter(Q(account__username__in=names) | Q(account__email__in=names))
    for person in found.select_related("account"):
        if person.account is not None:
            known[person.account.username] = known[person.account.email] = person
    limit = settings.AXES_FAILURE_LIMIT
    return [
        LockedOut(
            row.username,
            row.ip_address or "",
            row.failures_since_start,
            row.attempt_time,
            row.failures_since_start >= limit,
            known.get(row.username),
        )
        for row in rows
    ]


def has_second_factor(account: Account) -> bool:
    """Whether the login has an authenticator app."""
    held: bool = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()
    return held


def account_uid(login: str) -> UUID:
    """The uid of a login by user name or e-mail; one nobody has when there is none: a filter then finds nothing."""
    found = Account.objects.filter(Q(username__iexact=login) | Q(email__iexact=login)).values_list("uid", flat=True)
    return found.first() or UUID(int=0)


def login_name(typed: str) -> str:
    """The user name of the login that is meant by a user name or an e-mail; in small letters when nobody is."""
    if not typed:
        return ""
    meant = Account.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    return meant.values_list("username", flat=True).first() or typed.lower()


def open_token(secret: str, now: datetime) -> ApiToken | None:
    """The token of a secret, neither revoked nor expired, with account and organisation."""
    rows = ApiToken.objects.select_related("account", "organisation", "account__service__organisation")
    return rows.filter(digest=secrets.digest(secret), revoked_at=None, archived_at=None, expires_at__gt=now).first()


def tokens(actor: Actor) -> QuerySet[ApiToken]:
    """Tokens the actor may see, those in use first, then the newest."""
    rows = visible_to(ApiToken.objects.all(), actor, Perm.APITOKEN_READ)
    return rows.select_related("account", "account__person", "organisation", "created_by").order_by(
        F("revoked_at").asc(nulls_first=True), "-created_at"
    )


def my_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own."""
    if actor.account_uid is None:
        return ApiToken.objects.none()
    return tokens(actor).filter(account__uid=actor.account_uid, organisation=None)


def tokens_of(actor: Actor, organisation: Organisation) -> QuerySet[ApiToken]:
    """Those of an organisation."""
    return tokens(actor).filter(organisation=organisation)


def managers(organisation: Organisation) -> list[UUID]:
    """Logins of those who answer for the organisation."""
    rows = colleagues(organisation).filter(manager=True, person__account__isnull=False)
    return list(rows.values_list("person__account__uid", flat=True))
