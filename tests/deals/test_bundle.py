"""The bundle of a contract: what it holds, its manifest and evidence, and that a change in it is found."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.engine import bundle as engine
from mengkeju.deals.models import Deal, PaymentRecord
from mengkeju.deals.queries import bundle
from mengkeju.kernel import clock, files, signing
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.evidence.check import check as check_sheet
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Attachment, Event
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import samples as s
from tests.deals import text_samples as t

pytestmark = pytest.mark.django_db


def taken(deal: Deal, by: Actor) -> bytes:
    """The bundle as bytes."""
    with actions.hand_out_bundle(deal, by=by, now=clock.now()) as made:
        return made.read()


def contents(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> io.BytesIO:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    kept.seek(0)
    return kept


def voucher(deal: Deal, by: Actor) -> PaymentRecord:
    """A payment with its voucher, as another part writes it."""
    paid = PaymentRecord.objects.create(
        deal=deal,
        payer=t.party(deal, "buyer"),
        payee=t.party(deal, "seller"),
        paid_on=date(2026, 11, 21),
        amount=Decimal("250000.00"),
        area=deal.area,
        created_at=clock.now(),
    )
    kept = files.store(t.upload("回单.pdf"), by=by, now=clock.now())
    Attachment.objects.create(file=kept, subject_type="payment_record", subject_uid=paid.uid, role="voucher")
    return paid


def full(pair: s.Pair) -> Deal:
    """Signed, after two versions, with an addendum, a scan and a voucher; one version was taken back."""
    deal = t.deal(pair)
    name = t.add_name(deal)
    t.text(deal, pair.of_institute)
    wrong = t.text(deal, pair.of_firm, name="别家.pdf")
    actions.take_back_text(wrong, "传错", by=pair.of_firm, now=clock.now())
    text = t.text(deal, pair.of_institute, name="合同../定稿.pdf")
    actions.confirm_on_paper(
        text, party=name, scan=t.upload("签字页.pdf"), sm3=text.sm3, by=pair.of_firm, now=clock.now()
    )
    t.confirm(text, pair, "seller", "buyer")
    actions.sign_deal(deal, signed_on=clock.today(), by=pair.of_firm, now=clock.now())
    t.text(deal, pair.of_firm, "addendum", name="补充协议.pdf")
    voucher(deal, pair.of_firm)
    return deal


@pytest.mark.covers("TRD-08")
def test_the_bundle_holds_every_document_with_its_digests_and_confirmations() -> None:
    pair = s.pair()
    deal = full(pair)
    made = taken(deal, pair.of_firm)
    parts = contents(made)
    manifest = json.loads(parts["manifest.json"])
    assert (manifest["schema"], manifest["version"]) == ("mengkeju-contract-bundle", 1)
    assert manifest["deal"]["number"] == deal.number
    assert manifest["deal"]["title"] == deal.title
    assert {p["name"] for p in manifest["parties"]} == {p.name for p in deal.parties.all()}
    rows = {row["path"]: row for row in manifest["files"]}
    assert set(rows) == {
        "addendum/01-补充协议.pdf",
        "main/01-合同.pdf",
        "main/03-定稿.pdf",
        "scan/01-签字页.pdf",
        "voucher/01-回单.pdf",
    }
    assert set(parts) == {*rows, "manifest.json", "evidence.json"}
    main = rows["main/03-定稿.pdf"]
    said = {one["party"]: one for one in main["confirmations"]}
    assert main["frozen_at"]
    assert len(main["sm3"]) == len(main["sha256"]) == 64
    assert main["size"] == len(parts["main/03-定稿.pdf"])
    assert [one["on_paper"] for one in said.values()] == [True, False, False]
    assert all(one["at"] and one["sm3"] == main["sm3"] for one in said.values())
    assert rows["main/01-合同.pdf"]["confirmations"] == []
    assert (rows["voucher/01-回单.pdf"]["amount"], rows["voucher/01-回单.pdf"]["paid_on"]) == (
        "250000.00",
        "2026-11-21",
    )
    assert list(engine.check(io.BytesIO(made))) == []
    sheet = json.loads(parts["evidence.json"])
    assert [one.text for one in check_sheet(sheet, signing.published()) if one.broken] == []
    assert {row["type_name"] for row in sheet["statement"]["acts"]} == set(bundle.TOLD)
    event = Event.objects.select_related("payload").get(type="deal.bundle_taken")
    assert event.payload.body == {"manifest": sheet["statement"]["manifest_sha256"], "files": 5}


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], Any], str]] = {
    "altered": (lambda p: p.update({"main/01-合同.pdf": b"%PDF-1.7 other"}), "不符"),
    "missing": (lambda p: p.pop("main/01-合同.pdf"), "缺少"),
    "slipped in": (lambda p: p.update({"main/09-多.pdf": b"x"}), "清单上没有"),
    "manifest": (lambda p: p.update({"manifest.json": p["manifest.json"].replace(b"zh", b"en")}), "证据单上的摘要"),
    "torn": (lambda p: p.update({"evidence.json": b"{}"}), "结构不完整"),
    "unsigned": (lambda p: p.pop("evidence.json"), "没有附签名"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_bundle_is_found(change: str) -> None:
    pair = s.pair()
    deal = t.deal(pair)
    t.text(deal, pair.of_firm)
    parts = contents(taken(deal, pair.of_firm))
    act, words = CHANGES[change]
    act(parts)
    found = list(engine.check(zipped(parts)))
    assert any(words in one.text for one in found), found
    assert any(one.broken for one in found) is (change != "unsigned")


@pytest.mark.parametrize(
    "content", [b"no archive", zipped({"a.txt": b"a"}).read(), zipped({"manifest.json": b"[]"}).read()]
)
def test_what_is_no_bundle_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(engine.BundleError):
        list(engine.check(io.BytesIO(content)))


def test_names_stay_inside_the_archive_and_differ() -> None:
    used: set[str] = set()
    names = [engine.path_of("main", 1, name, used) for name in ("../../etc/passwd", "a.pdf", "a.pdf", "..", "a/b.pdf")]
    assert names == ["main/01-_.._etc_passwd", "main/01-a.pdf", "main/01-2-a.pdf", "main/01-file", "main/01-a_b.pdf"]


def test_another_part_adds_its_files_by_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: Registry[Any] = Registry("parts")
    monkeypatch.setattr(bundle, "parts", parts)
    pair = s.pair()
    deal = t.deal(pair)
    kept = files.store(t.upload("登记证明.pdf"), by=pair.of_firm, now=clock.now())
    with pytest.raises(TransitionRefusedError) as told:
        taken(deal, pair.of_firm)
    assert told.value.code == "empty"
    parts.register("registration", lambda of: [queries.Document("registration", 1, kept, {"number": of.number})])
    manifest = json.loads(contents(taken(deal, pair.of_firm))["manifest.json"])
    assert [(row["path"], row["number"]) for row in manifest["files"]] == [
        ("registration/01-登记证明.pdf", deal.number)
    ]


def test_without_a_key_the_bundle_comes_without_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_given: Any) -> Any:
        raise signing.SigningError

    monkeypatch.setattr(signing, "current", none)
    pair = s.pair()
    deal = t.deal(pair)
    t.text(deal, pair.of_firm)
    assert "evidence.json" not in contents(taken(deal, pair.of_firm))


def test_a_file_that_the_storage_lost_is_said() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_firm)
    text.file.content.storage.delete(str(text.file.content.name))
    with pytest.raises(TransitionRefusedError) as told:
        taken(deal, pair.of_firm)
    assert told.value.code == "lost"
    answer = pair.client("firm").get(reverse("deal-bundle", args=[deal.uid]), follow=True)
    assert "不在存储里" in answer.content.decode()


def test_the_download_and_who_may() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    address = reverse("deal-bundle", args=[deal.uid])
    assert "还没有可以打包的文件" in pair.client("firm").get(address, follow=True).content.decode()
    t.text(deal, pair.of_firm)
    answer = pair.client("institute").get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert f"{deal.number}.zip" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    made = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    assert list(engine.check(io.BytesIO(made))) == []
    assert f.signed_in_client(f.manager(f.organisation())).get(address).status_code == 404
    assert pair.client("firm").post(address).status_code == 405
    with pytest.raises(RefusedError):
        taken(deal, f.actor(f.account()))
    told = actions.record_deal_from_source(
        actions.SourceDeal("演示", "1", "公开的", (pair.institute,), (pair.firm,)), now=clock.now()
    )
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.get(reverse("deal-bundle", args=[told.uid])).status_code == 403
