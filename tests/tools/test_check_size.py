from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check_size

LONG = "\n".join(f"    x{n} = {n}" for n in range(50))
VIEW = "\n".join(f"    x{n} = (\n        {n})" for n in range(21))
Write = Callable[..., Path]


def test_a_long_file_is_found_and_data_are_not(repository: Write) -> None:
    root = repository(**{"a.html": "x\n" * 401, "b.html": "x\n" * 400, "data.csv": "x\n" * 900})
    assert check_size.problems(root, {}) == ["a.html: 401 lines, at most 400"]


def test_a_long_function_is_found_by_its_name(repository: Write) -> None:
    source = f"class A:\n  def short(self):\n    pass\n  async def long(self):\n{LONG}\n"
    root = repository(**{"a.py": source})
    assert check_size.problems(root, {}) == ["a.py::A.long: 51 lines, at most 50"]


def test_docstring_and_decorators_do_not_count(repository: Write) -> None:
    body = LONG.split("\n", 1)[1]
    root = repository(**{"a.py": f'@d\n@d\ndef f():\n    """One\n    two.\n    """\n{body}\n'})
    assert check_size.problems(root, {}) == []


def test_a_view_is_shorter_than_other_functions(repository: Write) -> None:
    view = f"def page(request):\n{VIEW}\nclass V:\n  def get(self, request, uid):\n{VIEW}\ndef other(form):\n{VIEW}\n"
    root = repository(**{"cap/web/views.py": view, "cap/queries.py": view})
    assert check_size.problems(root, {}) == [
        "cap/web/views.py::page: 21 statements, at most 20",
        "cap/web/views.py::V.get: 21 statements, at most 20",
    ]


def test_migrations_are_not_measured(repository: Write) -> None:
    assert check_size.problems(repository(**{"cap/migrations/0001.py": "x = 1\n" * 500}), {}) == []


def test_an_exception_needs_a_reason_and_a_cause(repository: Write) -> None:
    with pytest.raises(ValueError, match=r"needs a reason: a\.html"):
        check_size.read_exceptions("# why\na.html\n")
    root = repository(**{"a.html": "x\n" * 401})
    assert check_size.problems(root, {"a.html": "one table"}) == []
    assert check_size.problems(root, {"a.html": "", "b.html": ""}) == [
        "size_exceptions.txt: b.html is no longer too long"
    ]
