"""The same ledger confirmed twice at once, two ledgers with one number; each with its control without the guards."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from mengkeju.deals import actions
from mengkeju.deals.actions import ledger_write
from mengkeju.deals.models import Deal, PartyAlias, Registration
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import Event, ImportBatch
from mengkeju.kernel.testing.race import race
from tests import factories as f
from tests.deals import ledger_samples as s

pytestmark = pytest.mark.django_db(transaction=True)
PLAIN: AbstractContextManager[None] = nullcontext()


def two_ledgers(*, same: bool) -> list[ImportBatch]:
    """Two previews with one number: the same rows, or another title in the second."""
    _account, body, by = s.desk()
    rows = [s.row(1), s.row(2)]
    others = [s.row(2), s.row(1)] if same else [s.row(2), s.row(1, value="150")]
    made = [s.previewed(one, body, by) for one in (rows, others)]
    return [batches.confirm(batch, by=by, now=f.AT) for batch in made]


def run_both(made: list[ImportBatch], hold: AbstractContextManager[None] = PLAIN) -> list[Any]:
    with hold:
        return race(*[partial(running.run, batch) for batch in made])


def test_the_same_ledger_confirmed_twice_at_once_is_one() -> None:
    _account, body, by = s.desk()
    file = s.sheet([s.row(1), s.row(2)])  # once: a workbook carries the second in which it was written
    made = [s.mapped(s.uploaded(file, body, by), by) for _n in range(2)]
    outcomes = race(*[lambda batch=batch: batches.confirm(batch, by=by, now=f.AT) for batch in made])
    (lost,) = [one for one in outcomes if isinstance(one, BaseException)]
    assert isinstance(lost, batches.SameFileError)
    for batch in ImportBatch.objects.filter(state="running"):
        race(partial(running.run, batch), partial(running.run, batch))
    assert Registration.objects.count() == Deal.objects.count() == 2
    assert Event.objects.filter(type="registration.record").count() == 2


def test_two_ledgers_with_the_same_rows_give_one_registration_each() -> None:
    made = two_ledgers(same=True)
    assert [one for one in run_both(made) if isinstance(one, BaseException)] == []
    assert Registration.objects.count() == Deal.objects.count() == 2
    assert sum((s.outcomes(batch) for batch in made), start=Counter()) == {"created": 2, "unchanged": 2}


def test_two_ledgers_that_disagree_about_a_number_keep_the_first_and_say_so() -> None:
    made = two_ledgers(same=False)
    run_both(made)
    assert Registration.objects.count() == Deal.objects.count() == 2
    assert sum((s.outcomes(batch) for batch in made), start=Counter()) == {"created": 2, "unchanged": 1, "failed": 1}


@pytest.mark.postgres  # SQLite lets nobody write in the middle of somebody's portion
@pytest.mark.parametrize("same", [True, False])
def test_a_ledger_written_between_our_look_and_our_writing_is_met_and_not_called_ours(*, same: bool) -> None:
    """Both orders of the race above, without waiting for luck: the other commits just after we found nothing."""
    first, second = two_ledgers(same=same)
    look, looks = ledger_write._there, []

    def and_then_the_other(values: Mapping[str, Any]) -> Registration | None:
        looks.append(look(values))
        if len(looks) == 1:
            (outcome,) = race(partial(running.run, first))  # a connection of its own: committed when it returns
            assert not isinstance(outcome, BaseException)
        return looks[-1]

    with patch("mengkeju.deals.actions.ledger_write._there", and_then_the_other):
        running.run(second)
    assert looks[0] is None
    assert Registration.objects.count() == Deal.objects.count() == 2
    assert s.outcomes(first) == {"created": 2}
    assert s.outcomes(second) == ({"unchanged": 2} if same else {"unchanged": 1, "failed": 1})


@contextmanager
def without_the_guards() -> Iterator[None]:
    """Nobody looks, and the table takes a number and a key twice."""
    names = ("registration_number_once", "registration_ledger_once")
    rules = [c for c in Registration._meta.constraints if c.name in names]
    with connection.schema_editor() as editor:
        for rule in rules:
            editor.remove_constraint(Registration, rule)
    try:
        with (
            patch("mengkeju.deals.actions.ledger_write._there", return_value=None),
            patch("mengkeju.deals.actions.ledger._not_there", list),
            patch.object(Registration.objects, "values_list", _any_uid),
        ):
            yield
    finally:
        Registration.objects.all().delete()
        with connection.schema_editor() as editor:
            for rule in rules:
                editor.add_constraint(Registration, rule)


class _Any:
    def get(self, **given: Any) -> Any:
        found = Registration.objects.filter(**given).order_by("-pk").first()
        return found.uid if found is not None else None


def _any_uid(*_names: str, **_options: Any) -> _Any:
    return _Any()


def test_without_the_guards_a_number_would_stand_twice() -> None:
    """The control: nothing but the look before and the constraints keeps them apart."""
    made = two_ledgers(same=True)
    with without_the_guards():
        run_both(made)
        assert Registration.objects.filter(number=s.NUMBERS[0]).count() == 2


def test_the_constraint_alone_keeps_them_apart_and_says_so() -> None:
    """Whoever looked in vain because the other had not committed yet is refused, and nobody else with him."""
    made = two_ledgers(same=True)
    with (
        patch("mengkeju.deals.actions.ledger_write._there", return_value=None),
        patch("mengkeju.deals.actions.ledger._not_there", list),
    ):
        run_both(made)
    assert Registration.objects.count() == Deal.objects.count() == 2
    assert sum((s.outcomes(batch) for batch in made), start=Counter()) == {"created": 2, "failed": 2}
    assert any("另一份台账" in s.said(batch, 2)[-1][2] for batch in made if s.said(batch, 2))


def test_one_name_decided_twice_at_once_is_one_decision() -> None:
    _account, body, by = s.desk()
    one, other = f.organisation("河套演示大学甲"), f.organisation("河套演示大学乙")
    s.written(s.previewed([s.row(1)], body, by), by)
    outcomes = race(
        lambda: actions.decide_party("河套演示大学", one, by=by, now=f.AT),
        lambda: actions.decide_party("河套演示大学", other, by=by, now=f.AT),
    )
    assert len([o for o in outcomes if isinstance(o, BaseException)]) == 1
    alias = PartyAlias.objects.get()
    assert Deal.objects.get().parties.get(side="seller").organisation == alias.organisation
