"""Uploads are judged by content, kept privately, and streamed only to who may read them."""

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor
from mengkeju.kernel.files import FileRefusedError, attach, check, readable, store
from mengkeju.kernel.models import Account, Event, File
from tests import factories as f
from tests.kernel.makers import listing, page_without

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def office(folder: str) -> bytes:
    """A document of an office program, reduced to what its container needs."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<x/>")
    return kept.getvalue()


def xlsx() -> bytes:
    book, kept = Workbook(), io.BytesIO()
    book.active["A1"] = "需求"  # type: ignore[index]  # a new workbook has an active sheet
    book.save(kept)
    return kept.getvalue()


def empty_zip() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w"):
        pass
    return kept.getvalue()


GOOD: list[tuple[str, Callable[[], bytes]]] = [
    ("需求.xlsx", xlsx), ("合同.docx", lambda: office("word")), ("路演.pptx", lambda: office("ppt")),
    ("证书.pdf", lambda: PDF),
    ("图.png", lambda: PNG), ("图.JPG", lambda: JPEG), ("包.zip", lambda: office("x")),
    ("表.csv", lambda: "题目,内容\n脱碳,细渣\n".encode("gbk")), ("说明.txt", "说明".encode),
]  # fmt: skip
BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("需求.xlsx", lambda: EXE, "内容不是 xlsx"),
    ("需求.xlsx", lambda: EXE + xlsx(), "内容不是 xlsx"),  # a program with an archive behind it
    ("需求.xlsx", lambda: office("word"), "内容不是 xlsx"),
    ("需求.xlsx", lambda: xlsx()[:-30], "内容不是 xlsx"),
    ("需求.xlsx", lambda: b"PK\x03\x04", "内容不是 xlsx"),
    ("合同.docx", xlsx, "内容不是 docx"),
    ("证书.pdf", lambda: b"<html>", "内容不是 pdf"),
    ("图.png", lambda: JPEG, "内容不是 png"),
    ("说明.txt", lambda: EXE, "内容不是 txt"),
    ("包.zip", empty_zip, "内容不是 zip"),
    ("程序.exe", lambda: EXE, "不接收“.exe”文件"),
    ("网页.html", lambda: b"<script>", "不接收“.html”文件"),
    ("图.svg", lambda: b"<svg/>", "不接收“.svg”文件"),
    ("没有扩展名", lambda: PDF, "不接收“没有扩展名”文件"),
    ("证书.pdf.exe", lambda: PDF, "不接收“.exe”文件"),
    ("空.pdf", lambda: b"", "是空文件"),
    (f"{'长' * 198}.pdf", lambda: PDF, "超过 200 个字"),
]


def upload(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.mark.parametrize(("name", "body"), GOOD, ids=[name for name, _body in GOOD])
def test_real_files_are_accepted_and_left_at_their_start(name: str, body: Callable[[], bytes]) -> None:
    content = body()  # once: a zip carries the time it was made at
    given_file = upload(name, content)
    assert "/" in check(given_file)
    assert given_file.read() == content


@pytest.mark.parametrize(("name", "body", "words"), BAD)
def test_what_is_not_accepted_says_why(name: str, body: Callable[[], bytes], words: str) -> None:
    with pytest.raises(FileRefusedError, match=words):
        check(upload(name, body()))


@override_settings(MAX_UPLOAD_BYTES=1024 * 1024)
def test_a_file_above_the_limit_is_refused_and_one_at_it_is_not() -> None:
    filler = b" " * (1024 * 1024 - len(PDF))
    assert check(upload("证书.pdf", PDF + filler)) == "application/pdf"
    with pytest.raises(FileRefusedError, match="超过 1 MB"):
        check(upload("证书.pdf", PDF + filler + b" "))


@given(st.binary(max_size=300), st.integers(0, 5000), st.sampled_from(["a.xlsx", "a.zip", "a.pdf", "a.txt"]))
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_refused_or_accepted_but_never_raise(noise: bytes, place: int, name: str) -> None:
    whole = WHOLE
    place %= len(whole)
    for body in (noise, whole[:place] + noise + whole[place + len(noise) :], whole[:place]):
        with contextlib.suppress(FileRefusedError):
            assert check(upload(name, body))


WHOLE = xlsx()


@pytest.mark.django_db
def test_the_digests_are_the_published_ones() -> None:
    # SM3("abc") from GB/T 32905-2016, annex A; SHA-256("abc") from FIPS 180-4.
    kept = store(upload("abc.txt", b"abc"), by=SYSTEM, now=f.AT)
    assert kept.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert kept.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.django_db
def test_a_stored_file_stands_in_the_record_and_under_a_name_of_ours() -> None:
    by = f.actor(f.account())
    kept = store(upload("../../需求.xlsx", xlsx()), by=by, now=f.AT, area=f.BAOTOU)
    assert (kept.name, kept.size, kept.tier, kept.created_by_id) == ("需求.xlsx", len(xlsx()), "parties", by.account_id)
    assert "需求" not in str(kept.content.name)
    with kept.content.open("rb") as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == kept.sha256
    event = Event.objects.get(subject_uid=kept.uid)
    assert (event.type, event.actor_account, event.payload.body["sm3"]) == ("file.stored", by.account_uid, kept.sm3)


@pytest.mark.django_db
def test_a_refused_upload_leaves_nothing() -> None:
    with pytest.raises(FileRefusedError):
        store(upload("需求.xlsx", EXE), by=SYSTEM, now=f.AT)
    assert not File.objects.exists()
    assert not Event.objects.exists()


def shelf() -> tuple[File, Organisation, Account]:
    """A file somebody stored for a draft of his firm."""
    firm = f.organisation()
    founder = f.manager(firm)
    kept = store(upload("说明.txt", b"private"), by=f.actor(founder), now=f.AT)
    return kept, firm, founder


@pytest.mark.django_db
def test_readable_by_who_stored_it_and_who_may_read_what_it_is_attached_to() -> None:
    kept, firm, founder = shelf()
    colleague, stranger = f.member(firm), f.manager(f.organisation())

    def may_read(actor: Actor) -> bool:
        return readable(actor, kept.uid) is not None

    assert may_read(f.actor(founder))
    assert not may_read(f.actor(colleague))
    draft = listing(firm)
    attach(kept, draft)
    attach(kept, draft)
    assert kept.attachments.count() == 1
    assert may_read(f.actor(colleague))
    assert not may_read(f.actor(stranger))
    assert not may_read(ANONYMOUS)
    type(draft).objects.filter(pk=draft.pk).update(state="published")
    assert may_read(ANONYMOUS)
    File.objects.filter(pk=kept.pk).update(archived_at=f.AT, archived_by=founder)
    assert not may_read(f.actor(founder))


def answer(client: Client, file: Any) -> Any:
    return client.get(f"/files/{file.uid}/")


@pytest.mark.django_db
def test_a_download_streams_as_an_attachment_that_is_not_sniffed() -> None:
    kept, _firm, founder = shelf()
    got = answer(f.signed_in_client(founder), kept)
    assert got.status_code == 200
    assert got.streaming
    assert b"".join(got.streaming_content) == b"private"
    got.close()
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith("attachment;")
    assert "%E8%AF%B4%E6%98%8E.txt" in got["Content-Disposition"]


@pytest.mark.django_db
def test_a_stranger_gets_the_same_404_as_for_no_file_at_all() -> None:
    kept, _firm, _founder = shelf()
    missing = File(uid="01900000-0000-7000-8000-000000000000")
    for client in (Client(), f.signed_in_client(f.account())):
        hidden, nothing = answer(client, kept), answer(client, missing)
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert page_without(hidden, str(kept.uid)) == page_without(nothing, str(missing.uid))


@pytest.mark.django_db
def test_a_file_whose_content_was_not_restored_is_not_found_and_said_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kept, _firm, founder = shelf()
    kept.content.storage.delete(str(kept.content.name))
    assert answer(f.signed_in_client(founder), kept).status_code == 404
    assert str(kept.uid) in caplog.text
