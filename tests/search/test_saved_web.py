"""The pages of saved searches, and the box on the results."""

import re
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.search import actions, queries
from mengkeju.search.actions import SavedInput
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch, SavedSearchHit
from tests import factories as f
from tests.listings.samples import queries_of
from tests.search.samples import listing

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-17")]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def firm() -> Organisation:
    return f.organisation()


@pytest.fixture
def owner(firm: Organisation) -> Actor:
    return f.actor(f.manager(firm))


@pytest.fixture
def client(firm: Organisation) -> Client:
    return f.signed_in_client(f.manager(firm))


def save(by: Actor, text: str = "气化细渣", name: str = "细渣", **given: object) -> SavedSearch:
    stated = SavedInput(name, kept(text, "", {}), "daily", **given)  # type: ignore[arg-type]  # as the test says
    return actions.save_search(stated, by=by, now=f.AT)


def uid_of(actor: Actor) -> UUID:
    """His login's."""
    assert actor.account_uid is not None
    return actor.account_uid


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]  # an answer of the test client


def test_a_search_is_kept_from_its_results(client: Client, owner: Actor) -> None:
    listing(f.organisation(), "气化细渣脱碳")
    actions.rebuild_index()
    page = body(client.get("/search/?q=气化细渣&kind=need&city=150200&sort=newest"))
    (link,) = re.findall(r'href="(/searches/new/\?[^"]*)"', page)
    address = link.replace("&amp;", "&")
    form = body(client.get(address))
    assert "“气化细渣”；技术需求；城市：包头市" in form
    key = re.search(r'name="one_time_key" value="([^"]+)"', form)
    assert key is not None
    sent = {"name": "渣", "way": "at_once", "one_time_key": key.group(1), "organisation": ""}
    first, again = client.post(address, sent), client.post(address, sent)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"], "a double click keeps one"
    saved = SavedSearch.objects.get()
    assert queries.kept_by(saved) == kept("气化细渣", "need", {"city": ["150200"]})
    page = body(client.get("/search/?q=气化细渣&kind=need&city=150200"))
    assert "已为这次搜索设提醒" in page
    assert saved.get_absolute_url() in page
    assert "一有新结果就提醒" in page
    assert "已为这次搜索设提醒" not in body(client.get("/search/?q=气化细渣&kind=need"))


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_form() -> None:
    actions.rebuild_index()
    page = body(Client().get("/search/?q=气化细渣"))
    assert "登录后设提醒" in page
    answer = Client().get("/searches/new/?q=%E6%B8%A3")
    assert answer.status_code == 302
    assert "next=/searches/new/%3Fq%3D" in answer["Location"]


def test_refusals_keep_what_was_typed(client: Client, owner: Actor) -> None:
    save(owner)
    answer = client.post("/searches/new/?q=气化细渣", {"name": "再来一次", "way": "daily"})
    assert answer.status_code == 422
    assert "已经为同样的搜索设过提醒：细渣" in body(answer)
    assert "再来一次" in body(answer)
    assert client.post("/searches/new/?q=脱碳", {"name": "", "way": "never"}).status_code == 422
    assert "还没有条件" in body(client.get("/searches/new/"))


def test_a_chain_is_followed_from_its_facet_and_from_a_listing(client: Client, owner: Actor) -> None:
    made = listing(f.organisation(), "烧结磁体", kind="achievement", cluster="rare_earth")
    actions.rebuild_index()
    page = body(client.get("/search/?kind=achievement&cluster=rare_earth"))
    assert "关注这条产业链" in page
    assert "关注这条产业链" not in body(client.get("/search/?cluster=rare_earth&q=磁体"))
    assert "/searches/new/?chain=rare_earth" in body(client.get(made.get_absolute_url()))
    address = "/searches/new/?chain=rare_earth"
    assert 'value="稀土 · 新成果"' in body(client.get(address))
    client.post(address, {"name": "稀土", "way": "weekly", "organisation": str(owner.primary_organisation)})
    saved = SavedSearch.objects.get()
    assert saved.organisation == owner.primary_organisation
    asked = queries.kept_by(saved)
    assert asked is not None
    assert (asked.kind, "rare_earth_magnets" in asked.facets["cluster"]) == ("achievement", True)


def test_the_list_counts_what_is_new_and_may_be_seen(client: Client, owner: Actor, firm: Organisation) -> None:
    assert "还没有搜索提醒" in body(client.get("/searches/"))
    saved, other = save(owner), f.organisation()
    open_one = listing(other, "气化细渣一")
    closed = listing(other, "气化细渣二", tier="parties")
    for made in (open_one, closed):
        SavedSearchHit.objects.create(
            search=saved, account=uid_of(owner), subject_type="listing", subject_uid=made.uid, noted_at=clock.now()
        )
    page = body(client.get("/searches/"))
    assert "1 条新的" in page
    answer = client.post(f"/searches/{saved.uid}/stand/run/")
    assert answer["Location"] == "/search/?" + urlencode({"q": "气化细渣", "sort": "newest"})
    assert "没有新的" in body(client.get("/searches/"))


def test_one_shows_what_it_told_and_why_and_not_what_was_closed_since(client: Client, owner: Actor) -> None:
    saved, other = save(owner), f.organisation()
    shown, closed = listing(other, f"气化细渣{SCRIPT}"), listing(other, "气化细渣二", tier="parties")
    for made in (shown, closed):
        SavedSearchHit.objects.create(
            search=saved, account=uid_of(owner), subject_type="listing", subject_uid=made.uid,
            noted_at=clock.now(), told_at=clock.now(),
        )  # fmt: skip
    page = body(client.get(saved.get_absolute_url()))
    assert shown.get_absolute_url() in page
    assert "含有：气化细渣" in page
    assert SCRIPT not in page
    assert str(closed.uid) not in page
    assert "本页另有 1 条" in page


def test_pages_move_edit_and_refuse(client: Client, owner: Actor, firm: Organisation) -> None:
    saved = save(owner)
    here = f"/searches/{saved.uid}/"
    client.post(f"{here}move/pause/")
    assert "已暂停" in body(client.get(here))
    client.post(f"{here}move/resume/")
    assert "提醒中" in body(client.get(here))
    stale = {"name": "甲", "way": "weekly", "revision": SavedSearch.objects.get().revision}
    assert client.post(f"{here}edit/", stale).status_code == 302
    conflict = client.post(f"{here}edit/", {**stale, "name": "乙"})
    assert conflict.status_code == 409
    assert "乙" in body(conflict)
    assert client.post(f"{here}move/nothing/").status_code == 404
    assert "请暂停或删除" in body(client.post(f"{here}stand/leave/", follow=True)), "one's own is paused, not left"
    shared = save(owner, "脱碳", organisation=firm.uid)
    member, stranger = f.signed_in_client(f.member(firm)), f.signed_in_client(f.manager(f.organisation()))
    assert member.get(shared.get_absolute_url()).status_code == 200
    assert member.post(f"/searches/{shared.uid}/move/delete/").status_code == 403
    assert member.post(f"/searches/{shared.uid}/stand/leave/").status_code == 302
    assert "不再提醒我" in body(member.get(shared.get_absolute_url()))
    assert member.get(here).status_code == 404, "a colleague's own"
    assert stranger.get(here).status_code == stranger.post(f"{here}move/delete/").status_code == 404
    assert Client().get(here).status_code == 302
    client.post(f"{here}move/delete/")
    assert client.get(here).status_code == 404


def test_the_stop_link_asks_by_get_and_stops_by_post_from_any_mail_program(owner: Actor, firm: Organisation) -> None:
    saved = save(owner)
    assert owner.account_uid is not None
    address = f"/searches/stop/{actions.stop_token(saved, owner.account_uid)}/"
    anybody = Client(enforce_csrf_checks=True)
    page = anybody.get(address)
    assert "不再收到邮件里的这个搜索提醒" in body(page)
    assert "细渣" not in body(page), "whoever else holds the link is not told what was searched for"
    assert "不再收到“细渣”的提醒" in body(f.signed_in_client(f.manager(firm)).get(address))
    assert "no-store" in page["Cache-Control"]
    saved.refresh_from_db()
    assert saved.paused_at is None, "a link that is only looked at stops nothing"
    assert "已停止" in body(anybody.post(address, {"List-Unsubscribe": "One-Click"}))
    assert SavedSearch.objects.get().paused_at is not None
    wrong = anybody.post(address.replace(saved.uid.hex, owner.account_uid.hex))
    assert wrong.status_code == 404
    assert "没有这个提醒" in body(wrong)


def test_the_number_of_queries_does_not_grow(client: Client, owner: Actor, firm: Organisation) -> None:
    def fill(start: int, count: int) -> None:
        other = f.organisation()
        for number in range(start, start + count):
            saved = save(owner, f"词语{number}号", f"提醒{number}")
            SavedSearchHit.objects.create(
                search=saved, account=uid_of(owner), subject_type="listing",
                subject_uid=listing(other, f"条目{number}").uid, noted_at=clock.now(),
            )  # fmt: skip

    fill(0, 2)
    client.get("/searches/")
    few = queries_of(lambda: client.get("/searches/"))
    fill(10, 6)
    assert queries_of(lambda: client.get("/searches/")) == few
