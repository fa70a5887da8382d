"""The region for all tests of this folder."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from mengkeju.demo.load import Loaded, load
from tests.demo.region import NOW

# What a second load may add to: it says in the record that it ran, and its jobs run again.
GROWS = {"kernel.event"}


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label_lower: model._base_manager.count() for model in apps.get_models()}


@pytest.fixture(scope="package")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """The region loaded twice, gone afterwards; the second load adds nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        first = load(now=NOW)
        before = counts()
        assert load(now=NOW) == first
        after = counts()
        assert {name: n for name, n in after.items() if n != before[name] and name not in GROWS} == {}
        yield first
        transaction.set_rollback(True)
