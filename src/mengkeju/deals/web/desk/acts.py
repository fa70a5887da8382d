"""What a registrar can do with a case: for each act its permission, form, states and the action behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import actions
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES
from mengkeju.deals.models import Registration
from mengkeju.deals.web.desk import forms as f
from mengkeju.deals.web.desk.forms import DeskForm
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may

Run = Callable[[Registration, dict[str, Any], dict[str, Any]], Registration]


@dataclass(frozen=True)
class Act:
    """`run(registration, given, who)`: `who` holds by, now and revision. `main`: stands open, the others are folded."""

    key: str
    label: str | Promise
    said: str | Promise
    permission: RegistrationPerm
    form: type[DeskForm]
    states: tuple[str, ...]
    run: Run = field(compare=False)
    main: bool = False
    stops: bool = False
    upload: bool = False


def _register(case: Registration, given: dict[str, Any], who: dict[str, Any]) -> Registration:
    scan = given.pop("scan", None)
    return actions.register_contract(case, actions.Certificate(**given), scan=scan, **who)


def _change(case: Registration, given: dict[str, Any], who: dict[str, Any]) -> Registration:
    reason = given.pop("note")
    return actions.change_registration(case, given, reason, **who)


def _objection(case: Registration, given: dict[str, Any], who: dict[str, Any]) -> Registration:
    return actions.decide_objection(case, given["note"], upheld=given["upheld"] == "yes", **who)


ACTS: dict[str, Act] = {
    act.key: act
    for act in (
        Act(
            "accept",
            _("受理"),
            _("已受理，办理期限从今天起算"),
            RegistrationPerm.ACCEPT,
            f.AcceptForm,
            ("filed",),
            lambda case, _given, who: actions.accept_registration(case, **who),
            main=True,
        ),
        Act(
            "register",
            _("予以登记"),
            _("已登记"),
            RegistrationPerm.REGISTER,
            f.RegisterForm,
            ("accepted", "expert"),
            _register,
            main=True,
            upload=True,
        ),
        Act(
            "opinion",
            _("登记专家意见"),
            _("专家意见已记录"),
            RegistrationPerm.EXPERT_OPINION,
            f.OpinionForm,
            ("expert",),
            lambda case, given, who: actions.record_opinion(case, given["opinion"], **who),
        ),
        Act(
            "objection",
            _("处理异议"),
            _("异议已处理"),
            RegistrationPerm.DECIDE_OBJECTION,
            f.ObjectionForm,
            ("objected",),
            _objection,
            main=True,
        ),
        Act(
            "supplement",
            _("发一次性补正通知"),
            _("补正通知已发出"),
            RegistrationPerm.ASK_SUPPLEMENT,
            f.SupplementForm,
            ("filed", "accepted"),
            lambda case, given, who: actions.ask_supplement(case, given["note"], until=given["until"], **who),
        ),
        Act(
            "expert",
            _("送专家评审"),
            _("已送专家评审"),
            RegistrationPerm.SEND_TO_EXPERT,
            f.ExpertForm,
            ("accepted",),
            lambda case, given, who: actions.send_to_expert(case, expert_reason=given["expert_reason"], **who),
        ),
        Act(
            "refuse",
            _("不予登记"),
            _("已作出不予登记的决定"),
            RegistrationPerm.REFUSE,
            f.RefuseForm,
            ("filed", "supplement", "accepted", "expert"),
            lambda case, given, who: actions.refuse_registration(case, given["note"], **who),
            stops=True,
        ),
        Act(
            "change",
            _("变更登记"),
            _("变更已登记"),
            RegistrationPerm.CHANGE,
            f.ChangeForm,
            REGISTERED_STATES,
            _change,
        ),
        Act(
            "cancel",
            _("注销登记"),
            _("已注销"),
            RegistrationPerm.CANCEL,
            f.CancelForm,
            REGISTERED_STATES,
            lambda case, given, who: actions.cancel_registration(case, given["note"], **who),
            stops=True,
        ),
    )
}


def form_of(
    act: Act,
    case: Registration,
    data: QueryDict | None = None,
    request: HttpRequest | None = None,
    *,
    initial: dict[str, Any] | None = None,
) -> DeskForm:
    """The form of an act, empty or with what was sent; ids of fields are its own, several stand on one page."""
    given = request.FILES if request is not None and act.upload else None
    return act.form(data, given, registration=case, initial=initial, auto_id=f"id_{act.key}_%s")


def possible(actor: Actor, case: Registration) -> list[Act]:
    """The acts open to the actor on a case as it stands; `may` asked once, they share one rule."""
    here = [act for act in ACTS.values() if case.state in act.states]
    if not here or not may(actor, here[0].permission, case):
        return []
    if case.state == "supplement" and case.supplement_until and clock.today() <= case.supplement_until:
        return [act for act in here if act.key != "refuse"]
    return here


def run(act: Act, case: Registration, given: dict[str, Any], *, by: Actor, now: datetime) -> Registration:
    """Do it with the values of a valid form."""
    values = dict(given)
    who = {"by": by, "now": now, "revision": values.pop("revision")}
    return act.run(case, values, who)
