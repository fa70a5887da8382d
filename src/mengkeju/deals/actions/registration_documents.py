"""The files of the checklist: one for each key, changed as long as the applicant may change the application."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions.registration import editable
from mengkeju.deals.models import Registration, RegistrationDocument
from mengkeju.kernel import audit, clock, files
from mengkeju.kernel.access import Actor, require


@transaction.atomic
def attach_document(
    registration: Registration, key: str, upload: files.Upload, *, by: Actor, now: datetime
) -> RegistrationDocument:
    """Put a file at a key of the checklist; one that lay there is taken off and stays in the record.

    ValidationError for a key that the checklist has not; FileRefusedError; RefusedError, TransitionRefusedError.
    """
    fresh = editable(registration, by=by)
    if key not in {one.key for one in queries.listed_papers(clock.today(now))}:
        raise ValidationError({"key": _("材料清单里没有这一项")})
    party = fresh.applicant
    owner = party.organisation.uid if party is not None and party.organisation is not None else None
    kept = files.store(upload, by=by, now=now, owner=owner, area=fresh.area)
    for old in fresh.documents.filter(key=key, archived_at=None):
        _archive(old, _("换成“%(name)s”") % {"name": kept.name}, by=by, now=now)
    made = RegistrationDocument.objects.create(
        registration=fresh, key=key, area=fresh.area, created_at=now, created_by_id=by.account_id
    )
    files.attach(kept, made)
    payload = {"key": key, "name": kept.name, "sm3": kept.sm3}
    audit.record("registration.document_attached", fresh, by=by, now=now, payload=payload)
    return made


@transaction.atomic
def remove_document(document: RegistrationDocument, *, by: Actor, now: datetime) -> None:
    """Take a file off the checklist. A second time changes nothing. RefusedError, TransitionRefusedError."""
    require(by, RegistrationPerm.EDIT, document.registration)
    fresh = editable(document.registration, by=by)
    row = fresh.documents.filter(pk=document.pk, archived_at=None).first()
    if row is None:
        return
    _archive(row, _("申请人移去"), by=by, now=now)
    audit.record("registration.document_removed", fresh, by=by, now=now, payload={"key": row.key})


def _archive(row: RegistrationDocument, reason: str, *, by: Actor, now: datetime) -> None:
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
