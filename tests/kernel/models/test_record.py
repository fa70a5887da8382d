"""What every record has from the first migration."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from mengkeju.kernel.models import Record, StatefulRecord, personal_fields
from mengkeju.kernel.models.record import new_uid
from tests import factories as f
from tests.kernel.makers import MAKERS, workflows

OURS = [m for m in apps.get_models() if m.__module__.startswith("mengkeju.")]
RECORDS = [m for m in OURS if issubclass(m, Record)]
STATEFUL = [m for m in OURS if issubclass(m, StatefulRecord)]
# Foreign keys that do not protect what they point to, each with its reason.
NOT_PROTECTED: dict[str, str] = {
    "kernel.JobLease.task": "a lease is part of its queue row, which the library prunes",
    "directory.TermSynonym.term": "another word for a term is part of the term",
    "kernel.ImportRow.batch": "a row is part of its batch",
    "matching.Waiting.listing": "a queue of work, not a fact",
    "matching.ListingVector.listing": "numbers of a text, made anew with it",
    "matching.Alike.one": "a likeness of two texts, found anew with them",
    "matching.Alike.other": "the same",
    "matching.Partner.seeker": "a pair that was computed, found anew with its listings",
    "matching.Partner.offer": "the same",
    "matching.Showing.proposal": "a log kept a year at most, by consent",
    "search.SavedSearchReader.search": "when one was last told of a saved search is part of it",
    "search.SavedSearchHit.search": "what a saved search found is part of it",
}


def named(model: type[models.Model]) -> str:
    return model._meta.label


def test_uids_are_version_7_and_follow_time() -> None:
    made = [new_uid() for _ in range(200)]
    assert {uid.version for uid in made} == {7}
    assert len(set(made)) == 200
    assert made == sorted(made)


@pytest.mark.parametrize("model", RECORDS, ids=named)
def test_a_record_has_its_columns(model: type[Record]) -> None:
    uid: Any = model._meta.get_field("uid")
    assert uid.unique
    assert uid.default is new_uid
    assert not uid.editable
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns >= {
        "area", "origin_node", "revision", "created_at", "created_by", "archived_at", "archived_by", "archived_reason",
    }  # fmt: skip


def test_there_are_records_and_those_with_states() -> None:
    assert {named(m) for m in STATEFUL} == {
        "directory.Organisation", "listings.Listing", "deals.Intention",
        "kernel.ImportBatch", "kernel.WebhookEndpoint", "deals.Claim", "deals.Stall", "listings.AccessRequest",
        "events.Meeting", "events.Pitch", "matching.MatchModel", "matching.Question", "matching.WordPair",
        "listings.Agenda", "listings.Bottleneck", "listings.Diagnosis", "listings.Release", "listings.WeakLink",
        "deals.Deal", "deals.Registration", "deals.Milestone", "deals.Landing",
    }  # fmt: skip
    assert {named(m) for m in RECORDS} > {named(m) for m in STATEFUL}


@pytest.mark.parametrize("model", RECORDS, ids=named)
def test_an_archived_row_must_say_by_whom(model: type[Record]) -> None:
    pair = models.Q(archived_at__isnull=True, archived_by__isnull=True) | models.Q(
        archived_at__isnull=False, archived_by__isnull=False
    )
    checks = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    assert pair in [c.condition for c in checks]


@pytest.mark.django_db
def test_the_database_refuses_an_archived_row_without_a_name() -> None:
    firm = f.organisation()
    rows = type(firm)._base_manager.filter(pk=firm.pk)
    for half in ({"archived_at": f.AT}, {"archived_by": f.account()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**half)
    assert rows.update(archived_at=f.AT, archived_by=f.account(), archived_reason="重复登记") == 1


def foreign_keys() -> dict[str, Any]:
    found = {}
    for model in OURS:
        if model._meta.auto_created:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                found[f"{named(model)}.{field.name}"] = field.remote_field.on_delete
    return found


def test_foreign_keys_protect_what_they_point_to() -> None:
    keys = foreign_keys()
    assert len(keys) > 30
    assert {name for name, rule in keys.items() if rule is not models.PROTECT} == set(NOT_PROTECTED)


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(MAKERS))
def test_the_database_refuses_a_state_outside_the_table(key: str) -> None:
    subject = MAKERS[key]()
    table = type(subject)._meta.db_table
    for state in ("no_such_state", "", "Draft"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, subject.pk])  # noqa: S608  # our table
    for state in workflows()[key].states:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, subject.pk])  # noqa: S608  # our table


@pytest.mark.django_db
def test_personal_data_is_marked_with_purpose_basis_and_retention() -> None:
    marked = {f"{named(m)}.{name}": mark for m in OURS for name, mark in personal_fields(m).items()}
    assert {"kernel.Account.username", "kernel.Account.email", "directory.Person.name"} <= set(marked)
    for name, mark in marked.items():
        assert all((mark.purpose, mark.basis, mark.retention)), name
