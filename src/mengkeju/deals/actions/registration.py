"""The application for the registration of a signed deal: prepared by one click, its type, its particulars."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions.registration_duty import applicant_of
from mengkeju.deals.engine import application
from mengkeju.deals.engine.application import CLAUSE_ANSWERS, INVOICES, MOST_NUMBERS, NUMBER_LENGTH, Particulars
from mengkeju.deals.engine.contract_types import QUESTIONS, SUBTYPES, TYPES, suggestion
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.engine.registration_workflow import LIVE_STATES, REGISTERED_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, Registration, RegistrationDocument
from mengkeju.kernel import audit, clock, files
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import begin, lock
from mengkeju.kernel.models import Attachment
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions as listings

EDITABLE_STATES = ("prepared", "supplement")
PREFIX = "MK-G"
FIRST_TIME = "first_time_seller"


@transaction.atomic
def prepare_registration(deal: Deal, *, by: Actor, now: datetime, is_import: bool = False) -> Registration:
    """The application of a signed deal; the one that is live, if there is one. Any party may begin it.

    What the deal and an earlier application of it say is taken over. `is_import`: a technology import, for which the
    domestic buyer applies. RefusedError; TransitionRefusedError while the deal cannot be registered.
    """
    require(by, RegistrationPerm.PREPARE, deal)
    fresh = lock(deal)
    running = fresh.registrations.filter(state__in=LIVE_STATES).first()
    if running is not None:
        return running
    _refuse_unfit(fresh)
    party = applicant_of(fresh, is_import=is_import)
    if party is None:
        side = _("境内买方") if is_import else _("卖方")
        said = _("%(side)s没有入驻本平台，不能在这里申请登记；请%(side)s入驻，或者直接到所在地的登记机构办理")
        raise TransitionRefusedError(said % {"side": side}, "no_applicant")
    earlier = fresh.registrations.order_by("-pk").first()
    made = Registration(
        deal=fresh,
        number_here=listings.next_number(PREFIX, "registration", clock.today(now).year),
        applicant=party,
        is_import=is_import,
        contract_type=fresh.contract_type,
        contract_subtype=fresh.contract_subtype,
        suggested_type=suggestion(fresh.type_answers).type,
        type_reason=earlier.type_reason if earlier is not None else "",
        particulars=_first_particulars(fresh, party, earlier).kept(),
        area=_place(party),
        fictional=fresh.fictional,
    )
    set_applied(made)
    begin(made, by=by, now=now, payload={"deal": str(fresh.uid)}, organisation=_organisation(party))
    if earlier is not None:
        _take_over_documents(earlier, made, by=by, now=now)
    return made


def _refuse_unfit(deal: Deal) -> None:
    if deal.from_source:
        raise TransitionRefusedError(_("这一条据公开资料记录，不能在这里办理"), "from_source")
    if not deal.kind_spec.has(Step.REGISTRATION):
        raise TransitionRefusedError(_("这一类合作项目不办认定登记"), "no_registration")
    if deal.state not in SIGNED_STATES:
        raise TransitionRefusedError(_("签约以后才能申请认定登记"), "wrong_state")


def _place(party: DealParty) -> str:
    """Where the desk is: the place of the applicant; of an individual that of the deal."""
    return party.organisation.area if party.organisation is not None else party.area or party.deal.area


def _organisation(party: DealParty) -> Any:
    return party.organisation.uid if party.organisation is not None else None


def _first_particulars(deal: Deal, party: DealParty, earlier: Registration | None) -> Particulars:
    if earlier is not None:
        return application.read(earlier.particulars)
    known = Registration.objects.filter(state__in=REGISTERED_STATES, applicant__organisation=party.organisation)
    is_first = party.organisation is not None and not known.exists()
    numbers = deal.achievement.ip_rights.values_list("number", flat=True) if deal.achievement is not None else ()
    return Particulars(
        flags=frozenset({FIRST_TIME} if is_first else ()), ip_numbers=application.numbers(numbers)[:MOST_NUMBERS]
    )


def _take_over_documents(earlier: Registration, made: Registration, *, by: Actor, now: datetime) -> None:
    """The files of an application that ended serve the next one; nobody uploads them again."""
    rows = list(earlier.documents.filter(archived_at=None))
    key = type_of(RegistrationDocument()).key
    held = Attachment.objects.filter(subject_type=key, subject_uid__in=[row.uid for row in rows]).select_related("file")
    for row in rows:
        again = RegistrationDocument.objects.create(
            registration=made, key=row.key, area=made.area, created_at=now, created_by_id=by.account_id
        )
        for one in held:
            if one.subject_uid == row.uid:
                files.attach(one.file, again)


def set_applied(registration: Registration) -> None:
    """The sums of the price lines as they stand; both empty while the amount is open. Not saved."""
    registration.applied_value, registration.applied_technology = queries.applied_sums(registration.deal)


def editable(registration: Registration, *, by: Actor, revision: int | None = None) -> Registration:
    """The row, locked, where the applicant may still change it. RefusedError, StaleRevisionError.

    TransitionRefusedError once it is filed, until a supplement is asked for.
    """
    require(by, RegistrationPerm.EDIT, registration)
    fresh = lock(registration, revision)
    if fresh.state not in EDITABLE_STATES:
        raise TransitionRefusedError(_("已经提交，不能再改；要改请先撤回，或者等登记机构发补正通知"), "wrong_state")
    return fresh


@transaction.atomic
def edit_registration(
    registration: Registration,
    *,
    answers: Mapping[str, str],
    contract_type: str,
    contract_subtype: str,
    is_import: bool,
    by: Actor,
    now: datetime,
    reason: str = "",
    revision: int | None = None,
) -> Registration:
    """The type: answers to the guided questions, the applicant's choice, and his reason where it is another.

    `contract_type` “” while he has not chosen. The answers and the choice are the deal's too. An import is applied for
    by the buyer: the application passes to him. ValidationError by field; RefusedError, TransitionRefusedError,
    StaleRevisionError.
    """
    fresh = editable(registration, by=by, revision=revision)
    kept = {key: answers[key] for key in QUESTIONS if answers.get(key) in QUESTIONS[key].answers}
    found = suggestion(kept)
    subtype = contract_subtype if contract_type == "development" else ""
    _check_type(contract_type, subtype, found.type if found.is_decided else "", reason)
    before = _type_of(fresh)
    if is_import != fresh.is_import:
        _pass_on(fresh, is_import=is_import)
    fresh.contract_type, fresh.contract_subtype = contract_type, subtype
    fresh.suggested_type = found.type
    fresh.type_reason = reason.strip() if contract_type and found.type not in ("", contract_type) else ""
    fresh.revision += 1
    fresh.save(
        update_fields=[
            *("contract_type", "contract_subtype", "suggested_type", "type_reason"),
            *("is_import", "applicant", "area", "revision"),
        ]
    )
    Deal.objects.filter(pk=fresh.deal_id).update(
        type_answers=kept, contract_type=contract_type, contract_subtype=subtype
    )
    payload = {"before": before, "after": _type_of(fresh), "answers": kept}
    audit.record("registration.typed", fresh, by=by, now=now, payload=payload)
    return fresh


def _type_of(registration: Registration) -> dict[str, Any]:
    names = ("contract_type", "contract_subtype", "suggested_type", "type_reason", "is_import")
    return {name: getattr(registration, name) for name in names}


def _check_type(contract_type: str, subtype: str, suggested: str, reason: str) -> None:
    if contract_type and contract_type not in TYPES:
        raise ValidationError({"contract_type": _("请选择合同类型")})
    if contract_type == "development" and subtype not in SUBTYPES:
        raise ValidationError({"contract_subtype": _("请写明是委托开发还是合作开发")})
    if contract_type and suggested and suggested != contract_type and not reason.strip():
        raise ValidationError({"reason": _("与按问题判断的类型不同，请写明理由")})
    if len(reason) > (longest := Registration._meta.get_field("type_reason").max_length or 0):
        raise ValidationError({"reason": _("最多 %(count)s 个字") % {"count": longest}})


def _pass_on(registration: Registration, *, is_import: bool) -> None:
    party = applicant_of(registration.deal, is_import=is_import)
    if party is None:
        said = _("技术进口合同由境内买方申请，买方还没有入驻本平台") if is_import else _("卖方还没有入驻本平台")
        raise ValidationError({"is_import": said})
    registration.is_import, registration.applicant, registration.area = is_import, party, _place(party)


@transaction.atomic
def edit_particulars(
    registration: Registration, given: Particulars, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """Circumstances, clauses, numbers of rights, the invoice. ValidationError by field; else as edit_registration."""
    fresh = editable(registration, by=by, revision=revision)
    given = replace(given, ip_numbers=application.numbers(given.ip_numbers))
    _check_particulars(given, {flag.key for flag in queries.circumstances(clock.today(now))})
    before, after = fresh.particulars, given.kept()
    if before == after:
        return fresh
    fresh.particulars = after
    fresh.revision += 1
    fresh.save(update_fields=["particulars", "revision"])
    audit.record("registration.edited", fresh, by=by, now=now, payload={"before": before, "after": after})
    return fresh


def _check_particulars(given: Particulars, flags: set[str]) -> None:
    wrong: dict[str, str] = {}
    if not given.flags <= flags:
        wrong["flags"] = _("没有这一项")
    if given.invoice and given.invoice not in INVOICES:
        wrong["invoice"] = _("没有这一项")
    if not set(given.clauses) <= CLAUSES.keys() or not set(given.clauses.values()) <= CLAUSE_ANSWERS.keys():
        wrong["clauses"] = _("没有这一项")
    if len(given.ip_numbers) > MOST_NUMBERS:
        wrong["ip_numbers"] = _("最多写 %(count)s 个号码") % {"count": MOST_NUMBERS}
    elif long := next((one for one in given.ip_numbers if len(one) > NUMBER_LENGTH), ""):
        wrong["ip_numbers"] = _("“%(number)s…”太长，请一行写一个号码") % {"number": long[:20]}
    if wrong:
        raise ValidationError(wrong)
