"""A factory engineer writes a vague need, a broker makes it clear, the enterprise confirms, the officer publishes."""

from typing import Any

import pytest

from mengkeju.listings.models import Listing
from tests import factories as f

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = "气化细渣含水 48%，希望连续脱水到 25% 以下，每天处理 200 吨，再脱碳利用"


def write(firm: Any) -> str:
    """One screen after the other, with what he knows; returns the address of the need."""
    firm.go("/listings/new/need/")
    firm.fill(title="渣", summary="渣太多")
    firm.press("保存，下一步")
    assert firm.sees("题目至少写 4 个字")
    firm.fill(title="想把气化细渣处理掉", summary="气化细渣每年 6 万吨，建材厂不收，联系张工 13800138000")
    firm.press("保存，下一步")
    assert firm.sees("别人看到的是“〔手机号已隐去〕”")
    firm.fill(summary="气化细渣每年 6 万吨，建材厂不收，只能拉去填埋")
    firm.press("保存，下一步")
    firm.fill(target="越低越好")
    firm.press("保存，下一步")
    assert firm.sees("哪些不能动？")
    firm.press("上一步")
    assert firm.sees("目标没有数值，供方无法判断能否做到")
    firm.press("先存着，下次再填")
    address = str(firm.page.url).removeprefix(firm.base)
    firm.go(f"{address}submit/")
    assert firm.sees("先由技术经纪人帮您问清楚")
    firm.fill(secrecy_level="公开", secrecy_reviewed="on")
    firm.press("提交，请经纪人帮忙")
    assert firm.sees("等经纪人认领")
    return address


@pytest.mark.covers("NED-02")
def test_a_vague_need_is_made_clear_and_confirmed(people: Any) -> None:
    """The broker claims and rewrites it; nothing of it is public before the enterprise and the officer said yes."""
    owner = f.organisation("乌拉演示厂（演示）")
    firm = people("firm").signed_in(f.manager(owner))
    address = write(firm)
    broker = people("broker").signed_in(f.broker())
    broker.go("/diagnoses/")
    broker.press("想把气化细渣处理掉")
    broker.press("认领")
    broker.press("已凝练清楚")
    assert broker.sees("请写明诊断意见")
    broker.fill(findings="到厂里问过：缺连续脱水", public_title="气化细渣连续脱水", public_summary=PUBLIC)
    broker.press("已凝练清楚")
    assert broker.sees("待企业确认")
    people("visitor").refused(address, 404)
    firm.go(address)
    firm.press("去确认")
    firm.press("采用并送审")
    assert firm.sees("保密审查")
    firm.fill(secrecy_reviewed="on", keywords="细渣、脱水")
    firm.press("采用并送审")
    assert Listing.objects.get().state == "submitted"
    officer = people("officer").signed_in(f.officer(f.BAOTOU))
    officer.go("/reviews/")
    officer.press("气化细渣连续脱水")
    officer.press("通过并发布")
    people("visitor").go(address)
    assert people("visitor").sees(PUBLIC)
