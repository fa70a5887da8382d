"""Findings and files of a registration as pages show them, with where each thing is mended."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.precheck_facts import CLAUSES, DIMENSIONS
from mengkeju.deals.models import Registration
from mengkeju.kernel.words import word

STATES = {"pass": "ok", "warning": "warn", "fix": "fix"}
MOST_TOLD = 4
OF_THE_TYPE = ("contract_type", "subtype", "suggested_type", "type_reason", "is_import")
OF_THE_PARTICULARS = ("clauses", "invoice", "ip_numbers", "ip_improvements", "text_complete")
OF_THE_DEAL = {
    "technical_content": "id_summary",
    "ip": "id_ip_kind",
    "ip_kind": "id_ip_kind",
    "ip_ownership": "id_ip_terms",
    "effective_from": "id_effective_from",
    "effective_until": "id_effective_until",
}
"""Anchor of a note → the field of the deal's form."""


def check_items(registration: Registration, findings: list[dict[str, Any]], *, mendable: bool) -> list[dict[str, Any]]:
    """The ten dimensions for mk/checks.html; `mendable`: with a link to where the first thing is mended."""
    return [
        {
            "state": STATES[one["result"]],
            "label": word(DIMENSIONS[one["dimension"]]),
            "text": _told([note["message"] for note in one["notes"]]),
            **(_place(registration, one) if mendable and one["result"] != "pass" else {}),
        }
        for one in findings
        if one["dimension"] in DIMENSIONS
    ]


def _told(sentences: list[str]) -> str:
    """The gravest sentences; how many more there are."""
    said = _("；").join(sentences[:MOST_TOLD])
    more = len(sentences) - MOST_TOLD
    return said if more <= 0 else _("%(said)s；还有 %(n)d 处") % {"said": said, "n": more}


def _place(registration: Registration, finding: dict[str, Any]) -> dict[str, str]:
    anchor = next((note["anchor"] for note in finding["notes"] if note["anchor"]), "")
    return {"ref": _("去改"), "ref_url": mend_url(registration, anchor or DIMENSIONS[finding["dimension"]].anchor)}


def mend_url(registration: Registration, anchor: str) -> str:
    """Where a thing of the pre-check is mended."""
    first, _dot, rest = anchor.partition(".")
    if first in OF_THE_TYPE:
        return reverse("registration-type", args=[registration.uid])
    if first in OF_THE_PARTICULARS:
        where = f"#id_clause_{rest}" if rest in CLAUSES else f"#id_{first}" if first != "clauses" else ""
        return reverse("registration-edit", args=[registration.uid]) + where
    if first == "documents":
        return reverse("registration-documents", args=[registration.uid])
    if first in OF_THE_DEAL:
        return f"{reverse('deal-edit', args=[registration.deal.uid])}#{OF_THE_DEAL[first]}"
    return registration.deal.get_absolute_url() + {"parties": "#parties"}.get(first, "")


def paper_rows(registration: Registration, papers: list[queries.Paper]) -> list[dict[str, Any]]:
    """The checklist, what is asked first; what is not asked only where a file lies."""
    shown = [paper for paper in papers if paper.asked or paper.file is not None or paper.texts]
    return [
        {
            "key": paper.item.key,
            "label": word(paper.item),
            "note": word(paper.item.note) if paper.item.note else "",
            "why": _("、").join(paper.why),
            "asked": paper.asked,
            "missing": paper.missing,
            "by_record": paper.by_record and paper.file is None,
            "file": {
                "name": paper.file.name,
                "url": reverse("file", args=[paper.file.uid]),
                "size": paper.file.size,
            }
            if paper.file is not None
            else None,
            "document": paper.document,
            "texts": [str(text) for text in paper.texts],
            "of_texts": paper.item.key in ("contract", "translation"),
            "deal_url": registration.deal.get_absolute_url(),
        }
        for paper in sorted(shown, key=lambda paper: not paper.asked)
    ]
