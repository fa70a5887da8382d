"""Families of models: how the content of a model file becomes what a ranker computes with.

One more family is a function in `LOADERS` and its name in `model_files.FAMILIES`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from mengkeju.kernel.words import gettext as _
from mengkeju.matching.engine import cold, full_file, model_files, structured
from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.full_live import Live, Stored
from mengkeju.matching.engine.meaning import Meaning
from mengkeju.matching.engine.model_files import Head, ModelFileError
from mengkeju.matching.engine.ranker import Ranker

COLD, FULL = "cold", "full"
SHIPPED = "shipped"
LEARNED = "learned"
"""The version that weights of signals from outcomes carry; the expert ones carry the date of their file."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it is used: its similarities with their weights, and what each signal weighs, in log-odds.

    `full`: what the family `full` has beside them, judged pairs and trees.
    """

    version: str
    family: str
    cold: ColdModel
    signals: Mapping[str, float]
    signals_version: str
    full: Stored | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a full model must be told of the site it works on.

    The documents of judged listings, the levels of pairs as they are judged now (None: as learned), and a number for
    each judged need's owner.
    """

    documents: Mapping[str, Document]
    still: Mapping[tuple[str, str], int] | None = None
    owners: Mapping[str, int] | None = None


def shipped() -> Model:
    """The model in use when no other is live."""
    settings, model = structured.settings(), cold.load()
    return Model(model.version, "cold", model, {k.key: k.weight for k in settings.kinds}, settings.version)


def load(content: bytes) -> Model:
    """The model of a file. ModelFileError says in words why it cannot be used."""
    head, body = model_files.read(content)
    try:
        return LOADERS[head.family](head, body)
    except ModelFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(_("模型文件的内容读不出来：%(why)s") % {"why": error}) from error


def refuse(content: bytes) -> str:
    """Why a file cannot be used, its content read too; "" when it can."""
    try:
        load(content)
    except ModelFileError as error:
        return str(error)
    return ""


def pack(model: Model) -> bytes:
    """A model file. The version stands in its first line only: the content is the numbers."""
    numbers = replace(model.cold, ordinal=replace(model.cold.ordinal, version=""))
    body = {
        "cold": json.loads(numbers.to_json()),
        "signals": dict(model.signals),
        "signals_version": model.signals_version,
    }
    if model.full is not None:
        body["full"] = full_file.to_json(model.full)
    family = COLD if model.full is None else FULL
    return model_files.pack(family, model.version, (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode())


def ranker(corpus: Corpus, model: Model, meaning: Meaning | None = None, judged: Judged | None = None) -> Ranker:
    """A ranker of a corpus with a model, and with an encoder's line where there is one.

    `judged`: what a full model must be told; without it its judged pairs say nothing.
    """
    weights = structured.Weights(model.signals_version, model.signals)
    return Ranker(corpus, model.cold, meaning, weights, deep=at_work(corpus, model, judged))


def at_work(corpus: Corpus, model: Model, judged: Judged | None = None) -> Live | None:
    """The full stack of a model on a corpus; None where the model has none."""
    if model.full is None:
        return None
    told = judged or Judged({})
    return Live(corpus, model.cold.ordinal, model.full, told.documents, owners=told.owners, still=told.still)


def _load_cold(head: Head, body: bytes) -> Model:
    data = json.loads(body)
    model = cold.from_json(json.dumps(data["cold"]))
    weights = {str(key): float(value) for key, value in data["signals"].items()}
    if tuple(weights) != model_files.signal_keys():
        raise ModelFileError(_("模型文件里登记信息的权重与本程序的各项不一致"))
    numbers = (*weights.values(), *model.ordinal.weights, *model.ordinal.means, *model.ordinal.cuts)
    if not all(map(isfinite, numbers)) or not all(isfinite(s) and s > 0 for s in model.ordinal.scales):
        raise ModelFileError(_("模型文件里有无效的数"))
    made = replace(model, ordinal=replace(model.ordinal, version=head.version))
    return Model(head.version, head.family, made, weights, str(data["signals_version"]))


def _load_full(head: Head, body: bytes) -> Model:
    return replace(_load_cold(head, body), full=full_file.from_json(json.loads(body)["full"]))


LOADERS: Mapping[str, Callable[[Head, bytes], Model]] = {COLD: _load_cold, FULL: _load_full}
