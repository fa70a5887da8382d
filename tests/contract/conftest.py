"""Every contract test has an index of its own to search in, and no limits of the minute."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from mengkeju.search.actions import index


@pytest.fixture(autouse=True)
def searchable(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """An empty index; the worker, or the test, fills it."""
    settings.INDEX_DIR = tmp_path / "index"
    settings.API_LIMITS = {"anonymous": 10**9, "token": 10**9}
    index.rebuild_index()
    yield
    index._let_go()
