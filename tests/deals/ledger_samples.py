"""A registrar's ledgers as they are: invented rows, headings over two rows, merged cells, 万元, totals."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import openpyxl

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import Account, ImportBatch, ImportRow
from tests import factories as f

PLAIN = (
    "合同登记编号", "合同名称", "合同类型", "卖方名称", "卖方类别", "卖方所在地", "买方名称", "买方所在地",
    "成交额（万元）", "技术交易额（万元）", "签订日期", "登记日期", "技术领域", "知识产权", "计划来源", "登记机构",
)  # fmt: skip
NUMBERS = tuple(f"YS20220101{n:06d}" for n in range(1, 40))


def row(n: int = 1, **given: Any) -> list[Any]:
    """One good row in the order of PLAIN."""
    base = {
        "number": NUMBERS[n - 1],
        "title": f"气化细渣脱碳技术开发第{n}项（演示）",
        "type": "技术开发",
        "seller": "河套演示大学",
        "kind": "高等院校",
        "area": "呼和浩特市",
        "buyer": f"第{n}演示厂",
        "buyer_area": "包头市",
        "value": "100",
        "technology": "80",
        "signed": "2022年3月1日",
        "registered": "2022.3.15",
        "field": "新材料及其应用",
        "ip": "技术秘密",
        "plan": "计划外",
        "body": "呼和浩特技术合同登记处（演示）",
    }
    return list((base | given).values())


def sheet(
    rows: Sequence[Sequence[Any]],
    headings: Sequence[str] = PLAIN,
    further: Mapping[str, Sequence[Sequence[Any]]] = MappingProxyType({}),
) -> bytes:
    """A workbook; further sheets by name with the same headings."""
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "2022年"
    for page, lines in [(first, rows), *((book.create_sheet(name), more) for name, more in further.items())]:
        for line in (headings, *lines) if lines else ():
            page.append(list(line))
    return _saved(book)


def ugly(rows: Sequence[Sequence[Any]]) -> bytes:
    """A title, a note of the unit, headings over two rows with merged groups, a total at the end and a remark."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["2022年技术合同认定登记台账"])
    page.merge_cells("A1:Q1")
    page.append(["填报单位：呼和浩特技术合同登记处（演示）", *[None] * 14, "单位：万元"])
    page.append(
        ["序号", "登记编号", "合同信息", None, "卖方", None, None, "买方", None, "金额", None, "日期", None,
         "技术领域", "知识产权", "计划来源", "登记机构"]
    )  # fmt: skip
    page.append(
        [None, None, "合同名称", "合同类别", "名称", "类别", "所在地", "名称", "所在地", "成交额", "技术交易额",
         "签订日期", "登记日期", None, None, None, None]
    )  # fmt: skip
    for block in ("C3:D3", "E3:G3", "H3:I3", "J3:K3", "L3:M3", "A3:A4", "B3:B4", "N3:N4", "O3:O4", "P3:P4", "Q3:Q4"):
        page.merge_cells(block)
    for at, line in enumerate(rows, 1):
        page.append([at, *line])
    page.append([None, "合计", *[None] * 7, 9999, 8888])
    page.append(["备注：本表由登记员填写"])
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def desk(area: str = f.HOHHOT) -> tuple[Account, Organisation, Actor]:
    """A registrar of an area, the body he works for, and who he is as an actor."""
    body = f.organisation(f"{area}技术合同登记处（演示）", kind="agency", area=area)
    account = f.with_role("registrar", area=area, of=f.member(body))
    return account, body, f.actor(account)


def uploaded(content: bytes, owner: Organisation, by: Actor, name: str = "台账.xlsx") -> ImportBatch:
    """Sent, its rows read."""
    return batches.upload(io.BytesIO(content), name, "registration", owner=owner.uid, declared=True, by=by, now=f.AT)


def mapped(batch: ImportBatch, by: Actor, **other: str) -> ImportBatch:
    """Mapped as suggested, `other` by heading; checked."""
    chosen = {s.heading: s.field for s in batches.suggestions(batch)} | other
    return batches.map_columns(batch, chosen, by=by, now=f.AT)


def previewed(
    rows: Sequence[Sequence[Any]], owner: Organisation, by: Actor, headings: Sequence[str] = PLAIN
) -> ImportBatch:
    """A sheet of rows as far as its preview."""
    return mapped(uploaded(sheet(rows, headings), owner, by), by)


def written(batch: ImportBatch, by: Actor) -> ImportBatch:
    """Confirmed and written to its end."""
    return running.run(batches.confirm(batch, by=by, now=f.AT))


def verdicts(batch: ImportBatch) -> Counter[str]:
    return Counter(batch.rows.values_list("verdict", flat=True))


def outcomes(batch: ImportBatch) -> Counter[str]:
    return Counter(batch.rows.values_list("outcome", flat=True))


def said(batch: ImportBatch, number: int) -> list[list[str]]:
    """What is said of one row: heading, level, sentence."""
    return ImportRow.objects.get(batch=batch, number=number).problems or []


def values(batch: ImportBatch, number: int) -> Mapping[str, Any]:
    """One row as it was understood."""
    return ImportRow.objects.get(batch=batch, number=number).values or {}
