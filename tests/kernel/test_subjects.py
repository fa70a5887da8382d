"""A (type, uid) pair leads to its object, for those who may see it."""

from uuid import uuid4

import pytest

from mengkeju.directory.models import Organisation
from mengkeju.kernel import subjects
from mengkeju.kernel.access import ANONYMOUS, permissions
from mengkeju.kernel.kinds import DuplicateKeyError
from mengkeju.kernel.subjects import SubjectType, find, find_visible, subject_types, titles, type_of, visible_many
from tests import factories as f
from tests.kernel.makers import listing


def test_every_subject_has_a_uid_a_read_permission_and_words() -> None:
    known = dict(permissions())
    assert {"organisation", "person", "listing", "intention", "message", "file"} <= set(subject_types)
    for key, subject in subject_types.items():
        assert getattr(subject.model._meta.get_field("uid"), "unique", False), key
        assert subject.read in known, key
        assert subject.label, key


def test_one_model_is_one_type() -> None:
    again = SubjectType("firm", Organisation, "单位", "x", url=str, title=str)
    with pytest.raises(DuplicateKeyError, match="Organisation"):
        subjects.register(again)
    assert "firm" not in subject_types


@pytest.mark.django_db
def test_find_and_find_visible() -> None:
    draft = listing()
    owner, stranger = f.actor(f.manager(draft.owner)), f.actor(f.account())  # type: ignore[arg-type]  # it has one
    assert type_of(draft).key == "listing"
    assert find("listing", draft.uid) == draft
    assert find("listing", uuid4()) is None
    assert find_visible(owner, "listing", draft.uid) == draft
    assert find_visible(stranger, "listing", draft.uid) is None
    assert find_visible(ANONYMOUS, "listing", uuid4()) is None
    assert find_visible(owner, "no such type", draft.uid) is None
    type(draft).objects.filter(pk=draft.pk).update(archived_at=f.AT, archived_by_id=owner.account_id)
    assert find_visible(owner, "listing", draft.uid) is None
    assert find("listing", draft.uid) == draft


@pytest.mark.django_db
def test_many_at_once() -> None:
    one, two = listing(state="published"), listing()
    assert visible_many(ANONYMOUS, "listing", [one.uid, two.uid, uuid4()]) == {one.uid: one}
    assert visible_many(ANONYMOUS, "no such type", [one.uid]) == {}
    found = titles([("listing", one.uid), ("listing", two.uid), ("listing", uuid4())])
    assert found == {("listing", o.uid): (o.title, o.get_absolute_url()) for o in (one, two)}
