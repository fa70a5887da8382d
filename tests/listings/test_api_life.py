"""Through the API: a need is closed with its outcome, and what left the shelf comes back."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance
from mengkeju.listings import queries
from mengkeju.listings.models import Listing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def of(listing: Listing) -> Client:
    """A client of the manager of the listing's owner, with every scope."""
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def test_a_need_is_closed_with_its_solution() -> None:
    row, solution, solver = s.published(), s.published(kind="achievement"), f.organisation()
    firm, path = of(row), f"/listings/{row.uid}"
    for member, uid in (("solver", solver.uid), ("solution", row.uid)):
        body = {"outcome": "solved_here", "note": "中试合格", member: str(uid)}
        assert pointers(send(firm, "POST", f"{path}/close", body, match=get(firm, path))) == {f"#/{member}"}
    bare = send(firm, "POST", f"{path}/close", {"outcome": "solved_here", "note": "x"}, match=get(firm, path))
    assert bare.json()["reason"] == "outcome_stated"
    said: dict[str, Any] = {
        "outcome": "solved_here",
        "note": "中试合格",
        "solution": str(solution.uid),
        "satisfaction": 5,
    }
    assert send(firm, "POST", f"{path}/close", said, match=get(firm, path)).json()["state"] == "closed"
    outcome = queries.current_outcome(row)
    assert outcome is not None
    assert (outcome.solution, outcome.satisfaction, outcome.waits) == (solution, 5, False)
    other = of(solution)
    gone = {"outcome": "given_up", "note": "x"}
    place = f"/listings/{solution.uid}"
    assert pointers(send(other, "POST", f"{place}/close", gone, match=get(other, place))) == {"#/outcome"}


def test_what_is_off_the_shelf_comes_back_by_confirming() -> None:
    listing = s.published()
    advance(listing, "hide", by=SYSTEM, now=s.LATER)
    firm, path = of(listing), f"/listings/{listing.uid}"
    assert problem(get(Client(), path)) == (404, "not_found")
    before = get(firm, path)
    assert (before.json()["state"], "confirm" in before.json()["steps"]) == ("dormant", True)
    after = send(firm, "POST", f"{path}/confirm", {}, match=before).json()
    assert after["state"] == "published"
    assert after["review_by"] > str(s.LATER.date())
    assert after["confirmed_at"] != before.json()["confirmed_at"]
