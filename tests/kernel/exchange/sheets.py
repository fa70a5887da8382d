"""Workbooks of every make for the tests, as bytes."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{properties}
 <sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>"""
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/>
 <Relationship Id="rId2" Type="styles" Target="styles.xml"/>
 <Relationship Id="rId3" Type="sharedStrings" Target="sharedStrings.xml"/></Relationships>"""


def saved(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def workbook(
    lines: Iterable[Sequence[Any]],
    merges: Sequence[str] = (),
    change: Callable[[Worksheet], object] | None = None,
) -> bytes:
    """A sheet as openpyxl writes it; `merges` like "A1:C1"."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in lines:
        sheet.append(list(line))
    for block in merges:
        sheet.merge_cells(block)
    if change is not None:
        change(sheet)
    return saved(book)


def raw_workbook(
    data: str | bytes, *, styles: str = "", strings: str = "", properties: str = "", after: str = ""
) -> bytes:
    """A workbook with exactly this XML inside sheetData, as other programs write it."""
    body = data.encode() if isinstance(data, str) else data
    members: Mapping[str, bytes] = {
        "xl/workbook.xml": BOOK.format(properties=properties).encode(),
        "xl/_rels/workbook.xml.rels": RELATIONS.encode(),
        "xl/styles.xml": (styles or "<styleSheet/>").encode(),
        "xl/sharedStrings.xml": f"<sst>{strings}</sst>".encode(),
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + body + f"</sheetData>{after}</worksheet>".encode(),
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return kept.getvalue()


def cell(text: str, place: str = "") -> str:
    """An inline text cell."""
    where = f' r="{place}"' if place else ""
    return f'<c{where} t="inlineStr"><is><t>{text}</t></is></c>'
