"""Closed parts of listings: who asks to see them, who was let in, who looked, what was downloaded."""

import io
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from mengkeju.demo.scene import Scene, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import consent, stamping
from mengkeju.kernel.access import Actor
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.reads import CONSENT
from mengkeju.listings.models import AccessRequest, DisclosureRule, FileRead, Listing, ListingFile, ReadRecord

PAGE, MARGIN, LETTER, LEADING = (827, 1169), 80, 24, 44
"""A page of A4 at 100 dots an inch, in dots."""


class Disclosure(Scene):
    """Files first, then requests, then reading."""

    def plan(self, timeline: Timeline) -> None:
        """Everything in the order of its days."""
        for row in rows("files"):
            timeline.thread(row["name"]).ago(row["days_ago"], partial(self.put_up, row))
        for row in rows("rules"):
            timeline.thread(row["listing"] + "rule").ago(row["days_ago"], partial(self.rule, row))
        for row in rows("requests"):
            thread = timeline.thread(row["by"] + row["listing"])
            thread.ago(row["days_ago"], partial(self.ask, row))
            if "granted_by" in row:
                thread.ago(row["granted_days_ago"], partial(self.grant, row), afternoon=True)
        for row in rows("readings"):
            thread = timeline.thread(row["by"] + "reads")
            if row.get("named"):
                thread.ago(row["days_ago"][0], partial(self.agree_to_be_named, row))
            for number, days in enumerate(row["days_ago"]):
                thread.ago(days, partial(self.look, row, number), afternoon=True)
            if row.get("downloads"):
                thread.ago(row["days_ago"][-1], partial(self.download, row), afternoon=True)

    def put_up(self, row: dict[str, Any], now: datetime) -> None:
        """A file of a closed tier."""
        listing, name = self.listing(row["listing"]), str(row["name"])
        if ListingFile.objects.filter(listing=listing, caption=row["caption"]).exists():
            return
        upload = sheet(name, row["lines"])
        if upload is not None:
            actions.add_listing_file(
                listing,
                upload,
                kind=row["kind"],
                tier=row["tier"],
                by=self.by(row["by"]),
                now=now,
                caption=row["caption"],
                secrecy_reviewed=True,
            )

    def rule(self, row: dict[str, Any], now: datetime) -> None:
        """The owner opens to whoever accepts the undertaking."""
        listing = self.listing(row["listing"])
        if not DisclosureRule.objects.filter(listing=listing).exists():
            actions.set_disclosure_rule(listing, row["mode"], by=self.by(row["by"]), now=now)

    def _request(self, row: dict[str, Any]) -> AccessRequest | None:
        organisation = self.organisation(row["organisation"])
        return AccessRequest.objects.filter(listing=self.listing(row["listing"]), organisation=organisation).first()

    def ask(self, row: dict[str, Any], now: datetime) -> None:
        """An organisation asks to see the closed part."""
        if self._request(row) is None:
            organisation = self.organisation(row["organisation"])
            actions.ask_to_see(
                self.listing(row["listing"]), row["purpose"], organisation=organisation, by=self.by(row["by"]), now=now
            )

    def grant(self, row: dict[str, Any], now: datetime) -> None:
        """The owner consents."""
        request = self._request(row)
        if request is not None and request.state == "asked":
            actions.answer_access_request(request, consents=True, by=self.by(row["granted_by"]), now=now)

    def agree_to_be_named(self, row: dict[str, Any], now: datetime) -> None:
        """A reader lets owners see his name, not only his organisation's."""
        by = self.by(row["by"])
        if by.person_uid is not None and not consent.of("person", by.person_uid).filter(purpose=CONSENT).exists():
            consent.accept(CONSENT, by=by, now=now)

    def look(self, row: dict[str, Any], number: int, now: datetime) -> None:
        """Somebody let in opens the page, as the page itself would note it."""
        listing, by = self.listing(row["listing"]), self.by(row["by"])
        known = ReadRecord.objects.filter(listing=listing, channel="page", organisation__uid__in=by.organisations)
        if known.count() <= number and queries.find(by, listing.uid) is not None:
            actions.note_reads([queries.present(listing, by)], channel="page", by=by, now=now)

    def download(self, row: dict[str, Any], now: datetime) -> None:
        """He takes a stamped copy of every file there is."""
        listing, by = self.listing(row["listing"]), self.by(row["by"])
        for one in _files(listing, by):
            if not FileRead.objects.filter(file=one, organisation__uid__in=by.organisations).exists():
                for _portion in actions.hand_out(one, by=by, now=now).parts:
                    pass


def _files(listing: Listing, by: Actor) -> list[ListingFile]:
    return queries.readable_files(listing, by)[0]


def sheet(name: str, lines: list[str]) -> SimpleUploadedFile | None:
    """A small file that says what it stands for: lines of a table, or a page; None without a font to draw it."""
    if name.endswith(".csv"):
        return SimpleUploadedFile(name, "\r\n".join(lines).encode("utf-8-sig"))
    if not stamping.font_file():
        return None
    page = Image.new("L", PAGE, 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(stamping.font_file(), LETTER)
    for number, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + number * LEADING), line, fill=0, font=font)
    kept = io.BytesIO()
    page.save(kept, format="PDF", resolution=100)
    return SimpleUploadedFile(name, kept.getvalue(), content_type="application/pdf")
