"""Ladder, cases of use, registration, first offer and goals of an achievement."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals.actions import declare_intention
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event
from mengkeju.listings import actions, queries
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import ApplicationInput, RegistrationInput, StepInput
from mengkeju.listings.models import Application, FirstOffer, Listing, MaturityStep, ReadRecord
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
TODAY = clock.today(s.LATER)


def by_of(listing: Listing) -> Actor:
    assert listing.owner is not None
    return s.manager_of(listing.owner)


def step(listing: Listing, level: str = "trl5", day: date = date(2025, 3, 1), **given: object) -> MaturityStep:
    stated = StepInput(level, day, str(given.pop("evidence", "检测报告 2025-031")), **given)  # type: ignore[arg-type]
    return actions.add_maturity_step(listing, stated, by=by_of(listing), now=s.LATER, secrecy_reviewed=True)


@pytest.mark.covers("ACH-14")
def test_the_level_follows_the_last_rung_and_rungs_stay() -> None:
    listing = s.published(kind="achievement", maturity="early")
    step(listing, "trl6", date(2026, 3, 1))
    step(listing, "trl4", date(2023, 6, 1))
    listing.refresh_from_db()
    assert listing.maturity == "trl6", "a rung noted later may have been reached earlier"
    assert listing.details["values"]["trl"] == "6"
    assert [r.step.level for r in queries.ladder(listing, ANONYMOUS)] == ["trl6", "trl4"]
    assert Event.objects.filter(type="listing.maturity_reached", subject_uid=listing.uid).count() == 2
    given = s.stated(title=listing.title, maturity="early")
    with pytest.raises(ValidationError) as caught:
        actions.edit_listing(listing, given, by=by_of(listing), now=s.LATER)
    assert "maturity" in caught.value.message_dict
    edited = actions.edit_listing(
        listing, s.stated(title="新题目", maturity="trl6", trl="6"), by=by_of(listing), now=s.LATER
    )
    assert (edited.title, edited.maturity) == ("新题目", "trl6")


def test_a_rung_needs_a_level_a_day_that_has_been_and_evidence() -> None:
    listing = s.published(kind="achievement")
    for field, level, day, evidence in (
        ("level", "nonsense", TODAY, "报告"),
        ("reached_on", "trl5", TODAY + timedelta(days=1), "报告"),
        ("evidence", "trl5", TODAY, "  "),
    ):
        with pytest.raises(ValidationError) as caught:
            step(listing, level, day, evidence=evidence)
        assert list(caught.value.message_dict) == [field]
    with pytest.raises(ValidationError, match="保密审查"):
        actions.add_maturity_step(listing, StepInput("trl5", TODAY, "报告"), by=by_of(listing), now=s.LATER)
    for stranger in (s.manager_of(f.organisation()), f.actor(f.officer()), ANONYMOUS):
        with pytest.raises(RefusedError):
            actions.add_maturity_step(
                listing, StepInput("trl5", TODAY, "报告"), by=stranger, now=s.LATER, secrecy_reviewed=True
            )


def test_evidence_and_its_file_go_by_their_tier_and_are_noted_when_read() -> None:
    listing = s.published(kind="achievement")
    upload = SimpleUploadedFile("report.pdf", b"%PDF-1.4 secret")
    kept = step(listing, evidence="中试地点机密", tier="parties", file=upload)
    rung = queries.ladder(listing, ANONYMOUS)[0]
    assert (rung.evidence, rung.file) == ("", None)
    assert rung.closed
    mine = queries.ladder(listing, by_of(listing))[0]
    assert mine.evidence == "中试地点机密"
    assert mine.file is not None
    stranger, party = s.manager_of(f.organisation()), f.organisation()
    assert queries.find_file(listing, stranger, mine.file.uid) is None
    s.let_in(listing, party)
    assert queries.find_file(listing, s.manager_of(party), mine.file.uid) == mine.file
    assert files.readable(s.manager_of(party), mine.file.file.uid) is None, "only as a stamped copy that is noted"
    assert queries.ladder(listing, s.manager_of(party))[0].evidence == "中试地点机密"
    assert actions.note_parts(listing, {"parties"}, channel="page", by=s.manager_of(party), now=s.LATER) == 1
    assert actions.note_parts(listing, {"parties"}, channel="page", by=by_of(listing), now=s.LATER) == 0
    assert ReadRecord.objects.get().tier == kept.tier


def use(listing: Listing, **given: object) -> Application:
    stated: dict[str, object] = {"adopter_name": "丙乳业（演示）", "product": "包装瓶", "since": date(2024, 5, 1)}
    return actions.add_application(
        listing,
        ApplicationInput(**(stated | given)),  # type: ignore[arg-type]  # assembled from named parts
        by=by_of(listing),
        now=s.LATER,
        secrecy_reviewed=True,
    )


@pytest.mark.covers("ACH-25")
@pytest.mark.covers("ACH-15")
def test_cases_of_use_are_listed_and_their_growth_is_shown() -> None:
    listing = s.published(kind="achievement")
    firm = f.organisation("丁包装（演示）")
    use(listing, scale=Decimal(2), unit="万吨/年")
    second = use(listing, adopter_name=firm.name, since=date(2025, 1, 1), scale=Decimal(1), unit="万吨/年")
    assert second.adopter == firm
    grown = ApplicationInput(firm.name, "包装瓶", date(2025, 1, 1), Decimal("3.50"), "万吨/年", Decimal(1))
    by = by_of(listing)
    actions.edit_application(second, grown, by=by, now=s.LATER, revision=1, secrecy_reviewed=True)
    rows = queries.applications(listing, ANONYMOUS)
    assert [queries.scale_in_words(row) for row in rows] == ["2 万吨/年", "1 → 3.5 万吨/年"]
    with pytest.raises(StaleRevisionError):
        actions.edit_application(second, grown, by=by, now=s.LATER, revision=1, secrecy_reviewed=True)
    with pytest.raises(ValidationError):
        actions.remove_application(second, by=by, now=s.LATER, note=" ", secrecy_reviewed=True)
    actions.remove_application(second, by=by, now=s.LATER, note="停用了", secrecy_reviewed=True)
    assert len(queries.applications(listing, ANONYMOUS)) == 1
    second.refresh_from_db()
    with pytest.raises(ValidationError, match="已经去掉"):
        actions.edit_application(second, grown, by=by, now=s.LATER, secrecy_reviewed=True)


def test_a_case_of_a_closed_tier_is_for_that_tier() -> None:
    listing = s.published(kind="achievement")
    row = use(listing, tier="members")
    assert queries.applications(listing, ANONYMOUS) == []
    assert queries.applications(listing, s.manager_of(f.organisation())) == [row]
    assert queries.application(ANONYMOUS, row.uid) is None


def test_what_is_wrong_with_a_case_stands_at_its_field() -> None:
    listing = s.published(kind="achievement")
    wrong: dict[str, dict[str, object]] = {
        "adopter_name": {"adopter_name": ""},
        "product": {"product": " "},
        "since": {"since": TODAY + timedelta(days=1)},
        "unit": {"scale": Decimal(2)},
        "scale": {"before": Decimal(2), "unit": "吨"},
    }
    for field, given in wrong.items():
        with pytest.raises(ValidationError) as caught:
            use(listing, **given)
        assert list(caught.value.message_dict) == [field]


def test_page_and_list_agree_about_parts() -> None:
    listing, draft = s.published(kind="achievement"), s.draft(kind="achievement")
    for tier in ("public", "members", "parties"):
        use(listing, tier=tier)
        step(listing, tier=tier)
        use(draft, tier=tier)
    party = f.organisation()
    s.let_in(listing, party)
    people = {
        "visitor": ANONYMOUS,
        "owner": by_of(listing),
        "member": s.manager_of(f.organisation()),
        "unverified": s.manager_of(f.organisation(verified=False)),
        "party": s.manager_of(party),
        "broker": f.actor(f.broker()),
        "officer": f.actor(f.officer(f.BAOTOU)),
        "auditor": f.actor(f.auditor()),
        "platform": SYSTEM,
    }
    assert_forms_agree([PartPerm.PART_READ], people, Application.objects.all())
    assert_forms_agree([PartPerm.PART_READ], people, MaturityStep.objects.all())


# ---- 成果登记 -----------------------------------------------------------------------------------------


def register(listing: Listing, number: str = "150 2023 Y 0001", **given: object) -> object:
    stated: dict[str, object] = {"registered_on": date(2023, 9, 1), "office": "演示科技厅"}
    revision = given.pop("revision", None)
    return actions.state_registration(
        listing,
        RegistrationInput(number, **(stated | given)),  # type: ignore[arg-type]  # assembled from named parts
        by=by_of(listing),
        now=s.LATER,
        revision=revision,  # type: ignore[arg-type]
        secrecy_reviewed=True,
    )


@pytest.mark.covers("ACH-01")
def test_a_registration_number_is_normalised_unique_and_checked() -> None:
    listing = s.published(kind="achievement")
    register(listing, keywords="细渣、脱碳", phase="mid", revision=0)
    row = queries.registration_of(listing)
    assert row is not None
    assert (row.number, row.keywords, row.revision) == ("1502023Y0001", "细渣, 脱碳", 1)
    with pytest.raises(ValidationError, match="已用在另一条成果"):
        register(s.published(kind="achievement"), "１５０２０２３Ｙ０００１")
    wrong: dict[str, dict[str, object]] = {
        "number": {"number": "1502023X0001"},
        "registered_on": {"registered_on": date(2030, 1, 1), "number": "1502030Y0001"},
        "office": {"office": ""},
        "study_from": {"study_from": "2021年3月"},
        "study_to": {"study_from": "2021-03", "study_to": "2020-03"},
        "keywords": {"keywords": "一 二 三 四"},
    }
    for field, given in wrong.items():
        with pytest.raises(ValidationError) as caught:
            register(listing, **given)  # type: ignore[arg-type]
        assert list(caught.value.message_dict) == [field]
    with pytest.raises(ValidationError, match="年份"):
        register(listing, "1502022Y0001")
    with pytest.raises(StaleRevisionError):
        register(listing, revision=0)
    register(listing, "1502023Y0002", revision=1)
    with pytest.raises(ValidationError, match="只有成果"):
        register(s.published(kind="patent"))
    with pytest.raises(ValidationError, match="供给信息"):
        step(s.published())


# ---- 本地优先 -----------------------------------------------------------------------------------------


def first_offered(days: int = 30) -> Listing:
    """An achievement of a university in 呼和浩特, published with a window for 呼和浩特."""
    owner = f.organisation(kind="university", area=f.XINCHENG)
    listing = s.draft(owner, "achievement", area=f.XINCHENG)
    actions.offer_first(listing, f.HOHHOT, days, by=by_of(listing), now=f.AT)
    s.submit(listing)
    return actions.review_listing(listing, approve=True, by=s.reviewer(), now=s.LATER)


@pytest.mark.covers("ACH-13")
def test_during_the_window_only_its_area_may_declare_and_then_everybody() -> None:
    listing = first_offered()
    near, far = f.organisation(area=f.XINCHENG), f.organisation(area=f.KUNDULUN)
    window = queries.window_of(listing, TODAY)
    assert window is not None
    assert (window.until, window.is_open) == (TODAY + timedelta(days=30), True)
    with pytest.raises(ValidationError, match="优先对接"):
        declare_intention(target=listing, declaring=far, by=s.manager_of(far), now=s.LATER)
    assert declare_intention(target=listing, declaring=near, by=s.manager_of(near), now=s.LATER).pk
    assert queries.is_closed_to(s.manager_of(far), listing, TODAY)
    assert not queries.is_closed_to(s.manager_of(near), listing, TODAY)
    assert not queries.is_closed_to(ANONYMOUS, listing, TODAY)
    last = s.LATER + timedelta(days=30)
    with pytest.raises(ValidationError, match="优先对接"):
        declare_intention(target=listing, declaring=far, by=s.manager_of(far), now=last)
    assert declare_intention(target=listing, declaring=far, by=s.manager_of(far), now=last + timedelta(days=1)).pk


def test_the_owner_may_open_it_early_and_not_set_one_later() -> None:
    listing = first_offered()
    far, by = f.organisation(), by_of(listing)
    with pytest.raises(RefusedError):
        actions.end_first_offer(listing, by=s.manager_of(far), now=s.LATER)
    assert actions.end_first_offer(listing, by=by, now=s.LATER)
    assert not actions.end_first_offer(listing, by=by, now=s.LATER)
    assert declare_intention(target=listing, declaring=far, by=s.manager_of(far), now=s.LATER).pk
    with pytest.raises(ValidationError, match="已经发布过"):
        actions.offer_first(listing, f.HOHHOT, 10, by=by, now=s.LATER)


def test_a_window_is_optional_and_limited() -> None:
    listing = s.draft(kind="achievement")
    by = by_of(listing)
    for field, area, days in (("days", f.HOHHOT, 91), ("days", f.HOHHOT, -1), ("area", "nowhere", 5)):
        with pytest.raises(ValidationError) as caught:
            actions.offer_first(listing, area, days, by=by, now=f.AT)
        assert list(caught.value.message_dict) == [field]
    actions.offer_first(listing, f.HOHHOT, 5, by=by, now=f.AT)
    assert actions.offer_first(listing, f.BAOTOU, 7, by=by, now=f.AT) == FirstOffer.objects.get(days=7)
    assert actions.offer_first(listing, f.BAOTOU, 0, by=by, now=f.AT) is None
    assert queries.window_of(listing, TODAY) is None
    need = s.draft()
    with pytest.raises(ValidationError, match="只有供给信息"):
        actions.offer_first(need, f.HOHHOT, 5, by=by_of(need), now=f.AT)


# ---- Goals of policy ----------------------------------------------------------------------------------


@pytest.mark.covers("ACH-22")
def test_goals_are_counted_and_list_what_carries_them() -> None:
    f.areas()
    assert all("〔" in t.source or "《" in t.source for t in directory.terms("policy_goal"))
    listing = s.published(kind="achievement", policy_goals=["zero_waste_city", "dairy_revival"])
    s.draft(kind="achievement", policy_goals=["zero_waste_city"])
    counts = {goal.key: goal.count for goal in queries.goals(ANONYMOUS)}
    assert (counts["zero_waste_city"], counts["dairy_revival"], counts["yellow_river"]) == (1, 1, 0)
    assert list(queries.carriers(ANONYMOUS, "zero_waste_city")) == [listing]
    given = s.stated(title=listing.title, policy_goals=["dairy_revival"])
    actions.edit_listing(listing, given, by=by_of(listing), now=s.LATER)
    assert list(queries.carriers(ANONYMOUS, "zero_waste_city")) == []
    s.published(kind="achievement", tier="members", policy_goals=["dairy_revival"])
    assert {g.key: g.count for g in queries.goals(ANONYMOUS)}["dairy_revival"] == 1


def test_an_achievement_of_version_1_is_read_as_version_2() -> None:
    listing = s.published(kind="achievement")
    Listing.objects.filter(pk=listing.pk).update(
        details={"schema": "achievement", "version": 1, "values": {"modes": "技术转让", "team": "张三"}, "tiers": {}}
    )
    listing.refresh_from_db()
    assert queries.values_of(listing)["modes"] == ["技术转让"]
    assert listing.details["values"]["modes"] == "技术转让", "what is stored stays"
