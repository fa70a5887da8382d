"""What hangs on an achievement, for one reader: its ladder, cases of use, registration, people and goals."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.words import word
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.engine.participations import ANSWERS, PARTS
from mengkeju.listings.models import TIERS, Application, Listing, ListingFile, ListingGoal, MaturityStep, Participation
from mengkeju.listings.models import ResultRegistration as Registration
from mengkeju.listings.queries.reading import listings, readable_tiers

GOALS = "policy_goal"


@dataclass(frozen=True)
class Rung:
    """A step as one reader sees it: `evidence` and `file` are empty where `closed` names who may read them."""

    step: MaturityStep
    label: str
    evidence: str
    file: ListingFile | None
    closed: str


def ladder(listing: Listing, actor: Actor) -> list[Rung]:
    """The steps, the last first; two queries."""
    rows = listing.maturity_steps.filter(archived_at=None).select_related("file__file")
    steps = list(rows.order_by("-reached_on", "-pk"))
    if not steps:
        return []
    labels, tiers = directory.term_labels("maturity"), readable_tiers(listing, actor)
    return [
        Rung(
            step,
            labels.get(step.level, step.level),
            step.evidence if step.tier in tiers else "",
            step.file if step.file is not None and step.file.archived_at is None and step.tier in tiers else None,
            "" if step.tier in tiers else str(TIERS[step.tier]),
        )
        for step in steps
    ]


def applications(listing: Listing, actor: Actor) -> list[Application]:
    """Cases of use the reader may read, the first first."""
    rows = listing.applications.filter(archived_at=None, tier__in=readable_tiers(listing, actor))
    return list(rows.select_related("adopter"))


def application(actor: Actor, uid: UUID) -> Application | None:
    """One case, if the reader may read it."""
    rows = visible_to(Application.objects.all(), actor, PartPerm.PART_READ)
    return rows.select_related("listing__owner", "adopter").filter(uid=uid).first()


def scale_in_words(row: Application) -> str:
    """“2 → 5 万吨/年”, “5 万吨/年”, or empty."""
    if row.scale is None:
        return ""
    numbers = [f"{value.normalize():f}" for value in (row.before, row.scale) if value is not None]
    return f"{' → '.join(numbers)} {row.unit}"


@dataclass(frozen=True)
class Named:
    """One on the list: `name` as this reader may know it; `answer` in words for those inside."""

    row: Participation
    name: str
    organisation: UUID | None
    answer: str


@dataclass(frozen=True)
class Team:
    """The list by part, in order; `unsettled`: somebody objects, so the list is not final."""

    parts: tuple[tuple[str, tuple[Named, ...]], ...]
    unsettled: bool


def may_know_team(listing: Listing, actor: Actor) -> bool:
    """The list goes with the section that names the team, where a kind has one."""
    tier = listing.field_tiers.get("team", "public")
    return tier in readable_tiers(listing, actor)


def team(listing: Listing, actor: Actor) -> Team:
    """Who takes part, for one reader; two queries. Who objects is named to the owner, himself and the auditor."""
    rows = list(
        listing.participations.filter(removed_at=None)
        .select_related("person__account", "organisation")
        .order_by("position", "pk")
    )
    inside = may(actor, Perm.READS, listing)
    found: dict[str, list[Named]] = {}
    for row in rows:
        himself = row.person is not None and row.person.uid == actor.person_uid
        if row.answer == "objected" and not (inside or himself):
            continue
        name = row.person.name if row.person else row.organisation.name if row.organisation else row.name
        said = _(ANSWERS[row.answer]) if row.answer and (inside or himself) else ""
        found.setdefault(row.role, []).append(
            Named(row, name, row.organisation.uid if row.organisation else None, said)
        )
    shown = tuple((word(PARTS[key]), tuple(found[key])) for key in PARTS if key in found)
    return Team(shown, any(row.answer == "objected" for row in rows))


def participation(actor: Actor, uid: UUID) -> Participation | None:
    """One, if the reader may see it."""
    rows = visible_to(Participation.objects.all(), actor, PartPerm.PARTICIPATION_READ)
    return rows.select_related("listing__owner", "person__account", "organisation").filter(uid=uid).first()


def participations(actor: Actor, *, answer: str = "", mine: bool = False) -> QuerySet[Participation]:
    """Those the reader may see: that name him, or stand on his organisations' listings; `answer` one of ANSWERS."""
    rows = visible_to(Participation.objects.filter(removed_at=None), actor, PartPerm.PARTICIPATION_READ)
    if answer:
        rows = rows.filter(answer=answer)
    if mine:
        rows = rows.filter(person__uid=actor.person_uid) if actor.person_uid is not None else rows.none()
    return rows.select_related("listing__owner", "person", "organisation")


def registration_of(listing: Listing) -> Registration | None:
    """成果登记 of a listing; read by whoever reads the listing."""
    return Registration.objects.filter(listing=listing).first()


@dataclass(frozen=True)
class Goal:
    """A goal of policy with where it comes from, and how many published listings the reader sees carry it."""

    key: str
    label: str
    source: str
    count: int


def goals(actor: Actor) -> list[Goal]:
    """All goals in use, in their order; two queries."""
    rows = ListingGoal.objects.filter(listing__in=_published(actor))
    counts = dict(rows.values_list("goal").annotate(n=Count("pk")).order_by())
    return [
        Goal(t.key, word(t), t.source, counts.get(t.key, 0))
        for t in directory.terms(GOALS, retired=True)
        if t.retired_on is None or t.key in counts
    ]


def carriers(actor: Actor, goal: str) -> QuerySet[Listing]:
    """Published listings the reader sees that carry a goal, newest first."""
    carrying = ListingGoal.objects.filter(goal=goal).values("listing")
    return _published(actor).filter(pk__in=carrying).order_by("-published_at", "-pk")


def _published(actor: Actor) -> QuerySet[Listing]:
    return listings(actor).filter(state="published")


def goals_of(rows: Iterable[Listing]) -> dict[int, list[str]]:
    """Keys of goals by listing."""
    found: dict[int, list[str]] = {}
    for listing, goal in ListingGoal.objects.filter(listing__in=list(rows)).values_list("listing_id", "goal"):
        found.setdefault(listing, []).append(goal)
    return found
