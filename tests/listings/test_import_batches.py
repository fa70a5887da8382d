"""A batch from file to listings: what is written, what stays out, whose it is."""

import io
from collections import Counter
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from mengkeju.directory import actions as directory
from mengkeju.directory.models import Membership, Organisation
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.exchange import TwoColumnsError, batches, leftovers, running
from mengkeju.kernel.models import Event, ImportMapping
from mengkeju.listings import actions
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import import_samples as i
from tests.listings import samples as s
from tests.listings.import_samples import confirmed, outcomes, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def by(firm: Organisation) -> Actor:
    return s.manager_of(firm)


def test_every_field_of_a_row_arrives_and_nothing_before_the_confirmation(firm: Organisation, by: Actor) -> None:
    batch = i.previewed([i.row(1)], firm, by)
    assert (batch.state, batch.stage, Listing.objects.count()) == ("draft", "preview", 0)
    done = confirmed(batch, by)
    assert (done.state, outcomes(done)) == ("finished", Counter(created=1))
    row = Listing.objects.get()
    assert (row.state, row.owner, row.area, row.origin) == ("draft", firm, firm.area, "import")
    assert (row.field, row.price_low, row.price_high) == ("new_materials", Decimal(2_000_000), Decimal(2_000_000))
    assert str(row.deadline) == "2027-06-30"
    assert row.details["values"]["modes"] == ["technology_transfer", "commissioned_development"]
    created = Event.objects.get(type="listing.created")
    assert created.actor_account == by.account_uid
    types = list(Event.objects.filter(subject_type="import").order_by("pk").values_list("type", flat=True))
    assert types == ["import.created", "import.confirm", "import.finish"]


@pytest.mark.parametrize("kind", ["need", "achievement", "patent"])
def test_a_filled_template_reads_back_without_a_question(firm: Organisation, by: Actor, kind: str) -> None:
    book = load_workbook(io.BytesIO(actions.template_of(kinds[kind])))
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    page.cell(3, 1).value = "模板里填的题目"
    for rule in page.data_validations.dataValidation:
        column = next(iter(rule.sqref.ranges)).min_col
        choices = page.cell(2, column).value
        if rule.type == "list" and choices:
            page.cell(3, column).value = choices
    kept = io.BytesIO()
    book.save(kept)
    batch = i.uploaded(kept.getvalue(), firm, by, kind=kind)
    assert batch.stage == "mapping"  # the sheet of instructions is no choice
    found = {x.heading: x for x in batches.suggestions(batch)}
    assert set(found) == set(headings)
    assert all(x.field and x.confidence == 1.0 for x in found.values()), found
    batch = i.mapped(batch, by)
    assert [(r.verdict, r.problems) for r in batch.rows.all()] == [("create", [])]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("needs_merged.xlsx", "need"), ("achievements_gbk.csv", "achievement"), ("needs_sheets.xlsx", "need")],
)
def test_a_file_of_an_office_loses_no_good_row_and_its_wrong_rows_come_back_mended(
    firm: Organisation, by: Actor, name: str, kind: str
) -> None:
    batch = i.uploaded((i.OFFICE_FILES / name).read_bytes(), firm, by, kind=kind, name=name)
    if batch.stage == "sheet":
        batch = batches.choose_sheet(batch, "需求表（演示）", by=by)
        assert not batch.content
    batch = i.mapped(batch, by, **({"单位名称": "ignore"} if kind == "need" else {}))
    good = batch.rows.exclude(verdict="bad").count()
    bad = batch.rows.filter(verdict="bad").count()
    assert good
    assert bad
    done = confirmed(batch, by)
    assert outcomes(done) == Counter(created=good, failed=bad)
    again = i.uploaded(b"".join(leftovers.bad_file(done, now=f.AT)), firm, by, kind=kind, name="bad.xlsx")
    assert again.total == bad
    kept = {h: x for h, x in done.mapping.items() if x != "ignore"}
    found = {x.heading: (x.field, x.how) for x in batches.suggestions(again) if x.field}
    assert sorted(field for field, _how in found.values()) == sorted(kept.values())
    again = i.mapped(again, by)
    bad_ones = zip(done.rows.filter(verdict="bad").order_by("number"), again.rows.order_by("number"), strict=True)
    pairs = [(one, other) for one, other in bad_ones if not one.faults]  # what no cell could be read from is empty now
    assert pairs
    for one, other in pairs:
        assert one.values == other.values
        assert [m for _h, _l, m in one.problems or []] == [m for _h, _l, m in other.problems or []]


def test_what_is_wrong_stands_at_its_cell_and_keeps_only_its_row_out(firm: Organisation, by: Actor) -> None:
    rows = [
        i.row(1),
        i.row(2, field="新才料", deadline="2024.1", price="贰拾万"),
        i.row(3, title=""),
        i.row(4, title="长" * 121),
        i.row(5, deadline="2027年3月"),
    ]
    batch = i.previewed(rows, firm, by)
    verdicts = dict(batch.rows.values_list("number", "verdict"))
    assert verdicts == {2: "create", 3: "bad", 4: "bad", 5: "bad", 6: "create"}
    at = {heading for heading, level, _m in said(batch, 3) if level == "error"}
    assert at == {"所属领域", "截止日期", "投入(万元)"}
    assert any("新材料" in message for _h, _l, message in said(batch, 3))
    assert said(batch, 4)[0][0] == "需求名称"
    assert [level for _h, level, _m in said(batch, 6)] == ["warning"]
    assert outcomes(confirmed(batch, by)) == Counter(created=2, failed=3)


def test_two_columns_for_one_field_and_no_title_are_refused(firm: Organisation, by: Actor) -> None:
    batch = i.uploaded(i.sheet([i.row(1)]), firm, by)
    with pytest.raises(TwoColumnsError):
        i.mapped(batch, by, 需求描述="title")
    with pytest.raises(ValidationError, match="题目"):
        i.mapped(batch, by, 需求名称="ignore")
    with pytest.raises(ValidationError, match="没有这些字段"):
        i.mapped(batch, by, 需求描述="state")


def test_the_mapping_is_remembered_for_the_organisation_once_confirmed(firm: Organisation, by: Actor) -> None:
    headings = ("代号", "叫什么", "怎么回事")
    batch = i.uploaded(i.sheet([["A1", "脱碳装置", "说明"]], headings), firm, by)
    assert not any(x.field for x in batches.suggestions(batch))
    batch = i.mapped(batch, by, 代号="external_id", 叫什么="title", 怎么回事="summary")
    assert not ImportMapping.objects.exists()
    confirmed(batch, by)
    next_one = i.uploaded(i.sheet([["A2", "另一条", "说明"]], headings), firm, by)
    assert [x.field for x in batches.suggestions(next_one)] == ["external_id", "title", "summary"]
    other = f.organisation()
    elsewhere = i.uploaded(i.sheet([["A2", "另一条", "说明"]], headings), other, s.manager_of(other))
    assert not any(x.field for x in batches.suggestions(elsewhere))


# ---- Already there -----------------------------------------------------------------------------------


def test_what_is_there_is_changed_or_left_and_empty_cells_blank_nothing(firm: Organisation, by: Actor) -> None:
    confirmed(i.previewed([i.row(1), i.row(2)], firm, by), by)
    batch = i.previewed([i.row(1, body=""), i.row(2, price="300"), i.row(3)], firm, by)
    assert list(batch.rows.order_by("number").values_list("verdict", flat=True)) == ["same", "change", "create"]
    assert "投入下限" in said(batch, 3)[0][2]
    assert outcomes(confirmed(batch, by)) == Counter(unchanged=1, changed=1, created=1)
    assert Listing.objects.get(external_id="N1").summary
    assert Listing.objects.get(external_id="N2").price_low == Decimal(3_000_000)


def test_a_listing_made_by_hand_is_known_by_its_title(firm: Organisation, by: Actor) -> None:
    made = s.draft(firm, title="手工建的一条")
    batch = i.previewed([i.row(1, id="", title="手工建的 一条")], firm, by)
    assert batch.rows.get().target == made.uid
    numbered = i.previewed([i.row(1, title="手工建的一条")], firm, by)
    assert (numbered.rows.get().verdict, numbered.rows.get().warned) == ("create", True)
    assert "同名" in said(numbered, 2)[0][2]
    theirs = f.organisation()
    assert i.previewed([i.row(1, id="", title="手工建的一条")], theirs, s.manager_of(theirs)).rows.get().target is None


def test_duplicates_in_the_file_and_near_ones_on_the_platform_are_pointed_out(firm: Organisation, by: Actor) -> None:
    s.published(f.organisation(), title="高盐废水零排放蒸发结晶装置防垢技术研究")
    hidden = s.draft(f.organisation(), title="稀土永磁电机退磁在线检测装置与方法研究")
    rows = [
        i.row(1, id="", title="高盐废水“零排放”蒸发结晶装置防垢技术研究"),
        i.row(2, id="", title=f"《{hidden.title}》"),
        i.row(3, id="X"),
        i.row(4, id="X"),
    ]
    batch = i.previewed(rows, firm, by)
    assert "很像" in said(batch, 2)[0][2]
    assert said(batch, 3) == []  # somebody else's draft is not given away
    assert "与第 4 行重复" in said(batch, 5)[0][2]


def test_a_row_that_changed_or_was_lost_meanwhile_stays_out_and_stops_nobody(firm: Organisation, by: Actor) -> None:
    confirmed(i.previewed([i.row(1), i.row(2)], firm, by), by)
    batch = i.previewed([i.row(1, price="1"), i.row(2, price="1"), i.row(3)], firm, by)
    touched = Listing.objects.get(external_id="N1")
    actions.edit_listing(touched, s.stated(title="同事改的"), by=by, now=s.LATER)
    s.draft(firm)
    done = confirmed(batch, by)
    assert outcomes(done) == Counter(failed=1, changed=1, created=1)
    assert "被改过" in said(done, 2)[-1][2]
    assert Listing.objects.get(pk=touched.pk).title == "同事改的"


# ---- Whose ---------------------------------------------------------------------------------------------


def test_who_may_import_for_whom(firm: Organisation) -> None:
    content = i.sheet([i.row(1)])
    for allowed in (s.manager_of(firm), f.actor(f.officer(f.BAOTOU))):
        assert i.uploaded(content, firm, allowed).total == 1
    stranger, far = s.manager_of(f.organisation()), f.actor(f.officer(f.HOHHOT))
    for refused in (stranger, far, f.actor(f.account())):
        with pytest.raises(RefusedError):
            i.uploaded(content, firm, refused)
    with pytest.raises(ValidationError, match="保密审查"):
        batches.upload(io.BytesIO(content), "x.xlsx", "listing.need", owner=firm.uid, declared=False,
                       by=s.manager_of(firm), now=f.AT)  # fmt: skip


def test_the_owner_column_takes_only_organisations_one_may_import_for(firm: Organisation) -> None:
    other = f.organisation("另一演示厂（演示）")
    headings = (*i.HEADINGS, "单位名称")
    rows = [[*i.row(1), other.name], [*i.row(2), ""], [*i.row(3), "没有这个厂"]]
    mine = s.manager_of(firm)
    batch = i.mapped(i.uploaded(i.sheet(rows, headings), firm, mine), mine)
    assert list(batch.rows.order_by("number").values_list("verdict", flat=True)) == ["bad", "create", "bad"]
    assert [heading for heading, _l, _m in said(batch, 2)] == ["单位名称"]
    officer = f.actor(f.officer(f.BAOTOU))
    batch = i.mapped(i.uploaded(i.sheet(rows, headings), firm, officer), officer)
    confirmed(batch, officer)
    assert {(x.external_id, x.owner) for x in Listing.objects.all()} == {("N1", other), ("N2", firm)}


def test_a_batch_of_several_organisations_is_only_its_senders(firm: Organisation) -> None:
    other = f.organisation("另一演示厂（演示）")
    both = f.manager(firm)
    directory.join_organisation(f.person(both), other, manager=False, by=f.actor(both), now=f.AT)
    colleague = f.actor(f.member(firm))
    headings = (*i.HEADINGS, "单位名称")
    for name, seen in ((other.name, False), (firm.name, True)):
        batch = i.mapped(i.uploaded(i.sheet([[*i.row(1), name]], headings), firm, f.actor(both)), f.actor(both))
        assert (batches.find(colleague, batch.uid) is not None) is seen


def test_contacts_are_colleagues_by_name_or_mail_and_never_made(firm: Organisation, by: Actor) -> None:
    mate = f.person(f.member(firm, username="tongshi"))
    headings = (*i.HEADINGS, "联系人", "联系邮箱")
    rows = [[*i.row(1), mate.name, ""], [*i.row(2), "", "Tongshi@example.org"], [*i.row(3), "外人（演示）", ""]]
    people = Membership.objects.count()
    done = confirmed(i.mapped(i.uploaded(i.sheet(rows, headings), firm, by), by), by)
    assert outcomes(done) == Counter(created=3)
    contacts = dict(Listing.objects.values_list("external_id", "contact"))
    assert contacts == {"N1": mate.pk, "N2": mate.pk, "N3": None}
    assert "不是所属单位在平台上的同事" in said(done, 4)[0][2]
    assert Membership.objects.count() == people


def test_a_right_lost_between_confirmation_and_writing_keeps_the_rows_out(firm: Organisation) -> None:
    login = f.member(firm)
    batch = batches.confirm(i.previewed([i.row(1)], firm, f.actor(login)), by=f.actor(login), now=f.AT)
    Membership.objects.filter(person=f.person(login)).update(ended_at=f.AT)
    done = running.run(batch)
    assert (done.state, outcomes(done)) == ("finished", Counter(failed=1))
    assert "所在单位" in said(done, 2)[-1][2]
    assert not Listing.objects.exists()
