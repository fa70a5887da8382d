"""Who may see and move an intention; the rule on a page and in a list is one."""

from dataclasses import replace

import pytest

from mengkeju.deals import actions
from mengkeju.deals.access import Perm
from mengkeju.deals.models import Intention, Message
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def actors(pair: s.Pair, broker: Actor) -> dict[str, Actor]:
    """One of each; `stranger` is of a third organisation, `other broker` introduced nobody."""
    return {
        "visitor": ANONYMOUS,
        "declaring": f.actor(f.member(pair.institute)),
        "answering": f.actor(f.member(pair.firm)),
        "stranger": listings.manager_of(f.organisation()),
        "broker": broker,
        "other broker": f.actor(f.broker()),
        "officer": listings.reviewer(),
        "auditor": f.actor(f.auditor()),
        "operator": f.actor(f.operator()),
        "platform": SYSTEM,
    }


WHO = {
    Perm.READ: {"declaring", "answering", "broker", "auditor"},
    Perm.ANSWER: {"answering"},
    Perm.TALK: {"declaring", "answering"},
    Perm.WRITE: {"declaring", "answering", "broker"},
    Perm.WITHDRAW: {"declaring"},
    Perm.CONFIRM: {"declaring", "answering"},
    Perm.LAPSE: {"platform"},
}


def test_who_may_what_on_an_introduced_intention() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    intention, people = pair.introduced(broker), actors(pair, broker)
    for permission, wanted in WHO.items():
        assert {name for name, actor in people.items() if may(actor, permission, intention)} == wanted, permission
    message = actions.write_message(intention, "你们好", by=broker, now=s.NOW)
    assert {name for name, actor in people.items() if may(actor, Perm.READ_MESSAGE, message)} == WHO[Perm.READ]
    assert {name for name, actor in people.items() if may(actor, Perm.INTRODUCE)} == {"broker", "other broker"}


def test_suspended_people_read_and_do_nothing() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    intention = pair.introduced(broker)
    acts = (Perm.ANSWER, Perm.TALK, Perm.WRITE, Perm.WITHDRAW, Perm.CONFIRM, Perm.DECLARE, Perm.INTRODUCE)
    people = {name: actor for name, actor in actors(pair, broker).items() if not actor.system}
    for lame in (
        {name: replace(actor, suspended=True) for name, actor in people.items()},
        {name: replace(actor, second_factor_missing=True) for name, actor in people.items()},
    ):
        for permission in acts:
            assert [name for name, actor in lame.items() if may(actor, permission, intention)] == [], permission


def test_page_and_list_agree() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    introduced, plain = pair.introduced(broker), pair.declared()
    people = actors(pair, broker)
    messages: list[Message] = [
        actions.write_message(i, "你们好", by=pair.of_firm, now=s.NOW) for i in (introduced, plain)
    ]
    pair.bring(plain, "ready")
    others = ("deals.message", "deals.listing", "deals.claim", "deals.stall:", "deals.board", "deals.stalled:")
    on_intention = [p for p in Perm if not p.startswith(others)]
    assert listings.disagreements(on_intention, people, Intention.objects.all()) == []
    assert listings.disagreements([Perm.READ_MESSAGE], people, messages) == []
