import pytest

from mengkeju.deals import actions, queries
from mengkeju.kernel.access import ANONYMOUS
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def test_each_side_finds_its_own() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    plain, introduced = pair.declared(), pair.introduced(broker)
    stranger = listings.manager_of(f.organisation())
    for actor in (pair.of_firm, pair.of_institute, f.actor(f.auditor())):
        assert {i.pk for i in queries.intentions(actor)} == {plain.pk, introduced.pk}
    assert [i.pk for i in queries.intentions(broker)] == [introduced.pk]
    for actor in (stranger, ANONYMOUS, listings.reviewer()):
        assert not queries.intentions(actor)
        assert queries.find(actor, plain.uid) is None
    assert queries.find(pair.of_firm, plain.uid) == plain


def test_on_a_listing_as_target_or_as_counter() -> None:
    pair = s.pair()
    both = pair.declared(counter=pair.achievement)
    assert list(queries.on_listing(pair.of_firm, pair.need)) == [both]
    assert list(queries.on_listing(pair.of_firm, pair.achievement)) == [both]
    assert not queries.on_listing(listings.manager_of(f.organisation()), pair.need)


def test_the_open_one_between_us_and_a_target() -> None:
    pair = s.pair()
    assert queries.open_between(pair.of_institute, pair.need) is None
    intention = pair.declared()
    assert queries.open_between(pair.of_institute, pair.need) == intention
    assert queries.open_between(pair.of_firm, pair.need) is None
    assert queries.open_between(ANONYMOUS, pair.need) is None
    pair.bring(intention, "ready")
    assert queries.open_between(pair.of_institute, pair.need) == intention
    other = pair.declared(counter=pair.achievement)
    pair.bring(other, "withdrawn")
    assert queries.open_between(pair.of_institute, pair.need) == intention


def test_contacts_by_state() -> None:
    pair = s.pair()
    both = [pair.institute.name, pair.firm.name]
    shown = {
        "declared": both[:1],
        "accepted": both,
        "talking": both,
        "ready": both,
        "lapsed": both[:1],
        "declined": both[:1],
        "withdrawn": both[:1],
    }
    for state, names in shown.items():
        counter = pair.achievement if state in {"declared", "talking"} else None
        intention = pair.bring(pair.declared(counter=counter), state)
        assert [name for name, _card in queries.contacts(pair.of_institute, intention)] == names, state
        for end in {"declared": "withdraw", "accepted": "stop", "talking": "stop"}.get(state, "").split():
            actions.move_intention(intention, end, by=pair.of_institute, now=s.NOW, note="结束", reason="too_early")
        if state == "ready":
            break
    assert queries.contacts(f.actor(f.broker()), pair.declared(counter=pair.achievement)) == []


def test_a_longer_list_takes_no_more_queries() -> None:
    pair = s.pair()
    client = pair.client("institute")
    counts = []
    for how_many in (2, 8):
        for _n in range(how_many):
            firm = f.organisation()
            pair.declared(target=listings.published(firm))
        for address in ("/intentions/", "/workbench/"):
            client.get(address)
            counts.append(listings.queries_of(lambda address=address: client.get(address)))  # type: ignore[misc]  # called at once
    assert counts[:2] == counts[2:]


def test_a_longer_thread_takes_no_more_queries() -> None:
    pair = s.pair()
    intention, client = pair.declared(), pair.client("firm")
    counts = []
    for how_many in (2, 20):
        for n in range(how_many):
            actions.write_message(intention, f"第 {n} 条", by=pair.of_institute, now=s.NOW)
        client.get(intention.get_absolute_url())
        counts.append(listings.queries_of(lambda: client.get(intention.get_absolute_url())))
    assert counts[0] == counts[1]
