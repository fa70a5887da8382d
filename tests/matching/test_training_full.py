"""The family of full models on a site: trained, gated, live, explained, gone back from, refused where it must be."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from mengkeju.kernel.access import SYSTEM, Actor
from mengkeju.kernel.models.record import new_uid
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from mengkeju.matching import commands_train, queries, tasks
from mengkeju.matching.actions import compute, live, shelf, training
from mengkeju.matching.actions import models as steps
from mengkeju.matching.engine import families, full, full_words, model_files
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.full_live import Live
from mengkeju.matching.engine.levels import deciding
from mengkeju.matching.engine.model_files import ModelFileError
from mengkeju.matching.models import Feedback, MatchModel, Proposal, Waiting
from mengkeju.matching.queries import learned, outcomes, reasons, sums
from mengkeju.matching.queries import models as known
from tests import factories, tokens
from tests.calls import get
from tests.listings.samples import text
from tests.matching import models_world as m

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
PAGE = "/match-models/"
Shelf = tuple[dict[str, Listing], dict[str, Listing]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", 20)
    monkeypatch.setattr(full, "BAGS", 1)
    shelf.forget()


@pytest.fixture
def taught() -> Shelf:
    """Six needs with what people said of their achievements."""
    needs, offers = m.shelf(6)
    m.simulate(needs, offers)
    return needs, offers


def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without LightGBM."""
    for module in (model_files, full):
        monkeypatch.setattr(module, "find_spec", lambda _name: None)


def train() -> MatchModel:
    made = training.train(by=SYSTEM, now=m.AT, family=families.FULL)
    assert made.model is not None
    return made.model


def go_live(monkeypatch: pytest.MonkeyPatch, *, match: bool = True) -> MatchModel:
    m.patch_gate(monkeypatch, least_full=10, margins={})
    model = train()
    m.live(model)
    if match:
        compute.match_all(now=m.AT)
    return MatchModel.objects.get(pk=model.pk)


def of(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def rows_now() -> list[tuple[Any, ...]]:
    rows = Proposal.objects.filter(retired_at=None).order_by("need", "achievement")
    return list(rows.values_list("need", "achievement", "expected", "model_version"))


def test_from_outcomes_to_a_live_full_model_and_back(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    compute.match_all(now=m.AT)
    before = rows_now()
    m.patch_gate(monkeypatch, least_full=10, margins={})
    made = training.train(by=SYSTEM, now=m.AT, family=families.FULL)
    assert made.model is not None
    assert made.model.family == "full"
    assert made.version.endswith("-full")
    assert made.facts["measures"]["log_loss"] > 0
    assert 0 < made.facts["full"]["pairs"] < made.facts["labels"], "the latest needs are held back"
    assert "LightGBM" in made.card
    assert "高斯过程" in made.card
    assert not any(row.title in made.card for rows in taught for row in rows.values())
    assert made.hindrances == ()
    m.live(made.model)
    assert Waiting.objects.exists()
    compute.match_all(now=m.AT)
    assert {row[3].split("+")[0] for row in rows_now()} == {made.version}
    deep = shelf.fitted().ranker.deep
    assert deep is not None
    taken_back(deep)
    steps.move(MatchModel.objects.get(), "retire", by=SYSTEM, now=m.AT, note="先回到原来的")
    compute.match_all(now=m.AT)
    assert rows_now() == before
    steps.move(MatchModel.objects.get(), "roll_back", by=SYSTEM, now=m.AT, note="再用回来")
    assert shelf.fitted().ranker.deep is not None


def taken_back(deep: Live) -> None:
    """Words taken back say nothing any more once the shelf is fitted again."""
    words = Feedback.objects.filter(proposal__need__uid=deep.needs[0])
    pairs = {(str(x.proposal.need.uid), str(x.proposal.achievement.uid)) for x in words}
    levels = outcomes.judged_pairs()
    assert pairs
    assert {levels[pair] for pair in pairs} == {1}
    words.update(withdrawn_at=m.AT)
    levels = outcomes.judged_pairs()
    assert {levels.get(pair) for pair in pairs} <= {None, 2}, "opened, and nothing more"
    shelf.forget()
    less = shelf.fitted().ranker.deep
    assert less is not None
    assert less.known == deep.known - len(pairs)
    words.update(withdrawn_at=None)
    shelf.forget()


def test_what_is_stored_and_what_each_reader_sees_adds_up(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = taught
    go_live(monkeypatch)
    rows = list(Proposal.objects.filter(retired_at=None))
    assert rows
    for row in rows:
        adds_up(row)
    need, listed = next(iter(needs.values())), Proposal.objects.filter(achievement_rank__isnull=False, retired_at=None)
    offer = next(x for x in offers.values() if listed.filter(achievement=x).exists())
    mine, theirs = keys(of(need), need), keys(factories.actor(factories.broker()), need)
    assert any(key.startswith(full_words.NAMED) for key in mine)
    assert "judged:near" not in mine, "one firm alone is behind all of them"
    assert "judged:rest" in mine
    assert not any(key.startswith(full_words.NAMED) for key in theirs)
    assert "judged:own" in theirs, "who sees the list of a need may know that it was judged"
    assert not {"judged:own", "around"} & keys(of(offer), offer)
    on_the_page_and_in_the_api(need)
    assert "2、3、4 级各有一个合计" in text(Client().get(reverse("match-how")))
    for side in Side:
        for document in shelf.fitted().documents(side)[:2]:
            itself_stays(document)


def adds_up(row: Proposal) -> None:
    """A stored pair: every level to 1e-6, the level that decides is the median's."""
    why, chances = reasons.read(row), (row.p2, row.p3, row.p4)
    made = sums.sums(why)
    assert made is not None
    assert made.decides is not None
    assert sum(sums.values(why)) == pytest.approx(why["score"], abs=1e-6)
    assert made.cuts[made.decides - 2] == 0
    assert made.chances == pytest.approx(chances, abs=2e-6)
    assert made.decides == deciding(learned.level_sums(why, learned.common(why))) == max(2, made.level)
    assert {made.decides, *(each.level for each in made.others)} == {2, 3, 4}
    for each in made.others:
        assert sum(part.value for part in each.parts) == pytest.approx(each.score, abs=1e-6)
        assert sums.chances(each.score, [0.0])[0] == pytest.approx(chances[each.level - 2], abs=2e-6)


def keys(actor: Actor, listing: Listing) -> set[str]:
    """The keys of all parts a reader sees on a list; they add up for him too, also as shown."""
    cards = [*queries.proposals_for(actor, listing), *queries.show_more(actor, listing)]
    assert cards
    for card in cards:
        assert card.sums is not None
        assert sum(part.value for part in card.sums.parts) == pytest.approx(card.sums.score, abs=1e-6)
        shown = sum(float(part.shown.replace("−", "-")) for part in card.sums.parts)
        assert shown == pytest.approx(float(card.sums.total.replace("−", "-")), abs=2e-6)
    return {part.key for card in cards if card.sums for part in card.sums.parts}


def on_the_page_and_in_the_api(need: Listing) -> None:
    """The level that decides comes first, the others can be opened."""
    assert need.owner is not None
    manager, address = factories.manager(need.owner), reverse("listing-matches", args=[need.uid])
    page = text(factories.signed_in_client(manager).get(address, {"more": "1"}))
    for words in ("这个模型给每一级各算一个合计", "底数：起点", "级及以上：合计", "判断记录："):
        assert words in page
    items = get(tokens.client_of(manager), f"/listings/{need.uid}/matches", below_bands=True).json()["items"]
    assert items
    for item in items:
        assert item["decides"] == max(2, item["level"])
        assert sum(part["value"] for part in item["parts"]) == pytest.approx(item["score"], abs=1e-6)
        for cut, chance in zip(item["cuts"], item["probabilities"], strict=True):
            assert sums.chances(item["score"], [cut])[0] == pytest.approx(chance, abs=1e-6)
        assert {each["level"] for each in item["other_levels"]} == {2, 3, 4} - {item["decides"]}
        for each in item["other_levels"]:
            assert sum(part["value"] for part in each["parts"]) == pytest.approx(each["score"], abs=1e-6)


def itself_stays(document: Document) -> None:
    """No pair is told its own judgement as a reason."""
    for ranked in shelf.fitted().ranker.rank(document, today=m.AT.date(), k=5):
        assert ranked.told is not None
        pair = (document.id, ranked.id) if document.side is Side.NEED else (ranked.id, document.id)
        assert pair not in {named[:2] for named in ranked.told.named}


@pytest.mark.parametrize(
    ("owners", "side", "hidden"),
    [
        ({"near": 3, "same": 2}, "need", ["judged:same"]),
        ({"near": 2, "same": 3}, "need", ["judged:near", "around"]),
        ({"near": 3, "same": 3}, "achievement", ["judged:own", "around"]),
        ({}, "", ["judged:near", "judged:same", "judged:own", "around"]),
    ],
)
def test_judgements_of_others_stand_alone_once_enough_owners_are_behind(
    owners: dict[str, int], side: str, hidden: list[str]
) -> None:
    assert learned._hidden(owners, side) == hidden


@pytest.mark.usefixtures("taught")
def test_without_the_library_the_site_goes_on_with_the_shipped_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model = go_live(monkeypatch, match=False)
    client = factories.signed_in_client(factories.operator())
    assert "训练一个完整模型" in text(client.get(PAGE))
    lacking(monkeypatch)
    shelf.forget()
    known._hindrance.cache_clear()
    assert live.in_use().version == families.shipped().version
    assert shelf.fitted().ranker.deep is None
    page = text(client.get(PAGE))
    assert "暂用随附模型" in page
    assert "mengkeju[learning]" in page
    assert "训练一个完整模型" not in page
    assert "没有安装" in text(client.post(f"{PAGE}train/", {"family": "full"}, follow=True))
    assert "还没有安装" in tasks.train.call("full")
    result = CliRunner().invoke(commands_train.train, ["--family", "full"])
    assert result.exit_code == 1
    assert "mengkeju[learning]" in result.output
    assert MatchModel.objects.get(pk=model.pk).state == "live"
    known._hindrance.cache_clear()


def test_the_gate_the_doors_and_the_file(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """More labels are wanted than of the weights; another program's file and another site's are refused."""
    m.patch_gate(monkeypatch)
    model = train()
    assert any("至少要 5000 个" in reason for reason in known.hindrances(model, known.in_use().version))
    with pytest.raises(TransitionRefusedError, match="5000"):
        steps.move(model, "go_live", by=SYSTEM, now=m.AT)
    again = training.train(by=SYSTEM, now=m.AT + timedelta(minutes=1), family=families.FULL)
    assert again.again
    assert again.model == model
    content = bytes(model.content)
    client = factories.signed_in_client(factories.operator())
    assert "完整" in text(client.get(PAGE))
    page = text(client.get(model.get_absolute_url()))
    assert "不提供下载" in page
    assert "完整模型由什么组成" in page
    assert client.get(reverse("match-model-file", args=[model.uid])).status_code == 404
    assert "完整" in CliRunner().invoke(commands_train.models, []).output
    refused_at_every_door(model, content)
    MatchModel.objects.all().delete()
    assert training.bring(content, by=SYSTEM, now=m.AT).family == "full"
    MatchModel.objects.all().delete()
    for rows in taught:
        for row in rows.values():
            Listing.objects.filter(pk=row.pk).update(uid=new_uid())
    with pytest.raises(ModelFileError, match="请在本站训练"):
        training.bring(content, by=SYSTEM, now=m.AT)


def refused_at_every_door(model: MatchModel, content: bytes) -> None:
    """A file of another version, engine or list of features, or one that was changed."""
    head, _newline, body = content.partition(b"\n")
    told = json.loads(head)
    for changed, words in (
        ({"schema_version": 2}, "只读第 1 版"),
        ({"engine": "2031-01"}, "另一版匹配程序"),
        ({"features": told["features"][1:]}, "title_chars"),
        ({"sha256": "0" * 64}, "摘要不符"),
    ):
        other = json.dumps({**told, **changed}).encode() + b"\n" + body
        with pytest.raises(ModelFileError, match=words):
            training.bring(other, by=SYSTEM, now=m.AT)
        MatchModel.objects.filter(pk=model.pk).update(content=other)
        with pytest.raises(TransitionRefusedError, match=words):
            steps.move(MatchModel.objects.get(pk=model.pk), "ask_override", by=operator(), now=m.AT, note="想试")
    assert live.key() == ""


def operator() -> Actor:
    return factories.actor(factories.operator())


@pytest.mark.usefixtures("taught")
def test_the_nightly_task_trains_a_full_model_only_from_enough_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    m.patch_gate(monkeypatch, retrain_from=5)
    tasks.train_when_due.call()
    assert [model.family for model in MatchModel.objects.all()] == ["cold"]
    MatchModel.objects.all().delete()
    m.patch_gate(monkeypatch, retrain_from=5, least_full=20)
    said = tasks.train_when_due.call()
    assert sorted(model.family for model in MatchModel.objects.all()) == ["cold", "full"]
    assert "-full" in said
    assert tasks.train_when_due.call() == "新的标注还不够，没有训练"
    MatchModel.objects.all().delete()
    lacking(monkeypatch)
    tasks.train_when_due.call()
    assert [model.family for model in MatchModel.objects.all()] == ["cold"]


def test_too_few_pairs_store_nothing() -> None:
    needs, offers = m.shelf(2)
    for at, (need, offer) in enumerate(zip(needs.values(), offers.values(), strict=False)):
        m.say(m.proposal(need, offer, rank=at + 1), step="intention")
    made = training.train(by=SYSTEM, now=m.AT, family=families.FULL)
    assert made.model is None
    assert "供需对太少" in tasks.train.call("full")
    assert "供需对太少" in CliRunner().invoke(commands_train.train, ["--family", "full"]).output


def test_a_stranger_gets_no_page_and_no_button_works_for_the_auditor() -> None:
    factories.areas()
    auditor = factories.signed_in_client(factories.auditor())
    assert auditor.post(f"{PAGE}train/", {"family": "full"}).status_code == 403
    assert Client().post(f"{PAGE}train/", {"family": "full"}).status_code == 302
    client = factories.signed_in_client(factories.operator())
    assert "没有“oracle”这一类模型" in text(client.post(f"{PAGE}train/", {"family": "oracle"}, follow=True))
