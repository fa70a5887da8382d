from datetime import date
from decimal import Decimal

import pytest

from mengkeju.deals.engine.contract_account import Proof, items, way_of, yearly_mean

LATE, EARLY = date(2026, 5, 1), date(2024, 5, 1)


def test_a_result_is_one_item_with_its_earliest_proof_first() -> None:
    found = items([Proof("a", LATE, "transfer", 1), Proof("b", LATE, "", 2), Proof("a", EARLY, "own", 3)])
    assert [(one.result, one.on, one.ways) for one in found] == [("a", EARLY, ("own", "transfer")), ("b", LATE, ())]
    assert [proof.thing for proof in found[0].proofs] == [3, 1]


def test_the_mean_of_years() -> None:
    found = items([Proof(str(n), LATE, "", n) for n in range(6)])
    assert yearly_mean(found, 3) == Decimal(2)
    assert yearly_mean([], 1) == 0
    with pytest.raises(ValueError, match="year"):
        yearly_mean(found, 0)


@pytest.mark.parametrize(
    ("side", "kind", "subtype", "way"),
    [
        ("seller", "transfer", "", "transfer"),
        ("seller", "licence", "", "licence"),
        ("buyer", "licence", "", ""),
        ("buyer", "development", "joint", "joint"),
        ("seller", "development", "commissioned", ""),
        ("seller", "service", "", ""),
    ],
)
def test_a_way_is_said_only_where_the_contract_says_it(side: str, kind: str, subtype: str, way: str) -> None:
    assert way_of(side, kind, subtype) == way
