from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.models import Intention, Message
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.models import Account, Duty, Event, File, Notice
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions as listing_actions
from mengkeju.listings.models import PartyAccess
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def titles(of: Account) -> list[str]:
    return list(Notice.objects.filter(account=of.uid).order_by("id").values_list("title", flat=True))


@pytest.mark.covers("NED-11", "PLT-11")
def test_an_intention_remembers_from_whom_on_what_and_where_it_came_from() -> None:
    pair = s.pair()
    uid = pair.need.uid
    for kind in ("search", "match", "listing"):
        made = pair.declared(counter=pair.achievement, message=" 想谈中试 ", origin=actions.Origin(kind, uid))
        made.refresh_from_db()
        assert (made.origin, made.origin_uid, made.message, made.area) == (kind, uid, "想谈中试", pair.need.area)
        assert (made.declaring, made.answering) == (pair.institute, pair.firm)
        assert made.declaring_person == f.person(f.manager(pair.institute))
        assert made.answering_person == f.person(f.manager(pair.firm))
        created = Event.objects.get(type="intention.created", subject_uid=made.uid)
        assert created.actor_organisation == pair.institute.uid
        assert created.payload.body["origin"] == kind
        pair.bring(made, "withdrawn")
    numbers = list(Intention.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"MK-I-{s.NOW.year}-{n:04d}" for n in (1, 2, 3)]


def test_what_cannot_be_declared() -> None:
    pair = s.pair()
    own, other = pair.of_institute, f.organisation()
    source, _new = listing_actions.publish_from_source(
        listing_actions.SourceEntry("need", "1", "报道里的需求"), source="演示", owner=pair.firm, by=SYSTEM, now=f.AT
    )
    young = f.organisation(verified=False)
    unpublished = listings.draft(pair.institute, "achievement")
    refusals: dict[str, dict[str, Any]] = {
        "不能对本单位自己": {"target": pair.achievement},
        "尚未入驻": {"target": source},
        "还没有通过核验": {"declaring": young, "by": listings.manager_of(young)},
        "成果或能力要配需求": {"counter": listings.published(pair.institute)},
        "本单位已发布": {"counter": unpublished},
        "带上本单位": {"counter": listings.published(other, "achievement")},
    }
    for words, given in refusals.items():
        with pytest.raises(ValidationError, match=words):
            pair.declared(**given)
    listings.closed(pair.need, by=pair.of_firm, now=s.NOW)
    with pytest.raises(ValidationError, match="不在发布中"):
        pair.declared()
    assert not Intention.objects.exists()
    without_right: tuple[dict[str, Any], ...] = (
        {"by": ANONYMOUS},
        {"by": f.actor(f.account())},
        {"by": own, "declaring": other},
    )
    for options in without_right:
        with pytest.raises(RefusedError):
            pair.declared(**options)


def test_what_one_may_not_read_one_cannot_want() -> None:
    pair = s.pair()
    hidden = listings.published(pair.firm, tier="parties")
    with pytest.raises(RefusedError, match="看不到"):
        pair.declared(target=hidden)


def test_one_open_intention_per_pair() -> None:
    pair = s.pair()
    first = pair.declared()
    with pytest.raises(ValidationError, match="已对这一条表过意向"):
        pair.declared()
    pair.declared(counter=pair.achievement)
    with pytest.raises(ValidationError, match="已对这一条表过意向"):
        pair.declared(counter=pair.achievement)
    other = f.organisation()
    pair.declared(declaring=other, by=listings.manager_of(other))
    actions.answer_intention(first, accept=True, by=pair.of_firm, now=s.NOW)
    for verb in ("talk", "agree"):
        actions.move_intention(first, verb, by=pair.of_firm, now=s.NOW)
        with pytest.raises(ValidationError, match="已对这一条表过意向"):
            pair.declared()
    assert Intention.objects.count() == 3


@pytest.mark.parametrize("state", ["declined", "withdrawn", "lapsed"])
def test_after_the_end_one_may_declare_again(state: str) -> None:
    pair = s.pair()
    pair.bring(pair.declared(), state)
    assert pair.declared().state == "declared"


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """The table without what keeps a second open intention out."""
    rule = next(c for c in Intention._meta.constraints if c.name == "intention_open_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Intention, rule)
    try:
        yield
    finally:
        Intention.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Intention, rule)


def race_to_declare(pair: s.Pair) -> list[Intention | BaseException]:
    by = [pair.of_institute, f.actor(f.member(pair.institute))]
    return race(*[lambda who=who: pair.declared(by=who) for who in by])


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_declare_one() -> None:
    outcomes = race_to_declare(s.pair())
    lost = [o for o in outcomes if isinstance(o, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], ValidationError)
    assert "已对这一条表过意向" in lost[0].messages[0]
    assert Intention.objects.count() == 1
    assert Duty.objects.filter(key="answer_intention").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_race_would_be_lost() -> None:
    with without_the_constraint():
        outcomes = race_to_declare(s.pair())
        assert [o for o in outcomes if isinstance(o, BaseException)] == []
        assert Intention.objects.count() == 2
    pair = s.pair()
    pair.declared()
    with pytest.raises(ValidationError):
        pair.declared()


@pytest.mark.covers("PLT-11")
def test_acceptance_opens_contacts_and_secrets_to_both_and_the_end_closes_them() -> None:
    pair = s.pair()
    for end in ("stop", "lapse"):
        intention = pair.declared(counter=pair.achievement)
        assert [name for name, _card in queries.contacts(pair.of_firm, intention)] == [pair.firm.name]
        actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
        assert set(PartyAccess.objects.filter(ended_at=None).values_list("listing_id", "organisation_id")) == {
            (pair.need.pk, pair.institute.pk),
            (pair.achievement.pk, pair.firm.pk),
        }
        for actor in (pair.of_firm, pair.of_institute):
            assert len(queries.contacts(actor, intention)) == 2
        by = SYSTEM if end == "lapse" else pair.of_institute
        actions.move_intention(intention, end, by=by, now=s.NOW, reason="has_partner")
        assert not PartyAccess.objects.filter(ended_at=None).exists()
        assert [name for name, _card in queries.contacts(pair.of_firm, intention)] == [pair.firm.name]


def test_two_intentions_on_one_listing_close_apart() -> None:
    pair = s.pair()
    one, two = pair.declared(), pair.declared(counter=pair.achievement)
    for intention in (one, two):
        actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
    actions.move_intention(one, "stop", by=pair.of_firm, now=s.NOW, reason="too_early")
    assert PartyAccess.objects.filter(listing=pair.need, organisation=pair.institute, ended_at=None).count() == 1


@pytest.mark.parametrize("verb", ["decline", "stop"])
def test_no_needs_a_reason_of_the_list(verb: str) -> None:
    pair = s.pair()
    intention = pair.declared()
    if verb == "stop":
        actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)

    def say(reason: str, note: str = "") -> None:
        if verb == "stop":
            actions.move_intention(intention, "stop", by=pair.of_firm, now=s.NOW, reason=reason, reason_note=note)
        else:
            actions.answer_intention(
                intention, accept=False, by=pair.of_firm, now=s.NOW, reason=reason, reason_note=note
            )

    for reason, note, words in (
        ("", "", "选择一个原因"),
        ("nonsense", "随便", "选择一个原因"),
        ("other", " ", "写明说明"),
        ("technical", "", "写明说明"),
    ):
        with pytest.raises(TransitionRefusedError, match=words):
            say(reason, note)
    assert {key for key, reason in REASONS.items() if reason.note_required} == {"other", "technical"}
    say("technical", " 浮选药剂的回收率？ ")
    intention.refresh_from_db()
    assert (intention.state, intention.reason, intention.reason_note) == ("declined", "technical", "浮选药剂的回收率？")


def test_a_target_that_was_closed_meanwhile_is_not_accepted() -> None:
    pair = s.pair()
    intention = pair.declared()
    listing_actions.move_listing(pair.need, "withdraw", by=pair.of_firm, now=s.NOW, note="暂缓")
    with pytest.raises(TransitionRefusedError, match="不在发布中"):
        actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
    assert not PartyAccess.objects.exists()
    actions.answer_intention(intention, accept=False, by=pair.of_firm, now=s.NOW, reason="off_direction")


def test_the_wrong_side_is_refused() -> None:
    pair = s.pair()
    intention, stranger = pair.declared(), listings.manager_of(f.organisation())
    for by in (pair.of_institute, stranger, f.actor(f.auditor()), listings.reviewer(), SYSTEM):
        with pytest.raises(RefusedError):
            actions.answer_intention(intention, accept=True, by=by, now=s.NOW)
    with pytest.raises(RefusedError):
        actions.move_intention(intention, "withdraw", by=pair.of_firm, now=s.NOW, note="代撤")
    with pytest.raises(RefusedError):
        actions.move_intention(intention, "lapse", by=pair.of_firm, now=s.NOW)
    with pytest.raises(RefusedError):
        actions.write_message(intention, "插话", by=stranger, now=s.NOW)
    assert Intention.objects.get().state == "declared"


def test_the_other_side_is_told_of_every_step() -> None:
    pair = s.pair()
    firm, institute = f.manager(pair.firm), f.manager(pair.institute)
    before = len(titles(firm)), len(titles(institute))
    intention = pair.declared()
    assert titles(firm)[before[0] :] == ["待办：答复合作意向"]
    actions.write_message(intention, "下月来看样品", by=pair.of_institute, now=s.NOW)
    assert titles(firm)[-1] == f"意向 {intention.number} 有新留言"
    assert titles(institute)[before[1] :] == []
    actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
    assert {"待办：联系对方，开始商谈", "对方接受了您的意向"} <= set(titles(institute))
    actions.move_intention(intention, "talk", by=pair.of_institute, now=s.NOW)
    assert titles(firm)[-1] == f"意向 {intention.number} 有新进展"


def test_a_thread_with_files() -> None:
    pair = s.pair()
    intention = pair.declared()
    upload = SimpleUploadedFile("方案.pdf", s.PDF)
    written = actions.write_message(intention, " 见附件 ", by=pair.of_firm, now=s.NOW, uploads=(upload,))
    assert (written.text, written.organisation, File.objects.get().name) == ("见附件", pair.firm, "方案.pdf")
    for text, uploads in ((" ", ()), ("见附件", (SimpleUploadedFile("方案.pdf", s.EXE),))):
        with pytest.raises((ValidationError, FileRefusedError)):
            actions.write_message(intention, text, by=pair.of_firm, now=s.NOW, uploads=uploads)
    assert (Message.objects.count(), File.objects.count()) == (1, 1)
    for state in ("declined", "withdrawn", "lapsed"):
        ended = pair.bring(pair.declared(counter=pair.achievement), state)
        with pytest.raises(ValidationError, match="已经结束"):
            actions.write_message(ended, "还想说", by=pair.of_firm, now=s.NOW)


@pytest.mark.covers("NED-11")
def test_a_broker_introduces_and_both_confirm() -> None:
    pair, broker = s.pair(), f.broker()
    intention = pair.introduced(f.actor(broker))
    assert (intention.origin, intention.introduced_at, intention.broker) == ("broker", s.NOW, f.person(broker))
    assert intention.declaring_person == f.person(f.manager(pair.institute))
    assert "请确认" in titles(f.manager(pair.institute))[-1]
    assert titles(f.manager(pair.firm))[-1] == "待办：答复合作意向"
    actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
    assert (intention.answering_confirmed_at, intention.declaring_confirmed_at) == (s.NOW, None)
    assert not intention.opened, "the side that was introduced has not said yes"
    assert not PartyAccess.objects.exists()
    assert [name for name, _card in queries.contacts(pair.of_firm, intention)] == [pair.firm.name]
    later = s.NOW.replace(hour=20)
    confirmed = actions.confirm_introduction(intention, by=pair.of_institute, now=later)
    assert confirmed.declaring_confirmed_at == later
    assert PartyAccess.objects.filter(ended_at=None).count() == 2
    again = actions.confirm_introduction(intention, by=pair.of_institute, now=s.NOW.replace(hour=22))
    assert again.declaring_confirmed_at == later
    assert Event.objects.filter(type="intention.introduction_confirmed").count() == 1
    assert titles(broker)[-1] == f"对方确认了意向 {intention.number} 的引荐"


def test_confirming_first_and_accepting_then_opens_too() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    intention = pair.introduced(broker)
    actions.confirm_introduction(intention, by=pair.of_institute, now=s.NOW)
    assert not PartyAccess.objects.exists()
    actions.answer_intention(intention, accept=True, by=pair.of_firm, now=s.NOW)
    assert PartyAccess.objects.filter(ended_at=None).count() == 2


def test_who_cannot_introduce_or_confirm() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    for by in (pair.of_firm, listings.reviewer(), ANONYMOUS):
        with pytest.raises(RefusedError):
            pair.introduced(by)
    hidden = listings.published(pair.firm, tier="parties")
    with pytest.raises(RefusedError, match="看不到"):
        actions.introduce(target=hidden, counter=pair.achievement, by=broker, now=s.NOW)
    plain = pair.declared()
    with pytest.raises(ValidationError, match="不是经纪人引荐"):
        actions.confirm_introduction(plain, by=pair.of_firm, now=s.NOW)
    brought = pair.introduced(broker)
    for by in (broker, listings.manager_of(f.organisation())):
        with pytest.raises(RefusedError):
            actions.confirm_introduction(brought, by=by, now=s.NOW)


def test_the_table_refuses_what_the_actions_never_do() -> None:
    pair = s.pair()
    intention = pair.declared()
    for wrong in (
        {"state": "sold"},
        {"origin": "hearsay"},
        {"reason": "mood"},
        {"introduced_at": s.NOW},
        {"answering": pair.institute},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Intention.objects.filter(pk=intention.pk).update(**wrong)
