"""Notices: one per account and event, mailed after the commit, read by their owner only."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import transaction

from mengkeju.directory.models import Organisation
from mengkeju.kernel import notices, tasks
from mengkeju.kernel.access import ANONYMOUS, SYSTEM
from mengkeju.kernel.audit import record
from mengkeju.kernel.models import Account, Event, Notice
from tests import factories as f

pytestmark = pytest.mark.django_db


def event(firm: Organisation) -> Event:
    with transaction.atomic():
        return record("organisation.edited", firm, by=SYSTEM, now=f.AT)


def tell(*accounts: UUID, firm: Organisation, about: Event | None = None, title: str = "有新进展") -> int:
    return notices.notify(
        accounts, "test.news", title, subject_type="organisation", subject_uid=firm.uid, now=f.AT, event=about
    )


def test_one_row_per_account_and_the_same_event_never_twice() -> None:
    firm, one, two = f.organisation(), f.account(), f.account()
    about = event(firm)
    Notice.objects.all().delete()
    assert tell(one.uid, two.uid, one.uid, firm=firm, about=about) == 2
    tell(one.uid, firm=firm, about=about)
    assert Notice.objects.filter(account=one.uid).count() == 1
    tell(one.uid, firm=firm, about=event(firm))
    assert Notice.objects.filter(account=one.uid).count() == 2


def test_a_long_title_is_cut_to_its_column() -> None:
    firm, one = f.organisation(), f.account()
    tell(one.uid, firm=firm, title="长" * 300)
    assert len(Notice.objects.get(account=one.uid).title) == 200


def test_mine_newest_first_and_nobody_else_s() -> None:
    firm, one, two = f.organisation(), f.account(), f.account()
    for minutes in (0, 5):
        notices.notify(
            [one.uid], "n", str(minutes), subject_type="organisation", subject_uid=firm.uid,
            now=f.AT + timedelta(minutes=minutes),
        )  # fmt: skip
    tell(two.uid, firm=firm)
    assert [n.title for n in notices.of(f.actor(one))] == ["5", "0"]
    assert not notices.of(ANONYMOUS).exists()
    first = notices.of(f.actor(one))[0].uid
    assert notices.mark_read(f.actor(two), now=f.AT, uids=[first]) == 0
    assert notices.mark_read(f.actor(one), now=f.AT, uids=[first]) == 1
    assert notices.mark_read(f.actor(one), now=f.AT) == 1
    assert notices.mark_read(f.actor(one), now=f.AT) == 0
    assert notices.mark_read(ANONYMOUS, now=f.AT) == 0


def test_a_notice_is_mailed_once_with_the_address_of_the_page() -> None:
    firm, one = f.organisation(), f.account()
    tell(one.uid, firm=firm)
    row = Notice.objects.get(account=one.uid)
    for _again in range(2):
        tasks.mail_notice.func(str(row.uid))
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [one.email]
    assert "有新进展" in mail.outbox[0].subject
    assert firm.get_absolute_url() in mail.outbox[0].body
    row.refresh_from_db()
    assert row.mailed_at is not None


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_without_an_address_or_with_a_locked_login_it_stays_inside(change: dict[str, object]) -> None:
    firm, one = f.organisation(), f.account()
    Account.objects.filter(pk=one.pk).update(**change)
    tell(one.uid, firm=firm)
    tasks.mail_notice.func(str(Notice.objects.get(account=one.uid).uid))
    assert mail.outbox == []


def test_mailing_a_notice_that_is_gone_does_nothing() -> None:
    assert tasks.mail_notice.func(str(uuid4())) == "已发送或已删除"
