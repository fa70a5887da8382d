"""The engine's answer in the shape that is stored with a proposal."""

from typing import Any

from mengkeju.matching.definitions import REASONS_SCHEMA, REASONS_VERSION
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ranker import Ranked
from mengkeju.matching.engine.sentences import to_store


def in_reasons(ranked: Ranked) -> dict[str, Any]:
    """The reasons of the engine's answer in the stored shape; labels that follow from keys are left out."""
    return {
        "schema": REASONS_SCHEMA,
        "version": REASONS_VERSION,
        "score": round(ranked.score, 4),
        "terms": [t.text for t in ranked.shared_terms],
        "sentence": ranked.best_sentence,
        "text": {c.key: round(c.value, 4) for c in ranked.contributions if c.key in NAMES},
        "signals": [
            [c.key, round(c.value, 4), to_store(c.reason)]
            for c in ranked.contributions
            if c.key not in NAMES and c.value
        ],
        "missing": list(ranked.missing),
    }
