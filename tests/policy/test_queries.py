"""The door, and what the site's own folder does to the start."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from mengkeju.policy import queries
from mengkeju.policy.engine.shelf import UnknownFigureError
from tests.policy.samples import put, text

DAY = date(2026, 11, 21)


@pytest.fixture
def own(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """The folder of the site, with one document."""
    settings.POLICY_DIR = str(put(tmp_path / "own", text()))
    queries.shelf.cache_clear()
    yield tmp_path / "own"
    queries.shelf.cache_clear()


def test_figures_documents_and_unknown_keys() -> None:
    assert queries.amount("nm-tech-trade-subsidy.cap", DAY).number == Decimal(2_000_000)
    assert queries.document("technology-taxes").key == "technology-taxes"
    assert [document.key for document in queries.documents()] == sorted(
        path.name.removesuffix(".cases.yaml") for path in queries.SHIPPED.glob("*.cases.yaml")
    )
    assert {amount.document.key for amount in queries.amounts("technology-taxes", DAY)} == {"technology-taxes"}
    with pytest.raises(UnknownFigureError):
        queries.amount("nm-tech-trade-subsidy.gone", DAY)
    with pytest.raises(UnknownFigureError):
        queries.document("gone")


def test_the_site_s_folder_stands_beside_what_is_shipped(own: Path) -> None:
    assert queries.amount("sample.rate", DAY).value == Decimal("0.10")
    assert queries.document("sample").own
    assert queries.amount("nm-tech-trade-subsidy.cap", DAY).number == Decimal(2_000_000)


def start(folder: Path, data: Path) -> "subprocess.CompletedProcess[str]":
    variables = os.environ | {"MENGKEJU_POLICY_DIR": str(folder), "MENGKEJU_DATA_DIR": str(data)}
    variables.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "mengkeju.config", "manage", "check"],
        env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_wrong_file_stops_the_start_and_is_named(tmp_path: Path) -> None:
    stopped = start(put(tmp_path / "own", text(status="sure")), tmp_path / "data")
    assert stopped.returncode != 0
    assert "政策文件有错，没有启动" in stopped.stderr
    assert "sample.yaml：status：“sure”要写成其中之一" in stopped.stderr
