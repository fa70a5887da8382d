"""区外: organisations of other provinces, what their people may see, who opens more for them and until when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions.organisations import EDITABLE
from mengkeju.directory.engine import regions
from mengkeju.directory.engine.regions import OUTSIDE, is_outside
from mengkeju.directory.models import Area, MembersOpening, Organisation
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, may
from mengkeju.kernel.models import Event, Notice
from tests import factories as f
from tests.access_forms import assert_forms_agree

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-12")]
BEIJING = "110000"
TODAY = clock.today(f.AT)
UNTIL = clock.today() + timedelta(days=90)


@pytest.fixture
def guest() -> Organisation:
    return f.organisation("外地大学（演示）", kind="university", area=BEIJING)


@pytest.fixture
def officer() -> Actor:
    return f.actor(f.officer(f.REGION))


def of(organisation: Organisation) -> Actor:
    return f.actor(f.manager(organisation))


@pytest.mark.parametrize(
    ("code", "outside"),
    [(BEIJING, True), ("310000", True), ("820000", True), (f.REGION, False), (f.KUNDULUN, False), ("000000", False),
     ("", False), ("Z-jinshan", False)],
)  # fmt: skip
def test_what_lies_outside(code: str, *, outside: bool) -> None:
    assert is_outside(code) is outside


def test_the_34_provinces_are_there_and_33_are_outside() -> None:
    f.areas()
    provinces = set(Area.objects.filter(kind="province", valid_to=None).values_list("code", flat=True))
    assert len(provinces) == 34
    assert queries.outside_codes() == provinces - {f.REGION}
    assert queries.area_names([BEIJING, f.KUNDULUN])[BEIJING] == "区外 · 北京市"
    assert "区外" not in queries.area_names([f.KUNDULUN])[f.KUNDULUN]


def test_the_regions_officer_is_over_them_a_citys_is_not(guest: Organisation, officer: Actor) -> None:
    assert may(officer, Perm.ORGANISATION_VERIFY, guest)
    for login in (f.officer(f.BAOTOU), f.broker(), f.operator(), f.auditor()):
        assert not may(f.actor(login), Perm.ORGANISATION_VERIFY, guest)
    waiting = f.organisation(area=BEIJING, verified=False)
    actions.submit_for_verification(waiting, by=of(waiting), now=f.AT)
    assert waiting in queries.verification_queue(officer)
    assert waiting not in queries.verification_queue(f.actor(f.officer(f.BAOTOU)))
    duty = duties.open_on(waiting).get()
    assert duty in duties.open_for(officer)
    assert Notice.objects.filter(subject_uid=waiting.uid, account=str(officer.account_uid)).exists()
    actions.verify_organisation(waiting, by=officer, now=f.AT)
    assert of(waiting).memberships[0].verified


def test_a_member_from_outside_is_limited_until_the_officer_opens(guest: Organisation, officer: Actor) -> None:
    assert not of(guest).is_full_member
    assert of(f.organisation()).is_full_member
    actions.open_members_tier(guest, basis="京蒙合作协议（演示）", until=UNTIL, by=officer, now=clock.now())
    assert of(guest).is_full_member
    event = Event.objects.get(type="organisation.members_opened")
    assert event.payload.body == {"basis": "京蒙合作协议（演示）", "until": UNTIL.isoformat()}
    actions.close_members_tier(guest, by=officer, now=clock.now(), note="协议终止")
    assert not of(guest).is_full_member
    assert Event.objects.filter(type="organisation.members_closed").count() == 1
    with pytest.raises(ValidationError):
        actions.close_members_tier(guest, by=officer, now=clock.now(), note="再来一次")


def test_an_opening_ends_with_its_day_whenever_the_task_runs(
    guest: Organisation, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.open_members_tier(guest, basis="协议（演示）", until=UNTIL, by=officer, now=clock.now())
    now = clock.end_of(UNTIL) - timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert of(guest).is_full_member
    assert actions.lapse_members_openings(by=SYSTEM, now=now) == 0
    late = now + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert not of(guest).is_full_member, "before the task has run"
    assert actions.lapse_members_openings(by=SYSTEM, now=late) == 1
    assert actions.lapse_members_openings(by=SYSTEM, now=late) == 0
    assert Event.objects.filter(type="organisation.members_lapsed", subject_uid=guest.uid).count() == 1
    assert Notice.objects.filter(account=f.manager(guest).uid, kind="organisation.members_lapsed").exists()
    with pytest.raises(RefusedError):
        actions.lapse_members_openings(by=officer, now=late)


def test_an_opening_needs_basis_a_day_in_time_and_a_verified_organisation(guest: Organisation, officer: Actor) -> None:
    now = clock.now()
    today = clock.today(now)
    for basis, until, field in (
        ("", UNTIL, "basis"),
        ("协议", today - timedelta(days=1), "until"),
        ("协议", today + regions.FIGURES.longest + timedelta(days=1), "until"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.open_members_tier(guest, basis=basis, until=until, by=officer, now=now)
        assert list(refused.value.message_dict) == [field]
    fresh = f.organisation(area=BEIJING, verified=False)
    with pytest.raises(ValidationError):
        actions.open_members_tier(fresh, basis="协议", until=UNTIL, by=officer, now=now)
    assert not MembersOpening.objects.exists()
    actions.open_members_tier(guest, basis="协议", until=today, by=officer, now=now)
    actions.open_members_tier(guest, basis="续签", until=UNTIL, by=officer, now=now)
    assert MembersOpening.objects.filter(ended_at=None).count() == 1
    assert MembersOpening.objects.count() == 2


def test_who_may_open_it_on_page_and_in_lists(guest: Organisation, officer: Actor) -> None:
    f.organisation()
    own = f.actor(f.with_role("officer", area=f.REGION, of=f.member(guest)))
    people = {
        "region": officer,
        "recused": own,
        "city": f.actor(f.officer(f.BAOTOU)),
        "manager": of(guest),
        "auditor": f.actor(f.auditor()),
        "suspended": replace(officer, suspended=True),
    }
    assert {who for who, actor in people.items() if may(actor, Perm.MEMBERS_OPEN, guest)} == {"region"}
    permissions = (Perm.MEMBERS_OPEN, Perm.ORGANISATION_VERIFY, Perm.ORGANISATION_EDIT, Perm.COLLEAGUE_READ)
    Organisation.objects.filter(pk=f.organisation().pk).update(area="")
    assert_forms_agree(permissions, people, Organisation.objects.all())


def test_moving_over_the_border_asks_for_verification_anew(guest: Organisation) -> None:
    given = {key: getattr(guest, key) for key in EDITABLE}
    actions.edit_organisation(guest, actions.OrganisationInput(**{**given, "area": f.KUNDULUN}), by=of(guest), now=f.AT)
    guest.refresh_from_db()
    assert guest.state == "submitted", "nobody becomes a full member by editing his address"
    home = f.organisation()
    given = {key: getattr(home, key) for key in EDITABLE}
    actions.edit_organisation(home, actions.OrganisationInput(**{**given, "area": f.XINCHENG}), by=of(home), now=f.AT)
    home.refresh_from_db()
    assert home.state == "verified"


def test_the_page_of_an_organisation_says_its_scope(guest: Organisation) -> None:
    page = reverse("organisation", args=[guest.uid])
    opens = reverse("organisation-open-members", args=[guest.uid])
    closes = reverse("organisation-close-members", args=[guest.uid])
    texts: Callable[[Client], str] = lambda client: client.get(page).content.decode()  # noqa: E731 - a short name
    region, city = f.signed_in_client(f.officer(f.REGION)), f.signed_in_client(f.officer(f.BAOTOU))
    manager = f.signed_in_client(f.manager(guest))
    assert "区外 · 北京市" in texts(Client())
    assert "自治区科技管理人员按依据和期限开放" in texts(manager)
    assert "自治区科技管理人员按依据和期限开放" not in texts(city)
    assert opens in texts(region)
    assert opens not in texts(manager)
    given = {"basis": "协议（演示）", "until": UNTIL.isoformat()}
    assert Client().post(opens, given).status_code == 302
    assert {city.post(opens, given).status_code, manager.post(opens, given).status_code} == {403}
    assert "开放到（含当日）" in region.post(opens, {"basis": "x"}, follow=True).content.decode()
    assert not MembersOpening.objects.exists()
    assert "已开放，到期自动停止" in region.post(opens, given, follow=True).content.decode()
    assert "协议（演示）" in texts(manager)
    assert city.post(closes, {"note": "x"}).status_code == 403
    assert "请写明理由" in region.post(closes, {"note": ""}, follow=True).content.decode()
    region.post(closes, {"note": "结束"})
    assert MembersOpening.objects.get().ended_at is not None


def test_the_list_of_organisations_filters_outside(guest: Organisation) -> None:
    home = f.organisation()
    for area, found in ((OUTSIDE, {guest}), (f.REGION, {home}), ("", {guest, home})):
        assert set(queries.find_organisations(SYSTEM, queries.OrganisationFilter(area=area))) == found


@pytest.mark.parametrize("text", ["checked_on: 某日\nlongest_days: 3", "checked_on: 2026-11-21\nlongest_days: 0"])
def test_the_figures_are_dated_and_positive(tmp_path: Path, text: str) -> None:
    file = tmp_path / "outside.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="longest_days"):
        regions.load(file)
