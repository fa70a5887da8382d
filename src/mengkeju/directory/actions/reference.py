"""Loads areas and vocabularies from the data files; a second time changes only what the files changed.

What the operator has edited since stays as the operator made it.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import transaction

from mengkeju.directory.engine.chains import PARENTS
from mengkeju.directory.models import Area, Term, TermSynonym, Vocabulary
from mengkeju.kernel import clock
from mengkeju.kernel.models import Record

M = TypeVar("M", bound=Record)

DATA = Path(__file__).parent.parent / "data"


def read(name: str) -> dict[str, Any]:
    """One data file as plain values."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return loaded


def _keep(model: type[M], values: dict[str, Any], **key: Any) -> M:
    """The row under a key with these values, made now if there is none."""
    kept, _made = model._default_manager.update_or_create(
        **key, defaults=values, create_defaults={**key, **values, "created_at": clock.now()}
    )
    return kept


def _area_values(row: dict[str, Any], parent: Area | None, source: str) -> dict[str, Any]:
    return {
        "area": row["code"],
        "name": row["name"],
        "name_en": row.get("name_en") or "",
        "kind": row["kind"],
        "zone_kind": row.get("zone_kind") or "",
        "parent": parent,
        "path": f"{parent.path if parent else '/'}{row['code']}/",
        "valid_from": row.get("valid_from"),
        "valid_to": row.get("valid_to"),
        "source": row.get("source") or source,
    }


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
            kept = edited.get(row["code"])
            known[row["code"]] = kept or _keep(Area, _area_values(row, parent, data["source"]), code=row["code"])
        waiting = [row for row in waiting if row["code"] not in known]
    return len(known)


@transaction.atomic
def load_taxonomy(data: dict[str, Any]) -> int:
    """Vocabularies with their terms and synonyms; terms added by the operator stay. Returns the number of terms."""
    count = 0
    for row in data["vocabularies"]:
        words = {name: row[name] for name in ("label", "label_en", "source")}
        vocabulary = _keep(Vocabulary, words, key=row["key"])
        known: dict[str, Term] = {}
        above = known
        if row["key"] in PARENTS:
            above = {term.key: term for term in Term.objects.filter(vocabulary__key=PARENTS[row["key"]])}
        edited = {term.key: term for term in vocabulary.terms.exclude(edited_at=None)}
        for position, entry in enumerate(row["terms"]):
            if entry["key"] in edited:
                known[entry["key"]] = edited[entry["key"]]
                continue
            values = {
                "label": entry["label"],
                "label_en": entry["label_en"],
                "position": position,
                "parent": above[entry["parent"]] if entry.get("parent") else None,
                "source": entry.get("source") or row["source"],
            }
            known[entry["key"]] = _keep(Term, values, vocabulary=vocabulary, key=entry["key"])
            for text in entry.get("synonyms") or []:
                TermSynonym.objects.get_or_create(term=known[entry["key"]], text=text)
        count += len(known)
    return count


def load_reference_data() -> tuple[int, int]:
    """Areas and terms from the shipped files: how many of each."""
    return load_areas(read("areas.yaml")), load_taxonomy(read("taxonomy.yaml"))
