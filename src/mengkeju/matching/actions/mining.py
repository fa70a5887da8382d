"""Words are looked for in what everybody may read, and kept for a person to judge.

Only the worker and the command line do this (numerical libraries).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import begin
from mengkeju.kernel.search import matchables
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import WORDS_SCHEMA, WORDS_VERSION
from mengkeju.matching.engine.mining import mine as engine
from mengkeju.matching.engine.mining.mine import Found, Text
from mengkeju.matching.engine.mining.settings import settings
from mengkeju.matching.models import WordPair
from mengkeju.matching.queries import word_pairs

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mined:
    """What a run did: listings read, pairs it found, of these new ones, and the pairs themselves."""

    texts: int
    found: int
    new: int
    pairs: tuple[Found, ...] = ()


def mine_words(*, by: Actor, now: datetime, keep: bool = True) -> Mined:
    """Look for words and keep what was found. What was judged stays as it was judged. `keep=False`: look only."""
    require(by, Perm.WORDS_MINE)
    texts = open_texts()
    known = [frozenset(group) for group in directory.synonym_groups()]
    below = word_pairs.known_below()
    found = [p for p in engine.mine(texts, known=known) if p.kind != engine.NARROWER or p.key[1:] not in below]
    new = _keep(found, by=by, now=now) if keep else 0
    return Mined(len(texts), len(found), new, tuple(found))


def open_texts() -> list[Text]:
    """Published listings of technology that anybody may read, also from outside: at most as many as are read."""
    figures = settings()
    found: list[Text] = []
    for matchable in matchables.values():
        if matchable.market != TECHNOLOGY:
            continue
        uids = _spread(list(matchable.all_uids()), figures.texts)
        for start in range(0, len(uids), AT_ONCE):
            found += [
                Text(str(document.uid), document.title, document.body[: figures.characters])
                for document in matchable.load(uids[start : start + AT_ONCE])
                if document.is_open
            ]
    return found


def _spread(uids: Sequence[UUID], most: int) -> Sequence[UUID]:
    return uids if len(uids) <= most else [uids[at] for at in np.linspace(0, len(uids) - 1, most).astype(int)]


@transaction.atomic
def _keep(found: Iterable[Found], *, by: Actor, now: datetime) -> int:
    """Write the pairs; returns how many are new. One that is no longer found is put aside, not deleted."""
    rows = {(row.kind, row.one_key, row.other_key): row for row in WordPair.objects.select_for_update()}
    seen: set[tuple[str, str, str]] = set()
    new, changed = 0, []
    for pair in found:
        seen.add(pair.key)
        row = rows.get(pair.key)
        if row is None:
            kind, one_key, other_key = pair.key
            row = WordPair(kind=kind, one_key=one_key, other_key=other_key, **_values(pair, now))
            begin(row, by=by, now=now, payload={"words": [pair.one, pair.other], "kind": kind, "score": pair.score})
            new += 1
        elif row.state == "found":
            for name, value in _values(pair, now).items():
                setattr(row, name, value)
            row.gone_at = None
            changed.append(row)
    for key, row in rows.items():
        if row.state == "found" and key not in seen and row.gone_at is None:
            row.gone_at = now
            changed.append(row)
    WordPair.objects.bulk_update(
        changed, ["one", "other", "score", "evidence", "found_at", "gone_at"], batch_size=AT_ONCE
    )
    return new


def _values(pair: Found, now: datetime) -> dict[str, Any]:
    evidence = {
        "schema": WORDS_SCHEMA,
        "version": WORDS_VERSION,
        "counts": pair.counts,
        "texts": list(pair.texts),
        "likeness": pair.likeness,
    }
    return {"one": pair.one, "other": pair.other, "score": pair.score, "evidence": evidence, "found_at": now}
