"""Each test has an index folder of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mengkeju.search.actions import index


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.INDEX_DIR = tmp_path / "index"
    yield settings.INDEX_DIR
    index._let_go()
