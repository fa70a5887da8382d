"""“卡脖子”清单: for the officers of the named bureaus and the auditor. Nothing else may read these tables."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.listings.access.lists import BottleneckPerm
from mengkeju.listings.models import Bottleneck, BottleneckBureau


def bottlenecks(actor: Actor, state: str = "") -> "QuerySet[Bottleneck]":
    """Items the reader may see, the newest first, with their bureaus."""
    rows = visible_to(Bottleneck.objects.all(), actor, BottleneckPerm.READ).order_by("-created_at", "-pk")
    named = Prefetch("bureaus", BottleneckBureau.objects.select_related("organisation"))
    rows = rows.select_related("nominator").prefetch_related(named)
    return rows.filter(state=state) if state else rows


def find_bottleneck(actor: Actor, uid: UUID) -> Bottleneck | None:
    """One, if the reader may see it."""
    return bottlenecks(actor).filter(uid=uid).first()


def bottlenecks_to_confirm(actor: Actor) -> "QuerySet[Bottleneck]":
    """Nominations that wait for this officer: he may confirm them."""
    waiting = Bottleneck.objects.filter(state="nominated")
    return visible_to(waiting, actor, BottleneckPerm.CONFIRM)


def bureau_choices(actor: Actor) -> list[tuple[str, str]]:
    """The verified government organisations that can be named."""
    rows: QuerySet[Organisation] = directory.organisations(actor).filter(kind="government", state="verified")
    return [(str(o.uid), o.name) for o in rows.order_by("name", "pk")]


def is_of_a_bureau(actor: Actor) -> bool:
    """Whether the reader is an officer in a government organisation, so that the list concerns him at all."""
    if not actor.has_role("officer") or not actor.organisations:
        return False
    return Organisation.objects.filter(uid__in=actor.organisations, kind="government").exists()
