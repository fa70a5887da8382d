"""Claim bases and the contract account through the API: one's own, nobody else's."""

import pytest

from mengkeju.kernel import clock
from tests import factories as f
from tests import tokens
from tests.calls import get, problem
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> s.Pair:
    """Asked on a day inside the window."""
    monkeypatch.setattr(clock, "now", lambda: m.LATER)
    return s.pair()


def test_the_claim_bases_of_a_deal_are_the_applicants(pair: s.Pair) -> None:
    deal = fs.registered(pair)
    row = fs.paid(deal, pair, 800)
    path = f"/deals/{deal.uid}/claim-bases"
    firm = tokens.client_of(f.manager(pair.firm))
    (draft,) = get(firm, path).json()["drafts"]
    assert (draft["base"], draft["amount"], draft["hindrance"]) == ("8000000.00", "390000.00", "")
    basis = fs.drawn(deal, pair)
    (item,) = get(firm, path).json()["items"]
    assert (item["uid"], item["amount"], item["cap"]) == (str(basis.uid), "390000.00", "2000000.00")
    assert [one["payment"] for one in item["counted"]] == [str(row.uid)]
    assert {one["status"] for one in item["sources"]} == {"secondary"}
    other = get(tokens.client_of(f.manager(pair.institute)), path).json()
    assert other["items"] == []
    assert other["drafts"][0]["hindrance"] == "供给方的补助比例没有查到标准"
    assert problem(get(tokens.client_of(f.manager(f.organisation())), path))[0] == 404


def test_the_account_is_the_organisations_own(pair: s.Pair) -> None:
    fs.registered(pair)
    path = f"/contract-accounts/{pair.firm.uid}"
    firm = tokens.client_of(f.manager(pair.firm))
    assert get(firm, path).json()["year"] == 2027
    found = get(firm, path + "?year=2026").json()
    assert (found["conversion_items"], found["conversion_years"], found["conversion_mean"]) == (1, 3, "0.33")
    assert (found["points_low"], found["bought"]["contract_value"]) == (None, "10000000.00")
    assert found["sold"]["count"] == 0
    assert get(firm, path + "?year=2020").json()["bought"]["count"] == 0
    assert get(firm, path + "?year=1").status_code == 422
    assert problem(get(tokens.client_of(f.manager(pair.institute)), path))[0] == 404
