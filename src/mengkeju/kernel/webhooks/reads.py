"""What pages show of endpoints and deliveries."""

from uuid import UUID

from django.db.models import Count, QuerySet

from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.webhooks.workflow import READ


def endpoints(actor: Actor) -> QuerySet[WebhookEndpoint]:
    """Endpoints the actor may read, by organisation, the newest first."""
    return visible_to(WebhookEndpoint.objects.all(), actor, READ).order_by("organisation", "-created_at", "-pk")


def find(actor: Actor, uid: UUID) -> WebhookEndpoint | None:
    """One endpoint if the actor may read it."""
    return endpoints(actor).filter(uid=uid).first()


def deliveries(endpoint: WebhookEndpoint, outcome: str = "") -> QuerySet[WebhookDelivery]:
    """The log of an endpoint, the newest first; `outcome` empty = all."""
    rows = endpoint.deliveries.order_by("-created_at", "-id")
    return rows.filter(outcome=outcome) if outcome else rows


def find_delivery(actor: Actor, uid: UUID) -> WebhookDelivery | None:
    """One delivery of an endpoint the actor may read."""
    mine = endpoints(actor).values("pk")
    return WebhookDelivery.objects.filter(uid=uid, endpoint__in=mine).select_related("endpoint").first()


def counts(endpoint: WebhookEndpoint) -> dict[str, int]:
    """Deliveries by outcome."""
    rows = endpoint.deliveries.values("outcome").annotate(number=Count("pk"))
    return dict(rows.values_list("outcome", "number"))
