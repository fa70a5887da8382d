"""Columns and words of a registrar's ledger, and what two of its rows are told apart by."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mengkeju.deals.engine.choices import read_file


@dataclass(frozen=True)
class LedgerColumn:
    """One column of the layout. `words`: how ledgers head it besides its label; `money`: an amount."""

    key: str
    label: str
    label_en: str
    words: tuple[str, ...] = ()
    required: bool = False
    money: bool = False


def load(
    path: Path = Path(__file__).parent / "ledger.yaml",
) -> tuple[dict[str, LedgerColumn], dict[str, dict[str, tuple[str, ...]]], dict[str, str]]:
    """The columns in the order of the layout, spellings by column and code, signs of subtypes. ValueError."""
    data = read_file(path)
    rows = [LedgerColumn(**{**row, "words": tuple(row["words"])}) for row in data["columns"]]
    columns = {row.key: row for row in rows}
    if len(columns) != len(rows) or not set(data["values"]) <= set(columns):
        msg = f"{path.name}: a column stands once, and values are those of a column"
        raise ValueError(msg)
    spellings = {
        column: {code: tuple(words) for code, words in codes.items()} for column, codes in data["values"].items()
    }
    return columns, spellings, dict(data["subtypes"])


COLUMNS, SPELLINGS, SUBTYPE_SIGNS = load()
SIMPLE = re.compile(r"[\W_]")


def plain(text: str) -> str:
    """How two titles or names are compared: without width, case, spaces and punctuation."""
    return SIMPLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def subtype_of(contract_type: str, text: str) -> str:
    """Commissioned or joint, where the cell of a development contract says it; else empty."""
    if contract_type != "development":
        return ""
    return next((key for key, sign in SUBTYPE_SIGNS.items() if sign in text), "")


def identity(values: Mapping[str, str], registered_on: date) -> str:
    """What a contract is known by: its number, else title, both sides and the day; fits a column of 120."""
    number = values.get("number", "")
    if number:
        return f"number:{number}"
    parts = [plain(values.get(key, "")) for key in ("title", "seller", "buyer")]
    return "row:" + hashlib.sha256("\n".join([*parts, registered_on.isoformat()]).encode()).hexdigest()[:40]
