"""The dates of a patent as duties of its holder: yearly fees and its end. A missed night is made up by the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import SYSTEM, Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import Duty
from mengkeju.kernel.notices import announce_duty
from mengkeju.kernel.workflow import DutySpec
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.engine.rights import RULES, Fee, reminds_from
from mengkeju.listings.models import FeePayment, IpRight
from mengkeju.listings.queries.rights import fee_next, on_working_day

PAY = DutySpec(
    "pay_patent_fee", "缴纳专利年费", "holder", None, RULES.sources["fee"][:200], label_en="Pay a patent fee"
)
CHECK = DutySpec(
    "check_right",
    "年费补缴期已过，核对权利是否还有效",
    "holder",
    None,
    RULES.sources["fee"][:200],
    label_en="Late period is over: check that the right is in force",
)
END = DutySpec(
    "right_ends", "权利期限快到了", "holder", None, RULES.sources["term"][:200], label_en="A right is about to end"
)
ALL = (PAY, CHECK, END)


@dataclass(frozen=True)
class _Wanted:
    """A duty that should be open, and until when."""

    spec: DutySpec
    due_on: date | None


@transaction.atomic
def tend_right(right: IpRight, *, now: datetime) -> None:
    """Open and close the duties of one right as its dates stand; note when to look again."""
    right = lock(right)
    today = clock.today(now)
    end = right.expires_on
    if right.status == "granted" and end is not None and end <= today:
        right.status = "expired"
        right.revision += 1
        right.save(update_fields=["status", "revision"])
        audit.record("ip_right.expired", right, by=SYSTEM, now=now, payload={"expires_on": end})
    fee = fee_next(right)
    wanted = list(_wanted(right, fee, today))
    _bring(right, wanted, now)
    IpRight.objects.filter(pk=right.pk).update(next_on=_next_look(right, fee, today))


def _wanted(right: IpRight, fee: Fee | None, today: date) -> Iterator[_Wanted]:
    if right.status != "granted" or right.holder_id is None:
        return
    if fee is not None and fee.opens_on <= today:
        if today <= on_working_day(fee.grace_until):
            yield _Wanted(PAY, on_working_day(fee.due_on))
        else:
            yield _Wanted(CHECK, None)
    if right.expires_on is not None and reminds_from(right.expires_on) <= today < right.expires_on:
        yield _Wanted(END, right.expires_on)


def _bring(right: IpRight, wanted: list[_Wanted], now: datetime) -> None:
    open_ones = {duty.key: duty for duty in duties.open_on(right).filter(key__in=[spec.key for spec in ALL])}
    keys = {w.spec.key for w in wanted}
    for key in set(open_ones) - keys:
        duties.close_duties(right, by="settled", now=now, key=key)
    for w in wanted:
        known = open_ones.get(w.spec.key)
        holder = right.duty_holder(w.spec.holder).organisation
        if known is not None and (known.due_on, known.holder_organisation) == (w.due_on, holder):
            continue
        if known is not None:
            Duty.objects.filter(pk=known.pk).update(closed_at=now, closed_by="moved")
        duty = duties.open_duty(right, w.spec, now=now, due_on=w.due_on)
        said = {"duty": w.spec.key, "due_on": w.due_on}
        event = audit.record("ip_right.reminded", right, by=SYSTEM, now=now, payload=said)
        announce_duty(duty, event=event, now=now)


def _next_look(right: IpRight, fee: Fee | None, today: date) -> date | None:
    """The next day on which something changes; None when nothing will."""
    days = []
    if right.status == "granted" and fee is not None:
        days += [fee.opens_on, on_working_day(fee.grace_until) + clock.DAY]
    if right.status == "granted" and right.expires_on is not None:
        days += [reminds_from(right.expires_on), right.expires_on]
    return min((day for day in days if day > today), default=None)


def tend_rights(*, now: datetime) -> int:
    """Every right whose day has come; returns how many. One transaction each."""
    rows = IpRight.objects.filter(archived_at=None, next_on__lte=clock.today(now)).order_by("pk")
    done = 0
    for right in rows.iterator(chunk_size=200):
        tend_right(right, now=now)
        done += 1
    return done


@transaction.atomic
def note_fee_paid(right: IpRight, *, year: int, paid_on: date, by: Actor, now: datetime) -> FeePayment:
    """The holder says that the fee of a patent year was paid, and when. RefusedError, ValidationError per field."""
    require(by, PartPerm.RIGHT_FEE, right)
    right = lock(right)
    require(by, PartPerm.RIGHT_FEE, right)
    known = right.payments.filter(year=year).first()
    if known is not None:
        return known
    fee = fee_next(right)
    if fee is None or fee.year != year:
        raise ValidationError({"year": _("现在没有第 %(year)s 年度的年费要缴") % {"year": year}})
    if paid_on > clock.today(now):
        raise ValidationError({"paid_on": _("缴费日期不能晚于今天")})
    if right.applied_on is not None and paid_on < right.applied_on:
        raise ValidationError({"paid_on": _("缴费日期不能早于申请日")})
    made = FeePayment.objects.create(
        right=right, year=year, due_on=fee.due_on, paid_on=paid_on, noted_at=now, noted_by_id=by.account_id
    )
    payload = {"year": year, "paid_on": paid_on, "due_on": fee.due_on}
    audit.record("ip_right.fee_paid", right, by=by, now=now, payload=payload)
    tend_right(right, now=now)
    return made
