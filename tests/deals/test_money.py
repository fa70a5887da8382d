"""The price in lines, its correction after signing, payments and their sums; what the database holds whatever comes."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import Part, SourceDeal
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, PriceLine
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import deal_samples
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal


def body(kind: str, deal: Deal) -> dict[str, Any]:
    """What the newest event of a kind on a deal says."""
    found = Event.objects.filter(type=kind, subject_uid=deal.uid).latest("id")
    said: dict[str, Any] = found.payload.body
    return said


def wrong(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    """The paths an act refused."""
    return set(error.value.message_dict)


# ---- The price ---------------------------------------------------------------------------------------


def test_the_sums_of_the_deal_are_those_of_its_lines() -> None:
    pair = s.pair()
    deal = m.priced(pair)
    assert (deal.contract_value, deal.technology_value) == (D(10_000_000), D(8_000_000))
    assert [(row.kind, row.amount) for row in queries.price_lines(deal)] == [
        ("technical", D(8_000_000)),
        ("equipment", D(2_000_000)),
    ]
    said = body("deal.price_set", deal)
    assert (said["before"]["contract_value"], said["after"]["contract_value"]) == ("", "10000000.00")
    assert Notice.objects.filter(account=f.manager(pair.institute).uid, subject_uid=deal.uid).count() == 2


def test_another_price_takes_its_place_and_the_old_rows_are_archived() -> None:
    pair = s.pair()
    deal = m.priced(pair)
    deal = actions.set_price(deal, mode="fixed", lines=m.lines(500, 0), by=pair.of_institute, now=m.LATER)
    assert (deal.contract_value, deal.technology_value) == (D(5_000_000), D(5_000_000))
    rows = PriceLine.objects.filter(deal=deal)
    assert (rows.count(), rows.filter(archived_at=None).count()) == (3, 1)
    assert {row.archived_by_id for row in rows.exclude(archived_at=None)} == {f.manager(pair.institute).pk}
    revision = deal.revision
    again = actions.set_price(deal, mode="fixed", lines=m.lines(500, 0), by=pair.of_institute, now=m.LATER)
    assert (again.revision, rows.count()) == (revision, 3)  # nothing is different


def test_every_wrong_row_is_named() -> None:
    pair = s.pair()
    deal = deal_samples.deal(pair)
    bad = [Line("technical", D(-1)), Line("equipment", D(5), "长" * 201), Line("gold", D(1))]
    with pytest.raises(ValidationError) as refused:
        actions.set_price(deal, mode="fixed", lines=bad, by=pair.of_firm, now=m.NOW)
    assert wrong(refused) == {"lines.0.amount", "lines.1.label", "lines.2.kind"}
    with pytest.raises(ValidationError) as refused:
        actions.set_price(deal, mode="royalty", lines=[], terms="", by=pair.of_firm, now=m.NOW)
    assert wrong(refused) == {"terms"}
    with pytest.raises(ValidationError) as refused:
        actions.set_price(
            deal, mode="instalments", lines=m.lines(), instalments=[Part(D(1))], said_total=D(2),
            by=pair.of_firm, now=m.NOW,
        )  # fmt: skip
    assert wrong(refused) == {"instalments", "said_total"}
    with pytest.raises(ValidationError) as refused:
        actions.set_price(
            deal, mode="royalty", lines=[], royalty_rate=D("3.333"), terms="长" * 1001, by=pair.of_firm, now=m.NOW
        )
    assert wrong(refused) == {"royalty_rate", "terms"}
    with pytest.raises(ValidationError) as refused:
        actions.set_price(deal, mode="fixed", lines=[Line("technical", D(1))] * 21, by=pair.of_firm, now=m.NOW)
    assert wrong(refused) == {"lines"}
    assert not PriceLine.objects.exists()


def test_who_may_write_a_price_and_from_which_revision() -> None:
    pair = s.pair()
    deal = deal_samples.deal(pair)
    for stranger in (f.actor(f.manager(f.organisation())), f.actor(f.auditor())):
        with pytest.raises(RefusedError):
            actions.set_price(deal, mode="fixed", lines=m.lines(), by=stranger, now=m.NOW)
    with pytest.raises(StaleRevisionError):
        actions.set_price(deal, mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.NOW, revision=deal.revision + 1)


def test_a_text_that_was_confirmed_fixes_the_price_until_there_is_a_newer_one() -> None:
    pair = s.pair()
    deal = m.priced(pair)
    deal_samples.confirm(deal_samples.text(deal), m.party(deal, "buyer"))
    with pytest.raises(TransitionRefusedError, match="新一版文本"):
        actions.set_price(deal, mode="fixed", lines=m.lines(1, 0), by=pair.of_firm, now=m.NOW)
    deal_samples.text(deal, version=2)
    assert (
        actions.set_price(deal, mode="fixed", lines=m.lines(1, 0), by=pair.of_firm, now=m.NOW).contract_value == 10_000
    )


def test_an_open_amount_is_corrected_once_it_is_known() -> None:
    pair = s.pair()
    deal = m.priced(pair, mode="open", lines=[Line("technical"), Line("equipment", D(50))])
    assert (deal.contract_value, deal.technology_value) == (None, None)
    with pytest.raises(TransitionRefusedError, match="签约以前"):
        actions.correct_price(deal, "定了", mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.NOW)
    m.signed(deal)
    with pytest.raises(TransitionRefusedError, match="签约以后"):
        actions.set_price(deal, mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.LATER)
    with pytest.raises(ValidationError) as refused:
        actions.correct_price(deal, " ", mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.LATER)
    assert wrong(refused) == {"reason"}
    made = actions.correct_price(
        deal, "产线规模已定", mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.LATER, royalty_rate=D(5)
    )
    assert (made.contract_value, made.technology_value, made.royalty_rate) == (D(10_000_000), D(8_000_000), None)
    said = body("deal.price_corrected", deal)
    assert (said["note"], said["before"]["mode"], said["after"]["mode"]) == ("产线规模已定", "open", "fixed")
    assert said["before"]["lines"] == [["technical", "", ""], ["equipment", "", "50.00"]]
    assert PriceLine.objects.exclude(archived_at=None).values_list("archived_reason", flat=True)[0] == "产线规模已定"
    with pytest.raises(ValidationError) as refused:
        actions.correct_price(made, "再来", mode="fixed", lines=m.lines(), by=pair.of_firm, now=m.LATER)
    assert wrong(refused) == {"lines"}


def test_a_correction_does_not_go_below_what_was_paid() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    m.paid(deal, pair, 300, technical_amount=D(3_000_000))
    for lines in (m.lines(200, 0), m.lines(200, 800)):  # less than paid; less for technology than was paid for it
        with pytest.raises(ValidationError) as refused:
            actions.correct_price(deal, "改", mode="fixed", lines=lines, by=pair.of_firm, now=m.LATER)
        assert wrong(refused) == {"lines"}
    assert actions.correct_price(deal, "改", mode="fixed", lines=m.lines(300, 0), by=pair.of_firm, now=m.LATER)


def test_a_deal_that_ended_has_its_price() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    actions.move_deal(deal, "terminate", note="不做了", by=pair.of_firm, now=m.LATER)
    with pytest.raises(TransitionRefusedError):
        actions.correct_price(deal, "改", mode="fixed", lines=m.lines(1, 0), by=pair.of_firm, now=m.LATER)
    with pytest.raises(TransitionRefusedError):
        m.paid(deal, pair)


def test_a_source_may_tell_the_whole_without_the_part() -> None:
    pair = s.pair()
    entry = SourceDeal(
        "演示资料", "1", "演示协议", (pair.institute,), (pair.firm,), amount=D(10_000_000), signed_on=clock.today(m.NOW)
    )
    deal = actions.record_deal_from_source(entry, now=m.NOW)
    deal.refresh_from_db()
    assert (deal.contract_value, deal.technology_value) == (D(10_000_000), None)
    assert queries.price_lines(deal) == []
    with pytest.raises(TransitionRefusedError):
        m.paid(deal, pair)


@pytest.mark.parametrize(
    "values",
    [
        {"contract_value": 10, "technology_value": 11},
        {"contract_value": 10, "technology_value": -1},
        {"contract_value": None, "technology_value": 1},
        {"contract_value": -1, "technology_value": None},
        {"contract_value": 10, "technology_value": 5, "paid_value": 11},
        {"contract_value": None, "technology_value": None, "paid_value": 1},
        {"royalty_rate": 101},
    ],
)
def test_the_database_refuses_sums_that_cannot_be(values: dict[str, Any]) -> None:
    deal = m.priced(s.pair())
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(**values)
    unbound = {"price_mode": "royalty", "contract_value": 10, "technology_value": 10, "paid_value": 11}
    assert Deal.objects.filter(pk=deal.pk).update(**unbound) == 1
