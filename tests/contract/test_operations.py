"""What holds of the whole API, whatever operations it has."""

import json
import re
from uuid import uuid4

import pytest
from django.test import Client
from ninja import Schema

from mengkeju.config import docs
from mengkeju.config.api import PREFIX, description, operations
from mengkeju.directory import actions
from mengkeju.kernel import clock
from mengkeju.kernel.access import permissions
from mengkeju.kernel.actors import provider
from mengkeju.kernel.api.scopes import SCOPES, Scope
from mengkeju.kernel.subjects import find_visible
from mengkeju.listings.models import Listing
from tests import factories as f
from tests import tokens
from tests.listings import samples

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # what is described is the same on either database
OPERATIONS = operations()


def test_every_operation_says_permission_and_scope() -> None:
    known = {permission for permission, _rule in permissions()} | {"public", "signed-in"}
    assert {o.id for o in OPERATIONS if o.permission not in known} == set()
    assert {o.id for o in OPERATIONS if o.scope is not None and o.scope not in SCOPES} == set()
    # Without scope only what is everybody's, and the token's own description.
    assert {o.id for o in OPERATIONS if o.scope is None} == {"who_am_i", "list_problems", "get_openapi"}
    assert len({o.id for o in OPERATIONS}) == len(OPERATIONS) == len({(o.method, o.path) for o in OPERATIONS})


def test_the_committed_description_is_the_one_that_is_served() -> None:
    committed = (docs.DOCS / "api" / "openapi.json").read_text(encoding="utf-8")
    assert committed == description(), "run `make docs`"
    assert Client().get(f"{PREFIX}/openapi.json").content.decode() == committed
    assert json.loads(committed)["openapi"].startswith("3.1")


def test_the_description_tells_errors_security_and_both_languages() -> None:
    told = json.loads(description())
    assert set(told["components"]["securitySchemes"]) == {"bearer"}
    listed = [o for o in OPERATIONS if o.id != "get_openapi"]
    for one in listed:
        operation = told["paths"][one.path][one.method.lower()]
        assert operation["x-permission"] == one.permission
        assert operation["security"][-1] == {"bearer": [str(one.scope)] if one.scope else []}
        assert ({} in operation["security"]) is one.public
        assert {"401", "429", "500"} <= set(operation["responses"])
        assert operation["summary"] != operation["description"]
        assert operation["tags"][0] in {tag["name"] for tag in told["tags"]}
    assert sum(len(methods) for methods in told["paths"].values()) == len(listed)


def test_no_two_schemas_have_one_name() -> None:
    """The description names them by their class: the second would take the place of the first without a word."""

    def below(kind: type[Schema]) -> set[type[Schema]]:
        found = set(kind.__subclasses__())
        return found.union(*(below(one) for one in found))

    ours = [one.__name__ for one in below(Schema) if one.__module__.startswith("mengkeju.") and "[" not in one.__name__]
    assert len(ours) > 50
    assert {name for name in ours if ours.count(name) > 1} == set()


def filled(path: str) -> str:
    """An address with something nobody has in each place."""
    return re.sub(r"{\w*uid}", lambda _place: str(uuid4()), path).replace("{", "").replace("}", "")


def test_a_cookie_opens_no_operation_and_a_visitor_only_public_ones() -> None:
    f.areas()
    cookie, visitor = f.signed_in_client(f.account()), Client()
    for one in OPERATIONS:
        expected = {200, 404} if one.public else {401}
        for client in (cookie, visitor):
            assert client.generic(one.method, filled(one.path)).status_code in expected, one


def test_a_token_without_the_scope_is_refused_everywhere() -> None:
    owner = f.account()
    for one in OPERATIONS:
        if one.scope is not None:
            client = tokens.client_of(owner, *(scope for scope in SCOPES if scope != one.scope))
            answer = client.generic(one.method, filled(one.path))
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), one
            actions.revoke_token(owner.api_tokens.latest("pk"), by=f.actor(owner), now=clock.now())


def test_a_token_revoked_in_the_middle_of_paging_ends_it() -> None:
    for _n in range(3):
        f.organisation()
    owner = f.account()
    token, secret = tokens.issue(owner)
    client = tokens.client(secret)
    first = client.get(f"{PREFIX}/organisations?limit=1").json()
    second = client.get(first["next"])
    assert second.status_code == 200
    actions.revoke_token(token, by=f.actor(owner), now=clock.now())
    ended = client.get(second.json()["next"])
    assert (ended.status_code, ended.json()["code"]) == (401, "unauthenticated")
    assert Client().get(second.json()["next"]).status_code == 200  # the cursor itself carries no right, and takes none


def test_a_token_reaches_into_no_other_organisation() -> None:
    draft: Listing = samples.draft()
    assert draft.owner is not None
    own, other = tokens.issue_service(draft.owner), tokens.issue_service(f.organisation())
    actors = [provider().bearer_of(secret, now=clock.now()) for _token, secret in (own, other)]
    found = [find_visible(bearer.actor, "listing", draft.uid) for bearer in actors if bearer is not None]
    assert found == [draft, None]


def test_organisations_are_read_as_their_pages_show_them() -> None:
    firm = f.organisation("青城乳业（演示）", kind="enterprise", area=f.XINCHENG)
    f.organisation("九原钢铁（演示）", verified=False)
    gone = f.organisation("不在了（演示）")
    gone.__class__.objects.filter(pk=gone.pk).update(archived_at=clock.now(), archived_by=f.manager(gone))
    client = tokens.client_of(f.account(), Scope.ORGANISATIONS_READ)

    def names(query: str) -> list[str]:
        answer = client.get(f"{PREFIX}/organisations?{query}")
        assert answer.status_code == 200
        return [item["name"] for item in answer.json()["items"]]

    assert names("") == ["青城乳业（演示）", "九原钢铁（演示）"]
    assert names("q=乳业") == names(f"q={firm.credit_code}") == names("verified=true") == names(f"area={f.HOHHOT}")
    assert names("area=150200&verified=false") == ["九原钢铁（演示）"]
    assert names("kind=university") == names("area=999999") == []
    one = client.get(f"{PREFIX}/organisations/{firm.uid}")
    assert (one.json()["name"], one.json()["verified"], one.json()["revision"]) == (firm.name, True, 2)
    assert one["ETag"].startswith('"2-')
    assert set(one.json()) == set(client.get(f"{PREFIX}/organisations").json()["items"][0])
    assert client.get(f"{PREFIX}/organisations/{gone.uid}").status_code == 404


def test_reference_data_come_whole() -> None:
    f.areas()
    client, got, address = Client(), [], f"{PREFIX}/areas?below={f.HOHHOT}&limit=7"
    while address:
        body = client.get(address).json()
        got += [area["code"] for area in body["items"]]
        address = body["next"]
    assert got[0] == f.HOHHOT
    assert len(got) == len(set(got)) > 7
    keys = [v["key"] for v in client.get(f"{PREFIX}/vocabularies").json()["items"]]
    fields = client.get(f"{PREFIX}/vocabularies/{keys[0]}").json()
    assert fields["key"] == keys[0]
    assert fields["terms"]
    assert client.get(f"{PREFIX}/vocabularies/nothing").status_code == 404


def test_me_says_who_and_how_far() -> None:
    firm = f.organisation()
    person = tokens.client_of(f.officer(), Scope.LISTINGS_REVIEW).get(f"{PREFIX}/me").json()
    assert (person["kind"], [r["role"] for r in person["roles"]]) == ("person", ["officer"])
    service = tokens.service_client(firm, Scope.LISTINGS_READ).get(f"{PREFIX}/me").json()
    assert service["kind"] == "organisation"
    assert [o["uid"] for o in service["organisations"]] == [str(firm.uid)]
    assert service["token"]["scopes"] == ["listings:read"]
