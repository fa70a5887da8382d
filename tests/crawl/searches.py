"""Saved searches of the crawl's world: whose words they are, and what they have told, closed things among it."""

from typing import TYPE_CHECKING
from uuid import UUID

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.search import actions
from mengkeju.search.actions import SavedInput
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch, SavedSearchHit

if TYPE_CHECKING:
    from tests.crawl.world import World

TOLD = 25
"""Fewer than stand on one page."""


def build(made: "World") -> None:
    """One of a member's own, one for all of an organisation; each has told of things that are now closed to many."""
    institute = made.people.institute.uid
    for label, who, organisation in (("own", "counterpart", None), ("of the institute", "counterpart", institute)):
        _saved(made, label, who, organisation)
    _saved(made, "of a stranger", "suspended stranger", None)


def _saved(made: "World", label: str, who: str, organisation: UUID | None) -> None:
    box: list[SavedSearch] = []

    def reads(actor: Actor) -> bool:
        return may(actor, "search.saved_search:read", box[0])

    actor = made.people.actor(who)
    by = Actor(**{**vars(actor), "suspended": False})  # who is suspended kept his search before
    asked = kept(made.planted.word(f"words of a saved search {label}", reads), "", {})
    name = made.planted.word(f"name of a saved search {label}", lambda actor: reads(actor) or actor.system)
    saved = actions.save_search(SavedInput(name, asked, "daily", organisation), by=by, now=clock.now())
    box.append(saved)
    assert by.account_uid is not None
    rows = made.things["listing"]
    chosen = [thing.obj for thing in rows if thing.label.startswith("need") or " " not in thing.label][:TOLD]
    now = clock.now()
    SavedSearchHit.objects.bulk_create(
        SavedSearchHit(
            search=saved, account=by.account_uid, subject_type="listing", subject_uid=one.uid, noted_at=now, told_at=now
        )
        for one in chosen
    )
    made.put("saved_search", label, saved)
    made.put("stop_token", label, saved, actions.stop_token(saved, by.account_uid))
