"""Patents from a spreadsheet write their rights too: by number, linked, idempotent, errors at their cells."""

from collections.abc import Sequence

import pytest

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import ImportBatch, ImportRow
from mengkeju.listings import actions, queries
from mengkeju.listings.actions import RightInput
from mengkeju.listings.models import IpRight, Listing
from tests import factories as f
from tests.listings import import_samples as i
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
HEADINGS = ("专利名称", "摘要", "专利号", "专利类型", "法律状态", "申请日", "授权公告日", "对应成果", "发明人")
NUMBER, OTHER = "ZL 2003 1 0102344.5", "85100001.0"


@pytest.fixture
def school() -> Organisation:
    return f.organisation("乙大学（演示）", kind="university")


@pytest.fixture
def by(school: Organisation) -> Actor:
    return s.manager_of(school)


def row(**given: str) -> list[str]:
    base = {
        "title": "一种细渣脱碳方法",
        "summary": "先脱水再脱碳",
        "number": NUMBER,
        "kind": "发明",
        "status": "有效",
        "applied": "2023-10-08",
        "granted": "2025-05-01",
        "achievement": "",
        "inventors": "",
    }
    return list((base | given).values())


def previewed(rows: Sequence[list[str]], school: Organisation, by: Actor, name: str = "专利.xlsx") -> ImportBatch:
    return i.mapped(i.uploaded(i.sheet(rows, HEADINGS), school, by, kind="patent", name=name), by)


def confirmed(rows: Sequence[list[str]], school: Organisation, by: Actor, name: str = "专利.xlsx") -> ImportBatch:
    return running.run(batches.confirm(previewed(rows, school, by, name), by=by, now=f.AT))


def said(batch: ImportBatch, number: int) -> list[tuple[str, str]]:
    problems = ImportRow.objects.get(batch=batch, number=number).problems or []
    return [(str(problem[0]), str(problem[2])) for problem in problems]


@pytest.mark.covers("PLT-10")
@pytest.mark.covers("ACH-01")
def test_a_row_writes_the_right_and_links_it_to_the_achievement(school: Organisation, by: Actor) -> None:
    achievement = s.published(school, "achievement", title="细渣脱碳成套技术")
    rows = [
        row(achievement="细渣 脱碳成套技术", inventors="张三、李四；王五"),
        row(title="另一种", number=OTHER, achievement=achievement.number, status="已终止"),
    ]
    confirmed(rows, school, by)
    right = IpRight.objects.get(number="200310102344.5")
    assert (right.kind, right.status, right.rank, right.holder) == ("invention", "granted", "Ⅰ", school)
    patent = Listing.objects.get(title="一种细渣脱碳方法")
    assert set(right.listings.all()) == {patent, achievement}
    assert patent.details["values"]["patent_number"] == "ZL 200310102344.5"
    inventors = queries.team(patent, by).parts[0]
    assert [one.name for one in inventors[1]] == ["张三", "李四", "王五"]
    assert IpRight.objects.get(number=OTHER).status == "ceased"
    assert {r.right.number for r in queries.rights_of(achievement, by)} == {"200310102344.5", OTHER}


def test_the_same_file_again_changes_nothing_and_a_new_status_does(school: Organisation, by: Actor) -> None:
    confirmed([row(inventors="张三")], school, by)
    again = confirmed([row(inventors="张三"), row(title="第二项", number="")], school, by, "又一次.xlsx")
    assert list(again.rows.order_by("number").values_list("outcome", flat=True)) == ["unchanged", "created"]
    assert IpRight.objects.count() == 1
    third = confirmed([row(status="终止")], school, by, "第三次.xlsx")
    assert list(third.rows.values_list("outcome", flat=True)) == ["changed"]
    assert IpRight.objects.get().status == "ceased"
    assert Listing.objects.filter(title="一种细渣脱碳方法").count() == 1


def test_what_is_wrong_stands_at_its_cell(school: Organisation, by: Actor) -> None:
    rows = [
        row(title="甲", number="200310102344.6"),
        row(title="乙", status="不知道"),
        row(title="丙", applied="2020-01-02", granted="2019-01-01"),
        row(title="丁", achievement="没有这一条"),
        row(title="戊", kind="外观设计"),
        row(title="己"),
        row(title="庚", number="２００３１０１０２３４４．５"),
        row(title="辛", number="", status="有效", kind=""),
    ]
    batch = previewed(rows, school, by)
    wrong = {n: said(batch, n) for n in range(2, 10)}
    assert wrong[2][0][0] == "专利号"
    assert "校验位" in wrong[2][0][1]
    assert wrong[3][0][0] == "法律状态"
    assert wrong[4][0][0] == "授权公告日"
    assert wrong[5][0] == ("对应成果", "本单位没有编号或题目为“没有这一条”的成果")
    assert wrong[6][0][0] == "专利号"
    assert wrong[7] == []
    assert "与第 7 行是同一个专利号" in wrong[8][0][1]
    assert ("法律状态", "没有专利号，这一项没有采用") in wrong[9]


def test_a_number_another_organisation_claims_is_said_before_and_disputed_after(
    school: Organisation, by: Actor
) -> None:
    firm = f.organisation()
    listing = s.published(firm, "achievement")
    actions.link_right(listing, RightInput(NUMBER), by=s.manager_of(firm), now=s.LATER, secrecy_reviewed=True)
    batch = previewed([row()], school, by)
    assert "另一家单位已主张" in said(batch, 2)[0][1]
    running.run(batches.confirm(batch, by=by, now=f.AT))
    right = IpRight.objects.get()
    assert right.disputed
    assert right.title == listing.title, "what the other said of it stays"
    assert {c.organisation for c in right.claims.all()} == {firm, school}


def test_an_officer_imports_for_a_school_of_his_area(school: Organisation) -> None:
    officer = f.actor(f.officer(f.BAOTOU))
    confirmed([row()], school, officer)
    assert IpRight.objects.get().holder == school
