"""A small full stack on the invented set (演示), fitted once, and what it works on."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mengkeju.matching.engine import cold, families, full, full_train, ordinal, prepared, protocol, protocol_files
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.families import Judged, Model
from mengkeju.matching.engine.full_train import Taught
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.prepared import Integers, Prepared

DATA = Path(__file__).parents[2] / "data" / "matching"
ROUNDS = 20


@dataclass(frozen=True)
class Fitted:
    """The model, its corpus and the pairs it was and was not taught."""

    model: Model
    ready: Prepared
    levels: Integers
    taught: Integers
    rest: Integers

    @property
    def corpus(self) -> Corpus:
        """Both shelves."""
        return self.ready.corpus

    @property
    def documents(self) -> dict[str, Document]:
        """Every document by id."""
        return {d.id: d for side in Side for d in self.corpus.shelves[side].documents}

    def judged(self) -> Judged:
        """All judged pairs speak, each need with an owner of its own."""
        owners = {d.id: at for at, d in enumerate(self.corpus.shelves[Side.NEED].documents)}
        return Judged(self.documents, owners=owners)


@cache
def fitted() -> Fitted:
    """Half of the pairs of the invented set; few rounds, one seed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(full, "ROUNDS", ROUNDS)
        patched.setattr(full, "BAGS", 1)
        needs = protocol_files.read_needs(DATA / "needs.csv")
        pairs = protocol_files.read_pairs(DATA / "pairs.csv", {need.need_id for need in needs}, labelled=True)
        ready, levels = prepared.prepare(needs, pairs), protocol.labels(pairs)
        base = ordinal.fit(ready.values, levels, NAMES, version="probe")
        at = np.unique(np.column_stack([ready.needs, ready.titles]), axis=0, return_index=True)[1]
        taught, rest = np.sort(at)[::2], np.sort(at)[1::2]
        said = Taught(
            ready.needs[taught], ready.titles[taught], levels[taught], np.ones(len(taught)), np.zeros(len(taught))
        )
        stored = full_train.fit(ready.corpus, said, base)
        shipped = families.shipped()
        model = Model(
            "probe", families.FULL, cold.ColdModel(base, ready.corpus.reference, "", ""), shipped.signals,
            shipped.signals_version, stored,
        )  # fmt: skip
        return Fitted(model, ready, levels, taught, rest)
