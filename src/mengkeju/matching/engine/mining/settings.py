"""The dated figures of mining."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from mengkeju.matching.engine.keywords import common_words
from mengkeju.search.engine.text import stop_words

NEWEST = "mining-2026-11.yaml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `mining-….yaml` says; each figure is explained there."""

    trust: Mapping[str, float]
    least_score: float
    most: int
    most_suffix: int
    texts: int
    characters: int
    compared: int
    compared_characters: int
    words: int
    least_texts: int
    least_upper: int
    least_compared: int
    least_used: int
    same_text: float
    likeness: float
    together: float
    lowers: int
    evidence: int


@cache
def settings() -> Settings:
    """The shipped figures."""
    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(NEWEST).read_text("utf-8"))
    return Settings(**{field.name: data[field.name] for field in fields(Settings)})


@cache
def general_words() -> frozenset[str]:
    """Words too general to be one end of a pair, folded."""
    lines = files(__package__).joinpath("general_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def idle_words() -> frozenset[str]:
    """Words that neither begin nor end a term: stop words, common words of needs, general words."""
    return stop_words() | common_words() | general_words()
