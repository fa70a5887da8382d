"""Posts and groups of students as listings: who publishes, what is asked, what they are kept out of, the page."""

import re
from typing import Any

import pytest

from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.outcomes import OUTCOMES, RULES
from mengkeju.listings.kinds import TALENT, keys_of, kinds
from mengkeju.listings.models import Listing, ListingLink
from tests import factories as f
from tests.listings import import_samples as imports
from tests.listings import samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]


def cohort(**given: Any) -> Listing:
    owner = given.pop("owner", None) or f.organisation(kind="university")
    return s.published(owner, "cohort", work=["实习"], **given)


def post(**given: Any) -> Listing:
    return s.published(None, "post", work=["实习"], **given)


def test_both_kinds_stand_in_the_market_of_talent() -> None:
    assert keys_of(TALENT, "need") == ["post"]
    assert keys_of(TALENT, "achievement") == ["cohort"]
    assert kinds["post"].meets(kinds["cohort"])
    assert kinds["cohort"].meets(kinds["post"])
    assert not kinds["need"].meets(kinds["cohort"])
    assert not kinds["post"].meets(kinds["achievement"])
    for kind in queries.kinds_of(TALENT):
        assert set(kind.signals) <= {field.key for field in kind.detail_fields}


def test_nothing_asks_for_a_single_student() -> None:
    asked = {field.label for field in kinds["cohort"].fields} | {field.key for field in kinds["cohort"].fields}
    assert not asked & {"姓名", "学号", "成绩", "简历", "name", "student_number", "cv", "phone", "email"}


def test_only_schools_and_institutes_publish_students() -> None:
    firm = f.organisation()
    by = s.manager_of(firm)
    with pytest.raises(RefusedError, match="高等学校、职业院校、科研院所"):
        actions.create_listing("cohort", s.stated(work=["实习"]), owner=firm, by=by, now=f.AT)
    client = f.signed_in_client(f.manager(firm))
    refused = client.get("/listings/new/cohort/")
    assert refused.status_code == 403
    assert "只由" in s.text(refused)
    assert client.get("/listings/guide/cohort/").status_code == 403
    assert client.post("/listings/new/cohort/", s.form_data("cohort", firm, work=["实习"])).status_code in {403, 422}
    assert not Listing.objects.filter(kind="cohort").exists()
    assert "发布毕业生与实习生" not in s.text(client.get("/listings/mine/"))
    mine = f.signed_in_client(f.manager(f.organisation(kind="vocational")))
    assert "发布毕业生与实习生" in s.text(mine.get("/listings/mine/"))
    assert mine.get("/listings/new/cohort/").status_code == 200


def test_it_is_written_one_screen_at_a_time_and_comes_back_as_written() -> None:
    owner = f.organisation(kind="university")
    client = f.signed_in_client(f.manager(owner))
    data = s.form_data(
        "cohort", owner, work=["实习"], majors=["m0815"], degree=["bachelor"], number="26 人", begins="2027-03-01",
        away="yes", pay_low="2500元",
    )  # fmt: skip
    made = client.post("/listings/new/cohort/", data)
    assert made.status_code == 302, s.text(made)
    listing = Listing.objects.get(kind="cohort")
    assert listing.values["majors"] == ["m0815"]
    for topic in kinds["cohort"].topics:
        assert client.get(f"/listings/{listing.uid}/guide/{topic.key}/").status_code == 200, topic.key
    page = s.text(client.get(listing.get_absolute_url()))
    assert all(word in page for word in ("矿业类", "本科", "26 人", "2027年3月1日", "2,500 元"))
    empty = client.post("/listings/new/cohort/", s.form_data("cohort", owner))
    assert empty.status_code == 422, "what kind of work is sought must be said"


def test_who_may_read_them() -> None:
    shown, hidden = post(), post(tier="members")
    assert queries.find(ANONYMOUS, shown.uid) is not None
    assert queries.find(ANONYMOUS, hidden.uid) is None
    stranger = f.signed_in_client(f.account())
    draft = s.draft(f.organisation(kind="university"), "cohort", work=["实习"])
    assert stranger.get(draft.get_absolute_url()).status_code == 404
    assert stranger.get(shown.get_absolute_url()).status_code == 200
    assert f.signed_in_client(f.account()).get(f"/listings/{shown.uid}/close/").status_code == 403


def test_search_finds_them_by_type_and_major() -> None:
    listing = post(majors=["m0815"])
    (document,) = queries.search_documents([listing.uid])
    assert document.facets["work"] == ("实习",)
    assert document.facets["majors"] == ("m0815",)
    assert document.price_low is None, "what is paid a month is no budget"


def test_what_hangs_on_achievements_does_not_hang_on_students() -> None:
    listing = cohort()
    by = s.manager_of(listing.owner)  # type: ignore[arg-type]  # made with one
    with pytest.raises(Exception, match="只有成果、专利等供给信息"):
        actions.add_participant(listing, actions.ParticipantInput("inventor"), by=by, now=s.LATER)
    client = f.signed_in_client(f.manager(listing.owner))  # type: ignore[arg-type]  # the same
    page = s.text(client.get(listing.get_absolute_url()))
    assert not re.search("知识产权|成熟度|应用案例|本地优先", page)
    assert all(word in page for word in ("签约", "到岗"))


def test_the_result_has_the_words_of_its_kind_and_no_place_in_the_figures_of_needs() -> None:
    assert all(words.keys() == OUTCOMES.keys() for words in RULES.words.values())
    wanted, offered = post(), cohort()
    client = f.signed_in_client(f.manager(wanted.owner))  # type: ignore[arg-type]  # made with one
    form = s.text(client.get(f"/listings/{wanted.uid}/close/"))
    assert "通过平台招到" in form
    assert "办结需求" not in form
    data = {"outcome": "solved_here", "note": "4 人到岗", "revision": wanted.revision}
    refused = client.post(f"/listings/{wanted.uid}/close/", data)
    assert refused.status_code == 422
    assert "通过平台的，请写明" in s.text(refused)
    closed = client.post(f"/listings/{wanted.uid}/close/", data | {"solution_number": offered.number})
    assert closed.status_code == 302, s.text(closed)
    page = s.text(client.get(wanted.get_absolute_url()))
    assert all(word in page for word in ("通过平台招到", offered.title, "由发布单位确认", "已落实的岗位或学生"))
    assert "解决" not in page
    assert ListingLink.objects.get().role == "placed_with"
    assert not queries.solved_here().exists()
    assert queries.settled(Listing.objects.all()).get() == wanted
    officer = f.actor(f.officer(f.REGION))
    for tab in ("open", "solved", "unconfirmed"):
        assert not queries.followed_needs(officer, tab, s.LATER).exists()
    assert not actions.chase_needs([offered.uid], by=officer, now=s.LATER).sent


def test_a_need_does_not_solve_a_post() -> None:
    wanted, achievement = post(), s.published(kind="achievement")
    by = s.manager_of(wanted.owner)  # type: ignore[arg-type]  # made with one
    assert not queries.solutions(by, wanted).filter(pk=achievement.pk).exists()
    with pytest.raises(TransitionRefusedError, match="请选择结果"):
        actions.close_need(wanted, actions.OutcomeInput("", "无"), by=by, now=s.LATER)


def test_the_page_of_schools_and_employers() -> None:
    first, _students = post(), cohort()
    client = f.signed_in_client(f.account())
    few = s.queries_of(lambda: client.get("/talent/"))
    for _n in range(4):
        post()
        cohort()
    assert s.queries_of(lambda: client.get("/talent/")) == few
    page = s.text(client.get("/talent/"))
    assert first.title in page
    assert "全部 5 条" in page
    assert "发布招才或实习岗位" not in page, "who has no organisation publishes nothing"
    owner = f.signed_in_client(f.manager(f.organisation()))
    page = s.text(owner.get("/talent/"))
    assert "发布招才或实习岗位" in page
    assert "/listings/new/cohort/" not in page
    assert not re.search(r"<b>[1-9]\d*</b><span>通过平台落实的", page)


def test_a_table_of_posts_is_read_and_students_of_a_firm_are_refused() -> None:
    firm = f.organisation()
    by = s.manager_of(firm)
    headings = ("岗位名称", "岗位职责", "岗位类型", "需求专业", "学历要求", "招聘人数", "到岗时间", "月薪下限")
    line = ("浮选实习生", "做浮选试验，整理数据", "实习", "矿业类", "本科", "4 人", "2027-03-01", "3000元")
    batch = imports.mapped(imports.uploaded(imports.sheet([line], headings), firm, by, kind="post"), by)
    assert imports.said(batch, 2) == []
    assert imports.outcomes(imports.confirmed(batch, by)) == {"created": 1}
    values = Listing.objects.get(kind="post").values
    assert (values["work"], values["majors"], values["degree"]) == (["实习"], ["m0815"], "bachelor")
    assert (values["begins"], values["pay_low"]) == ("2027-03-01", "3000.00")
    batch = imports.mapped(imports.uploaded(imports.sheet([line], headings), firm, by, kind="cohort"), by)
    imports.confirmed(batch, by)
    assert not Listing.objects.filter(kind="cohort").exists()
