"""两市互补: each number opens its rows, everybody reads only his own pairs, and the reasons follow from the pairs."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory.models import Area, Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import dismiss
from mengkeju.matching.models import Outcome, Showing
from mengkeju.matching.queries import complement, complement_firms, complement_words
from mengkeju.matching.queries.complement import Asked
from tests import exported
from tests import factories as f
from tests.listings.samples import queries_of, text
from tests.matching import pairs as p

pytestmark = pytest.mark.django_db
PAGE, FIRMS = "/needs/complement/", "/needs/complement/firms/"
HERE, THERE = f.XINCHENG, f.KUNDULUN


def broker() -> Client:
    """A signed-in broker: he reads every proposal."""
    return f.signed_in_client(f.broker())


def found(actor: Actor, **asked: str) -> complement.Survey:
    """The survey of one reader."""
    return complement.survey(actor, Asked(**asked), complement.cities())


def reasons(actor: Actor, **asked: str) -> list[tuple[str, ...]]:
    """The words beside each row."""
    known = complement.cities()
    rows = complement.pairings(actor, found(actor, **asked).of(), known)
    labels = {"cluster": {"dairy": "乳业"}, "field": {}}
    return [complement_words.why(row, known, labels) for row in rows]


def shelf() -> dict[str, Listing]:
    """One need of 呼和浩特 for each answer, and one of 包头; two of the needs are in the dairy cluster."""
    own, away = p.offer(HERE, "本市成果"), p.offer(THERE, "对方成果", cluster="dairy")
    needs = {
        "other": p.need(HERE, "对方能答的需求", cluster="dairy"),
        "both": p.need(HERE, "两市能答的需求", cluster="dairy"),
        "own": p.need(HERE, "本市能答的需求"),
        "none": p.need(HERE, "没有答案的需求"),
        "reverse": p.need(THERE, "包头的需求"),
    }
    p.propose(needs["other"], away, p.STRONG)
    p.propose(needs["both"], own, p.MAYBE)
    p.propose(needs["both"], away, p.GOOD)
    p.propose(needs["own"], own)
    p.propose(needs["reverse"], own, p.GOOD)
    return needs


@pytest.mark.covers("NED-07")
def test_each_need_is_told_apart_by_who_could_answer_it_best_first() -> None:
    needs = shelf()
    survey = found(f.actor(f.broker()))
    said = {row.need: row.answer for row in survey.rows}
    assert said == {
        needs["other"].pk: "other",
        needs["both"].pk: "both",
        needs["own"].pk: "own",
        needs["none"].pk: "none",
        needs["reverse"].pk: "other",
    }
    assert [row.need for row in survey.of()] == [needs["other"].pk, needs["reverse"].pk, needs["both"].pk]
    assert [row.need for row in survey.of(city=f.BAOTOU)] == [needs["reverse"].pk]
    assert [row.need for row in survey.of("none", f.HOHHOT)] == [needs["none"].pk]


@pytest.mark.covers("NED-07")
def test_the_reasons_say_what_the_own_city_lacks_and_what_the_other_has() -> None:
    shelf()
    first, reverse, both = reasons(f.actor(f.broker()))
    assert first == (
        "呼和浩特市没有达到推荐档次的成果或能力",
        "包头市有高度匹配的科技成果",
        "用词相同：细渣、脱碳",
        "同属“乳业”",
    )
    assert reverse[:2] == ("包头市没有达到推荐档次的成果或能力", "呼和浩特市有较为匹配的科技成果")
    assert both[0] == "呼和浩特市只有较弱的：最好的是“本市成果”，可供参考"


def test_an_own_answer_as_good_or_better_is_not_called_weaker() -> None:
    need, own, away = p.need(HERE), p.offer(HERE, "本市成果"), p.offer(THERE)
    mine, _theirs = p.propose(need, own, p.GOOD), p.propose(need, away, p.GOOD)
    ((sentence, *_rest),) = reasons(f.actor(f.broker()))
    assert sentence == "呼和浩特市也有同一档的“本市成果”，较为匹配，可以比一比"
    type(mine).objects.filter(pk=mine.pk).update(band="strong", expected=3.6)
    ((sentence, *_rest),) = reasons(f.actor(f.broker()))
    assert sentence == "呼和浩特市有更接近的：“本市成果”，高度匹配；对方的可以作补充"


def test_what_is_below_the_bands_retired_or_outside_both_cities_answers_nothing() -> None:
    need = p.need(HERE)
    p.propose(need, p.offer(THERE, "未入档"), ("", 1.4))
    p.propose(need, p.offer("110000", "区外成果"), p.STRONG)
    gone = p.propose(need, p.offer(THERE, "已失效"), p.STRONG)
    type(gone).objects.filter(pk=gone.pk).update(retired_at=f.AT, need_rank=None, achievement_rank=None)
    (row,) = found(f.actor(f.broker())).rows
    assert row.answer == "none"


@pytest.mark.covers("NED-07")
def test_everybody_reads_only_his_own_pairs_and_says_no_more_than_he_knows() -> None:
    needs = shelf()
    owner = needs["other"].owner
    assert owner is not None
    assert {r.need: r.answer for r in found(f.actor(f.manager(owner))).rows} == {needs["other"].pk: "other"}
    assert found(f.actor(f.member(owner))).of() == found(f.actor(f.manager(owner))).of()
    assert found(f.actor(f.manager(f.organisation(area=HERE)))).rows == ()
    answers = Listing.objects.get(title="对方成果").owner
    assert answers is not None
    theirs = found(f.actor(f.manager(answers)))  # of the other city: the pairs of its own achievement, and no more
    assert {r.need: r.answer for r in theirs.rows} == {needs["other"].pk: "unseen", needs["both"].pk: "unseen"}

    over_baotou = found(f.actor(f.officer(f.BAOTOU)))
    assert {r.need: r.answer for r in over_baotou.rows} == {
        needs["other"].pk: "unseen",  # of 呼和浩特 he reads the pairs with 包头 alone: nothing is said of its own
        needs["both"].pk: "unseen",
        needs["reverse"].pk: "other",
    }
    sentences = reasons(f.actor(f.officer(f.BAOTOU)), city=f.HOHHOT)
    assert all(said[0] == "呼和浩特市自己有没有能答的，不在您的查看范围，这里不作比较" for said in sentences)
    assert not any("本市成果" in sentence for said in sentences for sentence in said)


def test_a_listing_closed_to_the_reader_is_in_no_number() -> None:
    need = p.need(HERE, "只给合作方的需求", tier="parties")
    p.propose(need, p.offer(THERE))
    open_need = p.need(HERE, "公开的需求")
    p.propose(open_need, p.offer(THERE, "只给合作方的成果", tier="parties"))
    survey = found(f.actor(f.broker()))
    assert [(row.need, row.answer) for row in survey.rows] == [(open_need.pk, "none")]
    page = text(broker().get(PAGE, {"answer": "none"}))
    assert "只给合作方" not in page


def test_what_ones_own_firm_set_aside_no_longer_answers_its_need() -> None:
    need = p.need(HERE)
    proposal = p.propose(need, p.offer(THERE))
    assert need.owner is not None
    by = f.actor(f.manager(need.owner))
    dismiss(proposal, need.owner, "off_direction", by=by, now=f.AT)
    assert [row.answer for row in found(by).rows] == ["none"]
    assert [row.answer for row in found(f.actor(f.broker())).rows] == ["other"]


def numbers(page: str) -> list[tuple[str, int]]:
    """Every number of the two tables with its address."""
    cells = re.findall(r'<td[^>]*class="n"[^>]*><a href="([^"]+)">(\d+)</a>', page)
    return [(unescape(url), int(count)) for url, count in cells]


def count_of(page: str) -> int:
    """How many needs the list of a page says it has."""
    match = re.search(r'role="status">(\d+) 项需求', page)
    assert match is not None
    return int(match[1])


@pytest.mark.covers("NED-07")
def test_every_number_opens_exactly_its_rows() -> None:
    shelf()
    p.propose(p.need(HERE, "只写稀土", cluster="rare_earth"), p.offer(THERE))
    p.propose(p.need(HERE, "写稀土永磁", cluster="rare_earth_magnets"), p.offer(THERE))
    client = broker()
    for address in (PAGE, f"{PAGE}?by=field", f"{PAGE}?city={f.HOHHOT}", f"{PAGE}?cluster=dairy"):
        found_numbers = numbers(text(client.get(address)))
        assert sum(count for _url, count in found_numbers) > 0
        for url, count in found_numbers:
            page = text(client.get(url))
            assert count_of(page) == count, url
            assert page.count('class="mk-card"><div class="mk-row mk-between"') == count, url


def test_a_direction_counts_the_needs_that_could_be_answered_that_way() -> None:
    shelf()
    page = text(broker().get(PAGE))
    ways = re.findall(r"<b>(\d+)</b>([^<]+ → [^<]+)</a>", page)
    assert ways == [("2", "包头市 → 呼和浩特市"), ("1", "呼和浩特市 → 包头市")]


@pytest.mark.covers("NED-07")
def test_a_broker_introduces_both_sides_and_a_firm_declares_its_intention_from_the_row() -> None:
    need, away = p.need(HERE), p.offer(THERE)
    proposal = p.propose(need, away)
    agency = f.organisation(kind="agency")
    acting = f.with_role("broker", of=f.manager(agency))
    assert reverse("introduce", args=[away.uid, need.uid]) in text(f.signed_in_client(acting).get(PAGE))
    assert need.owner is not None
    assert away.owner is not None
    asks = text(f.signed_in_client(f.manager(need.owner)).get(PAGE))
    assert f"p={proposal.uid}&amp;counter={need.uid}" in asks
    offers = text(f.signed_in_client(f.manager(away.owner)).get(PAGE))
    assert f"p={proposal.uid}&amp;counter={away.uid}" in offers


def test_what_a_reader_is_shown_is_noted_once_a_day() -> None:
    need = p.need(HERE)
    proposal = p.propose(need, p.offer(THERE))
    assert need.owner is not None
    client = f.signed_in_client(f.manager(need.owner))
    for _again in range(2):
        client.get(PAGE)
    assert Showing.objects.get(proposal=proposal).organisation == need.owner
    assert Outcome.objects.filter(proposal=proposal, step="shown").exists()


def test_the_file_holds_the_rows_of_the_page_with_their_reasons() -> None:
    shelf()
    lines = exported.xlsx(broker().get(PAGE, {"export": "xlsx"}))[1]
    titles = [line["需求"] for line in lines]
    assert titles == ["对方能答的需求", "包头的需求", "两市能答的需求"]
    assert lines[0]["为什么互补"].startswith("呼和浩特市没有达到推荐档次的成果或能力；包头市有高度匹配的科技成果")
    assert (lines[2]["本市最接近的"], lines[2]["本市匹配程度"]) == ("本市成果", "可供参考")


@pytest.mark.parametrize("address", [PAGE, FIRMS])
def test_who_may_open_the_page(address: str) -> None:
    f.areas()
    assert Client().get(address).status_code == 302
    assert f.signed_in_client(f.account()).get(address).status_code == 403
    assert f.signed_in_client(f.operator()).get(address).status_code == 403
    for who in (f.officer(), f.broker(), f.auditor(), f.manager(f.organisation())):
        assert f.signed_in_client(who).get(address).status_code == 200


def test_nothing_published_and_a_single_city_say_so() -> None:
    f.areas()
    client = broker()
    assert "这个范围里没有发布中的需求" in text(client.get(PAGE))
    assert "还没有两市互补的企业" in text(client.get(FIRMS))
    p.propose(p.need(HERE), p.offer(HERE))
    assert "没有这样的需求" in text(client.get(PAGE))
    Area.objects.filter(code=f.BAOTOU).update(code="renamed")
    assert "只有一个城市，谈不上互补" in text(client.get(PAGE))
    assert "只有一个城市，谈不上互补" in text(client.get(FIRMS))


def test_an_address_that_makes_no_sense_is_answered_without_it() -> None:
    shelf()
    answer = broker().get(PAGE, {"city": "x", "answer": "y", "cluster": "z", "by": "w", "page": "99"})
    assert answer.status_code == 200
    assert count_of(text(answer)) == 3


def more(count: int, asks: Organisation) -> None:
    """Needs of one firm and of others, answered from the other city."""
    for at in range(count):
        for owner in (asks, None):
            need, away = p.need(HERE, f"需求{at}", owner=owner), p.offer(THERE, f"能力{at}", kind="capability")
            p.propose(need, away, ("good", 3.0 + at / 1000))


@pytest.mark.parametrize("who", ["broker", "firm"])
@pytest.mark.parametrize("address", [PAGE, FIRMS, f"{PAGE}?export=csv", f"{FIRMS}?export=csv"])
def test_the_number_of_queries_does_not_hang_on_the_rows(address: str, who: str) -> None:
    asks = f.organisation(area=HERE)
    more(3, asks)
    client = broker() if who == "broker" else f.signed_in_client(f.manager(asks))

    def ask() -> None:
        answer = client.get(address)
        assert exported.content(answer) if "export" in address else text(answer)

    ask()
    few = queries_of(ask)
    more(6, asks)
    ask()
    assert queries_of(ask) == few


def both_ways() -> tuple[Listing, Listing]:
    """Two firms of both cities: each has a need and a capability, and each could answer the other."""
    left, right = f.organisation("左厂（演示）", area=HERE), f.organisation("右厂（演示）", area=THERE)
    left_need, right_need = p.need(HERE, "左厂需求", owner=left), p.need(THERE, "右厂需求", owner=right)
    p.propose(left_need, p.offer(THERE, "右厂能力", kind="capability", owner=right), p.MAYBE)
    p.propose(right_need, p.offer(HERE, "左厂能力", kind="capability", owner=left), p.GOOD)
    return left_need, right_need


@pytest.mark.covers("NED-07")
def test_firms_that_could_help_each_other_come_first() -> None:
    p.propose(p.need(HERE, "单向需求"), p.offer(THERE, "单向能力", kind="capability"), p.STRONG)
    both_ways()
    p.propose(p.need(HERE), p.offer(THERE, "院所成果"), p.STRONG)  # no firm offers it
    p.propose(p.need(HERE), p.offer(HERE, "同城能力", kind="capability"), p.STRONG)  # of the same city
    known, by = complement.cities(), f.actor(f.broker())
    rows = complement_firms.firm_pairs(by, Asked(), known)
    assert [(row.mutual, row.count) for row in rows] == [(True, 2), (False, 1)]
    page = text(broker().get(FIRMS))
    assert page.index("左厂需求") < page.index("单向需求")
    assert "互有所需" in page
    assert "院所成果" not in page
    assert "同城能力" not in page
    only = complement_firms.firm_pairs(by, Asked(city=f.BAOTOU), known)
    assert [(row.mutual, row.count) for row in only] == [(False, 1)]


def test_a_firm_sees_its_own_pairs_only_in_the_list_and_in_the_file() -> None:
    left_need, _right = both_ways()
    p.propose(p.need(HERE, "别人的需求"), p.offer(THERE, "别人的能力", kind="capability"), p.STRONG)
    assert left_need.owner is not None
    client = f.signed_in_client(f.manager(left_need.owner))
    page = text(client.get(FIRMS))
    assert "1 对企业" in page
    assert "别人的" not in page
    _head, (line,) = exported.xlsx(client.get(FIRMS, {"export": "xlsx"}))
    assert {line["一方"], line["另一方"]} == {"左厂（演示）", "右厂（演示）"}
    assert "别人的" not in str(line)
