"""自动推荐: a person switches proposals made by programme off for himself, and on again."""

from datetime import datetime

from django.db import transaction

from mengkeju.directory.models import Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor
from mengkeju.matching.models import AutomationChoice


def switch_off(*, by: Actor, now: datetime) -> bool:
    """No proposals for this person from now on; False when it was so already, or nobody is signed in."""
    return _switch(by, now, off=True)


def switch_on(*, by: Actor, now: datetime) -> bool:
    """Proposals again; False when they were never off."""
    return _switch(by, now, off=False)


@transaction.atomic
def _switch(by: Actor, now: datetime, *, off: bool) -> bool:
    """A right of the person himself: no permission may refuse it, also while his account is suspended."""
    person = Person.objects.filter(uid=by.person_uid).first() if by.person_uid is not None else None
    if person is None:
        return False
    choice, _made = AutomationChoice.objects.select_for_update().get_or_create(person=person)
    if (choice.off_since is not None) is off:
        return False
    choice.off_since = now if off else None
    choice.save(update_fields=["off_since"])
    audit.record(f"person.matching_{'off' if off else 'on'}", person, by=by, now=now, payload={})
    return True
