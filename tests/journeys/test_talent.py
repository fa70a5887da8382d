"""Schools and employers in a real browser: a post and a group of students, proposal, intention, meeting, result."""

from datetime import timedelta
from typing import Any

import pytest

from mengkeju.deals.models import Intention
from mengkeju.events.models import Meeting
from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORK = "做气化细渣的筛分和浮选试验，测烧失量，整理数据"
SAID = "4 人 3 月 1 日到岗"


def publish(owner: Any, bureau: Any, kind: str, title: str, **given: str) -> str:
    """Written on one page, handed in, published by the officer; returns its address."""
    owner.go(f"/listings/new/{kind}/?all=1")
    owner.page.get_by_label("实习", exact=True).check()
    owner.fill(title=title, summary=WORK, number="4 人", begins="2027-03-01", ends="2027-06-30", **given)
    owner.press("存为草稿，去核对")
    owner.fill(secrecy_level="公开", secrecy_reviewed="on")
    owner.press("提交审核")
    assert owner.sees("待审核")
    bureau.go("/reviews/")
    bureau.press(title)
    bureau.press("通过并发布")
    return str(owner.page.url).removeprefix(owner.base)


@pytest.mark.covers("PLT-17")
def test_students_find_their_post_and_the_result_is_stated(people: Any, background: Any) -> None:
    """College and firm publish, both see the proposal, agree, meet, and the firm says who came."""
    factories.areas()
    firm_login, college_login = factories.account("changfang"), factories.account("xueyuan")
    firm_o = factories.organisation("演示选矿厂（演示）", founder=firm_login)
    factories.organisation("演示矿业学院（演示）", kind="university", founder=college_login)
    bureau = people("bureau").signed_in(factories.officer(factories.REGION))
    firm, college = people("firm").signed_in(firm_login), people("college").signed_in(college_login)

    firm.go("/talent/")
    assert firm.sees("还没有发布")
    post = publish(firm, bureau, "post", "浮选试验实习生")
    college.go("/talent/")
    assert college.sees("浮选试验实习生")
    group = publish(college, bureau, "cohort", "矿物加工 2027 届浮选试验实习生")
    background()

    firm.go(post)
    assert firm.sees("推荐 1 项毕业生与实习生")
    college.go(group)
    assert college.sees("推荐 1 项岗位")
    assert college.sees("岗位类型合适")
    college.press("有意向")
    college.fill(message="3 月起可以来 4 人")
    college.press("提交意向")
    intention = Intention.objects.get()
    assert intention.origin == "match"
    firm.go(intention.get_absolute_url())
    firm.press("接受意向")
    firm.press("约会面")
    start = (clock.now() + timedelta(days=4)).astimezone(clock.ZONE).replace(hour=14, minute=0)
    firm.fill(title="谈实习安排", slot1=start.strftime("%Y-%m-%dT%H:%M"))
    firm.press("送出邀请")
    meeting = Meeting.objects.get()
    assert meeting.requesting == firm_o
    college.go(meeting.get_absolute_url())
    assert college.sees("谈实习安排")

    firm.go(post)
    firm.press("办结，说明结果")
    firm.page.get_by_label("通过平台招到").check()
    firm.fill(note=SAID, solution_number=Listing.objects.get(kind="cohort").number)
    firm.press("办结")
    assert firm.sees("通过平台招到")
    assert firm.sees(SAID)
    assert not firm.sees("技术合同")
    college.go(group)
    assert college.sees("已落实的岗位或学生")
    assert not college.sees(SAID)
    college.go("/talent/")
    assert college.sees("通过平台落实的")
