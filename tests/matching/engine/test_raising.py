"""What is said to raise a proposal raises it by just as much when it is done."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mengkeju.matching.engine import cold, raising, structured
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Maturity, Profile, Side
from mengkeju.matching.engine.raising import BOTH, NEED, OFFER, Raise
from mengkeju.matching.engine.ranker import Ranked, Ranker

TODAY = date(2026, 11, 20)
ASKS = Document("n", Side.NEED, "奶牛发情监测", "希望自动发现奶牛发情。")
OFFERS = Document("a", Side.ACHIEVEMENT, "奶牛发情智能项圈", "用项圈监测奶牛的活动量。")
FULL = Profile(
    fields=frozenset({"x"}), clusters=frozenset({"y"}), modes=frozenset({"z"}), maturity=Maturity.MATURE,
    deadline=date(2029, 1, 1), money_low=Decimal(5), money_high=Decimal(5), area_path=("1501", "150102"),
    checked_on=TODAY, verified=True, deals=9,
)  # fmt: skip
PRICELESS = {"money_low": None, "money_high": None}


def ranked(need: Profile, offer: Profile, body: str = OFFERS.body) -> Ranked:
    model = cold.load()
    corpus = Corpus.build([replace(OFFERS, profile=offer, body=body)], reference=model.reference)
    return Ranker(corpus, model).rank(replace(ASKS, profile=need), today=TODAY)[0]


def named(found: Ranked, fact: str) -> Raise:
    return next(one for one in found.raises if one.fact == fact)


def test_nothing_is_supposed_where_everything_is_stated() -> None:
    assert ranked(FULL, FULL).raises == ()


@pytest.mark.parametrize(
    ("fact", "side", "lacks", "does"),
    [
        ("price", OFFER, {"offer": PRICELESS}, {}),
        ("budget", NEED, {"need": PRICELESS}, {}),
        ("field", NEED, {"need": {"fields": frozenset()}}, {}),
        ("cluster", OFFER, {"offer": {"clusters": frozenset()}}, {}),
        ("mode", OFFER, {"offer": {"modes": frozenset()}}, {}),
        ("deadline", NEED, {"need": {"deadline": None}}, {}),
        ("maturity", OFFER, {"offer": {"maturity": None}}, {}),
        ("area", OFFER, {"offer": {"area_path": ()}}, {}),
        ("freshness", NEED, {"need": {"checked_on": date(2024, 1, 1)}}, {"need": {"checked_on": TODAY}}),
        ("verification", OFFER, {"offer": {"verified": False}}, {}),
        ("field", BOTH, {"need": {"fields": frozenset()}, "offer": {"fields": frozenset()}}, {}),
        ("money", BOTH, {"need": PRICELESS, "offer": PRICELESS}, {}),
        ("timing", BOTH, {"need": {"deadline": None}, "offer": {"maturity": None}}, {}),
    ],
)  # fmt: skip
def test_a_gain_is_what_stating_the_fact_adds(
    fact: str, side: str, lacks: dict[str, dict[str, object]], does: dict[str, dict[str, object]]
) -> None:
    # Little else is stated, so that the bound on the sum of all signals does not bite.
    low = replace(FULL, deals=None, area_path=(), clusters=frozenset(), modes=frozenset())
    bare = {"need": low, "offer": low}
    if fact in {"cluster", "mode", "area"}:
        name = {"cluster": "clusters", "mode": "modes", "area": "area_path"}[fact]
        bare = {key: replace(low, fields=frozenset(), **{name: getattr(FULL, name)}) for key in bare}
    without = {key: replace(one, **lacks.get(key, {})) for key, one in bare.items()}  # type: ignore[arg-type]  # by name
    with_it = {key: replace(one, **does.get(key, {})) for key, one in bare.items()}  # type: ignore[arg-type]  # by name
    before, after = ranked(**without, body=""), ranked(**with_it, body="")
    found = named(before, fact)
    assert found.side == side
    assert found.gain == pytest.approx(after.score - before.score, abs=1e-9)
    assert found.gain > 0


def test_the_bound_on_all_facts_bounds_the_gain() -> None:
    bound = ranked(replace(FULL, deadline=None), FULL)
    assert [one.fact for one in bound.raises] == []
    facts = {kind.key for kind in structured.settings().kinds}
    added = sum(part.value for part in bound.contributions if part.key in facts)
    assert added == pytest.approx(structured.settings().limit)


def test_a_text_counts_at_most_in_full() -> None:
    found = named(ranked(Profile(), Profile(), body=""), "body")
    weight = {kind.key: kind.weight for kind in structured.settings().kinds}["body"]
    assert found.side == OFFER
    assert found.gain == pytest.approx(weight)
    assert "body" not in {one.fact for one in ranked(Profile(), Profile()).raises}


def test_a_past_deadline_is_raised_by_no_stage() -> None:
    late = replace(FULL, deadline=date(2026, 11, 21))
    assert "maturity" not in {one.fact for one in ranked(late, replace(FULL, maturity=None)).raises}


def test_who_has_no_holder_on_the_platform_is_not_told_to_be_verified() -> None:
    assert "verification" not in {one.fact for one in ranked(Profile(), Profile(verified=None)).raises}
    assert "verification" in {one.fact for one in ranked(Profile(), Profile(verified=False)).raises}


def test_the_greatest_gain_comes_first() -> None:
    gains = [one.gain for one in ranked(Profile(), Profile(verified=False), body="").raises]
    assert gains == sorted(gains, reverse=True)
    assert min(gains) >= raising.LEAST


@pytest.mark.parametrize("is_need", [True, False])
def test_what_is_kept_for_many_pairs_is_what_each_pair_says(is_need: bool) -> None:  # noqa: FBT001
    ours = replace(FULL, fields=frozenset(), deadline=None, maturity=None, checked_on=date(2024, 1, 1), verified=False)
    theirs = [
        FULL,
        Profile(),
        replace(FULL, maturity=None, area_path=()),
        ours,
        replace(FULL, money_low=None, money_high=None),
    ]
    asking = structured.Asking(ours, TODAY, is_need=is_need)
    for other in [*theirs, *theirs]:
        need, offer = (ours, other) if is_need else (other, ours)
        pair = (replace(ASKS, profile=need), replace(OFFERS, profile=offer))
        signals = structured.signals(need, offer, TODAY, text_cosine=0.1)
        assert asking.signals(other, 0.1) == signals
        plain = raising.could_raise(*pair, TODAY, signals)
        assert raising.could_raise(*pair, TODAY, signals, asking=asking) == plain
