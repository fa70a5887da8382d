"""The parts of a proposal add up to its level: as stored, on the page, and through the API."""

import re
from html import unescape
from math import exp
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.actions.reasons import in_reasons, lines
from mengkeju.matching.actions.shelf import document_of, fitted
from mengkeju.matching.engine import bands
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.explain import Contribution
from mengkeju.matching.engine.sentences import Sentence
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import reasons, sums
from tests import factories as f
from tests import tokens
from tests.calls import get
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
CLOSE = 1e-6


def chance(score: float, cut: float) -> float:
    return 1 / (1 + exp(cut - score))


def of_owner(listing: Listing) -> Client:
    assert listing.owner is not None
    return f.signed_in_client(f.manager(listing.owner))


def test_stored_parts_add_up_to_the_stored_level() -> None:
    needs, achievements = world.matched()
    assert Proposal.objects.count() >= len(needs) * len(achievements) - 2
    for row in Proposal.objects.all():  # read back, so with the floats of this database
        why = reasons.read(row)
        parts = [*why["text"].values(), *(s[1] for s in why["signals"]), *(e[3] for e in why["extra"])]
        assert sum(parts) == pytest.approx(why["score"], abs=CLOSE)
        found = [chance(sum(parts), cut) for cut in why["cuts"]]
        assert found == pytest.approx([row.p2, row.p3, row.p4], abs=2e-6)
        band = bands.band(found)
        assert row.band == (band.key if band else "")


NUMBER = re.compile(r'<td class="n">([+−][\d.]+)</td>')


def shown_sums(text: str) -> list[dict[str, Any]]:
    """What every card of a page says, read from the page alone."""
    found = []
    for block in re.findall(r'<details class="mk-sums">.*?</details>', text, re.DOTALL):
        parts, levels = block.split("</table>")[:2]
        body, foot = parts.split("<tfoot>")
        found.append(
            {
                "parts": [float(n.replace("−", "-")) for n in NUMBER.findall(body)],
                "total": float(NUMBER.findall(foot)[0].replace("−", "-")),
                "rows": [
                    (int(level), float(cut.replace("−", "-")), float(p))
                    for level, cut, p in re.findall(
                        r'<th scope="row">(\d) 级及以上</th><td class="n">([+−][\d.]+)</td>'
                        r'<td class="n">[+−][\d.]+</td><td class="n">([\d.]+)%</td>',
                        levels,
                    )
                ],
                "said": unescape(re.sub("<[^>]+>", "", block.rsplit("<p>", 2)[1])),
            }
        )
    return found


def test_a_reader_of_the_page_can_add_it_up_himself() -> None:
    needs, _achievements = world.matched()
    seen = 0
    for need in needs:
        page = of_owner(need).get(reverse("listing-matches", args=[need.uid]), {"more": "1"}).content.decode()
        for shown in shown_sums(page):
            seen += 1
            assert sum(shown["parts"]) == pytest.approx(shown["total"], abs=CLOSE)
            assert [level for level, _cut, _p in shown["rows"]] == [2, 3, 4]
            found = [chance(sum(shown["parts"]), cut) for _level, cut, _p in shown["rows"]]
            assert [100 * p for p in found] == pytest.approx([p for *_rest, p in shown["rows"]], abs=0.0051)
            band, median = bands.band(found), 1 + sum(p >= 0.5 for p in found)
            assert f"最高一级是 {median} 级" in shown["said"]
            assert (f"所以是“{band.label}”" if band else "达不到推荐水平") in shown["said"]
    assert seen >= 6


def test_what_the_api_answers_adds_up() -> None:
    needs, _achievements = world.matched()
    seen = 0
    for need in needs:
        assert need.owner is not None
        client = tokens.client_of(f.manager(need.owner))
        for item in get(client, f"/listings/{need.uid}/matches", below_bands=True).json()["items"]:
            seen += 1
            total = sum(part["value"] for part in item["parts"])
            assert total == pytest.approx(item["score"], abs=CLOSE)
            found = [chance(total, cut) for cut in item["cuts"]]
            assert found == pytest.approx(item["probabilities"], abs=CLOSE)
            assert item["level"] == 1 + sum(p >= 0.5 for p in found)
            band = bands.band(found)
            assert item["band"] == (band.key if band else "")
            assert item["terms"] == sorted(item["terms"], key=lambda term: -term["share"])
            assert all(0 < term["share"] <= 1 for term in item["terms"])
    assert seen >= 6


def test_a_part_of_any_key_is_a_line_of_its_own_and_counts() -> None:
    need = world.listing("need", *world.NEEDS[0])
    world.listing("achievement", *world.ACHIEVEMENTS[0])
    document = document_of(need)
    assert document is not None
    found = fitted(Side.ACHIEVEMENT).ranker.rank(document, today=world.AT.date())[0]
    said = Sentence("与您上次认可的《%(title)s》相近", title="细渣浮选")
    parts = [Contribution("feedback", "您的判断", "Your judgement", value, said) for value in (0.8, -0.3)]
    more = type(found)(
        **{name: getattr(found, name) for name in found.__slots__ if name != "contributions"},
        contributions=(*found.contributions, *parts),
    )
    for why in (
        reasons.filled(in_reasons(more)),
        reasons.added(reasons.filled(in_reasons(found)), lines(parts)),
    ):
        assert why["score"] == pytest.approx(found.score + 0.5, abs=CLOSE)
        rows = [row for row in reasons.rows(why) if row.label == "您的判断"]
        assert [row.text for row in rows] == ["与您上次认可的《细渣浮选》相近", "减分：与您上次认可的《细渣浮选》相近"]
        made = sums.sums(why)
        assert made is not None
        assert made.score == pytest.approx(found.score + 0.5, abs=CLOSE)
        assert [part.shown for part in made.parts if part.key == "feedback"] == ["+0.800000", "−0.300000"]


def test_judgements_put_in_for_one_reader_have_their_word() -> None:
    said = ["与您上次认可的《%(title)s》相近", {"title": "细渣浮选"}]
    judged = [["feedback:1", 0.4, said], ["feedback:2", -0.2, said]]
    why = reasons.filled({"text": {"title_chars": 1.0}, "signals": judged, "cuts": [0.0, 1.0, 2.0]})
    assert [row.label for row in reasons.rows(why)] == ["内容相近", "已有判断", "已有判断"]
    made = sums.sums(why)
    assert made is not None
    assert [(part.group, part.label, part.value) for part in made.parts[1:]] == [
        ("其他", "已有判断", 0.4),
        ("其他", "已有判断", -0.2),
    ]
    assert made.score == pytest.approx(1.2)


def test_many_parts_are_put_together_and_still_add_up() -> None:
    extra: list[list[Any]] = [["k", f"第{n}项", "", 0.1 + n / 100, "相近"] for n in range(20)]
    why = reasons.filled({"text": {"title_chars": 1.0}, "extra": extra, "cuts": [0.0, 1.0, 2.0]})
    rows = reasons.rows(why)
    assert len(rows) == reasons.MOST_ROWS
    assert "另外 12 项" in rows[-1].text
    assert sum(row.percent for row in rows) in range(95, 106)
    made = sums.sums(why)
    assert made is not None
    assert len(made.parts) == 21
    assert made.score == pytest.approx(1.0 + sum(line[3] for line in extra))


def test_rounding_for_the_page_is_carried_on() -> None:
    values = {f"k{n}": 0.0000004 for n in range(10)}
    made = sums.sums(reasons.filled({"text": values, "cuts": [0.0, 1.0, 2.0]}))
    assert made is not None
    assert made.total == "+0.000004"
    assert sum(float(part.shown) for part in made.parts) == pytest.approx(0.000004, abs=1e-12)


def test_a_proposal_of_an_older_version_is_read_without_its_sum() -> None:
    needs, _achievements = world.matched()
    old = {
        "schema": "matching.reasons", "version": 2, "score": 3.1, "terms": ["细渣"], "sentence": "",
        "text": {"title_chars": 3.0}, "signals": [["area", 0.1, "在同一盟市"]], "missing": [],
    }  # fmt: skip
    Proposal.objects.filter(need=needs[0]).update(reasons=old)
    assert needs[0].owner is not None
    card = queries.proposals_for(f.actor(f.manager(needs[0].owner)), needs[0])[0]
    assert (card.sums, card.ways, card.terms) == (None, (), (("细渣", None),))
    client = tokens.client_of(f.manager(needs[0].owner))
    item = get(client, f"/listings/{needs[0].uid}/matches").json()["items"][0]
    assert (item["parts"], item["score"], item["level"]) == ([], None, None)
    page = of_owner(needs[0]).get(reverse("listing-matches", args=[needs[0].uid]))
    assert "这些加起来是多少" not in page.content.decode()


def test_how_says_the_cuts_of_the_newest_proposals() -> None:
    assert "还没有推荐" in Client().get(reverse("match-how")).content.decode()
    world.matched()
    newest = Proposal.objects.latest("pk")
    text = Client().get(reverse("match-how")).content.decode()
    assert newest.model_version in text
    for cut in reasons.read(newest)["cuts"]:
        assert sums.signed(cut) in text


def test_a_part_of_a_text_that_is_not_there_says_so() -> None:
    why = reasons.filled({"cuts": [0.0, 1.0, 2.0], "text": {"body_chars": -0.1, "title_chars": 0.5}})
    assert {part.label for part in sums.parts(why)} == {"标题用字", "正文用字"}
    without = {**why, "missing": ["需求没有正文"]}
    assert {part.label for part in sums.parts(without)} == {"标题用字", "正文用字（需求没有正文）"}
