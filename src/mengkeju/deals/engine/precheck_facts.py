"""What the pre-check of a contract is told, and what it answers.

Plain values, so that a deal, an imported row or a form not yet saved can fill them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from mengkeju.deals.engine.choices import Choice, choices, read_file
from mengkeju.deals.engine.price import Line

Result = Literal["pass", "warning", "fix"]
Side = Literal["seller", "buyer"]


@dataclass(frozen=True)
class Dimension:
    """One of the ten: its words, where it is mended, what it rests on."""

    key: str
    label: str
    label_en: str
    anchor: str
    source: str


@dataclass(frozen=True)
class Clause:
    """A clause of the model contract. `essential`: may not say “无”; `types`: contract types that have it, () = all."""

    key: str
    label: str
    label_en: str
    essential: bool
    types: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The file `precheck.yaml`."""

    source: str
    content_least: int
    content_telling: int
    dimensions: dict[str, Dimension]
    clauses: dict[str, Clause]
    documents: dict[str, Choice]
    ip_without_number: tuple[str, ...]
    ip_of_types: tuple[str, ...]
    bought_words: tuple[str, ...]
    empty_words: tuple[str, ...]


def load(path: Path = Path(__file__).parent / "precheck.yaml") -> Rules:
    """Read the file. ValueError unless it is dated and has its source."""
    data = read_file(path)
    words = ("ip_without_number", "ip_of_types", "bought_words", "empty_words")
    clauses = {
        row["key"]: Clause(
            row["key"], row["label"], row["label_en"], row.get("essential", False), tuple(row.get("types", ()))
        )
        for row in data["clauses"]
    }
    return Rules(
        source=str(data["source"]),
        content_least=int(data["content_least"]),
        content_telling=int(data["content_telling"]),
        dimensions={row["key"]: Dimension(**row) for row in data["dimensions"]},
        clauses=clauses,
        documents=choices(data["documents"]),
        **{key: tuple(data[key]) for key in words},
    )


RULES = load()
DIMENSIONS = RULES.dimensions
CLAUSES = RULES.clauses
DOCUMENTS = RULES.documents


@dataclass(frozen=True)
class PartyFacts:
    """One party. `founded_on` None: not known; `signs_inside`: a department or research group signs for it."""

    name: str
    side: Side
    kind: Literal["organisation", "individual"] = "organisation"
    credit_code: str = ""
    verified: bool = False
    founded_on: date | None = None
    first_time: bool = False
    foreign: bool = False
    signs_inside: bool = False


@dataclass(frozen=True)
class ContractFacts:
    """A contract as it stands on `today`, the day of application.

    `clauses`: key of CLAUSES → "present" or "none" (says “无”); absent keys are not in the text. `contract_value` and
    `technology_value`: what was applied for; None takes them from the lines. `languages`: zh, en, mn … of the texts
    that were signed. `documents` and `asked`: keys of DOCUMENTS provided, and asked for by the checklist in force.
    `unsigned`: names of the parties that have not signed.
    """

    today: date
    title: str = ""
    contract_type: str = ""
    subtype: str = ""
    suggested_type: str = ""
    type_reason: str = ""
    parties: tuple[PartyFacts, ...] = ()
    is_import: bool = False
    oral: bool = False
    signed_on: date | None = None
    signed_by_all: bool = False
    unsigned: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None
    text_files: int = 0
    text_complete: bool = False
    uses_model_text: bool = False
    languages: tuple[str, ...] = ("zh",)
    has_translation: bool = False
    clauses: Mapping[str, str] | None = None
    technical_content: str = ""
    ip_kind: str = ""
    ip_numbers: tuple[str, ...] = ()
    ip_ownership_said: bool = False
    ip_improvements_said: bool = False
    price_mode: str = ""
    lines: tuple[Line, ...] = ()
    instalments: tuple[Decimal, ...] = ()
    said_total: Decimal | None = None
    royalty_rate: Decimal | None = None
    royalty_terms: str = ""
    contract_value: Decimal | None = None
    technology_value: Decimal | None = None
    invoice: Literal["", "ordinary", "special"] = ""
    plan_source: str = ""
    plan_consent: bool = False
    needs_permit: bool = False
    documents: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Note:
    """One thing that was looked at: how it stands, the sentence, the field where it is mended (“” = the dimension)."""

    result: Result
    message: str
    anchor: str = ""


@dataclass(frozen=True)
class Finding:
    """One dimension. `result` is the worst of its notes; notes are in the order of weight: fix, warning, pass."""

    dimension: Dimension
    result: Result
    notes: tuple[Note, ...]

    @property
    def anchor(self) -> str:
        """Where to mend the first thing."""
        return next((note.anchor for note in self.notes if note.anchor), self.dimension.anchor)
