"""Files and batches for the tests of the import."""

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import ImportBatch, ImportRow
from tests import factories as f

OFFICE_FILES = Path(__file__).parent.parent / "data" / "exchange"
HEADINGS = ("需求编号", "需求名称", "需求描述", "所属领域", "投入(万元)", "截止日期", "合作方式")


def row(number: int, **given: str) -> list[str]:
    """One good row; the texts of other headings by field name of HEADINGS' order."""
    base = {
        "id": f"N{number}",
        "title": f"第{number}种废渣脱碳装置改造{number * 7919}",
        "body": "含碳高、持水高，希望先脱水脱碳",
        "field": "新材料",
        "price": "200",
        "deadline": "2027-06-30",
        "modes": "技术转让、委托开发",
    }
    return list((base | given).values())


def sheet(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    page = book.create_sheet("需求")
    for line in (headings, *rows):
        page.append(list(line))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def uploaded(
    content: bytes, owner: Organisation, by: Actor, *, kind: str = "need", name: str = "需求表.xlsx"
) -> ImportBatch:
    """Sent, its rows read."""
    return batches.upload(io.BytesIO(content), name, f"listing.{kind}", owner=owner.uid, declared=True, by=by, now=f.AT)


def mapped(batch: ImportBatch, by: Actor, **other: str) -> ImportBatch:
    """Mapped as suggested (headings in `other` as said), checked."""
    chosen = {s.heading: s.field for s in batches.suggestions(batch)} | other
    return batches.map_columns(batch, chosen, by=by, now=f.AT)


def previewed(rows: Sequence[Sequence[str]], owner: Organisation, by: Actor, **options: str) -> ImportBatch:
    """A sheet of rows as far as its preview."""
    return mapped(uploaded(sheet(rows), owner, by, **options), by)


def confirmed(batch: ImportBatch, by: Actor) -> ImportBatch:
    """Confirmed and written to its end."""
    return running.run(batches.confirm(batch, by=by, now=f.AT))


def outcomes(batch: ImportBatch) -> Counter[str]:
    """How many rows came to what."""
    return Counter(batch.rows.values_list("outcome", flat=True))


def said(batch: ImportBatch, number: int) -> list[list[str]]:
    """What is said of one row."""
    return ImportRow.objects.get(batch=batch, number=number).problems or []
