"""Listings that say nearly the same as one of one's own, shown before it is handed in."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing, ListingLink
from mengkeju.listings.queries.reading import Presented, listings, present_many
from mengkeju.search.engine.duplicates import near_duplicates

LIKE_MOST = 2_000
"""Listings compared with, the newest first."""
SHOWN_MOST = 5
TITLE_ALIKE, TEXT_ALIKE = 0.7, 0.6
"""Cosines from which a person is asked to look. Lower than what an import warns of: here he decides himself."""
TEXT_LENGTH = 400
LIVE = ("published", "submitted", "returned", "refining", "tracking", "draft")


@dataclass(frozen=True)
class Alike:
    """One listing like it: as the reader may see it, how like (0–1), and the role of a link if there is one."""

    listing: Presented
    cosine: float
    linked: str


def alike(listing: Listing, actor: Actor) -> list[Alike]:
    """Listings of its kind that the actor may read, the likest first; constant in queries."""
    own = Q(owner__uid__in=actor.organisations, state__in=LIVE)
    seen = listings(actor).filter(own | Q(state="published"), kind=listing.kind).exclude(pk=listing.pk)
    # Only what is public of each is compared: a hit must not tell what stands in a closed section.
    rows = list(seen.order_by("-pk").values_list("pk", "title", "summary")[:LIKE_MOST])
    scores: dict[int, float] = {}
    titles = near_duplicates(listing.title, [title for _pk, title, _text in rows], threshold=TITLE_ALIKE)
    texts = near_duplicates(
        listing.summary[:TEXT_LENGTH], [text[:TEXT_LENGTH] for _pk, _title, text in rows], threshold=TEXT_ALIKE
    )
    for hit in (*titles, *texts):
        pk = rows[hit.index][0]
        scores[pk] = max(scores.get(pk, 0.0), hit.cosine)
    best = sorted(scores, key=lambda pk: -scores[pk])[:SHOWN_MOST]
    found = {row.pk: row for row in listings(actor).filter(pk__in=best)}
    kept = [pk for pk in best if pk in found]
    links: dict[UUID, str] = dict(
        ListingLink.objects.filter(source=listing, target__in=kept).values_list("target__uid", "role")
    )
    shown = present_many([found[pk] for pk in kept], actor)
    return [Alike(it, scores[pk], links.get(it.uid, "")) for pk, it in zip(kept, shown, strict=True)]
