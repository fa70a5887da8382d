"""Invented firms, institutes, needs and achievements (演示), through the same actions as everybody's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mengkeju.demo.cast import Cast, contact_login, logins, officer_for
from mengkeju.demo.files import moment, read, spread, working_day_before
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import join_organisation, register_organisation
from mengkeju.directory.actions.organisations import OrganisationInput
from mengkeju.directory.actions.verification import submit_for_verification, verify_organisation
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import SYSTEM, Actor
from mengkeju.listings.actions import ListingInput, create_listing, review_listing, submit_listing
from mengkeju.listings.models import Listing

SOURCE = "演示数据"
KINDS = {
    "need": ("needs", "firm"),
    "achievement": ("achievements", "holder"),
    "strength": ("strengths", "holder"),
    "capability": ("capabilities", "firm"),
    "post": ("posts", "owner"),
    "cohort": ("cohorts", "owner"),
}
SET_UP_BEFORE = 30
BEYOND = ("purpose", "comparison", "price_idea", "confidential", "policy_goals", "application")
BESIDE = {"key", "firm", "holder", "owner", "published_on"}  # of a row, beside the fields of its kind


def rows(kind: str) -> list[dict[str, Any]]:
    """The listings of a kind, each with `owner`, the key of its organisation."""
    name, owner = KINDS[kind]
    return [{**row, "owner": row[owner]} for row in read(name)[name]]


def organisations() -> list[dict[str, Any]]:
    """Firms and institutes."""
    return [*read("firms")["firms"], *read("institutes")["institutes"]]


def extras(kind: str) -> list[dict[str, Any]]:
    """Listings beside those counted on the home page, each to show one end of a listing's life."""
    return [{**row, "owner": row[KINDS[kind][1]]} for row in read("scenes")["listings"] if row["kind"] == kind]


def vague_needs() -> list[dict[str, Any]]:
    """Needs that say too little and go to a broker first."""
    return [{**row, "owner": row["firm"]} for row in read("scenes")["refining"]]


def stale() -> tuple[str, str]:
    """The achievement that waits for 仍然有效, and the one off the shelf, by key."""
    shelf = read("scenes")["shelf"]
    return str(shelf["asked"]["key"]), str(shelf["hidden"])


def waiting_needs() -> list[dict[str, Any]]:
    """Needs handed in a few working days ago that no officer has reviewed yet."""
    return [{**row, "owner": row["firm"]} for row in read("waiting")["needs"]]


def applicants() -> list[dict[str, Any]]:
    """Organisations that have asked to be verified a few working days ago."""
    found: list[dict[str, Any]] = read("waiting")["applicants"]
    return found


def dated_rows(kind: str, timeline: Timeline) -> list[dict[str, Any]]:
    """Every listing of a kind that is published, with its days counted from loading and what else it says."""
    asked = read("scenes")["shelf"]["asked"]
    said, old = read("scenes")["values"], read("landed")["published_days_ago"]
    more = {key: {"published_days_ago": days} for key, days in old.items()} | {asked["key"]: asked}
    return [
        timeline.dated({**row, **said.get(row["key"], {}), **more.get(row["key"], {})})
        for row in [*rows(kind), *extras(kind)]
    ]


def old_hands() -> dict[str, int]:
    """Organisations that cooperated long before their listings of today: since how many calendar days."""
    found: dict[str, int] = {}
    for row in [*read("landed")["cases"], *read("cooperations")["cases"]]:
        for key in (row["seller"], row["buyer"], *row.get("members", {})):
            found[key] = max(found.get(key, 0), row["opened"])
    return found


def opening_day(timeline: Timeline) -> date:
    """When the entries of published texts are shown, well before the first of the counted listings."""
    first = min(row["published_on"] for kind in KINDS for row in rows(kind))
    return working_day_before(timeline.day(first), SET_UP_BEFORE)


def founding_day(timeline: Timeline) -> date:
    """When the demo region is set up, well before anything else."""
    first = min(row["published_on"] for kind in KINDS for row in dated_rows(kind, timeline))
    return working_day_before(first, SET_UP_BEFORE)


class Fiction:
    """Puts the invented organisations and their listings on the timeline."""

    def __init__(self, cast: Cast) -> None:
        """Organisations and listings already there are read once, so that a second load is quick."""
        self.cast = cast
        every = [*organisations(), *applicants()]
        codes = {row["uscc"]: row["key"] for row in every}
        found = Organisation.objects.filter(credit_code__in=codes)
        self.organisations: dict[str, Organisation] = {codes[o.credit_code]: o for o in found}
        self.listings: dict[str, Listing] = {
            o.external_id: o for o in Listing.objects.filter(source=SOURCE).select_related("owner")
        }
        self.founders = {row["key"]: self._founder(row) for row in every}
        listed = [row for kind in KINDS for row in [*rows(kind), *extras(kind)]]
        self.owners: dict[str, str] = {row["key"]: row["owner"] for row in [*listed, *waiting_needs(), *vague_needs()]}

    def _founder(self, row: dict[str, Any]) -> str:
        if row.get("contact"):
            return contact_login(row["key"], row["contact"])
        return next(str(r["username"]) for r in logins() if r["organisation"] == row["key"])

    def plan(self, timeline: Timeline) -> None:
        """Every organisation before its first listing; those without listings when the region is set up."""
        first: dict[str, date] = {}
        founding = founding_day(timeline)
        for kind in KINDS:
            for row in dated_rows(kind, timeline):
                first[row["owner"]] = min(first.get(row["owner"], row["published_on"]), row["published_on"])
                self._plan_listing(timeline, kind, row)
        for key, days in old_hands().items():
            first[key] = min(first.get(key, timeline.today), timeline.calendar_ago(days))
        for row in organisations():
            day = first.get(row["key"])
            began = founding if day is None else working_day_before(day, 6 + spread(row["key"], 12))
            self._plan_organisation(timeline, row, began)
        self._plan_waiting(timeline)

    def _plan_waiting(self, timeline: Timeline) -> None:
        """What officers and brokers find in their queues: counted from the day of loading."""
        for row in [*waiting_needs(), *vague_needs()]:
            began = moment(timeline.ago(row["submitted_days_ago"]), row["key"])
            timeline.at(began, partial(self.create, "need", timeline.dated(row)))
            timeline.at(began + timedelta(minutes=25 + spread(row["key"], 90)), partial(self.submit, row["key"]))
        for row in applicants():
            began = moment(timeline.ago(row["submitted_days_ago"]), row["key"])
            timeline.at(began, partial(self.register, row))
            timeline.at(began + timedelta(minutes=12), partial(self.submit_organisation, row["key"]))

    def _plan_organisation(self, timeline: Timeline, row: dict[str, Any], day: date) -> None:
        began = moment(day, row["key"])
        timeline.at(began, partial(self.register, row))
        timeline.at(began + timedelta(minutes=12), partial(self.submit_organisation, row["key"]))
        decided = moment(working_day_before(day + timedelta(days=3), 0), row["key"] + "verify", afternoon=True)
        timeline.at(max(decided, began + timedelta(hours=1)), partial(self.verify, row["key"]))

    def _plan_listing(self, timeline: Timeline, kind: str, row: dict[str, Any]) -> None:
        began = moment(working_day_before(row["published_on"], 2), row["key"])
        timeline.at(began, partial(self.create, kind, row))
        timeline.at(began + timedelta(minutes=25 + spread(row["key"], 90)), partial(self.submit, row["key"]))
        timeline.at(
            moment(row["published_on"], row["key"], afternoon=spread(row["key"], 2) == 1),
            partial(self.approve, row["key"]),
        )

    def register(self, row: dict[str, Any], now: datetime) -> None:
        """The contact registers the organisation; logins of the same organisation join it."""
        key, founder = row["key"], self.founders[row["key"]]
        name = row.get("contact") or next(r["name"] for r in logins() if r["username"] == founder)
        self.cast.enter(founder, name, now)
        if key not in self.organisations:
            given = OrganisationInput(
                name=row["name"],
                kind=row["kind"],
                area=row["area"],
                credit_code=row["uscc"],
                zone=row.get("zone") or "",
                industry=row.get("industry") or "",
                summary=row.get("intro") or "",
            )
            self.organisations[key] = register_organisation(given, by=self.cast.actor(founder), now=now, fictional=True)
            self.cast.forget(founder)
        elif founder in self.cast.usernames:  # a login the region was given after it was loaded
            person = self.cast.person(founder)
            join_organisation(person, self.organisations[key], manager=True, by=SYSTEM, now=now)
            self.cast.forget(founder)
        self.cast.join_colleagues(key, self.organisations[key], founder, now)

    def submit_organisation(self, key: str, now: datetime) -> None:
        """Ask for verification."""
        if self.organisations[key].state == "unverified":
            submit_for_verification(self.organisations[key], by=self.cast.actor(self.founders[key]), now=now)

    def verify(self, key: str, now: datetime) -> None:
        """The officer of the area verifies; his own window nobody stands above, so the platform sets it up."""
        organisation = self.organisations[key]
        if organisation.state == "submitted":
            verify_organisation(organisation, by=self._verifier(organisation), now=now)
            self.cast.forget(self.founders[key])

    def _verifier(self, organisation: Organisation) -> Actor:
        officer = self.cast.actor(officer_for(organisation.area))
        return SYSTEM if organisation.uid in officer.organisations else officer

    def create(self, kind: str, row: dict[str, Any], now: datetime) -> None:
        """A draft by the organisation's contact."""
        if row["key"] in self.listings:
            return
        founder = self.founders[row["owner"]]
        given = INPUTS[kind](row)
        self.listings[row["key"]] = create_listing(
            kind,
            given,
            owner=self.organisations[row["owner"]],
            contact=self.cast.person(founder),
            by=self.cast.actor(founder),
            now=now,
            fictional=True,
            source=SOURCE,
            external_id=row["key"],
        )

    def submit(self, key: str, now: datetime) -> None:
        """Hand the draft to the officer, or to a broker; the firm has reviewed it for secrets.

        A draft that somebody has made of it again on the demo site is his.
        """
        listing = self.listings[key]
        if listing.state == "draft" and listing.published_at is None and not listing.diagnoses.exists():
            by = self.cast.actor(self.founders[self.owners[key]])
            submit_listing(listing, by=by, now=now, secrecy_level="公开", secrecy_reviewed=True)

    def approve(self, key: str, now: datetime) -> None:
        """The officer of the area publishes it."""
        listing = self.listings[key]
        if listing.state == "submitted":
            review_listing(listing, approve=True, by=self.cast.actor(officer_for(listing.area)), now=now)


def _common(row: dict[str, Any], modes: str, low: str, high: str) -> dict[str, Any]:
    return {
        "title": row["title"],
        "summary": row["summary"],
        "field": row.get("field") or "",
        "cluster": row.get("cluster") or "",
        "area": row["area"],
        "modes": row.get(modes) or [],
        "price_low": Decimal(row[low]) if row.get(low) else None,
        "price_high": Decimal(row[high]) if row.get(high) else None,
    }


def need_input(row: dict[str, Any]) -> ListingInput:
    """A need as its form would hand it over; of several wanted maturities the least."""
    values = _common(row, "cooperation_modes", "budget_low", "budget_high")
    values |= {key: row.get(key) or "" for key in ("present", "target", "constraints", "tried", "confidential")}
    values |= {"deadline": row.get("deadline"), "maturity": next(iter(row.get("maturity_wanted") or []), "")}
    return ListingInput(values)


def achievement_input(row: dict[str, Any]) -> ListingInput:
    """An achievement as its form would hand it over."""
    values = _common(row, "transfer_modes", "price_low", "price_high")
    values |= {key: row[key] for key in BEYOND if row.get(key)}
    values |= {key: row.get(key) or "" for key in ("advantage", "todo", "maturity")}
    values |= {
        "trl": str(row.get("trl") or ""),
        "team": "、".join(row.get("team") or []),
        "ip": "；".join(f"{right['kind']} {right['number']}" for right in row.get("ip") or []),
    }
    return ListingInput(values)


def stated_input(row: dict[str, Any]) -> ListingInput:
    """A listing whose row has the very fields of its kind."""
    values = {key: value for key, value in row.items() if key not in BESIDE}
    values |= {name: Decimal(row[name]) for name in ("price_low", "price_high") if row.get(name)}
    return ListingInput(values)


INPUTS: dict[str, Callable[[dict[str, Any]], ListingInput]] = {
    "need": need_input,
    "achievement": achievement_input,
    "strength": stated_input,
    "capability": stated_input,
    "post": stated_input,
    "cohort": stated_input,
}
