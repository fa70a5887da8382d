"""Which documents of a deal a bundle holds. Another part adds its own by one entry of `parts`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mengkeju.deals.models import ContractText, Deal, TextConfirmation
from mengkeju.kernel import signing
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Attachment, Event, File

VOUCHER = "voucher"
TOLD = (
    "deal.text_uploaded",
    "deal.text_confirmed",
    "deal.text_confirmed_on_paper",
    "deal.text_frozen",
    "deal.sign",
)
"""Events that the evidence in a bundle rests on."""


@dataclass(frozen=True)
class Document:
    """One file of a bundle. `role` is also its folder (a short word of a–z and _), `number` its version or place.

    `said`: what the manifest says of it besides the file's name, size and digests.
    """

    role: str
    number: int
    file: File
    said: dict[str, Any] = field(default_factory=dict)


parts: Registry[Callable[[Deal], Iterable[Document]]] = Registry("parts of a contract bundle")
"""By a key of the part: the documents of a deal that belong into its bundle, in the order in which they are listed."""


def documents(deal: Deal) -> list[Document]:
    """Everything a bundle of the deal holds now."""
    return [document for part in parts.values() for document in part(deal)]


def texts_part(deal: Deal) -> list[Document]:
    """All versions that were not taken back, with who confirmed them when."""
    rows = deal.texts.filter(archived_at=None).select_related("file", "party", "translation_of")
    said: dict[int, list[TextConfirmation]] = {}
    for one in TextConfirmation.objects.filter(text__deal=deal).select_related("party", "scan"):
        said.setdefault(one.text_id, []).append(one)
    return [Document(row.role, row.version, row.file, _of_text(row, said.get(row.pk, []))) for row in rows]


def _of_text(row: ContractText, said: list[TextConfirmation]) -> dict[str, Any]:
    of = row.translation_of
    return {
        "uid": str(row.uid),
        "version": row.version,
        "language": row.language,
        "translation_of": str(of.uid) if of is not None else None,
        "uploaded_by": row.party.name,
        "note": row.note,
        "frozen_at": _time(row.frozen_at),
        "confirmations": [
            {
                "party": one.party.name,
                "at": _time(one.created_at),
                "sm3": one.sm3,
                "on_paper": one.scan is not None,
                "scan": str(one.scan.uid) if one.scan is not None else None,
            }
            for one in said
        ],
    }


def _time(at: datetime | None) -> str | None:
    return signing.in_zone(at) if at is not None else None


def attached(subject_type: str, uids: Iterable[UUID], role: str) -> dict[UUID, list[File]]:
    """Files attached in a role to subjects of one type, by the subject's uid; archived ones left out. One query."""
    found: dict[UUID, list[File]] = {}
    rows = Attachment.objects.filter(
        subject_type=subject_type, subject_uid__in=list(uids), role=role, file__archived_at=None
    )
    for row in rows.select_related("file").order_by("pk"):
        found.setdefault(row.subject_uid, []).append(row.file)
    return found


def vouchers_part(deal: Deal) -> list[Document]:
    """Vouchers of the payments that stand, in the order of payment."""
    payments = list(deal.payments.filter(archived_at=None).select_related("payer", "payee").order_by("paid_on", "pk"))
    kept = attached("payment_record", [one.uid for one in payments], VOUCHER)
    return [
        Document(
            VOUCHER,
            number,
            file,
            {
                "payment": str(one.uid),
                "paid_on": one.paid_on.isoformat(),
                "amount": str(one.amount),
                "payer": one.payer.name,
                "payee": one.payee.name,
                "voucher_number": one.voucher_number,
            },
        )
        for number, one in enumerate(payments, 1)
        for file in kept.get(one.uid, [])
    ]


def told(deal: Deal) -> list[Event]:
    """The events on texts, confirmations and signing, in the order of the record."""
    rows = Event.objects.filter(subject_type="deal", subject_uid=deal.uid, type__in=TOLD)
    return list(rows.select_related("payload").order_by("pk"))
