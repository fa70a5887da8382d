"""行业攻关方向: agendas, their directions, and what has become of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.engine.agendas import KEEPERS, SHOWN, Progress, progress, standing
from mengkeju.listings.engine.weak_links import ANSWER, NEED
from mengkeju.listings.models import Agenda, AgendaItem, AgendaItemListing, Listing, ListingLink
from mengkeju.listings.queries.attached import PUBLIC, AttachedListing, attached_to
from mengkeju.listings.queries.reading import SHOWN_STATES


@dataclass(frozen=True)
class Direction:
    """One direction as the reader sees it; `standing` is the same for all readers."""

    item: AgendaItem
    standing: str
    attached: tuple[AttachedListing, ...] = ()


def agendas(actor: Actor, *, cluster: str = "", own: bool = False) -> "QuerySet[Agenda]":
    """Agendas the reader may see, the newest first."""
    rows = visible_to(Agenda.objects.all(), actor, AgendaPerm.READ).select_related("organisation")
    if cluster:
        rows = rows.filter(cluster=cluster)
    rows = rows.filter(organisation__uid__in=actor.organisations) if own else rows.filter(state__in=SHOWN)
    return rows.order_by("-state_at", "-pk")


def to_review(actor: Actor) -> "QuerySet[Agenda]":
    """Submitted ones this officer may decide on, the oldest first."""
    waiting = Agenda.objects.filter(state="submitted").select_related("organisation")
    return visible_to(waiting, actor, AgendaPerm.REVIEW).order_by("state_at", "pk")


def find_agenda(actor: Actor, uid: UUID) -> Agenda | None:
    """One, if the reader may see it."""
    rows = visible_to(Agenda.objects.filter(uid=uid), actor, AgendaPerm.READ)
    return rows.select_related("organisation").first()


def items_of(agenda: Agenda) -> "QuerySet[AgendaItem]":
    """Its directions in order."""
    return agenda.items.filter(archived_at=None)


def find_item(agenda: Agenda, uid: UUID) -> AgendaItem | None:
    """One direction of it."""
    return items_of(agenda).filter(uid=uid).first()


def standings(items: Iterable[AgendaItem]) -> dict[int, str]:
    """How far each direction has come, counted from public listings alone; two queries."""
    kept = list(items)
    hung = list(
        AgendaItemListing.objects.filter(PUBLIC, item__in=[item.pk for item in kept]).values_list(
            "item_id", "listing_id", "role"
        )
    )
    needs = {listing for _item, listing, role in hung if role == NEED}
    public = Q(source__state__in=SHOWN_STATES, source__tier="public", source__archived_at=None)
    links = ListingLink.objects.filter(public, role="answers", target__in=needs)
    answered = frozenset(links.values_list("target_id", flat=True))
    found = {}
    for item in kept:
        mine = [(listing, role) for at, listing, role in hung if at == item.pk]
        found[item.pk] = standing(
            needs=sum(role == NEED for _listing, role in mine),
            answers=sum(role == ANSWER or listing in answered for listing, role in mine),
            solved=item.solved_on is not None,
        )
    return found


def directions(agenda: Agenda, actor: Actor) -> list[Direction]:
    """The directions of an agenda with what hangs on them for this reader."""
    items = list(items_of(agenda))
    far = standings(items)
    links = AgendaItemListing.objects.filter(item__in=items)
    owner_of = dict(links.values_list("listing_id", "listing__uid"))
    by_item: dict[int, list[UUID]] = {}
    for item, listing in links.order_by("-role", "pk").values_list("item_id", "listing_id"):
        by_item.setdefault(item, []).append(owner_of[listing])
    every = {row.listing.uid: row for row in attached_to(links, actor)}
    return [
        Direction(item, far[item.pk], tuple(every[uid] for uid in by_item.get(item.pk, ()) if uid in every))
        for item in items
    ]


def progress_of(rows: Sequence[Agenda]) -> dict[int, Progress]:
    """How far each agenda has come; three queries."""
    items = list(AgendaItem.objects.filter(agenda__in=[row.pk for row in rows], archived_at=None))
    far = standings(items)
    return {row.pk: progress(far[item.pk] for item in items if item.agenda_id == row.pk) for row in rows}


def agendas_of(listing: Listing) -> list[AgendaItem]:
    """The published directions a listing stands for or answers."""
    rows = AgendaItem.objects.filter(attached__listing=listing, archived_at=None, agenda__state__in=SHOWN)
    return list(rows.filter(agenda__archived_at=None).select_related("agenda__organisation").order_by("pk"))


def may_set(actor: Actor) -> list[Organisation]:
    """The reader's verified organisations that are of a kind that sets agendas."""
    if not may(actor, AgendaPerm.CREATE):
        return []
    return [o for o in directory.my_organisations(actor) if o.kind in KEEPERS and o.verified]
