"""The pre-check of a contract in ten dimensions, before it goes to the registrar and again beside his desk.

It is advice: nothing is refused here, and the registrar's finding stands above it. The facts and the findings are
in `precheck_facts`, the rules in `precheck_rules`.
"""

from collections.abc import Iterable
from decimal import Decimal

from mengkeju.deals.engine.precheck_facts import DIMENSIONS, ContractFacts, Finding, Note, Result
from mengkeju.deals.engine.precheck_rules import WITHOUT_LIMITS, of_price
from mengkeju.kernel.words import gettext as _

WEIGHT: dict[Result, int] = {"fix": 0, "warning": 1, "pass": 2}


def precheck(facts: ContractFacts, *, expert_from: Decimal | None = None) -> tuple[Finding, ...]:
    """Ten findings in the order of the registrar's sheet.

    `expert_from`: the technology value (元) from which experts are heard, as the policy in force says; None: not asked.
    """
    return tuple(_finding(key, facts, expert_from) for key in DIMENSIONS)


def _finding(key: str, facts: ContractFacts, expert_from: Decimal | None) -> Finding:
    notes = of_price(facts, expert_from) if key == "price" else WITHOUT_LIMITS[key](facts)
    found = sorted(notes, key=lambda note: WEIGHT[note.result]) or [Note("pass", _("没有发现问题"))]
    return Finding(DIMENSIONS[key], found[0].result, tuple(found))


def counts(findings: Iterable[Finding]) -> dict[Result, int]:
    """How many dimensions pass, warn and must be mended: “通过 7 提醒 2 要改 1”."""
    made: dict[Result, int] = {"pass": 0, "warning": 0, "fix": 0}
    for finding in findings:
        made[finding.result] += 1
    return made


def to_mend(findings: Iterable[Finding]) -> list[Note]:
    """Every single thing to be mended, in the order of the sheet: the text of one notice that names them all."""
    return [note for finding in findings for note in finding.notes if note.result == "fix"]
