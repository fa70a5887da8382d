"""Two at once on one listing, one of them through the API."""

from collections.abc import Callable

import pytest

from mengkeju.kernel.models import Event
from mengkeju.kernel.testing.race import race
from mengkeju.listings.models import Listing
from tests import factories as f
from tests import tokens
from tests.calls import send
from tests.listings import samples as s

Act = Callable[[], int]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one listing", "control"])
def test_two_officers_publish_at_once_by_api_and_web(*, same: bool) -> None:
    """On one listing one of them wins; the control, on two listings, lets both: they do run at once."""
    rows = [s.submitted() for _n in range(1 if same else 2)] * (2 if same else 1)
    api, web = tokens.client_of(f.officer()), f.signed_in_client(f.officer())

    def by_api() -> int:
        path = f"/listings/{rows[0].uid}/review"
        return int(send(api, "POST", path, {"decision": "approve"}, match=f'"{rows[0].revision}"').status_code)

    def by_web() -> int:
        data = {"decision": "approve", "note": "", "revision": rows[1].revision}
        return int(web.post(f"/reviews/{rows[1].uid}/", data).status_code)

    acts: tuple[Act, Act] = (by_api, by_web)
    outcomes = race(*acts)
    assert outcomes in ([[200, 422], [409, 302]] if same else [[200, 302]])
    assert Event.objects.filter(type="listing.approve").count() == (1 if same else 2)
    assert set(Listing.objects.values_list("state", flat=True)) == {"published"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one listing", "control"])
def test_two_edits_from_one_version_are_not_both_kept(*, same: bool) -> None:
    """With one version one is told that it is stale; the control, on two listings, keeps both."""
    firm = f.organisation()
    rows = [s.draft(firm) for _n in range(1 if same else 2)] * (2 if same else 1)
    clients = [tokens.client_of(f.manager(firm)) for _n in range(2)]

    def act(at: int) -> Callable[[], int]:
        body = {"fields": {"title": f"第{at}个人写的"}}
        return lambda: int(send(clients[at], "PATCH", f"/listings/{rows[at].uid}", body, match='"1"').status_code)

    outcomes = race(act(0), act(1))
    assert sorted(str(o) for o in outcomes) == (["200", "409"] if same else ["200", "200"])
    assert Event.objects.filter(type="listing.edited").count() == (1 if same else 2)
