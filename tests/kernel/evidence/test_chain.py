"""The segment of the chain in a sheet: events far apart, not sealed yet, sealed by the older scheme."""

from typing import Any

import pytest
from django.db import transaction

from mengkeju.kernel import audit, digests
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.evidence import build
from mengkeju.kernel.evidence.check import check
from mengkeju.kernel.models import Event, Seal
from tests import factories as f

# Only what is committed is sealed on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)


def act(number: int) -> Event:
    firm = f.organisation() if number == 0 else None
    with transaction.atomic():
        return audit.record("test.act", firm or f.organisation(), by=SYSTEM, now=f.AT, payload={"number": number})


def made(*events: Event) -> dict[str, Any]:
    return build.signed(build.Sheet({}, {}, list(events)), now=f.AT)


def said(sheet: dict[str, Any], *, broken: bool) -> list[str]:
    return [one.text for one in check(sheet) if one.broken is broken]


def test_two_events_far_apart_stand_in_two_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "GAP", 2)
    first, second = act(0), act(1)
    build.seal_now(now=f.AT)
    sheet = made(first, second)
    assert len(sheet["chain"]["runs"]) == 2
    assert said(sheet, broken=True) == []
    assert any("没有附上" in text for text in said(sheet, broken=False))


def test_what_is_not_sealed_yet_is_said() -> None:
    build.seal_now(now=f.AT)
    event = act(0)
    sheet = made(event)
    assert sheet["chain"]["unsealed"] == [str(event.uid)]
    assert said(sheet, broken=True) == []
    assert any("尚未封存" in text for text in said(sheet, broken=False))


def test_a_site_with_links_of_the_older_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    old = act(0)
    build.seal_now(now=f.AT)
    previous = audit.GENESIS
    for seal in Seal.objects.select_related("event").order_by("sequence"):  # as the platform sealed until now
        fresh = audit.link_hash(previous, seal.sequence, seal.event, seal.sealed_at, scheme=1)
        Seal.objects.filter(pk=seal.pk).update(previous=previous, hash=fresh, scheme=1)
        previous = fresh
    new = act(1)
    build.seal_now(now=f.AT)
    assert set(Seal.objects.values_list("scheme", flat=True)) == {1, digests.SCHEME}
    assert [one for one in audit.verify() if one.broken] == []
    sheet = made(old, new)
    assert said(sheet, broken=True) == []
    wrong = made(old, new)
    link = next(one for run in wrong["chain"]["runs"] for one in run["links"] if one["event"] == str(old.uid))
    link["hash"] = "0" * 64
    assert len(said(wrong, broken=True)) >= 2, "the signature, the link itself, and the one after it"


def test_a_seal_that_lies_about_its_scheme_is_found() -> None:
    act(0)
    build.seal_now(now=f.AT)
    Seal.objects.filter(sequence=1).update(scheme=1)
    assert [one.sequence for one in audit.verify() if one.broken] == [1]
