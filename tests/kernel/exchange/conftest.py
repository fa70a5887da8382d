"""Reading tables from bytes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mengkeju.kernel.exchange import Table, read_table


@pytest.fixture
def table_of(tmp_path: Path) -> Callable[..., Table]:
    """Reads bytes or text as a file; keywords go to read_table."""

    def read(content: bytes | str, name: str = "t.xlsx", **options: str) -> Table:
        path = tmp_path / ("t.csv" if isinstance(content, str) else name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, **options)

    return read
