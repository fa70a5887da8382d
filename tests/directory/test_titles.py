"""资质称号: entered with a basis by the officer of the area, in force from a day to a day, withdrawn with a reason."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from mengkeju.directory import actions
from mengkeju.directory.actions import TitleInput
from mengkeju.directory.engine import titles as engine
from mengkeju.directory.models import Organisation, Title
from mengkeju.directory.queries import titles
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError
from mengkeju.kernel.models import Event, Notice
from tests import exported
from tests import factories as f
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
TODAY = clock.today(f.AT)
GIVEN = TitleInput("leading", "city", "演示工信局", "演示〔2026〕1号，2026年3月1日", date(2026, 3, 1))


def granted(organisation: Organisation, *, by: Actor | None = None, now: Any = f.AT, **changes: Any) -> Title:
    """A title of an organisation, entered by an officer of Baotou."""
    officer = by or f.actor(f.officer())
    return actions.grant_title(organisation, replace(GIVEN, **changes), by=officer, now=now)


@pytest.mark.covers("NED-03")
def test_a_title_is_in_force_from_its_day_to_its_last_day_and_ends_with_withdrawal() -> None:
    firm = f.organisation()
    title = granted(firm, valid_to=date(2026, 12, 31))
    other = granted(f.organisation(), kind="dragon_head")
    assert titles.leading([firm.pk, other.holder_id, None], TODAY) == {
        firm.pk: ("领军企业",),
        other.holder_id: ("龙头企业",),
    }
    for day, holds in ((date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2026, 12, 31), True),
                       (date(2027, 1, 1), False)):  # fmt: skip
        assert title.is_in_force(day) is holds
        assert titles.in_force(day).filter(pk=title.pk).exists() is holds
        assert Organisation.objects.filter(titles.is_leading("pk", day), pk=firm.pk).exists() is holds
    actions.withdraw_title(title, by=f.actor(f.officer()), now=f.AT, note="认定文件已废止")
    title.refresh_from_db()
    assert (title.is_in_force(TODAY), title.withdrawn_reason) == (False, "认定文件已废止")
    assert titles.leading([firm.pk], TODAY) == {}
    kinds = list(Event.objects.filter(subject_uid=firm.uid).order_by("id").values_list("type", flat=True))
    assert kinds[-2:] == ["organisation.title_granted", "organisation.title_withdrawn"]
    assert Notice.objects.filter(account=f.manager(firm).uid, kind="organisation.title_withdrawn").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"level": ""}, "level"),
        ({"basis": "  "}, "basis"),
        ({"issued_by": ""}, "issued_by"),
        ({"valid_from": TODAY + timedelta(days=1)}, "valid_from"),
        ({"valid_to": TODAY - timedelta(days=1)}, "valid_to"),
    ],
)
def test_what_makes_no_title_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    firm = f.organisation()
    with pytest.raises(ValidationError) as refused:
        granted(firm, **changes)
    assert list(refused.value.message_dict) == [field]
    assert not Title.objects.exists()


def test_a_title_that_still_runs_is_not_entered_twice_but_a_later_one_is() -> None:
    firm = f.organisation()
    first = granted(firm, valid_from=date(2025, 1, 1), valid_to=TODAY)
    with pytest.raises(ValidationError):
        granted(firm, valid_from=TODAY)
    granted(firm, kind="chain_master")
    actions.withdraw_title(first, by=f.actor(f.officer()), now=f.AT, note="重新认定")
    granted(firm)
    with pytest.raises(ValidationError):
        actions.withdraw_title(first, by=f.actor(f.officer()), now=f.AT, note="再撤一次")


def test_only_an_impartial_officer_of_the_area_enters_and_withdraws() -> None:
    firm = f.organisation()
    title = granted(firm)
    own = f.with_role("officer", area=f.BAOTOU, of=f.member(firm))
    for account in (f.manager(firm), f.officer(f.HOHHOT), own, f.broker(), f.auditor()):
        with pytest.raises(RefusedError):
            granted(firm, by=f.actor(account), kind="dragon_head")
        with pytest.raises(RefusedError):
            actions.withdraw_title(title, by=f.actor(account), now=f.AT, note="不行")


def test_the_end_of_a_title_is_recorded_once() -> None:
    firm = f.organisation()
    granted(firm, valid_to=TODAY)
    assert actions.end_titles(by=SYSTEM, now=f.AT) == 0
    later = f.AT + timedelta(days=1)
    assert (actions.end_titles(by=SYSTEM, now=later), actions.end_titles(by=SYSTEM, now=later)) == (1, 0)
    assert Event.objects.filter(type="organisation.title_ended", subject_uid=firm.uid).count() == 1
    with pytest.raises(RefusedError):
        actions.end_titles(by=ANONYMOUS, now=later)


def test_the_officer_enters_a_title_on_a_page_that_keeps_what_was_typed() -> None:
    firm, client = f.organisation(), f.signed_in_client(f.officer())
    assert "登记称号" in text(client.get(firm.get_absolute_url()))
    url = reverse("title-new", args=[firm.uid])
    page = client.get(url)
    assert page.status_code == 200
    data = {"kind": "leading", "level": "city", "issued_by": "演示局", "basis": "", "valid_from": "2026-03-01"}
    wrong = client.post(url, data)
    assert (wrong.status_code, "演示局" in text(wrong)) == (422, True)
    data |= {"basis": "演示〔2026〕1号", "one_time_key": "k1"}
    for _twice in range(2):
        assert client.post(url, data).status_code == 302
    title = Title.objects.get(holder=firm)
    shown = text(client.get(firm.get_absolute_url()))
    assert "盟市级领军企业" in shown
    assert "演示〔2026〕1号" in shown
    assert client.post(reverse("title-withdraw", args=[title.uid]), {"note": "登记有误"}).status_code == 302
    assert "登记有误" in text(f.signed_in_client(f.manager(firm)).get(firm.get_absolute_url()))
    assert "登记有误" not in text(f.signed_in_client(f.account()).get(firm.get_absolute_url()))


def test_who_may_not_is_told_so() -> None:
    firm = f.organisation()
    url = reverse("title-new", args=[firm.uid])
    assert f.signed_in_client(f.manager(firm)).get(url).status_code == 403
    assert f.signed_in_client(f.officer(f.HOHHOT)).post(url, {}).status_code == 403
    assert f.signed_in_client(f.broker()).get(reverse("titles")).status_code == 403


def test_the_list_is_filtered_and_exported_as_it_stands() -> None:
    here, there = f.organisation("演示厂甲（演示）"), f.organisation("演示厂乙（演示）", area=f.XINCHENG)
    granted(here)
    granted(there, by=f.actor(f.officer(f.HOHHOT)), kind="dragon_head")
    ended = granted(f.organisation("演示厂丙（演示）"), valid_from=date(2025, 1, 1), valid_to=TODAY)
    Title.objects.filter(pk=ended.pk).update(valid_to=date(2025, 12, 31))
    client = f.signed_in_client(f.officer())
    for query, names in (
        ("", {"甲", "乙", "丙"}),
        ("?kind=dragon_head", {"乙"}),
        ("?state=ended", {"丙"}),
        (f"?area={f.BAOTOU}&state=in_force", {"甲"}),
        ("?kind=nothing", {"甲", "乙", "丙"}),
    ):
        page = text(client.get(reverse("titles") + query))
        assert {name for name in "甲乙丙" if f"演示厂{name}（演示）" in page} == names, query
    head, rows = exported.xlsx(client.get(reverse("titles") + "?export=xlsx&kind=dragon_head"))
    assert [row["单位"] for row in rows] == ["演示厂乙（演示）"]
    assert head[1] == "筛选条件：称号：龙头企业"


def test_the_file_of_titles_is_dated_and_repeats_no_key(tmp_path: Any) -> None:
    assert set(engine.TITLES.leading) == {"leading", "chain_master", "dragon_head"}
    bad = tmp_path / "titles.yaml"
    bad.write_text("checked_on: soon\nsource: x\nkinds: []\nlevels: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match="checked_on"):
        engine.load(bad)
    row = "{key: a, label: 甲, label_en: A}"
    bad.write_text(f"checked_on: 2026-11-21\nsource: x\nkinds: []\nlevels: [{row}, {row}]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        engine.load(bad)
