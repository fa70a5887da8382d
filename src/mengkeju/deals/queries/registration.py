"""Reads of registrations: which the reader sees, the files they ask for, when they are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.deals.access import DealPerm, RegistrationPerm
from mengkeju.deals.engine import application, price
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.registration_workflow import LIVE_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Amendment, ContractText, Deal, DealParty, Registration, RegistrationDocument
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.models import Attachment, Duty, File
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.words import word
from mengkeju.policy import queries as policy
from mengkeju.policy.engine.document import Item

DOCUMENT = "tech-contract-registration"
REGISTER_DUTY = "register_deal"
OF_THE_RECORD = ("record_form",)
"""《技术合同登记表》或网上填报记录: the application itself is the record; a paper form may be added."""
WRITTEN_HERE = ("zh", "mn")
"""Languages of a contract that are no foreign ones in the region."""


def registrations(actor: Actor) -> QuerySet[Registration]:
    """Registrations the actor may read, with what their rows show; the newest first."""
    rows = Registration.objects.select_related(
        "deal", "applicant__organisation", "applicant__person__account", "body", "decided_by"
    )
    return visible_to(rows, actor, RegistrationPerm.READ).order_by("-created_at", "-pk")


def find_registration(actor: Actor, uid: UUID) -> Registration | None:
    """One registration if the actor may read it."""
    return registrations(actor).filter(uid=uid).first()


@dataclass(frozen=True)
class RegistrationFilter:
    """What the list is narrowed by; empty = everything. `year`: registered in, while it is not, begun in."""

    text: str = ""
    state: str = ""
    year: int | None = None


def filtered_registrations(actor: Actor, asked: RegistrationFilter) -> QuerySet[Registration]:
    """The readable registrations by a filter; `text` is looked for in titles, numbers and the parties' names."""
    rows = registrations(actor)
    if asked.text:
        plain = "".join(asked.text.split()).upper()
        named = DealParty.objects.filter(name__icontains=asked.text, archived_at=None).values("deal")
        numbered = Q(number_here__iexact=asked.text) | Q(number=plain)
        rows = rows.filter(numbered | Q(deal__title__icontains=asked.text) | Q(deal__in=named))
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.year:
        rows = rows.filter(
            Q(registered_on__year=asked.year) | Q(registered_on__isnull=True, created_at__year=asked.year)
        )
    return rows


def live_registration(deal: Deal) -> Registration | None:
    """The one that is live of a deal, else the last one there was. One query."""
    rows = list(deal.registrations.filter(archived_at=None).select_related("applicant").order_by("-pk"))
    return next((row for row in rows if row.state in LIVE_STATES), rows[0] if rows else None)


def may_prepare(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may begin the application of this deal now, if none is live."""
    fit = deal.kind_spec.has(Step.REGISTRATION) and deal.state in SIGNED_STATES and not deal.from_source
    return fit and may(actor, RegistrationPerm.PREPARE, deal)


def applicant_is_absent(deal: Deal) -> bool:
    """Whether no seller is on the platform while a buyer is: then only an import can be applied for here."""
    rows = deal.parties.filter(archived_at=None).select_related("organisation", "person__account")
    here = {party.side for party in rows if party.is_here}
    return "seller" not in here and "buyer" in here


def duty_to_register(deal: Deal) -> Duty | None:
    """The open duty to have a signed deal registered; it hangs on the party that applies."""
    parties = deal.parties.values_list("uid", flat=True)
    return Duty.objects.filter(
        subject_type=type_of(DealParty()).key, subject_uid__in=list(parties), key=REGISTER_DUTY, closed_at=None
    ).first()


def sees_papers(actor: Actor, registration: Registration) -> bool:
    """Whether the actor may read files and findings: the parties, the registrar it is filed with, the auditor."""
    return may(actor, RegistrationPerm.READ_PART, RegistrationDocument(registration=registration))


def sees_texts(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may read the texts of the deal."""
    return may(actor, DealPerm.READ_INSIDE, deal)


def amendments_of(registration: Registration) -> list[Amendment]:
    """What was changed after it was registered, the oldest first. One query."""
    return list(registration.amendments.filter(archived_at=None).select_related("created_by__person"))


def applied_sums(deal: Deal) -> tuple[Decimal | None, Decimal | None]:
    """Contract and technology value (元) of the price lines; both None while the amount is open. One query."""
    lines = lines_of(deal)
    return price.contract_value(lines), price.technology_value(lines)


def lines_of(deal: Deal) -> tuple[price.Line, ...]:
    """The price lines of a deal, in their order. One query."""
    rows = deal.price_lines.filter(archived_at=None)
    return tuple(price.Line(row.kind, row.amount, row.label) for row in rows)


def circumstances(day: date) -> list[Item]:
    """What an applicant is asked because files hang on it; what follows from the deal is left out."""
    items = policy.amount(f"{DOCUMENT}.circumstances", day).items or ()
    return [item for item in items if item.key not in application.DERIVED]


def listed_papers(day: date) -> list[Item]:
    """Every file the checklist in force knows, asked for or not."""
    return list(policy.amount(f"{DOCUMENT}.files", day).items or ())


def expert_from(day: date) -> Decimal | None:
    """The technology value (元) from which experts are heard; None when nothing is in force."""
    return policy.amount(f"{DOCUMENT}.expert_review_from", day).number


@dataclass(frozen=True)
class Paper:
    """One line of the checklist. `why`: the circumstances under which it is asked; empty when always.

    `document`, `file`: what was uploaded for it; `texts`: texts of the deal that stand for it; `by_record`: the
    application itself does.
    """

    item: Item
    asked: bool
    why: tuple[str, ...]
    document: RegistrationDocument | None
    file: File | None
    texts: tuple[ContractText, ...]
    by_record: bool

    @property
    def is_there(self) -> bool:
        """Whether it is provided."""
        return self.file is not None or bool(self.texts) or self.by_record

    @property
    def missing(self) -> bool:
        """Whether it is asked for and not provided."""
        return self.asked and not self.is_there


def texts_in_force(deal: Deal) -> list[ContractText]:
    """The newest main text, addenda that all confirmed, their translations, scans. One query."""
    rows = list(deal.texts.filter(archived_at=None).select_related("file"))
    main = max((row for row in rows if row.role == "main"), key=lambda row: row.version, default=None)
    agreed = [row for row in rows if row == main or (row.role == "addendum" and row.frozen_at is not None)]
    keys = {row.pk for row in agreed}
    return agreed + [row for row in rows if row.role == "scan" or row.translation_of_id in keys]


def day_of(registration: Registration) -> date:
    """The day the application is judged by: when it was filed, before that today."""
    return clock.today(registration.filed_at)


def flags_of(registration: Registration, texts: Iterable[ContractText]) -> frozenset[str]:
    """Every circumstance that is given: what the applicant said, and what follows from deal and texts."""
    said = set(application.read(registration.particulars).flags) - set(application.DERIVED)
    languages = {text.language for text in texts if text.role == "main"}
    follows = {
        "import_contract": registration.is_import,
        "government_project": registration.deal.plan_source not in ("", "none"),
        "foreign_language": bool(languages) and not languages & set(WRITTEN_HERE),
    }
    return frozenset(said | {key for key, given in follows.items() if given})


def checklist(registration: Registration, texts: list[ContractText] | None = None) -> list[Paper]:
    """The files of the checklist in force: asked, provided, missing. Three queries, two with `texts` handed in."""
    texts = texts_in_force(registration.deal) if texts is None else texts
    day, flags = day_of(registration), flags_of(registration, texts)
    words = {item.key: item for item in policy.amount(f"{DOCUMENT}.circumstances", day).items or ()}
    documents = {row.key: row for row in registration.documents.filter(archived_at=None)}
    uploads = _files_of(documents.values())
    by_key = {
        "contract": tuple(text for text in texts if text.role in ("main", "addendum", "scan")),
        "translation": tuple(text for text in texts if text.role == "translation"),
    }
    return [
        Paper(
            item=item,
            asked=not item.asked_when or bool(flags & set(item.asked_when)),
            why=tuple(word(words[key]) for key in item.asked_when if key in words),
            document=documents.get(item.key),
            file=uploads.get(documents[item.key].uid) if item.key in documents else None,
            texts=by_key.get(item.key, ()),
            by_record=item.key in OF_THE_RECORD,
        )
        for item in listed_papers(day)
    ]


def _files_of(documents: Iterable[RegistrationDocument]) -> dict[UUID, File]:
    """The file of each document. One query."""
    key = type_of(RegistrationDocument()).key
    held = Attachment.objects.filter(subject_type=key, subject_uid__in=[row.uid for row in documents])
    return {one.subject_uid: one.file for one in held.select_related("file")}


@dataclass(frozen=True)
class Due:
    """When somebody has to have acted on a registration, what, since which day, and by which rule."""

    duty: Duty
    day: date | None
    since: date
    provisional: bool

    @property
    def used(self) -> int:
        """Working days gone by."""
        return max(0, clock.working_days_between(self.since, clock.today()))

    @property
    def total(self) -> int:
        """Working days in all; 0 when no day is set."""
        return clock.working_days_between(self.since, self.day) if self.day is not None else 0


def due_dates(rows: Iterable[Registration]) -> dict[int, Due]:
    """The clock that runs on each of the registrations, by their keys. One query."""
    found = {row.uid: row for row in rows}
    key = type_of(Registration()).key
    duties = Duty.objects.filter(subject_type=key, subject_uid__in=list(found), closed_at=None).order_by("opened_at")
    made: dict[int, Due] = {}
    for duty in duties:
        row = found[duty.subject_uid]
        counts = row.accepted_on is not None and row.state in ("accepted", "expert")
        since = row.accepted_on if counts and row.accepted_on is not None else clock.today(duty.opened_at)
        made[row.pk] = Due(duty, duty.due_on, since, duty.due_provisional)
    return made
