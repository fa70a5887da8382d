"""Counts of transfer bodies that the published texts tell, from facts.yaml: 23 and 34 stand beside each other."""

from collections.abc import Iterator
from typing import Any

from mengkeju.demo.files import read
from mengkeju.demo.readings import TEXT
from mengkeju.directory.engine.published import PublishedCount
from mengkeju.directory.queries.bodies import BODY

TOPIC = "d-agencies"
LEVELS = {"i-agencies-004": "region"}
"""The level that a text names; the others name none."""
AREAS = {"呼和浩特": "150100", "包头": "150200"}


def counts() -> Iterator[tuple[str, PublishedCount]]:
    """By the id of the file, every reading of how many bodies there are."""
    rows: list[dict[str, Any]] = [one for one in read("facts")["indicators"] if one.get("disagreement") == TOPIC]
    for one in rows:
        yield (
            one["id"],
            PublishedCount(
                kind=BODY,
                level=LEVELS.get(one["id"], ""),
                area=AREAS[one["city"]],
                count=one["value"],
                name=one["name"],
                year=one["date"] or "",
                source=TEXT + one["source"],
                year_inferred=one.get("date_basis") == "inferred",
            ),
        )
