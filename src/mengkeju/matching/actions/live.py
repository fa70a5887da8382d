"""The model in use, loaded. For the worker and the command line: it brings the numerical libraries along."""

import logging

from mengkeju.matching.engine import families
from mengkeju.matching.engine.families import Model
from mengkeju.matching.engine.model_files import ModelFileError
from mengkeju.matching.models import MatchModel

log = logging.getLogger(__name__)


def key() -> str:
    """What changes whenever another model goes live: the digest of its file, "" for the shipped one. One query."""
    return MatchModel.objects.filter(state="live").values_list("sha256", flat=True).first() or ""


def load(model: MatchModel | None) -> Model:
    """A stored model, or the shipped one for None. ModelFileError says why it cannot be used."""
    return families.shipped() if model is None else families.load(bytes(model.content))


def in_use() -> Model:
    """The live model; the shipped one when there is none or this program cannot read it: matching goes on."""
    live = MatchModel.objects.filter(state="live").first()
    try:
        return load(live)
    except ModelFileError as error:
        log.error("live model %s cannot be used, the shipped one is: %s", live, error)  # noqa: TRY400 - its words say all
        return families.shipped()
