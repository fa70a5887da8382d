"""The merge desk: a doubtful name is decided once, before or after the import, and may be undone."""

import pytest
from django.core.exceptions import ValidationError

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine import near_names
from mengkeju.deals.models import Deal, DealParty, PartyAlias
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, RefusedError, may
from mengkeju.kernel.models import Event
from tests import factories as f
from tests.deals import ledger_samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("TRD-02")]


@pytest.fixture
def by() -> Actor:
    return s.desk()[2]


@pytest.fixture
def body(by: Actor) -> Organisation:
    return Organisation.objects.get(uid__in=by.organisations)


@pytest.fixture
def university() -> Organisation:
    return f.organisation("内蒙古河套工业大学", kind="university", area=f.XINCHENG)


def sellers() -> dict[str, Organisation | None]:
    return {p.deal.title[-6:-4]: p.organisation for p in DealParty.objects.filter(side="seller").select_related("deal")}


def party(n: int) -> DealParty:
    return DealParty.objects.get(side="seller", deal__title__contains=f"第{n}项")


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("河套工业大学", True),
        ("内蒙古河套工大", True),
        ("内蒙古河套工业大学化工学院", True),
        ("内蒙古河套工业大学（本部）", True),
        ("东海渔业公司", False),
    ],
)
def test_near_names_are_candidates(written: str, near: bool) -> None:  # noqa: FBT001 - a table of cases
    names = near_names.Names([("内蒙古河套工业大学", 1), ("包头演示钢铁有限公司", 2)])
    assert names.near(written) == ([1] if near else [])


def test_exact_normalised_and_coded_names_need_nobody(by: Actor, body: Organisation, university: Organisation) -> None:
    f.organisation("鹿原重工(集团)有限公司")
    headings = (*s.PLAIN, "卖方统一社会信用代码")
    rows = [
        [*s.row(1, seller="内蒙古河套工业大学", buyer="鹿原重工（集团） 有限公司"), ""],
        [*s.row(2, seller=" 内蒙古 河套工业大学"), ""],
        [*s.row(3, seller="早已改名的大学"), university.credit_code],
    ]
    done = s.written(s.previewed(rows, body, by, headings), by)
    assert s.outcomes(done) == {"created": 3}
    assert set(DealParty.objects.filter(side="seller").values_list("organisation", flat=True)) == {university.pk}
    assert party(1).deal.parties.get(side="buyer").organisation is not None
    assert not PartyAlias.objects.exists()


def test_decided_after_the_import_links_every_row_and_is_remembered(
    by: Actor, body: Organisation, university: Organisation
) -> None:
    rows = [s.row(1, seller="河套工业大学"), s.row(2, seller="河套　工业大学"), s.row(3, seller="不相干的厂")]
    preview = s.previewed(rows, body, by)
    assert "可能是平台上的内蒙古河套工业大学" in s.said(preview, 2)[0][2]
    s.written(preview, by)
    assert set(DealParty.objects.values_list("organisation", flat=True)) == {None}
    (one,) = queries.open_names(by)
    assert (one.spelling, one.imported, one.waiting) == ("河套工业大学", 2, 0)
    alias = actions.decide_party("河套工业大学", university, by=by, now=f.AT)
    assert [party(n).organisation for n in (1, 2, 3)] == [university, university, None]
    assert party(1).deal.keeper == university
    assert may(f.actor(f.manager(university)), DealPerm.READ, party(1).deal)
    assert queries.open_names(by) == []
    assert Event.objects.filter(type="deal.party_linked").count() == 2
    s.written(s.previewed([s.row(4, seller="河套工业大学")], body, by), by)
    assert party(4).organisation == university
    assert party(4).alias == alias
    assert [row.linked for row in queries.decided_names(by)] == [3]  # type: ignore[attr-defined]  # annotated


def test_decided_before_the_import_holds_when_it_is_confirmed(
    by: Actor, body: Organisation, university: Organisation
) -> None:
    preview = s.previewed([s.row(1, seller="河套工业大学"), s.row(2, seller="河套工大")], body, by)
    assert {(one.spelling, one.waiting) for one in queries.open_names(by)} == {("河套工业大学", 1), ("河套工大", 1)}
    actions.decide_party("河套工业大学", university, by=by, now=f.AT)
    actions.decide_party("河套工大", None, by=by, now=f.AT)
    assert queries.open_names(by) == []
    s.written(preview, by)
    assert (party(1).organisation, party(2).organisation) == (university, None)
    again = s.previewed([s.row(5, seller="河套工大")], body, by)
    assert s.said(again, 2) == []  # “none of them” is remembered too


def test_a_decision_is_undone_and_made_anew(by: Actor, body: Organisation, university: Organisation) -> None:
    s.written(s.previewed([s.row(1, seller="河套工业大学"), s.row(2, seller=university.name)], body, by), by)
    alias = actions.decide_party("河套工业大学", university, by=by, now=f.AT)
    with pytest.raises(ValidationError):
        actions.decide_party("河套工业大学", None, by=by, now=f.AT)
    assert actions.decide_party("河套工业大学", university, by=by, now=f.AT) == alias  # a second click is nothing
    actions.undo_party(alias, by=by, now=f.AT)
    assert (party(1).organisation, party(2).organisation) == (None, university)  # what the name said stays
    assert (party(1).deal.keeper, party(2).deal.keeper) == (None, university)
    assert not may(f.actor(f.manager(university)), DealPerm.READ, party(1).deal)
    assert [one.spelling for one in queries.open_names(by)] == ["河套工业大学"]
    actions.decide_party("河套工业大学", None, by=by, now=f.AT)
    kinds = Event.objects.filter(subject_type="party_alias").order_by("pk").values_list("type", flat=True)
    assert list(kinds) == [f"party_alias.{k}" for k in ("noticed", "decided", "undone", "decided")]


def test_undone_between_preview_and_confirmation_links_nobody(
    by: Actor, body: Organisation, university: Organisation
) -> None:
    alias = actions.decide_party("河套工业大学", university, by=by, now=f.AT)
    preview = s.previewed([s.row(1, seller="河套工业大学")], body, by)
    actions.undo_party(alias, by=by, now=f.AT)
    s.written(preview, by)
    assert party(1).organisation is None


def test_two_organisations_of_one_name_are_doubtful(by: Actor, body: Organisation) -> None:
    one, other = (f.organisation("草原演示科技有限公司") for _ in range(2))
    preview = s.previewed([s.row(1, seller="草原演示科技有限公司")], body, by)
    assert s.values(preview, 2)["doubtful"] == ["seller"]
    assert set(queries.Parties(f.HOHHOT).candidates("草原演示科技有限公司")) == {one, other}


def test_who_may_decide_what(by: Actor, body: Organisation, university: Organisation) -> None:
    s.written(s.previewed([s.row(1, seller="河套工业大学")], body, by), by)
    with pytest.raises(ValidationError):
        actions.decide_party("河套工业大学", body, by=by, now=f.AT)  # his own
    unverified = f.organisation("未核验的单位（演示）", verified=False)
    with pytest.raises(ValidationError):
        actions.decide_party("河套工业大学", unverified, by=by, now=f.AT)
    alias = PartyAlias.objects.get()
    for account in (f.officer(f.HOHHOT), f.manager(university), f.auditor(), f.registrar(f.BAOTOU)):
        with pytest.raises(RefusedError):
            actions.undo_party(alias, by=f.actor(account), now=f.AT)
    baotou = f.actor(f.registrar(f.BAOTOU))
    actions.decide_party("河套工业大学", university, by=baotou, now=f.AT)  # holds for 包头's ledgers only
    assert party(1).organisation is None
    assert list(queries.aliases(baotou)) != list(queries.aliases(by))


def test_one_organisation_is_linked_once_in_a_deal(by: Actor, body: Organisation, university: Organisation) -> None:
    rows = [s.row(1, seller="河套工业大学", buyer="河套工业大学"), s.row(2, seller="河套工大", buyer=university.name)]
    s.written(s.previewed(rows, body, by), by)
    actions.decide_party("河套工业大学", university, by=by, now=f.AT)
    actions.decide_party("河套工大", university, by=by, now=f.AT)
    first = Deal.objects.get(title__contains="第1项")
    assert [p.organisation for p in first.parties.order_by("order")] == [university, None]
    assert party(2).organisation is None
