"""No package registry's address and no path of one machine in any file of the repository.

A lock or script with an address works only where that address answers; everybody's package client knows
its own registry.
"""

import re
import sys
from pathlib import Path

from tools.sources import ROOT, report, tracked

# The brackets keep this file from finding itself.
HOSTS = (
    r"py(?:pi)[.]org",
    r"python(?:hosted)[.]org",
    r"registry[.](?:npmjs|npmmirror|yarnpkg)",
    r"npm(?:mirror)[.]com",
    r"tuna[.]tsinghua",
    r"mirrors[.][a-z]+[.](?:com|cn|edu|org)",
    r"proxy[.]golang",
    r"deb[.]debian[.]org",
    r"archive[.]ubuntu[.]com",
)
PLACES = ("work", "root", "home", "tmp", "Users", "opt", "mnt")
ADDRESS = re.compile("|".join(HOSTS))
MACHINE_PATH = re.compile(r"(?<![\w.~/$}\])>-])/(?:" + "|".join(PLACES) + r")(?:/[\w.@-]+|(?=[\s\"'`),;:]|$))")
# What is somebody's paper or a licence text is quoted as it is.
EXEMPT = ("docs/plan/", "docs/models/", "frontend/licences/", "LICENSE")


def find(text: str) -> list[tuple[int, str]]:
    """(line number, what was found) in a text."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in (ADDRESS, MACHINE_PATH):
            found += [(number, match.group()) for match in pattern.finditer(line)]
    return found


def problems(root: Path = ROOT) -> list[str]:
    """One line per finding. Files that are not text are left out."""
    lines = []
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if name.startswith(EXEMPT):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines += [f"{name}:{number}: {what}" for number, what in find(text)]
    return lines


if __name__ == "__main__":
    sys.exit(report(problems()))
