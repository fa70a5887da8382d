"""The engine's answer in the shape that is stored with a proposal."""

from collections.abc import Iterable
from typing import Any

from mengkeju.matching.definitions import REASONS_SCHEMA, REASONS_VERSION
from mengkeju.matching.engine.explain import Contribution
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ranker import Ranked
from mengkeju.matching.engine.sentences import to_store
from mengkeju.matching.engine.structured import settings

DIGITS = 9  # of a log-odds: hundreds of rounded parts still add up to within 1e-6


def in_reasons(ranked: Ranked) -> dict[str, Any]:
    """The reasons of the engine's answer in the stored shape; labels that follow from keys are left out.

    `score` is the sum of the parts as they are stored. `queries.reasons.read` says what the shape holds.
    """
    text = {c.key: round(c.value, DIGITS) for c in ranked.contributions if c.key in NAMES}
    known = {kind.key for kind in settings().every}
    rest = [c for c in ranked.contributions if c.key not in NAMES and c.value]
    signals = [[c.key, round(c.value, DIGITS), to_store(c.reason)] for c in rest if c.key in known]
    extra = lines(c for c in rest if c.key not in known)
    values = [*text.values(), *(line[1] for line in signals), *(line[3] for line in extra)]
    return {
        "schema": REASONS_SCHEMA,
        "version": REASONS_VERSION,
        "score": round(sum(values), DIGITS),
        "cuts": [round(cut, DIGITS) for cut in ranked.cuts],
        "terms": [[t.text, round(t.weight, 4)] for t in ranked.shared_terms],
        "sentence": ranked.best_sentence,
        "text": text,
        "signals": signals,
        "extra": extra,
        "missing": list(ranked.missing),
        "raises": [[r.key, r.fact, r.side, round(r.gain, DIGITS), to_store(r.when)] for r in ranked.raises],
    }


def lines(parts: Iterable[Contribution]) -> list[list[Any]]:
    """Parts of any key, each with its own label and words: [key, label, label_en, value, reason], as `extra` is."""
    return [[c.key, c.label, c.label_en, round(c.value, DIGITS), to_store(c.reason)] for c in parts]
