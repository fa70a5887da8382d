"""Tasks that tests queue. Each writes what it did into a file, so that another process can be watched."""

import time
from pathlib import Path

from django_tasks import task

HERE = "tests.kernel.sample_tasks"
LONG = 60.0


@task()
def note(path: str, text: str) -> str:
    """Add a line."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")
    return text


@task()
def slow_once(path: str) -> str:
    """The first run hangs, as if its machine were lost in the middle; a later one finishes."""
    file = Path(path)
    if not file.exists():
        file.write_text("started\n", encoding="utf-8")
        time.sleep(LONG)
    file.write_text("finished\n", encoding="utf-8")
    return "done"


@task()
def fail(path: str) -> None:
    """Never succeeds; counts its tries in the file."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("tried\n")
    raise ValueError("this task always fails")
