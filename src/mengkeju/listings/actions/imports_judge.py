"""What confirming a file would do, row by row, before anything is written."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, Judged, Problem, Sheet
from mengkeju.kernel.words import listed, word
from mengkeju.listings.actions.imports_rights import RIGHTS_IN, judge_rights, title_key
from mengkeju.listings.actions.imports_values import Reader, RowRead, typed
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import listings, values_of
from mengkeju.search.engine.duplicates import near_pairs

EDITABLE_STATES = ("draft", "returned", "published")
GONE = ("closed", "withdrawn")
LIKE_MOST = 30_000  # published titles a file is compared with, the newest first


def source_of(owner: UUID | str) -> str:
    """The source of what an organisation's own files bring: their numbers are the organisation's own."""
    return f"upload:{UUID(str(owner)).hex}"


def own_id(values: dict[str, Any]) -> str:
    """The external id of a row; without one of its own it has one from its title."""
    stated = str(values.get("external_id") or "")
    return stated or "t-" + hashlib.sha256(title_key(values["title"]).encode()).hexdigest()[:24]


@dataclass
class Known:
    """What the owners have on the platform, by external id and by title; areas of the owners."""

    by_id: dict[tuple[str, str], Listing] = field(default_factory=dict)
    by_title: dict[tuple[UUID, str], Listing] = field(default_factory=dict)

    @classmethod
    def read(cls, kind: str, owners: Iterable[str]) -> "Known":
        """One query; of two with the same title the one that can still be edited, then the newest, is meant."""
        found, uids = cls(), list(owners)
        mine = Q(owner__uid__in=uids) | Q(source__in=[source_of(uid) for uid in uids])
        rows = Listing.objects.filter(mine, kind=kind, archived_at=None).select_related("owner").order_by("pk")
        for listing in sorted(rows, key=lambda row: row.state in EDITABLE_STATES):
            if listing.external_id:
                found.by_id[listing.source, listing.external_id] = listing
            if listing.state not in GONE and listing.owner is not None:
                found.by_title[listing.owner.uid, title_key(listing.title)] = listing
        return found

    def find(self, owner: str, values: dict[str, Any]) -> Listing | None:
        """By its own number; without one by title, or by the number made of a title it had before."""
        numbered = self.by_id.get((source_of(owner), own_id(values)))
        if values.get("external_id"):
            return numbered
        return self.by_title.get((UUID(owner), title_key(values["title"]))) or numbered


def judge(kind_key: str, sheet: Sheet, given: Sequence[Given]) -> Iterator[Judged]:
    """A verdict per row, in order: create, change, same or bad. Writes nothing."""
    kind = kinds[kind_key]
    reader = Reader(kind, sheet)
    reads = [reader.read(row) for row in given]
    if kind.key in RIGHTS_IN:
        judge_rights(sheet, given, reads)
    _twice(sheet, given, reads)
    owners = {read.values.get("owner") or str(sheet.owner) for read in reads}
    known = Known.read(kind.key, owners)
    matched = [_match(sheet, known, read) for read in reads]
    _likes(kind, sheet, given, reads, matched)
    for read, listing in zip(reads, matched, strict=True):
        verdict = "bad" if read.wrong else _verdict(kind, sheet, read, listing)
        if verdict == "bad" or listing is None:
            yield Judged(verdict, read.values, tuple(read.problems))
        else:
            yield Judged(verdict, read.values, tuple(read.problems), listing.uid, listing.revision)


def _twice(sheet: Sheet, given: Sequence[Given], reads: Sequence[RowRead]) -> None:
    """The same number or title twice in the file: the first row counts."""
    first: dict[tuple[str, str], int] = {}
    for row, read in zip(given, reads, strict=True):
        if read.wrong:
            continue
        owner, key = read.values.get("owner") or str(sheet.owner), own_id(read.values)
        at = "external_id" if read.values.get("external_id") else "title"
        if (owner, key) in first:
            said = _("与第 %(row)s 行重复，已采用先出现的一行") % {"row": first[owner, key]}
            read.problems.append(Problem(sheet.heading_of[at], ERROR, said))
        else:
            first[owner, key] = row.number


def _match(sheet: Sheet, known: Known, read: RowRead) -> Listing | None:
    if read.wrong:
        return None
    owner = read.values.get("owner") or str(sheet.owner)
    listing = known.find(owner, read.values)
    if listing is None:
        if (UUID(owner), title_key(read.values["title"])) in known.by_title:
            said = _("本单位已有同名的一条，编号不同：确认后会另建一条")
            read.problems.append(Problem(sheet.heading_of["title"], WARNING, said))
        return None
    heading = sheet.heading_of["external_id" if read.values.get("external_id") else "title"]
    if listing.owner is None or str(listing.owner.uid) != owner:
        read.problems.append(Problem(heading, ERROR, _("这个编号已属于另一单位")))
    return listing


def merged(kind: ListingKind, listing: Listing, values: dict[str, Any]) -> dict[str, Any]:
    """What the listing would state: an empty cell never blanks anything."""
    return values_of(listing) | typed(kind, values)


def changes(kind: ListingKind, listing: Listing, values: dict[str, Any]) -> list[str]:
    """Labels of the fields that would change."""
    before, after = values_of(listing), typed(kind, values)
    return [word(f) for f in kind.fields if f.key in after and (before.get(f.key) or None) != (after[f.key] or None)]


def _verdict(kind: ListingKind, sheet: Sheet, read: RowRead, listing: Listing | None) -> str:
    stated = merged(kind, listing, read.values) if listing is not None else typed(kind, read.values)
    low, high = stated.get("price_low"), stated.get("price_high")
    if low is not None and high is not None and low > high:
        heading = sheet.heading_of.get("price_high") or sheet.heading_of.get("price", "")
        read.problems.append(Problem(heading, ERROR, _("上限不能小于下限")))
        return "bad"
    if listing is None:
        return "create"
    differing = changes(kind, listing, read.values)
    if not differing:
        return "same"
    if listing.state not in EDITABLE_STATES:
        waits = listing.state == "submitted"
        said = _("平台上这一条待审核，不能改") if waits else _("平台上这一条已办结或撤回，不能改")
        read.problems.append(Problem(sheet.heading_of["title"], ERROR, said))
        return "bad"
    said = _("平台上已有这一条，将改：%(fields)s") % {"fields": listed(differing)}
    read.problems.append(Problem(sheet.heading_of["title"], WARNING, said))
    return "change"


def _likes(
    kind: ListingKind,
    sheet: Sheet,
    given: Sequence[Given],
    reads: Sequence[RowRead],
    matched: Sequence[Listing | None],
) -> None:
    """Say which new rows are nearly the same as an earlier row, or as a listing the reader may see."""
    fresh = [at for at, read in enumerate(reads) if not read.wrong and matched[at] is None]
    live = Q(state="published") | Q(state__in=("draft", "returned", "submitted"), owner__uid__in=sheet.by.organisations)
    seen = listings(sheet.by).filter(live, kind=kind.key).order_by("-published_at", "-pk")[:LIKE_MOST]
    there = list(seen.values_list("title", "number"))
    titles = [reads[at].values["title"] for at in fresh]
    for at, other, is_row in near_pairs(titles, [title for title, _number in there]):
        if is_row:
            said = _("与第 %(row)s 行的题目很像，请确认不是同一条") % {"row": given[fresh[other]].number}
        else:
            names = {"title": there[other][0][:40], "number": there[other][1] or _("未编号")}
            said = _("与平台上的“%(title)s”（%(number)s）很像，请确认不是同一条") % names
        reads[fresh[at]].problems.append(Problem(sheet.heading_of["title"], WARNING, said))


def owner_of(values: dict[str, Any], owner: UUID) -> Organisation:
    """Whose row it is: as its cell says, else the batch's."""
    return Organisation.objects.get(uid=UUID(str(values.get("owner") or owner)))
