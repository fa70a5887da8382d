"""The figures of 语义相近 and its words, read without loading what computes with them."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from mengkeju.kernel.words import mark

FIGURES = "meaning-2026-11.yaml"
KEY = "meaning"
NEAR, FAR = mark("整段文字的意思与需求相近"), mark("整段文字的意思与需求不相近")


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures of the data file, which says what each one is."""

    version: str
    label: str
    label_en: str
    weight: float
    centre: float
    limit: float
    floor: float
    prior_count: float


@cache
def settings() -> Settings:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath(FIGURES).read_text("utf-8"))
    return Settings(**{name: data[name] for name in Settings.__dataclass_fields__})
