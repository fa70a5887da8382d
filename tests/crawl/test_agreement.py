"""List, page, search, file, feed and API name the same listings to the same reader: those the table lets him read."""

import re

import pytest

from mengkeju.config.api import PREFIX
from mengkeju.kernel.access import Actor, may
from mengkeju.listings.models import Listing
from tests.crawl import interface
from tests.crawl.crawl import Crawl
from tests.crawl.doors import NARROW
from tests.crawl.stock import READ

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SHOWN = {"published", "closed"}
MARKED = re.compile(r"</?mark[^>]*>")


def stored(crawl: Crawl) -> list[Listing]:
    return [thing.obj for thing in crawl.world.things["listing"] if thing.obj is not None]


def readable(crawl: Crawl, actor: Actor) -> set[str]:
    """Titles of what the table lets the actor read; a title belongs to one listing alone."""
    return {row.title for row in stored(crawl) if row.archived_at is None and may(actor, READ, row)}


def named(crawl: Crawl, text: str) -> set[str]:
    """Titles of listings that stand in an answer."""
    return {row.title for row in stored(crawl)} & crawl.world.planted.found_in(text)


def leafed(crawl: Crawl, who: str, path: str, query: str = "") -> str:
    """All pages of a list, one after the other."""
    got, number = "", 1
    while True:
        answer = crawl.walker.send(who, "GET", f"{path}?{query}&page={number}")
        assert answer.status == "200", (who, path, query, answer.status)
        got += answer.text
        if f"page={number + 1}" not in answer.text:
            return got
        number += 1


def doors(crawl: Crawl, who: str) -> dict[str, tuple[set[str], set[str]]]:
    """What each door names to a reader, and what it should."""
    rows, actor = stored(crawl), crawl.world.people.actors[who]
    may_read, home = readable(crawl, actor), named(crawl, crawl.walker.send(who, "GET", "/").text)
    found = may_read & {row.title for row in rows if row.state in SHOWN}
    opened = {r.title for r in rows if crawl.walker.send(who, "GET", f"/listings/{r.uid}/").status == "200"}
    made = {
        "page": (opened, may_read),
        "search": (named(crawl, leafed(crawl, who, "/search/")), found),
        "home": (home, home & found),
    }
    if not actor.is_authenticated:
        return made
    own = {r.title for r in rows if r.owner and r.owner.uid in actor.organisations and r.archived_at is None}
    made["mine"] = (named(crawl, leafed(crawl, who, "/listings/mine/")), own)
    for form in ("csv", "xlsx"):
        for door, path, right in (("mine", "/listings/mine/", own), ("search", "/search/", found)):
            got = named(crawl, crawl.walker.send(who, "GET", f"{path}?export={form}").text)
            made[f"{door} as {form}"] = (got, right)
    return made


def test_lists_search_files_and_pages_agree_with_the_table(crawl: Crawl) -> None:
    wrong = [
        f"{who}: {door} names {len(got)} listings, not {len(right)}"
        for who in crawl.world.people.walkers
        for door, (got, right) in doors(crawl, who).items()
        if got != right
    ]
    for feed in ("/feed/needs.xml", "/feed/achievements.xml"):
        names = named(crawl, crawl.walker.send("auditor", "GET", feed).text)
        assert names, feed
        if not names <= readable(crawl, crawl.world.people.actors["visitor"]):
            wrong.append(f"{feed} names what a visitor may not read")
    assert not wrong, "\n".join(wrong)


def test_the_api_lists_and_finds_what_the_table_lets_its_bearer_read(crawl: Crawl) -> None:
    wrong = []
    findable = {row.title for row in stored(crawl) if row.state in SHOWN}
    for who, (actor, headers) in interface.bearers(crawl.world).items():
        if actor is None or who == NARROW:
            continue
        may_read = readable(crawl, actor)
        lists = {"listings": may_read, "search": may_read & findable}
        for path, right in lists.items():
            got = named(crawl, "".join(interface.pages(crawl, f"{PREFIX}/{path}", headers)))
            if got != right:
                wrong.append(f"{who}: {path} {len(got)} titles, not {len(right)}")
    assert not wrong, "\n".join(wrong)


def test_a_hidden_word_finds_nothing(crawl: Crawl) -> None:
    """Who may not read a word must not learn by searching for it that it is there."""
    planted = crawl.world.planted
    label = {row.title: row for row in stored(crawl)}
    words = [
        (name, secret) for name, secret in planted.secrets.items()
        if name.startswith("zq") and re.match(r"(present|advantage|use|confidential|summary) \(", secret.what)
        and " published" in secret.what
    ]  # fmt: skip
    assert len(words) > 15
    wrong, found_once = [], 0
    for who in ("visitor", "stranger", "unverified", "outside", "counterpart", "officer there", "owner"):
        actor = crawl.world.people.actors[who]
        for name, secret in words:
            text = MARKED.sub("", crawl.walker.send(who, "GET", f"/search/?q={name}").text).replace(name, "")
            hits = named(crawl, text) & set(label)
            found_once += bool(hits)
            if hits and not planted.may_see(actor, name):
                wrong.append(f"{who} finds {secret.what}")
    assert not wrong, "\n".join(wrong)
    assert found_once
