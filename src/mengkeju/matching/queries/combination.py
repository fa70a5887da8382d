"""这几样合起来能办成: for a need, what could do it together — technology, maker, team, right.

Every part stands on the need's own list of proposals, in a band. Nothing is added that was not proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import may_list
from mengkeju.matching.queries.complement import answered

PARTS: dict[str, str | Promise] = {
    "achievement": gettext_lazy("技术"),
    "capability": gettext_lazy("做出来"),
    "strength": gettext_lazy("团队"),
    "patent": gettext_lazy("专利"),
}
"""What a kind brings, by its key; kinds that are not named here bring nothing of their own."""
SAME_OWNER, SAME_CLUSTER, SAME_FIELD = "owner", "cluster", "field"
LEADS = ("achievement", "patent")


@dataclass(frozen=True)
class Part:
    """One part: a proposal of the need's list. `bond`: what ties it to the first part; empty for the first."""

    role: str
    proposal: Proposal
    shown: Presented
    bond: str = ""


def combination(actor: Actor, need: Listing) -> list[Part]:
    """The parts, the technology first; [] unless there are at least two kinds that belong together. Few queries.

    The technology is the best achievement, else the best patent. Of each other kind the best that the same firm
    offers, or that stands in the same cluster or field; a patent must be the same owner's.
    """
    if need.state != "published" or not need.kind_spec.is_technology("need") or not may_list(actor, need):
        return []
    rows = answered(actor).filter(need=need, need_rank__isnull=False, achievement__kind__in=PARTS)
    found = list(rows.order_by("need_rank", "pk"))
    lead = next((row for kind in LEADS for row in found if row.achievement.kind == kind), None)
    if lead is None:
        return []
    chosen = [(lead, "")]
    for kind in PARTS:
        if kind != lead.achievement.kind:
            chosen += _best(kind, lead, found)
    if len(chosen) == 1:
        return []
    seen = listings.present_many([row.achievement for row, _bond in chosen], actor)
    return [Part(row.achievement.kind, row, shown, bond) for (row, bond), shown in zip(chosen, seen, strict=True)]


def _best(kind: str, lead: Proposal, found: Sequence[Proposal]) -> list[tuple[Proposal, str]]:
    bonds = [(row, bond(lead.achievement, row.achievement)) for row in found if row.achievement.kind == kind]
    if kind == "patent":
        bonds = [(row, tie) for row, tie in bonds if tie == SAME_OWNER]
    return next(([(row, tie)] for row, tie in bonds if tie), [])


def bond(one: Listing, other: Listing) -> str:
    """What ties two listings together: the owner, the cluster or the field; empty for nothing."""
    if one.owner_id is not None and one.owner_id == other.owner_id:
        return SAME_OWNER
    for name in (SAME_CLUSTER, SAME_FIELD):
        if getattr(one, name) and getattr(one, name) == getattr(other, name):
            return name
    return ""
