"""Tables of the kernel. Other subjects are named by (type, uid), never by a foreign key upwards."""

from mengkeju.kernel.models.account import Account
from mengkeju.kernel.models.consent import Consent
from mengkeju.kernel.models.counter import RateCounter
from mengkeju.kernel.models.duty import Duty
from mengkeju.kernel.models.event import Event, EventPayload, FollowerCursor, RecordEpoch, Seal
from mengkeju.kernel.models.exchange import ImportBatch, ImportMapping, ImportRow
from mengkeju.kernel.models.file import Attachment, File
from mengkeju.kernel.models.job import JobLease, OneTimeKey
from mengkeju.kernel.models.notice import Notice
from mengkeju.kernel.models.record import Record, StatefulRecord, personal, personal_fields
from mengkeju.kernel.models.signing import SigningKey
from mengkeju.kernel.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Account",
    "Attachment",
    "Consent",
    "Duty",
    "Event",
    "EventPayload",
    "File",
    "FollowerCursor",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "JobLease",
    "Notice",
    "OneTimeKey",
    "RateCounter",
    "Record",
    "RecordEpoch",
    "Seal",
    "SigningKey",
    "StatefulRecord",
    "WebhookDelivery",
    "WebhookEndpoint",
    "personal",
    "personal_fields",
]
