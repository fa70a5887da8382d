"""Each test fits its own shelf."""

from collections.abc import Iterator

import pytest

from mengkeju.matching.actions import shelf


@pytest.fixture(autouse=True)
def _own_shelf() -> Iterator[None]:
    shelf.forget()
    yield
    shelf.forget()
