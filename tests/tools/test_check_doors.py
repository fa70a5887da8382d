import ast
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check_doors
from tools.sources import ROOT


@pytest.mark.parametrize(
    ("source", "part", "target"),
    [
        ("deals", "actions", "mengkeju.listings.queries.present"),
        ("deals", "web", "mengkeju.deals.web.forms.Form"),
        ("deals", "web", "mengkeju.kernel.web.pages.page"),
        ("matching", "engine", "mengkeju.search.engine.text.fold"),
        ("deals", "engine", "mengkeju.kernel.workflow.Workflow"),
        ("config", "urls", "mengkeju.deals.web.urls"),
        ("deals", "models", "django.db.models"),
        ("deals", "models", "mengkeju.__version__"),
    ],
)
def test_open(source: str, part: str, target: str) -> None:
    assert check_doors.wrong_door(source, part, target) is None


@pytest.mark.parametrize(
    ("source", "part", "target", "why"),
    [
        ("deals", "actions", "mengkeju.listings.web.views.page", "listings is entered by"),
        ("demo", "actions", "mengkeju.listings.kinds.need", "listings is entered by"),
        ("kernel", "ui", "mengkeju.directory.access.Perm", "directory is entered by"),
        ("matching", "engine", "mengkeju.matching.models.Proposal", "an engine imports"),
        ("matching", "engine", "mengkeju.kernel.clock.now", "an engine imports"),
        ("matching", "engine", "django.conf.settings", "plain Python"),
        ("kernel", "workflow", "django.db.models", "plain Python"),
    ],
)
def test_shut(source: str, part: str, target: str, why: str) -> None:
    assert why in (check_doors.wrong_door(source, part, target) or "")


MODELS = """
class A(Model):
    a = models.ForeignKey("kernel.Account", on_delete=PROTECT)
    b = personal(models.OneToOneField(to="deals.Intention", on_delete=PROTECT), purpose="x")
    c = ForeignKey("self", null=True)
    d = models.ManyToManyField("listings.Tag")
    e = models.ForeignKey(settings.AUTH_USER_MODEL)
    f = models.CharField("deals.Intention")
"""
ORDER = [frozenset({"deals"}), frozenset({"listings", "policy"}), frozenset({"directory"}), frozenset({"kernel"})]


def test_string_keys_obey_the_layers() -> None:
    tree = ast.parse(MODELS)
    assert check_doors.upward_keys(tree, "deals", ORDER) == []
    assert [line for line, _ in check_doors.upward_keys(tree, "listings", ORDER)] == [4]
    assert [line for line, _ in check_doors.upward_keys(tree, "policy", ORDER)] == [4, 6]  # a neighbour counts too


def test_the_layers_are_those_of_the_project_file() -> None:
    order = check_doors.layers()
    assert order[0] == {"config"}
    assert order[-1] == {"kernel"}
    assert frozenset({"listings", "policy", "ledger"}) in order


def test_a_repository_is_walked(repository: Callable[..., Path]) -> None:
    config = (
        '[[tool.importlinter.contracts]]\nid = "capabilities"\nlayers = ["(deals)", "listings | ledger", "kernel"]\n'
    )
    root = repository(
        **{
            "pyproject.toml": config,
            "src/mengkeju/listings/web/views.py": "import os\nfrom mengkeju.ledger.web import views\n",
            "src/mengkeju/listings/models.py": 'x = ForeignKey("deals.Intention")\n',
            "src/mengkeju/listings/migrations/0001.py": "from mengkeju.ledger.web import views\n",
        }
    )
    assert check_doors.problems(root) == [
        "src/mengkeju/listings/models.py:1: foreign key to deals, which stands above or beside listings",
        "src/mengkeju/listings/web/views.py:2: ledger is entered by actions, engine, models, queries",
    ]


def test_every_capability_is_under_the_inner_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    folders = {path.parent.name for path in (ROOT / "src" / "mengkeju").glob("*/__init__.py")}
    ordered = set(contracts["inside"]["containers"])
    assert {f"mengkeju.{name}" for name in folders - {"config", "demo", "kernel"}} == ordered
