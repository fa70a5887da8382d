"""Weak links, bottlenecks and agendas of the crawl's world, every text of them a planted secret."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mengkeju.directory import actions as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.listings import actions
from mengkeju.listings.actions import AgendaInput, BottleneckInput, ItemInput, WeakLinkInput
from tests import factories as f
from tests.crawl.doors import or_record

if TYPE_CHECKING:
    from tests.crawl.world import World


def build(made: "World") -> None:
    """Put them all into the world."""
    for part in (_weak_links, _bottlenecks, _agendas):
        part(made)


def _reader(permission: str, box: list[Any]) -> Callable[[Actor], bool]:
    return or_record(lambda actor: may(actor, permission, box[0]))


def _weak_links(made: "World") -> None:
    """A draft that only officers of the city read, and one on the public list with a need of the firm."""
    by = made.people.actor("officer here")
    for label in ("draft", "open", "dropped"):
        box: list[Any] = []
        word = made.planted.word
        reads = _reader("listings.weak_link:read", box)
        given = WeakLinkInput(
            chain="rare_earth_magnets",
            node=word(f"node of a {label} weak link", reads),
            title=word(f"title of a {label} weak link", reads),
            gap=word(f"gap of a {label} weak link", reads),
            basis=word(f"basis of a {label} weak link", reads),
            area=f.BAOTOU,
        )
        box.append(actions.create_weak_link(given, by=by, now=clock.now(), fictional=True))
        if label != "draft":
            need = made.one("listing", "need public published")
            actions.attach_to_weak_link(box[0], need, by=by, now=clock.now())
            actions.move_weak_link(box[0], "publish", by=by, now=clock.now())
        if label == "dropped":
            actions.move_weak_link(box[0], "drop", by=by, now=clock.now(), note=word("why it was dropped", reads))
        box[0].refresh_from_db()
        made.put("weak_link", label, box[0])


def _bureau(made: "World") -> tuple[Organisation, Actor]:
    """A bureau of which “officer here” is a member; the other officers belong to none."""
    bureau = f.organisation(kind="government", area=f.BAOTOU)
    account = made.people.accounts["officer here"]
    directory.join_organisation(f.person(account), bureau, manager=False, by=f.actor(account), now=clock.now())
    made.people.actors["officer here"] = f.actor(account)
    return bureau, made.people.actors["officer here"]


def _bottlenecks(made: "World") -> None:
    """Nominated by the firm: neither its people nor the other officers may know of it."""
    bureau, officer = _bureau(made)
    for label in ("nominated", "in_progress"):
        box: list[Any] = []
        word = made.planted.word
        reads = _reader("listings.bottleneck:read", box)
        given = BottleneckInput(
            word(f"title of a {label} bottleneck", reads),
            word(f"problem of a {label} bottleneck", reads),
            (bureau.uid,),
            word(f"dependence of a {label} bottleneck", reads),
            "rare_earth_magnets",
        )
        need = made.one("listing", "need public published")
        by = made.people.actor("owner")
        nominator = made.people.firm
        item = actions.nominate_bottleneck(
            given, nominator=nominator, by=by, now=clock.now(), listing=need, fictional=True
        )
        box.append(item)
        if label == "in_progress":
            actions.move_bottleneck(item, "confirm", by=officer, now=clock.now())
            note = word("who works on a bottleneck", reads)
            actions.move_bottleneck(item, "start", by=officer, now=clock.now(), note=note)
        item.refresh_from_db()
        made.put("bottleneck", label, item)


def _agendas(made: "World") -> None:
    """Of the firm: a draft, a submitted and a published one with a direction each."""
    people = made.people
    by, now = people.actor("owner"), clock.now()
    for label in ("draft", "submitted", "published"):
        box: list[Any] = []
        word = made.planted.word
        reads = _reader("listings.agenda:read", box)
        given = AgendaInput(word(f"title of a {label} agenda", reads), word(f"summary of a {label} agenda", reads))
        agenda = actions.create_agenda(given, organisation=people.firm, by=by, now=now, fictional=True)
        box.append(agenda)
        stated = ItemInput(word(f"direction of a {label} agenda", reads), word(f"text of a {label} direction", reads))
        item = actions.add_item(agenda, stated, by=by, now=now)
        if label != "draft":
            actions.submit_agenda(agenda, by=by, now=now, secrecy_reviewed=True)
        if label == "published":
            actions.move_agenda(agenda, "approve", by=people.actor("officer above"), now=now)
            actions.attach_to_item(item, made.one("listing", "of the institute"), by=people.actor("owner"), now=now)
        agenda.refresh_from_db()
        item.agenda = agenda
        made.put("agenda", label, agenda)
        made.put("agenda_item", label, item)
