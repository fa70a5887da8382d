"""The instance form and the query form of a permission must say the same about every stored object.

A list (`visible_to`) and a page (`may`) can then never disagree. Used by each capability's test of its own
permission table: name the permissions whose object is of a model, the actors, and store some objects first.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Model, QuerySet

from mengkeju.kernel.access import Actor, may, visible_to


def disagreements(permissions: Iterable[str], actors: Mapping[str, Actor], objects: QuerySet[Model]) -> list[str]:
    """One line for every (permission, actor, object) on which the two forms differ, or that is listed twice."""
    rows = list(objects)
    assert rows, "store objects first, or nothing is compared"
    found = []
    for permission in permissions:
        for who, actor in actors.items():
            listed = list(visible_to(objects, actor, permission).values_list("pk", flat=True))
            if len(listed) != len(set(listed)):
                found.append(f"{permission}: {who} gets rows twice")
            for row in rows:
                archived = getattr(row, "archived_at", None) is not None  # lists leave these out for everybody
                one, many = may(actor, permission, row) and not archived, row.pk in listed
                if one != many:
                    found.append(f"{permission}: {who}, {row}: may={one}, visible_to={many}")
    return found


def assert_forms_agree(permissions: Iterable[str], actors: Mapping[str, Actor], objects: QuerySet[Model]) -> None:
    """Fail with every difference.

    Also fails when a permission is never granted or never refused to anyone: then nothing is shown.
    """
    kept = [str(permission) for permission in permissions]
    assert not (found := disagreements(kept, actors, objects)), "\n".join(found)
    total = objects.count()
    for permission in kept:
        counts = [visible_to(objects, actor, permission).count() for actor in actors.values()]
        assert any(counts), f"{permission}: no actor has it on any object; the comparison shows nothing"
        assert any(count < total for count in counts), f"{permission}: every actor has it on everything"
