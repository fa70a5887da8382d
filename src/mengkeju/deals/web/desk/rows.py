"""Words of one case at the registrar's desk: state, clock, type, amounts, findings."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.deals import queries
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import DealParty, Registration
from mengkeju.deals.web.deal.pages import between
from mengkeju.kernel import clock, figures
from mengkeju.kernel.words import word

NEARLY = 3
"""Working days left from which a clock warns."""
TAB_WORDS = {
    "filed": gettext_lazy("待受理"),
    "accepted": gettext_lazy("核对中"),
    "supplement": gettext_lazy("等补正"),
    "expert": gettext_lazy("专家评审"),
    "objected": gettext_lazy("异议"),
    "today": gettext_lazy("今天办结"),
    "decided": gettext_lazy("全部已办结"),
}


def tab_word(tab: str) -> str:
    """The word of a tab."""
    return str(TAB_WORDS[tab])


def badge(case: Registration) -> dict[str, str]:
    """Kind and word of the state, for mk/state.html."""
    state = REGISTRATION.states[case.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def type_word(kind: str, subtype: str = "") -> str:
    """“技术开发（委托开发）”; empty while there is none."""
    if kind not in TYPES:
        return kind
    if subtype in SUBTYPES:
        return _("%(type)s（%(subtype)s）") % {"type": word(TYPES[kind]), "subtype": word(SUBTYPES[subtype])}
    return word(TYPES[kind])


def clock_of(case: Registration, due: date | None, today: date) -> dict[str, Any] | None:
    """For mk/clock.html: working days used, of how many, the words and the tone; None without a day."""
    duty = REGISTRATION.states[case.state].duty
    if due is None or duty is None or duty.working_days is None:
        return None
    left = clock.working_days_between(today, due)
    used = max(duty.working_days - left, 0)
    if left < 0:
        said = ngettext("超 %(n)d 个工作日", "超 %(n)d 个工作日", -left) % {"n": -left}
        return {"used": duty.working_days, "total": duty.working_days, "label": said, "tone": "over"}
    said = ngettext("剩 %(n)d 个工作日", "剩 %(n)d 个工作日", left) % {"n": left} if left else _("今天到期")
    return {"used": used, "total": duty.working_days, "label": said, "tone": "wait" if left <= NEARLY else ""}


def used_words(case: Registration, due: date | None, today: date) -> str:
    """“第 4 个工作日，共 15 日”, while the legal clock runs and is not over."""
    found = clock_of(case, due, today)
    if found is None or found["tone"] == "over" or case.state not in {"accepted", "expert"}:
        return ""
    return _("第 %(n)d 个工作日，共 %(total)d 日") % {"n": found["used"], "total": found["total"]}


def amount_words(case: Registration) -> str:
    """The amount of the case: as certified, else as applied for."""
    value = case.applied_value if case.certified_value is None else case.certified_value
    return _("金额待定") if value is None else figures.amount(value)


def finding_words(case: Registration) -> str:
    """“要改 1 提醒 2”; all well; empty when nothing was kept."""
    if not queries.checked(case):
        return ""
    found = queries.finding_counts(case)
    said = []
    if found["fix"]:
        said.append(_("要改 %(n)d") % {"n": found["fix"]})
    if found["warning"]:
        said.append(_("提醒 %(n)d") % {"n": found["warning"]})
    return " ".join(said) or _("预审没有发现问题")


def line_of(case: Registration, parties: list[DealParty], today: date, url: str, *, current: bool) -> dict[str, Any]:
    """One entry of the list beside a case."""
    return {
        "c": case,
        "url": url,
        "current": current,
        "what": " · ".join(part for part in (type_word(case.contract_type), amount_words(case)) if part),
        "between": between(parties),
        "clock": clock_of(case, getattr(case, "due_on", None), today),
        "findings": finding_words(case),
        "state": badge(case),
    }
