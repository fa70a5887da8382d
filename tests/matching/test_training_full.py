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
from mengkeju.matching.engine.documents import Side
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
    """Eight needs with what people said of their achievements."""
    needs, offers = m.shelf(8)
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


def go_live(monkeypatch: pytest.MonkeyPatch) -> MatchModel:
    m.patch_gate(monkeypatch, least_full=10, margins={})
    model = train()
    m.live(model)
    compute.match_all(now=m.AT)
    return MatchModel.objects.get(pk=model.pk)


def of(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def test_from_outcomes_to_a_live_full_model_and_back(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    compute.match_all(now=m.AT)
    before = list(Proposal.objects.order_by("pk").values_list("need", "achievement", "expected", "model_version"))
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
    rows = Proposal.objects.filter(retired_at=None)
    assert {row.model_version.split("+")[0] for row in rows} == {made.version}
    assert all(row.reasons["levels"].keys() == {"2", "3", "4"} for row in rows)
    steps.move(MatchModel.objects.get(), "retire", by=SYSTEM, now=m.AT, note="先回到原来的")
    compute.match_all(now=m.AT)
    after = list(Proposal.objects.order_by("pk").values_list("need", "achievement", "expected", "model_version"))
    assert [row for row in after if row in before] == before
    steps.move(MatchModel.objects.get(), "roll_back", by=SYSTEM, now=m.AT, note="再用回来")
    assert shelf.fitted().ranker.deep is not None


def test_every_stored_pair_adds_up_and_so_does_what_each_reader_sees(
    taught: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs, offers = taught
    go_live(monkeypatch)
    for row in Proposal.objects.filter(retired_at=None):
        why = reasons.read(row)
        assert sum(sums.values(why)) == pytest.approx(why["score"], abs=1e-6)
        made = sums.sums(why)
        assert made is not None
        assert made.chances == pytest.approx((row.p2, row.p3, row.p4), abs=2e-6)
        assert made.decides is not None
        assert made.cuts[made.decides - 2] == 0
        for each in made.others:
            assert sum(part.value for part in each.parts) == pytest.approx(each.score, abs=1e-6)
            assert sums.chances(each.score, [0.0])[0] == pytest.approx(
                (row.p2, row.p3, row.p4)[each.level - 2], abs=2e-6
            )
        levels = learned.level_sums(why, learned.common(why))
        assert made.decides == deciding(levels) == max(2, made.level)
    need = next(iter(needs.values()))
    offer = next(x for x in offers.values() if Proposal.objects.filter(achievement=x, retired_at=None).exists())
    for listing in (need, offer):
        for card in [*queries.proposals_for(of(listing), listing), *queries.show_more(of(listing), listing)]:
            assert card.sums is not None
            assert sum(part.value for part in card.sums.parts) == pytest.approx(card.sums.score, abs=1e-6)
            shown = sum(float(part.shown.replace("−", "-")) for part in card.sums.parts)
            assert shown == pytest.approx(float(card.sums.total.replace("−", "-")), abs=2e-6)


def test_only_ones_own_judgements_are_told_by_name(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = taught
    go_live(monkeypatch)

    def keys(actor: Actor, listing: Listing) -> set[str]:
        cards = [*queries.proposals_for(actor, listing), *queries.show_more(actor, listing)]
        assert cards
        return {part.key for card in cards if card.sums for part in card.sums.parts}

    need = next(iter(needs.values()))
    mine = keys(of(need), need)
    assert any(key.startswith(full_words.NAMED) for key in mine)
    assert "judged:near" not in mine, "one firm alone is behind all of them"
    assert "judged:rest" in mine
    broker = factories.actor(factories.broker())
    theirs = keys(broker, need)
    assert not any(key.startswith(full_words.NAMED) for key in theirs)
    assert "judged:own" in theirs, "who sees the list of a need may know that it was judged"
    listed = Proposal.objects.filter(achievement_rank__isnull=False, retired_at=None)
    offer = next(x for x in offers.values() if listed.filter(achievement=x).exists())
    other = keys(of(offer), offer)
    assert "judged:own" not in other
    assert "around" not in other


def test_groups_stand_by_themselves_once_enough_owners_are_behind(
    taught: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs, _offers = taught
    for need in list(needs.values())[1:]:
        Listing.objects.filter(pk=need.pk).update(owner=factories.organisation())
    go_live(monkeypatch)
    counted = [row.reasons["owners"] for row in Proposal.objects.filter(retired_at=None)]
    assert all(set(owners) == {"near", "same"} for owners in counted)
    why = {"owners": {"near": 3, "same": 2}}
    assert learned._hidden(why["owners"], "need") == ["judged:same"]
    assert learned._hidden(why["owners"], "achievement") == ["judged:same", "judged:own", "around"]


def test_the_page_and_the_api_show_the_level_that_decides_first(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    needs, _offers = taught
    go_live(monkeypatch)
    need = next(x for x in needs.values() if queries.proposals_for(of(x), x))
    assert need.owner is not None
    manager = factories.manager(need.owner)
    address = reverse("listing-matches", args=[need.uid])
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
    assert "2、3、4 级各有一个合计" in text(Client().get(reverse("match-how")))


def test_the_gate_wants_more_labels_for_a_full_model(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    m.patch_gate(monkeypatch)
    model = train()
    assert any("至少要 5000 个" in reason for reason in known.hindrances(model, known.in_use().version))
    with pytest.raises(TransitionRefusedError, match="5000"):
        steps.move(model, "go_live", by=SYSTEM, now=m.AT)
    assert live.key() == ""


def test_without_the_library_the_site_goes_on_with_the_shipped_model(
    taught: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute.match_all(now=m.AT)
    before = list(Proposal.objects.order_by("pk").values_list("expected", "model_version"))
    model = go_live(monkeypatch)
    client = factories.signed_in_client(factories.operator())
    assert "训练一个完整模型" in text(client.get(PAGE))
    lacking(monkeypatch)
    shelf.forget()
    known._hindrance.cache_clear()
    compute.match_all(now=m.AT)
    rows = Proposal.objects.filter(retired_at=None).order_by("pk").values_list("expected", "model_version")
    assert list(rows) == before
    page = text(client.get(PAGE))
    assert "暂用随附模型" in page
    assert "mengkeju[learning]" in page
    assert "训练一个完整模型" not in page
    refused = client.post(f"{PAGE}train/", {"family": "full"}, follow=True)
    assert "没有安装" in text(refused)
    assert "没有安装" in tasks.train.call("full")
    result = CliRunner().invoke(commands_train.train, ["--family", "full"])
    assert result.exit_code == 1
    assert "mengkeju[learning]" in result.output
    assert MatchModel.objects.get(pk=model.pk).state == "live"


def test_a_file_of_another_program_is_refused_at_every_door(taught: Shelf) -> None:
    model = train()
    head, _newline, body = bytes(model.content).partition(b"\n")
    told = json.loads(head)
    for changed, words in (
        ({"schema_version": 2}, "只读第 1 版"),
        ({"engine": "2031-01"}, "另一版匹配程序"),
        ({"features": told["features"][1:]}, "title_chars"),
        ({"sha256": "0" * 64}, "摘要不符"),
    ):
        content = json.dumps({**told, **changed}).encode() + b"\n" + body
        with pytest.raises(ModelFileError, match=words):
            training.bring(content, by=SYSTEM, now=m.AT)
        MatchModel.objects.filter(pk=model.pk).update(content=content)
        with pytest.raises(TransitionRefusedError, match=words):
            steps.move(MatchModel.objects.get(pk=model.pk), "ask_override", by=operator(), now=m.AT, note="想试")
    assert live.key() == ""


def operator() -> Actor:
    return factories.actor(factories.operator())


def test_it_is_of_use_on_its_own_site_only(taught: Shelf) -> None:
    model = train()
    content = bytes(model.content)
    client = factories.signed_in_client(factories.operator())
    page = text(client.get(model.get_absolute_url()))
    assert "不提供下载" in page
    assert "完整模型由什么组成" in page
    assert client.get(f"{model.get_absolute_url()}file/").status_code == 404
    MatchModel.objects.all().delete()
    assert training.bring(content, by=SYSTEM, now=m.AT).family == "full"
    MatchModel.objects.all().delete()
    for rows in taught:
        for row in rows.values():
            Listing.objects.filter(pk=row.pk).update(uid=new_uid())
    with pytest.raises(ModelFileError, match="请在本站训练"):
        training.bring(content, by=SYSTEM, now=m.AT)


def test_training_twice_stores_once_and_the_list_names_the_family(taught: Shelf) -> None:
    first = train()
    again = training.train(by=SYSTEM, now=m.AT + timedelta(minutes=1), family=families.FULL)
    assert again.again
    assert again.model == first
    linear = training.train(by=SYSTEM, now=m.AT)
    assert linear.model is not None
    assert linear.model != first
    page = text(factories.signed_in_client(factories.auditor()).get(PAGE))
    assert "完整" in page
    assert "权重" in page
    result = CliRunner().invoke(commands_train.models, [])
    assert f"{first.version}  候选" in result.output
    assert "完整" in result.output


def test_the_nightly_task_trains_a_full_model_only_from_enough_labels(
    taught: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_word_taken_back_and_a_listing_gone_say_nothing_more(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    go_live(monkeypatch)
    deep = shelf.fitted().ranker.deep
    assert deep is not None
    whole = deep.known
    taken = Feedback.objects.filter(proposal__need__uid=deep.needs[0])
    gone = taken.update(withdrawn_at=m.AT)
    shelf.forget()
    less = shelf.fitted().ranker.deep
    assert less is not None
    assert gone
    assert less.known < whole
    assert deep.needs[0] not in {need for need, _offer in outcomes.judged_pairs()}


def test_both_sides_are_ranked_and_a_judged_pair_itself_stays(taught: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    go_live(monkeypatch)
    fitted = shelf.fitted()
    for side in Side:
        for document in fitted.documents(side)[:3]:
            for ranked in fitted.ranker.rank(document, today=m.AT.date(), k=5):
                assert ranked.told is not None
                own = document.id if side is Side.NEED else ranked.id
                other = ranked.id if side is Side.NEED else document.id
                assert not [1 for need, what, *_rest in ranked.told.named if (need, what) == (own, other)]


def test_a_stranger_gets_no_page_and_no_button_works_for_the_auditor() -> None:
    factories.areas()
    auditor: Any = factories.signed_in_client(factories.auditor())
    assert auditor.post(f"{PAGE}train/", {"family": "full"}).status_code == 403
    assert Client().post(f"{PAGE}train/", {"family": "full"}).status_code == 302
    client = factories.signed_in_client(factories.operator())
    assert "没有“oracle”这一类模型" in text(client.post(f"{PAGE}train/", {"family": "oracle"}, follow=True))
