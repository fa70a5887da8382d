"""A POST that arrives twice is carried out once."""

import time
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor
from mengkeju.kernel.actions import begin
from mengkeju.kernel.idempotency import new_key, once
from mengkeju.kernel.models import Event, OneTimeKey
from mengkeju.kernel.testing.race import race
from tests import factories as f

pytestmark = pytest.mark.django_db
NAME = "演示双击单位（演示）"


def maker(by: Actor = SYSTEM, *, pause: float = 0.0, code: str = "") -> Callable[[], Organisation]:
    def create() -> Organisation:
        given = Organisation(name=NAME, kind="enterprise", area=f.KUNDULUN, credit_code=code)
        made = begin(given, by=by, now=f.AT, payload={})
        time.sleep(pause)
        return made

    return create


def fail() -> Organisation:
    raise ValidationError("少一项")


def count() -> int:
    return Organisation.objects.filter(name=NAME).count()


def test_keys_differ_and_fit() -> None:
    assert new_key() != new_key()
    assert len(new_key()) <= 80


def test_the_second_arrival_gets_the_first_result() -> None:
    actor, key = f.actor(f.account()), new_key()
    first, repeated = once(actor, key, maker())
    again, repeated_again = once(actor, key, maker())
    assert (repeated, repeated_again) == (False, True)
    assert first.pk == again.pk
    assert count() == 1


def test_another_key_and_another_account_are_apart() -> None:
    actor, other, key = f.actor(f.account()), f.actor(f.account()), new_key()
    once(actor, key, maker())
    once(actor, new_key(), maker())
    once(other, key, maker())
    assert count() == 3


def test_without_a_key_or_an_account_it_is_simply_done() -> None:
    once(f.actor(f.account()), "", maker())
    once(ANONYMOUS, "k", maker())
    assert count() == 2
    assert not OneTimeKey.objects.exists()


def test_a_failed_act_keeps_no_key_so_that_the_mended_form_goes_through() -> None:
    actor, key = f.actor(f.account()), new_key()
    with pytest.raises(ValidationError, match="少一项"):
        once(actor, key, fail)
    made, repeated = once(actor, key, maker())
    assert (made.name, repeated) == (NAME, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["", "91999900MA0Y0001XE"], ids=["plain", "with a unique column"])
def test_a_double_click_makes_one_row_and_both_see_it(code: str) -> None:
    """With a unique column the loser fails inside its own act, not at the key; it still gets the first result."""
    actor, key = f.actor(f.account()), new_key()
    outcomes = race(*[lambda: once(actor, key, maker(pause=0.1, code=code))] * 2)
    made = [o for o in outcomes if isinstance(o, tuple)]
    assert len(made) == 2, outcomes
    assert {o[0].uid for o in made} == {Organisation.objects.get(name=NAME).uid}
    assert sorted(o[1] for o in made) == [False, True]
    assert Event.objects.filter(type="organisation.created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_key_a_double_click_makes_two_rows() -> None:
    actor = f.actor(f.account())
    race(*[lambda: once(actor, "", maker(pause=0.1))] * 2)
    assert count() == 2
