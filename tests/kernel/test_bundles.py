"""Duties told together: which are, what many are called, where a notice leads, and that two at once tell once."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.kernel import notices
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.audit import record
from mengkeju.kernel.bundles import Bundle, bundles, is_bundled, place_of, words
from mengkeju.kernel.models import Duty, Notice
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundles._entries, "many_things", Bundle("%(count)s 件事请一起办", "workbench"))


def duty(firm: Organisation, key: str = "many_things", **given: Any) -> Duty:
    held = {} if "holder_role" in given else {"holder_organisation": firm.uid}
    subject = f.organisation()
    return Duty.objects.create(
        key=key, label="办一件事", subject_type="organisation", subject_uid=subject.uid, opened_at=f.AT, **held, **given
    )


def titles(firm: Organisation) -> list[str]:
    told = Notice.objects.filter(account=f.manager(firm).uid).exclude(kind__startswith="duty.verify")
    return list(told.order_by("pk").values_list("title", flat=True))


def test_what_an_organisation_has_is_told_once_and_never_again() -> None:
    firm, other = f.organisation(), f.organisation()
    Notice.objects.all().delete()
    for _n in range(3):
        duty(firm)
    duty(other)
    assert notices.announce_bundle("many_things", now=f.AT) == 2
    assert notices.announce_bundle("many_things", now=f.AT) == 0
    assert (titles(firm), titles(other)) == (["3 件事请一起办"], ["待办：办一件事"])
    duty(firm)
    duty(firm, closed_at=f.AT)
    assert notices.announce_bundle("many_things", now=f.AT) == 1
    assert titles(firm) == ["3 件事请一起办", "待办：办一件事"]


def test_each_of_a_bundle_is_announced_later_and_every_other_at_once() -> None:
    firm = f.organisation()
    officer = f.officer(f.BAOTOU)
    Notice.objects.all().delete()
    with transaction.atomic():
        event = record("organisation.edited", firm, by=SYSTEM, now=f.AT)
    later, at_once = duty(firm), duty(firm, key="one_thing")
    of_a_role, upwards = duty(firm, holder_role="officer", area=f.BAOTOU), duty(firm, escalate_to="officer")
    assert [is_bundled(one) for one in (later, at_once, of_a_role, upwards)] == [True, False, False, False]
    for one in (later, at_once):
        notices.announce_duty(one, event=event, now=f.AT)
    assert titles(firm) == ["待办：办一件事"]
    notices.announce_duty(of_a_role, event=event, now=f.AT)
    assert Notice.objects.filter(account=officer.uid).count() == 1


def test_words_and_place_of_one_and_of_many() -> None:
    firm = f.organisation()
    one = duty(firm)
    assert (words(one, 1), words(one, 7)) == ("办一件事", "7 件事请一起办")
    assert place_of(Notice(kind="many.duty.many_things"), "/x/") == reverse("workbench")
    assert place_of(Notice(kind="duty.many_things"), "/x/") == "/x/"
    assert place_of(Notice(kind="many.duty.gone_since"), "/x/") == "/x/"
