"""The pages of texts: upload, confirm, on paper, take back; who sees what, and what is refused where."""

from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.models import ContractText, Deal, TextConfirmation
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import samples as s
from tests.deals import text_samples as t
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db


def page(client: Client, deal: Deal) -> str:
    """The deal's page."""
    answer = client.get(deal.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def put_up(client: Client, deal: Deal, **given: Any) -> Any:
    """What the upload form answers."""
    data = {"role": "main", "language": "zh", "upload": t.upload(), "one_time_key": "", "note": ""} | given
    return client.post(reverse("deal-text-upload", args=[deal.uid]), data)


def url(name: str, text: ContractText, *more: Any) -> str:
    return reverse(name, args=[text.deal.uid, text.uid, *more])


@pytest.mark.covers("TRD-08")
def test_from_the_empty_panel_to_a_text_that_both_confirmed_and_the_button_to_sign() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    assert "还没有文本" in page(firm, deal)
    answer = put_up(institute, deal, note="初稿")
    assert answer["Location"] == f"{deal.get_absolute_url()}#texts"
    text = ContractText.objects.get()
    shown = page(firm, deal)
    for words in (
        text.sm3,
        text.file.name,
        "初稿",
        "核对并确认合同文本第 1 版",
        f"以“{pair.firm.name}”的名义确认第 1 版？",
    ):
        assert words in shown, words
    assert f"以“{pair.institute.name}”的名义" not in shown
    for client, side in ((firm, "buyer"), (institute, "seller")):
        assert "记为签约</button>" not in page(client, deal)
        given = {"party": str(t.party(deal, side).uid), "sm3": text.sm3}
        assert client.post(url("deal-text-confirm", text), given).status_code == 302
    shown = page(firm, deal)
    assert "各方已确认" in shown
    assert "记为签约</button>" in shown
    assert "核对并确认" not in shown


def test_a_digest_of_an_older_page_is_refused_with_the_reason() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    first = t.text(deal, pair.of_institute)
    t.text(deal, pair.of_institute)
    client = pair.client("firm")
    given = {"party": str(t.party(deal, "buyer").uid), "sm3": first.sm3}
    answer = client.post(url("deal-text-confirm", first), given, follow=True)
    assert "文本已有新版" in answer.content.decode()
    assert "页面上的内容不完整" in client.post(url("deal-text-confirm", first), {}, follow=True).content.decode()
    assert not TextConfirmation.objects.exists()


def test_what_the_upload_form_refuses_stands_at_its_field() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    client = pair.client("firm")
    for given, words in (
        ({"upload": SimpleUploadedFile("合同.pdf", s.EXE)}, "请确认没有改过扩展名"),
        ({"upload": SimpleUploadedFile("合同.exe", s.EXE)}, "不接收"),
        ({"role": "addendum"}, "id_role_error"),
        ({"upload": ""}, "id_upload_error"),
    ):
        answer = put_up(client, deal, note="改了第三条", **given)
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert words in shown, (given, words)
        assert "改了第三条" in shown, "nothing typed is lost"
    assert not ContractText.objects.exists()


def test_a_form_that_comes_twice_makes_one_version() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    client = pair.client("firm")
    for _again in range(2):
        assert put_up(client, deal, one_time_key="k1").status_code == 302
    assert ContractText.objects.count() == 1


def test_a_foreign_text_asks_for_its_translation_until_it_is_there() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    client = pair.client("firm")
    assert "译自哪一份" not in client.get(reverse("deal-text-upload", args=[deal.uid])).content.decode()
    put_up(client, deal, language="en")
    text = ContractText.objects.get()
    assert "还没有中文译本" in page(client, deal)
    assert put_up(client, deal, role="translation", translation_of="").status_code == 422
    answer = put_up(client, deal, role="translation", translation_of=str(text.uid))
    assert answer.status_code == 302
    shown = page(client, deal)
    assert "还没有中文译本" not in shown
    assert "译自合同文本 1" in shown


def test_a_party_outside_the_platform_is_put_on_record_with_its_scan() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    name = t.add_name(deal)
    text = t.text(deal, pair.of_institute)
    client = pair.client("firm")
    address = url("deal-text-paper", text, name.uid)
    shown = page(client, deal)
    assert address in shown
    assert "等书面确认" in shown
    assert "签字盖章扫描件" in client.get(address).content.decode()
    assert client.post(address, {"sm3": text.sm3}).status_code == 422
    wrong = client.post(address, {"sm3": text.sm3, "upload": SimpleUploadedFile("签字.pdf", s.EXE)})
    assert (wrong.status_code, "改过扩展名" in wrong.content.decode()) == (422, True)
    assert client.post(address, {"sm3": text.sm3, "upload": t.upload("签字页.pdf")}).status_code == 302
    assert "签字页.pdf" in page(client, deal)
    assert TextConfirmation.objects.get().scan is not None
    here = url("deal-text-paper", text, t.party(deal, "seller").uid)
    answer = client.post(here, {"sm3": text.sm3, "scan": "", "upload": t.upload()})
    assert (answer.status_code, "请其自己确认" in answer.content.decode()) == (422, True)
    newer = t.text(deal, pair.of_institute)
    kept = str(TextConfirmation.objects.get().scan.uid)  # type: ignore[union-attr]  # it has one
    again = {"sm3": newer.sm3, "scan": kept}
    assert client.post(url("deal-text-paper", newer, name.uid), again).status_code == 302
    assert newer.confirmations.count() == 1


def test_a_version_taken_back_is_shown_with_its_reason_and_without_its_file() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_firm)
    firm, institute = pair.client("firm"), pair.client("institute")
    address = url("deal-text-take-back", text)
    assert address in page(firm, deal)
    assert address not in page(institute, deal)
    assert institute.post(address, {"note": "不要"}).status_code == 403
    assert "请写明撤回的理由" in firm.post(address, {"note": ""}, follow=True).content.decode()
    firm.post(address, {"note": "传成了别家的合同"})
    shown = page(institute, deal)
    assert "传成了别家的合同" in shown
    assert reverse("file", args=[text.file.uid]) not in shown
    assert institute.get(reverse("file", args=[text.file.uid])).status_code == 404


def test_who_sees_the_panel_and_who_may_do_what() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    broker = f.broker()
    actions.add_helper(deal, person=f.person(broker), by=pair.of_firm, now=clock.now())
    shown = page(f.signed_in_client(broker), deal)
    assert text.sm3 in shown
    posts = (
        reverse("deal-text-upload", args=[deal.uid]),
        url("deal-text-confirm", text),
        url("deal-text-paper", text, t.party(deal, "buyer").uid),
        url("deal-text-take-back", text),
    )
    unknown = url("deal-text-confirm", text).replace(str(text.uid), str(deal.uid))
    for address in (*posts, unknown):
        assert address not in shown
        assert f.signed_in_client(broker).post(address).status_code == 403, address
        assert f.signed_in_client(f.manager(f.organisation())).post(address).status_code == 404, address
        assert Client().post(address).status_code == 302
    assert pair.client("firm").post(unknown).status_code == 404


def test_after_signing_the_form_offers_addenda_and_after_the_end_nothing() -> None:
    pair = s.pair()
    deal = t.signed(pair)
    client = pair.client("firm")
    form = client.get(reverse("deal-text-upload", args=[deal.uid])).content.decode()
    assert ('value="addendum"' in form, 'value="main"' in form) == (True, False)
    put_up(client, deal, role="addendum")
    assert "核对并确认补充协议第 1 版" in page(client, deal)
    actions.move_deal(deal, "terminate", note="终止", by=pair.of_firm, now=clock.now())
    shown = page(client, deal)
    assert reverse("deal-text-upload", args=[deal.uid]) not in shown
    assert "核对并确认" not in shown
    assert put_up(client, deal, role="addendum").status_code == 422


def test_the_page_asks_no_more_for_more_versions() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    client = pair.client("firm")
    counts = []
    for _more in range(2):
        for _one in range(3):
            t.text(deal, pair.of_institute)
        page(client, deal)
        counts.append(queries_of(partial(client.get, deal.get_absolute_url())))
    assert counts[0] == counts[1]
