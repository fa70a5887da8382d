"""After the decision, through the API: a registration is changed, cancelled, an objection to it is decided.

As on the desk every act names the revision it was made from and carries an Idempotency-Key.
"""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from mengkeju.deals import actions
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.api.desk import done
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.registration_schemas import ContractType, RegistrationOut
from mengkeju.deals.api.schemas import example
from mengkeju.deals.engine import price
from mengkeju.deals.models import Registration
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.api.values import Yuan


class RegistrationChangeIn(Input):
    """What is registered otherwise now, and why. Members that are left out stay; amounts in yuan."""

    number: str | None = Field(
        default=None, max_length=60, description="只在全国系统改了编号时写。 / If it was changed."
    )
    registered_on: date | None = None
    body_name: str | None = Field(default=None, max_length=120)
    certified_value: Yuan | None = None
    certified_technology: Yuan | None = None
    contract_type: ContractType | None = None
    contract_subtype: Literal["", "commissioned", "joint"] | None = None
    seller_kind: str | None = Field(default=None, max_length=40)
    field: str | None = Field(default=None, max_length=60)
    ip_kind: str | None = Field(default=None, max_length=40)
    plan_source: str | None = Field(default=None, max_length=40)
    note: str = Field(max_length=500, description="变更的理由，例如补充协议。 / Why.")

    model_config = example({"certified_value": "800000.00", "note": "补充协议调减设备费（演示）"}, strict=True)


class RegistrationCancelIn(Input):
    """Why it is cancelled."""

    note: str = Field(max_length=2000)

    model_config = example({"note": "合同解除（演示）"}, strict=True)


class ObjectionDecisionIn(Input):
    """What becomes of the objection, and why. `upheld`: examined anew, the clock begins today."""

    upheld: bool
    note: str = Field(max_length=2000)

    model_config = example({"upheld": False, "note": "核定金额与合同一致（演示）"}, strict=True)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/change",
    title=Title("变更登记", "Change a registration"),
    permission=RegistrationPerm.CHANGE,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def change_registration(request: ApiRequest, uid: UUID, given: RegistrationChangeIn) -> dict[str, Any]:
    """Each particular that differs is kept as an amendment, before and after."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.change_registration(found, _changes(given), given.note, **who)

    return done(request, uid, RegistrationPerm.CHANGE, act)


def _changes(given: RegistrationChangeIn) -> dict[str, Any]:
    """What is to be changed. ProblemError invalid for null (a registration has all of it) and for what is no amount."""
    stated = given.dict(exclude_unset=True, exclude={"note"})
    if empty := [name for name, value in stated.items() if value is None]:
        raise ProblemError("invalid", "", [Wrong(f"#/{name}", _("请填写，或写空文字")) for name in empty])
    amounts = {name: stated[name] for name in ("certified_value", "certified_technology") if name in stated}
    wrong = [Wrong(f"#/{name}", said) for name, value in amounts.items() if (said := price.amount_trouble(value))]
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return stated


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/cancel",
    title=Title("注销登记", "Cancel a registration"),
    permission=RegistrationPerm.CANCEL,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def cancel_registration(request: ApiRequest, uid: UUID, given: RegistrationCancelIn) -> dict[str, Any]:
    """With the reason; the parties are told."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.cancel_registration(found, given.note, **who)

    return done(request, uid, RegistrationPerm.CANCEL, act)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/decide-objection",
    title=Title("处理异议", "Decide an objection"),
    permission=RegistrationPerm.DECIDE_OBJECTION,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def decide_objection(request: ApiRequest, uid: UUID, given: ObjectionDecisionIn) -> dict[str, Any]:
    """Upheld: examined anew. Rejected: the result it was raised against stays."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.decide_objection(found, given.note, upheld=given.upheld, **who)

    return done(request, uid, RegistrationPerm.DECIDE_OBJECTION, act)
