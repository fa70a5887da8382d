import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core import caching

from mengkeju.search.engine import kernels
from mengkeju.search.engine.kernels import compiled


def test_a_kernel_compiles_where_no_cache_folder_is_writable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @compiled
    def twice(value: int) -> int:
        return value * 2

    assert twice(21) == 42


def test_the_module_imports_from_a_read_only_folder(tmp_path: Path) -> None:
    source = Path(kernels.__file__)
    shutil.copy(source, tmp_path / "copied_kernels.py")
    tmp_path.chmod(0o500)
    run = [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import copied_kernels"]
    try:
        done = subprocess.run(
            run, check=False, capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": ""}
        )
    finally:
        tmp_path.chmod(0o700)
    assert done.returncode == 0, done.stderr
