"""Titles, transfer bodies, the opening for a member from outside, brokers' claims, obstacles, and kept searches."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from mengkeju.deals import actions as deals
from mengkeju.deals.models import Claim, Intention, Stall
from mengkeju.demo.scene import Scene, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import (
    EvaluationInput,
    ServicesInput,
    edit_services,
    evaluate_body,
    grant_title,
    open_members_tier,
)
from mengkeju.directory.actions.titles import TitleInput
from mengkeju.directory.models import Title
from mengkeju.search.actions import SavedInput, save_search
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch


class Helping(Scene):
    """What officers and brokers add, and what readers ask to be told of."""

    def plan(self, timeline: Timeline) -> None:
        """Each row of the file on its day."""
        self.today = timeline.today
        acts = {
            "titles": self.title,
            "bodies": self.body,
            "evaluations": self.evaluation,
            "year_sheets": self.year_sheet,
            "openings": self.opening,
            "claims": self.claim,
            "searches": self.search,
        }
        for name, act in acts.items():
            thread = timeline.thread(name)
            for row in rows(name):
                thread.ago(row["days_ago"], partial(act, row))
        for row in rows("obstacles"):
            thread = timeline.thread(row["counter"] + "obstacle")
            thread.ago(row["days_ago"], partial(self.obstacle, row), afternoon=True)
            if "helper" in row:
                thread.ago(row["helped_days_ago"], partial(self.help, row), afternoon=True)

    def title(self, row: dict[str, Any], now: datetime) -> None:
        """The officer of the area enters a title, so that the firm's needs are marked."""
        holder = self.organisation(row["organisation"])
        if Title.objects.filter(holder=holder, kind=row["title"]).exists():
            return
        begins = self.today - timedelta(days=row["since"])
        ends = self.today + timedelta(days=row["until"])
        given = TitleInput(row["title"], row["level"], row["issued_by"], row["basis"], begins, ends, row["number"])
        grant_title(holder, given, by=self.by(row["by"]), now=now)

    def body(self, row: dict[str, Any], now: datetime) -> None:
        """A technology-transfer body says what it offers and of whom it is a branch."""
        given = ServicesInput(row.get("parent", ""), tuple(row["services"]), row.get("other", ""))
        edit_services(self.organisation(row["organisation"]), given, by=self.by(row["by"]), now=now)

    def evaluation(self, row: dict[str, Any], now: datetime) -> None:
        """The officer of the area enters how the last year of a body was judged."""
        holder = self.organisation(row["organisation"])
        year = self.today.year - 1
        if not holder.evaluations.filter(year=year).exists():
            decided_on = max(self.today - timedelta(days=row["decided"]), date(year, 12, 31))
            given = EvaluationInput(year, row["result"], row["basis"], decided_on)
            evaluate_body(holder, given, by=self.by(row["by"]), now=now)

    def year_sheet(self, row: dict[str, Any], now: datetime) -> None:
        """A body states its last year."""
        holder, year = self.organisation(row["organisation"]), self.today.year - 1
        deals.save_agency_sheet(holder, year, row["values"], by=self.by(row["by"]), now=now)

    def opening(self, row: dict[str, Any], now: datetime) -> None:
        """The officer of the region opens the members' tier to somebody from outside."""
        organisation = self.organisation(row["organisation"])
        if not organisation.members_openings.exists():
            until = self.today + timedelta(days=row["until"])
            open_members_tier(organisation, basis=row["basis"], until=until, by=self.by(row["by"]), now=now)

    def claim(self, row: dict[str, Any], now: datetime) -> None:
        """A broker takes something from the board."""
        listing = self.listing(row["listing"])
        if listing.state == "published" and not Claim.objects.filter(listing=listing).exists():
            deals.claim_listing(listing, by=self.by(row["by"]), now=now)

    def _stall(self, row: dict[str, Any]) -> tuple[Intention | None, Stall | None]:
        target, counter = self.fiction.listings[row["target"]], self.fiction.listings[row["counter"]]
        intention = Intention.objects.filter(target=target, counter=counter).order_by("pk").first()
        return intention, Stall.objects.filter(intention=intention).first() if intention is not None else None

    def obstacle(self, row: dict[str, Any], now: datetime) -> None:
        """One side, or its broker, says what is in the way."""
        intention, named = self._stall(row)
        if intention is not None and named is None and intention.state == row["state"]:
            deals.name_obstacle(intention, row["obstacle"], row["note"], by=self.by(row["by"]), now=now)

    def help(self, row: dict[str, Any], now: datetime) -> None:
        """The officer asks somebody to help."""
        _intention, named = self._stall(row)
        if named is not None and named.state == "named":
            deals.assign_helper(
                named, self.cast.person(row["helper"]), by=self.by(row["helped_by"]), now=now, note=row["help_note"]
            )

    def search(self, row: dict[str, Any], now: datetime) -> None:
        """Somebody keeps a search before something is published that it finds."""
        by = self.by(row["by"])
        if not SavedSearch.objects.filter(account=by.account_uid).exists():
            save_search(SavedInput(row["name"], kept(row["text"], row["kind"], {}), row["way"]), by=by, now=now)
