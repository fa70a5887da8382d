"""The merge desk through the API: the registrar of the desk reads, decides and takes back; nobody else."""

import pytest
from django.test import Client

from mengkeju.deals.models import DealParty, PartyAlias
from mengkeju.directory.models import Organisation
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Account, Event
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.deals import ledger_samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
OPEN, DECIDE = "/party-aliases/open", "/party-aliases/decide"
SPELLING = "河套工业大学"


def desk(*names: str) -> tuple[Account, Organisation, Organisation]:
    """A registrar whose ledger is imported, his body, and whom its spellings may mean."""
    university = f.organisation("内蒙古河套工业大学", kind="university", area=f.XINCHENG)
    account, body, by = s.desk()
    rows = [s.row(n, seller=name) for n, name in enumerate(names or (SPELLING, "河套　工业大学"), 1)]
    s.written(s.previewed(rows, body, by), by)
    return account, body, university


@pytest.mark.covers("TRD-02", "PLT-08")
def test_a_spelling_is_decided_once_and_taken_back() -> None:
    account, body, university = desk()
    client = tokens.client_of(account)
    [one] = get(client, OPEN).json()["items"]
    assert (one["spelling"], one["imported"], one["waiting"]) == (SPELLING, 2, 0)
    assert one["candidates"] == [{"uid": str(university.uid), "name": university.name, "area": f.XINCHENG}]
    given = {"spelling": SPELLING, "organisation": str(university.uid)}
    for wrong, place in (
        ({"organisation": str(f.person(account).uid)}, "#/organisation"),
        ({"organisation": str(body.uid)}, "#/organisation"),  # the registrar's own
        ({"spelling": " "}, "#/organisation"),
    ):
        assert pointers(send(client, "POST", DECIDE, given | wrong)) == {place}, wrong
    assert pointers(send(client, "POST", DECIDE, {"spelling": SPELLING})) == {"#/organisation"}  # not said: not none
    made = send(client, "POST", DECIDE, given, key="d")
    assert made.status_code == 200, made.content
    told = made.json()
    assert (told["decision"], told["organisation"], told["linked"]) == ("organisation", str(university.uid), 2)
    assert send(client, "POST", DECIDE, given, key="d")["Idempotent-Replayed"] == "true"
    assert pointers(send(client, "POST", DECIDE, given | {"organisation": None})) == {"#/organisation"}
    assert set(DealParty.objects.filter(side="seller").values_list("organisation", flat=True)) == {university.pk}
    assert get(client, OPEN).json()["items"] == []
    assert get(client, "/party-aliases").json()["items"] == [told]
    undo = f"/party-aliases/{told['uid']}/undo"
    assert problem(send(client, "POST", undo)) == (428, "revision_required")
    undone = send(client, "POST", undo, match=made)
    assert (undone.json()["decision"], undone.json()["linked"]) == ("", 0)
    assert problem(send(client, "POST", undo, match=made)) == (409, "stale_revision")
    assert [row["spelling"] for row in get(client, OPEN).json()["items"]] == [SPELLING]
    none = send(client, "POST", DECIDE, given | {"organisation": None})
    assert (none.json()["decision"], none.json()["name"]) == ("none", "")
    kinds = Event.objects.filter(subject_type="party_alias").order_by("pk").values_list("type", flat=True)
    assert list(kinds) == [f"party_alias.{kind}" for kind in ("noticed", "decided", "undone", "decided")]


def test_open_spellings_come_in_pages() -> None:
    account, _body, _university = desk("河套工业大学", "内蒙古河套工大", "河套工大")
    client = tokens.client_of(account)
    whole = [row["spelling"] for row in get(client, OPEN).json()["items"]]
    got, address = [], OPEN
    answer = get(client, address, limit=1)
    while True:
        got += [row["spelling"] for row in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        answer = client.get(answer.json()["next"])
    assert (got, len(whole)) == (whole, 3)
    assert problem(get(client, OPEN, cursor="nonsense")) == (400, "bad_cursor")
    get(client, OPEN)
    counts = [queries_of(lambda limit=limit: get(client, OPEN, limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_who_gets_which_answer() -> None:
    account, _body, university = desk()
    client = tokens.client_of(account)
    given = {"spelling": SPELLING, "organisation": str(university.uid)}
    made = send(client, "POST", DECIDE, given)
    undo = f"/party-aliases/{made.json()['uid']}/undo"
    far, stranger = tokens.client_of(f.registrar(f.BAOTOU)), tokens.client_of(f.manager(university))
    for path in (OPEN, "/party-aliases"):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(stranger, path)) == (403, "refused")
        assert get(far, path).json()["items"] == []
    assert problem(send(Client(), "POST", DECIDE, given)) == (401, "unauthenticated")
    assert problem(send(stranger, "POST", DECIDE, given)) == (403, "refused")
    assert problem(send(Client(), "POST", undo, match='"1"')) == (401, "unauthenticated")
    for other in (far, stranger):
        assert problem(send(other, "POST", undo, match='"1"')) == (404, "not_found")
    reader = tokens.client_of(account, Scope.REGISTRATIONS_READ)
    assert problem(send(reader, "POST", undo, match=made)) == (403, "scope_missing")
    assert get(reader, "/party-aliases").json()["items"][0]["linked"] == 2
    assert send(far, "POST", DECIDE, given).status_code == 200  # at his own desk
    assert PartyAlias.objects.count() == 2
