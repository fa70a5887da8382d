"""成果登记: the number as its office gave it; and the goals of policy a listing serves."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.listings.actions.parts import locked_for_change
from mengkeju.listings.engine import registration_numbers
from mengkeju.listings.models import Listing, ListingGoal, ResultRegistration
from mengkeju.listings.models.registration import ATTRIBUTES, PHASES

TEXTS = ("office", "recommended_by", "study_from", "study_to", "attribute", "keywords", "form", "standing", "phase")
FIELDS = ("number", "registered_on", *TEXTS)
MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])")
MOST_KEYWORDS = 3
GOALS = "policy_goals"


@dataclass(frozen=True)
class RegistrationInput:
    """The fields of 成果登记; months as YYYY-MM."""

    number: str
    registered_on: date
    office: str
    recommended_by: str = ""
    study_from: str = ""
    study_to: str = ""
    attribute: str = ""
    keywords: str = ""
    form: str = ""
    standing: str = ""
    phase: str = ""


def _checked(listing: Listing, given: RegistrationInput, today: date) -> str:
    """The number in its one spelling. ValidationError per field."""
    wrong: dict[str, str] = {}
    number = ""
    try:
        number = _number(listing, given)
    except ValueError as error:
        wrong["number"] = str(error)
    if given.registered_on > today:
        wrong["registered_on"] = _("批准登记日期不能晚于今天")
    if not given.office.strip():
        wrong["office"] = _("请填写登记机构")
    wrong |= _wrong_study(given)
    if len(_words(given.keywords)) > MOST_KEYWORDS:
        wrong["keywords"] = _("关键词最多 %(most)s 个") % {"most": MOST_KEYWORDS}
    if given.attribute not in {"", *ATTRIBUTES} or given.phase not in {"", *PHASES}:
        wrong["__all__"] = _("请从列表里选")
    if wrong:
        raise ValidationError(wrong)
    return number


def _number(listing: Listing, given: RegistrationInput) -> str:
    """ValueError when it is malformed, of another year than the day, or another listing's."""
    found = registration_numbers.read(given.number)
    if found.year != given.registered_on.year:
        said = _("登记号里的年份是 %(number)s，与批准登记日期的 %(day)s 年不一致")
        raise ValueError(said % {"number": found.year, "day": given.registered_on.year})
    if ResultRegistration.objects.filter(number=found.text).exclude(listing=listing).exists():
        raise ValueError(_("这个登记号已用在另一条成果上，请核对"))
    return found.text


def _wrong_study(given: RegistrationInput) -> dict[str, str]:
    months = ("study_from", "study_to")
    wrong = {
        k: _("应为年月，例如 2023-06") for k in months if getattr(given, k) and not MONTH.fullmatch(getattr(given, k))
    }
    if not wrong and given.study_from and given.study_to and given.study_from > given.study_to:
        wrong["study_to"] = _("研究终止不能早于研究起始")
    return wrong


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w()+./-]+", text) if word]


def stated(row: ResultRegistration) -> dict[str, Any]:
    """What a row says."""
    return {key: getattr(row, key) for key in FIELDS}


@transaction.atomic
def state_registration(
    listing: Listing,
    given: RegistrationInput,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    secrecy_reviewed: bool = False,
) -> ResultRegistration:
    """State or correct the registration of an achievement. `revision`: of the row it was made from, 0 for none.

    RefusedError, ValidationError per field, StaleRevisionError.
    """
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    if listing.kind != "achievement":
        raise ValidationError(_("只有成果可以填写成果登记"))
    row = ResultRegistration.objects.select_for_update().filter(listing=listing).first()
    if revision is not None and revision != (row.revision if row else 0):
        raise StaleRevisionError(row)
    number = _checked(listing, given, clock.today(now))
    before = stated(row) if row else {}
    if row is None:
        row = ResultRegistration(listing=listing, area=listing.area, created_at=now, created_by_id=by.account_id)
        row.revision = 0
    row.number, row.registered_on = number, given.registered_on
    row.keywords = ", ".join(_words(given.keywords))
    for key in TEXTS:
        if key != "keywords":
            setattr(row, key, getattr(given, key).strip())
    after = stated(row)
    if before == after:
        return row
    row.revision += 1
    row.save()
    differing = [key for key in FIELDS if before.get(key) != after[key]]
    payload = {"before": {k: before.get(k) for k in differing}, "after": {k: after[k] for k in differing}}
    audit.record("listing.registered_as_result", listing, by=by, now=now, payload=payload)
    return row


def settle_goals(listing: Listing) -> None:
    """Rows of the goals a listing states, so that each goal can be counted. In the transaction of the edit."""
    stated_goals = set(listing.details.get("values", {}).get(GOALS) or ())
    known = set(ListingGoal.objects.filter(listing=listing).values_list("goal", flat=True))
    ListingGoal.objects.filter(listing=listing, goal__in=known - stated_goals).delete()
    ListingGoal.objects.bulk_create([ListingGoal(listing=listing, goal=goal) for goal in sorted(stated_goals - known)])
