"""Texts of a contract: versions, confirmation by digest, on paper, taken back, what signing needs."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import text as steps
from mengkeju.deals.models import ContractText, Deal, TextConfirmation
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.models import Event, File, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.access_forms import disagreements
from tests.deals import samples as s
from tests.deals import text_samples as t

pytestmark = pytest.mark.django_db


def refused(code: str, act: Callable[[], Any]) -> str:
    """Why an act was refused; its code is checked."""
    with pytest.raises(TransitionRefusedError) as told:
        act()
    assert told.value.code == code
    return told.value.reason


def confirm(of: ContractText, by: Actor, side: str, sm3: str = "") -> TextConfirmation:
    """One confirmation."""
    return actions.confirm_text(of, party=t.party(of.deal, side), sm3=sm3 or of.sm3, by=by, now=clock.now())


def content_of(text: ContractText) -> bytes:
    """What lies in the storage."""
    with text.file.content.open("rb") as stored:
        return bytes(stored.read())


def sign(deal: Deal, by: Actor) -> Deal:
    return actions.sign_deal(deal, signed_on=clock.today(), by=by, now=clock.now())


@pytest.mark.covers("TRD-08")
def test_both_confirm_the_newest_version_it_is_frozen_and_only_then_signed() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    assert deal.text_hindrance() == "还没有上传合同文本"
    assert "还没有上传合同文本" in refused("text_is_confirmed", lambda: sign(deal, pair.of_firm))
    first = t.text(deal, pair.of_institute)
    confirm(first, pair.of_firm, "buyer")
    second = t.text(deal, pair.of_institute, note="改了付款条款")
    assert (first.version, second.version) == (1, 2)
    assert deal.text_hindrance() == f"还没有确认第 2 版文本：{pair.institute.name}、{pair.firm.name}"
    assert "文本已有新版" in refused("newer", lambda: confirm(first, pair.of_institute, "seller"))
    confirm(second, pair.of_institute, "seller")
    assert not ContractText.objects.get(pk=second.pk).frozen_at
    assert pair.firm.name in refused("text_is_confirmed", lambda: sign(deal, pair.of_firm))
    confirm(second, pair.of_firm, "buyer")
    deal.refresh_from_db()
    assert ContractText.objects.get(pk=second.pk).frozen_at
    assert (deal.state, deal.text_hindrance()) == ("talking", "")
    assert sign(deal, pair.of_firm).state == "signed"
    first.refresh_from_db()
    assert first.frozen_at is None
    assert first.confirmations.count() == 1, "what was said of the older version stays in the record"


def test_every_act_is_an_event_with_the_digest_and_the_other_side_is_told() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    Notice.objects.all().delete()
    text = t.text(deal, pair.of_institute)
    t.confirm(text, pair, "seller", "buyer")
    events = Event.objects.filter(type__startswith="deal.text_").order_by("pk").select_related("payload")
    assert [e.type for e in events] == [
        "deal.text_uploaded",
        "deal.text_confirmed",
        "deal.text_confirmed",
        "deal.text_frozen",
    ]
    assert {e.payload.body["sm3"] for e in events} == {text.sm3}
    told = Notice.objects.filter(subject_uid=deal.uid).order_by("pk").values_list("account", "title")
    firm, institute = f.manager(pair.firm).uid, f.manager(pair.institute).uid
    assert list(told) == [
        (firm, f"合作项目 {deal.number} 有新的文本，请核对并确认"),
        (firm, f"合作项目 {deal.number} 的文本有一方已确认"),
        (institute, f"合作项目 {deal.number} 的文本各方都已确认"),
    ]


def test_one_confirms_only_for_his_own_party_only_this_digest_and_once() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    with pytest.raises(RefusedError):
        confirm(text, pair.of_firm, "seller")
    for stranger in (ANONYMOUS, f.actor(f.account()), t.broker_of(deal, pair), f.actor(f.auditor())):
        with pytest.raises(RefusedError):
            confirm(text, stranger, "buyer")
    assert "摘要" in refused("digest", lambda: confirm(text, pair.of_firm, "buyer", "0" * 64))
    assert TextConfirmation.objects.count() == 0
    first = confirm(text, pair.of_firm, "buyer")
    colleague = f.actor(f.member(pair.firm))
    assert confirm(text, colleague, "buyer").pk == first.pk
    assert Event.objects.filter(type="deal.text_confirmed").count() == 1
    scan = t.text(deal, pair.of_firm, "scan")
    assert "不用确认" in refused("role", lambda: confirm(scan, pair.of_firm, "buyer"))


def test_which_role_when() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    foreign = t.text(deal, pair.of_institute, language="en")
    for given, field in (
        ({"role": "addendum"}, "role"),
        ({"role": "letter"}, "role"),
        ({"role": "main", "language": "xx"}, "language"),
        ({"role": "main", "translation_of": foreign}, "translation_of"),
        ({"role": "translation"}, "translation_of"),
        ({"role": "translation", "translation_of": foreign, "language": "en"}, "language"),
    ):
        with pytest.raises(ValidationError) as told:
            actions.upload_text(deal, t.upload(), by=pair.of_firm, now=clock.now(), **given)
        assert list(told.value.message_dict) == [field], given
    assert queries.untranslated(deal) == [foreign]
    t.text(deal, pair.of_firm, "translation", translation_of=foreign)
    assert queries.untranslated(deal) == []
    t.confirm(foreign, pair, "seller", "buyer")
    sign(deal, pair.of_firm)
    with pytest.raises(ValidationError, match="补充协议"):
        t.text(deal, pair.of_firm)
    extra = t.text(deal, pair.of_firm, "addendum")
    t.text(deal, pair.of_firm, "scan")
    t.confirm(extra, pair, "buyer", "seller")
    extra.refresh_from_db()
    assert extra.frozen_at is not None
    again = t.text(deal, pair.of_firm, "addendum")
    standing = {state.text: state.standing for states in queries.texts_of(deal).values() for state in states}
    assert (standing[extra], standing[again], standing[foreign]) == ("frozen", "asked", "frozen")


def test_a_translation_is_of_a_text_of_the_same_deal() -> None:
    pair, elsewhere = s.pair(), s.pair()
    deal, foreign = t.deal(pair), t.text(t.deal(elsewhere), elsewhere.of_firm, language="en")
    with pytest.raises(ValidationError) as told:
        t.text(deal, pair.of_firm, "translation", translation_of=foreign)
    assert list(told.value.message_dict) == ["translation_of"]


def test_a_file_is_checked_and_the_same_one_does_not_void_what_was_confirmed() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    bad = SimpleUploadedFile("合同.pdf", s.EXE)
    with pytest.raises(files.FileRefusedError):
        actions.upload_text(deal, bad, role="main", by=pair.of_firm, now=clock.now())
    made = actions.upload_text(deal, t.upload(words="甲"), role="main", by=pair.of_firm, now=clock.now())
    with pytest.raises(ValidationError, match="同一个文件"):
        actions.upload_text(deal, t.upload(words="甲"), role="main", by=pair.of_institute, now=clock.now())
    assert list(ContractText.objects.all()) == [made]


@pytest.mark.covers("TRD-08")
def test_no_act_alters_a_stored_version_and_its_digest_is_that_of_the_stored_file() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    kept = ("role", "version", "language", "translation_of_id", "file_id", "sm3", "note", "party_id", "created_at")
    before = ContractText.objects.filter(pk=text.pk).values(*kept).get()
    file = File.objects.filter(pk=text.file_id).values("name", "content", "size", "sha256", "sm3").get()
    content = content_of(text)
    gone = t.text(deal, pair.of_firm)
    actions.take_back_text(gone, "传错了", by=pair.of_firm, now=clock.now())
    t.confirm(text, pair, "seller", "buyer")
    sign(deal, pair.of_firm)
    t.confirm(t.text(deal, pair.of_firm, "addendum"), pair, "seller", "buyer")
    t.text(deal, pair.of_firm, "scan")
    with pytest.raises(TransitionRefusedError):
        actions.take_back_text(text, "想改", by=pair.of_institute, now=clock.now())
    assert ContractText.objects.filter(pk=text.pk).values(*kept).get() == before
    assert File.objects.filter(pk=text.file_id).values("name", "content", "size", "sha256", "sm3").get() == file
    again = content_of(ContractText.objects.get(pk=text.pk))
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(again)
    assert again == content
    assert (sm3.finalize().hex(), hashlib.sha256(again).hexdigest()) == (text.sm3, text.file.sha256)


def test_taken_back_is_only_what_nobody_confirmed_by_the_side_that_put_it_up() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    first = t.text(deal, pair.of_institute)
    confirm(first, pair.of_firm, "buyer")
    wrong = t.text(deal, pair.of_institute, name="别家的合同.pdf")
    with pytest.raises(RefusedError):
        actions.take_back_text(wrong, "不是我们的", by=pair.of_firm, now=clock.now())
    with pytest.raises(ValidationError) as told:
        actions.take_back_text(wrong, "  ", by=pair.of_institute, now=clock.now())
    assert list(told.value.message_dict) == ["reason"]
    assert files.readable(pair.of_firm, wrong.file.uid) is not None
    actions.take_back_text(wrong, "传错了文件", by=pair.of_institute, now=clock.now())
    assert files.readable(pair.of_firm, wrong.file.uid) is None, "what was put up by mistake is open to nobody"
    assert actions.take_back_text(wrong, "再来", by=pair.of_institute, now=clock.now()).archived_reason == "传错了文件"
    refused("taken_back", lambda: confirm(wrong, pair.of_firm, "buyer"))
    refused("confirmed", lambda: actions.take_back_text(first, "改", by=pair.of_institute, now=clock.now()))
    confirm(first, pair.of_institute, "seller")
    assert deal.text_hindrance() == "", "the version before it counts again"
    assert t.text(deal, pair.of_firm).version == 3, "a number is not used twice"


def test_a_text_with_a_translation_and_a_scan_that_proves_are_not_taken_back() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    name = t.add_name(deal)
    text = t.text(deal, pair.of_firm, language="en")
    done = t.text(deal, pair.of_firm, "translation", translation_of=text)
    take = actions.take_back_text
    refused("translated", lambda: take(text, "错", by=pair.of_firm, now=clock.now()))
    take(done, "错", by=pair.of_firm, now=clock.now())
    scan = t.text(deal, pair.of_firm, "scan")
    actions.confirm_on_paper(text, party=name, scan=scan, sm3=text.sm3, by=pair.of_firm, now=clock.now())
    refused("confirmed", lambda: take(scan, "错", by=pair.of_firm, now=clock.now()))


def test_a_party_without_people_here_is_put_on_record_with_its_scan_and_others_confirm_themselves() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    name, (inventor, himself) = t.add_name(deal), t.add_inventor(deal)
    text = t.text(deal, pair.of_institute)
    assert [queries.has_people(p) for p in (name, inventor, t.party(deal, "buyer"))] == [False, True, True]

    def on_paper(party: Any, by: Actor, scan: Any = None) -> TextConfirmation:
        scan = scan or t.upload("签字页.pdf")
        return actions.confirm_on_paper(text, party=party, scan=scan, sm3=text.sm3, by=by, now=clock.now())

    for party in (inventor, t.party(deal, "buyer")):
        assert "请其自己确认" in refused("has_people", lambda p=party: on_paper(p, pair.of_institute))  # type: ignore[misc]  # a default of a loop
    with pytest.raises(RefusedError):
        on_paper(name, t.broker_of(deal, pair))
    with pytest.raises(ValidationError):
        on_paper(name, pair.of_firm, text)
    said = on_paper(name, pair.of_firm)
    assert said.scan is not None
    assert (said.scan.role, said.sm3) == ("scan", text.sm3)
    event = Event.objects.select_related("payload").get(type="deal.text_confirmed_on_paper")
    assert event.payload.body["scan"] == said.scan.sm3
    assert event.payload.body["party"] == str(name.uid)
    assert actions.confirm_text(text, party=inventor, sm3=text.sm3, by=himself, now=clock.now()).party == inventor
    assert [p.name for p in text.unconfirmed()] == [pair.institute.name, pair.firm.name]
    t.confirm(text, pair, "seller", "buyer")
    text.refresh_from_db()
    assert text.frozen_at is not None


def test_an_organisation_without_a_login_counts_as_not_here() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    silent = f.organisation()
    party = actions.add_party(deal, actions.PartyInput("buyer", silent), by=pair.of_firm, now=clock.now())
    assert queries.has_people(party)
    for account in (f.manager(silent),):
        account.is_active = False
        account.save()
    assert not queries.has_people(party)


def test_parties_change_again_once_a_newer_version_is_up() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    confirm(t.text(deal, pair.of_institute), pair.of_firm, "buyer")
    assert "新一版" in refused("confirmed", lambda: t.add_name(deal))
    text = t.text(deal, pair.of_institute)
    added = t.add_name(deal)
    assert added in text.unconfirmed()


def test_a_deal_that_is_over_or_from_a_source_takes_no_text() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_firm)
    actions.move_deal(deal, "terminate", note="没谈成", by=pair.of_firm, now=clock.now())
    for act in (
        lambda: t.text(deal, pair.of_firm),
        lambda: confirm(text, pair.of_firm, "buyer"),
        lambda: actions.take_back_text(text, "错", by=pair.of_firm, now=clock.now()),
    ):
        assert "已经结束" in refused("wrong_state", act)


def test_who_reads_a_text_and_its_file() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    broker = t.broker_of(deal, pair)
    people = {
        "firm": pair.of_firm,
        "colleague": f.actor(f.member(pair.firm)),
        "broker": broker,
        "auditor": f.actor(f.auditor()),
        "stranger": f.actor(f.manager(f.organisation())),
        "anonymous": ANONYMOUS,
        "officer": f.actor(f.officer()),
    }
    assert disagreements([DealPerm.READ_PART], people, ContractText.objects.all()) == []
    readers = {who for who, actor in people.items() if files.readable(actor, text.file.uid) is not None}
    assert readers == {"firm", "colleague", "broker", "auditor"}
    assert text.file.tier == "parties"


# ---- At the same moment -----------------------------------------------------------------------------


def together(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make the two acts meet after the named check and before they write, if nothing keeps them apart."""
    barrier, real = threading.Barrier(2), getattr(ContractText if name == "unconfirmed" else steps, name)

    def meet(*args: Any, **options: Any) -> Any:
        found = real(*args, **options)
        try:
            barrier.wait(2)
        except threading.BrokenBarrierError:
            barrier.reset()
        return found

    monkeypatch.setattr(ContractText if name == "unconfirmed" else steps, name, meet)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The acts without what keeps them apart."""
    monkeypatch.setattr(steps, "lock", lambda deal: Deal.objects.get(pk=deal.pk))


def both_confirm(pair: s.Pair) -> ContractText:
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    sides = (("seller", pair.of_institute), ("buyer", pair.of_firm))
    outcomes = race(*[lambda side=side, by=by: confirm(text, by, side) for side, by in sides])
    assert [o for o in outcomes if isinstance(o, BaseException)] == []
    assert TextConfirmation.objects.count() == 2
    text.refresh_from_db()
    return text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_parties_at_once_freeze_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    together(monkeypatch, "unconfirmed")
    assert both_confirm(s.pair()).frozen_at is not None
    assert Event.objects.filter(type="deal.text_frozen").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_each_sees_the_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    together(monkeypatch, "unconfirmed")
    unlocked(monkeypatch)
    assert both_confirm(s.pair()).frozen_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_confirm_once() -> None:
    pair = s.pair()
    text = t.text(t.deal(pair), pair.of_institute)
    colleagues = [pair.of_firm, f.actor(f.member(pair.firm))]
    outcomes = race(*[lambda by=by: confirm(text, by, "buyer") for by in colleagues])
    assert len({o.pk for o in outcomes if isinstance(o, TextConfirmation)}) == 1
    assert [o for o in outcomes if isinstance(o, BaseException)] == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_nobody_confirms_a_version_after_a_newer_one_is_up(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> None:
    """The confirmation comes first and is void, or is refused; without the lock (the control) it comes late."""
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    meet = t.Meeting()
    monkeypatch.setattr(steps, "_asked_for", meet.after(steps._asked_for))
    if not locked:
        unlocked(monkeypatch)
    outcome, newer = race(
        lambda: confirm(text, pair.of_firm, "buyer"), meet.first(lambda: t.text(deal, pair.of_institute))
    )
    assert isinstance(newer, ContractText), newer
    assert isinstance(outcome, TextConfirmation), outcome
    kinds = Event.objects.filter(type__startswith="deal.text_").order_by("pk").values_list("type", flat=True)
    last = "deal.text_uploaded" if locked else "deal.text_confirmed"
    assert list(kinds)[-1] == last
    assert deal.text_hindrance().startswith("还没有确认第 2 版")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_comes_after_the_newer_version_is_refused_at_the_same_moment() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    outcome, newer = race(lambda: confirm(text, pair.of_firm, "buyer"), lambda: t.text(deal, pair.of_institute))
    assert isinstance(newer, ContractText), newer
    if isinstance(outcome, BaseException):
        assert isinstance(outcome, TransitionRefusedError)
        assert outcome.code == "newer"
    else:
        assert Event.objects.filter(type__startswith="deal.text_").order_by("pk").last().type.endswith("uploaded")  # type: ignore[union-attr]  # there are
