"""Invented intentions between invented organisations, with answers, messages and one broker's introduction."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.models import Deal, Intention, Message
from mengkeju.demo.cast import Cast
from mengkeju.demo.fiction import Fiction
from mengkeju.demo.files import read
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.models import Person
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing


class Talks:
    """Puts the intentions of the file on the timeline, so many working days before the day of loading."""

    def __init__(self, cast: Cast, fiction: Fiction) -> None:
        """Owners, contacts and listings come from the fiction."""
        self.cast, self.fiction = cast, fiction
        self.acts: dict[str, Callable[[Intention, dict[str, Any], Actor, datetime], None]] = {
            "accept": _accept,
            "decline": _decline,
            "talk": _talk,
            "agree": _agree,
            "message": _message,
            "confirm": _confirm,
            "deal": _deal,
        }

    def plan(self, timeline: Timeline) -> None:
        """Declare or introduce, then each act in its turn; several on one day follow each other."""
        for row in read("intentions")["intentions"]:
            thread = timeline.thread(row["counter"] + row["target"])
            thread.ago(row["days_ago"], partial(self.declare, row))
            for act in row["acts"]:
                thread.ago(act["days_ago"], partial(self.act, row, act), afternoon=True)

    def _listing(self, key: str) -> Listing:
        return Listing.objects.select_related("owner", "contact").get(pk=self.fiction.listings[key].pk)

    def _find(self, row: dict[str, Any]) -> Intention | None:
        target, counter = self.fiction.listings[row["target"]], self.fiction.listings[row["counter"]]
        return Intention.objects.filter(target=target, counter=counter).order_by("pk").first()

    def _actor(self, key: str) -> Actor:
        contact = self._listing(key).contact
        return self.cast.actor(contact.account.username) if contact and contact.account else Actor()

    def declare(self, row: dict[str, Any], now: datetime) -> None:
        """The contact of the counter-listing declares, or the broker introduces."""
        if self._find(row) is not None:
            return
        target, counter = self._listing(row["target"]), self._listing(row["counter"])
        if row.get("broker"):
            actions.introduce(
                target=target, counter=counter, by=self.cast.actor(row["broker"]), now=now, message=row["message"]
            )
        elif counter.owner is not None:
            actions.declare_intention(
                target=target,
                counter=counter,
                declaring=counter.owner,
                by=self._actor(row["counter"]),
                now=now,
                message=row["message"],
            )

    def act(self, row: dict[str, Any], act: dict[str, Any], now: datetime) -> None:
        """One act of the file, by the side it names; answers come from the answering side."""
        intention = self._find(row)
        if intention is None:
            return
        declaring = act.get("side", "declaring" if act["do"] == "talk" else "answering") == "declaring"
        actor = self._actor(row["counter"] if declaring else row["target"])
        if act.get("side") == "broker":
            actor = self.cast.actor(row["broker"])
        self.acts[act["do"]](intention, act, actor, now)


def _accept(intention: Intention, _act: dict[str, Any], by: Actor, now: datetime) -> None:
    if intention.state == "declared":
        actions.answer_intention(intention, accept=True, by=by, now=now)


def _decline(intention: Intention, act: dict[str, Any], by: Actor, now: datetime) -> None:
    if intention.state == "declared":
        actions.answer_intention(
            intention, accept=False, by=by, now=now, reason=act["reason"], reason_note=act.get("note", "")
        )


def _talk(intention: Intention, _act: dict[str, Any], by: Actor, now: datetime) -> None:
    if intention.state == "accepted":
        actions.move_intention(intention, "talk", by=by, now=now)


def _agree(intention: Intention, _act: dict[str, Any], by: Actor, now: datetime) -> None:
    if intention.state == "talking":
        actions.move_intention(intention, "agree", by=by, now=now)


def _message(intention: Intention, act: dict[str, Any], by: Actor, now: datetime) -> None:
    ended = intention.state in {"declined", "lapsed", "withdrawn"}
    if not ended and not Message.objects.filter(intention=intention, text=act["text"]).exists():
        actions.write_message(intention, act["text"], by=by, now=now)


def _confirm(intention: Intention, _act: dict[str, Any], by: Actor, now: datetime) -> None:
    actions.confirm_introduction(intention, by=by, now=now)


def _deal(intention: Intention, act: dict[str, Any], by: Actor, now: datetime) -> None:
    """Open what is agreed about; a broker who came along later is named by the side that opens it."""
    if Deal.objects.filter(intention=intention).exists() or intention.state not in {"talking", "ready"}:
        return
    deal = actions.open_deal(intention, by=by, now=now)
    if act.get("broker"):
        person = Person.objects.get(account__username=act["broker"])
        actions.add_helper(deal, person=person, note=act.get("note", ""), by=by, now=now)
