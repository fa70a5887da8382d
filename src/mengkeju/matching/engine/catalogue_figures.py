"""How true the probabilities of the shipped model are over a whole catalogue, as measured on the public benchmark."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log

import yaml

FIGURES = "catalogue-2026-11.yaml"


@dataclass(frozen=True, slots=True)
class Share:
    """Of all pairs in a band: the mean P(level ≥ 3), and the share that reached it: at least, estimated, at most.

    None where fewer than thirty of them were rated: too few to speak of a share.
    """

    key: str
    predicted: float
    least: float | None
    estimated: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the data file, which says where they come from. `caught`: relevant titles that ratings found.

    `intercept` and `slope`: the line in log-odds from P(level ≥ 3) among selected pairs to that over all.
    """

    version: str
    model: str
    needs: int
    titles: int
    caught: float
    intercept: float
    slope: float
    bands: tuple[Share, ...]


@cache
def figures() -> Figures:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath(FIGURES).read_text("utf-8"))
    shares = tuple(Share(**row) for row in data["bands"])
    return Figures(
        version=str(data["version"]),
        model=str(data["model"]),
        needs=int(data["needs"]),
        titles=int(data["titles"]),
        caught=float(data["caught"]),
        intercept=float(data["intercept"]),
        slope=float(data["slope"]),
        bands=shares,
    )


def over_all(chance: float) -> float:
    """P(level ≥ 3) over a whole catalogue, of one among pairs people select; never more than that."""
    if not 0 < chance < 1:
        return chance
    found = figures()
    return min(chance, 1 / (1 + exp(-found.intercept - found.slope * log(chance / (1 - chance)))))
