"""The dated figures of matching and the words of its steps."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

STEPS = {"shown": "已展示", "opened": "已打开", "intention": "已表意向", "signed": "已签合同"}
SHOWING_CONSENT = "matching.showing"
CONSENT_TEXT_VERSION = "2026-11"
REASONS_SCHEMA, REASONS_VERSION = "matching.reasons", 1


@dataclass(frozen=True)
class Limits:
    """The figures of `limits.yaml`, which says what each one is."""

    proposals_per_listing: int
    weak_per_listing: int
    showings_kept_days: int
    whole_run_from: int
    whole_run_depth: int
    refit_share: float
    refit_from: int
    portion: int


@cache
def limits() -> Limits:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath("limits.yaml").read_text("utf-8"))
    return Limits(**{name: data[name] for name in Limits.__dataclass_fields__})
