"""Training on outcomes in the database: the whole way from what people did to a model that is live, and back."""

import json
from datetime import timedelta

import pytest

from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from mengkeju.matching import tasks
from mengkeju.matching.actions import compute, live, shelf, training
from mengkeju.matching.actions import models as steps
from mengkeju.matching.engine import families, model_files
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.model_files import ModelFileError
from mengkeju.matching.models import MatchModel, Proposal, Waiting
from tests import factories
from tests.matching import models_world as m
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]


def ranking() -> dict[str, list[tuple[str, float, str]]]:
    """The ranked list of every need, computed now."""
    fitted = shelf.fitted()
    return {
        need.id: [(r.id, r.expected, r.model_version) for r in fitted.ranker.rank(need, today=m.AT.date())]
        for need in fitted.documents(Side.NEED)
    }


def test_from_outcomes_to_a_live_model_and_back_to_the_very_ranking() -> None:
    needs, offers = m.shelf()
    m.simulate(needs, offers)
    before = ranking()
    made = training.train(by=SYSTEM, now=m.AT)
    assert made.model is not None
    assert made.facts["labels"] >= 200
    assert made.facts["held_needs"] >= 5
    mine, theirs = made.facts["measures"], made.facts["live"]["measures"]
    assert mine["log_loss"] < theirs["log_loss"], "the invented set is cleaner than the benchmark: there is to learn"
    assert made.hindrances == ()
    assert MatchModel.objects.get().state == "candidate", "it never goes live by itself"
    assert ranking() == before

    steps.move(made.model, "go_live", by=SYSTEM, now=m.AT)
    after = ranking()
    assert {row[2].split("+")[0] for rows in after.values() for row in rows} == {made.version}
    assert after != before
    assert Waiting.objects.count() == Listing.objects.filter(state="published").count()

    steps.move(MatchModel.objects.get(), "retire", by=SYSTEM, now=m.AT, note="先回到原来的")
    assert ranking() == before
    steps.move(MatchModel.objects.get(), "roll_back", by=SYSTEM, now=m.AT, note="再用回来")
    assert ranking() == after


def test_outcomes_against_all_sense_do_not_get_through_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trained on needs whose people take up the worst; the latest needs, where it is measured, are sensible."""
    needs, offers = m.shelf()
    wrong = dict(list(needs.items())[:20])
    m.simulate(wrong, offers, upside_down=True)
    m.simulate({key: row for key, row in needs.items() if key not in wrong}, offers)
    made = training.train(by=SYSTEM, now=m.AT)
    assert made.model is not None
    assert any("差过了" in reason for reason in made.hindrances)
    with pytest.raises(TransitionRefusedError, match="还不能上线"):
        steps.move(made.model, "go_live", by=SYSTEM, now=m.AT)
    assert live.key() == ""


def test_the_same_record_gives_the_same_numbers_and_stores_them_once() -> None:
    needs, offers = m.shelf(6)
    m.simulate(needs, offers)
    first = training.train(by=SYSTEM, now=m.AT)
    again = training.train(by=SYSTEM, now=m.AT)
    assert first.model is not None
    assert again.again
    assert again.model == first.model
    assert again.facts["numbers"] == first.facts["numbers"]
    dry = training.train(by=SYSTEM, now=m.AT, store=False)
    assert dry.model is None
    assert MatchModel.objects.count() == 1
    assert any("至少要 200 个" in reason for reason in first.hindrances)
    assert "标注还不够" in first.card


def test_without_outcomes_there_is_nothing_to_train_on() -> None:
    world.shelf()
    made = training.train(by=SYSTEM, now=m.AT)
    assert made.model is None
    assert made.facts["labels"] == 0
    assert not MatchModel.objects.exists()
    factories.areas()
    assert tasks.train.call() == "没有可用的标注，没有训练出模型"


def test_good_words_teach_and_a_suppliers_own_neither_counts_as_enough_nor_measures() -> None:
    needs, offers = m.shelf(6)
    broker = factories.person(factories.broker())
    pairs = list(zip(needs.values(), offers.values(), strict=False))
    for at, (need, offer) in enumerate(pairs):
        row = m.proposal(need, offer)
        m.say(row, reason="suits" if at % 2 else "off_direction", by=broker, at=m.AT + timedelta(days=at))
        m.say(row, reason="suits", by=offer.owner, side="achievement", at=m.AT + timedelta(days=at))
    facts = training.train(by=SYSTEM, now=m.AT, store=False).facts
    assert len(pairs) == 6
    assert (facts["sources"]["topic"], facts["sources"]["suits"], facts["sources"]["suits_own"]) == (3, 3, 6)
    assert facts["labels"] == facts["found"] == 6
    assert facts["held_pairs"] == len(facts["held"]) > 0


def test_a_closed_need_still_teaches_and_an_archived_one_does_not() -> None:
    needs, offers = m.shelf(3)
    m.simulate(needs, offers)
    whole = training.train(by=SYSTEM, now=m.AT, store=False).facts
    closed, archived, _other = needs.values()
    Listing.objects.filter(pk=closed.pk).update(state="closed")
    assert training.train(by=SYSTEM, now=m.AT, store=False).facts["labels"] == whole["labels"]
    account = factories.account()
    Listing.objects.filter(pk=archived.pk).update(archived_at=m.AT, archived_by=account)
    less = training.train(by=SYSTEM, now=m.AT, store=False).facts
    assert less["labels"] < whole["labels"]
    assert less["unreadable"] == whole["labels"] - less["labels"]
    assert less["found"] == whole["found"]


def test_no_need_stands_on_both_sides_and_the_file_holds_no_text() -> None:
    needs, offers = m.shelf(8)
    m.simulate(needs, offers)
    made = training.train(by=SYSTEM, now=m.AT)
    assert made.model is not None
    held = set(made.facts["held"])
    assert held
    assert held < {str(need.uid) for need in needs.values()}
    assert str(list(needs.values())[-1].uid) in held, "the latest"
    content = bytes(made.model.content).decode()
    assert not any(row.title in content for row in (*needs.values(), *offers.values()))
    assert not any(row.title in made.card for row in (*needs.values(), *offers.values()))


def test_a_candidate_is_compared_again_when_another_model_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = m.shelf(8)
    m.simulate(needs, offers)
    m.patch_gate(monkeypatch)
    made = training.train(by=SYSTEM, now=m.AT)
    assert made.model is not None
    other = m.candidate("other")
    m.live(other)
    with pytest.raises(TransitionRefusedError, match="请重新比较"):
        steps.move(made.model, "go_live", by=SYSTEM, now=m.AT)
    assert training.compare(made.model, by=SYSTEM, now=m.AT) == []
    steps.move(MatchModel.objects.get(pk=made.model.pk), "go_live", by=SYSTEM, now=m.AT)
    assert MatchModel.objects.get(pk=other.pk).state == "retired"
    assert tasks.compare.call(str(made.model.uid)) == "这个模型已不是候选，没有比较"
    with pytest.raises(TransitionRefusedError):
        training.compare(other, by=SYSTEM, now=m.AT)


def test_only_those_who_may_train() -> None:
    with pytest.raises(RefusedError):
        training.train(by=factories.actor(factories.auditor()), now=m.AT)


def test_the_nightly_task_trains_only_when_enough_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = m.shelf(8)
    m.simulate(needs, offers)
    assert tasks.train_when_due.call() == "新的标注还不够，没有训练"
    m.patch_gate(monkeypatch, retrain_from=5)
    assert tasks.train_when_due.call().startswith("训练出候选 site-")
    assert tasks.train_when_due.call() == "新的标注还不够，没有训练"
    rows = list(Proposal.objects.filter(feedback=None)[:5])
    for row in rows:
        m.say(row, reason="off_direction", at=m.AT + timedelta(days=1))
    assert tasks.train_when_due.call().startswith("训练出候选 site-")
    assert MatchModel.objects.filter(state="candidate").count() == 2
    assert "mengkeju.matching.tasks.train_when_due" in nightly.values()


def test_a_file_of_another_version_is_refused_at_every_door() -> None:
    world.shelf()
    model = m.candidate("foreign")
    head, _newline, body = bytes(model.content).partition(b"\n")
    told = json.loads(head)
    for changed, words in (
        ({"schema_version": 2}, "只读第 1 版"),
        ({"engine": "2031-01"}, "另一版匹配程序"),
        ({"family": "oracle"}, "不认识“oracle”"),
        ({"features": told["features"][1:]}, "title_chars"),
        ({"signals": [*told["signals"], "luck"]}, "luck"),
        ({"schema": "something.else"}, "不是蒙科聚的匹配模型文件"),
        ({"sha256": "0" * 64}, "摘要不符"),
    ):
        content = json.dumps({**told, **changed}).encode() + b"\n" + body
        with pytest.raises(ModelFileError, match=words):
            families.load(content)
        with pytest.raises(ModelFileError, match=words):
            training.bring(content, by=SYSTEM, now=m.AT)
        MatchModel.objects.filter(pk=model.pk).update(content=content)
        with pytest.raises(TransitionRefusedError, match=words):
            steps.move(MatchModel.objects.get(pk=model.pk), "go_live", by=SYSTEM, now=m.AT)
    assert live.key() == ""


def test_a_live_file_the_program_cannot_read_any_more_gives_way_to_the_shipped_one() -> None:
    """The program was updated under a live model: matching goes on with the shipped one."""
    world.matched()
    before = list(Proposal.objects.order_by("pk").values_list("expected", "model_version"))
    model = m.candidate("old", text=2.0)
    m.live(model)
    head, _newline, body = bytes(model.content).partition(b"\n")
    old = json.dumps({**json.loads(head), "engine": "2020-01"}).encode() + b"\n" + body
    MatchModel.objects.filter(pk=model.pk).update(content=old)
    shelf.forget()
    compute.match_all(now=m.AT)
    assert list(Proposal.objects.order_by("pk").values_list("expected", "model_version")) == before
    assert model_files.refuse(old)
    assert live.in_use().version == families.shipped().version


def test_a_model_travels_as_a_file() -> None:
    needs, offers = m.shelf(6)
    m.simulate(needs, offers)
    made = m.candidate("from-elsewhere", text=1.5)
    content = bytes(made.content)
    MatchModel.objects.all().delete()
    brought = training.bring(content, by=SYSTEM, now=m.AT)
    assert brought.state == "candidate"
    assert brought.trained_at is None
    assert brought.facts["measures"]["log_loss"] > 0
    assert training.bring(content, by=SYSTEM, now=m.AT) == brought
