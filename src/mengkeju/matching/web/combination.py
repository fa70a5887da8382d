"""这几样合起来能办成: the panel on a need."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import word
from mengkeju.listings.models import Listing
from mengkeju.matching.queries import combination
from mengkeju.matching.queries.combination import PARTS, SAME_CLUSTER, SAME_FIELD, SAME_OWNER, Part
from mengkeju.matching.web import complement_pages


def on_need(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a need, for those who may see its proposals: what could do it together."""
    parts = combination.combination(actor, listing)
    if not parts:
        return None
    complement_pages.note(actor, [part.shown for part in parts], [part.proposal for part in parts])
    shared: dict[Any, Any] = {}
    ends = [listing, *(part.proposal.achievement for part in parts)]
    return {
        "parts": [
            {
                "role": str(PARTS[part.role]),
                "shown": part.shown,
                "kind": word(part.shown.kind),
                "band": part.proposal.band,
                "why": _why(part),
                "url": reverse("match-open", args=[part.proposal.uid, "achievement"]),
                "buttons": complement_pages.buttons(actor, part.proposal, ends, shared),
            }
            for part in parts
        ],
        "all_url": reverse("listing-matches", args=[listing.uid]),
    }


def _why(part: Part) -> str:
    """What ties the part to the first."""
    words = {
        SAME_OWNER: _("与上面的技术同一家单位"),
        SAME_CLUSTER: _("与上面的技术同属一个产业集群或产业链"),
        SAME_FIELD: _("与上面的技术同一个技术领域"),
    }
    return words.get(part.bond, "")
