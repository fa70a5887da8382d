"""Imports: row errors listed, good rows kept, twice is once, drafts unless an officer publishes the batch."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.exceptions import ValidationError

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.exchange import TableRefusedError, read_table
from mengkeju.kernel.models import Event
from mengkeju.listings.actions import imports
from mengkeju.listings.actions.imports import Batch, ImportReport, ImportRow, check_batch, import_rows, rows_of
from mengkeju.listings.commands import import_listings
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings.samples import manager_of

pytestmark = pytest.mark.django_db
ROWS = [ImportRow(2, "N1", "气化细渣脱碳", "含碳高"), ImportRow(3, "N2", "浓盐水分盐", "")]


@pytest.fixture
def firm() -> Organisation:
    return f.organisation()


@pytest.fixture
def batch(firm: Organisation) -> Batch:
    return Batch("need", "某市征集", firm, SYSTEM, f.AT, area=f.KUNDULUN)


def publishing(batch: Batch, area: str = f.BAOTOU) -> Batch:
    officer = f.actor(f.officer(area))
    return replace(batch, by=officer, publish=True, secrecy_reviewed=True)


def numbers(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, report.published


def states() -> dict[str, str]:
    return dict(Listing.objects.values_list("external_id", "state"))


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


# ---- Reading -----------------------------------------------------------------------------------------


def test_the_headings_of_the_published_files_are_recognised(tmp_path: Path) -> None:
    path = table(tmp_path, "need_id,title,content,sector\nN1,脱碳, 含碳高 ,化工\n")
    columns, rows, problems = rows_of(read_table(path))
    assert rows == [ImportRow(2, "N1", "脱碳", "含碳高")]
    assert columns.ignored == ("sector",)
    assert problems == []
    path = table(tmp_path, "need_id,achievement_id,achievement_title,level\n1,A9,浮选,3\n")
    columns, rows, _problems = rows_of(read_table(path))
    assert (rows[0].title, columns.ignored) == ("浮选", ("achievement_id", "level"))


def test_row_errors_say_row_column_and_what_is_wrong(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "编号,外部编号,题目,简介\n1,A,,x\n2,B,好题目,x\n3,B,另一个,x\n4,C,太多,x,y\n"
        f"5,D,{'长' * 201},x\n6,{'E' * 121},题,x\n",
    )
    columns, rows, problems = rows_of(read_table(path))
    assert [row.external_id for row in rows] == ["B"]
    assert [(p.row, p.column) for p in problems] == [
        (2, "题目"),
        (4, "外部编号"),
        (5, ""),
        (6, "题目"),
        (7, "外部编号"),
    ]
    assert "与第 3 行重复" in problems[1].message
    assert columns.ignored == ("编号",)


def test_rows_without_id_are_known_by_their_title(tmp_path: Path) -> None:
    _columns, rows, problems = rows_of(read_table(table(tmp_path, "需求名称\n脱碳\n浮选\n脱 碳\n脱碳\n")))
    assert len({row.external_id for row in rows}) == 3
    assert [p.row for p in problems] == [5]


def test_a_file_without_titles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefusedError, match="没有找到题目列"):
        rows_of(read_table(table(tmp_path, "need_id,content\n1,x\n")))


# ---- Writing -----------------------------------------------------------------------------------------


def test_rows_become_drafts_and_an_empty_body_is_marked(batch: Batch, firm: Organisation) -> None:
    report = import_rows(batch, ROWS)
    assert numbers(report) == (2, 0, 0, 0)
    assert report.incomplete == 1
    first, second = Listing.objects.order_by("external_id")
    assert (first.state, first.owner, first.area, first.source) == ("draft", firm, f.KUNDULUN, "某市征集")
    assert (first.incomplete, second.incomplete) == (False, True)
    assert first.fictional  # as its owner


def test_the_same_file_again_changes_nothing_and_writes_no_event(batch: Batch) -> None:
    import_rows(batch, ROWS)
    events = Event.objects.count()
    assert numbers(import_rows(batch, ROWS)) == (0, 0, 2, 0)
    assert (Listing.objects.count(), Event.objects.count()) == (2, events)


def test_a_changed_row_edits_its_listing_and_keeps_what_people_added(batch: Batch, firm: Organisation) -> None:
    import_rows(batch, ROWS)
    listing = Listing.objects.get(external_id="N2")
    Listing.objects.filter(pk=listing.pk).update(
        summary="单位自己补的", incomplete=False, details={**listing.details, "values": {"target": "杂盐不高于 5%"}}
    )
    report = import_rows(batch, [replace(ROWS[0], title="气化细渣脱碳（改）"), ROWS[1]])
    assert numbers(report) == (0, 1, 1, 0)
    listing.refresh_from_db()
    assert listing.summary == "单位自己补的"  # an empty body never blanks one
    import_rows(batch, [ImportRow(3, "N2", "浓盐水分盐", "新的说明")])
    listing.refresh_from_db()
    assert (listing.summary, listing.details["values"]) == ("新的说明", {"target": "杂盐不高于 5%"})


def test_a_listing_under_review_is_left_alone(batch: Batch) -> None:
    import_rows(batch, ROWS)
    Listing.objects.update(state="submitted")
    report = import_rows(batch, [replace(ROWS[0], title="改了")])
    assert numbers(report) == (0, 0, 0, 0)
    assert "待审核" in report.problems[0].message


def test_an_id_of_another_organisation_is_not_taken_over(batch: Batch) -> None:
    import_rows(batch, ROWS)
    report = import_rows(replace(batch, owner=f.organisation()), ROWS)
    assert [p.row for p in report.problems] == [2, 3]
    assert numbers(report) == (0, 0, 0, 0)


def test_after_a_stop_the_same_import_goes_on(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PORTION", 3)
    rows = [ImportRow(n + 2, f"N{n}", f"题目{n}", "x") for n in range(8)]
    portions: list[int] = []

    def stop_at_second(count: int) -> None:
        portions.append(count)
        if len(portions) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(batch, rows, stop_at_second)
    assert Listing.objects.count() == 6
    assert numbers(import_rows(batch, rows)) == (2, 0, 6, 0)


# ---- Publishing --------------------------------------------------------------------------------------


def test_an_officer_publishes_the_batch_even_without_bodies(batch: Batch) -> None:
    given = publishing(batch)
    assert numbers(import_rows(given, ROWS)) == (2, 0, 0, 2)
    assert set(states().values()) == {"published"}
    for listing in Listing.objects.all():
        assert listing.number
        assert listing.secrecy_reviewed_by_id == given.by.account_id
    created = Event.objects.filter(type="listing.created").first()
    assert created is not None
    assert created.actor_account == given.by.account_uid  # the record names the person


def test_drafts_of_an_earlier_import_are_published_later(batch: Batch) -> None:
    import_rows(batch, ROWS)
    assert numbers(import_rows(publishing(batch), ROWS)) == (0, 0, 2, 2)
    assert numbers(import_rows(publishing(batch), ROWS)) == (0, 0, 2, 0)


@pytest.mark.parametrize("who", ["system", "owner", "elsewhere"])
def test_nobody_but_an_officer_over_the_area_publishes(batch: Batch, firm: Organisation, who: str) -> None:
    by = {"system": SYSTEM, "owner": manager_of(firm), "elsewhere": f.actor(f.officer(f.HOHHOT))}[who]
    with pytest.raises(RefusedError):
        import_rows(replace(batch, by=by, publish=True, secrecy_reviewed=True), ROWS)
    assert not Listing.objects.exists()


def test_an_officer_who_belongs_to_the_owner_imports_drafts_and_publishes_nothing(
    batch: Batch, firm: Organisation
) -> None:
    recused = replace(batch, by=f.actor(f.with_role("officer", area=f.BAOTOU, of=f.member(firm))))
    with pytest.raises(RefusedError, match="须回避"):
        import_rows(replace(recused, publish=True, secrecy_reviewed=True), ROWS)
    assert not Listing.objects.exists()
    assert numbers(import_rows(recused, ROWS)) == (2, 0, 0, 0)


def test_the_batch_must_have_been_reviewed_for_secrets(batch: Batch) -> None:
    with pytest.raises(ValidationError, match="保密审查"):
        import_rows(replace(publishing(batch), secrecy_reviewed=False), ROWS)


def test_an_unverified_owner_stops_publishing_before_the_first_row(batch: Batch) -> None:
    unverified = f.organisation(verified=False)
    with pytest.raises(ValidationError, match="没有通过核验"):
        import_rows(replace(publishing(batch), owner=unverified), ROWS)
    assert numbers(import_rows(replace(batch, owner=unverified), ROWS)) == (2, 0, 0, 0)


def test_who_may_import_for_whom(batch: Batch, firm: Organisation) -> None:
    for allowed in (SYSTEM, manager_of(firm), f.actor(f.officer(f.BAOTOU))):
        check_batch(replace(batch, by=allowed))
    for refused in (manager_of(f.organisation()), f.actor(f.officer(f.HOHHOT)), f.actor(f.account())):
        with pytest.raises(RefusedError):
            check_batch(replace(batch, by=refused))


@pytest.mark.parametrize("wrong", [{"kind": "poem"}, {"source": "  "}, {"area": "999999"}])
def test_what_is_wrong_with_the_batch_is_said_first(batch: Batch, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check_batch(replace(batch, **wrong))


# ---- The command -------------------------------------------------------------------------------------


def run(path: Path, *arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(import_listings, ["need", str(path), "--source", "某市征集", *arguments], **options)


def test_the_command_imports_lists_problems_and_counts(tmp_path: Path, firm: Organisation) -> None:
    path = table(tmp_path, "need_id,title,content,level\nN1,脱碳,x,4\nN2,,x,4\nN3,浮选,,4\n")
    done = run(path, "--owner", str(firm.uid), "--area", f.KUNDULUN)
    assert done.exit_code == 0, done.output
    assert "忽略的列：level" in done.output
    assert "第 3 行，title：没有题目" in done.output
    assert "新增 2 条，更新 0 条，没有变化 0 条，未采用 1 行；发布 0 条；内容待补充 1 条" in done.output
    assert states() == {"N1": "draft", "N3": "draft"}


def test_the_command_takes_a_code_asks_for_the_review_and_publishes(tmp_path: Path, firm: Organisation) -> None:
    officer = f.with_role("officer", area=f.BAOTOU, second_factor=False)  # with a shell no second factor is asked
    path = table(tmp_path, "title\n脱碳\n")
    given = ("--owner", firm.credit_code, "--area", f.KUNDULUN, "--by", officer.username, "--publish")
    refused = run(path, *given, input="n\n")
    assert refused.exit_code == 1
    assert "保密审查" in refused.output
    assert not Listing.objects.exists()
    assert run(path, *given, input="y\n").exit_code == 0
    assert set(states().values()) == {"published"}
    assert run(path, *given, "--secrecy-reviewed").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--owner", "91150000XXXXXXXXXX", "--area", f.KUNDULUN), "没有编号或统一社会信用代码"),
        (("--owner", "OWNER", "--area", f.KUNDULUN, "--by", "nobody"), "没有“nobody”"),
        (("--owner", "OWNER", "--area", "1"), "没有代码为 1 的地区"),
        (("--owner", "OWNER", "--area", f.KUNDULUN, "--publish", "--secrecy-reviewed"), "需要"),
    ],
)
def test_the_command_says_in_one_line_what_hinders(
    tmp_path: Path, firm: Organisation, arguments: tuple[str, ...], message: str
) -> None:
    given = [str(firm.uid) if a == "OWNER" else a for a in arguments]
    done = run(table(tmp_path, "title\n脱碳\n"), *given)
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output


def test_the_command_refuses_a_program_with_the_name_of_a_table(tmp_path: Path, firm: Organisation) -> None:
    path = tmp_path / "needs.xlsx"
    path.write_bytes(b"MZ" + bytes(300))
    done = run(path, "--owner", str(firm.uid), "--area", f.KUNDULUN)
    assert done.exit_code == 1
    assert "程序（.exe）" in done.output
