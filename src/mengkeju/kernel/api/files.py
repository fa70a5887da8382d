"""Files through the API: upload with the checks of the pages, download with their permission."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, Http404
from ninja import File as Uploaded
from ninja import Form, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from mengkeju.kernel import clock, files
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import MULTIPART, ApiRequest
from mengkeju.kernel.api.routes import Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.models import File

READ, STORE = "kernel.file:read", "kernel.file:store"
Tier = Literal["public", "members", "parties"]
UID = "0193a4c6-0000-7000-8000-000000000401"

routes = Routes(Title("文件", "Files"))


class FileOut(Schema):
    """A stored file. Who may download it: who stored it, and who may read what it is attached to."""

    uid: UUID
    name: str
    size: int = Field(description="字节。 / Bytes.")
    detected_type: str = Field(description="按内容认出的类型。 / Found in its content.")
    sha256: str
    sm3: str = Field(description="GB/T 32905-2016")
    tier: Tier
    created_at: datetime
    url: str

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "uid": UID,
                    "name": "化验单.pdf",
                    "size": 20480,
                    "detected_type": "application/pdf",
                    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "sm3": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
                    "tier": "parties",
                    "created_at": "2026-11-21T14:00:00+08:00",
                    "url": f"/files/{UID}/",
                }
            ]
        }
    )


class UploadForm(Schema):
    """What is said of an upload."""

    tier: Tier = Field(default="parties", description="标注给谁看。 / For whom it is meant.")


def _shown(request: ApiRequest, file: File) -> dict[str, Any]:
    revision.note(request, file.revision)
    same = ("uid", "name", "size", "detected_type", "sha256", "sm3", "tier", "created_at")
    return {**{name: getattr(file, name) for name in same}, "url": f"/files/{file.uid}/"}


def _load(request: ApiRequest, uid: UUID) -> File:
    found = files.readable(request.actor, uid)
    if found is None:
        raise Http404
    return found


@routes.operation(
    "POST",
    "/files",
    title=Title("上传文件", "Upload a file"),
    permission=STORE,
    scope=Scope.FILES_WRITE,
    ask_first=True,
    creates=True,
    consumes=(MULTIPART,),
    response={201: FileOut},
)
def upload_file(request: ApiRequest, file: Uploaded[UploadedFile], given: Form[UploadForm]) -> Status[dict[str, Any]]:
    """Name, size and content are checked; nobody else reads it until it is attached, for example to a message."""
    owner = request.actor.primary_organisation
    kept = once.created(
        request, lambda: files.store(file, by=request.actor, now=clock.now(), tier=given.tier, owner=owner)
    )
    return Status(201, _shown(request, kept))


@routes.operation(
    "GET",
    "/files/{uuid:uid}",
    title=Title("读取文件信息", "Read about a file"),
    permission=READ,
    scope=Scope.FILES_READ,
    response=FileOut,
)
def get_file(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Name, size, type and digests."""
    return _shown(request, _load(request, uid))


@routes.operation(
    "GET",
    "/files/{uuid:uid}/content",
    title=Title("下载文件", "Download a file"),
    permission=READ,
    scope=Scope.FILES_READ,
    streams=True,
    response=None,
)
def download_file(request: ApiRequest, uid: UUID) -> FileResponse:
    """Streamed, under the same permission as on the pages."""
    return files.download(_load(request, uid))
