"""What the kernel registers with itself: files are subjects, so that storing one stands in the record."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.access import NOTHING, Actor, Predicate
from mengkeju.kernel.access import register as register_permissions
from mengkeju.kernel.exchange import access as imports
from mengkeju.kernel.exchange.workflow import IMPORT
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import File, ImportBatch
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels

FILE_READ = "kernel.file:read"


def _stored_it(actor: Actor, file: Any) -> bool:
    return actor.account_id is not None and file.created_by_id == actor.account_id


stored_it = Predicate(
    "stored_it",
    _("上传者本人（附在某一对象上的文件，看得到该对象的人也能下载）"),
    _stored_it,
    lambda actor: Q(created_by_id=actor.account_id) if actor.account_id is not None else NOTHING,
)
register_permissions({FILE_READ: ((stored_it,),)})
register(
    SubjectType(
        "file",
        File,
        _("文件"),
        FILE_READ,
        url=lambda f: reverse("file", args=[f.uid]),
        title=lambda f: f.name,
    )
)
event_labels.register("consent.given", _("同意"))
event_labels.register("consent.withdrawn", _("撤回同意"))
register(
    SubjectType(
        "import",
        ImportBatch,
        _("导入批次"),
        imports.READ,
        url=lambda batch: reverse("import", args=[batch.uid]),
        title=lambda batch: batch.file_name,
        workflow=IMPORT,
    )
)
event_labels.register("import.created", _("上传文件"))
nightly.register("kernel.imports", "mengkeju.kernel.tasks.discard_imports")
