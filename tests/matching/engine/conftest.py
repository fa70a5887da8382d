"""The invented benchmark set (演示) and a corpus of it, fitted once."""

from pathlib import Path

import pytest

from mengkeju.matching.engine import cold, prepared, protocol, protocol_files
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from mengkeju.matching.engine.ranker import Ranker

DATA = Path(__file__).parents[2] / "data" / "matching"


@pytest.fixture(scope="session")
def needs() -> list[NeedRow]:
    return protocol_files.read_needs(DATA / "needs.csv")


@pytest.fixture(scope="session")
def pairs(needs: list[NeedRow]) -> list[PairRow]:
    return protocol_files.read_pairs(DATA / "pairs.csv", {need.need_id for need in needs}, labelled=True)


@pytest.fixture(scope="session")
def ready(needs: list[NeedRow], pairs: list[PairRow]) -> Prepared:
    return prepared.prepare(needs, pairs)


@pytest.fixture(scope="session")
def levels(pairs: list[PairRow]) -> Integers:
    return protocol.labels(pairs)


@pytest.fixture(scope="session")
def corpus(ready: Prepared) -> Corpus:
    return ready.corpus


@pytest.fixture(scope="session")
def ranker(corpus: Corpus) -> Ranker:
    return Ranker(corpus, cold.load())
