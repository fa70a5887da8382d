import pytest
from numba.core import caching

from mengkeju.search.engine.kernels import compiled


def test_a_kernel_compiles_where_no_cache_folder_is_writable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @compiled
    def twice(value: int) -> int:
        return value * 2

    assert twice(21) == 42
