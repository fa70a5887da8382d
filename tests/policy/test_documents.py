"""The documents that are shipped."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mengkeju.policy.engine import cases
from mengkeju.policy.engine.formulas import asked, progressive
from mengkeju.policy.engine.reading import read
from mengkeju.policy.engine.shelf import Shelf, load
from mengkeju.policy.queries import SHIPPED
from tests.policy.samples import plain

DAY = date(2026, 11, 21)
CHINESE = re.compile("[\u3001\u3002\u3400-\u9fff]")
FILES = sorted(path for path in SHIPPED.glob("*.yaml") if not path.name.endswith(".cases.yaml"))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return load(SHIPPED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_cases_of_each_hold(path: Path, shelf: Shelf) -> None:
    beside = path.with_suffix(".cases.yaml")
    assert cases.check(read(beside), beside.name, path.stem, shelf.amount) >= 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_has_its_english(path: Path) -> None:
    def missing(node: object, place: str) -> list[str]:
        if isinstance(node, list):
            return [one for at, row in enumerate(node) for one in missing(row, f"{place}[{at}]")]
        if not isinstance(node, dict):
            return []
        worded = [n for n in ("title", "label", "issuer", "source", "note", "article") if node.get(n)]
        found = [f"{place}.{name}" for name in worded if not node.get(f"{name}_en")]
        return found + [one for name, value in node.items() for one in missing(value, f"{place}.{name}")]

    assert missing(plain(path), path.stem) == []


def test_nothing_is_called_verified_whose_text_nobody_read(shelf: Shelf) -> None:
    told = {figure.status for document in shelf.editions for figure in document.figures}
    assert told <= {"secondary", "draft"}


def test_the_clocks_and_the_threshold_of_registration(shelf: Shelf) -> None:
    found = {
        key: shelf.amount(f"tech-contract-registration.{key}", DAY).whole
        for key in ("decision_days", "expert_decision_days", "expert_review_from")
    }
    assert found == {"decision_days": 15, "expert_decision_days": 30, "expert_review_from": 5_000_000}
    assert shelf.amount("tech-contract-registration.decision_days", DAY).status == "draft"


@pytest.mark.parametrize(
    ("flags", "more"),
    [
        ((), set()),
        (("first_time_seller",), {"business_licence", "representative_id"}),
        (("income_verified",), {"income_form"}),
        (("reward_paid",), {"reward_form"}),
        (("government_project",), {"project_consent"}),
        (("import_contract",), {"import_data", "import_certificate"}),
        (("foreign_language",), {"translation"}),
        (("internal_department_signs",), {"authority"}),
        (("permit_goods",), {"permit"}),
    ],
)
def test_the_checklist_of_files(shelf: Shelf, flags: tuple[str, ...], more: set[str]) -> None:
    items = shelf.amount("tech-contract-registration.files", DAY).items or ()
    assert {item.key for item in asked(items=items, flags=flags)} == {"contract", "record_form", "pledge"} | more
    known = shelf.amount("tech-contract-registration.circumstances", DAY).items or ()
    assert set(flags) <= {item.key for item in known}


def test_lists_of_registration(shelf: Shelf) -> None:
    lists = {
        key: shelf.amount(f"tech-contract-registration.{key}", DAY).items or ()
        for key in ("contract_types", "checks", "technical_fields")
    }
    assert {key: len(items) for key, items in lists.items()} == {
        "contract_types": 5,
        "checks": 10,
        "technical_fields": 11,
    }
    assert [item.key for item in lists["technical_fields"] if item.basis == "general"] == [
        "environment", "nuclear", "agriculture", "transport",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("1000000", "100000"),
        ("5000000", "300000"),
        ("8000000", "390000"),
        ("61666666.66", "1999999.9998"),
        ("61666667", "2000000"),
        ("90000000", "2000000"),
    ],
)
def test_the_subsidy_by_bands_up_to_its_cap(shelf: Shelf, paid: str, due: str) -> None:
    bands = shelf.amount("nm-tech-trade-subsidy.purchase_rate", DAY).bands or ()
    cap = shelf.amount("nm-tech-trade-subsidy.cap", DAY).number
    assert cap is not None
    assert progressive(bands=bands, amount=Decimal(paid), cap=cap) == Decimal(due)


def test_rates_nobody_found_are_empty_and_stay_so(shelf: Shelf) -> None:
    for key in ("development_rate", "consulting_rate", "service_rate", "seller_rate", "agency_rate"):
        amount = shelf.amount(f"nm-tech-trade-subsidy.{key}", DAY)
        assert (amount.number, amount.in_force) == (None, True), key
    assert shelf.amount("innovation-score.item_7_weight", DAY).number is None


def test_addresses_are_no_more_than_links(shelf: Shelf) -> None:
    figures = [figure for document in shelf.editions for figure in document.figures]
    urls = {url for url in (*(d.url for d in shelf.editions), *(figure.url for figure in figures)) if url}
    assert urls
    assert all(url.startswith(("http://", "https://")) and not CHINESE.search(url) for url in urls)
