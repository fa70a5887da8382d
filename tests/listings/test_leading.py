"""Needs of leading enterprises: flagged where they are shown, filtered by it, first in the review queue."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory import actions as directory
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.listings import queries
from tests import exported
from tests import factories as f
from tests.directory.test_titles import granted
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.mark.covers("NED-03")
def test_a_need_of_a_leading_enterprise_is_flagged_and_its_achievement_is_not() -> None:
    firm = f.organisation()
    need, achievement, other = s.published(firm), s.published(firm, "achievement"), s.published()
    title = granted(firm)
    shown = {p.uid: p.leading for p in queries.present_many([need, achievement, other], ANONYMOUS)}
    assert shown == {need.uid: ("领军企业",), achievement.uid: (), other.uid: ()}
    assert queries.present(need, ANONYMOUS).leading == ("领军企业",)
    for address in (need.get_absolute_url(), reverse("needs-at", args=["need"]), reverse("home")):
        assert "领军企业" in s.text(Client().get(address)), address
    (document,) = queries.search_documents([need.uid])
    assert document.facets["leading"] == ("leading",)
    assert queries.search_documents([achievement.uid])[0].facets["leading"] == ()
    assert "领军企业" in queries.search_rows(ANONYMOUS, [need.uid])[0]["meta"]
    directory.withdraw_title(title, by=f.actor(f.officer()), now=f.AT, note="登记有误")
    assert queries.present(need, ANONYMOUS).leading == ()


def test_whose_owner_is_not_shown_to_a_reader_shows_no_title_either() -> None:
    firm = f.organisation()
    need = s.published(firm, tier="parties")
    granted(firm)
    s.let_in(need, f.organisation())
    assert queries.present(need, f.actor(f.account())).leading == ()
    assert queries.present(need, s.manager_of(firm)).leading == ("领军企业",)


@pytest.mark.covers("NED-03")
def test_they_are_reviewed_first_and_can_be_looked_at_alone() -> None:
    plain, firm = f.organisation(), f.organisation()
    older, achievement = s.submitted(plain, title="普通的需求"), s.submitted(firm, "achievement", title="不是需求")
    newer = s.submitted(firm, title="领军企业提的需求")
    officer = f.officer()
    client = f.signed_in_client(officer)
    assert list(queries.review_queue(f.actor(officer))) == [older, achievement, newer]
    granted(firm)
    assert list(queries.review_queue(f.actor(officer))) == [newer, older, achievement]
    assert list(queries.review_queue(f.actor(officer), leading=True)) == [newer]
    page = s.text(client.get(reverse("review-queue")))
    assert page.index(newer.title) < page.index(older.title)
    alone = s.text(client.get(reverse("review-queue"), {"leading": "1"}))
    assert (newer.title in alone, older.title in alone) == (True, False)
    _head, rows = exported.xlsx(client.get(reverse("review-queue"), {"leading": "1", "export": "xlsx"}))
    assert [(row["题目"], row["领军企业等称号"]) for row in rows] == [(newer.title, "领军企业")]


def test_the_flag_costs_one_query_however_many_rows_there_are() -> None:
    firm = f.organisation()
    granted(firm)
    counts = []
    for more in (2, 10):
        s.rows(firm, more)
        rows = list(queries.public_needs())
        counts.append(s.queries_of(partial(queries.present_many, rows, ANONYMOUS)))
    assert counts[0] == counts[1]
