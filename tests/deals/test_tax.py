"""Tax hints of a deal: the facts of the record, the figures of the policy, the source of each, never a finding."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from mengkeju.deals import queries
from mengkeju.deals.engine.tax_hints import Hint
from mengkeju.deals.models import Deal, Registration, RegistrationDocument
from mengkeju.deals.queries.tax import full_years
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal


def hint(deal: Deal, key: str) -> Hint:
    found = queries.tax_hints_of(Deal.objects.get(pk=deal.pk), fs.TODAY)
    return next(one for one in found.hints if one.key == key)


def put(deal: Deal, **columns: Any) -> None:
    Deal.objects.filter(pk=deal.pk).update(**columns)


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2026, 3, 1), date(2031, 2, 28), 5),
        (date(2026, 3, 1), date(2031, 2, 27), 4),
        (date(2026, 3, 1), date(2031, 3, 1), 5),
        (date(2024, 2, 29), date(2029, 2, 28), 5),
        (date(2026, 3, 1), date(2026, 3, 1), 0),
    ],
)
def test_a_term_in_full_years(first: date, last: date, years: int) -> None:
    assert full_years(first, last) == years


def test_a_transfer_of_a_patent_with_its_lacks() -> None:
    pair = s.pair()
    deal = fs.registered(pair, contract_type="transfer")
    put(deal, ip_kind="patent")
    vat, income = hint(deal, "vat"), hint(deal, "income_tax")
    assert (vat.state, vat.who, vat.lacks) == ("lacking", "seller", ("免税的部分只能开普通发票",))
    assert (income.state, income.lacks) == ("likely", ())
    Registration.objects.filter(deal=deal).update(particulars={"invoice": "ordinary"})
    assert hint(deal, "vat").state == "likely"
    put(deal, ip_kind="secret")
    assert hint(deal, "income_tax").state == "no"
    put(deal, ip_kind="patent", plan_source="city")
    assert hint(deal, "income_tax").lacks == ("由财政资金支持的项目，要有审批文件",)
    RegistrationDocument.objects.create(
        registration=Registration.objects.get(deal=deal), key="project_consent", created_at=fs.NOW
    )
    assert hint(deal, "income_tax").state == "likely"
    Registration.objects.filter(deal=deal).update(state="cancelled")
    assert "合同还没有认定登记" in hint(deal, "income_tax").lacks


def test_a_licence_is_doubtful_for_one_tax_and_needs_its_years_for_the_other() -> None:
    pair = s.pair()
    deal = fs.registered(pair, contract_type="licence")
    put(deal, ip_kind="patent")
    assert "来源只写“技术转让”，没有写明许可是否包括在内" in hint(deal, "vat").lacks
    assert hint(deal, "income_tax").lacks == ("没有写明许可的年限",)
    put(deal, effective_from=date(2026, 12, 1), effective_until=date(2030, 12, 1))
    assert hint(deal, "income_tax").state == "no"
    put(deal, effective_until=date(2031, 11, 30))
    assert hint(deal, "income_tax").state == "likely"


def test_a_commissioned_development_counts_what_was_paid_for_technology() -> None:
    pair = s.pair()
    deal = fs.registered(pair, contract_type="development", contract_subtype="commissioned")
    fs.paid(deal, pair, 300, 200)
    found = hint(deal, "deduction")
    assert (found.who, found.amount, found.state) == ("buyer", fs.wan(160), "likely")
    fs.paid(deal, pair, 10, technical_amount=None)
    assert hint(deal, "deduction").amount is None
    Registration.objects.filter(deal=deal).update(contract_subtype="joint")
    assert hint(deal, "deduction").who == "each"


def test_every_hint_has_a_source_with_its_status_and_the_words_no_official_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: m.LATER)
    cache.clear()
    pair = s.pair()
    deal = fs.registered(pair, contract_type="transfer")
    found = queries.tax_hints_of(deal, fs.TODAY)
    assert {one.key for one in found.hints} == {"vat", "income_tax"}
    for one in found.hints:
        assert found.sources[one.source]
        assert all(figure.source and figure.value is not None for figure in found.sources[one.source])
    page = pair.client("firm").get(deal.get_absolute_url()).content.decode()
    for word in ("可能适用的税收优惠", "非官方结论", "税惠政策指引汇编", "二手来源"):
        assert word in page
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.get(deal.get_absolute_url()).status_code == 404


def test_without_a_type_and_before_signing_nothing_is_said() -> None:
    pair = s.pair()
    deal = m.priced(pair)
    assert queries.tax_hints_of(deal, fs.TODAY).hints == ()
    signed = m.signed(deal)
    assert queries.tax_hints_of(signed, fs.TODAY).hints == ()
    put(signed, contract_type="service", parent=None)
    assert hint(signed, "vat").state == "lacking"
    parent = fs.second(pair, serial=7)
    put(parent, contract_type="development")
    put(signed, parent=parent)
    assert "咨询、服务要与同一受让方、委托方的技术转让或者开发相关" not in hint(signed, "vat").lacks
