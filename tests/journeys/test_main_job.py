"""The main job in a real browser: a need finds its achievement and becomes an intention."""

from typing import Any

import pytest

from mengkeju.deals.models import Intention
from mengkeju.listings.actions import ListingInput, create_listing, review_listing, submit_listing
from mengkeju.listings.models import Listing
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = factories.PASSWORD
SECRET = "煤种为长焰煤并掺百分之七"


def a_published_achievement() -> Listing:
    """The other side: a verified university with one achievement on the shelf."""
    holder = factories.account("professor", password=PASSWORD, name="乌兰")
    university = factories.organisation(
        "青城理工大学（演示）", kind="university", area=factories.XINCHENG, founder=holder
    )
    by, officer = factories.actor(holder), factories.actor(factories.officer(factories.HOHHOT))
    listing = create_listing(
        "achievement",
        ListingInput(
            values={
                "title": "煤气化细渣浮选脱碳与炭灰分质利用技术",
                "area": factories.XINCHENG,
                "field": "",
                "cluster": "",
                "summary": "以微泡浮选从气化细渣中分离残碳，脱碳后的灰烧失量低于 6%，炭粉做填料，灰做胶凝材料。",
            }
        ),
        owner=university,
        by=by,
        now=factories.AT,
        contact=factories.person(holder),
        fictional=True,
    )
    submit_listing(listing, by=by, now=factories.AT, secrecy_level="公开", secrecy_reviewed=True)
    return review_listing(listing, approve=True, by=officer, now=factories.AT)


def register_firm(firm: Any) -> None:
    """Sign up, register the organisation, hand it in for verification."""
    firm.go("/accounts/signup/")
    firm.fill(
        name="苏合", username="suhe", email="suhe@example.org", password1=PASSWORD, password2=PASSWORD, terms="on"
    )
    firm.page.locator("#main form button[type=submit]").first.click()
    firm.page.wait_for_url("**/start/")
    firm.look()
    firm.press("登记单位")
    firm.fill(name="鹿原化工（演示）", kind="enterprise", area=factories.KUNDULUN, credit_code="91999900MA0Y0001XE")
    firm.press("登记单位")
    firm.press("提交核验")
    assert firm.sees("待核验")


def post_need(firm: Any) -> str:
    """Write the need, correct an error, hand it in; returns its address."""
    firm.go("/listings/new/need/?all=1")
    firm.fill(
        title="气化细渣脱碳与高值利用",
        summary="每年副产气化细渣 6 万吨，含碳高，想脱碳后炭做填料、灰做建材。",
        target="脱碳后烧失量不高于 8%",
        price_low="200万",
        price_high="一百万",
        confidential=SECRET,
    )
    firm.press("存为草稿，去核对")
    assert firm.sees("不是金额")
    assert firm.page.locator("[name=price_low]").input_value() == "200万"
    firm.fill(price_high="1000万")
    firm.press("存为草稿，去核对")
    firm.fill(secrecy_level="内部", secrecy_reviewed="on")
    firm.press("提交审核")
    assert firm.sees("非涉密平台")
    firm.fill(secrecy_level="公开", secrecy_reviewed="on")
    firm.press("提交审核")
    assert firm.sees("待审核")
    return str(firm.page.url).removeprefix(firm.base)


@pytest.mark.covers("PLT-04", "PLT-05", "PLT-11", "NED-02", "NED-08", "NED-11")
def test_a_need_finds_its_achievement_and_becomes_an_intention(people: Any, background: Any) -> None:
    """Register, be verified, post, get matches, declare; the other side answers; a visitor sees the public parts."""
    factories.areas()
    achievement = a_published_achievement()
    officer = factories.with_role(
        "officer", area=factories.BAOTOU, of=factories.account("guanyuan", password=PASSWORD), second_factor=False
    )
    firm, bureau, holder, visitor = people("firm"), people("bureau"), people("holder"), people("visitor")

    register_firm(firm)
    bureau.sign_in(officer.username, PASSWORD)
    bureau.go("/verification/")
    bureau.press("鹿原化工（演示）")
    bureau.press("核验通过")
    assert bureau.sees("已核验")

    address = post_need(firm)
    bureau.go("/reviews/")
    bureau.press("气化细渣脱碳与高值利用")
    bureau.press("通过并发布")
    background()

    firm.go(address)
    assert firm.sees(achievement.title)
    assert firm.sees("高度匹配") or firm.sees("较为匹配") or firm.sees("可供参考")
    firm.press("有意向")
    firm.fill(message="下月能否到现场谈")
    firm.press("提交意向")
    assert firm.sees("待对方答复")
    intention = Intention.objects.get()
    assert intention.origin == "match"
    assert intention.origin_uid is not None

    holder.sign_in("professor", PASSWORD)
    holder.go(intention.get_absolute_url())
    assert not holder.sees("suhe@example.org")
    holder.press("接受意向")
    assert holder.sees("suhe@example.org")
    holder.go(address)
    assert holder.sees(SECRET)

    visitor.go("/")
    visitor.go("/search/?q=气化细渣")
    assert visitor.sees("气化细渣脱碳与高值利用")
    visitor.go(address)
    assert visitor.sees("脱碳后烧失量不高于 8%")
    assert not visitor.sees(SECRET)
    assert not visitor.sees("suhe@example.org")
