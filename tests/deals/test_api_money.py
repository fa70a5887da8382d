"""Price, payments and texts through the API: both sides, those who may read, and nobody else."""

from typing import Any, get_args

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.config.api import PREFIX
from mengkeju.deals.api import money_schemas, texts
from mengkeju.deals.engine.price import KINDS, MODES
from mengkeju.deals.models import TEXT_LANGUAGES, TEXT_ROLES, Deal
from mengkeju.kernel.webhooks.offers import offered
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send, upload
from tests.deals import deal_samples as d
from tests.deals import money_samples as money
from tests.deals import samples as s
from tests.deals import text_samples as t
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
PRICE: dict[str, Any] = {
    "mode": "instalments",
    "lines": [
        {"kind": "technical", "label": "工艺包（演示）", "amount": "8000000.00"},
        {"kind": "equipment", "label": "试验装置（演示）", "amount": "2000000"},
    ],
    "instalments": [{"amount": "6000000", "condition": "合同签订后"}, {"amount": "4000000", "due_on": "2027-06-30"}],
}


def clients(pair: s.Pair) -> tuple[Client, Client]:
    """Of the firm and of the institute."""
    return tokens.client_of(f.manager(pair.firm)), tokens.client_of(f.manager(pair.institute))


def sides(deal: Deal) -> dict[str, str]:
    """Payer and payee."""
    return {"payer": str(money.party(deal, "buyer").uid), "payee": str(money.party(deal, "seller").uid)}


@pytest.mark.covers("TRD-04", "PLT-08")
def test_a_price_is_written_corrected_and_read() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/price"
    empty = get(firm, path)
    assert (empty.json()["lines"], empty.json()["contract_value"], empty.json()["left"]) == ([], None, None)
    written = send(firm, "PUT", path, PRICE, match=empty)
    assert written.status_code == 200, written.content
    body = written.json()
    assert (body["contract_value"], body["technology_value"], body["left"]) == (
        "10000000.00", "8000000.00", "10000000.00",
    )  # fmt: skip
    assert [part["due_on"] for part in body["instalments"]] == [None, "2027-06-30"]
    assert body == {**get(institute, path).json()}
    assert problem(send(institute, "PUT", path, PRICE, match=empty)) == (409, "stale_revision")
    assert get(firm, f"/deals/{deal.uid}").json()["contract_value"] == "10000000.00"
    money.signed(deal)
    signed = get(firm, path)
    less = PRICE | {"lines": PRICE["lines"][:1], "instalments": [], "mode": "fixed"}
    assert pointers(send(firm, "PUT", path, less, match=signed)) == {"#/reason"}
    corrected = send(firm, "PUT", path, less | {"reason": "设备另行采购"}, match=signed)
    assert corrected.json()["contract_value"] == "8000000.00"


def test_what_is_wrong_with_a_price_is_said_at_its_line() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, _institute = clients(pair)
    path = f"/deals/{deal.uid}/price"
    seen = get(firm, path)
    lines = [PRICE["lines"][0], {"kind": "equipment", "amount": "-1"}]
    for given, place in (
        ({"lines": lines}, "#/lines/1/amount"),
        ({"lines": [{"kind": "gift", "amount": "1"}]}, "#/lines/0/kind"),
        ({"lines": [{"kind": "technical", "amount": "一百"}]}, "#/lines/0/amount"),
        ({"mode": "barter"}, "#/mode"),
        ({"said_total": "9000000"}, "#/said_total"),
        ({"instalments": [{"amount": "1"}]}, "#/instalments"),
    ):
        assert pointers(send(firm, "PUT", path, PRICE | given, match=seen)) == {place}, given
    assert not deal.price_lines.exists()


@pytest.mark.covers("TRD-04", "PLT-08")
def test_a_payment_is_recorded_once_confirmed_by_the_other_side_and_withdrawn() -> None:
    pair = s.pair()
    deal = money.signed(money.priced(pair))
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/payments"
    voucher = upload(firm, "回单.pdf", s.PDF).json()["uid"]
    given = {**sides(deal), "paid_on": d.SIGNED_ON.isoformat(), "amount": "3000000.00", "vouchers": [voucher]}
    made = send(firm, "POST", path, given, key="p1")
    assert made.status_code == 201, made.content
    again = send(firm, "POST", path, given, key="p1")
    assert (again.json()["uid"], again["Idempotent-Replayed"]) == (made.json()["uid"], "true")
    body = made.json()
    assert (body["amount"], body["vouchers"], body["may_confirm"]) == ("3000000.00", [voucher], False)
    [seen] = get(institute, path).json()["items"]
    assert (seen["uid"], seen["may_confirm"], seen["said_for"]) == (body["uid"], True, pair.firm.name)
    assert get(institute, f"/files/{voucher}").status_code == 200
    one = f"{path}/{body['uid']}"
    own = send(firm, "POST", f"{one}/confirm")
    assert (problem(own), own.json()["reason"]) == ((409, "transition_refused"), "own")
    confirmed = send(institute, "POST", f"{one}/confirm")
    assert (confirmed.json()["confirmed_for"], confirmed.json()["may_confirm"]) == (pair.institute.name, False)
    price = get(firm, f"/deals/{deal.uid}/price").json()
    assert (price["paid_value"], price["confirmed_value"], price["left"]) == (
        "3000000.00", "3000000.00", "7000000.00",
    )  # fmt: skip
    assert pointers(send(institute, "POST", f"{one}/withdraw", {"reason": " "})) == {"#/reason"}
    refused = send(firm, "POST", f"{one}/withdraw", {"reason": "写错"})
    assert (problem(refused), refused.json()["reason"]) == ((409, "transition_refused"), "confirmed")
    gone = send(institute, "POST", f"{one}/withdraw", {"reason": "金额写错"})
    assert (gone.json()["withdrawn_reason"], gone.json()["withdrawn_at"] is None) == ("金额写错", False)
    assert get(firm, f"/deals/{deal.uid}/price").json()["paid_value"] == "0.00"


def test_what_is_wrong_with_a_payment_is_said_at_its_member() -> None:
    pair = s.pair()
    deal = money.signed(money.priced(pair))
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/payments"
    right = {**sides(deal), "paid_on": d.SIGNED_ON.isoformat(), "amount": "1"}
    theirs = upload(institute, "回单.pdf", s.PDF).json()["uid"]
    for given, place in (
        ({"payer": str(deal.uid)}, "#/payer"),
        ({"payee": right["payer"]}, "#/payee"),
        ({"paid_on": "2099-01-01"}, "#/paid_on"),
        ({"amount": "99999999"}, "#/amount"),
        ({"amount": "0"}, "#/amount"),
        ({"technical_amount": "2"}, "#/technical_amount"),
        ({"vouchers": [theirs]}, "#/vouchers/0"),
    ):
        assert pointers(send(firm, "POST", path, right | given)) == {place}, given
    early = d.by_hand(pair)
    too_soon = send(firm, "POST", f"/deals/{early.uid}/payments", {**right, **sides(early)})
    assert (problem(too_soon), too_soon.json()["reason"]) == ((409, "transition_refused"), "wrong_state")
    assert not deal.payments.exists()


def put_up(client: Client, deal: Deal, content: bytes = s.PDF, once: str = "t1", **form: str) -> Any:
    """Upload a text."""
    data = {"file": SimpleUploadedFile("合同.pdf", content), **form}
    return client.post(f"{PREFIX}/deals/{deal.uid}/texts", data, headers={"Idempotency-Key": once})


@pytest.mark.covers("TRD-08", "PLT-08")
def test_a_text_is_put_up_confirmed_by_both_and_frozen() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/texts"
    made = put_up(firm, deal, note="初稿")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["role"], body["version"], body["standing"], len(body["waiting"])) == ("main", 1, "asked", 2)
    assert put_up(firm, deal, note="初稿")["Idempotent-Replayed"] == "true"
    assert pointers(put_up(institute, deal, once="t2")) == {"#/file"}  # the very same file
    assert [one["uid"] for one in get(institute, path).json()["items"]] == [body["uid"]]
    assert get(institute, f"/files/{body['file']}").status_code == 200
    parties = {party.side: str(party.uid) for party in deal.parties.all()}
    one = f"{path}/{body['uid']}"
    other = send(firm, "POST", f"{one}/confirm", {"party": parties["seller"], "sm3": body["sm3"]})
    assert problem(other) == (403, "refused")
    wrong = send(firm, "POST", f"{one}/confirm", {"party": parties["buyer"], "sm3": "0" * 64})
    assert (problem(wrong), wrong.json()["reason"]) == ((409, "transition_refused"), "digest")
    nobody = send(firm, "POST", f"{one}/confirm", {"party": str(deal.uid), "sm3": body["sm3"]})
    assert pointers(nobody) == {"#/party"}
    half = send(firm, "POST", f"{one}/confirm", {"party": parties["buyer"], "sm3": body["sm3"]})
    assert (half.json()["waiting"], half.json()["frozen_at"]) == ([parties["seller"]], None)
    late = send(firm, "POST", f"{one}/take-back", {"reason": "传错"})
    assert (problem(late), late.json()["reason"]) == ((409, "transition_refused"), "confirmed")
    whole = send(institute, "POST", f"{one}/confirm", {"party": parties["seller"], "sm3": body["sm3"]})
    assert (whole.json()["standing"], len(whole.json()["confirmations"])) == ("frozen", 2)


def test_a_text_put_up_by_mistake_is_taken_back_and_roles_have_their_time() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, institute = clients(pair)
    body = put_up(firm, deal).json()
    path = f"/deals/{deal.uid}/texts/{body['uid']}"
    assert problem(send(institute, "POST", f"{path}/take-back", {"reason": "不是我们的"})) == (403, "refused")
    gone = send(firm, "POST", f"{path}/take-back", {"reason": "传错"})
    assert gone.json()["standing"] == "taken_back"
    assert pointers(put_up(firm, deal, once="a", role="addendum")) == {"#/role"}
    assert pointers(put_up(firm, deal, once="b", role="translation")) == {"#/translation_of"}
    assert pointers(put_up(firm, deal, once="c", role="nonsense")) == {"#/role"}
    assert pointers(put_up(firm, deal, once="d", role="translation", translation_of=str(deal.uid))) == {
        "#/translation_of"
    }
    assert put_up(firm, deal, s.EXE, once="e").status_code in {415, 422}


@pytest.mark.covers("TRD-08", "PLT-08")
def test_who_is_not_here_agreed_on_paper() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    name = t.add_name(deal)
    firm, institute = clients(pair)
    text = put_up(institute, deal).json()
    scan = put_up(firm, deal, s.PDF + b"% signed", "t2", role="scan").json()
    path = f"/deals/{deal.uid}/texts/{text['uid']}/confirm-on-paper"
    given = {"party": str(name.uid), "sm3": text["sm3"], "scan": scan["uid"]}
    for wrong, place in (
        ({"party": str(deal.uid)}, "#/party"),
        ({"scan": str(deal.uid)}, "#/scan"),
        ({"scan": text["uid"]}, "#/scan"),
    ):
        assert pointers(send(firm, "POST", path, given | wrong)) == {place}, wrong
    for wrong, reason in (
        ({"sm3": "0" * 64}, "digest"),
        ({"party": str(money.party(deal, "seller").uid)}, "has_people"),
    ):
        refused = send(firm, "POST", path, given | wrong)
        assert (problem(refused), refused.json()["reason"]) == ((409, "transition_refused"), reason)
    done = send(firm, "POST", path, given)
    assert done.status_code == 200, done.content
    assert [(one["party"], one["on_paper"]) for one in done.json()["confirmations"]] == [(str(name.uid), True)]
    assert len(send(firm, "POST", path, given).json()["confirmations"]) == 1
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert problem(send(Client(), "POST", path, given)) == (401, "unauthenticated")
    assert problem(send(stranger, "POST", path, given)) == (404, "not_found")
    helper = d.named_helper(deal, pair.of_firm)
    assert helper.organisation is not None
    assert problem(send(tokens.service_client(helper.organisation), "POST", path, given)) == (403, "refused")


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    deal = money.signed(money.priced(pair))
    payment = money.paid(deal, pair)
    text = deal.texts.get()
    told = d.from_source(pair)
    stranger, registrar = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.registrar())
    helper = d.named_helper(deal, pair.of_firm)
    assert helper.organisation is not None
    agency = tokens.service_client(helper.organisation)
    base = f"/deals/{deal.uid}"
    party = sides(deal)
    writes: list[tuple[str, str, Any]] = [
        ("PUT", f"{base}/price", PRICE),
        ("POST", f"{base}/payments", {**party, "paid_on": "2026-11-20", "amount": "1"}),
        ("POST", f"{base}/payments/{payment.uid}/confirm", None),
        ("POST", f"{base}/payments/{payment.uid}/withdraw", {"reason": "x"}),
        ("POST", f"{base}/texts/{text.uid}/confirm", {"party": party["payer"], "sm3": text.sm3}),
        ("POST", f"{base}/texts/{text.uid}/take-back", {"reason": "x"}),
    ]
    for path in (f"{base}/price", f"{base}/payments", f"{base}/texts"):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(stranger, path)) == problem(get(registrar, path)) == (404, "not_found")
        assert get(agency, path).status_code == 200
    for part in ("price", "payments", "texts"):  # the source's record is open, its inside is not
        assert problem(get(stranger, f"/deals/{told.uid}/{part}")) == (403, "refused")
    for method, path, given in writes:
        assert problem(send(Client(), method, path, given, match='"1"')) == (401, "unauthenticated"), path
        assert problem(send(stranger, method, path, given, match='"1"')) == (404, "not_found"), path
        assert problem(send(agency, method, path, given, match='"1"')) == (403, "refused"), path
    firm, _institute = clients(pair)
    nothing = f"{base}/payments/{deal.uid}/confirm"
    assert problem(send(firm, "POST", nothing)) == (404, "not_found")
    assert problem(send(agency, "POST", nothing)) == (403, "refused")
    assert problem(put_up(stranger, deal)) == (404, "not_found")
    assert problem(put_up(agency, deal)) == (403, "refused")


def test_a_list_of_payments_takes_as_many_queries_for_many() -> None:
    pair = s.pair()
    deal = money.signed(money.priced(pair))
    for number in range(3):
        money.paid(deal, pair, 10 + number)
    firm, _institute = clients(pair)
    path = f"/deals/{deal.uid}/payments"
    get(firm, path)
    counts = [queries_of(lambda limit=limit: get(firm, path, limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_the_schemas_know_every_kind_and_the_events_are_on_offer() -> None:
    assert set(get_args(money_schemas.PriceMode)) == set(MODES)
    assert set(get_args(money_schemas.LineKind)) == set(KINDS)
    assert set(get_args(texts.TextRole)) == set(TEXT_ROLES)
    assert set(get_args(texts.TextLanguage)) == set(TEXT_LANGUAGES)
    told = offered()
    for kind in ("deal.price_set", "deal.payment_recorded", "deal.text_confirmed", "deal.party_added",
                 "registration.created", "registration.register", "registration.refuse"):  # fmt: skip
        assert told[kind] != kind
