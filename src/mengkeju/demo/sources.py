"""Real organisations, people, achievements and needs, with the facts of the published texts and nothing else."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mengkeju.deals.actions import SourceDeal, record_deal_from_source
from mengkeju.demo.cast import Cast
from mengkeju.demo.files import read
from mengkeju.demo.readings import Told
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import (
    publish_organisation_from_source,
    publish_person_from_source,
    record_title_from_source,
)
from mengkeju.directory.models import Organisation, Person
from mengkeju.listings.actions import SourceEntry, link_from_source, publish_from_source
from mengkeju.listings.models import Listing

SOURCE = "公开报道"
OPERATOR = "operator"
PACE = timedelta(seconds=40)
BOUNDS = {"at_most": "不超过 ", "at_least": "不少于 ", "near": "约 "}


class Sources:
    """Puts the entries of facts.yaml on the timeline, one after another, by the operator."""

    def __init__(self, cast: Cast) -> None:
        """Organisations and people are known by their id of the file once they are published."""
        self.cast = cast
        self.facts, self.words = read("facts"), read("mapping")
        self.organisations: dict[str, Organisation] = {}
        self.people: dict[str, Person] = {}
        self.listings: dict[str, Listing] = {}

    def plan(self, timeline: Timeline, begin: datetime) -> None:
        """Organisations and platforms, then people, then what they have and need, then what belongs together."""
        acts = [
            *(partial(self.organisation, row, self.words["kinds"][row["kind"]]) for row in self.facts["organisations"]),
            *(partial(self.organisation, row, "platform") for row in self.facts["platforms"]),
            *(partial(self.person, row) for row in self.facts["people"]),
            *(partial(self.achievement, row) for row in self.facts["achievements"]),
            *(partial(self.need, row) for row in technology_needs()),
            *(partial(self.link, *ends) for ends in links()),
            *(partial(self.deal, row) for row in self.facts["deals"] if row["id"] in self.words["deals"]),
            *(partial(self.title, row, fact) for row, fact in titles(self.facts, self.words["titles"])),
        ]
        for number, act in enumerate(acts):
            timeline.at(begin + number * PACE, act)

    def _area(self, city: str | None) -> str:
        return self.words["cities"].get(city) or ""

    def organisation(self, row: dict[str, Any], kind: str, now: datetime) -> None:
        """An organisation or a platform, unverified, without code."""
        form = [row["kind"]] if kind == "platform" else []
        facts = "；".join([*form, *row.get("facts", []), *figures(row.get("figures", []))])
        self.organisations[row["id"]] = publish_organisation_from_source(
            source=SOURCE,
            external_id=row["id"],
            by=self.cast.actor(OPERATOR),
            now=now,
            values={
                "name": row["name"],
                "name_en": row["name_en"],
                "kind": kind,
                "area": self._area(row["city"]),
                "industry": row.get("industry") or "",
                "summary": facts,
            },
        )

    def person(self, row: dict[str, Any], now: datetime) -> None:
        """A person as named in the text: no login, no contact."""
        home = self.organisations.get(row.get("org_id") or row.get("platform_id") or "")
        position = f"{home.name} {row['role']}" if home else row["role"]
        self.people[row["id"]] = publish_person_from_source(
            source=SOURCE,
            external_id=row["id"],
            name=row["name"],
            position=position[:80],
            by=self.cast.actor(OPERATOR),
            now=now,
        )

    def _publish(self, row: dict[str, Any], kind: str, now: datetime, **given: Any) -> None:
        word = self.words["words"].get(row["field"]) or {}
        holders = tuple(self.organisations[key] for key in given.pop("holders"))
        entry = SourceEntry(
            kind=kind,
            external_id=row["id"],
            title=row["title"],
            summary=row.get("description", ""),
            field=word.get("field") or "",
            cluster=word.get("cluster") or "",
            **given,
        )
        self.listings[row["id"]], _new = publish_from_source(
            entry,
            source=SOURCE,
            owner=holders[0] if holders else None,
            holders=holders,
            people=tuple(self.people[key] for key in row.get("people", [])),
            by=self.cast.actor(OPERATOR),
            now=now,
        )

    def achievement(self, row: dict[str, Any], now: datetime) -> None:
        """An achievement with its holders and people; stages become maturity, TRL stays empty."""
        self._publish(
            row,
            "achievement",
            now,
            holders=row["holders"],
            owner_note=row.get("holder_note", ""),
            maturity=self.words["stages"][row["stage"]],
            details={"application": "；".join(figures(row["numbers"]))} if row.get("numbers") else {},
        )

    def need(self, row: dict[str, Any], now: datetime) -> None:
        """A technology need; what the text says about its progress stands beside it."""
        poser = [row["poser_id"]] if row.get("poser_id") else []
        self._publish(
            row,
            "need",
            now,
            holders=poser,
            owner_note=row.get("poser_note", ""),
            details={"present": f"报道时的进展：{row['status']}"} if row.get("status") else {},
        )

    def deal(self, row: dict[str, Any], now: datetime) -> None:
        """A contract between two named parties, as published and no more; what the texts say of it besides."""
        sides = self.words["deals"][row["id"]]
        deal = record_deal_from_source(
            SourceDeal(
                source=SOURCE,
                external_id=row["id"],
                title=row["title"],
                sellers=(self.organisations[sides["seller"]],),
                buyers=(self.organisations[sides["buyer"]],),
                achievement=self.listings.get(row.get("achievement_id", "")),
                need=self.listings.get(sides.get("need", "")),
                channel=row["via"],
                amount=Decimal(row["amount_cny"]) if row["amount_cny"] else None,
                # A month that is the month of the registration is no day of signing.
                signed_on=None if row.get("date_meaning") else date.fromisoformat(row["date"]),
            ),
            now=now,
        )
        Told(row, self.organisations, self.people).record(deal, now)

    def title(self, row: dict[str, Any], fact: str, now: datetime) -> None:
        """A title the text says an organisation has; day and authority are not printed and stay unknown."""
        basis = f"公开报道（{row['source']}）：{fact}；认定日期和认定单位未载"
        given = self.words["titles"][fact]
        record_title_from_source(
            self.organisations[row["id"]], **given, basis=basis, by=self.cast.actor(OPERATOR), now=now
        )

    def link(self, source: str, target: str, role: str, now: datetime) -> None:
        """Two entries the file says belong together."""
        link_from_source(self.listings[source], self.listings[target], role, by=self.cast.actor(OPERATOR), now=now)


def titles(facts: dict[str, Any], words: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """(organisation or platform, fact) where the file says of it that it has a title the platform keeps."""
    rows = [*facts["organisations"], *facts["platforms"]]
    return [(row, fact) for row in rows for fact in row.get("facts", []) if fact in words]


def links() -> list[tuple[str, str, str]]:
    """(from, to, role) as the file states them: what an achievement is part of, which one answers a need."""
    parts = [(row["id"], row["part_of"], "part_of") for row in read("facts")["achievements"] if row.get("part_of")]
    answers = [(row["answered_by"], row["id"], "answers") for row in technology_needs() if row.get("answered_by")]
    return parts + answers


def technology_needs() -> list[dict[str, Any]]:
    """The needs of the file that ask for technology; the others stay in the file."""
    return [row for row in read("facts")["needs"] if row["kind"] == "technology"]


def figures(rows: list[dict[str, Any]]) -> list[str]:
    """Figures as the texts print them, with their bound and unit; two readings of one stand side by side."""
    return [
        f"{row['name']} {BOUNDS.get(row.get('bound') or ('near' if row.get('approx') else ''), '')}"
        f"{row['value']} {row['unit']}"
        for row in rows
    ]
