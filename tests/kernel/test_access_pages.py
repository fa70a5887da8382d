"""Every page asks what it must and answers as it must."""

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from mengkeju.kernel.access import (
    permissions,
)
from mengkeju.kernel.web.request import PUBLIC, VIEW_PERMISSION
from tests import factories as f
from tests.kernel.makers import (
    deal,
    intention,
    listing,
    page_without,
)

# ---- Answers of pages -------------------------------------------------------------------------------


def pages(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site but those of the sign-in library and of the API, which has its own crawl."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(("accounts/", "api/")):
            continue
        if isinstance(entry, URLResolver):
            yield from pages(entry, path)
        else:
            yield path, entry


SITE = dict(pages(get_resolver()))


def test_every_page_names_its_permission() -> None:
    known = {permission for permission, _rule in permissions()} | {PUBLIC, "signed-in"}
    asked = {path: getattr(entry.callback, VIEW_PERMISSION, None) for path, entry in SITE.items()}
    assert len(asked) > 20
    assert {path: name for path, name in asked.items() if name not in known} == {}


def test_no_address_carries_a_number_of_the_database() -> None:
    """Objects are named by uid; whole numbers only count pages and parts."""
    kinds = {
        f"{path}: {name}"
        for path, entry in SITE.items()
        for name, converter in entry.pattern.converters.items()
        if type(converter).__name__ == "IntConverter" and name not in {"part", "page", "year"}
    }
    assert kinds == set()
    assert not [path for path in SITE if "<pk" in path or "_id>" in path or ":id>" in path]


def url(path: str, listing_uid: Any) -> str:
    """An address with something in each place; the object's uid where one stands."""
    found = path
    fill = count(1)
    while "<" in found:
        start, end = found.index("<"), found.index(">")
        kind = found[start + 1 : end].partition(":")[0]
        value = {"uuid": str(listing_uid), "int": "1"}.get(kind, f"x{next(fill)}")
        found = found[:start] + value + found[end + 1 :]
    return "/" + found


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_wherever_one_must_be_signed_in() -> None:
    f.areas()
    missing = uuid4()
    for path, entry in SITE.items():
        name = getattr(entry.callback, VIEW_PERMISSION, PUBLIC)
        if name == PUBLIC:
            continue
        got = Client().get(url(path, missing))
        assert got.status_code in ({302, 405} if name == "signed-in" else {302, 404, 405}), path
        if got.status_code == 302:
            assert got["Location"].startswith("/accounts/login/?next=/"), path


@pytest.mark.django_db
def test_a_stranger_gets_the_same_404_as_for_nothing_at_all() -> None:
    draft, talks, agreed = listing(), intention(), deal()
    firm = draft.owner
    assert firm is not None
    client, missing = f.signed_in_client(f.account()), uuid4()
    tried = 0
    for path, entry in SITE.items():
        if "<uuid:uid>" not in path or path.count("<") > 1:
            continue
        name = str(getattr(entry.callback, VIEW_PERMISSION, ""))
        hidden = {"listings": draft, "reviews": draft, "intentions": talks, "deals": agreed}.get(path.partition("/")[0])
        if hidden is None:
            continue
        got, nothing = client.get(url(path, hidden.uid)), client.get(url(path, missing))
        assert got.status_code == nothing.status_code, (path, name)
        assert got.status_code in {404, 405}, (path, name)
        assert page_without(got, str(hidden.uid)) == page_without(nothing, str(missing)), path
        tried += got.status_code == 404
    assert tried >= 6


@pytest.mark.django_db
def test_who_sees_but_may_not_gets_403_with_the_rule_and_who_may() -> None:
    shown = listing(state="published")
    client = f.signed_in_client(f.account())
    assert client.get(f"/listings/{shown.uid}/").status_code == 200
    got = client.get(f"/listings/{shown.uid}/edit/")
    assert got.status_code == 403
    assert "所属单位人员" in got.content.decode()
    assert "<title>现在不能这样办" in got.content.decode()
