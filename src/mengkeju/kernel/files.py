"""Files: type and size checked by content, private storage, streamed with permission."""

import hashlib
import logging
import struct
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import puremagic
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Attachment, File
from mengkeju.kernel.words import listed

log = logging.getLogger(__name__)
# Extension → what its content must be. "zip:" asks for that member inside the archive.
ALLOWED: dict[str, tuple[str, ...]] = {
    ".pdf": ("magic:%PDF-",),
    ".png": ("magic:\x89PNG",),
    ".jpg": ("magic:\xff\xd8\xff",),
    ".jpeg": ("magic:\xff\xd8\xff",),
    ".docx": ("zip:word/",),
    ".xlsx": ("zip:xl/",),
    ".pptx": ("zip:ppt/",),
    ".zip": ("zip:",),
    ".txt": ("text",),
    ".csv": ("text",),
}
MAX_NAME = 200
ZIP_START = b"PK\x03\x04"
# What Python's zipfile raises on damaged or hostile archives, by its own tests and ours.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    struct.error,
)
Upload: TypeAlias = "UploadedFile[bytes]"


class FileRefusedError(ValueError):
    """The upload is not accepted; the message says why and what would be. `why`: content, size or kind."""

    def __init__(self, message: str, why: str = "content") -> None:
        """The API answers by `why`: 422, 413 or 415."""
        super().__init__(message)
        self.why = why


def check(upload: Upload) -> str:
    """The MIME type found in the content. Raises FileRefusedError for size, name or content."""
    name = (upload.name or "").strip()
    size = upload.size or 0
    if not name or len(name) > MAX_NAME:
        raise FileRefusedError(_("文件名为空或超过 %(count)s 个字") % {"count": MAX_NAME})
    if size == 0:
        raise FileRefusedError(_("“%(name)s”是空文件") % {"name": name})
    if size > settings.MAX_UPLOAD_BYTES:
        raise FileRefusedError(
            _("“%(name)s”超过 %(size)s MB") % {"name": name, "size": settings.MAX_UPLOAD_BYTES // 1024 // 1024},
            "size",
        )
    extension = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    wanted = ALLOWED.get(extension)
    if wanted is None:
        raise FileRefusedError(
            _("不接收“%(kind)s”文件。可以上传：%(allowed)s")
            % {"kind": extension or name, "allowed": listed(list(ALLOWED))},
            "kind",
        )
    if not any(_content_is(upload, form) for form in wanted):
        raise FileRefusedError(
            _("“%(name)s”的内容不是 %(kind)s 文件，请确认没有改过扩展名") % {"name": name, "kind": extension[1:]},
            "kind",
        )
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    try:
        return str(puremagic.from_string(head, mime=True, filename=name)) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "text/plain" if "text" in wanted else "application/octet-stream"


def _content_is(upload: Upload, form: str) -> bool:
    upload.seek(0)
    if form.startswith("magic:"):
        magic = form[6:].encode("latin-1")
        return bool(upload.read(len(magic)) == magic)
    if form.startswith("zip:"):
        if upload.read(len(ZIP_START)) != ZIP_START:  # a program with an archive behind it opens as an archive
            return False
        try:
            with zipfile.ZipFile(upload) as archive:
                return any(member.startswith(form[4:]) for member in archive.namelist())
        except ZIP_ERRORS:
            return False
    return b"\x00" not in upload.read(65536)


@transaction.atomic
def store(
    upload: Upload, *, by: Actor, now: datetime, tier: str = "parties", owner: UUID | None = None, area: str = ""
) -> File:
    """Check and keep an upload. Raises FileRefusedError."""
    detected = check(upload)
    name = (upload.name or "").strip()
    sha256, sm3 = hashlib.sha256(), hashes.Hash(hashes.SM3())
    for chunk in upload.chunks():
        sha256.update(chunk)
        sm3.update(chunk)
    upload.seek(0)
    kept = File(
        name=name,
        size=upload.size or 0,
        detected_type=detected,
        sha256=sha256.hexdigest(),
        sm3=sm3.finalize().hex(),
        tier=tier,
        owner_organisation=owner,
        area=area,
        created_at=now,
        created_by_id=by.account_id,
    )
    kept.content.save(kept.uid.hex, upload, save=False)
    kept.save()
    payload = {"name": kept.name, "sha256": kept.sha256, "sm3": kept.sm3}
    audit.record("file.stored", kept, by=by, now=now, payload=payload)
    return kept


def attach(file: File, subject: Any, *, role: str = "") -> Attachment:
    """Put a stored file on a subject; twice is once."""
    made, _new = Attachment.objects.get_or_create(
        file=file, subject_type=subjects.type_of(subject).key, subject_uid=subject.uid, defaults={"role": role}
    )
    return made


def readable(actor: Actor, uid: UUID) -> File | None:
    """The file, if the actor stored it or may read a subject it is attached to; else None."""
    file = File.objects.filter(uid=uid, archived_at=None).first()
    if file is None:
        return None
    if actor.account_id is not None and file.created_by_id == actor.account_id:
        return file
    for attachment in file.attachments.all():
        if subjects.find_visible(actor, attachment.subject_type, attachment.subject_uid) is not None:
            return file
    return None


def own(actor: Actor, uids: Iterable[UUID]) -> dict[UUID, File]:
    """Of the named files those the actor stored, by uid."""
    if actor.account_id is None:
        return {}
    found = File.objects.filter(uid__in=list(uids), created_by_id=actor.account_id, archived_at=None)
    return {file.uid: file for file in found}


def download(file: File) -> FileResponse:
    """The content as an attachment, streamed, for readers already entitled to it. Http404 when the storage lost it."""
    try:
        content = file.content.open("rb")
    except FileNotFoundError:  # the database was restored without its files
        log.exception("file %s is not in the storage", file.uid)
        raise Http404 from None
    answer = FileResponse(content, as_attachment=True, filename=file.name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
