"""What a (type, uid) pair points to: its model, word, page and who may read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.kinds import DuplicateKeyError, Registry
from mengkeju.kernel.workflow import Workflow


@dataclass(frozen=True)
class SubjectType:
    """One type of object that events, duties, notices and attachments speak of. Its model has a `uid`.

    `related`: the foreign keys that `title` and `url` look through, read in the same query.
    """

    key: str
    model: type[Model]
    label: str | Promise
    read: str
    url: Callable[[Any], str] = field(compare=False)
    title: Callable[[Any], str] = field(compare=False)
    workflow: Workflow | None = field(default=None, compare=False)
    related: tuple[str, ...] = ()


subject_types: Registry[SubjectType] = Registry("subject types")
_by_model: dict[type[Model], SubjectType] = {}


def register(subject: SubjectType) -> None:
    """Add a subject type. Its model names it from now on; DuplicateKeyError when it has another already."""
    other = _by_model.get(subject.model)
    if other is not None and other.key != subject.key:
        msg = f"subject types: {subject.model.__name__} is both {other.key!r} and {subject.key!r}"
        raise DuplicateKeyError(msg)
    subject_types.register(subject.key, subject)
    _by_model[subject.model] = subject


def type_of(obj: Model) -> SubjectType:
    """The subject type of an object. KeyError when its model is not registered."""
    return _by_model[type(obj)]


def find(key: str, uid: UUID) -> Any | None:
    """The object, whoever may see it; None when it is gone."""
    return subject_types[key].model._base_manager.filter(uid=uid).first()


def find_visible(actor: Actor, key: str, uid: UUID) -> Any | None:
    """The object if the actor may read it, else None."""
    subject = subject_types.get(key)
    if subject is None:
        return None
    return visible_to(subject.model._default_manager.filter(uid=uid), actor, subject.read).first()


def visible_many(actor: Actor, key: str, uids: Iterable[UUID]) -> dict[UUID, Any]:
    """Of the given objects of one type those the actor may read, by uid. One query."""
    subject = subject_types.get(key)
    if subject is None:
        return {}
    rows: QuerySet[Any] = visible_to(subject.model._default_manager.filter(uid__in=list(uids)), actor, subject.read)
    return {obj.uid: obj for obj in rows}


def titles(pairs: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[str, str]]:
    """(title, address) of many subjects, one query per type. Meant for readers already entitled to them."""
    by_type: dict[str, set[UUID]] = {}
    for key, uid in pairs:
        by_type.setdefault(key, set()).add(uid)
    found: dict[tuple[str, UUID], tuple[str, str]] = {}
    for key, uids in by_type.items():
        subject = subject_types[key]
        rows: QuerySet[Any] = subject.model._base_manager.filter(uid__in=uids)
        for obj in rows.select_related(*subject.related) if subject.related else rows:
            found[key, obj.uid] = (subject.title(obj), subject.url(obj))
    return found
