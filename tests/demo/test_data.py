"""The demo data files: shapes, counts as in the design, references, and nothing real among the invented."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from stdnum.cn import uscc

SRC = Path(__file__).parents[2] / "src" / "mengkeju"
DEMO = SRC / "demo" / "data"
TODAY = date(2026, 11, 20)
DEMO_DIVISION = "999900"
SUMMARY_LENGTH = range(80, 301)


def load(path: Path) -> dict[str, Any]:
    """The file as the loader sees it."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


FIRMS: list[dict[str, Any]] = load(DEMO / "firms.yaml")["firms"]
INSTITUTES: list[dict[str, Any]] = load(DEMO / "institutes.yaml")["institutes"]
NEEDS: list[dict[str, Any]] = load(DEMO / "needs.yaml")["needs"]
ACHIEVEMENTS: list[dict[str, Any]] = load(DEMO / "achievements.yaml")["achievements"]
LOGINS: list[dict[str, Any]] = load(DEMO / "logins.yaml")["logins"]
WAITING = load(DEMO / "waiting.yaml")
SCENES = load(DEMO / "scenes.yaml")
FACTS = load(DEMO / "facts.yaml")
MAPPING = load(DEMO / "mapping.yaml")
AREAS = {a["code"]: a for a in load(SRC / "directory" / "data" / "areas.yaml")["areas"]}
TERMS = {
    v["key"]: {t["key"]: t for t in v["terms"]}
    for v in load(SRC / "directory" / "data" / "taxonomy.yaml")["vocabularies"]
}
ORGANISATIONS = {o["key"]: o for o in FIRMS + INSTITUTES + WAITING["applicants"]}
AFTER = [load(DEMO / f"{name}.yaml") for name in ("registrations", "landed", "cooperations", "ledgers")]
LISTINGS = NEEDS + ACHIEVEMENTS + WAITING["needs"] + SCENES["listings"] + SCENES["refining"]


def city(code: str) -> str:
    """The prefecture above an area."""
    while AREAS[code]["kind"] != "prefecture":
        code = AREAS[code]["parent"]
    return code


def sector(cluster: str) -> str:
    """The label of the topmost cluster."""
    term = TERMS["cluster"][cluster]
    return sector(term["parent"]) if term["parent"] else term["label"]


def texts(record: Any) -> list[str]:
    """Every string in a record, however deep."""
    if isinstance(record, dict):
        return [text for value in record.values() for text in texts(value)]
    if isinstance(record, list):
        return [text for value in record for text in texts(value)]
    return [record] if isinstance(record, str) else []


def test_counts() -> None:
    assert len(FIRMS) == 52
    assert len(NEEDS) == 66
    assert len(ACHIEVEMENTS) + len(FACTS["achievements"]) == 120
    assert len(LOGINS) == 12
    assert {need["firm"] for need in NEEDS} == {firm["key"] for firm in FIRMS}


def test_each_city_has_a_need_and_an_applicant_that_wait() -> None:
    assert {city(need["area"]) for need in WAITING["needs"]} == {"150100", "150200"}
    places = {row["area"] if AREAS[row["area"]]["kind"] == "province" else city(row["area"]) for row in applicants()}
    assert places == {"150100", "150200", "150000"}
    promise = load(SRC / "listings" / "engine" / "deadlines.yaml")["working_days"]["review_listing"]
    assert all(row["submitted_days_ago"] < promise for row in WAITING["needs"] + applicants())


def applicants() -> list[dict[str, Any]]:
    """Organisations that wait for verification."""
    rows: list[dict[str, Any]] = WAITING["applicants"]
    return rows


def test_needs_by_city_and_sector_as_on_the_home_page() -> None:
    counts = Counter((sector(n["cluster"]), city(n["area"])) for n in NEEDS)
    assert counts == {
        ("稀土与新材料", "150100"): 3,
        ("稀土与新材料", "150200"): 14,
        ("新能源", "150100"): 6,
        ("新能源", "150200"): 11,
        ("现代农牧业", "150100"): 11,
        ("现代农牧业", "150200"): 4,
        ("装备制造", "150100"): 2,
        ("装备制造", "150200"): 7,
        ("生物医药", "150100"): 6,
        ("生物医药", "150200"): 2,
    }


def test_news_of_the_day_as_on_the_home_page() -> None:
    needs = Counter(city(n["area"]) for n in NEEDS if n["published_on"] == TODAY)
    achievements = Counter(city(a["area"]) for a in ACHIEVEMENTS if a["published_on"] == TODAY)
    assert needs == {"150100": 1, "150200": 3}
    assert achievements == {"150100": 6, "150200": 1}


def test_keys_names_and_titles_are_unique() -> None:
    keys = [r["key"] for r in [*ORGANISATIONS.values(), *LISTINGS]]
    assert len(keys) == len(set(keys))
    for field, records in (("name", [*ORGANISATIONS.values()]), ("title", LISTINGS), ("summary", LISTINGS)):
        values = [r[field] for r in records]
        assert len(values) == len(set(values)), field


def test_credit_codes_are_valid_different_and_of_no_place() -> None:
    codes = [o["uscc"] for o in ORGANISATIONS.values()]
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_valid(code) and code[2:8] == DEMO_DIVISION for code in codes)
    assert ORGANISATIONS["firm-luyuan"]["uscc"] == "91999900MA0Y0001XE"


@pytest.mark.parametrize("organisation", ORGANISATIONS.values(), ids=lambda o: o["key"])
def test_organisation_is_marked_as_demo_and_stands_somewhere(organisation: dict[str, Any]) -> None:
    assert organisation["name"].endswith("（演示）")
    zone = organisation["zone"]
    if organisation["kind"] == "enterprise":
        assert AREAS[organisation["area"]]["kind"] == "county"
        assert organisation["contact"]
    assert organisation["industry"]
    assert organisation["intro"]
    if zone is not None:
        assert AREAS[zone]["kind"] == "zone"
        assert city(zone) == city(organisation["area"])


@pytest.mark.parametrize("need", NEEDS + WAITING["needs"], ids=lambda n: n["key"])
def test_need_is_complete(need: dict[str, Any]) -> None:
    assert need["area"] == ORGANISATIONS[need["firm"]]["area"]
    assert len(need["summary"]) in SUMMARY_LENGTH
    assert all(need[part] for part in ("present", "constraints", "tried", "confidential"))
    assert re.search(r"\d", need["target"])
    assert need["confidential"] not in need["summary"]
    assert date(2026, 12, 1) <= need["deadline"] <= date(2028, 6, 30)
    assert ("published_on" in need) != ("submitted_days_ago" in need)
    assert date(2026, 6, 1) <= need.get("published_on", TODAY) <= TODAY
    assert set(need["maturity_wanted"]) <= {"early", "mid", "mature"}
    check_listing(need, need["cooperation_modes"], need["budget_low"], need["budget_high"])


@pytest.mark.parametrize("achievement", ACHIEVEMENTS, ids=lambda a: a["key"])
def test_achievement_is_complete(achievement: dict[str, Any]) -> None:
    assert achievement["area"] == ORGANISATIONS[achievement["holder"]]["area"]
    assert re.search(r"\d", achievement["advantage"])
    assert achievement["summary"]
    assert achievement["todo"]
    assert achievement["team"]
    assert achievement["trl"] in TERMS["maturity"][achievement["maturity"]]["trl"]
    assert date(2026, 6, 1) <= achievement["published_on"] <= TODAY
    assert all(right["number"].startswith("演示-") and right["kind"] for right in achievement["ip"])
    check_listing(achievement, achievement["transfer_modes"], achievement["price_low"], achievement["price_high"])


def check_listing(listing: dict[str, Any], modes: list[str], low: str | None, high: str | None) -> None:
    """What needs and achievements share: taxonomy keys that exist, and an ordered band of money."""
    assert listing["field"] in TERMS["field"]
    assert listing["cluster"] in TERMS["cluster"]
    assert modes
    assert set(modes) <= set(TERMS["cooperation_mode"])
    assert (low is None) == (high is None)
    if low is not None and high is not None:
        assert low.isdigit()
        assert high.isdigit()
        assert 0 < int(low) <= int(high)


def test_some_needs_and_achievements_leave_the_price_open() -> None:
    assert any(need["budget_low"] is None for need in NEEDS)
    assert any(achievement["price_low"] is None for achievement in ACHIEVEMENTS)


def test_ip_numbers_are_unique() -> None:
    numbers = [right["number"] for a in ACHIEVEMENTS for right in a["ip"]]
    assert len(numbers) == len(set(numbers))


def test_the_example_of_the_design_is_there() -> None:
    need = next(n for n in NEEDS if n["title"] == "气化细渣脱碳与高值利用（年产 6 万吨）")
    assert need["firm"] == "firm-luyuan"
    assert (need["budget_low"], need["budget_high"]) == ("8000000", "10000000")
    assert need["published_on"] == date(2026, 11, 10)


def test_no_real_name_among_the_invented() -> None:
    people = {name for p in FACTS["people"] for name in (p["name"], *p.get("variants", []))}
    invented = [organisation["contact"] for organisation in ORGANISATIONS.values()]
    invented += [name for a in ACHIEVEMENTS for name in a["team"]] + [login["name"] for login in LOGINS]
    assert not people & set(invented)
    real = {o["name"] for o in FACTS["organisations"] + FACTS["platforms"]} - {"抖音"}
    for text in texts([list(ORGANISATIONS.values()), LISTINGS, LOGINS, SCENES, *AFTER]):
        assert not [name for name in real | people if name in text], text


def test_mapping_covers_the_words_of_the_facts() -> None:
    words = {r["field"] for r in FACTS["achievements"]}
    words |= {n["field"] for n in FACTS["needs"] if n["kind"] == "technology"}
    words |= {o["industry"] for o in FACTS["organisations"] if o["industry"]}
    words |= {p["field"] for p in FACTS["people"] if p.get("field")}
    assert words == set(MAPPING["words"])
    for target in MAPPING["words"].values():
        assert target["field"] is None or target["field"] in TERMS["field"]
        assert target["cluster"] is None or target["cluster"] in TERMS["cluster"]
    assert MAPPING["stages"] == {
        "rnd": "early",
        "trial": "early",
        "pilot": "mid",
        "industrial": "mature",
        "commercial": "mature",
    }
    assert {a["stage"] for a in FACTS["achievements"]} <= set(MAPPING["stages"])
    cities = {r["city"] for r in FACTS["organisations"] + FACTS["platforms"] if r["city"]}
    assert cities == set(MAPPING["cities"])
    assert all(code is None or code in AREAS for code in MAPPING["cities"].values())
    assert {o["kind"] for o in FACTS["organisations"]} == set(MAPPING["kinds"])
    assert {i["kind"] for i in INSTITUTES} <= set(MAPPING["kinds"].values()) | {"platform"}


def test_facts_hold_what_the_loader_needs() -> None:
    assert {"meta", "organisations", "people", "platforms", "achievements", "needs"} <= set(FACTS)
    assert any(need["kind"] == "technology" for need in FACTS["needs"])


def test_logins_are_one_per_role_and_city() -> None:
    assert len({login["username"] for login in LOGINS}) == len(LOGINS)
    roles = Counter(login["roles"][0]["role"] for login in LOGINS)
    assert roles == {
        "org_manager": 3,
        "member": 1,
        "broker": 1,
        "officer": 2,
        "parent_officer": 1,
        "registrar": 1,
        "operator": 1,
        "security_admin": 1,
        "auditor": 1,
    }
    officers = {grant["area"] for login in LOGINS for grant in login["roles"] if grant["role"] == "officer"}
    assert officers == {"150100", "150200"}


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login["username"])
def test_login_belongs_to_a_demo_organisation_and_its_grants_resolve(login: dict[str, Any]) -> None:
    assert "演示" in ORGANISATIONS[login["organisation"]]["name"]
    assert login["note"]
    assert login["waiting"]
    for grant in login["roles"]:
        assert grant["scope"] in {"platform", "area", "organisation"}
        if grant["scope"] == "area":
            assert grant["area"] in AREAS
        if grant["scope"] == "organisation":
            assert grant["organisation"] == login["organisation"]


@pytest.mark.parametrize("part", [part for part, rows in SCENES.items() if isinstance(rows, list)])
def test_scenes_name_what_there_is(part: str) -> None:
    keys = {row["key"] for row in LISTINGS}
    people = {login["username"] for login in LOGINS} | {row["username"] for row in SCENES["brokers"]} | {*ORGANISATIONS}
    for row in SCENES[part]:
        pair = ("counter", "target") if part == "obstacles" else ()
        assert {row[name] for name in ("listing", "need", "solution", *pair) if name in row} <= keys
        assert {row[name] for name in ("organisation", "firm", "holder", "adopter") if name in row} <= {*ORGANISATIONS}
        assert {row[name] for name in ("by", "who", "granted_by", "helper", "helped_by") if name in row} <= people
        days = row.get("days_ago", 1)
        assert min(days if isinstance(days, list) else [days]) >= 1


def test_titles_and_patents_are_those_of_nobody() -> None:
    assert all("演示" in row["issued_by"] and "虚构" in row["basis"] for row in SCENES["titles"])
    assert all(row["serial"].startswith("9999") for row in SCENES["rights"])
    assert all("（演示）" in row["office"] for row in SCENES["registrations"])
