"""What a deal's page shows first: while it is talked about, once it is signed, to those outside; where it is mended."""

import pytest
from django.test import Client

from mengkeju.deals.models import Deal
from tests.deals import after_samples as a
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import money_samples as m
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db


def places(client: Client, deal: Deal, *headings: str) -> list[int]:
    """Where the headings stand on the page, -1 for one that is not there."""
    page = text(client.get(deal.get_absolute_url()))
    return [page.find(f">{heading}</h2>") for heading in headings]


def test_talks_come_first_while_it_is_talked_about_and_are_folded_behind_the_work_once_signed() -> None:
    pair = s.pair()
    deal, firm = d.deal(pair), pair.client("firm")
    found = places(firm, deal, "合同各方", "合同信息", "磨合记录", "合同文本")
    assert found == sorted(found)
    assert min(found) > 0
    assert "签约前的商谈和磨合" not in text(firm.get(deal.get_absolute_url()))


def test_once_signed_the_work_stands_before_the_papers() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    a.planned(deal, pair)
    found = places(pair.client("institute"), deal, "里程碑", "收付款", "合同各方", "合同信息", "合同文本")
    assert found == sorted(found)
    assert min(found) > 0


def test_nobody_is_asked_for_what_he_did_himself() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    m.paid(deal, pair)
    assert "确认 1 笔付款" in text(pair.client("institute").get(deal.get_absolute_url()))
    assert "确认 1 笔付款" not in text(pair.client("firm").get(deal.get_absolute_url()))


def test_applying_for_the_registration_is_the_seller_s_next_step() -> None:
    pair = s.pair()
    path = d.signed(pair).get_absolute_url()
    step = 'class="mk-next mk-next-wait" aria-labelledby="registration"'
    assert step in text(pair.client("institute").get(path))
    assert step not in text(pair.client("firm").get(path))


def test_beside_what_hinders_the_signing_stands_the_way_to_remove_it() -> None:
    pair = s.pair()
    deal, firm = d.deal(pair), pair.client("firm")
    path = deal.get_absolute_url()
    assert f'btn-wide" href="{path}texts/">上传文本' in text(firm.get(path))
    d.text(deal)
    assert 'href="#texts">看文本和确认情况' in text(firm.get(path))
    others = s.pair()
    path = c.made("agreement", others).get_absolute_url()
    assert f'href="{path}edit/#id_effective_until">去写有效期' in text(others.client("firm").get(path))


def test_a_visitor_reads_a_record_from_a_source_on_the_portal() -> None:
    deal = d.from_source()
    page = text(Client().get(deal.get_absolute_url()))
    assert deal.title in page
    assert 'href="/notices/"' not in page  # no workbench, nothing that asks him to sign in first
    assert 'href="/deals/"' not in page
    assert 'href="/deals/"' in text(s.pair().client("firm").get(deal.get_absolute_url()))
