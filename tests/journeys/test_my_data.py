"""A person takes his personal data with him and is erased: what was said before is what happened after."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from mengkeju.deals import actions as deals
from mengkeju.deals.models import Intention
from mengkeju.directory import actions
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.models import Event, EventPayload
from tests import factories as f
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOGIN, NAME, PHONE, EMAIL = "tengri2026", "腾格里", "13900001234", "tengri@example.org"
MESSAGE = "我在旗里有一条中试线"
HIS = (LOGIN, NAME, PHONE, EMAIL, MESSAGE)


def a_working_life() -> tuple[Organisation, Intention]:
    """He and a colleague act for one firm; its intention was accepted, and he wrote in the thread."""
    chief = f.account("guanli")
    firm = f.organisation("鹿原化工（演示）", founder=chief)
    account = f.account(LOGIN, email=EMAIL, password=f.PASSWORD, name=NAME)
    actions.join_organisation(f.person(account), firm, manager=False, by=f.actor(account), now=f.AT)
    institute = f.organisation("青城演示院（演示）", kind="university", area=f.XINCHENG)
    by = f.actor(account)
    target = samples.published(institute, "achievement", title="浮选脱碳的成果", area=f.XINCHENG)
    intention = deals.declare_intention(target=target, declaring=firm, by=by, now=samples.LATER)
    deals.answer_intention(intention, accept=True, by=samples.manager_of(institute), now=samples.LATER)
    deals.write_message(intention, MESSAGE, by=by, now=samples.LATER)
    return firm, intention


def fill_in(window: Any) -> None:
    """His telephone, as he writes it himself."""
    window.sign_in(LOGIN)
    window.go("/me/edit/")
    window.fill(phone=PHONE, position="中试线负责人")
    window.press("保存")
    assert window.sees(PHONE)


def export(window: Any) -> dict[str, Any]:
    """The file as it lies on his disk."""
    window.go("/me/")
    handed = window.download("导出我的信息")
    assert handed.suggested_filename.startswith("my-data-")
    made: dict[str, Any] = json.loads(handed.path().read_text(encoding="utf-8"))
    return made


def check_file(data: dict[str, Any], firm: Organisation) -> None:
    """Everything about him with purpose, basis and period; nothing of his colleague."""
    text = json.dumps(data, ensure_ascii=False)
    for word in HIS:
        assert word in text, word
    fields = [field for row in data["data"] for field in row["fields"]]
    assert all(field["purpose"] and field["basis"] and field["retention"] for field in fields)
    assert {field["value"] for field in fields if field["name"] == "phone"} == {PHONE}
    assert [m["organisation__name"] for m in data["memberships"]] == [firm.name]
    assert "person.edited" in {act["type"] for act in data["acts"]}
    colleague = Person.objects.filter(memberships__organisation=firm).exclude(account__username=LOGIN).first()
    assert colleague is not None
    assert colleague.name not in text


def erase(window: Any) -> None:
    """What goes and what stays is said first; a slip of the pen does nothing."""
    window.go("/me/")
    window.press("删除我的信息并注销账号")
    for said in ("姓名、电话、邮箱、用户名和您在商谈中写的留言都会清除", "属于单位，会留下", "操作记录只留"):
        assert window.sees(said), said
    window.fill(typed="tengri")
    window.press("删除我的信息并注销账号")
    assert window.sees("与您的用户名不一致")
    assert Person.objects.filter(name=NAME).exists()
    window.fill(typed=LOGIN)
    window.press("删除我的信息并注销账号")
    assert window.sees("您的个人信息已删除，账号已注销")


def everything_kept() -> str:
    """The whole database as text."""
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    return json.dumps(json.loads(serializers.serialize("json", rows)), ensure_ascii=False)


def check_what_stays(firm: Organisation, intention: Intention, people: Any) -> None:
    """The firm keeps its intention, the record keeps that it happened; nobody reads his name any more."""
    firm_window = people("firm").signed_in(f.manager(firm))
    firm_window.go(intention.get_absolute_url())
    assert firm_window.sees("浮选脱碳的成果")
    assert firm_window.sees("已删除的用户")
    firm_window.go("/colleagues/")
    auditor = people("auditor").signed_in(f.auditor())
    auditor.go("/record/?kind=person.")
    assert auditor.sees("person.edited")
    assert auditor.sees("person.erased")
    auditor.go("/record/verify/")
    assert auditor.sees("没有发现改动")
    assert auditor.sees("依法删除")
    security = people("security").signed_in(f.security_admin())
    security.go(f"/people/?q={NAME}")
    assert security.sees("没有找到这样的人")
    for window in (firm_window, auditor):
        assert [word for word in HIS if window.sees(word)] == []


def test_taking_my_data_and_being_forgotten(people: Any, background: Any) -> None:
    firm, intention = a_working_life()
    me = people("me")
    fill_in(me)
    check_file(export(me), firm)
    background()
    before = everything_kept()
    assert [word for word in HIS if word not in before] == []

    erase(me)
    background()
    after = everything_kept()
    assert [word for word in HIS if word in after] == []
    assert Event.objects.filter(type="person.edited").exists()
    assert not EventPayload.objects.filter(event__type="person.edited").exists()
    assert [finding.text for finding in audit.verify() if finding.broken] == []

    me.go("/accounts/login/")
    me.give_password(LOGIN, f.PASSWORD)
    me.look()
    assert "/accounts/login/" in me.page.url
    check_what_stays(firm, intention, people)
