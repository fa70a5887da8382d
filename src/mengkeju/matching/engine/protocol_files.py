"""Files of the benchmark protocol: needs, labelled pairs, predictions. All errors are told at once, with row numbers.

Rows are counted as a spreadsheet does: the header of a plain CSV is row 1.
"""

import csv
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mengkeju.matching.engine.sources import Problems, ProtocolError, Source, chosen, plain

__all__ = ["ProtocolError"]

NEED_COLUMNS = ("need_id", "title", "content")
PAIR_COLUMNS = ("need_id", "achievement_id", "achievement_title")
OUT_COLUMNS = ("need_id", "achievement_id", "expected", "level")
Reader = Callable[[Path], Source]
NO_NAMES: Mapping[str, str] = {}


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


def read(path: Path) -> Source:
    """A plain CSV in UTF-8. ProtocolError for anything else."""
    found = plain(path)
    if found is None:
        raise ProtocolError(f"{path.name}：不是 UTF-8 编码，请另存为 CSV UTF-8 后再试")
    return found


def read_needs(path: Path) -> list[NeedRow]:
    """Needs from columns need_id, title, content; each need_id once, at least one row. ProtocolError."""
    problems = Problems()
    found = needs_of(read(path), problems)
    problems.refuse()
    return found


def read_pairs(path: Path, known: Collection[str], *, labelled: bool) -> list[PairRow]:
    """Pairs whose need_id is among `known`, at least one. ProtocolError.

    With `labelled` each row must have a level 1–4; without it a level column is not read.
    """
    problems = Problems()
    found = pairs_of(read(path), known, problems, labelled=labelled)
    problems.refuse()
    return found


def needs_of(source: Source, problems: Problems, names: Mapping[str, str] = NO_NAMES) -> list[NeedRow]:
    """The needs of a table; what is wrong goes to `problems`. `names` maps columns to the table's headings."""
    found: dict[str, NeedRow] = {}
    first: dict[str, int] = {}
    for number, cells in _rows(source, NEED_COLUMNS, names, problems):
        need_id = cells["need_id"].strip()
        if not need_id:
            problems.add(source.name, "need_id 为空", number)
        elif need_id in found:
            problems.add(source.name, f"need_id “{need_id}”重复（第{first[need_id]}行已有）", number)
        else:
            found[need_id], first[need_id] = NeedRow(need_id, cells["title"], cells["content"]), number
    return list(found.values())


def pairs_of(
    source: Source,
    known: Collection[str] | None,
    problems: Problems,
    names: Mapping[str, str] = NO_NAMES,
    *,
    labelled: bool,
) -> list[PairRow]:
    """The pairs of a table; what is wrong goes to `problems`. `known` None: the needs are not known, do not compare."""
    columns = (*PAIR_COLUMNS, "level") if labelled else PAIR_COLUMNS
    found: list[PairRow] = []
    for number, cells in _rows(source, columns, names, problems):
        need_id, achievement_id = cells["need_id"].strip(), cells["achievement_id"].strip()
        level = _level(cells["level"]) if labelled else None
        if not need_id:
            problems.add(source.name, "need_id 为空", number)
        elif known is not None and need_id not in known:
            problems.add(source.name, f"需求表里没有 need_id “{need_id}”", number)
        if not achievement_id:
            problems.add(source.name, "achievement_id 为空", number)
        if labelled and level is None:
            problems.add(source.name, f"level 应为 1、2、3 或 4，实为“{cells['level']}”", number)
        found.append(PairRow(need_id, achievement_id, cells["achievement_title"], level))
    return found


def _rows(
    source: Source, columns: Sequence[str], names: Mapping[str, str], problems: Problems
) -> list[tuple[int, dict[str, str]]]:
    """Row number and the wanted cells of each row; nothing when a column is missing."""
    headings, absent = chosen(source, columns, names)
    if absent:
        wanted = "、".join(names.get(column, column) for column in absent)
        have = f"；文件里的列：{'、'.join(filter(None, source.headings))}" if any(source.headings) else ""
        hint = f"。可用 --columns {absent[0]}=… 指明对应哪一列" if have else ""
        problems.add(source.name, f"表头缺少 {wanted} 列{have}{hint}")
        return []
    for number, reason in source.problems:
        problems.add(source.name, reason, number)
    if not source.rows and not source.problems:
        problems.add(source.name, "没有数据行")
    found = []
    for number, cells in source.rows:
        if all(heading in cells for heading in headings.values()):
            found.append((number, {column: cells[heading] for column, heading in headings.items()}))
        else:
            problems.add(source.name, "列数少于表头", number)
    return found


def _level(text: str) -> int | None:
    digit = unicodedata.normalize("NFKC", text).strip()
    return int(digit) if digit in {"1", "2", "3", "4"} else None


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
