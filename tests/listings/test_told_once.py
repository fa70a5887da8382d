"""An owner of many listings is told once a night, never of each; of a single one as of any other duty."""

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from mengkeju.kernel import clock, duty_clock, figures
from mengkeju.kernel.models import Duty, Notice
from mengkeju.kernel.tasks import mail_notice
from mengkeju.listings import actions, queries
from mengkeju.listings.actions import freshness as acts
from mengkeju.listings.definitions.freshness import CONFIRM_KEY
from tests import exported
from tests import factories as f
from tests.listings import samples as s
from tests.listings.aging import after_grace, asked_on, at

pytestmark = pytest.mark.django_db


def _told(owner: Any, before: int = 0) -> list[Notice]:
    return list(Notice.objects.filter(account=f.manager(owner).uid, pk__gt=before).order_by("pk"))


def _last_notice() -> int:
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_an_owner_of_many_is_told_once_a_night_and_the_duties_stay_apart() -> None:
    many, one = f.organisation(), f.organisation()
    rows, single = [s.published(many) for _n in range(3)], s.published(one)
    before = _last_notice()
    acts.keep_fresh(now=asked_on(single))
    acts.keep_fresh(now=asked_on(single))
    assert Duty.objects.filter(key=CONFIRM_KEY, closed_at=None).count() == 4
    (digest,) = _told(many, before)
    assert (digest.title, digest.subject_uid) == ("3 条信息请确认仍然有效", many.uid)
    (alone,) = _told(one, before)
    assert (alone.title, alone.subject_uid) == ("待办：确认信息仍然有效", single.uid)
    client = f.signed_in_client(f.manager(many))
    assert (
        reverse("listing-due") in s.text(client.get(reverse("notices"))).partition(digest.title)[0].rpartition("<a")[2]
    )
    (told,) = exported.table(client.get(reverse("notices"), {"export": "csv"}))[0][:1]
    assert told["网址"].endswith(reverse("listing-due"))
    mail_notice.func(str(digest.uid))
    assert mail.outbox[-1].body.rstrip().endswith(reverse("listing-due"))
    mail_notice.func(str(alone.uid))
    assert mail.outbox[-1].body.rstrip().endswith(single.get_absolute_url())
    # One click confirms one: the others wait on.
    actions.confirm_listing(rows[0], by=s.manager_of(many), now=asked_on(single))
    assert queries.to_confirm(f.actor(f.manager(many))).count() == 2


def test_the_reminder_the_overdue_notice_and_what_left_the_shelf_are_told_once_too() -> None:
    owner = f.organisation()
    rows = [s.published(owner) for _n in range(3)]
    acts.keep_fresh(now=asked_on(rows[0]))
    actions.confirm_listing(rows[0], by=s.manager_of(owner), now=asked_on(rows[0]))
    review_by = rows[1].review_by
    assert review_by is not None
    before, day = _last_notice(), figures.day_and_month(review_by)
    assert duty_clock.every_minute(now=at(review_by)) == (2, 0)
    assert duty_clock.every_minute(now=at(review_by + clock.DAY)) == (0, 2)
    assert [n.title for n in _told(owner, before)] == [
        f"即将到期：2 条信息请确认仍然有效（{day} 前办理）",
        f"已逾期：2 条信息请确认仍然有效（应于 {day} 前办理）",
    ]
    before = _last_notice()
    assert acts.keep_fresh(now=after_grace(rows[1])).hidden == 2
    assert [n.title for n in _told(owner, before)] == ["2 条信息到期未确认，已下架；确认后恢复展示"]


def test_killed_before_the_owner_was_told_the_next_night_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = f.organisation()
    rows = [s.published(owner) for _n in range(2)]
    before = _last_notice()

    def dies(*_given: Any, **_more: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(acts, "announce_bundle", dies)
        with pytest.raises(KeyboardInterrupt):
            acts.keep_fresh(now=asked_on(rows[0]))
    assert not _told(owner, before)
    assert acts.keep_fresh(now=asked_on(rows[0]) + clock.DAY).asked == 0
    assert [n.title for n in _told(owner, before)] == ["2 条信息请确认仍然有效"]
