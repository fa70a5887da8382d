"""One world for a module, in a transaction that is taken back when the module is done.

On SQLite only: the crawl compares answers with the permission table, and that both databases give the same rows for it
is shown by tests/kernel/test_access.py. Twenty thousand requests a second time would show nothing more.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from mengkeju.search.actions import index, rebuild_index
from tests.crawl.crawl import Crawl
from tests.crawl.walk import Walker
from tests.crawl.world import world


@pytest.fixture(scope="module")
def crawl(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    """The world with everybody signed in, its listings in an index of their own."""
    patch = pytest.MonkeyPatch()
    patch.setattr("django.conf.settings.INDEX_DIR", tmp_path_factory.mktemp("index"))
    patch.setattr("django.conf.settings.API_LIMITS", {"anonymous": 10**9, "token": 10**9})
    # On a busy machine the crawl outlasts the minutes after which a page asks for the password again.
    patch.setattr("django.conf.settings.ACCOUNT_REAUTHENTICATION_TIMEOUT", 10**6, raising=False)
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # as TestCase does: durable blocks are allowed inside
        with block:
            made, walker = world(), Walker()
            for name, account in made.people.accounts.items():
                walker.sign_in(name, account)
            rebuild_index()
            yield Crawl(made, walker)
            index._let_go()
            cache.clear()
            transaction.set_rollback(True)
    patch.undo()
