"""What stands for the parameters of an address, and what a body contains. A place without recipe is a finding.

Who adds an address with a parameter the table does not know adds one line to PLACES: the first part of the address
and the parameter → a type of the world's things, or the words that can stand there.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any
from uuid import uuid4
from zlib import crc32

from mengkeju.kernel import clock
from mengkeju.kernel.funnel import stages
from mengkeju.listings.kinds import kinds
from tests import factories as f
from tests.crawl import deals
from tests.crawl.world import MISSING, Thing, World

WORDS = "words"
LET_IN = frozenset({"200", "201", "202", "204", "302", "409", "410", "422"})
"""Any of these among the right answers: the reader may be let in, or sees what the page is about."""
NOTHING = frozenset({"nothing", "999"})
"""Words for which there is nothing: 404 is right too."""
PLACES: dict[tuple[str, str], str | tuple[str, ...]] = {
    ("organisations", "uid"): "organisation",
    ("organisations", "person"): "colleague",
    ("organisations", "decision"): ("verify", "refuse", "withdraw", "nothing"),
    ("organisations", "act"): ("manager", "end", "nothing"),
    ("invitations", "uid"): "invitation",
    ("invitation", "token"): "code",
    ("me", "purpose"): ("listings.reads", "nothing"),
    ("tokens", "uid"): "api_token",
    ("people", "uid"): "person",
    ("people", "act"): ("suspend", "unlock", "nothing"),
    ("roles", "uid"): "grant",
    ("vocabularies", "key"): "vocabulary",
    ("vocabularies", "term_key"): "term",
    ("areas", "code"): "area",
    ("jobs", "task"): "job",
    ("record", "uid"): "event",
    ("files", "uid"): "file",
    ("titles", "uid"): "title",
    ("body-evaluations", "uid"): "body_evaluation",
    ("board", "uid"): "listing",
    ("claims", "uid"): "claim",
    ("stalled", "uid"): "stalled",
    ("stalls", "uid"): "stall",
    ("sitemap-", "part"): ("1", "999"),
    # Students are published by schools only: who gets 403 hangs on the kind, see tests/listings/test_talent.py.
    ("listings", "kind"): (*sorted(set(kinds) - {"cohort"}), "nothing"),
    ("listings", "uid"): "listing",
    ("listings", "transition"): ("close", "withdraw", "reopen", "take_back", "nothing"),
    ("listings", "counter_uid"): "counter",
    ("needs", "key"): (*sorted(key for key, stage in stages.items() if stage.needs), "nothing"),
    ("listings", "right"): "ip_right",
    ("listings", "right_uid"): "ip_right",
    ("applications", "uid"): "application",
    ("participations", "uid"): "participation",
    ("participations", "act"): ("up", "down", "remove", "nothing"),
    ("ip-rights", "uid"): "ip_right",
    ("goals", "key"): ("zero_waste_city", "nothing"),
    ("listings", "file_uid"): "listing_file",
    ("access-requests", "uid"): "access_request",
    ("access-requests", "transition"): ("withdraw", "end", "nothing"),
    ("undertakings", "version"): ("2026-11", "nothing"),
    ("releases", "uid"): "release",
    ("releases", "need"): "listing",
    ("releases", "act"): ("confirm", "unconfirm", "refresh", "schedule", "unschedule", "now", "withdraw", "nothing"),
    ("listings", "other_uid"): "counter",
    ("listings", "topic"): (*(topic.key for topic in kinds["need"].topics), "nothing"),
    ("diagnoses", "uid"): "diagnosis",
    ("reviews", "uid"): "listing",
    ("weak-links", "uid"): "weak_link",
    ("weak-links", "listing_uid"): "counter",
    ("weak-links", "transition"): ("publish", "start", "drop", "nothing"),
    ("bottlenecks", "uid"): "bottleneck",
    ("bottlenecks", "listing_uid"): "counter",
    ("bottlenecks", "transition"): ("confirm", "start", "remove", "nothing"),
    ("agendas", "uid"): "agenda",
    ("agendas", "item_uid"): "agenda_item",
    ("agendas", "listing_uid"): "counter",
    ("agendas", "transition"): ("end", "withdraw", "reopen", "nothing"),
    ("searches", "uid"): "saved_search",
    ("saved-searches", "uid"): "saved_search",
    ("searches", "token"): "stop_token",
    ("searches", "move"): ("pause", "resume", "delete", "nothing"),
    ("searches", "stand"): ("run", "leave", "join", "nothing"),
    ("agendas", "decision"): ("approve", "return", "nothing"),
    ("matching", "uid"): "proposal",
    ("match-models", "uid"): "match_model",
    ("match-models", "step"): ("go_live", "refuse", "retire", "nothing"),
    ("match-questions", "uid"): "match_question",
    ("match-questions", "transition"): ("close", "withdraw", "nothing"),
    ("match-words", "uid"): "word_pair",
    ("match-words", "step"): ("accept", "refuse", "withdraw", "nothing"),
    ("matching", "side"): ("need", "achievement", "nothing"),
    ("intentions", "uid"): "intention",
    ("meetings", "uid"): "meeting",
    ("pitches", "uid"): "pitch",
    ("pitch", "token"): "guest_token",
    ("intentions", "transition"): ("talk", "stop", "withdraw", "nothing"),
    **deals.PLACES,
    ("imports", "uid"): "import",
    ("imports", "kind"): (*sorted(kinds), "nothing"),
    ("imports", "what"): ("submit", "publish", "nothing"),
    ("webhooks", "uid"): "webhook",
    ("webhook-deliveries", "uid"): "delivery",
    ("matches", "uid"): "proposal",
    ("listing-kinds", "key"): (*sorted(kinds), "nothing"),
    ("accounts", "key"): ("x-y", "set-password"),
    ("accounts", "uidb36"): ("1",),
    ("accounts", "provider_id"): ("oidc",),
}
# Of listings the detail page gets all; other addresses those that differ in what may be done with them, unless
# CRAWL_WHOLE is set (before a release: four times the requests).
FEW = (
    "need public draft", "need public submitted", "need public published", "need members published", "returned",
    "archived", "from a source", "of the institute", "opened to the institute", MISSING,
)  # fmt: skip
WHOLE = bool(os.environ.get("CRAWL_WHOLE"))
# Unless CRAWL_WHOLE is set: of readers whom every object of an address refuses in the same way so many come, each
# address others of them; and of objects that refuse a reader in the same way so many are asked.
ALIKE, REFUSALS = 2, 3
EVERY = ("listing", "get_listing")
"""Names of addresses and operations that get every listing."""


class NoRecipeError(LookupError):
    """Nothing is known to stand in this place."""


def things_for(world: World, head: str, name: str, address: str) -> list[Thing]:
    """What can stand for a parameter."""
    try:
        kind = PLACES[head, name]
    except KeyError:
        told = f"{address}: nothing stands for <{name}> below {head!r}, see PLACES in recipes.py"
        raise NoRecipeError(told) from None
    if isinstance(kind, tuple):
        return [Thing(word, word) for word in kind]
    if kind == "counter":
        return [Thing("of the institute", str(world.one("listing", "of the institute").uid))]
    found = world.things[kind]
    return [t for t in found if t.label in FEW] if kind == "listing" and not (WHOLE or address in EVERY) else found


def choices(world: World, head: str, names: Iterable[str], address: str) -> Iterator[dict[str, Thing]]:
    """Every way to fill the parameters; of several the first is the object and the others go with it."""
    kept = [(name, things_for(world, head, name, address)) for name in names]
    objects = [isinstance(PLACES[head, name], str) for name, _things in kept]
    for chosen in product(*(enumerate(things) for _name, things in kept)):
        # Words after an object: the first word with every object, the other words with the first object.
        if (
            any(objects)
            and any(n for n, _t in chosen[:1])
            and any(n for (n, _t), is_object in zip(chosen, objects, strict=True) if not is_object)
        ):
            continue
        yield {name: thing for (name, _things), (_n, thing) in zip(kept, chosen, strict=True)}


def with_nothing(
    right: frozenset[str], fine: frozenset[str], head: str, things: dict[str, Thing], *, name: str, permission: str = ""
) -> frozenset[str]:
    """404 is right too where a word stands for nothing, and where who is let in finds two objects that do not match.

    Also where the right is asked on a part of a deal that is not there: nobody knows who would have it; and where
    an object has not what the address named so is about.
    """
    if permission in deals.ON_PART and deals.is_no_part(things):
        return right | {"404"}
    if fine and name in deals.NOT_OF_EVERY:
        return right | {"404"}
    objects = [name for name in things if kind_of(head, name) != WORDS]
    nothing = any(thing.value in NOTHING for thing in things.values()) or _has_no_such_topic(things)
    return right | {"404"} if nothing or (fine and len(objects) > 1) else right


def _has_no_such_topic(things: dict[str, Thing]) -> bool:
    """Whether a screen of the guided form is asked of a listing whose kind has none."""
    topic, listing = things.get("topic"), things.get("uid")
    if topic is None or listing is None or listing.obj is None:
        return False
    return topic.value not in {one.key for one in listing.obj.kind_spec.topics}


def told_apart(rights: dict[str, list[frozenset[str]]], address: str) -> list[str]:
    """Who comes to an address, `rights` being the right answers to all requests of each: all whom something lets in."""
    alike: dict[tuple[frozenset[str], ...], list[str]] = {}
    for who, mine in rights.items():
        alike.setdefault(tuple(mine), []).append(who)
    left_out: set[str] = set()
    for shared, names in alike.items():
        if not WHOLE and not any(right & LET_IN for right in shared):
            turn = crc32(address.encode()) % len(names)
            left_out |= set((names[turn:] + names[:turn])[ALIKE:])
    return [who for who in rights if who not in left_out]


def kind_of(head: str, name: str) -> str:
    """The type of the things that stand in a place; WORDS when none does."""
    kind = PLACES.get((head, name), WORDS)
    return kind if isinstance(kind, str) and kind != "counter" else WORDS


def body(world: World) -> dict[str, Any]:
    """One filled form for every page: each takes the fields it knows, and what it asks is mostly answered."""
    return {
        "note": "理由", "reason": "too_early", "reason_note": "说明", "answer": "accept", "decision": "approve",
        "outcome": "given_up", "agree": "yes", "satisfaction": "4",
        "text": "你好", "message": "你好", "on": "1", "content": "on",
        "secrecy_level": "公开", "secrecy_reviewed": "on",
        "purpose": "评估工艺", "organisation": str(world.people.institute.uid), "mode": "consent",
        "title": "题目", "summary": "要点", "area": f.KUNDULUN, "tier": "public", "owner": str(world.people.firm.uid),
        "declaring": str(world.people.institute.uid), "origin": "listing", "name": "名称", "label": "名称",
        "label_en": "Name", "email": "someone@example.org", "role": "broker", "kind": "enterprise",
        "credit_code": "", "key": "neu", "code": "Z-NEU", "zone_kind": "高新区", "parent": f.BAOTOU, "source": "来源",
        "scopes": "listings:read", "days": "30", "basis": "协议", "until": clock.today().isoformat(),
        "username": "nobody", "language": "en", "listing": str(world.one("listing", "need public published").uid),
        "level": "city", "issued_by": "演示局", "valid_from": clock.today().isoformat(), "obstacle": "price",
        "to": str(f.person(world.people.accounts["broker"]).uid), "one_time_key": uuid4().hex,
        "need": str(world.one("listing", "need public published").uid),
        **deals.body(world),
    }  # fmt: skip
