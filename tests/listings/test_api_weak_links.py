"""短板弱项 and 攻关方向 through the API; the 卡脖子 list is not in it at all."""

import pytest
from django.test import Client

from mengkeju.config.api import description, operations
from mengkeju.listings import actions
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem
from tests.listings import list_samples as lists
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def test_the_register_its_filters_and_its_coverage() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    gap, draft = lists.weak_link(by, state="open", priority="high"), lists.weak_link(by)
    other = lists.weak_link(by, state="covered", chain="dairy")
    need, hidden = s.published(), s.published(tier="members")
    for listing in (need, hidden):
        actions.attach_to_weak_link(gap, listing, by=by, now=s.LATER)
    visitor = Client()
    rows = get(visitor, "/weak-links").json()["items"]
    assert [one["uid"] for one in rows] == [str(other.uid), str(gap.uid)]
    assert (rows[1]["needs"], rows[1]["answers"], rows[1]["intended"]) == (1, 0, False)
    assert (rows[1]["state"], rows[1]["state_label"], rows[1]["node"]) == ("open", "待补", "晶界扩散")
    for query in ("priority=high", "state=open", "chain=rare_earth_magnets"):
        assert [one["uid"] for one in get(visitor, f"/weak-links?{query}").json()["items"]] == [str(gap.uid)]
    assert get(visitor, f"/weak-links?area={f.HOHHOT}").json()["items"] == []
    assert pointers(get(visitor, "/weak-links?state=gone")) == {"#/state"}
    far = {one["chain"]: one for one in get(visitor, "/weak-links/coverage").json()["items"]}
    assert set(far) == {"dairy", "rare_earth_magnets"}
    assert (far["rare_earth_magnets"]["total"], far["rare_earth_magnets"]["with_need"]) == (1, 1)
    assert (far["dairy"]["covered"], far["dairy"]["with_need"]) == (1, 0)
    assert len(get(visitor, "/weak-links/coverage?state=covered").json()["items"]) == 1
    one = get(visitor, f"/weak-links/{gap.uid}").json()
    assert [(a["uid"], a["role"]) for a in one["attached"]] == [(str(need.uid), "need")]
    member = tokens.client_of(f.manager(f.organisation()))
    assert len(get(member, f"/weak-links/{gap.uid}").json()["attached"]) == 2
    assert problem(get(member, f"/weak-links/{draft.uid}")) == (404, "not_found")
    officer = tokens.client_of(f.officer(f.BAOTOU))
    assert get(officer, f"/weak-links/{draft.uid}").json()["state"] == "draft"


def test_the_register_asks_the_same_number_of_questions_for_one_and_for_many() -> None:
    by = f.actor(f.officer(f.BAOTOU))
    lists.weak_link(by, state="open")
    get(Client(), "/weak-links")
    one = s.queries_of(lambda: get(Client(), "/weak-links"))
    for _n in range(3):
        lists.weak_link(by, state="open")
    assert s.queries_of(lambda: get(Client(), "/weak-links")) == one


def test_nothing_of_the_bottlenecks_stands_in_the_api() -> None:
    assert [one.id for one in operations() if "bottleneck" in f"{one.path} {one.permission} {one.id}".lower()] == []
    assert "bottleneck" not in description().lower()
    officer = tokens.client_of(f.officer())
    assert problem(get(officer, "/bottlenecks")) == (404, "not_found")
