"""A ledger (演示) a registrar has sent and checked: it waits for his word, with a doubtful name and a difference."""

import io
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import openpyxl

from mengkeju.deals.models import Registration
from mengkeju.demo.files import read
from mengkeju.demo.registrations import Row, deal_of
from mengkeju.demo.scene import Scene
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel.exchange import batches
from mengkeju.kernel.models import ImportBatch

IMPORTER = "registration"
CELLS = (
    "number", "title", "type", "seller", "kind", "area", "buyer", "buyer_area", "value", "technology",
    "signed", "registered", "field", "ip", "plan", "body",
)  # fmt: skip
"""What stands in a row, in the order of the headings."""


class Ledgers(Scene):
    """The file goes through the importer's own steps as far as its preview; nothing of it is recorded."""

    def plan(self, timeline: Timeline) -> None:
        """One act."""
        self.today = timeline.today
        ledger = read("ledgers")
        timeline.thread("ledger").back(ledger["uploaded"], partial(self.send, ledger))

    def send(self, ledger: Row, now: datetime) -> None:
        """Sent and mapped as suggested by the registrar; not again while, or after, he has dealt with it."""
        by, owner = self.by(ledger["by"]), self.organisation(ledger["owner"])
        if ImportBatch.objects.filter(importer=IMPORTER, owner=owner.uid, file_name=ledger["name"]).exists():
            return
        sheet = self._sheet(ledger)
        batch = batches.upload(sheet, ledger["name"], IMPORTER, owner=owner.uid, declared=True, by=by, now=now)
        chosen = {one.heading: one.field for one in batches.suggestions(batch)}
        batches.map_columns(batch, chosen, by=by, now=now)

    def _sheet(self, ledger: Row) -> io.BytesIO:
        book, kept = openpyxl.Workbook(), io.BytesIO()
        page = book.worksheets[0]
        page.title = ledger["sheet"]
        page.append(ledger["headings"])
        for row in ledger["rows"]:
            cells = {**ledger["common"], **self._known(row), **self._dated(row)}
            page.append([cells[name] for name in CELLS])
        book.save(kept)
        kept.seek(0)
        return kept

    def _dated(self, row: Row) -> dict[str, Any]:
        days = {name: row[name] for name in ("signed", "registered") if name in row}
        return {**row, **{name: (self.today - timedelta(days=n)).isoformat() for name, n in days.items()}}

    def _known(self, row: Row) -> dict[str, Any]:
        """Of a row about a case of the region: what its registration says."""
        if "of" not in row:
            return {}
        story = next(one for one in read("registrations")["cases"] if one["key"] == row["of"])
        deal = deal_of(story, self.organisation(story["seller"]))
        found = Registration.objects.get(deal=deal, state="registered")
        return {
            "number": found.number,
            "title": story["title"],
            "seller": self.organisation(story["seller"]).name,
            "buyer": self.organisation(story["buyer"]).name,
            "signed": deal.signed_on.isoformat() if deal is not None and deal.signed_on else "",
            "registered": found.registered_on.isoformat() if found.registered_on else "",
        }
