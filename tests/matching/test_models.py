"""Going live, back and not at all: one model at a time, two people against the figures, and races."""

import pytest
from django.db import IntegrityError, connection, transaction

from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError, advance
from mengkeju.kernel.duties import open_for
from mengkeju.kernel.models import Event, JobLease
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.access import Perm
from mengkeju.matching.actions import compute, live, shelf
from mengkeju.matching.actions import models as steps
from mengkeju.matching.engine import families
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.models import MatchModel, Proposal, Waiting
from mengkeju.matching.queries import models as queries
from tests import factories
from tests.access_forms import assert_forms_agree
from tests.matching import models_world as m
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
POOR = {"labels": 3}


def states() -> dict[str, str]:
    return dict(MatchModel.objects.values_list("version", "state"))


def test_one_is_live_at_a_time_and_the_rest_waits_to_be_matched() -> None:
    world.matched()
    assert queries.in_use().is_shipped
    first, second = m.candidate("first", text=1.1), m.candidate("second", text=1.2)
    operator = factories.actor(factories.operator())
    steps.move(first, "go_live", by=operator, now=m.AT)
    assert Waiting.objects.count() == 9
    with pytest.raises(TransitionRefusedError, match="请重新比较"):
        steps.move(second, "go_live", by=operator, now=m.AT)
    assert states() == {"first": "live", "second": "candidate"}, "the refusal undoes the replacement"
    second.facts["live"]["version"] = "first"
    second.save(update_fields=["facts"])
    steps.move(second, "go_live", by=operator, now=m.AT)
    assert states() == {"first": "retired", "second": "live"}
    assert queries.in_use().version == "second"
    told = Event.objects.get(type="match_model.go_live", subject_uid=second.uid).payload.body
    assert told["live"] == "first"
    assert not queries.in_use().is_shipped


def test_every_process_notices_that_another_model_is_live() -> None:
    """Nobody tells the process that holds a fitted shelf; the digest it compares has changed."""
    world.matched()
    held = shelf.fitted()
    assert shelf.fitted() is held
    model = m.candidate("other", text=3.0)
    assert shelf.fitted() is held
    m.live(model)
    assert shelf.fitted() is not held
    assert shelf.fitted().ranker.version.startswith("other+signals-learned+")
    compute.compute_waiting(now=m.AT)
    assert set(Proposal.objects.filter(retired_at=None).values_list("model_version", flat=True)) == {
        shelf.fitted().ranker.version
    }


def test_learned_weights_of_signals_are_in_the_sum_that_explains_the_score() -> None:
    world.shelf()
    m.live(m.candidate("loud", signals=2.0))
    fitted = shelf.fitted()
    need = fitted.documents(Side.NEED)[0]
    plain = families.ranker(fitted.ranker.corpus, families.shipped())
    ours, theirs = (r.rank(need, today=m.AT.date(), k=1)[0] for r in (fitted.ranker, plain))
    assert sum(c.value for c in ours.contributions) == pytest.approx(ours.score, abs=1e-9)
    parts = [{c.key: c.value for c in r.contributions} for r in (ours, theirs)]
    assert parts[0]["area"] > parts[1]["area"] > 0


def test_against_the_figures_it_takes_two_operators_and_reasons() -> None:
    world.shelf()
    one, two = (factories.actor(factories.operator()) for _ in range(2))
    model = m.candidate("poor", facts=POOR)
    with pytest.raises(TransitionRefusedError, match="至少要 200 个"):
        steps.move(model, "go_live", by=one, now=m.AT)
    with pytest.raises(TransitionRefusedError, match="理由"):
        steps.move(model, "ask_override", by=one, now=m.AT)
    with pytest.raises(RefusedError):
        steps.move(model, "ask_override", by=SYSTEM, now=m.AT, note="命令行也想")
    steps.move(model, "ask_override", by=one, now=m.AT, note="试点单位要求先用")
    assert open_for(two).filter(key="confirm_model_override").exists()
    with pytest.raises(RefusedError):
        steps.move(model, "confirm_override", by=one, now=m.AT, note="我自己同意")
    assert live.key() == ""
    with pytest.raises(TransitionRefusedError, match="理由"):
        steps.move(model, "confirm_override", by=two, now=m.AT)
    steps.move(model, "confirm_override", by=two, now=m.AT, note="看过模型卡，同意试用一个月")
    assert states() == {"poor": "live"}
    assert not open_for(two).filter(key="confirm_model_override").exists()


def test_an_override_may_be_dropped_and_a_model_refused_for_good() -> None:
    one = factories.actor(factories.operator())
    model = m.candidate("poor", facts=POOR)
    steps.move(model, "ask_override", by=one, now=m.AT, note="想试")
    steps.move(model, "drop_override", by=one, now=m.AT, note="算了")
    with pytest.raises(TransitionRefusedError, match="理由"):
        steps.move(model, "refuse", by=one, now=m.AT)
    steps.move(model, "refuse", by=one, now=m.AT, note="标注太少")
    for step in ("go_live", "roll_back", "ask_override"):
        with pytest.raises(TransitionRefusedError):
            steps.move(model, step, by=one, now=m.AT, note="还是想")
    with pytest.raises(TransitionRefusedError):
        steps.move(model, "replace", by=one, now=m.AT)
    with pytest.raises(TransitionRefusedError):
        steps.move(model, "nonsense", by=one, now=m.AT)


def test_going_back_needs_a_reason_and_replaces_the_live_one() -> None:
    world.shelf()
    first, second = m.candidate("first", text=1.1), m.candidate("second", text=1.2)
    m.live(first)
    MatchModel.objects.filter(pk=second.pk).update(
        facts={**second.facts, "live": {**second.facts["live"], "version": "first"}}
    )
    second.refresh_from_db()
    m.live(second)
    first.refresh_from_db()
    with pytest.raises(TransitionRefusedError, match="理由"):
        steps.move(first, "roll_back", by=SYSTEM, now=m.AT)
    steps.move(first, "roll_back", by=SYSTEM, now=m.AT, note="新的不好")
    assert states() == {"first": "live", "second": "retired"}


def test_a_page_that_is_older_than_the_model_changes_nothing() -> None:
    model = m.candidate("first")
    with pytest.raises(StaleRevisionError):
        steps.move(model, "go_live", by=SYSTEM, now=m.AT, revision=model.revision + 1)
    assert states() == {"first": "candidate"}


def test_the_database_itself_allows_one_live_model() -> None:
    """What the locks prevent is refused by the table as well."""
    first, second = m.candidate("first", text=1.1), m.candidate("second", text=1.2)
    m.live(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchModel.objects.filter(pk=second.pk).update(state="live")


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_at_once_one_is_told_that_the_other_was_quicker() -> None:
    world.shelf()
    operators = [factories.actor(factories.operator()) for _ in range(2)]
    models = [m.candidate("first", text=1.1), m.candidate("second", text=1.2)]

    def act(model: MatchModel, by: Actor) -> str:
        return steps.move(MatchModel.objects.get(pk=model.pk), "go_live", by=by, now=m.AT).type

    found = race(*(lambda a=a, b=b: act(a, b) for a, b in zip(models, operators, strict=True)))
    assert sorted(type(x).__name__ for x in found) == ["TransitionRefusedError", "str"], found
    assert sorted(states().values()) == ["candidate", "live"]
    assert JobLease.objects.filter(key="matching.compute", waiting=True).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_guards_both_would_go_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """The race above is one: without lock, comparison and constraint two models are live."""
    models = [m.candidate("first", text=1.1), m.candidate("second", text=1.2)]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX match_model_one_live")
    try:
        monkeypatch.setattr(queries, "in_use", lambda: queries.InUse(families.shipped().version, None))
        found = race(*(lambda a=a: steps.move(a, "go_live", by=SYSTEM, now=m.AT).type for a in models))
        assert found == ["match_model.go_live"] * 2
        assert list(states().values()) == ["live", "live"]
    finally:
        MatchModel.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX match_model_one_live ON matching_matchmodel (state) WHERE state = 'live'"
            )


def test_who_may_see_and_do_what() -> None:
    one = factories.operator()
    people = {
        "anonymous": ANONYMOUS,
        "system": SYSTEM,
        "operator": factories.actor(one),
        "other operator": factories.actor(factories.operator()),
        "auditor": factories.actor(factories.auditor()),
        "officer": factories.actor(factories.officer()),
        "broker": factories.actor(factories.broker()),
        "firm": factories.actor(factories.manager(factories.organisation())),
    }
    model, _other = m.candidate("asked", facts=POOR), m.candidate("never asked")
    steps.move(model, "ask_override", by=people["operator"], now=m.AT, note="想试")
    kept = [Perm.MODEL_READ, Perm.MODEL_TRAIN, Perm.MODEL_ACTIVATE, Perm.MODEL_OVERRIDE, Perm.MODEL_CONFIRM]
    assert_forms_agree(kept, people, MatchModel.objects.all())
    assert {n for n, a in people.items() if may(a, Perm.MODEL_READ, model)} == {
        "system", "operator", "other operator", "auditor",
    }  # fmt: skip
    assert {n for n, a in people.items() if may(a, Perm.MODEL_CONFIRM, model)} == {"other operator"}
    with pytest.raises(RefusedError):
        advance(model, "refuse", by=people["auditor"], now=m.AT, note="不行")


def test_asking_for_training_queues_one_task() -> None:
    operator = factories.actor(factories.operator())
    with pytest.raises(RefusedError):
        steps.ask_training(by=factories.actor(factories.auditor()), now=m.AT)
    model = m.candidate("first")
    for _ in range(2):
        steps.ask_training(by=operator, now=m.AT)
    m.live(model)
    with pytest.raises(TransitionRefusedError, match="只有候选"):
        steps.ask_comparison(model, by=operator, now=m.AT)
