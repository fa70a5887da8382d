import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from mengkeju.kernel.testing import postgres

SUITE = """
import os
import pytest

def test_folder():
    print("folder", os.environ["MENGKEJU_DATA_DIR"], os.environ.get("MENGKEJU_NODE"))

@pytest.mark.postgres
def test_postgres_only():
    print("cluster", os.environ["DATABASE_URL"])

def test_skipped():
    pytest.skip("no such thing here")
"""


def run_suite(folder: Path, *options: str, **extra: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(SUITE, encoding="utf-8")
    conftest = Path(__file__).parents[2] / "conftest.py"
    (folder / "conftest.py").write_text(conftest.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = -p mengkeju.kernel.testing.plugin -p no:cacheprovider\nmarkers = postgres: x\n",
        encoding="utf-8",
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "DJANGO_")) and k != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", *options, str(folder)],
        capture_output=True, text=True, cwd=folder, env=environment | extra, check=False,
    )  # fmt: skip


def test_data_go_to_a_folder_of_this_process() -> None:
    assert Path(tempfile.gettempdir()).resolve() in settings.DATA_DIR.parents
    assert Path(os.environ["MENGKEJU_DATA_DIR"]).resolve() == settings.DATA_DIR


def test_the_shell_is_not_heard_and_the_folder_goes(tmp_path: Path) -> None:
    done = run_suite(tmp_path, MENGKEJU_NODE="elsewhere", MENGKEJU_DATA_DIR=str(tmp_path / "mine"))
    line = next(line for line in done.stdout.splitlines() if line.startswith("folder "))
    _, folder, node = line.split()
    assert node == "None"
    assert "mkj-test-" in folder
    assert not Path(folder).exists()


def test_a_test_for_postgres_is_left_to_the_other_run(tmp_path: Path) -> None:
    done = run_suite(tmp_path)
    assert "1 passed, 1 skipped, 1 deselected" in done.stdout
    assert done.returncode == 0


def test_a_skip_is_a_failure_in_ci(tmp_path: Path) -> None:
    done = run_suite(tmp_path, CI="1")
    assert "1 failed, 1 passed, 1 deselected" in done.stdout
    assert "nothing may be: " in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("1", 1)])
def test_without_postgres_the_second_run_says_what_to_install(tmp_path: Path, ci: str, code: int) -> None:
    hide = "import mengkeju.kernel.testing.postgres as p; p.find_programs = lambda: None"
    (tmp_path / "hide.py").write_text(hide, encoding="utf-8")
    done = run_suite(tmp_path, "-p", "hide", "--pg", CI=ci, PYTHONPATH=str(tmp_path))
    assert "apt install postgresql" in done.stderr
    assert done.returncode == code


def test_each_test_process_has_a_cluster_of_its_own(tmp_path: Path) -> None:
    if postgres.find_programs() is None:
        pytest.skip(postgres.MISSING)
    done = run_suite(tmp_path, "--pg", "-n", "2", "--dist", "each")
    told = {line.rpartition("cluster ")[2] for line in (done.stdout + done.stderr).splitlines() if "cluster " in line}
    assert len(told) == 2, done.stdout + done.stderr
