import os

import psycopg
import pytest
from django.db import connection

from mengkeju.kernel.testing import postgres


def test_the_programs_are_missing_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_programs", lambda: None)
    with pytest.raises(postgres.UnavailableError, match="apt install postgresql"), postgres.private_cluster():
        pass


@pytest.mark.postgres
def test_a_cluster_is_private_and_leaves_nothing_behind() -> None:
    with postgres.private_cluster() as cluster:
        with psycopg.connect(cluster.url()) as db:
            listening = db.execute("SHOW listen_addresses").fetchone()
            sockets = db.execute("SHOW unix_socket_directories").fetchone()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.url().replace(cluster.password, "guessed"))
        folder, address = cluster.folder, cluster.url()
    assert listening == ("127.0.0.1",)
    assert sockets == ("",)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


@pytest.mark.django_db
def test_the_run_uses_the_database_it_says(request: pytest.FixtureRequest) -> None:
    expected = "postgresql" if request.config.getoption("--pg") else "sqlite"
    assert connection.vendor == expected
    assert bool(os.environ.get("DATABASE_URL")) == (expected == "postgresql")
