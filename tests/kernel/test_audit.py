"""The record: digests, chain, and what `verify` finds after somebody with full rights has been at the tables.

The attacks below each leave the rest as it was. A chain alone cannot find who rewrites everything after his
change with fresh hashes and adjusts the noted length too (the last test shows it): against that, heads must
be kept by somebody else.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.audit import GENESIS, SEALER, Finding, link_hash, payload_digest, record, seal_pending, verify
from mengkeju.kernel.models import Event, EventPayload, FollowerCursor, Seal
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.testing.settled import wait_until_settled
from tests import factories as f

pytestmark = pytest.mark.django_db


def acts(count: int, firm: Organisation | None = None) -> list[Event]:
    """Events about one organisation, with payloads."""
    firm = firm or f.organisation()
    with transaction.atomic():
        return [record("organisation.edited", firm, by=SYSTEM, now=f.AT, payload={"n": n}) for n in range(count)]


def seal_all() -> None:
    """Seal every event; on PostgreSQL another test process's open transaction holds the horizon back for a while."""
    wait_until_settled()
    while seal_pending(now=f.AT):
        pass


def broken() -> list[Finding]:
    return [finding for finding in verify() if finding.broken]


class Superuser:
    """Writes to the tables past every rule, as the owner of the database can."""

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute("PRAGMA defer_foreign_keys = ON")
        return self

    def __exit__(self, *_error: object) -> None:
        """Both settings end with the transaction."""

    def run(self, sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


@pytest.fixture
def sealed() -> list[Event]:
    """Six events about one firm, sealed with all before them."""
    made = acts(6)
    seal_all()
    assert not broken()
    return made


def test_canonical_json_has_one_spelling() -> None:
    assert audit.canonical({"b": 1, "a": "需求"}) == audit.canonical({"a": "需求", "b": 1}) == '{"a":"需求","b":1}'


def test_the_digest_binds_salt_and_payload_and_hides_the_payload() -> None:
    one = payload_digest("salt", {"phone": "139"})
    assert one == payload_digest("salt", {"phone": "139"})
    assert one != payload_digest("salt", {"phone": "138"})
    assert one != payload_digest("other", {"phone": "139"})  # equal contents of two events look different
    assert len(one) == 64


def test_an_event_says_who_what_where_when() -> None:
    firm = f.organisation()
    founder = f.actor(f.manager(firm))
    with transaction.atomic():
        event = record("organisation.edited", firm, by=founder, now=f.AT, payload={"name": ["甲", "乙"], "at": f.AT})
    assert (event.type, event.subject_type, event.subject_uid) == ("organisation.edited", "organisation", firm.uid)
    assert (event.actor_account, event.actor_organisation) == (founder.account_uid, firm.uid)
    assert (event.area, event.at, event.version) == (f.KUNDULUN, f.AT, 1)
    assert event.payload.body["name"] == ["甲", "乙"]
    assert event.digest == payload_digest(event.payload.salt, event.payload.body)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_the_act_s_transaction_is_refused() -> None:
    firm = f.organisation()
    with pytest.raises(RuntimeError, match="transaction of the act"):
        record("organisation.edited", firm, by=SYSTEM, now=f.AT)


@pytest.mark.django_db(transaction=True)
def test_sealing_chains_every_event_once_in_batches() -> None:
    acts(7)
    total = Event.objects.count()
    wait_until_settled()
    done = []
    while count := seal_pending(now=f.AT, limit=3):
        done.append(count)
    assert sum(done) == total
    assert set(done[:-1]) == {3}
    assert seal_pending(now=f.AT) == 0
    seals = list(Seal.objects.order_by("sequence"))
    assert [s.sequence for s in seals] == list(range(1, total + 1))
    assert [s.previous for s in seals] == [GENESIS, *(s.hash for s in seals[:-1])]
    assert list(verify()) == []


def test_events_not_yet_sealed_are_said_and_are_no_breakage() -> None:
    acts(2)
    findings = list(verify())
    assert [f_.broken for f_ in findings] == [False]
    assert "尚未封存" in findings[0].text


def edit_kind(su: Superuser, event: Event) -> None:
    su.run("UPDATE kernel_event SET type = %s WHERE id = %s", "organisation.verify", event.pk)


def edit_time(su: Superuser, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(at=F("at") - timedelta(microseconds=1))


def edit_payload(su: Superuser, event: Event) -> None:
    EventPayload.objects.filter(event=event).update(body={"n": 99})


def edit_payload_with_digest(su: Superuser, event: Event) -> None:
    payload = EventPayload.objects.get(event=event)
    EventPayload.objects.filter(pk=payload.pk).update(body={"n": 99})
    Event.objects.filter(pk=event.pk).update(digest=payload_digest(payload.salt, {"n": 99}))


def edit_salt(su: Superuser, event: Event) -> None:
    EventPayload.objects.filter(event=event).update(salt="0" * 32)


def delete_payload(su: Superuser, event: Event) -> None:
    EventPayload.objects.filter(event=event).delete()


def delete_event(su: Superuser, event: Event) -> None:
    for table, column in (("kernel_eventpayload", "event_id"), ("kernel_event", "id")):
        su.run(f"DELETE FROM {table} WHERE {column} = %s", event.pk)  # noqa: S608  # table names of this file


def delete_event_and_seal(su: Superuser, event: Event) -> None:
    su.run("DELETE FROM kernel_seal WHERE event_id = %s", event.pk)
    delete_event(su, event)


def delete_seal(su: Superuser, event: Event) -> None:
    Seal.objects.filter(event=event).delete()


def delete_tail_seal(su: Superuser, event: Event) -> None:
    Seal.objects.order_by("sequence").last().delete()  # type: ignore[union-attr]  # the fixture made seals


def cut_tail(su: Superuser, event: Event) -> None:
    last = Event.objects.order_by("id").last()
    assert last is not None
    delete_event_and_seal(su, last)


def insert_event(su: Superuser, event: Event) -> None:
    """A forged act slipped in before what is sealed, in the place of a gap of the numbering."""
    forged = Event.objects.get(pk=event.pk)
    forged.pk, forged.uid = -1, UUID(int=1)
    forged.save(force_insert=True)
    EventPayload.objects.create(event=forged, salt="s", body={})
    Event.objects.filter(pk=-1).update(digest=payload_digest("s", {}))


def insert_sealed_event(su: Superuser, event: Event) -> None:
    """A forged act with a forged seal between two others."""
    with transaction.atomic():
        forged = record("organisation.verify", Organisation.objects.get(uid=event.subject_uid), by=SYSTEM, now=f.AT)
    place = Seal.objects.get(event=event)
    for seal in Seal.objects.filter(sequence__gte=place.sequence).order_by("-sequence"):
        Seal.objects.filter(pk=seal.pk).update(sequence=seal.sequence + 1)
    made = link_hash(place.previous, place.sequence, forged, f.AT)
    Seal.objects.create(sequence=place.sequence, event=forged, previous=place.previous, hash=made, sealed_at=f.AT)


def swap_two(su: Superuser, event: Event) -> None:
    """Two acts change places, each keeping its contents."""
    one, two = Seal.objects.get(event=event), Seal.objects.get(event_id=event.pk + 1)
    first, second = one.event_id, two.event_id
    Seal.objects.filter(pk=one.pk).delete()
    Seal.objects.filter(pk=two.pk).update(event_id=first)
    one.event_id = second
    one.save(force_insert=True)


def rewrite_seal(su: Superuser, event: Event) -> None:
    Seal.objects.filter(event=event).update(hash="f" * 64)


def backdate_seal(su: Superuser, event: Event) -> None:
    Seal.objects.filter(event=event).update(sealed_at=F("sealed_at") - timedelta(days=1))


def reseal_one(su: Superuser, event: Event) -> None:
    """Change an event and give its own link a fitting hash."""
    edit_kind(su, event)
    seal = Seal.objects.select_related("event").get(event=event)
    seal.hash = link_hash(seal.previous, seal.sequence, seal.event, seal.sealed_at)
    seal.save()


ATTACKS = [
    edit_kind, edit_time, edit_payload, edit_payload_with_digest, edit_salt, delete_payload, delete_event,
    delete_event_and_seal, delete_seal, delete_tail_seal, cut_tail, insert_event, insert_sealed_event, swap_two,
    rewrite_seal, backdate_seal, reseal_one,
]  # fmt: skip


@pytest.mark.covers("PLT-01")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_verify_finds(attack: Callable[[Superuser, Event], None], sealed: list[Event]) -> None:
    with transaction.atomic(), Superuser() as su:
        attack(su, sealed[2])
        assert broken(), attack.__name__
        transaction.set_rollback(True)
    assert not broken()


# As a value of another kind for each column; the row's own number stands in the hash as well.
OTHER_VALUES: dict[str, Any] = {
    "uid": UUID(int=7), "type": "x.y", "version": 9, "actor_account": UUID(int=8),
    "actor_organisation": UUID(int=9), "subject_type": "listing", "subject_uid": UUID(int=10),
    "area": "150100", "node": "elsewhere", "at": f.AT - timedelta(seconds=1), "digest": "0" * 64, "xact": 99,
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_verify_finds_a_change_of_any_column(sealed: list[Event]) -> None:
    columns = {field.name for field in Event._meta.concrete_fields} - {"id"}
    assert columns == set(OTHER_VALUES)
    for name, value in OTHER_VALUES.items():
        old = getattr(sealed[3], name)
        Event.objects.filter(pk=sealed[3].pk).update(**{name: value})
        assert broken(), name
        Event.objects.filter(pk=sealed[3].pk).update(**{name: old})
    assert not broken()


def erasure(events: list[Event]) -> Event:
    """What an erasure does to the record: payloads go, an event names them."""
    with transaction.atomic():
        EventPayload.objects.filter(event__in=events).delete()
        person = f.person(f.account())
        named = {"events": [str(e.uid) for e in events]}
        return record("person.erased", person, by=SYSTEM, now=f.AT, payload=named)


@pytest.mark.django_db(transaction=True)
def test_a_lawful_erasure_is_information_and_the_chain_still_holds(sealed: list[Event]) -> None:
    erasure(sealed[1:3])
    seal_pending(now=f.AT)
    assert not broken()
    assert [f_.text for f_ in verify() if "依法删除" in f_.text] == [
        f"事件 {event.uid} 的内容已依法删除" for event in sealed[1:3]
    ]


@pytest.mark.django_db(transaction=True)
def test_a_falsified_list_of_erasures_excuses_nothing(sealed: list[Event]) -> None:
    event = erasure(sealed[1:2])
    delete_payload(Superuser(), sealed[4])
    body = {"events": [str(sealed[1].uid), str(sealed[4].uid)]}
    EventPayload.objects.filter(event=event).update(body=body)
    assert len([f_ for f_ in broken() if "没有删除记录" in f_.text]) == 2
    EventPayload.objects.filter(event=event).delete()  # nor does the loss of the list stop the check
    assert len([f_ for f_ in broken() if "没有删除记录" in f_.text]) == 3


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain() -> None:
    acts(20)
    total = Event.objects.count()
    wait_until_settled()
    outcomes = race(*[lambda: seal_pending(now=f.AT, limit=15)] * 3)
    assert all(isinstance(o, int) for o in outcomes), outcomes
    seal_all()
    assert Seal.objects.count() == total
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_full_rewrite_is_beyond_a_chain_that_only_its_owner_keeps(sealed: list[Event]) -> None:
    """Said openly: this is why heads are to be kept by somebody else."""
    Event.objects.filter(pk=sealed[0].pk).update(type="organisation.verify")
    Seal.objects.all().delete()
    FollowerCursor.objects.filter(name=SEALER).delete()
    seal_all()
    assert list(verify()) == []
