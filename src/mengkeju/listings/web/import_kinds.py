"""What a file can become on the pages of imports: a kind of listing, or what another importer brings with its pages."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import batches
from mengkeju.kernel.exchange.importers import Importer, Link, importers
from mengkeju.kernel.models import ImportBatch
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.actions import import_owners
from mengkeju.listings.kinds import ListingKind, in_order, kinds

PREFIX = "listing."


def importer_key(value: str) -> str:
    """The importer that the upload form's value means."""
    return f"{PREFIX}{value}" if value in kinds else value


def others(actor: Actor) -> list[Importer]:
    """Importers beside those of listings that are offered to the actor."""
    brought = (one for one in importers.values() if one.pages is not None)
    return [one for one in brought if one.pages is not None and one.pages.owners(actor)]


def offered(actor: Actor) -> list[tuple[str, str]]:
    """(value, word) of everything the actor may choose: what other capabilities bring comes last."""
    return [(k.key, word(k)) for k in in_order()] + [(one.key, word(one)) for one in others(actor)]


def owners(actor: Actor) -> list[tuple[str, str]]:
    """(uid, name) of everybody he may import for, of whatever kind."""
    found = {str(o.uid): o.name for o in import_owners(actor)}
    for one in others(actor):
        found |= dict(one.pages.owners(actor)) if one.pages is not None else {}
    return list(found.items())


def is_shown(batch: ImportBatch) -> bool:
    """Whether its pages are these."""
    return batch.importer.startswith(PREFIX) or batches.importer_of(batch).pages is not None


def kind_of(batch: ImportBatch) -> ListingKind:
    """The kind of listing its rows become."""
    return kinds[batch.importer.partition(".")[2]]


def kind_value(batch: ImportBatch) -> str:
    """What the upload form calls it."""
    return batch.importer.removeprefix(PREFIX)


def shown_here(rows: QuerySet[ImportBatch]) -> QuerySet[ImportBatch]:
    """Batches that become listings, and those of importers that bring their pages."""
    brought = [key for key, importer in importers.items() if importer.pages is not None]
    return rows.filter(Q(importer__startswith=PREFIX) | Q(importer__in=brought)).order_by("-created_at", "-pk")


def words_of(batch: ImportBatch) -> Mapping[str, str | Promise]:
    """Its importer's own words for verdicts and outcomes."""
    pages = batches.importer_of(batch).pages
    return pages.words if pages is not None else {}


def links(request: Request, batch: ImportBatch) -> Sequence[Link]:
    """Pages that go with a batch."""
    pages = batches.importer_of(batch).pages
    return pages.links(request.actor, batch) if pages is not None else ()


def titles(request: Request, batch: ImportBatch, uids: Iterable[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Title and address of the written records that the reader may open."""
    pages = batches.importer_of(batch).pages
    if pages is not None:
        return pages.titles(request.actor, uids)
    found = queries.listings(request.actor).filter(uid__in=list(uids)).values_list("uid", "title")
    return {uid: (title, reverse("listing", args=[uid])) for uid, title in found}
