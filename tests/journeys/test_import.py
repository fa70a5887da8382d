"""A professor's list of achievements, as his office saved it, becomes a partnership: import to accepted intention."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mengkeju.deals.models import Intention
from mengkeju.directory.models import Organisation
from mengkeju.listings.models import Listing
from tests import factories as f

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHEET = Path(__file__).resolve().parents[1] / "data/exchange/achievements_gbk.csv"
TITLE = "煤矸石制陶粒"
PHONE = "0471-1234567"


def upload(professor: Any) -> None:
    """From his own listings; without the declaration nothing is taken."""
    professor.go("/listings/mine/")
    professor.press("导入表格")
    handed = professor.download("科技成果模板")
    headings = next(openpyxl.load_workbook(io.BytesIO(handed.path().read_bytes())).worksheets[0].iter_rows())
    assert len(headings) > 3
    professor.fill(kind="achievement")
    professor.page.locator("#main [name=file]").set_input_files(SHEET)
    professor.press("上传并核对")
    assert professor.sees("请确认这份文件已作保密审查")
    professor.page.locator("#main [name=file]").set_input_files(SHEET)
    professor.fill(declared="on")
    professor.press("上传并核对")
    assert professor.sees("对应表头")


def preview(professor: Any, background: Any) -> None:
    """The headings are recognised in spite of GBK and two rows of them; the sum row is not a listing."""
    title = professor.page.locator("#main tr", has_text="成果名称").locator("select")
    assert title.evaluate("e => e.selectedOptions[0].text").startswith("题目")
    professor.press("核对每一行")
    background()
    professor.go(professor.page.url.removeprefix(professor.base))
    assert professor.sees("预览")
    assert professor.sees(TITLE)
    assert not professor.sees("合计")
    assert not Listing.objects.exists(), "nothing is written before the preview is confirmed"


def confirm(professor: Any, background: Any) -> None:
    """He leaves the page while it is written, and finds the result where he left it."""
    place = professor.page.url.removeprefix(professor.base)
    professor.page.locator("#main").get_by_role("button", name="确认导入").click()
    professor.page.wait_for_load_state()
    professor.look()
    professor.go("/workbench/")
    background()
    professor.go("/imports/")
    assert professor.sees(SHEET.name)
    professor.go(place)
    assert professor.sees("导入结果")
    assert Listing.objects.filter(kind="achievement", state="draft").count() > 0


def submit(professor: Any) -> str:
    """The draft says what the sheet did not; he completes it and hands it in. Returns its address."""
    professor.go("/listings/mine/?state=draft")
    professor.press(TITLE)
    address = str(professor.page.url).removeprefix(professor.base)
    professor.go(f"{address}edit/")
    assert professor.page.locator("#main [name=title]").input_value() == TITLE
    professor.fill(summary="以煤矸石为原料烧制轻质陶粒，用于保温砌块；中试线已连续运行。")
    professor.press("存为草稿，去核对")
    professor.fill(secrecy_level="公开", secrecy_reviewed="on")
    professor.press("提交审核")
    assert professor.sees("待审核")
    return address


def publish(officer: Any, background: Any) -> None:
    officer.go("/reviews/")
    officer.press(TITLE)
    officer.press("通过并发布")
    assert officer.sees("已发布")
    background()


def declare(firm: Any, address: str) -> str:
    """Found by search; the professor's telephone is not shown before both agree."""
    firm.go("/search/?q=陶粒")
    firm.press(TITLE)
    assert firm.page.url.startswith(firm.base + address)
    assert not firm.sees(PHONE)
    firm.press("有意向")
    firm.fill(message="想看中试线，谈许可费用")
    firm.press("提交意向")
    assert firm.sees("待对方答复")
    return str(firm.page.url).removeprefix(firm.base)


@pytest.mark.covers("PLT-08")
def test_a_sheet_of_achievements_becomes_a_partnership(people: Any, background: Any) -> None:
    holder = f.account("wulan", password=f.PASSWORD, name="乌兰")
    university: Organisation = f.organisation(
        "青城理工大学（演示）", kind="university", area=f.XINCHENG, founder=holder
    )
    firm_of = f.organisation("鹿原建材（演示）")
    professor = people("professor")
    professor.sign_in("wulan")
    upload(professor)
    preview(professor, background)
    confirm(professor, background)
    address = submit(professor)
    publish(people("officer").signed_in(f.officer(f.HOHHOT)), background)
    intention = declare(people("firm").signed_in(f.manager(firm_of)), address)

    professor.go("/workbench/")
    professor.go(intention)
    assert professor.sees("想看中试线")
    professor.press("接受意向")
    assert professor.sees(f.manager(firm_of).email)
    assert Intention.objects.get().state == "accepted"
    assert Listing.objects.get(title=TITLE).owner == university
