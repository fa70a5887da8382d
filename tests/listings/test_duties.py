"""Which duties end with a listing's state and which outlive it: those that hang on a row of their own."""

from datetime import timedelta

import pytest

from mengkeju.kernel import clock, duties
from mengkeju.kernel.actions import advance
from mengkeju.kernel.models import Duty, StatefulRecord
from mengkeju.kernel.subjects import subject_types
from mengkeju.listings import actions
from mengkeju.listings.actions import freshness
from mengkeju.listings.actions.fees import tend_rights
from mengkeju.listings.definitions.freshness import CONFIRM_KEY
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import disclosed, part_samples
from tests.listings import samples as s
from tests.listings.aging import after_grace, asked_on

pytestmark = pytest.mark.django_db
OUTLIVE = {"answer_access_request", "answer_participation", "pay_patent_fee"}


def open_keys() -> set[str]:
    return set(Duty.objects.filter(closed_at=None).values_list("key", flat=True))


def with_everything() -> Listing:
    """An achievement whose owner has a fee to pay, a request to answer, and somebody who is asked about his name."""
    row = s.published(kind="achievement", confidential=disclosed.SECRET)
    assert row.owner is not None
    by = s.manager_of(row.owner)
    applied = clock.today(s.LATER) - timedelta(days=3 * 365)
    right = actions.RightInput(
        part_samples.PUBLISHED, title="演示：权利", status="granted", applied_on=applied, granted_on=applied
    )
    actions.link_right(row, right, by=by, now=s.LATER, secrecy_reviewed=True)
    named = actions.ParticipantInput("inventor", person=f.person(f.member(f.organisation())))
    actions.add_participant(row, named, by=by, now=s.LATER, secrecy_reviewed=True)
    disclosed.ask(row)
    row.refresh_from_db()
    return row


def test_what_no_state_brings_outlives_every_state_and_the_rest_ends_with_it() -> None:
    row = with_everything()
    assert row.owner is not None
    by, asked, gone = s.manager_of(row.owner), asked_on(row), after_grace(row)
    tend_rights(now=asked)
    freshness.keep_fresh(now=asked)
    assert open_keys() == {*OUTLIVE, CONFIRM_KEY}
    freshness.keep_fresh(now=gone)
    assert open_keys() == {*OUTLIVE, "restore_listing"}
    actions.confirm_listing(row, by=by, now=gone)
    assert open_keys() == OUTLIVE
    actions.move_listing(row, "withdraw", by=by, now=gone, note="先撤回")
    assert open_keys() == OUTLIVE
    actions.move_listing(row, "reopen", by=by, now=gone)
    s.submit(row)
    assert open_keys() == {*OUTLIVE, "review_listing"}
    actions.review_listing(row, approve=False, by=s.reviewer(), now=gone, note="请补充")
    assert open_keys() == {*OUTLIVE, "mend_listing"}


def test_on_a_listing_itself_only_its_own_state_asks() -> None:
    """What is opened on a subject with states beside its table is the word on an outcome, asked once it is closed."""
    row = s.published()
    officer = s.reviewer()
    s.closed(row, by=officer)
    assert [duty.key for duty in duties.open_on(row)] == ["confirm_outcome"]
    advance(row, "reopen", by=officer, now=s.LATER)
    assert not duties.open_on(row).exists()
    for key in ("ip_right", "participation"):
        assert not issubclass(subject_types[key].model, StatefulRecord)
