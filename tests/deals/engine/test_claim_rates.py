from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.claim_rates import RateBand, figure_of, kept, parts, read, total
from mengkeju.policy.engine.document import Band
from mengkeju.policy.engine.formulas import progressive

D = Decimal
BANDS = (RateBand(D(1000000), D("0.10")), RateBand(D(5000000), D("0.05")), RateBand(None, D("0.03")))
AMOUNTS = st.decimals(0, 99_999_999, places=2)


def test_the_parts_of_eight_million() -> None:
    found = parts(BANDS, D(8000000))
    assert [(part.low, part.high, part.base, part.amount) for part in found] == [
        (D(0), D(1000000), D(1000000), D(100000)),
        (D(1000000), D(5000000), D(4000000), D(200000)),
        (D(5000000), None, D(3000000), D(90000)),
    ]
    assert parts(BANDS, D(0)) == ()
    assert len(parts(BANDS, D(1000000))) == 1


@given(AMOUNTS)
def test_they_add_up_to_what_the_policys_own_formula_gives(amount: Decimal) -> None:
    theirs = [Band(band.up_to, band.rate) for band in BANDS]
    assert total(BANDS, amount) == progressive(bands=theirs, amount=amount)
    assert sum((part.base for part in parts(BANDS, amount)), D(0)) == amount


def test_bands_that_end_count_no_further() -> None:
    assert total(BANDS[:1], D(3000000)) == D(100000)


def test_bands_come_back_from_json() -> None:
    assert read(kept(BANDS)) == BANDS


@pytest.mark.parametrize(
    ("side", "kind", "key"),
    [
        ("buyer", "licence", "nm-tech-trade-subsidy.purchase_rate"),
        ("buyer", "development", "nm-tech-trade-subsidy.development_rate"),
        ("seller", "transfer", "nm-tech-trade-subsidy.seller_rate"),
        ("buyer", "", ""),
    ],
)
def test_which_figure_says_the_rate(side: str, kind: str, key: str) -> None:
    assert figure_of(side, kind) == key
