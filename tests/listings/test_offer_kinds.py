"""专业特色 and 企业能力: two kinds in one file each; found, matched and asked for like an achievement."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.deals.actions import declare_intention
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries
from mengkeju.listings.kinds import kinds
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
ABLE: dict[str, Any] = {
    "process": ["锻造", "检测与试验"],
    "offers": ["pilot", "test"],
    "equipment": "80 兆牛压机",
    "capacity": "每年 6 万吨",
    "certificates": "船级社认可",
}


@pytest.mark.covers("NED-14")
def test_a_capability_is_found_by_process_and_matched_with_needs() -> None:
    row = s.published(kind="capability", **ABLE)
    (document,) = queries.search_documents([row.uid])
    assert document.facets["process"] == ("锻造", "检测与试验")
    assert "中试生产" in document.text["public"]
    (matched,) = queries.match_documents("capability", [row.uid])
    assert matched.side == "achievement"
    assert {"锻造", "80 兆牛压机", "每年 6 万吨"} <= set(matched.body.replace("、", "\n").split("\n"))
    assert (matchables["capability"].side, matchables["capability"].seeks) == ("achievement", "need")


@pytest.mark.covers("NED-14")
def test_pilot_production_is_asked_for_by_an_ordinary_intention() -> None:
    university = f.organisation(kind="university", area=f.XINCHENG)
    row = s.published(kind="capability", **ABLE)
    account = f.manager(university)
    page = s.text(f.signed_in_client(account).get(row.get_absolute_url()))
    assert "请求中试生产或检测" in page
    made = declare_intention(target=row, declaring=university, by=f.actor(account), now=s.LATER)
    assert made.state == "declared"


@pytest.mark.covers("PLT-09")
def test_a_university_keeps_its_strength_and_it_is_found_and_matched() -> None:
    university = f.organisation(kind="university", area=f.XINCHENG)
    client = f.signed_in_client(f.manager(university))
    assert "发布专业特色" in s.text(client.get("/listings/mine/"))
    given: dict[str, Any] = {
        "disciplines": "矿物加工工程",
        "keywords": "气化细渣",
        "labs": "浮选平台",
        "asked": "渣样评价",
    }
    answer = client.post("/listings/new/strength/", s.form_data("strength", university, **given))
    assert answer.status_code == 302
    row = s.published(university, "strength", field="solid_waste_use", cluster="solid_waste", **given)
    (document,) = queries.search_documents([row.uid])
    assert (document.facets["field"], document.facets["cluster"]) == (("solid_waste_use",), ("solid_waste",))
    assert "渣样评价" in document.text["public"]
    (matched,) = queries.match_documents("strength", [row.uid])
    assert (matched.side, matched.signals.clusters) == ("achievement", ("solid_waste",))
    assert "矿物加工工程" in s.text(Client().get(row.get_absolute_url()))


def test_each_new_kind_is_one_short_file() -> None:
    for key in ("strength", "capability"):
        assert kinds[key].number_prefix.startswith("MK-")
        assert kinds[key].ask
