"""Opening the parties' tier: asking, consent, undertaking, ending; who may do what."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import consent
from mengkeju.kernel.access import ANONYMOUS, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.duty_clock import every_night
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine import disclosure as engine
from mengkeju.listings.models import AccessRequest, Listing, PartyAccess
from tests import exported, tokens
from tests import factories as f
from tests.calls import send
from tests.listings import disclosed as d
from tests.listings import samples as s


@pytest.fixture
def closed(db: None) -> Listing:
    return d.listing()


def by_undertaking(row: Listing) -> None:
    actions.set_disclosure_rule(row, engine.BY_UNDERTAKING, by=s.manager_of(d.owner_of(row)), now=s.LATER)


@pytest.mark.covers("PLT-15")
def test_a_request_opens_by_consent_and_the_owner_ends_it_at_once(closed: Listing) -> None:
    guest = f.organisation()
    reader = s.manager_of(guest)
    assert d.SECRET not in str(queries.present(closed, reader))
    one = d.ask(closed, guest)
    duty = Duty.objects.get(subject_uid=one.uid, closed_at=None)
    assert (one.state, duty.holder_organisation, duty.key) == ("asked", d.owner_of(closed).uid, "answer_access_request")
    assert duty.due_on is not None
    d.grant(one)
    assert one.state == "granted"
    assert d.SECRET in str(queries.present(closed, reader))
    access = PartyAccess.objects.get(listing=closed)
    assert (access.origin_type, access.origin_uid) == ("disclosure", one.uid)
    owner = d.owner_of(closed)
    assert consent.has("organisation", owner.uid, engine.CONSENT, str(one.uid))
    d.end(one)
    assert (one.state, one.note) == ("ended", "合作已结束")
    assert d.SECRET not in str(queries.present(closed, reader))
    assert not consent.has("organisation", owner.uid, engine.CONSENT, str(one.uid))
    assert Notice.objects.filter(account=f.manager(guest).uid, subject_uid=one.uid).count() == 2


def test_a_refusal_needs_a_reason_and_opens_nothing(closed: Listing) -> None:
    one, by = d.ask(closed), s.manager_of(d.owner_of(closed))
    with pytest.raises(TransitionRefusedError):
        actions.answer_access_request(one, consents=False, by=by, now=s.LATER)
    actions.answer_access_request(one, consents=False, by=by, now=s.LATER, note="已独家许可")
    assert (one.state, one.note, PartyAccess.objects.count()) == ("refused", "已独家许可", 0)
    again = d.ask(closed, one.organisation)  # what was refused may be asked anew, with a better purpose
    assert again.state == "asked"


@pytest.mark.covers("PLT-15")
def test_an_accepted_undertaking_opens_at_once_and_names_its_text(closed: Listing) -> None:
    by_undertaking(closed)
    text = engine.undertaking()
    one = d.ask(closed, accepts=text.version)
    assert (one.state, one.undertaking_version, one.undertaking_sha256) == ("granted", text.version, text.sha256)
    assert consent.has("organisation", one.organisation.uid, engine.UNDERTAKING, str(one.uid))
    assert d.SECRET in str(queries.present(closed, s.manager_of(one.organisation)))
    told = Notice.objects.get(account=f.manager(d.owner_of(closed)).uid, subject_uid=one.uid)
    assert one.organisation.name in told.title
    event = Event.objects.get(type="access_request.undertaking")
    assert event.payload.body["sm3"] == text.sm3


def test_a_member_asks_and_his_manager_accepts(closed: Listing) -> None:
    by_undertaking(closed)
    guest = f.organisation()
    member = f.member(guest)
    version = engine.undertaking().version
    with pytest.raises(RefusedError):
        d.ask(closed, guest, by=member, accepts=version)
    one = d.ask(closed, guest, by=member)
    assert one.state == "signing"
    for revision in (None, one.revision + 1):  # he is not told that somebody wrote meanwhile
        with pytest.raises(RefusedError):
            actions.sign_undertaking(one, version, by=f.actor(member), now=s.LATER, revision=revision)
    with pytest.raises(ValidationError, match="新版"):
        actions.sign_undertaking(one, "2020-01", by=s.manager_of(guest), now=s.LATER)
    actions.sign_undertaking(one, version, by=s.manager_of(guest), now=s.LATER)
    assert (one.state, one.undertaking_by) == ("granted", f.manager(guest))


def test_the_owner_may_go_back_to_consent_while_a_manager_reads(closed: Listing) -> None:
    by_undertaking(closed)
    guest = f.organisation()
    one = d.ask(closed, guest, by=f.member(guest))
    actions.set_disclosure_rule(closed, engine.BY_CONSENT, by=s.manager_of(d.owner_of(closed)), now=s.LATER)
    with pytest.raises(ValidationError, match="逐个同意"):
        actions.sign_undertaking(one, engine.undertaking().version, by=s.manager_of(guest), now=s.LATER)
    assert PartyAccess.objects.count() == 0


def test_what_hinders_a_request_is_said(closed: Listing) -> None:
    guest = f.organisation()
    open_one = s.published()
    for row, purpose, organisation, words in (
        (closed, " ", guest, "用途"),
        (open_one, "看看", guest, "没有只向合作方开放的内容"),
    ):
        with pytest.raises(ValidationError, match=words):
            actions.ask_to_see(row, purpose, organisation=organisation, by=s.manager_of(guest), now=s.LATER)
    d.ask(closed, guest)
    with pytest.raises(ValidationError, match="已经申请过"):
        d.ask(closed, guest)
    for who in (s.manager_of(d.owner_of(closed)), s.manager_of(f.organisation(verified=False)), ANONYMOUS):
        with pytest.raises(RefusedError):
            actions.ask_to_see(closed, "看看", organisation=guest, by=who, now=s.LATER)
    with pytest.raises(RefusedError, match="自己所在单位"):
        actions.ask_to_see(closed, "看看", organisation=guest, by=s.manager_of(f.organisation()), now=s.LATER)
    party = f.organisation()
    s.let_in(closed, party)
    with pytest.raises(ValidationError, match="已经能看到"):
        d.ask(closed, party)


def test_a_withdrawn_request_closes_what_was_open(closed: Listing) -> None:
    one = d.grant(d.ask(closed))
    actions.move_access_request(one, "withdraw", by=s.manager_of(one.organisation), now=s.LATER)
    assert (one.state, PartyAccess.objects.filter(ended_at=None).count()) == ("withdrawn", 0)


def test_ending_one_agreement_leaves_the_other(closed: Listing) -> None:
    one = d.grant(d.ask(closed))
    s.let_in(closed, one.organisation)  # by an intention
    d.end(one)
    assert may(s.manager_of(one.organisation), Perm.READ_PARTIES, closed)
    page = s.text(f.signed_in_client(f.manager(d.owner_of(closed))).get(one.get_absolute_url()))
    assert "另有合作意向等约定" in page


def test_nobody_answers_and_it_lapses(closed: Listing) -> None:
    one = d.ask(closed)
    every_night(now=s.LATER + timedelta(days=60))
    one.refresh_from_db()
    assert one.state == "lapsed"


def test_page_and_list_agree_on_who_reads_a_request(closed: Listing) -> None:
    one = d.ask(closed)
    actors = {
        "owner": s.manager_of(d.owner_of(closed)),
        "asking": s.manager_of(one.organisation),
        "stranger": s.manager_of(f.organisation()),
        "auditor": f.actor(f.auditor()),
        "officer": s.reviewer(),
        "visitor": ANONYMOUS,
    }
    permissions = (Perm.ACCESS_READ, Perm.ACCESS_MOVE, Perm.ACCESS_SIGN, Perm.ACCESS_ANSWER)
    assert s.disagreements(permissions, actors, [one]) == []
    on_listing = (Perm.ACCESS_ASK, Perm.DISCLOSE, Perm.DISCLOSURE_READ, Perm.EVIDENCE)
    assert s.disagreements(on_listing, actors, [closed, s.draft()]) == []
    assert [name for name, who in actors.items() if may(who, Perm.ACCESS_READ, one)] == ["owner", "asking", "auditor"]


def test_the_listings_own_page_tells_nobody_who_asked(closed: Listing) -> None:
    by_undertaking(closed)
    guest = f.organisation("问过的单位（演示）")
    one = d.ask(closed, guest, accepts=engine.undertaking().version)
    f.signed_in_client(f.manager(guest)).get(closed.get_absolute_url())
    stranger = f.signed_in_client(f.manager(f.organisation()))
    for client in (Client(), stranger):
        for address in (closed.get_absolute_url(), reverse("listing-history", args=[closed.uid])):
            assert guest.name not in s.text(client.get(address))
    actions.move_access_request(one, "withdraw", by=s.manager_of(guest), now=s.LATER)
    assert guest.name not in s.text(Client().get(reverse("listing-history", args=[closed.uid])))


def test_from_the_closed_section_to_the_answer_in_the_browser(closed: Listing) -> None:
    guest = f.organisation()
    asker, owner = f.signed_in_client(f.manager(guest)), f.signed_in_client(f.manager(d.owner_of(closed)))
    address = reverse("access-ask", args=[closed.uid])
    assert address in s.text(asker.get(closed.get_absolute_url()))
    assert "登录后申请查看" in s.text(Client().get(closed.get_absolute_url()))
    assert "保密承诺" in s.text(asker.get(address))
    data = {"organisation": str(guest.uid), "purpose": d.PURPOSE, "one_time_key": "k-1"}
    assert asker.post(address, {**data, "purpose": ""}).status_code == 422
    assert asker.post(address, data).status_code == 302
    assert asker.post(address, data).status_code == 302, "the same form twice is one request"
    one = AccessRequest.objects.get()
    assert asker.get(address).status_code == 302
    assert guest.name in s.text(owner.get(closed.get_absolute_url())), "the owner is told on the listing"
    page = s.text(owner.get(one.get_absolute_url()))
    assert "已核验单位 · 页面" in page, "the owner sees what is known there before he decides"
    assert "合作双方 · 页面" not in page
    answer = reverse("access-answer", args=[one.uid])
    assert owner.post(answer, {"answer": "refuse", "note": ""}).status_code == 422
    assert owner.post(answer, {"answer": "consent", "revision": one.revision - 1}).status_code == 409
    assert owner.post(answer, {"answer": "consent", "revision": one.revision}).status_code == 302
    assert d.SECRET in s.text(asker.get(closed.get_absolute_url()))
    page = s.text(owner.get(one.get_absolute_url()))
    assert "合作双方 · 页面" in page, "the owner sees what was read"
    assert guest.name in s.text(owner.get(reverse("listing-disclosure", args=[closed.uid])))
    assert owner.post(reverse("access-move", args=[one.uid, "end"]), {"note": "到此为止"}).status_code == 302
    assert d.SECRET not in s.text(asker.get(closed.get_absolute_url()))
    page = s.text(owner.get(one.get_absolute_url()))
    assert "合作双方 · 页面" in page, "what was seen stays shown"


def test_strangers_colleagues_and_visitors_at_the_pages(closed: Listing) -> None:
    one = d.ask(closed)
    stranger = f.signed_in_client(f.manager(f.organisation()))
    asker = f.signed_in_client(f.manager(one.organisation))
    page, answer = one.get_absolute_url(), reverse("access-answer", args=[one.uid])
    manage, evidence = (reverse(name, args=[closed.uid]) for name in ("listing-disclosure", "listing-evidence"))
    assert (stranger.get(page).status_code, stranger.post(answer).status_code) == (404, 404)
    assert asker.post(answer, {"answer": "consent"}).status_code == 403
    assert [asker.get(address).status_code for address in (manage, evidence)] == [403, 403]
    assert [Client().get(address).status_code for address in (page, manage, evidence)] == [302, 302, 302]
    auditor = f.signed_in_client(f.auditor())
    assert [auditor.get(address).status_code for address in (page, manage, evidence)] == [200, 200, 200]
    assert auditor.post(reverse("listing-disclosure-rule", args=[closed.uid]), {"mode": "consent"}).status_code == 403
    one.refresh_from_db()
    assert one.state == "asked"


def test_the_list_has_two_sides_and_leaves_as_a_file(closed: Listing) -> None:
    one = d.ask(closed)
    asker = f.signed_in_client(f.manager(one.organisation))
    owner = f.signed_in_client(f.manager(d.owner_of(closed)))
    assert closed.title in s.text(asker.get("/access-requests/", {"side": "sent"}))
    assert closed.title not in s.text(asker.get("/access-requests/", {"side": "received"}))
    assert closed.title in s.text(owner.get("/access-requests/", {"side": "received"}))
    assert "还没有查看申请" in s.text(f.signed_in_client(f.account()).get("/access-requests/"))
    _head, rows = exported.xlsx(owner.get("/access-requests/", {"export": "xlsx"}))
    assert [(r["申请单位"], r["状态"]) for r in rows] == [(one.organisation.name, "待所有者决定")]


def test_the_list_costs_the_same_for_many(closed: Listing) -> None:
    d.ask(closed)
    client = f.signed_in_client(f.manager(d.owner_of(closed)))
    client.get("/access-requests/")
    few = s.queries_of(lambda: client.get("/access-requests/"))
    for _n in range(3):
        d.ask(closed)
    assert s.queries_of(lambda: client.get("/access-requests/")) == few


def test_a_stale_decision_is_refused(closed: Listing) -> None:
    one = d.ask(closed)
    with pytest.raises(StaleRevisionError):
        actions.answer_access_request(
            one, consents=True, by=s.manager_of(d.owner_of(closed)), now=s.LATER, revision=one.revision - 1
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one request", "control"])
def test_two_colleagues_decide_at_once(*, same: bool) -> None:
    """On one request one of them wins; the control, on two requests, lets both: they do run at once."""
    row = d.listing()
    owner = d.owner_of(row)
    requests = [d.ask(row) for _n in range(1 if same else 2)] * (2 if same else 1)
    people = [s.manager_of(owner), f.actor(f.member(owner))]

    def act(at: int, *, consents: bool) -> Callable[[], str]:
        def decide() -> str:
            one = AccessRequest.objects.select_related("listing__owner", "organisation").get(pk=requests[at].pk)
            try:
                actions.answer_access_request(one, consents=consents, by=people[at], now=s.LATER, note="理由")
            except TransitionRefusedError as refused:
                return refused.code
            return one.state

        return decide

    outcomes = sorted(str(o) for o in race(act(0, consents=True), act(1, consents=False)))
    assert outcomes in ([["granted", "wrong_state"], ["refused", "wrong_state"]] if same else [["granted", "refused"]])
    granted = AccessRequest.objects.filter(state="granted").count()
    assert PartyAccess.objects.filter(ended_at=None).count() == granted


def test_through_the_api_and_with_the_token_of_another_organisation(closed: Listing) -> None:
    guest = f.organisation()
    mine, other = tokens.client_of(f.manager(guest)), tokens.service_client(f.organisation())
    body = {"organisation": str(guest.uid), "purpose": d.PURPOSE}
    path = f"/listings/{closed.uid}/access-requests"
    assert send(other, "POST", path, body, key="k0").status_code == 422
    made = send(mine, "POST", path, body, key="k1")
    assert made.status_code == 201, made.content
    one = AccessRequest.objects.get()
    there = f"/access-requests/{one.uid}"
    owner = tokens.service_client(d.owner_of(closed))
    tag = f'"{one.revision}"'
    decide = {"decision": "consent", "note": ""}
    assert send(other, "GET", there).status_code == 404
    assert send(other, "POST", f"{there}/answer", decide, match=tag).status_code == 404
    assert send(mine, "POST", f"{there}/answer", decide, match=tag).status_code == 403
    assert send(owner, "POST", f"{there}/answer", decide, match='"1"').status_code == 409
    assert send(owner, "POST", f"{there}/answer", decide, match=tag).status_code == 200
    answer = send(mine, "GET", f"/listings/{closed.uid}")
    assert d.SECRET in s.text(answer)
    assert d.SECRET not in s.text(send(other, "GET", f"/listings/{closed.uid}"))
    one.refresh_from_db()
    ended = send(owner, "POST", f"{there}/end", {"note": "结束"}, match=f'"{one.revision}"')
    assert ended.json()["state"] == "ended"
    assert d.SECRET not in s.text(send(mine, "GET", f"/listings/{closed.uid}"))


def test_undertakings_are_dated_templates_with_digests() -> None:
    for version, text in engine.undertakings().items():
        assert version == text.version
        assert "不是法律意见" in text.source
        assert len(text.sha256) == len(text.sm3) == 64
        assert text.text_en.strip().isascii() or "“" in text.text_en


def test_the_undertaking_is_open_to_everybody(db: None) -> None:
    text = engine.undertaking()
    page = s.text(Client().get(f"/undertakings/{text.version}/"))
    assert text.sha256 in page
    assert text.sm3 in page
    assert "不是法律意见" in page
    assert Client().get("/undertakings/1999-01/").status_code == 404
