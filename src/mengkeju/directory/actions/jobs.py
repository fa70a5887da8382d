"""The operator's hand on background jobs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mengkeju.directory.access import Perm
from mengkeju.directory.models import Person
from mengkeju.kernel import audit, jobs
from mengkeju.kernel.access import Actor, require


@transaction.atomic
def run_job_again(task: UUID, *, by: Actor, now: datetime) -> None:
    """Queue a failed job once more. The event stands on the operator, for a job has no record of its own."""
    require(by, Perm.JOBS_RUN)
    jobs.run_again(task, now=now)
    operator = Person.objects.filter(uid=by.person_uid).first() if by.person_uid else None
    if operator is not None:
        audit.record("job.run_again", operator, by=by, now=now, payload={"task": str(task)})
