"""Pages of prices and payments: what they show to whom, what they keep when they refuse, what they give as a file."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, PaymentRecord
from mengkeju.kernel import clock
from tests import exported
from tests import factories as f
from tests.deals import deal_samples
from tests.deals import money_samples as m
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands two months behind the signing."""
    monkeypatch.setattr(clock, "now", lambda: m.LATER)


def page(name: str, deal: Deal, *more: Any) -> str:
    """The address of a page of a deal."""
    return reverse(name, args=[deal.uid, *more])


def price_post(deal: Deal, *rows: tuple[str, str, str], **given: str) -> dict[str, str]:
    """A filled form of the price."""
    cells = {
        f"lines-{at}-{key}": value
        for at, row in enumerate(rows)
        for key, value in zip(("kind", "label", "amount"), row, strict=True)
    }
    return {"mode": "fixed", "revision": str(deal.revision), **cells, **given}


def payment_post(deal: Deal, **given: Any) -> dict[str, Any]:
    """A filled form of a payment: 300万元 from the firm."""
    parties = {"payer": str(m.party(deal, "buyer").uid), "payee": str(m.party(deal, "seller").uid)}
    day = clock.today(m.NOW).isoformat()
    return {**parties, "paid_on": day, "amount": "300万", "one_time_key": uuid4().hex, **given}


# ---- The price ---------------------------------------------------------------------------------------


def test_a_price_is_typed_in_rows_as_people_write_amounts() -> None:
    pair = s.pair()
    deal, client = deal_samples.deal(pair), pair.client("firm")
    assert "还没有写明价款" in text(client.get(deal.get_absolute_url()))
    empty = client.get(page("deal-price", deal))
    assert (empty.status_code, 'name="lines-2-amount"' in empty.content.decode()) == (200, True)
    sent = price_post(deal, ("technical", "工艺包", "1.5亿元"), ("", "", ""), ("equipment", "", "200万"))
    assert client.post(page("deal-price", deal), sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.contract_value, deal.technology_value) == (D(152_000_000), D(150_000_000))
    shown = text(client.get(deal.get_absolute_url()))
    for words in ("成交额", "1.52亿元", "技术交易额", "1.5亿元", "工艺包", "修改价款"):
        assert words in shown
    again = client.get(page("deal-price", deal)).content.decode()
    assert 'value="15000万"' in again
    assert 'value="200万"' in again


def test_a_refused_price_keeps_every_row_and_marks_the_wrong_cell() -> None:
    pair = s.pair()
    deal, client = deal_samples.deal(pair), pair.client("firm")
    sent = price_post(
        deal, ("technical", "工艺包", "面包"), ("equipment", "装置", "200万"), said_total="3亿", terms="验收后付"
    )
    answer = client.post(page("deal-price", deal), sent)
    html = answer.content.decode()
    assert (answer.status_code, "第 1 行“金额”" in text(answer)) == (422, True)
    for kept in ("面包", "工艺包", "装置", "200万", "3亿", "验收后付"):
        assert kept in html
    assert html.count('aria-invalid="true"') >= 1
    sent = price_post(deal, ("technical", "", ""), ("equipment", "", "200万"))  # the action's own refusal
    answer = client.post(page("deal-price", deal), sent)
    assert (answer.status_code, "第 1 行“金额”：请写明这一行的金额" in text(answer)) == (422, True)
    sent = price_post(deal, ("technical", "", "100万"), ("equipment", "", "200万"), said_total="400万")
    answer = client.post(page("deal-price", deal), sent)
    assert (answer.status_code, "相差 100万元" in text(answer)) == (422, True)
    assert not queries.price_lines(deal)


def test_instalments_are_read_with_their_days() -> None:
    pair = s.pair()
    deal, client = deal_samples.deal(pair), pair.client("firm")
    sent = price_post(deal, ("technical", "", "300万"), mode="instalments")
    parts = {
        "instalments-0-due_on": "2027年6月30日",
        "instalments-0-amount": "100万",
        "instalments-1-due_on": "明年",
        "instalments-1-condition": "验收合格后",
        "instalments-1-amount": "",
    }
    answer = client.post(page("deal-price", deal), sent | parts)
    said = text(answer)
    assert (answer.status_code, "第 2 行“约定日期”" in said, "第 2 行“金额”" in said) == (422, True, True)
    parts |= {"instalments-1-due_on": "", "instalments-1-amount": "200万"}
    assert client.post(page("deal-price", deal), sent | parts).status_code == 302
    assert [(row.due_on, row.amount) for row in queries.instalments(deal)][1] == (None, D(2_000_000))
    shown = text(client.get(deal.get_absolute_url()))
    assert ("第 1 期" in shown, "2027年6月30日" in shown, "验收合格后" in shown) == (True, True, True)


def test_more_rows_come_without_script_and_nothing_typed_is_lost() -> None:
    pair = s.pair()
    deal, client = deal_samples.deal(pair), pair.client("firm")
    sent = price_post(deal, *[("technical", f"第{n}项", "错") for n in range(3)], more="1", terms="验收后付")
    answer = client.post(page("deal-price", deal), sent)
    html = answer.content.decode()
    assert (answer.status_code, 'name="lines-4-amount"' in html, 'name="lines-5-amount"' in html) == (200, True, False)
    assert ("第2项" in html, "验收后付" in html, "还有这些地方要改" in html) == (True, True, False)


def test_a_price_that_changed_meanwhile_is_told_and_the_second_try_counts() -> None:
    pair = s.pair()
    deal, client = deal_samples.deal(pair), pair.client("firm")
    sent = price_post(deal, ("technical", "", "100万"))
    actions.set_price(deal, mode="fixed", lines=m.lines(), by=pair.of_institute, now=m.NOW)
    answer = client.post(page("deal-price", deal), sent)
    assert (answer.status_code, "现在的成交额是：1,000万元" in text(answer)) == (409, True)
    deal.refresh_from_db()
    assert f'value="{deal.revision}"' in answer.content.decode()
    assert client.post(page("deal-price", deal), sent | {"revision": str(deal.revision)}).status_code == 302


def test_a_confirmed_text_closes_the_price_and_says_what_to_do() -> None:
    pair = s.pair()
    deal, client = m.priced(pair), pair.client("firm")
    deal_samples.confirmed(deal)
    assert "先上传新一版文本" in text(client.get(page("deal-price", deal)))
    answer = client.post(page("deal-price", deal), price_post(deal, ("technical", "工艺包", "1万")))
    assert (answer.status_code, "要先传新一版文本" in text(answer)) == (422, True)
    assert 'value="工艺包"' in answer.content.decode()


def test_after_signing_the_price_is_corrected_with_a_reason() -> None:
    pair = s.pair()
    deal, client = m.signed(m.priced(pair, mode="open", lines=[Line("technical")])), pair.client("firm")
    assert "待定" in text(client.get(deal.get_absolute_url()))
    deal.refresh_from_db()
    sent = price_post(deal, ("technical", "", "300万"))
    answer = client.post(page("deal-price", deal), sent)
    assert (answer.status_code, "更正的理由" in text(answer)) == (422, True)
    assert client.post(page("deal-price", deal), sent | {"reason": "规模已定"}).status_code == 302
    shown = text(client.get(deal.get_absolute_url()))
    assert ("更正价款" in shown, "规模已定" in shown, "300万元" in shown) == (True, True, True)


# ---- Payments ----------------------------------------------------------------------------------------


def test_a_payment_with_its_voucher_from_one_side_to_the_confirmation_of_the_other() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    firm, institute = pair.client("firm"), pair.client("institute")
    assert "还没有付款记录" in text(firm.get(deal.get_absolute_url()))
    sent = payment_post(deal, voucher_number="HD-7", vouchers=[m.voucher(), m.voucher("发票.pdf")])
    assert firm.post(page("deal-pay", deal), sent).status_code == 302
    again = sent | {"vouchers": [m.voucher()]}
    assert firm.post(page("deal-pay", deal), again).status_code == 302  # sent twice is once
    row = PaymentRecord.objects.get()
    own, theirs = (text(client.get(deal.get_absolute_url())) for client in (firm, institute))
    for words in ("已付 300万元", "还剩 700万元", "凭证号 HD-7", "回单.pdf", "发票.pdf", "等另一方确认"):
        assert words in own
    assert ("确认这一笔" in own, "确认这一笔" in theirs) == (False, True)
    file = queries.vouchers_of([row])[row.uid][0]
    assert exported.content(institute.get(reverse("file", args=[file["uid"]]))) == s.PDF
    assert f.signed_in_client(f.manager(f.organisation())).get(reverse("file", args=[file["uid"]])).status_code == 404
    confirm = page("deal-payment-confirm", deal, row.uid)
    assert "要由另一方确认" in text(firm.post(confirm, follow=True))
    shown = text(institute.post(confirm, follow=True))
    assert ("双方已确认" in shown, "技术性收入" in shown, "240万元" in shown) == (True, True, True)


def test_a_refused_payment_keeps_what_was_typed_and_says_that_files_are_gone() -> None:
    pair = s.pair()
    deal, client = m.signed(m.priced(pair)), pair.client("firm")
    answer = client.post(
        page("deal-pay", deal), payment_post(deal, amount="1100万", note="首付款", vouchers=[m.voucher()])
    )
    said, html = text(answer), answer.content.decode()
    assert (answer.status_code, "还剩 1,000万元；这一笔多出 100万元" in said, "请重新选择" in said) == (422, True, True)
    assert ('value="1100万"' in html, 'value="首付款"' in html) == (True, True)
    for wrong, words in (
        ({"amount": "面议"}, "请写明付了多少"),
        ({"payee": str(uuid4())}, "收款方"),
        ({"paid_on": "2020-01-01"}, "不能早于签订日期"),
        ({"vouchers": [m.voucher("程序.pdf", s.EXE)]}, "内容不是"),
        ({"technical_amount": "301万"}, "技术部分不能大于"),
    ):
        answer = client.post(page("deal-pay", deal), payment_post(deal, **wrong))
        assert (answer.status_code, words in text(answer)) == (422, True), words
    assert not PaymentRecord.objects.exists()


def test_withdrawing_asks_for_a_reason_and_the_list_keeps_it() -> None:
    pair = s.pair()
    deal, client = m.signed(m.priced(pair)), pair.client("firm")
    row = m.paid(deal, pair)
    withdraw = page("deal-payment-withdraw", deal, row.uid)
    assert "请写明撤回的理由" in text(client.post(withdraw, {"note": ""}, follow=True))
    shown = text(client.post(withdraw, {"note": "金额写错"}, follow=True))
    assert ("已撤回，不再计入已付" in shown, "全部收付款记录" in shown) == (True, True)
    listed = text(client.get(page("deal-payments", deal)))
    assert ("撤回理由：金额写错" in listed, "已撤回" in listed) == (True, True)


def test_the_payments_as_a_file() -> None:
    pair = s.pair()
    deal, client = m.signed(m.priced(pair)), pair.client("firm")
    assert "还没有付款记录" in text(client.get(page("deal-payments", deal)))
    m.paid(deal, pair, 300, technical_amount=D(2_000_000), voucher_number="=1+1", vouchers=[m.voucher()])
    gone = m.paid(deal, pair, 100)
    actions.withdraw_payment(gone, "重复", by=pair.of_firm, now=m.LATER)
    _lines, rows = exported.xlsx(client.get(page("deal-payments", deal) + "?export=xlsx"))
    assert [(row["金额（元）"], row["状态"]) for row in rows] == [(1_000_000, "已撤回"), (3_000_000, "等另一方确认")]
    assert (rows[1]["其中技术费用（元）"], rows[1]["凭证号"], rows[1]["付款凭证"]) == (2_000_000, "=1+1", "回单.pdf")


# ---- Who sees what -----------------------------------------------------------------------------------


def visits(client: Client, deal: Deal, row: PaymentRecord) -> list[int]:
    """The answers of every page of money, payments first looked at, then acted upon."""
    gets = [client.get(page(name, deal)).status_code for name in ("deal-price", "deal-payments", "deal-pay")]
    posts = [
        client.post(page(name, deal, row.uid)).status_code for name in ("deal-payment-confirm", "deal-payment-withdraw")
    ]
    return gets + posts


def test_who_may_look_and_who_may_act() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    row = m.paid(deal, pair)
    assert visits(f.signed_in_client(f.manager(f.organisation())), deal, row) == [404] * 5
    assert visits(Client(), deal, row) == [302] * 5
    auditor = f.signed_in_client(f.auditor())
    assert visits(auditor, deal, row) == [403, 200, 403, 403, 403]
    answer = auditor.get(deal.get_absolute_url())
    shown, html = text(answer), answer.content.decode()
    assert ("已付 300万元" in shown, page("deal-pay", deal) in html, page("deal-price", deal) in html) == (
        True,
        False,
        False,
    )
    other = m.signed(m.priced(s.pair()))
    assert pair.client("firm").post(page("deal-payment-withdraw", other, row.uid)).status_code == 404
    assert pair.client("firm").post(page("deal-payment-withdraw", deal, uuid4())).status_code == 404


def test_of_a_source_everybody_sees_the_sum_and_that_no_more_is_known() -> None:
    pair = s.pair()
    deal = deal_samples.from_source(pair, amount=D(10_000_000))
    stranger = f.signed_in_client(f.manager(f.organisation()))
    for client in (stranger, pair.client("firm")):
        shown = text(client.get(deal.get_absolute_url()))
        assert ("1,000万元" in shown, "资料未写明" in shown, "收付款" in shown) == (True, True, False)
        assert "更正价款" not in shown
    assert stranger.get(page("deal-payments", deal)).status_code == 403
    assert pair.client("firm").post(page("deal-pay", deal), payment_post(deal)).status_code == 422
