"""A batch that is stopped, raced, sent twice, hostile, cancelled, discarded, erased, handed in."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory import actions as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import tasks
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.exchange import TableRefusedError, batches, leftovers, running
from mengkeju.kernel.models import Event, ImportBatch
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.actions import imports_write
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import import_samples as i
from tests.listings import samples as s
from tests.listings.import_samples import confirmed, outcomes, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def by(firm: Organisation) -> Actor:
    return s.manager_of(firm)


# ---- Stops, races, second clicks -----------------------------------------------------------------------


class KilledError(BaseException):
    """What nothing catches, as a worker that dies."""


def test_a_worker_killed_within_or_between_portions_doubles_nothing(
    firm: Organisation, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PORTION", 3)
    batch = batches.confirm(i.previewed([i.row(n) for n in range(8)], firm, by), by=by, now=f.AT)
    written: list[str] = []
    real = imports_write._create

    def dies_at_fifth(*given: Any) -> Listing:
        if len(written) == 4:
            raise KilledError
        written.append("x")
        return real(*given)

    monkeypatch.setattr(imports_write, "_create", dies_at_fifth)
    with pytest.raises(KilledError):
        running.run(batch)
    assert Listing.objects.count() == 3  # the second portion is gone as a whole
    assert outcomes(batch) == Counter({"created": 3, "": 5})
    monkeypatch.setattr(imports_write, "_create", real)

    def between(_count: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        running.run(batch, progress=between)
    assert Listing.objects.count() == 6
    assert tasks.run_import.func(str(batch.uid)) == "finished"
    assert outcomes(batch) == Counter(created=8)
    assert Listing.objects.count() == Event.objects.filter(type="listing.created").count() == 8
    running.run(batch)
    assert Event.objects.filter(type="import.finish").count() == 1


def test_a_second_confirmation_and_a_second_person_change_nothing(firm: Organisation, by: Actor) -> None:
    batch = i.previewed([i.row(1)], firm, by)
    mate = f.actor(f.member(firm))
    assert batches.confirm(batch, by=by, now=f.AT).state == "running"
    assert batches.confirm(batch, by=mate, now=f.AT).confirmed_by_id == by.account_id
    assert Event.objects.filter(type="import.confirm").count() == 1
    with pytest.raises(TransitionRefusedError):
        batches.cancel(batch, by=by, now=f.AT)
    with pytest.raises(TransitionRefusedError):
        i.mapped(batch, by)


def test_the_same_file_again_leads_to_the_first_batch(firm: Organisation, by: Actor) -> None:
    content = i.sheet([i.row(1)])
    first, second = (i.mapped(i.uploaded(content, firm, by), by) for _time in range(2))
    confirmed(first, by)
    with pytest.raises(batches.SameFileError) as refused:
        batches.confirm(second, by=by, now=f.AT)
    assert refused.value.first == first
    assert batches.same_file(second) == first
    other = f.organisation()
    theirs = i.mapped(i.uploaded(content, other, s.manager_of(other)), s.manager_of(other))
    assert confirmed(theirs, s.manager_of(other)).state == "finished"
    assert Listing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["with the claim", "negative control without it"])
def test_the_same_file_confirmed_twice_at_once(monkeypatch: pytest.MonkeyPatch, *, guarded: bool) -> None:
    firm = f.organisation()
    by = s.manager_of(firm)
    if not guarded:
        monkeypatch.setattr(batches, "claim_of", lambda batch: str(batch.uid))
    content = i.sheet([i.row(1)])
    two = [i.mapped(i.uploaded(content, firm, by), by) for _time in range(2)]
    found = race(*(lambda batch=batch: batches.confirm(batch, by=by, now=f.AT) for batch in two))
    refused = [x for x in found if isinstance(x, batches.SameFileError)]
    assert len(refused) == (1 if guarded else 0)
    assert ImportBatch.objects.filter(state="running").count() == (1 if guarded else 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_batch_write_each_row_once() -> None:
    firm = f.organisation()
    by = s.manager_of(firm)
    batch = batches.confirm(i.previewed([i.row(n) for n in range(12)], firm, by), by=by, now=f.AT)
    found = race(lambda: running.run(batch), lambda: running.run(batch))
    assert [x.state for x in found if isinstance(x, ImportBatch)] == ["finished", "finished"]
    assert Listing.objects.count() == 12
    assert Event.objects.filter(type="import.finish").count() == 1


def test_a_mapping_changed_by_a_colleague_is_not_overwritten(firm: Organisation, by: Actor) -> None:
    batch = i.uploaded(i.sheet([i.row(1)]), firm, by)
    seen = batch.revision
    i.mapped(batch, by)
    with pytest.raises(StaleRevisionError):
        batches.map_columns(batch, {"需求名称": "title"}, by=by, now=f.AT, revision=seen)
    with pytest.raises(StaleRevisionError):
        batches.confirm(batch, by=by, now=f.AT, revision=seen)


def test_a_large_file_is_checked_by_a_job_and_an_old_answer_is_dropped(
    firm: Organisation, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    batch = i.previewed([i.row(1), i.row(2)], firm, by)
    assert batch.stage == "checking"
    with pytest.raises(TransitionRefusedError):
        batches.confirm(batch, by=by, now=f.AT)
    assert tasks.check_import.func(str(batch.uid), batch.revision - 1) == "已更改或已取消"
    assert tasks.check_import.func(str(batch.uid), batch.revision) == "已核对"
    batch.refresh_from_db()
    assert (batch.stage, batch.rows.filter(verdict="create").count()) == ("preview", 2)


# ---- Hostile and cancelled -----------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"MZ" + bytes(300), b"a,b\x00c\n1,2", b"", b"<html><table></table></html>"])
def test_a_file_that_is_no_table_leaves_nothing_behind(firm: Organisation, by: Actor, content: bytes) -> None:
    with pytest.raises(TableRefusedError):
        i.uploaded(content, firm, by)
    assert not ImportBatch.objects.exists()


def test_too_many_rows_and_bytes_are_refused(firm: Organisation, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_ROWS", 1)
    with pytest.raises(TableRefusedError, match="分成几个文件"):
        i.uploaded(i.sheet([i.row(1), i.row(2)]), firm, by)
    monkeypatch.setattr(batches, "MAX_BYTES", 100)
    with pytest.raises(TableRefusedError, match="分成几个文件"):
        i.uploaded(i.sheet([i.row(1)]), firm, by)


def test_a_cancelled_batch_forgets_its_rows_and_file(firm: Organisation, by: Actor) -> None:
    content = (i.OFFICE_FILES / "needs_sheets.xlsx").read_bytes()
    batch = i.uploaded(content, firm, by)
    path = Path(batch.content.path)
    assert path.exists()
    with pytest.raises(TableRefusedError, match="没有工作表"):
        batches.choose_sheet(batch, "不存在", by=by)
    done = batches.cancel(batch, by=by, now=f.AT)
    assert (done.state, done.rows.count(), bool(done.content)) == ("cancelled", 0, False)
    assert batches.cancel(batch, by=by, now=f.AT).state == "cancelled"
    assert Event.objects.filter(type="import.cancel").count() == 1


def test_what_nobody_confirms_and_what_is_old_is_discarded(firm: Organisation, by: Actor) -> None:
    waiting = i.previewed([i.row(1)], firm, by)
    done = confirmed(i.previewed([i.row(2), i.row(3, title="")], firm, by), by)
    ImportBatch.objects.filter(pk=done.pk).update(state_at=f.AT)
    days = leftovers.retention()
    assert leftovers.discard(now=f.AT + timedelta(days=min(days.values()))) == 0
    assert leftovers.discard(now=f.AT + timedelta(days=max(days.values()), seconds=1)) == 2
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, done.claim) == ("cancelled", None)
    assert set(done.rows.values_list("cells", "values", "problems")) == {(None, None, None)}
    assert Counter(done.rows.values_list("outcome", flat=True)) == Counter(created=1, failed=1)


def test_an_erasure_takes_the_person_out_of_stored_rows(firm: Organisation, by: Actor) -> None:
    gone = f.person(f.member(firm, username="likai"))
    headings = (*i.HEADINGS, "联系人")
    rows = [[*i.row(1), gone.name], [*i.row(2), "别人（演示）"]]
    batch = i.mapped(i.uploaded(i.sheet(rows, headings), firm, by), by)
    unread = i.uploaded((i.OFFICE_FILES / "needs_sheets.xlsx").read_bytes(), firm, by)
    data = directory.export_person(gone, by=SYSTEM, now=f.AT)
    assert any(row["model"] == "kernel.ImportRow" for row in data["data"])
    directory.erase_person(gone, by=SYSTEM, now=f.AT)
    texts = {row.number: row.text for row in batch.rows.all()}
    assert gone.name not in "".join(texts.values())
    assert "别人（演示）" in texts[3]
    unread.refresh_from_db()
    assert unread.state == "cancelled"
    done = confirmed(batch, by)
    assert outcomes(done) == Counter(failed=1, created=1)


# ---- Handing in and publishing -------------------------------------------------------------------------


def test_all_drafts_are_handed_in_and_each_refusal_is_said(firm: Organisation, by: Actor) -> None:
    done = confirmed(i.previewed([i.row(1), i.row(2, body="")], firm, by), by)
    with pytest.raises(ValidationError, match="保密审查"):
        running.act(done, "submit", by=by, now=f.AT, declared=False)
    with pytest.raises(RefusedError):
        running.act(done, "publish", by=by, now=f.AT, declared=True)
    running.act(done, "submit", by=by, now=f.AT, declared=True)
    running.act(done, "submit", by=by, now=f.AT, declared=True)
    assert running.run(done).state == "finished"
    # A row says no target: it goes to a broker first.
    assert dict(Listing.objects.values_list("external_id", "state")) == {"N1": "refining", "N2": "draft"}
    assert dict(done.rows.values_list("number", "sent")) == {2: "done", 3: "refused"}
    assert "要点说明" in said(done, 3)[-1][2]


def test_an_officer_publishes_what_he_imported_for_a_firm_of_his_area(firm: Organisation) -> None:
    officer = f.actor(f.officer(f.BAOTOU))
    done = confirmed(i.previewed([i.row(1)], firm, officer), officer)
    running.act(done, "publish", by=officer, now=f.AT, declared=True)
    running.run(done)
    row = Listing.objects.get()
    assert (row.state, row.secrecy_reviewed_by_id) == ("published", officer.account_id)
    recused = f.actor(f.with_role("officer", area=f.BAOTOU, of=f.member(firm)))
    again = confirmed(i.previewed([i.row(2)], firm, recused), recused)
    with pytest.raises(RefusedError):
        running.act(again, "publish", by=recused, now=f.AT, declared=True)
