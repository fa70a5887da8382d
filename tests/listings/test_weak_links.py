"""短板弱项: who may keep the list, its life, coverage counted from public listings alone, and its pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.deals.actions import declare_intention
from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.weak_links import Coverage, Gap, coverage, role_of
from mengkeju.listings.models import WeakLink
from mengkeju.listings.queries import WeakLinkFilter
from tests import exported
from tests import factories as f
from tests.listings import list_samples as ls
from tests.listings import samples as s

db = pytest.mark.django_db
HOHHOT_LINK: dict[str, Any] = {"area": f.HOHHOT, "chain": "dairy", "node": "清洗"}


def test_coverage_counts_listed_gaps_only_and_each_once() -> None:
    gaps = [
        Gap("a", "open", needs=2, answers=0, intended=True),
        Gap("a", "working", needs=0, answers=3),
        Gap("a", "covered"),
        Gap("a", "dropped", needs=1),
        Gap("b", "draft", needs=1),
    ]
    assert coverage(gaps) == {"a": Coverage(3, 1, 1, 1, with_need=1, with_answer=1, with_intention=1)}
    assert (role_of("need"), role_of("achievement")) == ("need", "answer")
    with pytest.raises(ValueError, match="no side"):
        role_of("")


@db
@pytest.mark.covers("NED-04")
def test_an_officer_keeps_the_list_of_his_area_and_of_no_other() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    link = ls.weak_link(by)
    assert link.state == "draft"
    with pytest.raises(RefusedError):
        actions.create_weak_link(ls.weak_link_input(area=f.HOHHOT), by=by, now=f.AT)
    with pytest.raises(RefusedError):
        ls.weak_link(s.manager_of(f.organisation()))
    far = f.actor(f.officer(f.HOHHOT))
    acts: tuple[Callable[[], Any], ...] = (
        lambda: actions.edit_weak_link(link, ls.weak_link_input(), by=far, now=f.AT),
        lambda: actions.move_weak_link(link, "publish", by=far, now=f.AT),
        lambda: actions.edit_weak_link(link, ls.weak_link_input(area=f.HOHHOT), by=by, now=f.AT),
    )
    for act in acts:
        with pytest.raises(RefusedError):
            act()
    assert queries.find_weak_link(ANONYMOUS, link.uid) is None
    actions.move_weak_link(link, "publish", by=by, now=f.AT)
    assert queries.find_weak_link(ANONYMOUS, link.uid) == link


@db
def test_bad_input_is_said_at_its_field() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    link = ls.weak_link(by)
    bad = ls.weak_link_input(chain="nothing", node=" ", title="", gap="", priority="urgent")
    with pytest.raises(ValidationError) as refused:
        actions.create_weak_link(bad, by=by, now=f.AT)
    assert set(refused.value.message_dict) == {"chain", "node", "title", "gap", "priority"}
    with pytest.raises(ValidationError, match="同名"):
        ls.weak_link(by, title=link.title)
    other = ls.weak_link(by)
    with pytest.raises(ValidationError, match="同名"):
        actions.edit_weak_link(other, ls.weak_link_input(title=link.title), by=by, now=f.AT)
    actions.move_weak_link(link, "drop", by=by, now=f.AT, note="已并入另一项")
    assert ls.weak_link(by, title=link.title).pk != link.pk
    with pytest.raises(ValidationError, match="同名"):  # back beside its successor
        actions.move_weak_link(link, "reopen", by=by, now=f.AT, note="又列")


@db
def test_its_life_and_that_reasons_are_asked() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    link = ls.weak_link(by)
    actions.move_weak_link(link, "publish", by=by, now=f.AT)
    for step in ("start", "cover", "drop"):
        with pytest.raises(TransitionRefusedError) as refused:
            actions.move_weak_link(link, step, by=by, now=f.AT)
        assert refused.value.code == "note_required"
    for step, state in (("start", "working"), ("cover", "covered"), ("reopen", "open"), ("drop", "dropped")):
        actions.move_weak_link(link, step, by=by, now=f.AT, note="见会议纪要")
        assert link.state == state
    assert queries.find_weak_link(ANONYMOUS, link.uid) is None
    with pytest.raises(TransitionRefusedError):
        actions.move_weak_link(link, "publish", by=by, now=f.AT)


@db
def test_a_stale_edit_changes_nothing_and_an_edit_tells_what_it_changed() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    link = ls.weak_link(by)
    read = link.revision
    actions.edit_weak_link(link, ls.weak_link_input(title="甲"), by=by, now=f.AT, revision=read)
    with pytest.raises(StaleRevisionError):
        actions.edit_weak_link(link, ls.weak_link_input(title="乙"), by=by, now=f.AT, revision=read)
    payload = Event.objects.get(type="weak_link.edited", subject_uid=link.uid).payload.body
    assert payload["after"] == {"title": "甲"}
    same = actions.edit_weak_link(link, ls.weak_link_input(title="甲"), by=by, now=f.AT)
    assert same.revision == read + 1


@db
@pytest.mark.covers("NED-04")
def test_coverage_by_chain_counts_what_everybody_may_open() -> None:
    by = f.actor(f.officer(f.REGION))
    firm, university = f.organisation(), f.organisation(kind="university", area=f.XINCHENG)
    covered, hidden, bare = (ls.weak_link(by, state="open") for _ in range(3))
    dairy = ls.weak_link(by, state="open", **HOHHOT_LINK)
    need = s.published(firm)
    for link in (covered, dairy):
        actions.attach_to_weak_link(link, need, by=by, now=f.AT)
    actions.attach_to_weak_link(covered, s.published(university, "strength"), by=by, now=f.AT)
    actions.attach_to_weak_link(hidden, s.published(firm, tier="members"), by=by, now=f.AT)
    with pytest.raises(ValidationError):  # an officer does not read drafts
        actions.attach_to_weak_link(hidden, s.draft(firm), by=by, now=f.AT)
    assert actions.attach_to_weak_link(covered, need, by=by, now=f.AT) is False
    rows = queries.weak_links(ANONYMOUS)
    found = queries.coverage_by_chain(rows)
    assert list(found) == ["rare_earth_magnets", "dairy"]
    assert found["rare_earth_magnets"] == Coverage(3, 3, with_need=1, with_answer=1)
    declare_intention(target=need, declaring=university, by=f.actor(f.manager(university)), now=f.AT)
    assert queries.coverage_by_chain(rows)["dairy"].with_intention == 1
    assert set(queries.weak_links(ANONYMOUS, WeakLinkFilter(chain="rare_earth_new_materials"))) == {
        covered, hidden, bare,
    }  # fmt: skip
    assert list(queries.weak_links(ANONYMOUS, WeakLinkFilter(area=f.HOHHOT))) == [dairy]
    actions.detach_from_weak_link(covered, need, by=by, now=f.AT)
    assert queries.coverage_by_chain(rows)["rare_earth_magnets"].with_need == 0


@db
def test_the_register_asks_the_same_number_of_queries_however_long() -> None:
    by = f.actor(f.officer(f.REGION))
    firm = f.organisation()

    def add(count: int) -> None:
        for _ in range(count):
            actions.attach_to_weak_link(ls.weak_link(by, state="open"), s.published(firm, by=by), by=by, now=f.AT)

    add(2)
    Client().get("/weak-links/")
    few = s.queries_of(lambda: Client().get("/weak-links/"))
    add(6)
    assert s.queries_of(lambda: Client().get("/weak-links/")) == few


@db
@pytest.mark.covers("NED-04")
def test_pages_of_the_register_for_a_visitor_and_an_officer() -> None:
    account = f.officer(f.BAOTOU)
    client, visitor = f.signed_in_client(account), Client()
    assert "清单上还没有短板" in s.text(visitor.get("/weak-links/"))
    assert visitor.get("/weak-links/new/").status_code == 302
    assert f.signed_in_client(f.manager(f.organisation())).get("/weak-links/new/").status_code == 403
    form = client.get("/weak-links/new/")
    data = {
        "chain": "dairy", "node": "清洗", "position": "3", "title": "清洗全凭时间", "gap": "没有在线判断",
        "priority": "high", "area": f.BAOTOU, "basis": "", "one_time_key": form.context["form"].initial["one_time_key"],
    }  # fmt: skip
    assert client.post("/weak-links/new/", data | {"title": ""}).status_code == 422
    first, again = client.post("/weak-links/new/", data), client.post("/weak-links/new/", data)
    assert (first.status_code, first["Location"]) == (302, again["Location"])
    link = WeakLink.objects.get()
    url = link.get_absolute_url()
    assert visitor.get(url).status_code == 404
    assert client.post(f"{url}move/publish/", {"revision": link.revision}).status_code == 302
    page = s.text(visitor.get(url))
    assert "没有在线判断" in page
    assert "据此提需求" in page
    assert "取下" not in page
    assert visitor.get("/weak-links/?chain=nothing&state=x").status_code == 200
    assert "没有符合条件的短板" in s.text(visitor.get("/weak-links/?priority=low"))
    need = s.published()
    client.post(f"{url}attach/", {"reference": need.number})
    client.post(f"{url}attach/", {"reference": f"https://example.org{need.get_absolute_url()}?a=1"})
    assert "没有找到这条供需信息" in s.text(client.post(f"{url}attach/", {"reference": "MK-N-1"}, follow=True))
    assert need.title in s.text(visitor.get(url))
    assert "清洗全凭时间" in s.text(visitor.get(need.get_absolute_url()))
    assert client.post(f"{url}detach/{need.uid}/").status_code == 302
    assert need.title not in s.text(visitor.get(url))
    rows, _source = exported.table(visitor.get("/weak-links/?export=csv"))
    assert [(row["短板"], row["进展"], row["公开的需求"]) for row in rows] == [("清洗全凭时间", "待补", "0")]


@db
def test_a_stale_form_shows_both_versions() -> None:
    account = f.officer(f.BAOTOU)
    link = ls.weak_link(f.actor(account))
    client = f.signed_in_client(account)
    data: dict[str, Any] = {
        "chain": link.chain, "node": link.node, "position": "40", "title": "我的题目", "gap": link.gap,
        "priority": "low", "area": link.area, "revision": link.revision,
    }  # fmt: skip
    actions.edit_weak_link(link, ls.weak_link_input(title="别人的题目"), by=f.actor(account), now=f.AT)
    answer = client.post(f"{link.get_absolute_url()}edit/", data)
    assert answer.status_code == 409
    assert all(title in s.text(answer) for title in ("我的题目", "别人的题目"))
    link.refresh_from_db()
    assert client.post(f"{link.get_absolute_url()}edit/", data | {"revision": link.revision}).status_code == 302
    del data["revision"]
    assert client.post(f"{link.get_absolute_url()}edit/", data).status_code == 422
