"""Reads of the merge desk: spellings that wait for a decision, and those that have one."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from mengkeju.deals.access import LedgerPerm
from mengkeju.deals.models import DealParty, PartyAlias, Registration
from mengkeju.deals.queries.ledger import desk_area
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.exchange.values import organisation_key
from mengkeju.kernel.models import ImportRow

IMPORTER = "registration"
SIDES = ("seller", "buyer")


@dataclass(frozen=True)
class OpenName:
    """A spelling nobody has decided on: how many parties imported bear it, and how many rows of own previews."""

    spelling: str
    key: str
    imported: int
    waiting: int


def unlinked(actor: Actor) -> QuerySet[DealParty]:
    """Parties of ledgers at the registrar's desks that stand by their name only."""
    filed = Registration.objects.filter(area__in=actor.areas_of(Role.REGISTRAR), archived_at=None).exclude(
        ledger_key=""
    )
    return DealParty.objects.filter(
        Q(deal__in=filed.values("deal")), deal__origin="import", organisation=None, person=None, archived_at=None
    ).exclude(seller_kind="individual")


def aliases(actor: Actor) -> QuerySet[PartyAlias]:
    """The spellings of the actor's desk; the auditor sees those of every desk. The newest decision first."""
    rows = visible_to(PartyAlias.objects.select_related("organisation", "decided_by__person"), actor, LedgerPerm.READ)
    own = desk_area(actor)
    return (rows.filter(area=own) if own else rows).order_by("-decided_at", "-pk")


def decided_names(actor: Actor) -> QuerySet[PartyAlias]:
    """Decisions in force, with how many parties each has linked."""
    return aliases(actor).exclude(decision="").annotate(linked=Count("parties"))


def decided_keys(actor: Actor) -> set[str]:
    """Keys of the spellings that have a decision. One query."""
    return set(aliases(actor).exclude(decision="").values_list("key", flat=True))


def open_names(actor: Actor) -> list[OpenName]:
    """Spellings to be decided, those of most rows first: noted by an import, or in a preview of the actor's own."""
    rows = list(aliases(actor))
    decided = {row.key for row in rows if row.decision}
    spellings = {row.key: row.spelling for row in rows if not row.decision}
    waiting = _in_previews(actor, spellings, decided)
    counted = unlinked(actor).order_by().values("name").annotate(n=Count("pk")).values_list("name", "n")
    imported: Counter[str] = Counter()
    for name, count in counted if spellings else ():
        imported[organisation_key(name)] += count
    made = [OpenName(text, key, imported[key], waiting[key]) for key, text in spellings.items()]
    return sorted(made, key=lambda one: (-one.imported - one.waiting, one.spelling))


def _in_previews(actor: Actor, spellings: dict[str, str], decided: set[str]) -> Counter[str]:
    """Doubtful names of previews the actor has not confirmed; spellings not known yet are added."""
    found: Counter[str] = Counter()
    if actor.account_id is None:
        return found
    rows = ImportRow.objects.filter(
        batch__importer=IMPORTER, batch__created_by_id=actor.account_id, batch__state="draft", batch__stage="preview",
        verdict="create", warned=True,
    )  # fmt: skip
    for values in rows.values_list("values", flat=True):
        stated = values or {}
        for side in stated.get("doubtful", ()):
            key = organisation_key(stated[side])
            if key not in decided:
                found[key] += 1
                spellings.setdefault(key, stated[side])
    return found
