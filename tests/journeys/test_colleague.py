"""A manager invites a colleague, who accepts with his own account, works, and is removed: access ends at once."""

import re
from typing import Any

import pytest
from django.core import mail

from mengkeju.directory.models import Membership
from tests import factories as f
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "nasu@example.org"


def invite(manager: Any) -> str:
    """From the workbench's own page; returns the path in the mail."""
    manager.go("/colleagues/")
    manager.fill(email="不是邮箱")
    manager.press("发出邀请")
    assert manager.page.locator("#main [name=email]").input_value() == "不是邮箱"
    assert not mail.outbox
    manager.fill(email=ADDRESS)
    manager.press("发出邀请")
    assert manager.sees("邀请已发出")
    assert ADDRESS in manager.row(ADDRESS).inner_text()
    [letter] = mail.outbox
    assert letter.to == [ADDRESS]
    found = re.search(r"/invitation/\S+", str(letter.body))
    assert found is not None
    return found[0]


def accept(colleague: Any, link: str) -> None:
    """The link asks him to sign in, and comes back to where he was going."""
    colleague.go(link)
    assert "/accounts/login/" in colleague.page.url
    colleague.give_password("nasu", f.PASSWORD)
    colleague.look()
    assert colleague.page.url == colleague.base + link
    assert colleague.sees("以这家单位的名义")
    colleague.press("加入单位")
    assert colleague.sees("您已加入本单位")


def test_a_colleague_comes_and_goes(people: Any) -> None:
    firm = f.organisation("鹿原化工（演示）", founder=f.account("guanli", password=f.PASSWORD))
    draft = samples.draft(firm, title="气化细渣脱碳（还没提交）").get_absolute_url()
    f.account("nasu", email=ADDRESS, password=f.PASSWORD, name="娜苏")
    manager, colleague = people("manager"), people("colleague")

    manager.sign_in("guanli")
    link = invite(manager)
    accept(colleague, link)
    colleague.refused(link, 410)
    assert colleague.sees("已经用过了")

    colleague.go(draft)
    colleague.press("修改")
    colleague.fill(summary="每年副产 6 万吨，含水四成。")
    colleague.press("存为草稿，去核对")
    assert colleague.sees("含水四成")
    colleague.go("/colleagues/")
    assert colleague.sees("由单位管理员办理")
    inside = colleague.page.url.removeprefix(colleague.base)

    manager.go("/colleagues/")
    manager.confirm("移出单位", manager.row("娜苏"))
    assert manager.sees("已办理")
    assert manager.page.locator("#main tr", has_text="娜苏").count() == 0

    colleague.refused(draft, 404)
    colleague.refused(f"{draft}edit/", 404)
    colleague.refused(inside, 403)
    assert colleague.sees("本单位人员")
    colleague.go("/workbench/")
    assert not colleague.sees("鹿原化工")
    manager.go(draft)
    assert manager.sees("含水四成")
    assert Membership.objects.get(person__name="娜苏").ended_at is not None


def test_what_he_was_writing_is_not_taken_after_he_was_removed(people: Any) -> None:
    """The form was open when he was removed: sending it is refused, and nothing has changed."""
    firm = f.organisation("鹿原化工（演示）")
    listing = samples.draft(firm, title="气化细渣脱碳")
    colleague = people("colleague").signed_in(f.member(firm))
    colleague.go(f"{listing.get_absolute_url()}edit/")
    colleague.fill(title="偷改的标题")
    Membership.objects.filter(organisation=firm, manager=False).update(ended_at=f.AT)
    colleague.page.get_by_role("button", name="存为草稿，去核对").click()
    colleague.page.wait_for_load_state()
    colleague.noise.clear()  # the browser reports the 404 itself
    colleague.look()
    assert colleague.sees("没有找到")
    listing.refresh_from_db()
    assert listing.title == "气化细渣脱碳"
