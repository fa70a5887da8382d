"""Loads areas and vocabularies from the data files; a second time changes only what the files changed.

What the operator has edited since stays as the operator made it.
"""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from mengkeju.directory.models import Area, Term, TermSynonym, Vocabulary

DATA = Path(__file__).parent.parent / "data"


def read(name: str) -> dict[str, Any]:
    """One data file as plain values."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return loaded


@transaction.atomic
def load_areas(data: dict[str, Any]) -> int:
    """Divisions and zones, parents first; returns how many there are. Nothing is deleted."""
    known: dict[str, Area] = {}
    edited = {area.code: area for area in Area.objects.exclude(edited_at=None)}
    waiting = list(data["areas"])
    while waiting:
        ready = [row for row in waiting if row["parent"] is None or row["parent"] in known]
        if not ready:
            msg = f"areas without a parent in the file: {[row['code'] for row in waiting]}"
            raise ValueError(msg)
        for row in ready:
            parent = known[row["parent"]] if row["parent"] else None
            if row["code"] in edited:
                known[row["code"]] = edited[row["code"]]
                continue
            known[row["code"]], _made = Area.objects.update_or_create(
                code=row["code"],
                defaults={
                    "name": row["name"], "name_en": row.get("name_en") or "", "kind": row["kind"],
                    "zone_kind": row.get("zone_kind") or "", "parent": parent,
                    "path": f"{parent.path if parent else '/'}{row['code']}/",
                    "valid_from": row.get("valid_from"), "valid_to": row.get("valid_to"),
                    "source": row.get("source") or data["source"],
                },
            )
        waiting = [row for row in waiting if row["code"] not in known]
    return len(known)


@transaction.atomic
def load_taxonomy(data: dict[str, Any]) -> int:
    """Vocabularies with their terms and synonyms; terms added by the operator stay. Returns the number of terms."""
    count = 0
    for row in data["vocabularies"]:
        vocabulary, _made = Vocabulary.objects.update_or_create(
            key=row["key"], defaults={"label": row["label"], "label_en": row["label_en"], "source": row["source"]}
        )
        known: dict[str, Term] = {}
        edited = {term.key: term for term in vocabulary.terms.exclude(edited_at=None)}
        for position, entry in enumerate(row["terms"]):
            if entry["key"] in edited:
                known[entry["key"]] = edited[entry["key"]]
                continue
            known[entry["key"]], _made = Term.objects.update_or_create(
                vocabulary=vocabulary, key=entry["key"],
                defaults={
                    "label": entry["label"], "label_en": entry["label_en"], "position": position,
                    "parent": known[entry["parent"]] if entry.get("parent") else None,
                    "source": entry.get("source") or row["source"],
                },
            )
            for text in entry.get("synonyms") or []:
                TermSynonym.objects.get_or_create(term=known[entry["key"]], text=text)
        count += len(known)
    return count


def load_reference_data() -> tuple[int, int]:
    """Areas and terms from the shipped files: how many of each."""
    return load_areas(read("areas.yaml")), load_taxonomy(read("taxonomy.yaml"))
