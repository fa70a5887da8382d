"""Weak links, agendas and bottlenecks of the demo region: invented ones (演示), and one agenda that a text states."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from mengkeju.demo import sources
from mengkeju.demo.cast import Cast, officer_for
from mengkeju.demo.fiction import Fiction
from mengkeju.demo.files import moment, read, working_day_before
from mengkeju.demo.timeline import Timeline
from mengkeju.listings import actions
from mengkeju.listings.models import Agenda, Bottleneck, WeakLink


def rows(name: str) -> list[dict[str, Any]]:
    """The entries of one part of the file."""
    found: list[dict[str, Any]] = read("lists")[name]
    return found


def _later(day: date, key: str, steps: int) -> datetime:
    """The afternoon of a working day at least so many days later."""
    return moment(working_day_before(day + timedelta(days=steps), 0), key, afternoon=True) + timedelta(hours=steps / 4)


class Lists:
    """Puts the lists on the timeline, after the listings that hang on them."""

    def __init__(self, cast: Cast, invented: Fiction, real: sources.Sources) -> None:
        """`invented` and `real` know organisations and listings by their keys."""
        self.cast, self.invented, self.real = cast, invented, real

    def plan(self, timeline: Timeline) -> None:
        """Each step in the afternoon of its day."""
        for row in rows("weak_links"):
            steps = (self.state_weak_link, self.list_weak_link)
            day = timeline.day(row["published_on"])
            for number, step in enumerate(steps):
                timeline.at(_later(day, row["key"], number), partial(step, row))
        for row in rows("agendas"):
            day = timeline.day(row["published_on"])
            for number, act in enumerate((self.state_agenda, self.approve_agenda, self.follow_agenda)):
                timeline.at(_later(day, row["key"], number), partial(act, row))
        for row in rows("sourced_agendas"):
            day = timeline.day(rows("agendas")[0]["published_on"])
            timeline.at(_later(day, row["key"], 0), partial(self.sourced, row))
        for row in rows("bottlenecks"):
            day = timeline.day(row["nominated_on"])
            timeline.at(_later(day, row["key"], 0), partial(self.nominate, row))
            for number, (who, move, note) in enumerate(row["moves"], 1):
                timeline.at(_later(day, row["key"], number), partial(self.move_bottleneck, row, who, move, note))

    def state_weak_link(self, row: dict[str, Any], now: datetime) -> None:
        """The officer of the city writes a draft and attaches what there is."""
        if WeakLink.objects.filter(chain=row["chain"], title=row["title"], fictional=True).exists():
            return
        names = ("chain", "node", "title", "gap", "area", "priority", "position", "basis")
        given = actions.WeakLinkInput(**{name: row[name] for name in names})
        made = actions.create_weak_link(given, by=self._officer(row), now=now, fictional=True)
        for key in row["attach"]:
            actions.attach_to_weak_link(made, self.invented.listings[key], by=self._officer(row), now=now)

    def _officer(self, row: dict[str, Any]) -> Any:
        return self.cast.actor(officer_for(row["area"][:4] + "01"))

    def list_weak_link(self, row: dict[str, Any], now: datetime) -> None:
        """Put on the public list, and on to where it stands."""
        made = WeakLink.objects.get(chain=row["chain"], title=row["title"], fictional=True)
        if made.state == "draft":
            for step, note in (("publish", ""), *row["moves"]):
                actions.move_weak_link(made, step, by=self._officer(row), now=now, note=note)

    def _agenda(self, row: dict[str, Any]) -> Agenda | None:
        organisation = self.invented.organisations[row["organisation"]]
        return Agenda.objects.filter(organisation=organisation, title=row["title"]).first()

    def state_agenda(self, row: dict[str, Any], now: datetime) -> None:
        """Its organisation writes and submits it."""
        if self._agenda(row) is not None:
            return
        organisation = self.invented.organisations[row["organisation"]]
        by = self.cast.actor(self.invented.founders[row["organisation"]])
        given = actions.AgendaInput(row["title"], row["summary"], row["cluster"], row["field"])
        made = actions.create_agenda(given, organisation=organisation, by=by, now=now, fictional=True)
        for item in row["items"]:
            actions.add_item(made, actions.ItemInput(item["title"], item["text"]), by=by, now=now)
        actions.submit_agenda(made, by=by, now=now, secrecy_reviewed=True)

    def approve_agenda(self, row: dict[str, Any], now: datetime) -> None:
        """The officer of its area publishes it."""
        made = self._agenda(row)
        if made is not None and made.state == "submitted":
            actions.move_agenda(made, "approve", by=self.cast.actor(officer_for(made.area)), now=now)

    def follow_agenda(self, row: dict[str, Any], now: datetime) -> None:
        """What answers is attached, what is solved is marked; each once."""
        made = self._agenda(row)
        by = self.cast.actor(self.invented.founders[row["organisation"]])
        for item, stated in zip(made.items.all() if made else (), row["items"], strict=True):
            attached = set(item.attached.values_list("listing__external_id", flat=True))
            for key in [key for key in stated["attach"] if key not in attached]:
                actions.attach_to_item(item, self.invented.listings[key], by=by, now=now)
            if stated.get("solved") and item.solved_on is None:
                actions.settle_item(item, solved=True, by=by, now=now, note=stated["solved"])

    def sourced(self, row: dict[str, Any], now: datetime) -> None:
        """A real organisation's directions, with the words of the file and nothing else."""
        needs = [self.real.listings[key] for key in row["needs"]]
        actions.publish_agenda_from_source(
            actions.AgendaInput(row["title"], cluster=row["cluster"]),
            tuple(actions.SourceItem(need.title, listings=(need,)) for need in needs),
            organisation=self.real.organisations[row["organisation"]],
            source=sources.SOURCE,
            external_id=row["key"],
            by=self.cast.actor(sources.OPERATOR),
            now=now,
        )

    def nominate(self, row: dict[str, Any], now: datetime) -> None:
        """By an officer of a named window, or by an organisation's contact."""
        if Bottleneck.objects.filter(title=row["title"], fictional=True).exists():
            return
        by = self.cast.actor(row["by"] or self.invented.founders[row["nominator"]])
        bureaus: tuple[UUID, ...] = tuple(self.invented.organisations[key].uid for key in row["bureaus"])
        given = actions.BottleneckInput(row["title"], row["problem"], bureaus, row["dependence"], row["chain"])
        nominator = self.invented.organisations[row["nominator"]]
        made = actions.nominate_bottleneck(given, nominator=nominator, by=by, now=now, fictional=True)
        for key in row["attach"]:
            actions.attach_to_bottleneck(made, self.invented.listings[key], by=by, now=now)

    def move_bottleneck(self, row: dict[str, Any], who: str, step: str, note: str, now: datetime) -> None:
        """What an officer of a named window did since; once."""
        made = Bottleneck.objects.get(title=row["title"], fictional=True)
        if step == {"nominated": "confirm", "open": "start"}.get(made.state):
            actions.move_bottleneck(made, step, by=self.cast.actor(who), now=now, note=note)
