"""The right a row of patents names: judged at its cells, written by its number, linked to listing and achievement.

A row without a patent number is a listing only.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, Problem, Sheet, Writing
from mengkeju.kernel.words import listed, word
from mengkeju.listings.actions.imports_values import RowRead
from mengkeju.listings.actions.participations import ParticipantInput, add_participant
from mengkeju.listings.actions.rights import RightInput, checked, link_right
from mengkeju.listings.engine import patent_numbers
from mengkeju.listings.engine.participations import MOST
from mengkeju.listings.engine.rights import STANDINGS
from mengkeju.listings.models import IpRight, Listing, RightClaim

RIGHTS_IN = frozenset({"patent"})
PARTS = ("right_status", "applied_on", "granted_on", "achievement", "inventors")
AT = {"number": "patent_number", "kind": "patent_kind", "status": "right_status"}
_BETWEEN = re.compile(r"[,，、;；/\n]+")


@dataclass(frozen=True)
class _Achievements:
    """The achievements of the owners of a file, by number and by title without spaces."""

    by_number: dict[str, Listing]
    by_title: dict[tuple[UUID, str], list[Listing]]

    @classmethod
    def read(cls, owners: Iterable[str]) -> "_Achievements":
        """One query."""
        rows = Listing.objects.filter(owner__uid__in=list(owners), kind="achievement", archived_at=None)
        by_number: dict[str, Listing] = {}
        by_title: dict[tuple[UUID, str], list[Listing]] = {}
        for row in rows.exclude(state="withdrawn").select_related("owner").order_by("pk"):
            if row.owner is None:
                continue
            if row.number:
                by_number[row.number.upper()] = row
            by_title.setdefault((row.owner.uid, title_key(row.title)), []).append(row)
        return cls(by_number, by_title)

    def find(self, owner: str, text: str) -> Listing:
        """The one meant. ValueError says why there is none."""
        numbered = self.by_number.get(patent_numbers.plain(text))
        if numbered is not None and numbered.owner is not None and str(numbered.owner.uid) == owner:
            return numbered
        titled = self.by_title.get((UUID(owner), title_key(text)), [])
        if len(titled) == 1:
            return titled[0]
        several = _("本单位有 %(count)s 条成果叫“%(text)s”，请改填编号")
        said = _("本单位没有编号或题目为“%(text)s”的成果")
        raise ValueError((several if titled else said) % {"count": len(titled), "text": text[:40]})


def title_key(title: str) -> str:
    """How two titles are compared: without spaces and case."""
    return "".join(title.split()).casefold()


def status_of(text: str) -> str:
    """The key of a legal status as people write it. ValueError names those that are known."""
    wanted = "".join(text.split()).casefold()
    for key, standing in STANDINGS.items():
        words = {key, standing.label.casefold(), standing.label_en.casefold(), *standing.synonyms}
        if wanted in words:
            return key
    known = listed([word(standing) for standing in STANDINGS.values()])
    raise ValueError(_("没有“%(text)s”这种法律状态；可以是：%(known)s") % {"text": text[:20], "known": known})


def judge_rights(sheet: Sheet, given: Sequence[Given], reads: Sequence[RowRead]) -> None:
    """Say at its cells what is wrong with the right of each row; put numbers into their one spelling."""
    good = [(row, read) for row, read in zip(given, reads, strict=True) if not read.wrong]
    known = _Achievements.read({read.values.get("owner") or str(sheet.owner) for _row, read in good})
    first: dict[str, int] = {}
    today = clock.today()
    for row, read in good:
        _judge(sheet, read, known, today)
        number = str(read.values.get("right_number") or "")
        if read.wrong or not number:
            continue
        if number in first:
            said = _("与第 %(row)s 行是同一个专利号，已采用先出现的一行") % {"row": first[number]}
            read.problems.append(Problem(sheet.heading_of["patent_number"], ERROR, said))
        else:
            first[number] = row.number
    _warn_of_claims(sheet, [read for _row, read in good if not read.wrong])


def _judge(sheet: Sheet, read: RowRead, known: _Achievements, today: date) -> None:
    values = read.values
    if not values.get("patent_number"):
        unused = [key for key in PARTS if values.get(key) and key != "inventors"]
        for key in unused:
            read.problems.append(Problem(sheet.heading_of[key], WARNING, _("没有专利号，这一项没有采用")))
        return
    if values.get("right_status"):
        try:
            values["right_status"] = status_of(str(values["right_status"]))
        except ValueError as error:
            read.problems.append(Problem(sheet.heading_of["right_status"], ERROR, str(error)))
            return
    try:
        stated = checked(_stated(values), today=today)
    except ValidationError as error:
        for key, messages in error.message_dict.items():
            heading = sheet.heading_of.get(AT.get(key, key)) or sheet.heading_of["patent_number"]
            read.problems.append(Problem(heading, ERROR, " ".join(messages)))
        return
    values["right_number"], values["right_status"] = stated.number, stated.status
    values["patent_number"] = patent_numbers.shown(stated.number, granted=stated.status == "granted")
    if stated.kind in patent_numbers.PATENTS:
        values["patent_kind"] = stated.kind
    if values.get("achievement"):
        try:
            owner = str(values.get("owner") or sheet.owner)
            values["achievement_uid"] = str(known.find(owner, str(values["achievement"])).uid)
        except ValueError as error:
            read.problems.append(Problem(sheet.heading_of["achievement"], ERROR, str(error)))


def _warn_of_claims(sheet: Sheet, reads: Sequence[RowRead]) -> None:
    """Say which numbers another organisation claims already: confirming makes them disputed."""
    numbers = {str(read.values["right_number"]) for read in reads if read.values.get("right_number")}
    claims = RightClaim.objects.filter(right__number__in=numbers, decision__in=("", "upheld"))
    taken = list(claims.values_list("right__number", "organisation__uid"))
    for read in reads:
        owner, number = UUID(str(read.values.get("owner") or sheet.owner)), read.values.get("right_number")
        others = {uid for text, uid in taken if text == number} - {owner}
        if others and (number, owner) not in taken:
            said = _("另一家单位已主张这个号码；确认后标为有争议，由科技管理人员裁定")
            read.problems.append(Problem(sheet.heading_of["patent_number"], WARNING, said))


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _stated(values: dict[str, Any]) -> RightInput:
    return RightInput(
        number=str(values.get("right_number") or values["patent_number"]),
        kind=str(values.get("patent_kind") or ""),
        title=str(values.get("title") or ""),
        status=str(values.get("right_status") or ""),
        applied_on=_day(values.get("applied_on")),
        granted_on=_day(values.get("granted_on")),
    )


def write_rights(uid: UUID, given: Writing) -> bool:
    """Write or refresh the right of a row and its links; returns whether anything changed. Raises as `link_right`."""
    values = dict(given.values)
    if not values.get("right_number"):
        return False
    listing = Listing.objects.select_related("owner").get(uid=uid)
    hand = given.by if listing.owner and listing.owner.uid in given.by.organisations else replace(given.by, system=True)
    changed = _invent(listing, str(values.get("inventors") or ""), hand, given)
    wanted = [listing]
    if values.get("achievement_uid"):
        found = Listing.objects.filter(uid=values["achievement_uid"], owner=listing.owner, archived_at=None)
        wanted += list(found.select_related("owner"))
    for row in wanted:
        if not _stands(row, values):
            _right, new = link_right(row, _stated(values), by=hand, now=given.now, secrecy_reviewed=True)
            changed = changed or new
    return changed


def _stands(listing: Listing, values: dict[str, Any]) -> bool:
    """Whether the right is linked already and states all the row says: then nothing is asked for."""
    right = IpRight.objects.filter(number=values["right_number"], listings=listing).first()
    if right is None or not right.claims.filter(organisation=listing.owner, decision__in=("", "upheld")).exists():
        return False
    stated = _stated(values)
    same = ("status", "applied_on", "granted_on")
    return all(not getattr(stated, key) or getattr(stated, key) == getattr(right, key) for key in same)


def _invent(listing: Listing, text: str, hand: Actor, given: Writing) -> bool:
    """Put inventors on the list by name, in order; who stands on it already is left as he is."""
    known = set()
    for row in listing.participations.filter(role="inventor").select_related("person"):
        known.add(row.person.name if row.person else row.name)  # taken off once, stays off
    names = [" ".join(name.split()) for name in _BETWEEN.split(text)]
    fresh = [name for name in dict.fromkeys(names) if name and name not in known][: MOST - len(known)]
    for name in fresh:
        add_participant(listing, ParticipantInput("inventor", name=name), by=hand, now=given.now, secrecy_reviewed=True)
    return bool(fresh)
