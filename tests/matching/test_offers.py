"""Offers that are no achievements: lists, cards, reasons and files say the word of their kind."""

import inspect
import re

import pytest
from django.urls import reverse
from django.utils import translation

from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.actions import compute
from mengkeju.matching.engine import explain, structured
from mengkeju.matching.engine.gaps import OFFERED
from mengkeju.matching.queries import reasons
from tests import exported
from tests import factories as f
from tests.matching import world


def matched(*kinds: str) -> tuple[Listing, list[Listing]]:
    """A need and what is offered for it, one of each kind."""
    need = world.listing("need", *world.NEEDS[0])
    offers = [world.listing(kind, *world.ACHIEVEMENTS[0]) for kind in kinds]
    compute.match_all(now=world.AT)
    return need, offers


def pages(need: Listing) -> tuple[str, str]:
    """A listing's own page and its list, as its people see them."""
    assert need.owner is not None
    client = f.signed_in_client(f.manager(need.owner))
    paths = (need.get_absolute_url(), reverse("listing-matches", args=[need.uid]))
    own, listed = (client.get(path).content.decode() for path in paths)
    return own, listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (("achievement",), "推荐 1 项成果<"),
        (("strength",), "推荐 1 项专业特色<"),
        (("capability",), "推荐 1 项企业能力<"),
        (("achievement", "strength"), "推荐 2 项成果或能力<"),
    ],
)
def test_a_list_says_the_word_of_its_kind_and_of_the_side_where_they_differ(kinds: tuple[str, ...], said: str) -> None:
    need, _offers = matched(*kinds)
    assert all(said in page for page in pages(need))


@pytest.mark.django_db
def test_a_card_of_a_strength_calls_it_nothing_else() -> None:
    need, (strength,) = matched("strength")
    assert need.owner is not None
    (card,) = queries.proposals_for(f.actor(f.manager(need.owner)), need)
    words = " ".join((card.meta, *(row.label + row.text for row in card.rows), *card.missing, *card.closed))
    assert card.meta.startswith("专业特色 · ")
    assert "成果" not in words
    # It has no maturity and no price to state: nobody is told that they are missing.
    assert "成果没写成熟度" in card.proposal.reasons["missing"]
    assert "成熟度" not in words
    with translation.override("en"):
        (card,) = queries.proposals_for(f.actor(f.manager(need.owner)), need)
        assert card.meta.startswith("University strength · ")
    client = f.signed_in_client(f.manager(need.owner))
    rows, _source = exported.table(client.get(reverse("listing-matches", args=[need.uid]), {"export": "csv"}))
    assert [row["类型"] for row in rows] == ["专业特色"]
    assert "成果" not in rows[0]["匹配理由"] + rows[0]["没写的"]
    assert strength.owner is not None
    own = f.signed_in_client(f.manager(strength.owner)).get(strength.get_absolute_url()).content.decode()
    assert "推荐 1 项需求" in own


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("need", ("还没有达到推荐水平的成果或能力", "有新的成果或能力发布时")),
        ("strength", ("还没有达到推荐水平的需求", "写清能解决什么、凭什么和合作方式")),
        ("patent", ("还没有达到推荐水平的需求", "写清用在哪里、好在哪里、成熟度")),
    ],
)
def test_without_a_match_the_page_says_what_it_looks_for_and_what_to_write(kind: str, said: tuple[str, ...]) -> None:
    alone = world.listing(kind, *world.ACHIEVEMENTS[0])
    world.note_events()
    compute.compute_waiting(now=world.AT)
    assert all(line in page for page in pages(alone) for line in said)


def test_every_sentence_of_the_engine_about_an_achievement_has_one_for_other_offers() -> None:
    source = inspect.getsource(structured) + inspect.getsource(explain)
    engine = {text for text in re.findall(r'mark\("([^"]+)"\)', source) if "成果" in text}
    engine |= {kind.label for kind in structured.settings().kinds if "成果" in kind.label}
    assert len(engine) > 15
    assert engine <= set(OFFERED)
    assert not [said for said in OFFERED.values() if "成果" in said]


def test_a_sentence_with_figures_and_the_label_of_a_part_take_the_word_too() -> None:
    pattern = "成果处于%(stage)s，距期望完成时间约%(months)s个月，%(time)s"
    stored = [pattern, {"stage": "中期", "months": 3, "time": "时间充裕"}]
    assert reasons.in_words(stored, "专利") == "专利处于中期，距期望完成时间约3个月，时间充裕"
    assert reasons.in_words(stored) == "成果处于中期，距期望完成时间约3个月，时间充裕"
    assert reasons.in_words("技术领域一致", "专利") == "技术领域一致"
    assert reasons.missing_in_words(["成果没写报价"], "企业能力") == ("企业能力没写报价",)
    why = reasons.filled({"text": {}, "signals": [["body", 1.0, "成果正文与需求主题相近"]]})
    (row,) = reasons.rows(why, "专利")
    assert (row.label, row.text) == ("专利的正文", "专利的正文与需求主题相近")
