"""What the kernel registers with itself: files are subjects, so that storing one stands in the record."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.access import NOTHING, Actor, Predicate, anyone, is_active, is_signed_in
from mengkeju.kernel.access import register as register_permissions
from mengkeju.kernel.exchange import access as imports
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.import_states import IMPORT
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import File, ImportBatch, SigningKey, WebhookEndpoint
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.webhooks import access as _webhook_permissions  # noqa: F401 - registers its table
from mengkeju.kernel.webhooks import deliveries
from mengkeju.kernel.webhooks.workflow import READ, WEBHOOK

FILE_READ, FILE_STORE, KEY_READ = "kernel.file:read", "kernel.file:store", "kernel.signing_key:read"


def _stored_it(actor: Actor, file: Any) -> bool:
    return actor.account_id is not None and file.created_by_id == actor.account_id


stored_it = Predicate(
    "stored_it",
    _("上传者本人（附在某一对象上的文件，看得到该对象的人也能下载）"),
    _stored_it,
    lambda actor: Q(created_by_id=actor.account_id) if actor.account_id is not None else NOTHING,
)
register_permissions({FILE_READ: ((stored_it,),), FILE_STORE: ((is_signed_in, is_active),), KEY_READ: ((anyone,),)})
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
register(
    SubjectType(
        "signing_key",
        SigningKey,
        _("证据单的签名密钥"),
        KEY_READ,
        url=lambda _key: reverse("evidence-keys"),
        title=lambda key: key.key,
    )
)
event_labels.register("signing_key.began", _("启用签名密钥"))
event_labels.register("signing_key.retired", _("停用签名密钥"))
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
register(
    SubjectType(
        "webhook",
        WebhookEndpoint,
        _("事件推送地址"),
        READ,
        url=lambda endpoint: endpoint.get_absolute_url(),
        title=lambda endpoint: endpoint.description,
        workflow=WEBHOOK,
    )
)
for _event, _word in (
    ("webhook.created", _("新建推送地址")),
    ("webhook.edited", _("修改推送地址")),
    ("webhook.secret_rotated", _("更换密钥")),
    ("webhook.pinged", _("发送测试事件")),
    ("webhook.replayed", _("补发事件")),
    ("webhook.deleted", _("删除推送地址")),
):
    event_labels.register(_event, _word)
followers.register(deliveries.FOLLOWER, Follower(deliveries.FOLLOWER, deliveries.note, interval=1.0))
nightly.register("kernel.webhooks", "mengkeju.kernel.webhooks.tasks.tidy")
