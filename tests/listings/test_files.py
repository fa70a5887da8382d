"""Files on a listing: tiers, copies for readers, a right withdrawn on the way, and what the owner sees of it."""

import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter

from mengkeju.directory.actions import erase_person
from mengkeju.kernel import consent, stamping
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event, File
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.files import MOST_FILES
from mengkeju.listings.engine.reads import CONSENT
from mengkeju.listings.models import FileRead, Listing, ListingFile, ReadRecord
from tests import exported, tokens
from tests import factories as f
from tests.calls import get
from tests.listings import disclosed as d
from tests.listings import samples as s


def locked() -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(made)
    return made.getvalue()


LONG = b"0123456789abcdef" * 65536  # 1 MiB: several portions


@pytest.fixture
def closed(db: None) -> Listing:
    return d.listing()


def address(one: ListingFile) -> str:
    return reverse("listing-file", args=[one.listing.uid, one.uid])


def status(client: Client, path: str) -> int:
    """Without leaving the file open."""
    answer = client.get(path)
    if answer.streaming:
        body(answer)
    return int(answer.status_code)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.covers("PLT-15")
def test_a_protected_file_comes_in_a_zip_with_a_cover_sheet_and_is_noted(closed: Listing) -> None:
    one = d.put_file(closed)
    guest = d.grant(d.ask(closed)).organisation
    client = f.signed_in_client(f.manager(guest))
    assert "压缩包" in s.text(client.get(closed.get_absolute_url())), "the page says so before"
    answer = client.get(address(one))
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.namelist() == [stamping.COVER, "参数.txt"]
        cover = archive.read(stamping.COVER).decode("utf-8-sig")
        assert archive.read("参数.txt").decode() == d.SECRET
    for word in (guest.name, closed.number, "非涉密平台", one.file.sha256, d.owner_of(closed).name):
        assert word in cover
    noted = FileRead.objects.get()
    assert (noted.organisation, noted.account, noted.form, noted.complete) == (guest, None, "zip", True)
    assert noted.uid.hex[-12:] in cover
    assert ReadRecord.objects.filter(listing=closed, channel="file", tier="parties").count() == 1
    event = Event.objects.get(type="listing.file_downloaded")
    assert (event.actor_account, event.actor_organisation) == (None, guest.uid)
    assert event.payload.body["copy"] == str(noted.uid)


def test_the_owner_gets_the_original_and_leaves_no_trace(closed: Listing) -> None:
    one = d.put_file(closed)
    for login in (f.manager(d.owner_of(closed)), f.member(d.owner_of(closed))):
        assert body(f.signed_in_client(login).get(address(one))).decode() == d.SECRET
    assert FileRead.objects.count() == 0


def test_who_may_not_read_the_tier_finds_no_file(closed: Listing) -> None:
    one, open_one = d.put_file(closed), d.put_file(closed, name="照片.txt", content=b"public", tier="public")
    members = d.put_file(closed, name="给单位.txt", content=b"members", tier="members")
    verified = f.signed_in_client(f.manager(f.organisation()))
    page = s.text(verified.get(closed.get_absolute_url()))
    assert "参数.txt" not in page
    assert "另有 1 个附件" in page
    assert [status(verified, address(row)) for row in (one, open_one, members)] == [404, 200, 200]
    assert [status(Client(), address(row)) for row in (one, open_one, members)] == [404, 200, 404]
    kernels = [verified.get(reverse("file", args=[row.file.uid])).status_code for row in (one, open_one, members)]
    assert kernels == [404, 404, 404], "the stored file itself is nobody's but who put it up"
    with pytest.raises(RefusedError):
        actions.hand_out(one, by=s.manager_of(f.organisation()), now=s.LATER)


def test_a_public_file_of_a_closed_listing_is_as_closed_as_that(db: None) -> None:
    row = d.listing(tier="members")
    one = d.put_file(row, tier="public")
    assert queries.tier_of(one) == "members"
    answer = f.signed_in_client(f.manager(f.organisation())).get(address(one))
    assert answer["Content-Type"] == "application/zip"
    assert Client().get(address(one)).status_code == 404


@pytest.mark.covers("PLT-15")
@pytest.mark.parametrize("end", ["consent", "file", "listing", "suspension", "membership"])
def test_a_right_that_ends_while_the_copy_is_on_its_way_cuts_it_off(closed: Listing, end: str) -> None:
    one = d.put_file(closed, name="数据.txt", content=LONG)
    request = d.grant(d.ask(closed))
    login = f.manager(request.organisation)
    answer: Any = f.signed_in_client(login).get(address(one))
    parts = answer.streaming_content
    got = len(next(parts))
    assert got <= 2 * stamping.PORTION
    owner = s.manager_of(d.owner_of(closed))
    if end == "consent":
        d.end(request)
    elif end == "file":
        actions.remove_listing_file(one, by=owner, now=s.LATER, note="换新版")
    elif end == "listing":
        Listing.objects.filter(pk=closed.pk).update(archived_at=s.LATER, archived_by=f.manager(d.owner_of(closed)))
    elif end == "suspension":
        type(login).objects.filter(pk=login.pk).update(suspended_at=s.LATER)
    else:
        f.person(login).memberships.update(ended_at=s.LATER)
    with pytest.raises(stamping.StoppedError):
        next(parts)
    assert FileRead.objects.get().complete is False
    if end == "consent":
        page = s.text(f.signed_in_client(f.manager(d.owner_of(closed))).get(request.get_absolute_url()))
        assert "下载中断" in page


def test_undisturbed_it_comes_whole(closed: Listing) -> None:
    one = d.put_file(closed, name="数据.txt", content=LONG)
    request = d.grant(d.ask(closed))
    content = body(f.signed_in_client(f.manager(request.organisation)).get(address(one)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read("数据.txt") == LONG


def test_the_person_stands_only_by_consent_and_goes_with_it(closed: Listing) -> None:
    one = d.put_file(closed)
    login = f.manager(d.grant(d.ask(closed)).organisation)
    consent.accept(CONSENT, by=f.actor(login), now=s.LATER)
    body(f.signed_in_client(login).get(address(one)))
    owner, manage = f.signed_in_client(f.manager(d.owner_of(closed))), reverse("listing-disclosure", args=[closed.uid])
    name = f.person(login).name
    assert name in s.text(owner.get(manage))
    consent.take_back(CONSENT, by=f.actor(login), now=s.LATER)
    page = s.text(owner.get(manage))
    assert name not in page
    assert "已下载完" in page
    _head, rows = exported.xlsx(owner.get(manage, {"export": "xlsx"}))
    assert [(r["附件"], r["已下载完"]) for r in rows] == [("参数.txt", "是")]
    consent.accept(CONSENT, by=f.actor(login), now=s.LATER)
    body(f.signed_in_client(login).get(address(one)))
    erase_person(f.person(login), by=f.actor(login), now=s.LATER)
    assert set(FileRead.objects.values_list("account", flat=True)) == {None}


def test_putting_up_and_taking_down_in_the_browser(closed: Listing) -> None:
    owner = f.signed_in_client(f.manager(d.owner_of(closed)))
    page = reverse("listing-files", args=[closed.uid])
    assert "还没有附件" in s.text(owner.get(page))
    form = {"kind": "report", "tier": "parties", "caption": "第三方", "one_time_key": "k1", "secrecy_reviewed": "on"}

    def post(**given: Any) -> Any:
        upload = SimpleUploadedFile("报告.pdf", given.pop("content", d.PDF))
        return owner.post(page, {**form, **given, "upload": upload})

    assert "内容不是 pdf" in s.text(post(content=b"MZ", one_time_key="k0"))
    refused = post(secrecy_reviewed="", one_time_key="k2")
    assert (refused.status_code, "保密审查" in s.text(refused)) == (422, True)
    assert [post().status_code, post().status_code] == [302, 302]
    one = ListingFile.objects.get()
    assert (one.kind, one.caption, one.file.detected_type) == ("report", "第三方", "application/pdf")
    assert "报告.pdf" in s.text(owner.get(page))
    remove = reverse("listing-file-remove", args=[closed.uid, one.uid])
    assert owner.post(remove, {"note": ""}).status_code == 302
    assert queries.files_of(closed).count() == 1, "without a reason it stays"
    assert owner.post(remove, {"note": "有错"}).status_code == 302
    one.refresh_from_db()
    assert (one.archived_reason, File.objects.get().archived_reason) == ("有错", "有错")
    assert owner.get(address(one)).status_code == 404
    assert owner.get(reverse("file", args=[one.file.uid])).status_code == 404
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert [stranger.get(page).status_code, stranger.post(remove, {"note": "x"}).status_code] == [403, 403]
    assert Client().get(page).status_code == 302


def test_one_listing_has_only_so_many(closed: Listing) -> None:
    for number in range(MOST_FILES):
        d.put_file(closed, name=f"{number}.txt")
    with pytest.raises(ValidationError, match="最多"):
        d.put_file(closed)


def test_a_file_the_storage_lost_is_not_found(closed: Listing) -> None:
    one = d.put_file(closed)
    one.file.content.storage.delete(str(one.file.content.name))
    client = f.signed_in_client(f.manager(d.grant(d.ask(closed)).organisation))
    assert client.get(address(one)).status_code == 404
    assert FileRead.objects.count() == 0


def test_through_the_api_each_with_his_own_token(closed: Listing) -> None:
    one = d.put_file(closed)
    guest = d.grant(d.ask(closed)).organisation
    path = f"/listings/{closed.uid}/files"
    mine, other = tokens.service_client(guest), tokens.service_client(f.organisation())
    assert get(mine, path).json()["items"][0]["stamped"] is True
    assert get(other, path).json() == {"items": [], "closed": {"parties": 1}}
    assert get(other, f"{path}/{one.uid}/content").status_code == 404
    assert get(Client(), f"{path}/{one.uid}/content").status_code == 404
    with zipfile.ZipFile(io.BytesIO(body(get(mine, f"{path}/{one.uid}/content")))) as archive:
        assert archive.read("参数.txt").decode() == d.SECRET
    assert FileRead.objects.get().organisation == guest
    narrow = tokens.service_client(guest, "listings:read")
    assert get(narrow, f"{path}/{one.uid}/content").status_code == 403


def pdf(*sizes: tuple[int, int], rotate: int = 0) -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    for width, height in sizes:
        page = writer.add_blank_page(width, height)
        if rotate:
            page.rotate(rotate)
    writer.write(made)
    return made.getvalue()


def picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), (10, 200, 30)).save(made, format=form)
    return made.getvalue()


def darkest(of: Image.Image) -> int:
    return next(tone for tone, dots in enumerate(of.convert("L").histogram()) if dots)


@pytest.mark.covers("PLT-15")
@pytest.mark.parametrize("rotate", [0, 90])
def test_every_page_of_a_pdf_carries_the_lines(closed: Listing, rotate: int) -> None:
    sizes = ((595, 842), (842, 595), (300, 200))
    one = d.put_file(closed, name="图.pdf", content=pdf(*sizes, rotate=rotate))
    client = f.signed_in_client(f.manager(d.grant(d.ask(closed)).organisation))
    assert "带有贵单位名称" in s.text(client.get(closed.get_absolute_url()))
    answer = client.get(address(one))
    content = body(answer)
    assert (answer["Content-Type"], FileRead.objects.get().form) == ("application/pdf", "pdf")
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == len(sizes)
    for page, (width, height) in zip(pages, sizes, strict=True):
        wide, high = (height, width) if rotate else (width, height)
        assert (round(page.mediabox.width), page.mediabox.height > high + 20) == (wide, True)
        strip = page.images[0].image
        assert strip is not None
        assert darkest(strip) < 100, "something is written on it"


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_carries_the_lines_below(closed: Listing, form: str) -> None:
    one = d.put_file(closed, name=f"照片.{form.lower()}", content=picture(form))
    client = f.signed_in_client(f.manager(d.grant(d.ask(closed)).organisation))
    with Image.open(io.BytesIO(body(client.get(address(one))))) as got:
        assert (got.format, got.width, got.height > 500) == (form, 640, True)
        assert darkest(got.crop((0, 485, 640, got.height))) < 100
    assert FileRead.objects.get().form == "image"


@pytest.mark.parametrize("content", [d.PDF, locked()], ids=["damaged", "locked"])
def test_a_pdf_that_cannot_be_stamped_comes_in_the_zip(closed: Listing, content: bytes) -> None:
    one = d.put_file(closed, name="图.pdf", content=content)
    client = f.signed_in_client(f.manager(d.grant(d.ask(closed)).organisation))
    got = body(client.get(address(one)))
    with zipfile.ZipFile(io.BytesIO(got)) as archive:
        assert archive.namelist() == [stamping.COVER, "图.pdf"]
    assert FileRead.objects.get().form == "zip"


def test_without_a_font_pdf_comes_in_the_zip_and_the_pages_say_so(
    closed: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "font_file", lambda: "")
    one = d.put_file(closed, name="图.pdf", content=pdf((595, 842)))
    client = f.signed_in_client(f.manager(d.grant(d.ask(closed)).organisation))
    assert "压缩包" in s.text(client.get(closed.get_absolute_url()))
    assert body(client.get(address(one)))[:2] == b"PK"
    owner = f.signed_in_client(f.manager(d.owner_of(closed)))
    assert "还没有装加印所需的中文字体" in s.text(owner.get(reverse("listing-files", args=[closed.uid])))
