"""The words and next steps of intentions, said from the reader's side."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from mengkeju.deals.web.intentions import pages
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, SYSTEM
from mengkeju.kernel.models import Duty
from mengkeju.listings import actions
from tests import factories as f
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "declaring", "answering", "outside", "step"),
    [
        ("declared", "待对方答复", "等您答复", "待答复", "对方答复"),
        ("accepted", "对方已接受", "本单位已接受", "已接受", "商谈"),
        ("declined", "对方婉拒", "已婉拒", "已婉拒", ""),
        ("talking", "商谈中", "商谈中", "商谈中", "商谈"),
    ],
)
def test_every_reader_gets_his_own_words(state: str, declaring: str, answering: str, outside: str, step: str) -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), state) if state != "declared" else pair.declared()
    readers = (pair.of_institute, pair.of_firm, ANONYMOUS)
    assert [pages.badge(intention, reader)["label"] for reader in readers] == [declaring, answering, outside]
    tones = [pages.badge(intention, reader)["kind"] for reader in readers]
    assert ("wait" in tones, tones[1] == "wait") == (state == "declared", state == "declared")
    now = [made["label"] for made in pages.steps(intention, "字") if made["state"] == "now"]
    assert now == ([step] if step else [])


def test_an_intention_to_answer_is_the_next_step_of_its_listing() -> None:
    pair = s.pair()
    assert pages.answer_panel(pair.of_firm, pair.need, {}) is None
    intention = pair.declared(counter=pair.achievement)
    shown = pages.answer_panel(pair.of_firm, pair.need, {})
    assert shown is not None
    assert (shown["waiting"], shown["due"] is not None) == (intention, True)
    for reader, listing in ((pair.of_institute, pair.need), (ANONYMOUS, pair.need), (pair.of_firm, pair.achievement)):
        assert pages.answer_panel(reader, listing, {}) is None
    pair.bring(intention, "accepted")
    assert pages.answer_panel(pair.of_firm, pair.need, {}) is None


def test_a_match_card_leads_to_the_intention_that_runs_already() -> None:
    pair = s.pair()
    proposal = SimpleNamespace(uid=pair.need.uid)
    shown = {"listing": pair.need, "other": pair.achievement}
    before = pages.match_panel(pair.of_firm, proposal, shown)
    assert before is not None
    assert before["label"] == "有意向"
    intention = pair.declared(counter=pair.achievement)
    for reader, given in (
        (pair.of_firm, shown),
        (pair.of_institute, {"listing": pair.achievement, "other": pair.need}),
    ):
        card = pages.match_panel(reader, proposal, given)
        assert card is not None
        assert card["running"] == intention
    pair.bring(intention, "declined")
    again = pages.match_panel(pair.of_firm, proposal, shown)
    assert again is not None
    assert "url" in again


def test_a_match_from_a_published_source_says_why_there_is_no_button() -> None:
    pair = s.pair()
    sourced, _new = actions.publish_from_source(
        actions.SourceEntry("achievement", "1", "报道里的成果"),
        source="演示来源",
        owner=pair.institute,
        by=SYSTEM,
        now=f.AT,
    )
    card = pages.match_panel(pair.of_firm, SimpleNamespace(uid=pair.need.uid), {"listing": pair.need, "other": sourced})
    assert card is not None
    assert "没有联系人" in card["said"]


def test_both_sides_read_by_how_many_working_days_it_is_overdue() -> None:
    pair = s.pair()
    intention = pair.declared()
    duty = duties.open_on(intention).get()
    assert duty.due_on is not None
    assert pages.overdue_in_words(duty, duty.due_on) == ""
    later = clock.add_working_days(duty.due_on, 4).day
    assert pages.overdue_in_words(duty, later) == "已超期 4 个工作日"
    assert pages.overdue_in_words(None, later) == ""
    overdue = clock.add_working_days(clock.today(), 1).day - timedelta(days=30)
    Duty.objects.filter(pk=duty.pk).update(due_on=overdue)
    words = f"已超期 {clock.working_days_between(overdue, clock.today())} 个工作日"
    for side in ("institute", "firm"):
        assert words in pair.client(side).get(intention.get_absolute_url()).content.decode()
    pair.bring(intention, "withdrawn")
    assert "已超期" not in pair.client("institute").get(intention.get_absolute_url()).content.decode()


def test_overdue_over_a_weekend_only_names_no_number() -> None:
    duty = Duty(due_on=date(2026, 11, 20))
    assert pages.overdue_in_words(duty, date(2026, 11, 21)) == "已超期"
    assert pages.overdue_in_words(duty, date(2026, 11, 23)) == "已超期 1 个工作日"
