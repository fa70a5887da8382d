"""The one next step of a registration, for whoever reads it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import Registration
from mengkeju.deals.web.registration.papers import mend_url
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.words import word


def next_step(actor: Actor, registration: Registration, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Parameters of mk/next.html."""
    mine = may(actor, RegistrationPerm.EDIT, registration)
    if registration.state == "prepared":
        return _prepare(registration, findings) if mine else _waits_for_applicant(registration)
    if registration.state == "supplement":
        return {
            "title": _("按补正通知补正") if mine else _("等申请人补正"),
            "text": registration.supplement_note,
            "due": registration.supplement_until,
            **({"tone": "wait"} | _button(registration, "supply", _("去补正")) if mine else {}),
        }
    return {"title": word(REGISTRATION.states[registration.state]), "text": _said(registration)}


def _button(registration: Registration, name: str, label: str) -> dict[str, str]:
    return {"url": reverse(f"registration-{name}", args=[registration.uid]), "label": label}


def _prepare(registration: Registration, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """What is missing first: the type, then what must be mended, then handing in."""
    if not registration.contract_type:
        said = _("答几个问题就知道是哪一类；结论只是建议，由登记机构认定。")
        return {"title": _("先判定合同类型"), "text": said, **_button(registration, "type", _("去判定"))}
    wrong = [one for one in findings if one["result"] == "fix"]
    if wrong:
        first = next((note for note in wrong[0]["notes"] if note["result"] == "fix"), wrong[0]["notes"][0])
        count = sum(note["result"] == "fix" for one in wrong for note in one["notes"])
        return {
            "title": ngettext("提交前还有 %(n)s 处要改", "提交前还有 %(n)s 处要改", count) % {"n": count},
            "text": first["message"],
            "url": mend_url(registration, first["anchor"]),
            "label": _("去改这一处"),
        }
    return {
        "title": _("提交登记申请"),
        "text": _("预审没有发现要改的地方。"),
        **_button(registration, "file", _("去提交")),
    }


def _waits_for_applicant(registration: Registration) -> dict[str, Any]:
    name = registration.applicant.name if registration.applicant is not None else ""
    return {"title": _("等申请人提交"), "text": _("由%(name)s填写并提交。") % {"name": name}}


def _said(registration: Registration) -> str:
    sentences = {
        "filed": _("登记机构先作形式审查，材料不全的会发补正通知。"),
        "accepted": _("登记机构正在核对合同。"),
        "expert": _("技术交易额较大或者有争议，正在听取专家意见。"),
        "refused": registration.refusal,
        "objected": _("登记机构正在处理异议。"),
        "withdrawn": _("要登记的，从合作项目页重新办，填过的内容会带过来。"),
    }
    if registration.state in ("registered", "changed"):
        return _("登记编号 %(number)s") % {"number": registration_number.show(registration.number)}
    return sentences.get(registration.state, "")
