"""The register of transfer bodies through the API: public, as of a day, with what was published beside it."""

from datetime import date
from typing import get_args

import pytest
from django.test import Client

from mengkeju.directory import actions
from mengkeju.directory.actions import ServicesInput
from mengkeju.directory.api import bodies as api
from mengkeju.directory.engine.published import PublishedCount
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.queries import bodies as reads
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.kinds import Registry
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem
from tests.directory import body_samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
PATH = "/transfer-bodies"


@pytest.mark.covers("TRD-11", "TRD-12", "PLT-08")
def test_the_register_as_of_a_day_by_level_and_place() -> None:
    early = s.body("早认定的（演示）")
    late = s.body("后认定的（演示）", area=f.XINCHENG, level="city", valid_from=date(2024, 2, 1))
    s.recognised(early, level="national", valid_from=date(2024, 3, 1))
    s.evaluated(early)
    s.serving(early)

    def names(**query: str) -> set[str]:
        return {row["name"] for row in get(Client(), PATH, **query).json()["items"]}

    assert names() == {early.name, late.name}
    assert names(on="2023-12-31") == names(level="region") == names(area=f.BAOTOU) == {early.name}
    assert names(level="city") == names(area=f.HOHHOT) == {late.name}
    assert names(kind="transfer_branch") == names(on="2020-01-01") == set()
    [row] = get(Client(), PATH, area=f.KUNDULUN).json()["items"]
    assert [(one["level"], one["since"]) for one in row["levels"]] == [
        ("national", "2024-03-01"), ("region", "2022-05-01"),
    ]  # fmt: skip
    assert (row["services"], row["evaluation"]["year"], row["evaluation"]["result_label"]) == (
        ["discovery", "trade"], 2025, "合格",
    )  # fmt: skip
    [then] = get(Client(), PATH, area=f.KUNDULUN, on="2023-12-31").json()["items"]
    assert ([one["level"] for one in then["levels"]], then["evaluation"]) == (["region"], None)
    for wrong in ({"on": "yesterday"}, {"level": "world"}, {"area": "999999"}, {"kind": "leading"}, {"what": "1"}):
        assert pointers(get(Client(), PATH, **wrong)) == {f"#/{next(iter(wrong))}"}, wrong


@pytest.mark.covers("TRD-11", "PLT-08")
def test_counts_stand_beside_those_that_were_published(monkeypatch: pytest.MonkeyPatch) -> None:
    told: Registry[PublishedCount] = Registry("told")
    for key, level, count, year in (("a", "region", 23, "2023"), ("b", "", 34, "")):
        told.register(key, PublishedCount(reads.BODY, level, f.HOHHOT, count, "技术转移机构", year, f"报道 {key}"))
    monkeypatch.setattr(reads, "published", told)
    s.body("一（演示）", area=f.XINCHENG)
    s.body("二（演示）", area=f.XINCHENG, level="city", valid_from=date(2024, 2, 1))
    s.body("三（演示）")
    body = get(Client(), f"{PATH}/counts", on="2024-12-31").json()
    assert [(row["level"], row["count"], row["by_city"]) for row in body["counts"]] == [
        ("", 3, {f.HOHHOT: 2, f.BAOTOU: 1}),
        ("region", 2, {f.HOHHOT: 1, f.BAOTOU: 1}),
        ("city", 1, {f.HOHHOT: 1, f.BAOTOU: 0}),
    ]
    assert [(one["count"], one["computed"], one["year"], one["source"]) for one in body["published"]] == [
        (23, 1, "2023", "报道 a"), (34, 2, "", "报道 b"),
    ]  # fmt: skip
    before = get(Client(), f"{PATH}/counts", on="2023-12-31").json()["published"]
    assert [one["computed"] for one in before] == [1, 1]
    assert get(Client(), f"{PATH}/counts", kind="transfer_branch").json()["published"] == []


@pytest.mark.covers("TRD-11", "TRD-12", "PLT-08")
def test_one_body_with_parent_branches_titles_and_evaluations() -> None:
    body, officer, now = s.body(), f.actor(f.officer()), clock.now()
    branch = f.organisation("分中心（演示）", kind="agency")
    s.recognised(branch, kind="transfer_branch", level="national")
    said = ServicesInput(services=("trade",), parent=body.name)
    actions.edit_services(branch, said, by=f.actor(f.manager(branch)), now=f.AT)
    s.evaluated(body)
    shown = get(Client(), f"{PATH}/{body.uid}")
    told = shown.json()
    assert (told["in_register"], [one["kind"] for one in told["titles"]]) == (True, ["transfer_body"])
    assert told["branches"] == [{"uid": str(branch.uid), "name": branch.name}]
    assert [one["basis"] for one in told["evaluations"]] == [s.JUDGED.basis]
    below = get(Client(), f"{PATH}/{branch.uid}").json()
    assert (below["parent"], below["parent_name"], below["levels"][0]["level"]) == (
        str(body.uid), body.name, "national",
    )  # fmt: skip
    for title in body.titles.all():
        actions.withdraw_title(title, by=officer, now=now, note="已取消")
    people, stranger = tokens.client_of(f.manager(body)), tokens.client_of(f.manager(f.organisation()))
    gone = get(stranger, f"{PATH}/{body.uid}").json()
    assert (gone["in_register"], gone["titles"]) == (False, [])
    assert [one["withdrawn_reason"] for one in get(people, f"{PATH}/{body.uid}").json()["titles"]] == ["已取消"]


def test_who_gets_which_answer() -> None:
    body, firm = s.body(), f.organisation()
    assert problem(get(Client(), f"{PATH}/{firm.uid}")) == (404, "not_found")
    assert problem(get(Client(), f"{PATH}/{f.person(f.account()).uid}")) == (404, "not_found")
    narrow = tokens.client_of(f.manager(body), Scope.LISTINGS_READ)
    for path in (PATH, f"{PATH}/counts", f"{PATH}/{body.uid}"):
        assert get(Client(), path).status_code == get(tokens.client_of(f.manager(firm)), path).status_code == 200
        assert problem(get(narrow, path)) == (403, "scope_missing")
        assert problem(get(tokens.client("mkj_" + "x" * 49), path)) == (401, "unauthenticated")


def test_the_register_takes_as_many_queries_for_many() -> None:
    for name in ("一", "二", "三"):
        s.evaluated(s.body(f"{name}（演示）"))
    get(Client(), PATH)
    counts = [queries_of(lambda limit=limit: get(Client(), PATH, limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_the_schemas_know_every_register_and_level() -> None:
    assert set(get_args(api.RegisterKind)) == set(TITLES.registered)
    assert set(get_args(api.TitleLevelKey)) == set(TITLES.levels)
