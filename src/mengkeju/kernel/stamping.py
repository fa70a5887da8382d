"""Copies of protected files: PDF and pictures carry visible lines, everything else comes in a ZIP with a cover sheet.

The lines are drawn with a font that has Chinese characters (fonts-noto-cjk). Where none is installed, or a file cannot
be opened, its copy comes in the ZIP as well: nobody gets a protected file without them. Copies are handed out in
portions; before each the caller says whether it may go on.
"""

import io
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import RectangleObject

from mengkeju.kernel.models import File

log = logging.getLogger(__name__)
PORTION = 256 * 1024
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "wqy-microhei.ttc")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
MOST_PIXELS = 60_000_000
COVER = "请先读：查看须知.txt"
INK, PAPER = (140, 20, 20), (255, 255, 255)
DOTS = 2.5
"""Of the lines, for each point of a page."""


class StoppedError(RuntimeError):
    """The reader lost the right while the copy was on its way; what he has is cut off."""


@dataclass(frozen=True)
class Copy:
    """A copy to hand out. `form`: pdf, image or zip; `parts` in portions."""

    name: str
    content_type: str
    form: str
    parts: Iterator[bytes]


@cache
def font_file() -> str:
    """A font with Chinese characters; empty when none is installed."""
    for folder in FONT_FOLDERS:
        for name in FONTS:
            found = next(iter(sorted(Path(folder).expanduser().rglob(name))), None)
            if found is not None:
                return str(found)
    return ""


def form_of(file: File) -> str:
    """How a copy of this file is handed out, as a page can say it before: pdf, image or zip."""
    wanted = "pdf" if file.detected_type == "application/pdf" else "image" if file.detected_type in PICTURES else ""
    return wanted if wanted and font_file() else "zip"


def copy(file: File, lines: Iterable[str], *, go_on: Callable[[], bool]) -> Copy:
    """A stamped copy. FileNotFoundError when the storage lost the file; StoppedError while it is handed out."""
    words, form = tuple(lines), form_of(file)
    if not file.content.storage.exists(str(file.content.name)):  # the archive is opened only with its first portion
        raise FileNotFoundError(str(file.content.name))
    if form != "zip":
        with file.content.open("rb") as content:
            try:
                made = _stamp_pdf(content, words) if form == "pdf" else _stamp_picture(content, words, file)
            except Exception:  # damaged, locked or unusual files: whatever the libraries raise, the ZIP holds it
                log.warning("file %s cannot be stamped, it is handed out in a ZIP", file.uid, exc_info=True)
            else:
                return Copy(file.name, file.detected_type, form, _checked(_cut(made), go_on))
    name = f"{file.name.rpartition('.')[0] or file.name}.zip"
    return Copy(name, "application/zip", "zip", _checked(_zipped(file, words), go_on))


def answer(made: Copy) -> StreamingHttpResponse:
    """The copy as an answer that nobody keeps on the way."""
    told = StreamingHttpResponse(made.parts, content_type=made.content_type)
    told["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=made.name) or "attachment"
    told["X-Content-Type-Options"] = "nosniff"
    told["Cache-Control"] = "no-store, private"
    return told


def _checked(parts: Iterator[bytes], go_on: Callable[[], bool]) -> Iterator[bytes]:
    for part in parts:
        if not go_on():
            raise StoppedError
        yield part


def _cut(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), PORTION):
        yield content[start : start + PORTION]


class _Sink(io.RawIOBase):
    """Takes what the archive writes and gives it away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found, self.waiting = b"".join(self.waiting), []
        return found


def _zipped(file: File, lines: tuple[str, ...]) -> Iterator[bytes]:
    """The cover sheet, then the file; nothing is held in memory but one portion."""
    sink = _Sink()
    with file.content.open("rb") as content, zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(COVER, "\r\n".join(("\ufeff" + lines[0], *lines[1:], "")))
        with archive.open(file.name, "w") as inside:
            while part := content.read(PORTION):
                inside.write(part)
                yield sink.taken()
    if rest := sink.taken():
        yield rest


def _text_picture(lines: tuple[str, ...], width: int) -> Image.Image:
    """The lines on white, of this width in dots and as high as they need."""
    size = max(14, width // 72)
    letters = ImageFont.truetype(font_file(), size)
    rows = [row for line in lines for row in _broken(line, letters, width - 2 * size)]
    made = Image.new("RGB", (width, int(len(rows) * size * 1.5) + size), PAPER)
    pen = ImageDraw.Draw(made)
    for number, row in enumerate(rows):
        pen.text((size, size // 2 + int(number * size * 1.5)), row, font=letters, fill=INK)
    return made


def _broken(line: str, letters: ImageFont.FreeTypeFont, room: int) -> Iterator[str]:
    row = ""
    for letter in line:
        if row and letters.getlength(row + letter) > room:
            yield row
            row = ""
        row += letter
    yield row


def _strip(lines: tuple[str, ...], width: float) -> PageObject:
    """The lines as a page of this width in points."""
    picture, kept = _text_picture(lines, max(int(width * DOTS), 400)), io.BytesIO()
    picture.save(kept, format="PDF", resolution=72 * picture.width / width, quality=90)
    return PdfReader(kept).pages[0]


def _stamp_pdf(content: IO[bytes], lines: tuple[str, ...]) -> bytes:
    """Every page with a strip below that carries the lines: nothing of the page is covered."""
    writer = PdfWriter(clone_from=PdfReader(content, strict=False))
    strips: dict[float, PageObject] = {}
    for page in writer.pages:
        if page.rotation:
            page.transfer_rotation_to_content()
        box = page.cropbox
        left, bottom, width = float(box.left), float(box.bottom), float(box.width)
        strip = strips.setdefault(width, strips.get(width) or _strip(lines, width))
        lower = bottom - float(strip.mediabox.height)
        whole = RectangleObject((left, lower, float(box.right), float(box.top)))
        page.mediabox = page.cropbox = page.trimbox = page.bleedbox = page.artbox = whole
        page.merge_transformed_page(strip, Transformation().translate(left, lower))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _stamp_picture(content: IO[bytes], lines: tuple[str, ...], file: File) -> bytes:
    """The picture with the lines on a strip below it; what cameras write beside it is left out."""
    with Image.open(content) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            msg = f"{opened.width} × {opened.height} pixels"
            raise ValueError(msg)
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    strip = _text_picture(lines, max(upright.width, 400))
    made = Image.new("RGB", (strip.width, upright.height + strip.height), PAPER)
    made.paste(upright, (0, 0))
    made.paste(strip, (0, upright.height))
    saved, options = io.BytesIO(), {"quality": 92} if "jpeg" in file.detected_type else {}
    made.save(saved, format=PICTURES[file.detected_type], **options)
    return saved.getvalue()
