"""Who is told what becomes of an organisation."""

from datetime import datetime

from django.utils.functional import Promise

from mengkeju.directory import queries
from mengkeju.directory.models import Organisation
from mengkeju.kernel import notices
from mengkeju.kernel.models import Event


def tell_managers(organisation: Organisation, kind: str, title: Promise, event: Event, now: datetime) -> None:
    """Tell its managers, about the organisation."""
    notices.notify(
        queries.managers(organisation),
        f"organisation.{kind}",
        title,
        subject_type="organisation",
        subject_uid=organisation.uid,
        now=now,
        event=event,
    )
