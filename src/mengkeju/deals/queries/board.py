"""The two-sided board: what has been published for a while and nobody has answered, and who cares for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.board import BOARD
from mengkeju.deals.engine.workflow import OPEN_STATES
from mengkeju.deals.models import Claim, Intention
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import Duty
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing

SIDE_WORDS = {"need": _("尚无意向的需求"), "achievement": _("尚无意向的成果和能力")}
CLAIM_STATES = {"": _("全部"), "free": _("没人认领"), "held": _("已认领"), "mine": _("我认领的")}


@dataclass(frozen=True)
class BoardFilter:
    """What the board is asked for; empty = all. `claim`: one of CLAIM_STATES."""

    city: str = ""
    field: str = ""
    cluster: str = ""
    claim: str = ""


def before(today: date, working_days: int) -> datetime:
    """The moment before which something began that has lasted at least so many working days by `today`.

    What began on a day has lasted `clock.working_days_between(day, today)`.
    """
    day, left = today, working_days
    while left:
        left -= clock.is_working_day(day)
        day -= clock.DAY
    return datetime.combine(day + clock.DAY, time(), clock.ZONE)


def _running(**at: object) -> Exists:
    return Exists(Intention.objects.filter(**at, state__in=OPEN_STATES, archived_at=None))


def is_running(listing: Listing) -> bool:
    """Whether an intention is under way on a listing, or names it."""
    rows = Intention.objects.filter(Q(target=listing) | Q(counter=listing), archived_at=None)
    return rows.filter(state__in=OPEN_STATES).exists()


def unpaired(actor: Actor, side: str, asked: BoardFilter, today: date) -> QuerySet[Listing]:
    """Of one side what the actor may read, published long enough and without a running intention.

    The oldest first, what stems from a public text last.
    """
    wanted = listings.ListingFilter(area=asked.city, field=asked.field, cluster=asked.cluster, state="published")
    rows = listings.find_listings(actor, wanted).filter(
        ~_running(target=OuterRef("pk")),
        ~_running(counter=OuterRef("pk")),
        kind__in=[m.key for m in matchables.values() if m.side == side and m.market == TECHNOLOGY],
        published_at__lt=before(today, BOARD.unpaired_after_days),
    )
    held = Claim.objects.filter(listing=OuterRef("pk"), state="held")
    if asked.claim == "free":
        rows = rows.filter(~Exists(held))
    elif asked.claim == "held":
        rows = rows.filter(Exists(held))
    elif asked.claim == "mine":
        me = actor.person_uid
        rows = rows.filter(Exists(held.filter(broker__uid=me))) if me is not None else rows.none()
    # What its owner answers for first: of a public text nobody is there to be introduced yet.
    sourced = Case(When(origin="source", then=1), default=0)
    return rows.annotate(sourced=sourced).order_by("sourced", "published_at", "pk")


def claims(actor: Actor) -> QuerySet[Claim]:
    """Claims the actor may read, with what their rows show, the oldest first."""
    rows = Claim.objects.select_related("listing__owner", "broker__account")
    return visible_to(rows, actor, Perm.CLAIM_READ).order_by("created_at", "pk")


def working_claims(actor: Actor) -> QuerySet[Claim]:
    """The claims in force: for a broker his own, for officers those of their areas, for the auditor all."""
    rows = claims(actor).filter(state="held")
    if actor.has_role(Role.AUDITOR):
        return rows
    mine = Q(broker__uid=actor.person_uid) if actor.person_uid else Q(pk__in=())
    over = actor.areas_of(Role.OFFICER)
    return rows.filter(mine | Q(listing__area__in=over) | Q(listing__zone__in=over))


def find_claim(actor: Actor, uid: UUID) -> Claim | None:
    """One claim if the actor may read it."""
    return claims(actor).filter(uid=uid).first()


def claims_on(actor: Actor, rows: Iterable[Listing]) -> dict[int, Claim]:
    """The claims in force by the key of their listing; one query."""
    held = claims(actor).filter(state="held", listing__in=[row.pk for row in rows])
    return {claim.listing_id: claim for claim in held}


def past_claims(actor: Actor, listing: Listing) -> list[Claim]:
    """What became of the earlier claims of a listing, the newest first."""
    return list(claims(actor).filter(listing=listing).exclude(state="held").order_by("-state_at", "-pk")[:5])


def due_of(rows: Iterable[Claim]) -> dict[UUID, date]:
    """Until when each claim holds, as its duty says; one query."""
    waiting = Duty.objects.filter(subject_type="claim", subject_uid__in=[row.uid for row in rows], closed_at=None)
    return {uid: due for uid, due in waiting.values_list("subject_uid", "due_on") if due is not None}
