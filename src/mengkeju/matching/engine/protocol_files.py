"""Files of the benchmark protocol: CSV in UTF-8 (with or without BOM), errors with row numbers.

Rows are counted as a spreadsheet does: the header is row 1.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NEED_COLUMNS = ("need_id", "title", "content")
PAIR_COLUMNS = ("need_id", "achievement_id", "achievement_title")
OUT_COLUMNS = ("need_id", "achievement_id", "expected", "level")


class ProtocolError(ValueError):
    """Input that cannot be used; the message says in Chinese which file, row and why."""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need; title and content may be empty."""

    need_id: str
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """A need and an achievement, with its level 1–4 when the file has that column."""

    need_id: str
    achievement_id: str
    title: str
    level: int | None = None


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells of each row that is not blank."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            absent = [name for name in columns if name not in (reader.fieldnames or ())]
            if absent:
                raise ProtocolError(f"{path.name}：表头缺少 {'、'.join(absent)} 列")
            for number, cells in enumerate(reader, 2):
                if any(cells.get(name) is None for name in columns):
                    raise ProtocolError(f"{path.name} 第{number}行：列数少于表头")
                yield number, {name: value for name, value in cells.items() if name}
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path.name}：不是 UTF-8 编码，请另存为 CSV UTF-8 后再试") from error
    except csv.Error as error:
        raise ProtocolError(f"{path.name}：不是有效的 CSV 文件（{error}）") from error
    except OSError as error:
        raise ProtocolError(f"{path.name}：无法读取文件") from error


def read_needs(path: Path) -> list[NeedRow]:
    """Needs from columns need_id, title, content; each need_id once, at least one row."""
    found: dict[str, NeedRow] = {}
    for number, cells in _rows(path, NEED_COLUMNS):
        need_id = cells["need_id"].strip()
        if not need_id:
            raise ProtocolError(f"{path.name} 第{number}行：need_id 为空")
        if need_id in found:
            raise ProtocolError(f"{path.name} 第{number}行：need_id “{need_id}”重复")
        found[need_id] = NeedRow(need_id, cells["title"], cells["content"])
    if not found:
        raise ProtocolError(f"{path.name}：没有数据行")
    return list(found.values())


def read_pairs(path: Path, known: Collection[str], *, labelled: bool) -> list[PairRow]:
    """Pairs whose need_id is among `known`, at least one.

    With `labelled` each row must have a level 1–4; without it a level column is not read.
    """
    columns = (*PAIR_COLUMNS, "level") if labelled else PAIR_COLUMNS
    found: list[PairRow] = []
    for number, cells in _rows(path, columns):
        need_id, achievement_id = cells["need_id"].strip(), cells["achievement_id"].strip()
        where = f"{path.name} 第{number}行"
        if need_id not in known:
            raise ProtocolError(f"{where}：需求表里没有 need_id “{need_id}”")
        if not achievement_id:
            raise ProtocolError(f"{where}：achievement_id 为空")
        level = _level(cells["level"], where) if labelled else None
        found.append(PairRow(need_id, achievement_id, cells["achievement_title"], level))
    if not found:
        raise ProtocolError(f"{path.name}：没有数据行")
    return found


def _level(text: str, where: str) -> int:
    if text.strip() not in ("1", "2", "3", "4"):
        raise ProtocolError(f"{where}：level 应为 1、2、3 或 4，实为“{text}”")
    return int(text)


def write_predictions(path: Path, pairs: Sequence[PairRow], expected: Sequence[float], level: Sequence[int]) -> None:
    """Write need_id, achievement_id, expected (4 decimals), level in the order of `pairs`."""
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(OUT_COLUMNS)
            for pair, mean, median in zip(pairs, expected, level, strict=True):
                writer.writerow((pair.need_id, pair.achievement_id, f"{mean:.4f}", int(median)))
    except OSError as error:
        raise ProtocolError(f"{path.name}：无法写入文件") from error
