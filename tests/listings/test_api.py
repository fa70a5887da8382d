"""Listings through the API: the same rights and the same facts as on the pages."""

from datetime import timedelta
from typing import Any, get_args

import jsonschema_rs
import pytest
from django.test import Client

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event
from mengkeju.listings import actions
from mengkeju.listings.api import schemas
from mengkeju.listings.engine.workflow import LISTING, SECRECY_LEVELS
from mengkeju.listings.kinds import TECHNOLOGY, kinds
from mengkeju.listings.models import TIERS, Listing, ReadRecord
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
SECRET = "煤种为长焰煤并掺百分之七"
FIELDS: dict[str, Any] = {
    "title": "气化细渣脱碳",
    "summary": s.SUMMARY,
    "area": f.KUNDULUN,
    "price_low": "2000000.00",
    "price_high": "10000000",
    "deadline": "2027-06-30",
    "confidential": SECRET,
    **s.ENOUGH,
}
CONFIRMED = {"secrecy_level": "公开", "secrecy_reviewed": True}


def of(listing: Listing) -> Client:
    """A client of the manager of the listing's owner, with every scope."""
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def need(client: Client, **fields: Any) -> Any:
    return send(client, "POST", "/listings", {"kind": "need", "fields": {**FIELDS, **fields}})


@pytest.mark.covers("PLT-08", "NED-02")
def test_from_a_draft_to_a_published_need() -> None:
    firm = tokens.client_of(f.manager(f.organisation()))
    made = need(firm)
    assert made.status_code == 201
    path = f"/listings/{made.json()['uid']}"
    assert (made.json()["state"], made.json()["number"]) == ("draft", "")
    assert made.json()["steps"] == ["edit", "submit", "withdraw"]
    changed = send(firm, "PATCH", path, {"fields": {"price_low": "3000000.5", "deadline": None}}, match=made)
    assert changed.json()["price"] == {
        "low": "3000000.50",
        "high": "10000000.00",
        "unit": "元",
        "text": changed.json()["price"]["text"],
    }
    told = {one["key"]: one for one in changed.json()["fields"]}
    assert (told["price_low"]["value"], told["price_low"]["unit"]) == ("3000000.50", "元")
    assert (told["deadline"]["value"], told["deadline"]["unit"], told["deadline"]["text"]) == (None, None, "")
    assert told["confidential"]["value"] == SECRET
    refused = send(firm, "POST", f"{path}/submit", {"secrecy_level": "内部", "secrecy_reviewed": True}, match=changed)
    assert problem(refused) == (409, "transition_refused")
    submitted = send(firm, "POST", f"{path}/submit", CONFIRMED, match=changed)
    assert (submitted.json()["state"], submitted.json()["number"][:5]) == ("submitted", "MK-N-")
    officer = tokens.client_of(f.officer(), Scope.LISTINGS_REVIEW, Scope.LISTINGS_READ)
    published = send(officer, "POST", f"{path}/review", {"decision": "approve"}, match=submitted)
    assert published.json()["state"] == "published"
    read = get(Client(), path)
    assert read.json()["title"] == FIELDS["title"]
    assert read.json()["published_at"].endswith("+08:00")
    assert (read["ETag"], read.json()["steps"]) != (published["ETag"], published.json()["steps"])
    unchanged = Client().get(f"/api/v1{path}", headers={"If-None-Match": read["ETag"]})
    assert unchanged.status_code == 304


def test_one_key_makes_one_draft() -> None:
    firm = tokens.client_of(f.manager(f.organisation()))
    body = {"kind": "need", "fields": FIELDS}
    first, again = (send(firm, "POST", "/listings", body, key="k1") for _n in range(2))
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.json()["uid"] == again.json()["uid"]
    other = {"kind": "need", "fields": {**FIELDS, "title": "另一条"}}
    assert problem(send(firm, "POST", "/listings", other, key="k1")) == (422, "key_reused")
    assert Listing.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field() -> None:
    firm = tokens.client_of(f.manager(f.organisation()))

    def wrong(**body: Any) -> set[str]:
        return pointers(send(firm, "POST", "/listings", {"kind": "need", "fields": FIELDS} | body))

    assert wrong(kind="nothing") == {"#/kind"}
    bad = {"title": "", "price_low": 200, "price_high": "200万", "deadline": "明年", "a/b": "x", "modes": "one"}
    assert wrong(fields={**FIELDS, **bad}) == {
        "#/fields/title",
        "#/fields/price_low",
        "#/fields/price_high",
        "#/fields/deadline",
        "#/fields/a~1b",
        "#/fields/modes",
    }
    assert wrong(fields={**FIELDS, "price_high": "1"}) == {"#/fields/price_high"}
    assert wrong(fields={**FIELDS, "field": "nothing", "area": "999999"}) == {"#/fields/field", "#/fields/area"}
    assert wrong(tiers={"problem": "members"}) == {"#/tiers/problem"}
    assert wrong(tiers={"terms": "friends"}) == {"#/tiers/terms"}
    assert wrong(unknown=1) == {"#/unknown"}
    assert not Listing.objects.exists()


def test_a_draft_belongs_to_an_organisation_of_ones_own() -> None:
    one, other = f.organisation(), f.organisation()
    both = f.manager(one)
    client = tokens.client_of(both)
    body = {"kind": "need", "fields": FIELDS, "owner": str(other.uid)}
    assert problem(send(client, "POST", "/listings", body)) == (403, "refused")
    second = f.organisation(founder=both)
    assert pointers(need(client)) == {"#/owner"}
    made = send(client, "POST", "/listings", {**body, "owner": str(second.uid)})
    assert made.json()["owner"]["uid"] == str(second.uid)
    assert Listing.objects.get().contact == f.person(both)
    alone = tokens.client_of(f.account())
    assert problem(need(alone)) == (403, "refused")


def test_an_organisations_own_token_makes_a_draft_in_its_name() -> None:
    firm = f.organisation()
    made = need(tokens.service_client(firm, Scope.LISTINGS_WRITE, Scope.LISTINGS_READ))
    listing = Listing.objects.get(uid=made.json()["uid"])
    assert (listing.owner, listing.contact) == (firm, None)
    event = Event.objects.get(type="listing.created")
    assert event.actor_organisation == firm.uid
    assert event.actor_account != f.manager(firm).uid


@pytest.mark.covers("NED-08")
def test_a_closed_section_is_named_and_never_shown() -> None:
    listing = s.published(confidential=SECRET, present="只给会员", tiers={"targets": "members"})
    path = f"/listings/{listing.uid}"
    partner = f.organisation()
    s.let_in(listing, partner)
    readers = {
        "visitor": (Client(), {"private", "targets"}),
        "member": (tokens.client_of(f.manager(f.organisation())), {"private"}),
        "party": (tokens.client_of(f.manager(partner)), set()),
        "owner": (of(listing), set()),
    }
    for name, (client, closed) in readers.items():
        read = get(client, path)
        assert {one["key"] for one in read.json()["sections"] if not one["open"]} == closed, name
        for place in ("", "/history", "/links"):
            text = s.text(get(client, path + place))
            assert (SECRET in text) is (place == "" and "private" not in closed), (name, place)
            assert ("只给会员" in text) is (place == "" and "targets" not in closed), (name, place)
    assert SECRET not in s.text(get(Client(), "/listings"))
    assert get(Client(), path).json()["price"] is not None
    assert set(ReadRecord.objects.values_list("channel", "organisation__uid", "tier")) == {
        ("api", partner.uid, "parties"),
        ("api", partner.uid, "members"),
        *(("api", o, "members") for o in _others(listing, partner.uid)),
    }


def _others(listing: Listing, partner: Any) -> set[Any]:
    """Organisations beside owner and partner that read it."""
    seen = ReadRecord.objects.filter(listing=listing).values_list("organisation__uid", flat=True)
    assert len(set(seen)) == 2
    return set(seen) - {partner}


def test_a_price_in_a_closed_section_is_not_told() -> None:
    listing = s.published(price_low=None, price_high=None, tiers={"terms": "members"})
    for path in (f"/listings/{listing.uid}", "/listings"):
        body = get(Client(), path).json()
        assert (body["items"][0] if "items" in body else body)["price"] is None


def test_who_gets_which_answer() -> None:
    draft, published = s.draft(), s.published()
    stranger = tokens.client_of(f.manager(f.organisation()))
    writes: list[tuple[str, str, Any]] = [
        ("PATCH", "", {}),
        ("POST", "/submit", CONFIRMED),
        ("POST", "/review", {"decision": "approve"}),
        ("POST", "/move", {"step": "withdraw", "note": "好了"}),
        ("POST", "/close", {"outcome": "given_up", "note": "好了"}),
        ("POST", "/confirm", {}),
    ]
    for place in ("", "/history", "/links"):
        assert problem(get(stranger, f"/listings/{draft.uid}{place}")) == (404, "not_found")
        assert get(stranger, f"/listings/{published.uid}{place}").status_code == 200
    for method, place, body in writes:
        answer = send(stranger, method, f"/listings/{draft.uid}{place}", body, match='"1"')
        assert problem(answer) == (404, "not_found"), place
        answer = send(stranger, method, f"/listings/{published.uid}{place}", body, match='"3"')
        assert problem(answer) == (403, "refused"), place
        assert answer.json()["who_may"]
    assert problem(get(stranger, "/reviews")) == (403, "refused")
    assert Listing.objects.get(pk=published.pk).revision == published.revision


def test_an_officer_reviews_only_with_the_scope_and_not_his_own() -> None:
    listing = s.submitted()
    path, tag = f"/listings/{listing.uid}", f'"{listing.revision}"'
    officer = f.officer()
    without = tokens.client_of(officer, Scope.LISTINGS_READ, Scope.LISTINGS_WRITE)
    assert problem(get(without, path)) == (404, "not_found")  # without the scope he is no officer
    assert problem(send(without, "POST", f"{path}/review", {"decision": "approve"}, match=tag))[1] == "scope_missing"
    elsewhere = tokens.client_of(f.officer(f.HOHHOT))
    assert problem(send(elsewhere, "POST", f"{path}/review", {"decision": "approve"}, match=tag)) == (404, "not_found")
    assert listing.owner is not None
    colleague = tokens.client_of(f.with_role("officer", area=f.BAOTOU, of=f.manager(listing.owner)))
    assert problem(send(colleague, "POST", f"{path}/review", {"decision": "approve"}, match=tag)) == (403, "refused")
    client = tokens.client_of(officer)
    refused = send(client, "POST", f"{path}/review", {"decision": "return"}, match=tag)
    assert (problem(refused), refused.json()["reason"]) == ((409, "transition_refused"), "note_required")
    returned = send(client, "POST", f"{path}/review", {"decision": "return", "note": "请写目标值"}, match=tag)
    assert returned.json()["state"] == "returned"
    notes = [one["note"] for one in get(of(listing), f"{path}/history").json()["items"]]
    assert notes[0] == "请写目标值"


def test_the_queue_is_the_officers_and_the_oldest_first() -> None:
    first, second, far = s.submitted(), s.submitted(), s.submitted(f.organisation(area=f.XINCHENG), area=f.XINCHENG)
    Listing.objects.filter(pk=second.pk).update(state_at=first.state_at - timedelta(days=1))
    client = tokens.client_of(f.officer(), Scope.LISTINGS_REVIEW)
    page = get(client, "/reviews", limit=1).json()
    assert [one["uid"] for one in page["items"]] == [str(second.uid)]
    assert page["items"][0]["due_on"] is not None
    rest = client.get(page["next"]).json()
    assert [one["uid"] for one in rest["items"]] == [str(first.uid)]
    assert rest["next"] is None
    assert str(far.uid) not in s.text(get(client, "/reviews"))


def test_nothing_is_overwritten_unseen() -> None:
    listing = s.published()
    firm, path = of(listing), f"/listings/{listing.uid}"
    read = get(firm, path)
    body = {"fields": {"title": "新题目"}}
    assert pointers(send(firm, "PATCH", path, body, match=read)) == {"#/secrecy_reviewed"}
    confirmed = {**body, "secrecy_reviewed": True}
    changed = send(firm, "PATCH", path, confirmed, match=read)
    assert (changed.json()["title"], changed.json()["state"]) == ("新题目", "published")
    stale = send(firm, "PATCH", path, {"fields": {"title": "旧题目"}, "secrecy_reviewed": True}, match=read)
    assert problem(stale) == (409, "stale_revision")
    assert stale.json()["current_revision"] == changed.json()["revision"]
    moved = send(firm, "POST", f"{path}/close", {"outcome": "given_up", "note": "好了"}, match=read)
    assert problem(moved) == (409, "stale_revision")
    for absent in (None, "*"):
        assert problem(send(firm, "PATCH", path, confirmed, match=absent)) == (428, "revision_required")
    edits = get(firm, f"{path}/history").json()["edits"]
    assert [change["after"] for change in edits[0]["changes"]] == ["新题目"]
    assert get(Client(), f"{path}/history").json()["edits"] == []


def test_an_edit_keeps_what_it_does_not_name() -> None:
    listing = s.draft(confidential=SECRET, tiers={"terms": "members"}, price_high=None, modes=["joint_development"])
    firm, path = of(listing), f"/listings/{listing.uid}"
    before = get(firm, path)
    after = send(firm, "PATCH", path, {"tiers": {"targets": "parties"}, "tier": "members"}, match=before)
    assert after.status_code == 200, after.content
    changed = {k for k, v in after.json().items() if v != before.json()[k]}
    assert changed == {"tier", "revision", "updated_at", "fields", "sections"}
    values = [[(one["key"], one["value"]) for one in body.json()["fields"]] for body in (before, after)]
    assert values[0] == values[1]
    assert {one["key"]: one["tier"] for one in after.json()["sections"]}["terms"] == "members"


def test_closing_withdrawing_and_editing_again() -> None:
    listing = s.published()
    firm, path = of(listing), f"/listings/{listing.uid}"
    bare = send(firm, "POST", f"{path}/move", {"step": "close"}, match=get(firm, path))
    assert (problem(bare), bare.json()["reason"]) == ((409, "transition_refused"), "note_required")
    plain = send(firm, "POST", f"{path}/move", {"step": "close", "note": "已找到"}, match=get(firm, path))
    assert (problem(plain), plain.json()["reason"]) == ((409, "transition_refused"), "outcome_stated")
    gone = {"outcome": "given_up", "note": "已找到"}
    closed = send(firm, "POST", f"{path}/close", gone, match=get(firm, path))
    assert (closed.json()["state"], closed.json()["steps"]) == ("closed", ["reopen"])
    again = send(firm, "POST", f"{path}/move", {"step": "reopen"}, match=closed)
    assert again.json()["state"] == "draft"
    withdrawn = send(firm, "POST", f"{path}/move", {"step": "withdraw", "note": "不做了"}, match=again)
    assert withdrawn.json()["state"] == "withdrawn"
    assert pointers(send(firm, "POST", f"{path}/move", {"step": "approve"}, match=withdrawn)) == {"#/step"}


def uids(client: Client, **query: Any) -> list[str]:
    answer = get(client, "/listings", **query)
    assert answer.status_code == 200, answer.content
    return [one["uid"] for one in answer.json()["items"]]


def test_a_list_is_filtered_and_shows_only_what_may_be_read() -> None:
    firm = f.organisation()
    old = s.published(firm, title="细渣脱碳", cluster="")
    far = s.published(f.organisation(area=f.XINCHENG), "achievement", title="浮选技术", area=f.XINCHENG)
    closed_off = s.published(firm, title="只给会员看", tier="members")
    draft = s.draft(firm, title="还没写完")
    visitor, owner = Client(), tokens.client_of(f.manager(firm))
    every = [str(one.uid) for one in (old, far, closed_off, draft)]
    assert uids(visitor) == every[:2]
    assert uids(owner) == every
    assert uids(owner, own=True) == [every[0], every[2], every[3]]
    assert uids(visitor, own=True) == []
    assert uids(owner, state="draft") == [every[3]]
    assert uids(visitor, kind="achievement") == uids(visitor, area=f.HOHHOT) == uids(visitor, q="浮选") == [every[1]]
    assert uids(visitor, q=old.number.lower()) == uids(visitor, owner=str(firm.uid)) == [every[0]]
    assert uids(visitor, q="还没写完") == uids(visitor, field="nothing") == []
    later = (clock.now() + timedelta(minutes=1)).isoformat()
    assert uids(visitor, updated_since=later) == []
    assert uids(visitor, updated_since=f.AT.isoformat()) == every[:2]
    Event.objects.filter(subject_uid=far.uid).update(at=f.AT - timedelta(days=9))
    assert uids(visitor, updated_since=f.AT.isoformat()) == every[:1]
    assert problem(get(visitor, "/listings", updated_since="2026-11-21T09:00:00")) == (422, "invalid")
    assert problem(get(visitor, "/listings", state="nothing")) == (422, "invalid")
    first = get(owner, "/listings", limit=3).json()
    assert [one["uid"] for one in owner.get(first["next"]).json()["items"]] == every[3:]
    assert problem(visitor.get(first["next"].replace("limit", "q=x&limit"))) == (400, "bad_cursor")


def test_a_list_takes_the_same_number_of_queries_however_long() -> None:
    firm = f.organisation()
    client = tokens.client_of(f.manager(firm))
    s.published(firm)
    s.published(firm)
    assert len(uids(client)) == 2  # and the token's use is noted
    few = s.queries_of(lambda: get(client, "/listings"))
    for _n in range(8):
        s.published(firm)
    assert s.queries_of(lambda: get(client, "/listings")) == few


def test_what_is_filtered_by_is_open_to_every_reader() -> None:
    for kind in kinds.values():
        fixed = {spec.key for section in kind.sections for spec in section.fields if section.fixed_tier}
        public = {spec.key for section in kind.sections for spec in section.fields if section.tier == "public"}
        clusters = {"cluster"} if kind.market == TECHNOLOGY else set()
        assert {"title", "area", "field"} | clusters <= fixed & public, kind.key


def test_a_kinds_form_is_told_as_json_schema() -> None:
    f.areas()
    told = get(Client(), "/listing-kinds").json()["items"]
    assert told[0]["key"] == "need"
    assert {one["key"] for one in told} == set(kinds)
    stated = FIELDS | {"work": ["实习"]}
    for one in told:
        form = get(Client(), f"/listing-kinds/{one['key']}").json()
        schema = jsonschema_rs.Draft202012Validator(form["fields_schema"])
        known = form["fields_schema"]["properties"]
        wanted = {key: value for key, value in stated.items() if key in known}
        assert schema.is_valid(wanted), (one["key"], list(schema.iter_errors(wanted)))
        optional = next(key for key in ("price_low", "keywords", "skills") if key in known)
        assert schema.is_valid({**wanted, optional: None})
        for wrong in ({"price_low": 200}, {"field": "nothing"}, {"unknown": "x"}, {"title": None}):
            assert not schema.is_valid(wanted | wrong), wrong
        assert sum(len(section["fields"]) for section in form["sections"]) == len(kinds[one["key"]].fields)
    assert problem(get(Client(), "/listing-kinds/nothing")) == (404, "not_found")
    english = Client(headers={"Accept-Language": "en"})
    assert get(english, "/listing-kinds/need").json()["sections"][0]["label"] == "The problem"


def test_links_are_shown_as_on_the_page() -> None:
    need_row, answer = s.published(), s.published(kind="achievement", title="对应的那条成果")
    Listing.objects.filter(pk__in=(need_row.pk, answer.pk)).update(origin="source")
    for row in (need_row, answer):
        row.refresh_from_db()
    actions.link_from_source(answer, need_row, "answers", by=SYSTEM, now=s.LATER)
    (link,) = get(Client(), f"/listings/{need_row.uid}/links").json()["items"]
    assert (link["relation"], link["title"], link["reported"]) == ("对应的成果", answer.title, True)


def test_the_schemas_know_every_state_and_step() -> None:
    assert set(get_args(schemas.State)) == set(LISTING.states)
    assert set(get_args(schemas.Tier)) == set(TIERS)
    assert set(get_args(schemas.SecrecyLevel)) == set(SECRECY_LEVELS)
    assert set(get_args(schemas.Step)) - {"edit", "confirm"} <= set(LISTING.transitions)
    assert {*get_args(schemas.Move), *get_args(schemas.Decision)} <= set(get_args(schemas.Step))
