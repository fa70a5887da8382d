"""Reads of the registrar's desk: the queue by state, what is next, what the deal changed since it was filed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine.precheck_facts import DIMENSIONS, Dimension
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES
from mengkeju.deals.models import ContractText, DealParty, Registration
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_q, visible_to
from mengkeju.kernel.models import Attachment, Duty, Event, File

OPEN_TABS: dict[str, tuple[str, ...]] = {
    "filed": ("filed",),
    "accepted": ("accepted",),
    "supplement": ("supplement",),
    "expert": ("expert",),
    "objected": ("objected",),
}
"""Tabs of what is not decided: their states."""
DECIDED_STATES = ("registered", "changed", "refused", "cancelled", "withdrawn")
TABS = (*OPEN_TABS, "today", "decided")
SENT = ("registration.file", "registration.supply")
TOUCHED = (
    "deal.edited",
    "deal.party_added",
    "deal.party_edited",
    "deal.party_removed",
    "deal.lead_changed",
)


@dataclass(frozen=True)
class DeskFilter:
    """What the queue is narrowed by; empty = all. `tab`: a key of TABS. `expert`: has to go to experts."""

    tab: str = "filed"
    text: str = ""
    area: str = ""
    kind: str = ""
    expert: bool = False
    overdue: bool = False


def desk(actor: Actor) -> QuerySet[Registration]:
    """Everything ever filed with the registrar's places (the auditor: with all); `due_on` of the open duty is on it."""
    due = Duty.objects.filter(subject_type="registration", subject_uid=OuterRef("uid"), closed_at=None)
    rows = Registration.objects.filter(filed_at__isnull=False).exclude(state="prepared")
    rows = rows.select_related("deal", "applicant__organisation")
    rows = rows.annotate(due_on=Subquery(due.order_by("due_on").values("due_on")[:1]))
    return visible_to(rows, actor, RegistrationPerm.DESK_READ)


def _narrowed(actor: Actor, asked: DeskFilter, today: date) -> QuerySet[Registration]:
    rows = desk(actor)
    if asked.text:
        named = DealParty.objects.filter(name__icontains=asked.text, archived_at=None).values("deal")
        plain = "".join(asked.text.split()).upper()
        rows = rows.filter(
            Q(deal__title__icontains=asked.text)
            | Q(number_here__iexact=asked.text)
            | Q(number=plain)
            | Q(deal__number__iexact=asked.text)
            | Q(deal__in=named)
        )
    if asked.area:
        rows = rows.filter(area__in=directory.codes_below(asked.area))
    if asked.kind:
        rows = rows.filter(contract_type=asked.kind)
    if asked.expert:
        rows = rows.filter(needs_expert=True)
    if asked.overdue:
        rows = rows.filter(Q(due_on__lt=today))
    return rows


def _tab_q(tab: str, today: date) -> Q:
    if tab in OPEN_TABS:
        return Q(state__in=OPEN_TABS[tab])
    if tab == "today":
        return Q(state__in=DECIDED_STATES, state_at__gte=clock.end_of(today) - clock.DAY)
    return Q(state__in=DECIDED_STATES)


def queue(actor: Actor, asked: DeskFilter, today: date) -> QuerySet[Registration]:
    """One tab: open ones by their due day, decided ones with the newest first."""
    rows = _narrowed(actor, asked, today).filter(_tab_q(asked.tab, today))
    if asked.tab in OPEN_TABS:
        return rows.order_by(F("due_on").asc(nulls_last=True), "pk")
    return rows.order_by("-state_at", "-pk")


def tab_counts(actor: Actor, asked: DeskFilter, today: date) -> dict[str, int]:
    """How many each tab holds under the filter. One query."""
    counted = {tab: Count("pk", filter=_tab_q(tab, today)) for tab in TABS}
    found: dict[str, int] = _narrowed(actor, asked, today).aggregate(**counted)
    return found


def find_filed(actor: Actor, uid: UUID) -> Registration | None:
    """One filed registration the actor may read, at the desk or as a party; or one that a ledger brought registered."""
    brought = Q(state__in=(*REGISTERED_STATES, "objected", "cancelled"))
    rows = Registration.objects.filter(Q(filed_at__isnull=False) | brought, uid=uid).exclude(state="prepared")
    related = ("deal", "applicant__organisation", "applicant__person", "decided_by", "body")
    return visible_to(rows.select_related(*related), actor, RegistrationPerm.READ).first()


def next_on_desk(
    actor: Actor, asked: DeskFilter, today: date, after: tuple[date | None, int] | None = None
) -> Registration | None:
    """The next case of an open tab on which the actor may act: behind (due day, key), else the tab's first."""
    if asked.tab not in OPEN_TABS:
        return None
    rows = queue(actor, asked, today).filter(visible_q(actor, RegistrationPerm.REGISTER))
    if after is None:
        return rows.first()
    due, key = after
    rows = rows.exclude(pk=key)
    same = Q(due_on__isnull=True) if due is None else Q(due_on=due)
    later = same & Q(pk__gt=key)
    if due is not None:
        later |= Q(due_on__gt=due) | Q(due_on__isnull=True)
    return rows.filter(later).first() or rows.first()


def waiting_counts(actor: Actor, today: date) -> tuple[int, int]:
    """(waiting for acceptance, overdue in whatever state) on the registrar's desk. One query."""
    states = [state for key in OPEN_TABS for state in OPEN_TABS[key] if state != "supplement"]
    found = desk(actor).aggregate(
        filed=Count("pk", filter=Q(state="filed")),
        late=Count("pk", filter=Q(state__in=states, due_on__lt=today)),
    )
    return found["filed"], found["late"]


def parties_on_desk(rows: list[Registration]) -> dict[int, list[DealParty]]:
    """The parties of the deals of many cases, by the deal's key, leads first. One query."""
    found: dict[int, list[DealParty]] = {row.deal_id: [] for row in rows}
    parties = DealParty.objects.filter(deal__in=found, archived_at=None).select_related("organisation", "person")
    for party in parties.order_by("order", "pk"):
        found[party.deal_id].append(party)
    return {key: sorted(those, key=lambda p: p.role != "lead") for key, those in found.items()}


def recused(actor: Actor, parties: list[DealParty]) -> bool:
    """回避: whether the actor belongs to one of the parties."""
    own = (p.organisation is not None and p.organisation.uid in actor.organisations for p in parties)
    self_ = (p.person is not None and p.person.uid == actor.person_uid for p in parties)
    return any(own) or any(self_)


@dataclass(frozen=True)
class Checked:
    """One dimension of the pre-check as it was kept at filing: `result` pass, warning or fix; its sentences."""

    dimension: Dimension
    result: str
    messages: tuple[str, ...]


def checked(registration: Registration) -> list[Checked]:
    """The findings kept with the registration, in the order of the sheet; what cannot be read is left out."""
    found = []
    for row in (registration.checks or {}).get("findings") or ():
        key = row.get("dimension") or row.get("key") if isinstance(row, dict) else None
        dimension = DIMENSIONS.get(str(key))
        if dimension is None:
            continue
        notes = [note for note in row.get("notes") or () if isinstance(note, dict)]
        told = tuple(str(n.get("message", "")) for n in notes if n.get("result") != "pass" and n.get("message"))
        found.append(Checked(dimension, str(row.get("result", "pass")), told))
    order = list(DIMENSIONS)
    return sorted(found, key=lambda one: order.index(one.dimension.key))


def finding_counts(registration: Registration) -> dict[str, int]:
    """How many dimensions pass, warn and must be mended, as kept at filing."""
    made = {"pass": 0, "warning": 0, "fix": 0}
    for one in checked(registration):
        made[one.result] = made.get(one.result, 0) + 1
    return made


@dataclass(frozen=True)
class Since:
    """What the deal changed after the applicant last sent it: the sums now (None: as applied), texts, particulars."""

    contract_value: Decimal | None = None
    technology_value: Decimal | None = None
    sums: bool = False
    texts: list[ContractText] = field(default_factory=list)
    edited_at: datetime | None = None

    def __bool__(self) -> bool:
        """Whether anything did."""
        return self.sums or bool(self.texts) or self.edited_at is not None


def changed_since(registration: Registration) -> Since:
    """Compare the deal as it stands with what was filed or supplied last. Three queries."""
    deal = registration.deal
    sent = Event.objects.filter(subject_type="registration", subject_uid=registration.uid, type__in=SENT)
    at = sent.order_by("-id").values_list("at", flat=True).first() or registration.filed_at
    if at is None:
        return Since()
    sums = (deal.contract_value, deal.technology_value) != (registration.applied_value, registration.applied_technology)
    touched = Event.objects.filter(subject_type="deal", subject_uid=deal.uid, at__gt=at)
    touched = touched.filter(Q(type__in=TOUCHED) | Q(type__startswith="deal.price"))
    return Since(
        deal.contract_value,
        deal.technology_value,
        sums,
        list(deal.texts.filter(archived_at=None, created_at__gt=at)),
        touched.order_by("-id").values_list("at", flat=True).first(),
    )


def texts_to_open(registration: Registration) -> list[ContractText]:
    """The texts of the contract with their files, the newest version of each role first."""
    rows = registration.deal.texts.filter(archived_at=None).select_related("file")
    return list(rows.order_by("role", "-version"))


def certificates(registration: Registration) -> list[File]:
    """The scans attached to the registration itself."""
    rows = Attachment.objects.filter(subject_type="registration", subject_uid=registration.uid)
    return [one.file for one in rows.select_related("file").order_by("pk")]


def due_of_case(registration: Registration) -> Duty | None:
    """The open duty of a case."""
    rows = Duty.objects.filter(subject_type="registration", subject_uid=registration.uid, closed_at=None)
    return rows.order_by("due_on").first()


def last_body(actor: Actor) -> str:
    """The registration body this registrar wrote last; empty for the first time."""
    if actor.person_uid is None:
        return ""
    rows = Registration.objects.filter(decided_by__uid=actor.person_uid).exclude(body_name="")
    return rows.order_by("-state_at").values_list("body_name", flat=True).first() or ""
