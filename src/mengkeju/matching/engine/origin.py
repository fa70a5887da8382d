"""Where the shipped coefficients come from, read without loading what computes with them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mengkeju.kernel.words import mark

# What `cold.json` states as its source, so that the catalogue knows the sentence.
SOURCE = mark("CCF BDCI 2019 / DataFountain 359 训练对（公开基准，不可再分发；只保留数字）")


@dataclass(frozen=True, slots=True)
class Origin:
    """Version, date and data of the shipped model."""

    version: str
    fitted_on: str
    source: str


@cache
def shipped() -> Origin:
    """The origin that `cold.json` states."""
    data = json.loads(files(__package__).joinpath("cold.json").read_text("utf-8"))
    return Origin(str(data["ordinal"]["model"]), str(data["fitted_on"]), str(data["source"]))
