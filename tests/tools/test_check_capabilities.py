import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check_capabilities
from tools.check_capabilities import Capability, compare
from tools.sources import ROOT

EMPTY = Capability("PLT-04", "no", (), ())


def test_table_and_marks_of_this_repository_agree() -> None:
    assert check_capabilities.problems() == []


def test_all_functions_are_listed_in_their_sixteen_areas() -> None:
    rows = check_capabilities.read(ROOT / "docs" / "capabilities.csv")
    assert len({row.id for row in rows}) == check_capabilities.TOTAL
    assert len({row.id[:3] for row in rows}) == 16


def test_marks_are_read_from_decorators_and_modules() -> None:
    source = 'pytestmark = pytest.mark.covers("ACH-01")\n@pytest.mark.covers("PLT-04", "NED-02")\ndef test_x(): ...\n'
    assert sorted(check_capabilities.marks(ast.parse(source))) == ["ACH-01", "NED-02", "PLT-04"]


@pytest.mark.parametrize(
    ("rows", "named", "expected"),
    [
        ([EMPTY], {}, []),
        ([EMPTY, EMPTY], {}, ["PLT-04 stands twice"]),
        ([EMPTY], {"PLT-04": {"t.py"}}, ["PLT-04: t.py names it, but its state is no"]),
        ([EMPTY], {"XXX-01": {"t.py"}}, ["t.py: unknown function XXX-01"]),
        ([Capability("PLT-04", "done", (), ())], {}, ["PLT-04: id like PLT-04, state one of no, part, yes"]),
        ([Capability("PLT-04", "no", ("src",), ())], {}, ["PLT-04: where and test are empty while the state is no"]),
        (
            [Capability("PLT-04", "part", ("src",), ("t.py",))],
            {},
            ["no test is marked covers('PLT-04')", "not name it"],
        ),
        ([Capability("PLT-04", "yes", ("src", "gone"), ("t.py",))], {"PLT-04": {"t.py"}}, ["gone does not exist"]),
        ([Capability("PLT-04", "yes", (), ("t.py",))], {"PLT-04": {"t.py"}}, ["says where and by which test"]),
        ([Capability("PLT-04", "part", ("src",), ("t.py",))], {"PLT-04": {"t.py"}}, []),
    ],
)
def test_findings(tmp_path: Path, rows: list[Capability], named: dict[str, set[str]], expected: list[str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "t.py").touch()
    found = compare(rows, named, tmp_path)
    assert len(found) == len(expected)
    assert all(part in sentence for part, sentence in zip(expected, found, strict=True))


def test_other_columns_are_refused(repository: Callable[..., Path]) -> None:
    root = repository(**{"docs/capabilities.csv": "id,state\nPLT-01,no\n"})
    with pytest.raises(ValueError, match="columns must be id, state, where, test"):
        check_capabilities.problems(root)
