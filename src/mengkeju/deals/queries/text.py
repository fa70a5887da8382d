"""Reads of the texts of a deal: what stands, who has confirmed what, who cannot confirm on the platform."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.models import AGREED_ROLES, TEXT_ROLES, ContractText, Deal, DealParty, TextConfirmation
from mengkeju.directory.models import Membership
from mengkeju.kernel.access import Actor


@dataclass(frozen=True)
class TextState:
    """One version and how it stands.

    `standing`: asked (the one to confirm now), frozen, superseded, taken_back, or beside (a translation, a scan).
    `waiting`: the parties that have not confirmed, of the one asked for only.
    """

    text: ContractText
    standing: str
    confirmations: list[TextConfirmation]
    waiting: list[DealParty]


def texts_of(deal: Deal) -> dict[str, list[TextState]]:
    """Every version by role, in the order of TEXT_ROLES, the newest first; roles without any are left out.

    Three queries.
    """
    rows = list(deal.texts.select_related("file", "party", "translation_of").order_by("-version"))
    said: dict[int, list[TextConfirmation]] = {row.pk: [] for row in rows}
    for one in TextConfirmation.objects.filter(text__in=said).select_related("party", "person", "scan__file"):
        said[one.text_id].append(one)
    parties = list(deal.parties.filter(archived_at=None).select_related("organisation", "person__account"))
    found: dict[str, list[TextState]] = {}
    for role in TEXT_ROLES:
        states = [_state(row, said[row.pk], parties, rows) for row in rows if row.role == role]
        if states:
            found[role] = states
    return found


def _state(
    row: ContractText, said: list[TextConfirmation], parties: list[DealParty], rows: list[ContractText]
) -> TextState:
    standing = _standing(row, rows)
    done = {one.party_id for one in said}
    waiting = [party for party in parties if party.pk not in done] if standing == "asked" else []
    return TextState(row, standing, said, waiting)


def _standing(row: ContractText, rows: list[ContractText]) -> str:
    if row.archived_at is not None:
        return "taken_back"
    if row.role not in AGREED_ROLES:
        return "beside"
    newer = any(r.role == row.role and r.version > row.version and r.archived_at is None for r in rows)
    if row.frozen_at is not None and not (newer and row.role == "main"):
        return "frozen"
    return "superseded" if newer else "asked"


def has_people(party: DealParty) -> bool:
    """Whether somebody on the platform can speak for a party."""
    return party.pk in with_people([party])


def with_people(parties: list[DealParty]) -> set[int]:
    """The keys of the parties for which somebody on the platform can speak. One query."""
    active = Membership.objects.filter(ended_at=None, person__account__is_active=True)
    can_speak = Q(organisation__in=active.values("organisation")) | Q(
        person__account__is_active=True, organisation=None
    )
    return set(DealParty.objects.filter(can_speak, pk__in=[p.pk for p in parties]).values_list("pk", flat=True))


def current_text(deal: Deal) -> ContractText | None:
    """The version of the main text that counts: the newest that was not taken back."""
    return deal.texts.filter(archived_at=None, role="main").order_by("-version").first()


def find_text(deal: Deal, uid: UUID) -> ContractText | None:
    """A version of the deal's texts, taken back or not."""
    return deal.texts.filter(uid=uid).select_related("deal", "file", "party").first()


def untranslated(deal: Deal) -> list[ContractText]:
    """Foreign texts that count and have no Chinese translation; the registration desk asks for one."""
    rows = deal.texts.filter(role__in=AGREED_ROLES, archived_at=None).exclude(language="zh").order_by("version")
    translated = set(deal.texts.filter(role="translation", archived_at=None).values_list("translation_of", flat=True))
    current = current_text(deal)
    return [
        row for row in rows if row.pk not in translated and (row.role != "main" or (current and row.pk == current.pk))
    ]


def to_confirm(actor: Actor, deal: Deal, mine: list[DealParty]) -> list[tuple[ContractText, DealParty]]:
    """What the actor is asked to confirm now, and for which of his parties (`mine`)."""
    if not mine or not actor.is_authenticated:
        return []
    asked = [s for states in texts_of(deal).values() for s in states if s.standing == "asked"]
    return [(s.text, party) for s in asked for party in s.waiting if party.pk in {m.pk for m in mine}]


def lacks_text(deal: Deal) -> bool:
    """Whether a signed deal that was recorded from a list has no main text yet: it may still be put up. One query."""
    return deal.origin == "signing" and current_text(deal) is None


def unsettled(deal: Deal) -> bool:
    """Whether parties and particulars may be changed without an addendum. One query at most.

    While it is talked about; and of what a list of signings recorded, until the text that was signed is put up.
    """
    return deal.state == "talking" or (deal.state in SIGNED_STATES and lacks_text(deal))
