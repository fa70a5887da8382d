"""The dated figures of matching and the words of its steps."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from mengkeju.kernel.words import mark

STEPS = {"shown": mark("已展示"), "opened": mark("已打开"), "intention": mark("已表意向"), "signed": mark("已签合同")}
SHOWING_CONSENT = "matching.showing"
CONSENT_TEXT_VERSION = "2026-11"
FOLLOWER = "matching"
"""The name of the reader of the record, and of its cursor."""
WITHOUT_EFFECT = frozenset(
    {
        "listing.chased",
        "listing.confirm_asked",
        "listing.confirmed",
        "listing.created",
        "listing.submit",
        "listing.return",
        "listing.party_let_in",
        "listing.party_ended",
        "listing.first_offer_set",
        "listing.first_offer_ended",
        "listing.right_linked",
        "listing.right_unlinked",
        "listing.participant_added",
        "listing.participants_ordered",
        "listing.participant_removed",
    }
)
"""Events of a listing that change nothing for matching."""
REASONS_SCHEMA, REASONS_VERSION = "matching.reasons", 4
FORGOTTEN = {"schema": REASONS_SCHEMA, "version": REASONS_VERSION}
"""The reasons of a pair that is on no list any more: they quote texts that were perhaps replaced or taken down."""
WORDS_SCHEMA, WORDS_VERSION = "matching.word_pair", 1


@dataclass(frozen=True)
class Limits:
    """The figures of `limits.yaml`, which says what each one is."""

    proposals_per_listing: int
    weak_per_listing: int
    wanted_in_bands: int
    deeper: int
    showings_kept_days: int
    whole_run_from: int
    whole_run_depth: int
    refit_share: float
    refit_from: int
    latent_from: int
    portion: int
    varied_first: int
    titles_alike: float


@cache
def limits() -> Limits:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath("limits.yaml").read_text("utf-8"))
    return Limits(**{name: data[name] for name in Limits.__dataclass_fields__})
