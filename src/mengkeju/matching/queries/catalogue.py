"""How the probabilities are to be read, in words and figures."""

from typing import Any

from mengkeju.kernel.words import word
from mengkeju.matching.engine import bands
from mengkeju.matching.engine.catalogue_figures import figures, over_all

ONE_PERCENT = 0.01


def reading() -> dict[str, Any]:
    """Of a whole catalogue: what the programme says of each band and what is true, as the page shows it."""
    found, names = figures(), {band.key: word(band) for band in bands.bands()}
    rows = [
        {
            "label": names[row.key],
            "shares": [
                "—" if share is None else percent(share)
                for share in (row.predicted, row.least, row.estimated, row.most)
            ],
        }
        for row in found.bands
    ]
    return {
        "catalogue": found,
        "catalogue_rows": rows,
        "catalogue_caught": percent(found.caught),
        "catalogue_line": tuple(f"{value:.3f}".replace("-", "−") for value in (found.intercept, found.slope)),
    }


def percent(share: float) -> str:
    """“6%”, “0.4%”: two figures are all that the benchmark can tell."""
    return f"{100 * share:.0f}%" if share >= ONE_PERCENT else f"{100 * share:.1f}%"


def said(chance: float, model_version: str) -> str:
    """The chance of level 3 over a whole catalogue in per cent; "" for a model it was not measured with."""
    return percent(over_all(chance)) if model_version.startswith(f"{figures().model}+") else ""
