"""The evidence of disclosures: what the record holds, what the sheet says, and that every change of it is found."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import audit, signing
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.evidence.check import SheetError, check, message
from mengkeju.kernel.models import Event
from mengkeju.listings import actions
from mengkeju.listings.engine.disclosure import version_digests
from mengkeju.listings.models import DisclosedVersion, Listing
from tests import factories as f
from tests.listings import disclosed as d
from tests.listings import samples as s


@pytest.fixture
def closed(db: None) -> Listing:
    """Asked for, granted, read, downloaded, ended; other things happen in between."""
    row = d.listing()
    one = d.put_file(row)
    request = d.grant(d.ask(row))
    s.published()
    client = f.signed_in_client(f.manager(request.organisation))
    client.get(row.get_absolute_url())
    answer: Any = client.get(reverse("listing-file", args=[row.uid, one.uid]))
    b"".join(answer.streaming_content)
    d.end(request)
    return row


def sheet_of(row: Listing, **given: Any) -> dict[str, Any]:
    """As it comes out of the file."""
    made = actions.export_evidence(row, by=s.manager_of(d.owner_of(row)), now=s.LATER, **given)
    loaded: dict[str, Any] = json.loads(json.dumps(made))
    return loaded


def broken(sheet: Any, keys: Any = None) -> list[str]:
    return [one.text for one in check(sheet, keys) if one.broken]


@pytest.mark.covers("PLT-15")
def test_each_version_stands_in_the_record_by_digests_only(db: None) -> None:
    row = d.listing()
    first = DisclosedVersion.objects.get(listing=row)
    event = Event.objects.get(type="listing.version_noted")
    assert event.payload.body["digests"] == version_digests(first.content)
    assert set(event.payload.body["digests"]) == {"public", "members", "parties"}
    assert d.SECRET not in json.dumps(event.payload.body, ensure_ascii=False)
    owner = s.manager_of(d.owner_of(row))
    told: dict[str, Any] = {"title": row.title, "tiers": {"targets": "members"}, **s.ENOUGH}
    same = s.stated(**told, confidential=d.SECRET)
    actions.edit_listing(row, same, by=owner, now=s.LATER)
    assert DisclosedVersion.objects.count() == 1, "nothing changed, nothing is noted"
    other = s.stated(**told, confidential="另一个配方")
    actions.edit_listing(row, other, by=owner, now=s.LATER)
    d.put_file(row)
    assert list(DisclosedVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    two, three = DisclosedVersion.objects.order_by("-number")[:2][::-1]
    assert version_digests(two.content)["parties"] != version_digests(first.content)["parties"]
    assert three.content["tiers"]["parties"]["files"][0]["name"] == "参数.txt"


def test_a_public_listing_has_no_versions(db: None) -> None:
    s.published()
    assert DisclosedVersion.objects.count() == Event.objects.filter(type="listing.version_noted").count() == 0


@pytest.mark.covers("PLT-15")
def test_the_sheet_says_what_was_disclosed_when_to_whom(closed: Listing) -> None:
    sheet = sheet_of(closed)
    assert broken(sheet, signing.published()) == []
    told = sheet["statement"]
    guest = told["asked"][0]["who_name"]
    assert [row["who_name"] for row in told["let_in"]] == [guest]
    assert [row["who_name"] for row in told["ended"]] == [guest]
    assert [(row["who_name"], row["tier"], row["channel"]) for row in told["openings"]] == [
        (guest, "parties", "page"),
        (guest, "parties", "file"),
    ]
    assert [(row["name"], row["form"]) for row in told["downloads"]] == [("参数.txt", "zip")]
    assert [row["step_name"] for row in told["decisions"]] == ["grant", "end"]
    text = json.dumps(sheet, ensure_ascii=False)
    assert d.SECRET not in text, "digests only, unless the owner asks for the content"
    others = Event.objects.filter(type__startswith="listing.").exclude(subject_uid=closed.uid)
    assert others.exists()
    assert all(str(event.uid) not in text for event in others), "of others' events in the chain nothing is told"
    assert Event.objects.filter(type="listing.evidence_exported").count() == 1
    assert not [one for one in audit.verify() if one.broken]


def test_the_owner_may_take_the_content_along_and_it_is_checked(closed: Listing) -> None:
    sheet = sheet_of(closed, content=True)
    assert d.SECRET in json.dumps(sheet, ensure_ascii=False)
    assert broken(sheet) == []
    key = _resign(_changed(sheet, ("statement", "versions", 0, "content", "parties", "fields", "confidential"), "别的"))
    assert any("摘要不符" in text for text in broken(key)), "also when somebody signs it anew"


def test_one_version_alone(closed: Listing) -> None:
    sheet = sheet_of(closed, number=1)
    assert [row["number"] for row in sheet["statement"]["versions"]] == [1]
    assert sheet["statement"]["downloads"] == []
    assert broken(sheet, signing.published()) == []


def test_the_wrong_reader_gets_no_sheet_and_no_content(closed: Listing) -> None:
    guest = Listing.objects.get(pk=closed.pk).access_requests.get().organisation
    export, page = (reverse(name, args=[closed.uid]) for name in ("listing-evidence-export", "listing-evidence"))
    with pytest.raises(RefusedError):
        actions.export_evidence(closed, by=s.manager_of(guest), now=s.LATER)
    for login in (f.manager(guest), f.manager(f.organisation()), f.broker(), f.officer(f.BAOTOU), f.operator()):
        client = f.signed_in_client(login)
        assert client.post(export, {"content": "on"}).status_code == client.get(page).status_code == 403
    assert Client().post(export).status_code == 302
    owner = f.signed_in_client(f.manager(d.owner_of(closed)))
    assert d.SECRET not in s.text(owner.get(page)), "the page tells digests"
    assert d.SECRET not in s.text(owner.post(export))
    assert d.SECRET in s.text(owner.post(export, {"content": "on"}))
    draft = s.draft()
    assert f.signed_in_client(f.manager(guest)).get(reverse("listing-evidence", args=[draft.uid])).status_code == 404


def _paths(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every leaf of the sheet."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _paths(member, (*place, key))
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _paths(member, (*place, at))
    else:
        yield place


def _changed(sheet: dict[str, Any], place: tuple[Any, ...], value: Any = ...) -> dict[str, Any]:
    made = copy.deepcopy(sheet)
    here: Any = made
    for step in place[:-1]:
        here = here[step]
    old = here[place[-1]]
    if value is not ...:
        here[place[-1]] = value
    elif isinstance(old, str):
        here[place[-1]] = f"{old[:-1]}{'1' if old[-1:] != '1' else '2'}"
    elif isinstance(old, bool) or old is None:
        here[place[-1]] = "x"
    else:
        here[place[-1]] = old + 1
    return made


def _resign(sheet: dict[str, Any]) -> dict[str, Any]:
    """By a key of somebody who wants it believed."""
    return {**sheet, "signature": signing.current(now=s.LATER).block(message(sheet))}


def _refused(sheet: Any) -> bool:
    try:
        return bool(broken(sheet))
    except SheetError:
        return True


@pytest.mark.covers("PLT-15")
def test_whatever_is_changed_is_refused(closed: Listing) -> None:
    sheet = sheet_of(closed, content=True)
    places = list(_paths(sheet))
    assert len(places) > 150
    assert [place for place in places if not _refused(_changed(sheet, place))] == []
    for part in sheet:
        assert _refused({key: value for key, value in sheet.items() if key != part}), part
    assert _refused({**sheet, "more": 1})


# What only words, or the moment of signing, can say: nothing in the record contradicts a forger with the node's key.
BY_SIGNATURE_ALONE = {"node", "site", "made_at", "subject"}


@pytest.mark.django_db(transaction=True)
def test_the_record_contradicts_even_who_has_the_key(closed: Listing) -> None:
    """Rows, events, payloads and seals hold each other: changed and signed anew they still do not fit."""
    sheet = sheet_of(closed, content=True)
    free = [
        place
        for place in _paths(sheet)
        if place[0] not in BY_SIGNATURE_ALONE | {"signature", "format", "version"}
        and not str(place[-1]).endswith("_name")
        and not _refused(_resign(_changed(sheet, place)))
    ]
    # The end of the last segment is not bound by anything after it; its own hash is.
    assert free == []


def test_another_node_or_another_key_is_not_believed(closed: Listing) -> None:
    sheet, keys = sheet_of(closed), signing.published()
    assert broken(sheet, {**keys, "keys": []}) != []
    assert broken(sheet, {**keys, "node": "anderswo"}) != []
    early = {**keys, "keys": [{**keys["keys"][0], "until": "2020-01-01T00:00:00+08:00", "reason": "lost"}]}
    assert any("停用" in text for text in broken(sheet, early))
    late = {**keys, "keys": [{**keys["keys"][0], "from": "2090-01-01T00:00:00+08:00"}]}
    assert any("启用" in text for text in broken(sheet, late))
    with pytest.raises(SheetError):
        broken(sheet, {"format": "else"})
    assert any("--keys" in one.text for one in check(sheet) if not one.broken), "without keys it says what is missing"


@pytest.mark.covers("PLT-15")
def test_it_is_checked_without_database_and_settings(closed: Listing, tmp_path: Path) -> None:
    """In a process of its own, in an empty folder, with nothing set: Django's settings are never read."""
    sheet = sheet_of(closed)
    good, bad, keys = tmp_path / "evidence.json", tmp_path / "bad.json", tmp_path / "keys.json"
    good.write_text(json.dumps(sheet, ensure_ascii=False), encoding="utf-8")
    forged = _changed(sheet, ("statement", "downloads", 0, "name"), "没有的文件.txt")
    bad.write_text(json.dumps(forged), encoding="utf-8")
    keys.write_text(json.dumps(signing.published()), encoding="utf-8")
    program = (
        "import sys; from mengkeju.config.cli import main\n"
        "try: main()\n"
        "finally: print('settings:', *(f'mengkeju.{m}' in sys.modules for m in ('config.settings', 'kernel.models')))"
    )
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, "verify-evidence", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)

    done = run(str(good), "--keys", str(keys))
    assert (done.returncode, "没有发现改动，由公布的密钥签出" in done.stdout) == (0, True), done.stderr
    assert "settings: False False" in done.stdout
    alone = run(str(good))
    assert (alone.returncode, "签名人尚未核对" in alone.stdout) == (0, True)
    refused = run(str(bad), "--keys", str(keys))
    assert refused.returncode == 1
    assert "签名与内容不符" in refused.stderr
    assert "“name”" in refused.stderr, "it says what is wrong"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.json", "evidence.json", "keys.json"]
    keys.write_text("{}", encoding="utf-8")
    assert run(str(good), "--keys", str(keys)).returncode == 1
    bad.write_text("{", encoding="utf-8")
    assert "不是 JSON" in run(str(bad)).stderr


def test_the_page_to_print_and_the_file_from_it(closed: Listing) -> None:
    owner = f.signed_in_client(f.manager(d.owner_of(closed)))
    page = s.text(owner.get(reverse("listing-evidence", args=[closed.uid])))
    for word in ("参数.txt", "SM3", "导出并签名", d.PURPOSE):
        assert word in page
    answer = owner.post(reverse("listing-evidence-export", args=[closed.uid]), {"version": "1"})
    assert "evidence-" in answer["Content-Disposition"]
    assert broken(json.loads(answer.content), signing.published()) == []
    assert Client().get("/.well-known/mengkeju-keys.json").json() == signing.published()


def test_an_erased_payload_is_said_and_nothing_else_is_lost(closed: Listing) -> None:
    event = Event.objects.filter(type="listing.opened").first()
    assert event is not None
    event.payload.delete()
    found = list(check(sheet_of(closed), signing.published()))
    assert [one.text for one in found if one.broken] == []
    assert any("依法删除" in one.text for one in found)
