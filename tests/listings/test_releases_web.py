"""Pages of joint releases: the officers' desk, the public page, paper, file, and an intention that knows its origin."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from mengkeju.deals.models import Intention
from mengkeju.kernel import clock
from mengkeju.listings.models import Listing, Release, ReleaseItem
from tests import exported, tokens
from tests import factories as f
from tests.listings import samples as s
from tests.listings.release_samples import Desk, edit, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def here(desk: Desk) -> Client:
    return f.signed_in_client(desk.baotou)


@pytest.fixture
def there(desk: Desk) -> Client:
    return f.signed_in_client(desk.hohhot)


def act(client: Client, release: Release, what: str, **given: str) -> Any:
    return client.post(f"/releases/{release.uid}/act/{what}/", given, follow=True)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


@pytest.mark.covers("NED-01")
def test_two_officers_walk_from_the_first_form_to_the_public_page(desk: Desk, here: Client, there: Client) -> None:
    held = desk.held(title="留待发布的一条", field="intelligent_instruments", deadline=date(2027, 6, 30))
    desk.need(f.HOHHOT, title="已发布的一条")
    form = s.text(here.get("/releases/new/"))
    begun = {"title": "两市首批联合发布", "intro": "集中发布", "cities": [f.HOHHOT, f.BAOTOU]}
    begun["one_time_key"] = hidden(form, "one_time_key")
    sent = here.post("/releases/new/", begun)
    release = Release.objects.get(title="两市首批联合发布")
    assert sent["Location"] == f"/releases/{release.uid}/gather/"
    assert here.post("/releases/new/", begun)["Location"] == sent["Location"], "a second arrival begins nothing"
    page = s.text(here.get(sent["Location"]))
    assert "留待发布的一条" in page
    assert "已发布的一条" not in page, "the other city's"
    assert here.post(sent["Location"], {"need": str(held.uid)}).status_code == 302
    assert there.post(sent["Location"], {"all": "1"}).status_code == 302
    check = f"/releases/{release.uid}/check/"
    page = s.text(here.get(check))
    assert "2 家企业 2 项需求" in page
    assert "分城市、分领域、分期限加起来都是 2 项，相符" in page
    assert "没有写期限" in page
    assert "留待发布的一条" in s.text(there.get(f"/releases/{release.uid}/preview/"))
    assert Client().get(f"/releases/{release.uid}/").status_code == 404
    for client, city in ((here, f.BAOTOU), (there, f.HOHHOT)):
        digest = hidden(s.text(client.get(check)), "digest")
        assert "已确认本市的部分" in s.text(act(client, release, "confirm", city=city, digest=digest))
    assert "现在发布 2 家企业 2 项需求" in s.text(here.get(check))
    public = s.text(act(there, release, "now"))
    assert "已联合发布" in public
    visitor = s.text(Client().get(f"/releases/{release.uid}/"))
    assert "2 家企业 2 项需求" in visitor
    assert "留待发布的一条" in visitor
    assert "两市首批联合发布" in s.text(Client().get("/releases/"))
    assert "2 家企业 2 项需求" in s.text(Client().get("/"))
    assert "两市首批联合发布" in s.text(Client().get(f"/listings/{held.uid}/"))
    assert "已联合发布" in s.text(act(here, release, "now")), "a second click does nothing"


def test_an_unreviewed_need_is_refused_on_the_page_by_name(desk: Desk, here: Client) -> None:
    waiting = s.submitted(desk.here, title="没审的一条")
    answer = here.post(f"/releases/{desk.release.uid}/gather/", {"need": str(waiting.uid)})
    assert answer.status_code == 422
    assert "没审的一条" in s.text(answer)
    assert "还没有通过审核" in s.text(answer)
    for value in ("not-a-uid", ""):
        assert here.post(f"/releases/{desk.release.uid}/gather/", {"need": value}).status_code == 422


def test_who_is_let_in_where(desk: Desk, here: Client) -> None:
    uid = desk.release.uid
    stranger, visitor = f.signed_in_client(f.manager(desk.here)), Client()
    desks = [f"/releases/{uid}/{page}/" for page in ("check", "preview", "gather", "edit")]
    for address in desks:
        assert here.get(address).status_code == 200
        assert stranger.get(address).status_code == 404
        assert visitor.get(address)["Location"].startswith("/accounts/login/")
    auditor = f.signed_in_client(f.auditor())
    assert [auditor.get(address).status_code for address in desks] == [200, 200, 403, 403]
    assert stranger.get("/releases/desk/").status_code == 403
    assert f.signed_in_client(f.officer(f.KUNDULUN)).get("/releases/new/").status_code == 403
    desk.ready()
    desk.let_go()
    assert [stranger.get(address).status_code for address in desks] == [403] * 4
    assert stranger.post(f"/releases/{uid}/act/withdraw/", {"note": "x"}).status_code == 403
    assert here.post(f"/releases/{uid}/act/fly/").status_code == 404
    assert here.get(f"/releases/{uid}/act/now/").status_code == 405


def test_a_batch_that_changed_since_it_was_opened_is_not_confirmed_unseen(desk: Desk, here: Client) -> None:
    desk.add(desk.need())
    seen = hidden(s.text(here.get(f"/releases/{desk.release.uid}/check/")), "digest")
    desk.add(desk.need())
    page = s.text(act(here, desk.release, "confirm", city=f.BAOTOU, digest=seen))
    assert "有了变动" in page
    assert not desk.release.parts.exclude(confirmed_at=None).exists()


def test_an_edited_need_is_named_and_its_new_wording_taken_over(desk: Desk, here: Client) -> None:
    mine, _far = desk.ready()
    edit(mine, summary="改过的说明")
    page = s.text(act(here, desk.release, "now"))
    assert mine.title in page
    assert "预览之后被单位改过" in page
    assert "采用本市需求的新内容" in page
    assert "采用了 1 项的新内容" in s.text(act(here, desk.release, "refresh"))
    desk.release.refresh_from_db()
    assert desk.release.state == "collecting"


def test_officers_see_what_was_changed_before_they_take_it_over(desk: Desk, here: Client) -> None:
    mine, _far = desk.ready()
    edit(mine, summary="改过的说明")
    difference, now = f"/releases/{desk.release.uid}/needs/{mine.uid}/", f"/releases/{desk.release.uid}/act/now/"
    page = here.get(f"/releases/{desk.release.uid}/check/").content.decode()
    assert difference in page
    assert "加入后有修改" in page
    assert "发布后有修改" not in page
    assert now not in page
    seen = s.text(here.get(difference))
    assert "改过的说明" in seen
    assert "加入时" in seen
    assert Client().get(difference).status_code == 404


def test_the_moment_is_chosen_on_the_page(desk: Desk, here: Client) -> None:
    desk.ready()
    wrong = act(here, desk.release, "schedule", day="", time="09:30")
    assert wrong.status_code == 422
    assert wrong.context["moment"].errors.keys() == {"day"}
    past = act(here, desk.release, "schedule", day="2020-01-01", time="09:30")
    assert past.status_code == 422
    assert past.context["moment"].errors == {"day": ["发布时间要晚于现在"]}
    assert 'value="2020-01-01"' in s.text(past)
    day = (clock.today() + clock.DAY).isoformat()
    assert "已定时" in s.text(act(here, desk.release, "schedule", day=day, time="09:30"))
    desk.release.refresh_from_db()
    assert clock.today(desk.release.planned_at).isoformat() == day
    assert "取消定时" in s.text(here.get(f"/releases/{desk.release.uid}/check/"))
    assert "已取消定时" in s.text(act(here, desk.release, "unschedule"))


def test_needs_are_taken_out_on_the_page_with_a_reason(desk: Desk, here: Client) -> None:
    mine = desk.need()
    desk.add(mine)
    address = f"/releases/{desk.release.uid}/remove/"
    assert "请写明移出的理由" in s.text(here.post(address, {"need": str(mine.uid)}, follow=True))
    assert "移出了 1 项" in s.text(here.post(address, {"need": str(mine.uid), "note": "重复"}, follow=True))
    assert not ReleaseItem.objects.exists()


def test_a_stale_form_shows_both_versions(desk: Desk, here: Client, there: Client) -> None:
    address = f"/releases/{desk.release.uid}/edit/"
    revision = hidden(s.text(here.get(address)), "revision")
    assert there.post(address, {"title": "对方的题目", "revision": revision}).status_code == 302
    answer = here.post(address, {"title": "我的题目", "revision": revision})
    assert answer.status_code == 409
    assert "对方的题目" in s.text(answer)
    assert "我的题目" in s.text(answer)


def test_a_held_need_is_reviewed_so_and_its_owner_is_told(desk: Desk, here: Client) -> None:
    row = s.submitted(desk.here)
    address = f"/reviews/{row.uid}/"
    assert 'value="hold"' in s.text(here.get(address))
    sent = here.post(address, {"decision": "hold", "revision": row.revision}, follow=True)
    assert "联合发布时公开" in s.text(sent)
    assert Listing.objects.get(pk=row.pk).state == "held"
    assert "联合发布时公开" in s.text(f.signed_in_client(f.manager(desk.here)).get(f"/listings/{row.uid}/"))
    assert "已审核待联合发布" in s.text(here.get("/workbench/"))
    assert 'value="approve"' in s.text(here.get(address)), "it may still be published at once"
    other = s.submitted(desk.here, "achievement")
    assert 'value="hold"' not in s.text(here.get(f"/reviews/{other.uid}/"))


@pytest.mark.covers("NED-01")
def test_the_public_page_filters_prints_and_exports(desk: Desk) -> None:
    mine = desk.need(title="包头的一条", deadline=date(2027, 6, 30), price_high=Decimal(1_200_000))
    far = desk.need(f.HOHHOT, title="呼市的一条")
    desk.add(mine)
    desk.add(far, city=f.HOHHOT)
    desk.confirm()
    made = desk.let_go()
    base, visitor = f"/releases/{made.uid}/", Client()
    page = s.text(visitor.get(base, {"city": f.BAOTOU}))
    assert "包头的一条" in page
    assert "呼市的一条" not in page
    assert "没有符合筛选的需求" in s.text(visitor.get(base, {"city": f.BAOTOU, "month": "none"}))
    for odd in ({"month": "2027-13"}, {"city": "x"}, {"at": "fly"}, {"page": "99"}, {"owner": "'"}):
        assert visitor.get(base, odd).status_code == 200
    paper = s.text(visitor.get(f"{base}print/"))
    assert "包头的一条" in paper
    assert "呼市的一条" in paper
    assert made.digest in paper
    _head, rows = exported.xlsx(visitor.get(base, {"export": "xlsx", "city": f.BAOTOU}))
    (row,) = rows
    assert (row["题目"], row["期限"].date(), row["城市"]) == ("包头的一条", date(2027, 6, 30), "包头市")
    found, _source = exported.table(visitor.get(base, {"export": "csv"}))
    assert [r["题目"] for r in found] == ["呼市的一条", "包头的一条"]
    assert exported.table(visitor.get(base, {"export": "csv", "month": "2027-13"}))[0] == []


def test_later_edits_and_withdrawals_show_on_the_public_page(desk: Desk) -> None:
    mine, far = desk.ready()
    made = desk.let_go()
    base, visitor = f"/releases/{made.uid}/", Client()
    same = s.text(visitor.get(f"{base}needs/{mine.uid}/"))
    assert "和发布时一样" in same
    edit(mine, summary="发布后改的说明")
    withdraw(far)
    page = s.text(visitor.get(base))
    assert "发布后有修改" in page
    assert "单位已撤回" in page
    assert far.title in page
    assert desk.there.name not in page, "of a withdrawn need nothing but its title"
    assert "2 家企业 2 项需求" in page, "the sums stay as published"
    change = s.text(visitor.get(f"{base}needs/{mine.uid}/"))
    assert "发布后改的说明" in change
    assert s.SUMMARY in change
    gone = visitor.get(f"{base}needs/{far.uid}/")
    assert (gone.status_code, gone["Location"]) == (302, base)
    assert visitor.get(f"{base}needs/{made.uid}/").status_code == 404
    found, _source = exported.table(visitor.get(base, {"export": "csv"}))
    lone = next(r for r in found if r["题目"] == far.title)
    assert (lone["单位"], lone["要点说明"], lone["发布以后"]) == ("", "", "单位已撤回")


def test_a_withdrawn_release_says_why_and_shows_no_rows(desk: Desk, here: Client) -> None:
    mine, _far = desk.ready()
    made = desk.let_go()
    assert "已撤回" in s.text(act(here, made, "withdraw", note="名单有误"))
    page = s.text(Client().get(f"/releases/{made.uid}/"))
    assert "名单有误" in page
    assert mine.title not in page
    assert Client().get(f"/releases/{made.uid}/print/").status_code == 302
    assert "还没有联合发布过" in s.text(Client().get("/releases/"))


@pytest.mark.covers("NED-11")
def test_an_intention_from_the_release_page_remembers_it(desk: Desk) -> None:
    mine, far = desk.ready()
    made = desk.let_go()
    institute = f.organisation(kind="university", area=f.XINCHENG)
    client = f.signed_in_client(f.manager(institute))
    page = s.text(client.get(f"/releases/{made.uid}/"))
    link = re.search(rf'href="(/listings/{mine.uid}/[^"]*)"', page)
    assert link
    listing = s.text(client.get(link.group(1).replace("&amp;", "&")))
    declare = re.search(rf'href="(/listings/{mine.uid}/intend[^"]*|[^"]*from=release[^"]*)"', listing)
    assert declare
    address = unquote(declare.group(1).replace("&amp;", "&"))
    form = s.text(client.get(address))
    assert hidden(form, "origin") == "release"
    sent = {"declaring": str(institute.uid), "origin": "release", "origin_uid": str(made.uid)}
    assert client.post(address.partition("?")[0], sent).status_code == 302
    found = Intention.objects.get()
    assert (found.origin, found.origin_uid) == ("release", made.uid)
    assert "联合发布" in s.text(client.get(found.get_absolute_url()))
    rows = s.text(Client().get(f"/releases/{made.uid}/", {"at": "intention"}))
    assert mine.title in rows
    assert far.title not in rows


def test_an_address_cannot_claim_a_release_the_need_was_not_in(desk: Desk) -> None:
    desk.ready()
    made = desk.let_go()
    other = desk.need()
    institute = f.organisation(kind="university", area=f.XINCHENG)
    client = f.signed_in_client(f.manager(institute))
    page = s.text(client.get(f"/listings/{other.uid}/"))
    address = re.search(rf'href="(/listings/{other.uid}/[a-z-]+/)[^"]*"[^>]*>有意向', page)
    assert address
    sent = {"declaring": str(institute.uid), "origin": "release", "origin_uid": str(made.uid)}
    assert client.post(address.group(1), sent).status_code == 302
    found = Intention.objects.get()
    assert (found.origin, found.origin_uid) == ("listing", None)


def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(desk: Desk, here: Client) -> None:
    def asked(page: str, client: Client) -> int:
        client.get(page)
        return s.queries_of(lambda: client.get(page))

    def grow(by: int) -> None:
        s.rows(desk.here, by)
        rows = list(Listing.objects.filter(title__startswith="批量"))
        desk.add(*rows)

    desk.add(desk.need(f.HOHHOT), city=f.HOHHOT)
    base = f"/releases/{desk.release.uid}"
    desks = [f"{base}/check/", f"{base}/preview/"]
    grow(2)
    few = [asked(page, here) for page in desks]
    grow(20)
    assert [asked(page, here) for page in desks] == few
    other = Desk("第二批")
    other.ready()
    made = other.let_go()
    few = [asked(f"/releases/{made.uid}/{rest}", Client()) for rest in ("", "print/")]
    desk.confirm()
    desk.let_go()
    assert [asked(f"{base}/{rest}", Client()) for rest in ("", "print/")] == few


def test_the_api_tells_what_the_public_page_tells(desk: Desk) -> None:
    mine, far = desk.ready()
    address = f"/api/v1/releases/{desk.release.uid}"
    visitor, officer = Client(), tokens.client_of(desk.baotou)
    assert visitor.get(address).status_code == 404
    assert officer.get(address).json()["needs_count"] == 2
    made = desk.let_go()
    withdraw(far)
    told = visitor.get(address).json()
    assert (told["firms"], told["needs_count"], told["digest"]) == (2, 2, made.digest)
    assert [(c["key"], c["needs"]) for c in told["by_city"]] == [(f.HOHHOT, 1), (f.BAOTOU, 1)]
    rows = {row["title"]: row for row in told["needs"]}
    assert (rows[far.title]["status"], rows[far.title]["owner"], rows[far.title]["summary"]) == ("withdrawn", "", "")
    assert (rows[mine.title]["status"], rows[mine.title]["owner"]) == ("open", desk.here.name)
    assert [row["uid"] for row in visitor.get("/api/v1/releases").json()["items"]] == [str(made.uid)]


def test_an_officer_holds_a_need_through_the_api(desk: Desk) -> None:
    row = s.submitted(desk.here)
    officer = tokens.client_of(desk.baotou)
    address = f"/api/v1/listings/{row.uid}"
    assert "hold" in officer.get(address).json()["steps"]
    sent = officer.post(
        f"{address}/review",
        {"decision": "hold"},
        content_type="application/json",
        headers={"If-Match": f'"{row.revision}"'},
    )
    assert (sent.status_code, sent.json()["state"]) == (200, "held")
