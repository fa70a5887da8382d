"""The tests' tables are made from the models; those of a site are made by the migrations: they are the same."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

CONSTRAINT = re.compile(r'CONSTRAINT "([^"]+)"')
PRINTED = "import json; from tests.config.test_migrations import tables; print(json.dumps(tables()))"


def tables() -> dict[str, Any]:
    """Columns and the names of constraints and indexes, of every table of the current connection."""
    told = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    with connection.cursor() as cursor:
        return {name: told(cursor, name) for name in connection.introspection.table_names(cursor)}


def _of_postgresql(cursor: Any, table: str) -> dict[str, Any]:
    columns = connection.introspection.get_table_description(cursor, table)
    constraints = connection.introspection.get_constraints(cursor, table)
    # What is unique without a name of ours is called by how it came about; so it is compared by what it does.
    what = ("columns", "primary_key", "unique", "foreign_key", "check", "index", "definition")
    return {
        "columns": sorted([c.name, str(c.type_code), str(c.internal_size), bool(c.null_ok)] for c in columns),
        "named": sorted(name for name in constraints if not name.endswith(("_key", "_uniq", "_pkey", "_like"))),
        "rules": sorted([str(one.get(key)) for key in what] for one in constraints.values()),
    }


def _of_sqlite(cursor: Any, table: str) -> dict[str, Any]:
    cursor.execute("SELECT name, type, [notnull], pk FROM pragma_table_info(%s)", [table])
    columns = sorted(map(list, cursor.fetchall()))
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
    rows = cursor.fetchall()
    constraints = [name for kind, _name, text in rows if kind == "table" for name in CONSTRAINT.findall(text)]
    return {"columns": columns, "named": sorted(constraints + [name for kind, name, _text in rows if kind == "index"])}


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a site whose database is empty."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept["MENGKEJU_DATA_DIR"] = str(tmp_path)
    if connection.vendor == "postgresql":
        given = settings.DATABASES["default"]
        name = f"empty_{uuid4().hex}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as direct:
            direct.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        kept["DATABASE_URL"] = (
            f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{name}"
        )
    return kept


def python(*arguments: str, env: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.django_db
def test_a_new_site_has_the_tables_of_the_models(elsewhere: dict[str, str]) -> None:
    python("-m", "mengkeju.config", "manage", "migrate", "--verbosity=0", env=elsewhere)
    shell = ("-m", "mengkeju.config", "manage", "shell", "--no-imports", "-c", PRINTED)
    migrated, made = json.loads(python(*shell, env=elsewhere).splitlines()[-1]), json.loads(json.dumps(tables()))
    assert set(migrated) - set(made) == {"django_migrations"}
    ours = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("mengkeju")}
    assert len(ours) > 100
    assert {name for name in ours if migrated[name] != made[name]} == set()
