"""The registrar's desk: accept, ask for corrections, hear experts, register or refuse.

What follows a registration (change, cancellation, objection) is in `desk_later`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.engine import contract_types, registration_number
from mengkeju.deals.engine.registration_workflow import CLOCKS, REGISTRATION
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import DealParty, Registration
from mengkeju.directory import queries as directory
from mengkeju.kernel import audit, clock, duties, figures, files
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actions import advance, lock
from mengkeju.kernel.models import File
from mengkeju.kernel.workflow import TransitionRefusedError

FIELDS: Mapping[str, str] = {
    "note_required": "note",
    "needs_experts": "expert_reason",
    "opinion": "opinion",
    "number": "number",
    "registered_on": "registered_on",
    "body": "body_name",
    "certified": "technology_value",
}
"""Which field a guard of the workflow speaks of; what is not named here is said of the whole."""
RUNS_FROM_ACCEPTANCE = {"accepted": "decide_registration", "expert": "decide_with_expert"}
CERTIFICATE = "certificate"
"""The role of the scanned 登记证明 among the attachments of a registration."""


@dataclass(frozen=True)
class Certificate:
    """What the 登记证明 says; amounts in 元. Empty statistics keys are taken from the deal."""

    number: str
    registered_on: date | None
    body_name: str
    contract_value: Decimal | None
    technology_value: Decimal | None
    contract_type: str
    contract_subtype: str = ""
    type_reason: str = ""
    seller_kind: str = ""
    field: str = ""
    ip_kind: str = ""
    plan_source: str = ""


def check_step(
    registration: Registration, step: str, note: str, data: dict[str, Any], fields: Mapping[str, str] = FIELDS
) -> None:
    """Ask table and guards beforehand. ValidationError where a guard speaks of a field, else TransitionRefusedError."""
    try:
        REGISTRATION.check(registration, step, note, data)
    except TransitionRefusedError as refused:
        field = fields.get(refused.code)
        if field is None:
            raise
        raise ValidationError({field: refused.reason}) from refused


def keep(registration: Registration, **columns: Any) -> None:
    """Write columns of the locked row, on the caller's object too."""
    Registration.objects.filter(pk=registration.pk).update(**columns)
    for name, value in columns.items():
        setattr(registration, name, value)


def follow_clock(registration: Registration) -> None:
    """The legal clock runs from the day of acceptance, whatever state came since: the open duty is due by it."""
    key = RUNS_FROM_ACCEPTANCE.get(registration.state)
    if key is None or registration.accepted_on is None:
        return
    due = clock.add_working_days(registration.accepted_on, CLOCKS[key])
    duties.open_on(registration).filter(key=key).update(due_on=due.day, due_provisional=due.provisional)


def tell(registration: Registration, by: Actor, said: Any, now: datetime) -> None:
    """The people of the parties and the brokers hear of it on the deal. `said`: a lazy sentence with {number}."""
    tell_others(registration.deal, by, format_lazy(said, number=registration.deal.number), now)


@transaction.atomic
def accept_registration(
    registration: Registration, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """The papers are complete: the clock begins today. RefusedError, StaleRevisionError, TransitionRefusedError."""
    require(by, RegistrationPerm.ACCEPT, registration)
    today = clock.today(now)
    advance(registration, "accept", by=by, now=now, revision=revision, data={"accepted_on": today})
    keep(registration, accepted_on=today)
    follow_clock(registration)
    tell(registration, by, gettext_lazy("合作项目 {number} 的登记申请已受理"), now)
    return registration


@transaction.atomic
def ask_supplement(
    registration: Registration,
    note: str,
    *,
    by: Actor,
    now: datetime,
    until: date | None = None,
    revision: int | None = None,
) -> Registration:
    """One notice of everything that is missing, with the last day for it (default: the platform's working days).

    ValidationError (note, until), RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.ASK_SUPPLEMENT, registration)
    fresh = lock(registration, revision)
    check_step(fresh, "ask_supplement", note, {})
    today = clock.today(now)
    last = until or clock.add_working_days(today, DEADLINES["supply_registration"]).day
    if last <= today:
        raise ValidationError({"until": _("补正期限要在今天以后")})
    advance(registration, "ask_supplement", by=by, now=now, note=note, data={"until": last})
    keep(registration, supplement_until=last, supplement_note=note.strip())
    duties.open_on(registration).filter(key="supply_registration").update(due_on=last, due_provisional=False)
    tell(registration, by, gettext_lazy("合作项目 {number} 的登记申请要补正"), now)
    return registration


@transaction.atomic
def send_to_expert(
    registration: Registration, *, by: Actor, now: datetime, expert_reason: str = "", revision: int | None = None
) -> Registration:
    """To the experts, for its size or because it is disputed (then with the reason). 30 working days from acceptance.

    ValidationError (expert_reason), RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.SEND_TO_EXPERT, registration)
    fresh = lock(registration, revision)
    data = {"expert_reason": expert_reason.strip()}
    check_step(fresh, "send_to_expert", "", data)
    advance(registration, "send_to_expert", by=by, now=now, note=expert_reason.strip(), data=data)
    keep(registration, needs_expert=True, accepted_on=fresh.accepted_on)
    follow_clock(registration)
    tell(registration, by, gettext_lazy("合作项目 {number} 的登记申请已送专家评审"), now)
    return registration


@transaction.atomic
def record_opinion(
    registration: Registration, opinion: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """What the experts found; the clock goes on. ValidationError (opinion), RefusedError, StaleRevisionError."""
    require(by, RegistrationPerm.EXPERT_OPINION, registration)
    fresh = lock(registration, revision)
    data = {"opinion": opinion.strip()}
    check_step(fresh, "expert_opinion", "", data)
    advance(registration, "expert_opinion", by=by, now=now, data=data)
    keep(registration, expert_opinion=opinion.strip(), accepted_on=fresh.accepted_on)
    follow_clock(registration)
    return registration


@transaction.atomic
def register_contract(
    registration: Registration,
    given: Certificate,
    *,
    by: Actor,
    now: datetime,
    scan: "files.Upload | File | None" = None,
    revision: int | None = None,
) -> Registration:
    """Keep the result of the national system: number, day, body, both certified amounts, the type found.

    ValidationError by field of Certificate (a number that is another record's, a type changed without reason, …) or
    `scan`; RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.REGISTER, registration)
    fresh = lock(registration, revision)
    data = {
        **asdict(given),
        "body": given.body_name,
        "today": clock.today(now),
    }
    check_step(fresh, "register", "", data)
    number = registration_number.read(given.number)
    wrong = {**type_troubles(fresh, given.contract_type, given.contract_subtype, given.type_reason)}
    limit = queries.expert_from(clock.today(now))
    if limit is not None and (given.technology_value or 0) >= limit and not fresh.has_expert_opinion:
        said = _("核定的技术交易额达到 %(amount)s，要先送专家评审")
        wrong["technology_value"] = said % {"amount": figures.amount(limit)}
    if fresh.fictional and not registration_number.is_demo(number):
        wrong["number"] = _("演示合同的登记编号以 YS 开头，免得和真的编号混在一起")
    if wrong:
        raise ValidationError(wrong)
    columns = _columns(fresh, given) | {"decided_by": directory.person_of(by), "refusal": ""}
    with_number(fresh, number, columns, by=by)
    if scan is not None:
        _attach(registration, scan, by=by, now=now)
    before = {"contract_type": fresh.contract_type, "contract_subtype": fresh.contract_subtype}
    advance(registration, "register", by=by, now=now, data=data | {"number": number, "applied": before})
    registration.refresh_from_db()
    told = {"registration": str(registration.uid), "number": number}
    audit.record("deal.registered", registration.deal, by=by, now=now, payload=told)
    tell(registration, by, gettext_lazy("合作项目 {number} 的技术合同已登记"), now)
    return registration


@transaction.atomic
def refuse_registration(
    registration: Registration, note: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """不予登记, with the reason the applicant reads. ValidationError (note), RefusedError, TransitionRefusedError."""
    require(by, RegistrationPerm.REFUSE, registration)
    fresh = lock(registration, revision)
    data = {"today": clock.today(now)}
    check_step(fresh, "refuse", note, data)
    advance(registration, "refuse", by=by, now=now, note=note, data=data)
    keep(registration, refusal=note.strip(), decided_by=directory.person_of(by))
    told = {"registration": str(registration.uid), "note": note.strip()}
    audit.record("deal.registration_refused", registration.deal, by=by, now=now, payload=told)
    tell(registration, by, gettext_lazy("合作项目 {number} 的技术合同不予登记"), now)
    return registration


def type_troubles(registration: Registration, kind: str, subtype: str, reason: str) -> dict[str, str]:
    """By field, what is wrong with a type. One other than applied for, or than the questions led to, has a reason."""
    if kind not in contract_types.TYPES:
        return {"contract_type": _("请选择合同类型")}
    if kind == "development" and subtype not in contract_types.SUBTYPES:
        return {"contract_subtype": _("请写明是委托开发还是合作开发")}
    named = {registration.contract_type, registration.suggested_type} - {""}
    if named - {kind} and not reason.strip():
        return {"type_reason": _("与申报的类型或者按问题判断的类型不同，请写明改判的理由")}
    return {}


def with_number(registration: Registration, number: str, columns: dict[str, Any], *, by: Actor) -> None:
    """Write columns with a number that no other record has. ValidationError (number) when one has, also meanwhile."""
    _refuse_taken(registration, number, by)
    try:
        with transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(number=number, **columns)
    except IntegrityError:
        _refuse_taken(registration, number, by)
        raise


def _refuse_taken(registration: Registration, number: str, by: Actor) -> None:
    other = Registration.objects.filter(number=number).exclude(pk=registration.pk).select_related("deal").first()
    if other is None:
        return
    if may(by, RegistrationPerm.READ, other):
        said = _("登记编号 %(number)s 已经是 %(other)s 的编号")
        names = {"number": registration_number.show(number), "other": other.number_here}
        raise ValidationError({"number": said % names})
    raise ValidationError({"number": _("这个登记编号已经属于另一份登记，请核对")})


def _columns(registration: Registration, given: Certificate) -> dict[str, Any]:
    """What the record keeps of the certificate, and what the statistics count by as of now."""
    deal = registration.deal
    leads = {party.side: party for party in _leads(registration)}
    seller, buyer = leads.get("seller"), leads.get("buyer")
    return {
        "registered_on": given.registered_on,
        "body": directory.organisation_called(given.body_name),
        "body_name": given.body_name.strip(),
        "certified_value": given.contract_value,
        "certified_technology": given.technology_value,
        "contract_type": given.contract_type,
        "contract_subtype": given.contract_subtype if given.contract_type == "development" else "",
        "type_reason": given.type_reason.strip(),
        "seller_name": seller.name if seller else registration.seller_name,
        "buyer_name": buyer.name if buyer else registration.buyer_name,
        "seller_kind": given.seller_kind or registration.seller_kind or (seller.seller_kind if seller else ""),
        "buyer_area": (buyer.area if buyer else "") or registration.buyer_area,
        "zone": (seller.organisation.zone if seller and seller.organisation else "") or registration.zone,
        "field": given.field or registration.field or deal.field,
        "ip_kind": given.ip_kind or registration.ip_kind or deal.ip_kind,
        "plan_source": given.plan_source or registration.plan_source or deal.plan_source,
    }


def _leads(registration: Registration) -> list[DealParty]:
    rows = registration.deal.parties.filter(role="lead", archived_at=None)
    return list(rows.select_related("organisation"))


def _attach(registration: Registration, scan: "files.Upload | File", *, by: Actor, now: datetime) -> None:
    if isinstance(scan, File):  # uploaded before, by whoever acts
        files.attach(scan, registration, role=CERTIFICATE)
        return
    try:
        kept = files.store(scan, by=by, now=now, area=registration.area)
    except files.FileRefusedError as refused:
        raise ValidationError({"scan": str(refused)}) from refused
    files.attach(kept, registration, role=CERTIFICATE)
