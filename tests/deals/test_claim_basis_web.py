"""Pages of claim bases: the panel, the draft, drawing up, reading, paper, files, withdrawing."""

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from mengkeju.deals import actions
from mengkeju.deals.models import ClaimBasis, Deal
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> s.Pair:
    """The pages are read on a day inside the window."""
    monkeypatch.setattr(clock, "now", lambda: m.LATER)
    return s.pair()


def body(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def drawn(pair: s.Pair) -> tuple[Deal, ClaimBasis]:
    deal = fs.registered(pair)
    fs.paid(deal, pair, 800, voucher_number="A-1")
    fs.paid(deal, pair, 100, technical_amount=None)
    return deal, fs.drawn(deal, pair)


def test_the_panel_says_what_can_be_claimed_and_what_is_lacking(pair: s.Pair) -> None:
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    fs.paid(deal, pair, 10, voucher=False)
    page = body(pair.client("firm"), deal.get_absolute_url())
    assert "可以申报 <strong>20万元</strong>" in page
    assert "本期有 1 笔付款没有附凭证，不能计入" in page
    assert "非官方结论" in page
    other = body(pair.client("institute"), deal.get_absolute_url())
    assert "供给方的补助比例没有查到标准" in other
    assert "20万元" not in other
    draft = reverse("claim-basis-draw", args=[deal.uid])
    assert '<h2 id="total">可以申报</h2>' in body(pair.client("firm"), draft)
    assert '<h2 id="total">还算不出可以申报多少</h2>' in body(pair.client("institute"), draft)
    for reader in (f.signed_in_client(f.auditor()),):
        assert "claim-basis" not in body(reader, deal.get_absolute_url())


def test_before_signing_nothing_is_offered(pair: s.Pair) -> None:
    deal = d.deal(pair)
    client = pair.client("firm")
    assert "claim-basis" not in body(client, deal.get_absolute_url())
    assert "现在没有可以草算的" in body(client, reverse("claim-basis-draw", args=[deal.uid]))


def test_a_basis_is_drawn_up_once_from_the_draft(pair: s.Pair) -> None:
    deal = fs.registered(pair)
    fs.paid(deal, pair, 800)
    client, url = pair.client("firm"), reverse("claim-basis-draw", args=[deal.uid])
    page = body(client, url)
    for word in ("39万元", "100万元以内", "超过500万元", "二手来源", "年度的全部合同", "出具申报依据"):
        assert word in page, word
    sent = {"party": m.party(deal, "buyer").uid, "window": fs.BEGINS.isoformat(), "one_time_key": "k1"}
    answers = [client.post(url, sent) for _n in range(2)]
    basis = ClaimBasis.objects.get()
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, basis.get_absolute_url())] * 2
    again = client.post(url, sent | {"one_time_key": "k2"})
    assert again.status_code == 422
    assert "已经有申报依据" in again.content.decode()
    assert "看申报依据" in body(client, url)


@pytest.mark.parametrize(
    "sent",
    [{"window": "2020-11-01"}, {"window": "never"}, {"party": "00000000-0000-0000-0000-000000000000"}],
)
def test_a_choice_that_is_none_is_told_at_its_field(pair: s.Pair, sent: dict[str, str]) -> None:
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    client, url = pair.client("firm"), reverse("claim-basis-draw", args=[deal.uid])
    for answer in (client.get(url, sent), client.post(url, sent)):
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode() or "aria-invalid" in answer.content.decode()
    assert not ClaimBasis.objects.exists()


def test_the_basis_shows_every_step_payment_and_source(pair: s.Pair) -> None:
    deal, basis = drawn(pair)
    payment = basis.claimed.get().payment
    client = pair.client("firm")
    page = body(client, basis.get_absolute_url())
    for word in (
        "39万元", "A-1", "回单.pdf", f"#payment-{payment.uid}", "没有写明其中的技术部分", "本期计算", "二手来源",
        "内科发成字〔2021〕12号", "非官方结论", fs.NUMBER[:4],
    ):  # fmt: skip
        assert word in page, word
    assert f'id="payment-{payment.uid}"' in body(client, reverse("deal-payments", args=[deal.uid]))
    paper = body(client, reverse("claim-basis-print", args=[basis.uid]))
    assert "39万元" in paper
    assert "data-mk-print" in paper


def test_the_file_holds_the_whole_calculation(pair: s.Pair) -> None:
    _deal, basis = drawn(pair)
    client = pair.client("firm")
    sheet = load_workbook(io.BytesIO(b"".join(client.get(basis.get_absolute_url() + "?export=xlsx"))), read_only=True)
    rows = list(sheet.worksheets[0].iter_rows(values_only=True))
    parts = [row[0] for row in rows]
    for part in ("计入的付款", "没有计入的付款", "计算", "出处"):
        assert part in parts
    amounts = {row[1]: row[3] for row in rows if row[0] == "计算"}
    assert amounts["本期可以申报"] == 390000
    listed = load_workbook(io.BytesIO(b"".join(client.get(reverse("claim-bases") + "?export=xlsx"))), read_only=True)
    assert list(listed.worksheets[0].iter_rows(values_only=True))[-1][9] == 390000


def test_only_the_applicant_and_the_auditor_read_it(pair: s.Pair) -> None:
    _deal, basis = drawn(pair)
    addresses = [basis.get_absolute_url(), reverse("claim-basis-print", args=[basis.uid])]
    stranger = f.signed_in_client(f.manager(f.organisation()))
    auditor = f.signed_in_client(f.auditor())
    withdraw = reverse("claim-basis-withdraw", args=[basis.uid])
    for url in addresses:
        for client in (pair.client("institute"), stranger):
            assert client.get(url).status_code == 404
        assert auditor.get(url).status_code == 200
        assert Client().get(url).status_code == 302
    assert pair.client("institute").post(withdraw, {"note": "x"}).status_code == 404
    assert auditor.post(withdraw, {"note": "x"}).status_code == 403
    draw = reverse("claim-basis-draw", args=[basis.deal.uid])
    assert stranger.get(draw).status_code == 404
    assert auditor.get(draw).status_code == 403
    assert "还没有申报依据" in body(stranger, reverse("claim-bases"))


def test_withdrawn_with_a_reason_and_changes_are_told(pair: s.Pair) -> None:
    _deal, basis = drawn(pair)
    client = pair.client("firm")
    row = basis.claimed.get().payment
    actions.withdraw_payment(row, "记错了", by=pair.of_firm, now=m.LATER)
    assert "计入的付款里有 1 笔已经撤回" in body(client, basis.get_absolute_url())
    url = reverse("claim-basis-withdraw", args=[basis.uid])
    assert "请写明撤回的理由" in client.post(url, {}, follow=True).content.decode()
    page = client.post(url, {"note": "付款更正"}, follow=True).content.decode()
    assert "付款更正" in page
    assert "重新草算" in page
    assert "已经撤回" in client.post(url, {"note": "再来"}, follow=True).content.decode()
    listed = body(client, reverse("claim-bases"))
    assert "已撤回：付款更正" in listed
    assert "各期合计与上限" not in listed


def test_the_list_sums_each_year_beside_the_cap(pair: s.Pair) -> None:
    drawn(pair)
    page = body(pair.client("firm"), reverse("claim-bases"))
    assert "各期合计与上限" in page
    assert page.count("39万元") == 2
    assert "200万元" in page
    assert date(2026, 11, 1) == fs.BEGINS
