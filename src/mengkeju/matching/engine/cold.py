"""The model a new need starts with: similarities and coefficients shipped as numbers.

`cold.json` holds what `mengkeju fit-cold` fitted on a public benchmark (docs/models/): weights,
cuts, and the reference background. No text, title or label of the benchmark is in it.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import ordinal
from mengkeju.matching.engine.likeness import APART, COSINES, NAMES
from mengkeju.matching.engine.ordinal import OrdinalModel
from mengkeju.matching.engine.similarity import Reference


@dataclass(frozen=True, slots=True)
class ColdModel:
    """Coefficients with the background they were fitted against, and where they come from."""

    ordinal: OrdinalModel
    reference: Reference
    fitted_on: str
    source: str

    @property
    def version(self) -> str:
        """The model's name as it is logged with every proposal."""
        return self.ordinal.version

    def to_json(self) -> str:
        """The whole model as one JSON object."""
        parts = {
            "fitted_on": self.fitted_on,
            "source": self.source,
            "reference": asdict(self.reference),
            "ordinal": json.loads(self.ordinal.to_json()),
        }
        return json.dumps(parts, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> ColdModel:
    """Read what `to_json` wrote. ValueError when names or numbers do not fit this engine."""
    data = json.loads(text)
    model = ordinal.from_json(json.dumps(data["ordinal"]))
    if model.names != NAMES:
        raise ValueError("匹配模型文件的特征与程序不一致，请重新拟合")
    reference = Reference(**{k: tuple(map(float, v)) for k, v in data["reference"].items()})
    sizes = [len(figures) for figures in (reference.mean, reference.variance)]
    beyond = [len(figures) for figures in (reference.apart_mean, reference.apart_variance)]
    if set(sizes) != {len(COSINES)} or set(beyond) != {len(APART)}:
        raise ValueError("匹配模型文件的参照值个数不对")
    return ColdModel(model, reference, str(data["fitted_on"]), str(data["source"]))


@cache
def load() -> ColdModel:
    """The shipped model."""
    return from_json(files(__package__).joinpath("cold.json").read_text("utf-8"))


def fit(
    values: NDArray[np.float64],
    levels: NDArray[np.int64],
    reference: Reference,
    *,
    version: str,
    fitted_on: str = "",
    source: str = "",
) -> ColdModel:
    """Fit the weights and three cuts; `values` as `Corpus.pair_values` gives them."""
    model = ordinal.fit(values, levels, NAMES, version=version)
    return ColdModel(model, reference, fitted_on, source)
