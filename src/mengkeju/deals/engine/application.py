"""What an applicant says of his contract besides what the deal holds: circumstances, clauses, numbers, invoice.

Kept as JSON with schema and version, so that what was said of an old registration can still be read. Nothing is
refused here: the pre-check says what is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mengkeju.deals.engine.precheck_facts import CLAUSES, Finding
from mengkeju.kernel.words import mark

SCHEMA, VERSION = "application", 1
PRECHECK, PRECHECK_VERSION = "precheck", 1
DERIVED = ("government_project", "import_contract", "foreign_language")
"""Circumstances that follow from the deal and are not asked."""
CLAUSE_ANSWERS = {"present": mark("写明了"), "none": mark("写明“无”")}
INVOICES = {"ordinary": mark("增值税普通发票"), "special": mark("增值税专用发票")}
MOST_NUMBERS = 30
NUMBER_LENGTH = 60


@dataclass(frozen=True)
class Particulars:
    """`flags`: circumstances of the policy document; `clauses`: key of CLAUSES → key of CLAUSE_ANSWERS."""

    flags: frozenset[str] = frozenset()
    clauses: Mapping[str, str] = field(default_factory=dict)
    ip_numbers: tuple[str, ...] = ()
    invoice: str = ""
    ip_improvements: bool = False
    model_text: bool = False
    complete_text: bool = False

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "flags": sorted(self.flags),
            "clauses": dict(self.clauses),
            "ip_numbers": list(self.ip_numbers),
            "invoice": self.invoice,
            "ip_improvements": self.ip_improvements,
            "model_text": self.model_text,
            "complete_text": self.complete_text,
        }


def read(kept: Mapping[str, Any]) -> Particulars:
    """What is stored; what this version does not know is left out. Empty for an empty column."""
    clauses = kept.get("clauses", {})
    return Particulars(
        flags=frozenset(str(flag) for flag in kept.get("flags", ())),
        clauses={key: clauses[key] for key in CLAUSES if clauses.get(key) in CLAUSE_ANSWERS},
        ip_numbers=numbers(kept.get("ip_numbers", ())),
        invoice=kept.get("invoice", "") if kept.get("invoice") in INVOICES else "",
        ip_improvements=bool(kept.get("ip_improvements")),
        model_text=bool(kept.get("model_text")),
        complete_text=bool(kept.get("complete_text")),
    )


def numbers(given: Iterable[str]) -> tuple[str, ...]:
    """Numbers of rights, each once, without spaces around them and without empty ones."""
    return tuple(dict.fromkeys(one for text in given if (one := str(text).strip())))


def kept_findings(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings as a registration keeps them; sentences stay in the language they were made in."""
    rows = [
        {
            "dimension": one.dimension.key,
            "result": one.result,
            "notes": [{"result": n.result, "message": n.message, "anchor": n.anchor} for n in one.notes],
        }
        for one in findings
    ]
    return {"schema": PRECHECK, "version": PRECHECK_VERSION, "findings": rows}
