"""Areas and taxonomy files: shapes, unique keys, a tree without holes, a source for each entry."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).parents[2] / "src" / "mengkeju" / "directory" / "data"
CHECKED_ON = date(2026, 11, 20)
TRL_LEVELS = list(range(1, 10))


def load(name: str) -> dict[str, Any]:
    """The file as the loader sees it."""
    data: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return data


AREAS: list[dict[str, Any]] = load("areas.yaml")["areas"]
BY_CODE = {area["code"]: area for area in AREAS}
VOCABULARIES: dict[str, dict[str, Any]] = {v["key"]: v for v in load("taxonomy.yaml")["vocabularies"]}


def area_codes(kind: str, parent: str | None = None) -> set[str]:
    """Codes of one kind, below one parent if given."""
    return {a["code"] for a in AREAS if a["kind"] == kind and parent in (None, a["parent"])}


def test_area_header_and_fields() -> None:
    head = load("areas.yaml")
    assert head["source"]
    assert head["checked_on"] == CHECKED_ON
    required = {"code", "name", "name_en", "kind", "parent", "valid_from", "valid_to"}
    for area in AREAS:
        assert required <= set(area), area
        assert all(isinstance(area[field], str) and area[field] for field in ("code", "name", "name_en"))
        assert all(isinstance(area[field], date | None) for field in ("valid_from", "valid_to"))


def test_area_codes_are_unique_and_form_one_tree() -> None:
    assert len(BY_CODE) == len(AREAS)
    assert [a["code"] for a in AREAS if a["parent"] is None] == ["000000"]
    allowed = {
        "province": {"country"},
        "prefecture": {"province"},
        "county": {"prefecture"},
        "zone": {"prefecture", "county"},
    }
    seen: set[str] = set()
    for area in AREAS:
        if area["parent"] is not None:
            assert area["parent"] in seen, f"parent must come first: {area}"
            assert BY_CODE[area["parent"]]["kind"] in allowed[area["kind"]]
        seen.add(area["code"])


def test_divisions_of_inner_mongolia_are_complete() -> None:
    leagues = {"152200", "152500", "152900"}
    cities = {f"150{n}00" for n in range(1, 10)}
    assert area_codes("prefecture", "150000") == leagues | cities
    assert all(BY_CODE[code]["name"].endswith("盟") for code in leagues)
    assert all(BY_CODE[code]["name"].endswith("市") for code in cities)
    assert area_codes("county", "150100") == {
        *("150102", "150103", "150104", "150105"),
        *("150121", "150122", "150123", "150124", "150125"),
    }
    assert area_codes("county", "150200") == {
        *("150202", "150203", "150204", "150205", "150206", "150207"),
        *("150221", "150222", "150223"),
    }


def test_division_codes_follow_their_parents() -> None:
    for area in AREAS:
        if area["kind"] == "zone":
            continue
        assert re.fullmatch(r"\d{6}", area["code"])
        if area["kind"] == "prefecture":
            assert area["code"][:2] == area["parent"][:2]
            assert area["code"].endswith("00")
        if area["kind"] == "county":
            assert area["code"][:4] == area["parent"][:4]


def test_demo_division_is_no_place() -> None:
    assert not any(area["code"].startswith("9999") for area in AREAS)


@pytest.mark.parametrize("zone", [a for a in AREAS if a["kind"] == "zone"], ids=lambda z: z["code"])
def test_zone_has_kind_source_and_code(zone: dict[str, Any]) -> None:
    assert zone["zone_kind"]
    assert zone["source"]
    assert re.fullmatch(r"Z-[A-Z]+(-[A-Z]+)*|\d{6}", zone["code"])
    assert BY_CODE[zone["parent"]]["code"].startswith(("1501", "1502"))


def test_zones_of_both_cities_are_there() -> None:
    names = {BY_CODE[code]["name"] for code in area_codes("zone")}
    assert {"呼和浩特经济技术开发区", "呼和浩特金山高新技术产业开发区", "和林格尔新区"} <= names
    assert "包头稀土高新技术产业开发区" in names


@pytest.mark.covers("PLT-16")
def test_vocabularies_and_terms_have_their_shape() -> None:
    assert load("taxonomy.yaml")["checked_on"] == CHECKED_ON
    assert list(VOCABULARIES) == [
        "field",
        "cluster",
        "cooperation_mode",
        "maturity",
        "policy_goal",
        "major",
        "chain_node",
        "word",
    ]
    for vocabulary in VOCABULARIES.values():
        assert vocabulary["label"]
        assert vocabulary["label_en"]
        assert vocabulary["source"]
        for term in vocabulary["terms"]:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", term["key"])
            assert all(isinstance(term[k], str) and term[k] for k in ("label", "label_en", "source"))
            assert all(isinstance(word, str) for word in term["synonyms"])


@pytest.mark.parametrize("key", VOCABULARIES)
def test_terms_are_unique_and_parents_come_first(key: str) -> None:
    terms = VOCABULARIES[key]["terms"]
    for field in ("key", "label"):
        assert [value for value, n in Counter(t[field] for t in terms).items() if n > 1] == []
    seen: set[str] = set()
    for term in terms:
        assert term["parent"] is None or term["parent"] in seen
        seen.add(term["key"])


def test_eight_fields_with_their_second_level() -> None:
    terms = VOCABULARIES["field"]["terms"]
    roots = [t["key"] for t in terms if t["parent"] is None]
    assert [t["label"] for t in terms if t["parent"] is None] == [
        *("电子信息", "生物与新医药", "航空航天", "新材料"),
        *("高技术服务", "新能源与节能", "资源与环境", "先进制造与自动化"),
    ]
    below = Counter(t["parent"] for t in terms if t["parent"])
    assert [below[root] for root in roots] == [8, 7, 2, 6, 8, 4, 8, 9]


def test_clusters_name_their_cities() -> None:
    terms = VOCABULARIES["cluster"]["terms"]
    assert all(t["cities"] and set(t["cities"]) <= {"150100", "150200"} for t in terms)
    labels = {t["label"] for t in terms}
    assert {"稀土", "晶硅光伏", "陆上风电装备", "碳纤维及高分子材料", "乳业", "生物医药", "草种业", "煤化工"} <= labels


def test_trl_levels_are_split_over_the_three_stages() -> None:
    terms = {t["key"]: t for t in VOCABULARIES["maturity"]["terms"]}
    stages = [terms[key] for key in ("early", "mid", "mature")]
    assert [t["label"] for t in stages] == ["初期", "中期", "成熟应用"]
    assert [level for t in stages for level in t["trl"]] == TRL_LEVELS
    for level in TRL_LEVELS:
        assert level in terms[terms[f"trl{level}"]["parent"]]["trl"]
