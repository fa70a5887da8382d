"""Writing a confirmed batch in portions.

Each is one transaction with the outcome of its rows: a stop costs nothing and a second run does nothing twice.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mengkeju.kernel import clock, jobs, notices
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import StaleRevisionError, advance, lock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange.batches import RUN, WRITABLE, importer_of
from mengkeju.kernel.exchange.importers import ERROR, Writing
from mengkeju.kernel.import_states import CHANGE
from mengkeju.kernel.models import ImportBatch, ImportRow
from mengkeju.kernel.workflow import TransitionRefusedError

PORTION = 100  # on SQLite one portion holds the only write lock
STUCK = timedelta(minutes=3)
DONE = {"running": "finish", "acting": "settle"}
TOLD = {"running": gettext_noop("导入已写完：%(file)s"), "acting": gettext_noop("批量办理完成：%(file)s")}


def run(batch: ImportBatch, *, progress: Callable[[int], None] | None = None) -> ImportBatch:
    """Write (or hand in, publish) all rows that wait, then close the run. Goes on where an earlier run stopped.

    `progress` is told the size of each portion after its commit.
    """
    while True:
        done, fresh = _portion(batch)
        if progress is not None and done:
            progress(done)
        if not done:
            return fresh


@transaction.atomic
def _portion(batch: ImportBatch) -> tuple[int, ImportBatch]:
    """One portion; of two workers the second waits here and finds the next rows. (0, batch) when all is done."""
    fresh = lock(batch)
    if fresh.state not in DONE:
        return 0, fresh
    writing, now = fresh.state == "running", clock.now()
    account = fresh.confirmed_by if writing else fresh.acted_by
    with notices.spoken(account):
        waiting = fresh.rows.filter(outcome="", verdict__in=WRITABLE) if writing else fresh.rows.filter(sent="waiting")
        rows = list(waiting.order_by("number")[:PORTION])
        if rows:
            by = provider().actor_for(account) if account is not None else SYSTEM
            for row in rows:
                _one(fresh, row, by, now)
            fresh.moved_at = now
            fresh.save(update_fields=["moved_at"])
            return len(rows), fresh
    _close(fresh, now)
    return 0, fresh


def _close(batch: ImportBatch, now: datetime) -> None:
    step = DONE[batch.state]
    said, account = TOLD[batch.state], batch.confirmed_by if step == "finish" else batch.acted_by
    key = "outcome" if step == "finish" else "sent"
    counts = Counter(batch.rows.exclude(**{key: ""}).values_list(key, flat=True))
    event = advance(batch, step, by=SYSTEM, now=now, data={"counts": dict(counts)}, organisation=batch.owner)
    if account is not None:
        with notices.spoken(account):
            title = _(said) % {"file": batch.file_name}
        notices.notify([account.uid], "import.finished", title, subject_type="import", subject_uid=batch.uid,
                       event=event, now=now)  # fmt: skip


def _one(batch: ImportBatch, row: ImportRow, by: Actor, now: datetime) -> None:
    """A row in a savepoint of its own: what is refused stays out and says why, the others go on."""
    writing = batch.state == "running"
    try:
        with transaction.atomic():
            if writing:
                _write(batch, row, by, now)
            elif row.subject is not None:
                importer_of(batch).acts[batch.act](row.subject, by, now)
                row.sent = "done"
    except ValidationError as error:
        _refuse(row, "；".join(error.messages), writing=writing)
    except TransitionRefusedError as error:
        _refuse(row, error.reason, writing=writing)
    except RefusedError as error:
        _refuse(row, error.rule, writing=writing)
    except StaleRevisionError:
        _refuse(row, _("平台上这一条在预览之后被改过，没有覆盖。请重新导入这一行"), writing=writing)
    row.save(update_fields=["outcome", "subject", "problems", "sent"])


def _write(batch: ImportBatch, row: ImportRow, by: Actor, now: datetime) -> None:
    if row.values is None:
        raise ValidationError(_("这一行的内容已依法删除"))
    given = Writing(row.values, row.target, row.revision, batch.owner, by, now)
    row.outcome, row.subject = importer_of(batch).write(given)


def _refuse(row: ImportRow, why: str, *, writing: bool) -> None:
    row.problems = [*(row.problems or []), ["", ERROR, why]]
    if writing:
        row.outcome, row.subject = "failed", None
    else:
        row.sent = "refused"


# ---- Acts on what was written ------------------------------------------------------------------------


def act(batch: ImportBatch, what: str, *, by: Actor, now: datetime, declared: bool) -> ImportBatch:
    """Submit or publish everything the batch wrote, in a job, one by one. A second click changes nothing.

    Raises ValidationError without the declaration 已作保密审查, RefusedError, TransitionRefusedError.
    """
    require(by, CHANGE, batch)
    with transaction.atomic():
        fresh = lock(batch)
        if fresh.state == "acting" and fresh.act == what:
            return fresh
        importer_of(fresh).may_act(by, what, fresh.owner)
        if not declared:
            raise ValidationError(_("请确认这一批已按规定作保密审查，密级均为公开"))
        fresh.act, fresh.acted_by_id, fresh.moved_at = what, by.account_id, now
        fresh.save(update_fields=["act", "acted_by", "moved_at"])
        advance(fresh, what, by=by, now=now, data={"secrecy_reviewed": True}, organisation=fresh.owner)
        written = fresh.rows.filter(outcome__in=("created", "changed", "unchanged"))
        written.exclude(sent="done").update(sent="waiting")
        jobs.defer(RUN, str(fresh.uid))
    return fresh


def is_stuck(batch: ImportBatch, *, now: datetime) -> bool:
    """Whether a run has not moved for minutes: its worker is away."""
    waits = batch.state in DONE or (batch.state == "draft" and batch.stage == "checking")
    return waits and batch.moved_at is not None and now - batch.moved_at > STUCK


def resume(batch: ImportBatch, *, by: Actor, now: datetime) -> None:
    """Queue the rest of a run again. Harmless when it still runs."""
    require(by, CHANGE, batch)
    if batch.state in DONE:
        ImportBatch.objects.filter(pk=batch.pk).update(moved_at=now)
        jobs.defer(RUN, str(batch.uid), key=f"import:{batch.uid}")
