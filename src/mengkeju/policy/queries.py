"""The door to policy figures: one figure on one day, with where it comes from. Nothing here asks a database."""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from mengkeju.policy.engine.document import Amount, Document
from mengkeju.policy.engine.shelf import Shelf, load

SHIPPED = Path(__file__).parent / "documents"


@cache
def shelf() -> Shelf:
    """All documents of this site, read once: a changed file counts after a restart. PolicyFilesError if wrong."""
    return load(SHIPPED, Path(settings.POLICY_DIR) if settings.POLICY_DIR else None)


def amount(key: str, day: date) -> Amount:
    """The figure DOCUMENT.FIGURE on a day, e.g. `amount("nm-tech-trade-subsidy.purchase_rate", today)`.

    Its `value` is None when the figure was not found or is not in force on that day; UnknownFigureError for a key
    that no document has.
    """
    return shelf().amount(key, day)


def amounts(key: str, day: date) -> list[Amount]:
    """Every figure of a document on a day. UnknownFigureError for a key that nobody has."""
    return shelf().amounts(key, day)


def document(key: str) -> Document:
    """One document: the site's edition where it has one. UnknownFigureError for a key that nobody has."""
    return shelf().document(key)


def documents() -> tuple[Document, ...]:
    """All documents, by key."""
    return tuple(sorted(shelf().documents.values(), key=lambda one: one.key))
