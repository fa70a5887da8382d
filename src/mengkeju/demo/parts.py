"""What hangs on a readable achievement: ladder, rights, cases of use, inventors, registration as a result."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mengkeju.demo.scene import Scene, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.listings import actions
from mengkeju.listings.actions import (
    ApplicationInput,
    ParticipantInput,
    RegistrationInput,
    RightInput,
    StepInput,
)
from mengkeju.listings.engine.patent_numbers import check_digit
from mengkeju.listings.engine.rights import anniversary
from mengkeju.listings.models import IpRight, ResultRegistration


class Parts(Scene):
    """Each part is stated by a person of the owner, on a listing that is published."""

    def plan(self, timeline: Timeline) -> None:
        """One part after the other, in the order of the file; the second claimant of a right after the first."""
        self.today = timeline.today
        acts = {
            "steps": self.step,
            "rights": self.right,
            "applications": self.application,
            "participants": self.participant,
            "registrations": self.registration,
        }
        for name, act in acts.items():
            thread = timeline.thread(name)
            for row in rows(name):
                thread.ago(row["days_ago"], partial(act, row))
        thread = timeline.thread("answers")
        for row in rows("participants"):
            if "agrees" in row:
                thread.ago(row["answered_days_ago"], partial(self.answer, row), afternoon=True)

    def _before(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def step(self, row: dict[str, Any], now: datetime) -> None:
        """A rung of the ladder with what shows it."""
        listing = self.listing(row["listing"])
        if listing.maturity_steps.filter(level=row["level"]).exists():
            return
        given = StepInput(row["level"], self._before(row["reached"]), row["evidence"], row.get("tier", "public"))
        actions.add_maturity_step(listing, given, by=self.by(row["by"]), now=now, secrecy_reviewed=True)

    def right(self, row: dict[str, Any], now: datetime) -> None:
        """A right by number. Serials from 9999001 on: no office has ever given so many, so they are nobody's."""
        listing = self.listing(row["listing"])
        if IpRight.objects.filter(title=row["title"], fictional=True, claims__organisation=listing.owner).exists():
            return
        applied = anniversary(self.today + timedelta(days=row["turns"]), -row["years"])
        digits = f"{applied.year}{row['type']}{row['serial']}"
        known = IpRight.objects.filter(title=row["title"], fictional=True).first()
        given = RightInput(
            known.number if known else f"{digits}.{check_digit(digits)}",
            title=row["title"],
            status="granted",
            applied_on=known.applied_on if known else applied,
            granted_on=known.granted_on if known else anniversary(applied, 2),
            basis=row.get("basis", ""),
        )
        actions.link_right(listing, given, by=self.by(row["by"]), now=now, secrecy_reviewed=True)

    def application(self, row: dict[str, Any], now: datetime) -> None:
        """Who uses it for what."""
        listing = self.listing(row["listing"])
        if listing.applications.filter(product=row["product"]).exists():
            return
        given = ApplicationInput(
            self.organisation(row["adopter"]).name,
            row["product"],
            self._before(row["since"]),
            scale=Decimal(row["scale"]),
            unit=row["unit"],
            before=Decimal(row["before"]),
            evidence=row["evidence"],
            tier=row.get("tier", "public"),
        )
        actions.add_application(listing, given, by=self.by(row["by"]), now=now, secrecy_reviewed=True)

    def participant(self, row: dict[str, Any], now: datetime) -> None:
        """Somebody is named; who has a login is asked."""
        listing, person = (
            self.listing(row["listing"]),
            self.cast.person(self.fiction.founders.get(row["who"], row["who"])),
        )
        if listing.participations.filter(role=row["role"], person=person).exists():
            return
        given = ParticipantInput(row["role"], person=person)
        actions.add_participant(listing, given, by=self.by(row["by"]), now=now, secrecy_reviewed=True)

    def answer(self, row: dict[str, Any], now: datetime) -> None:
        """He agrees or objects."""
        username = self.fiction.founders.get(row["who"], row["who"])
        named = self.listing(row["listing"]).participations.filter(
            role=row["role"], person=self.cast.person(username), answer="asked", removed_at=None
        )
        for one in named:
            actions.answer_participation(
                one, agrees=row["agrees"], by=self.by(username), now=now, reason=row.get("reason", "")
            )

    def registration(self, row: dict[str, Any], now: datetime) -> None:
        """成果登记, with a number of no place (999)."""
        listing = self.listing(row["listing"])
        if ResultRegistration.objects.filter(listing=listing).exists():
            return
        day = self._before(row["registered"])
        given = RegistrationInput(
            f"999{day.year}Y{row['serial']}",
            day,
            row["office"],
            study_from=f"{day.year - 3}-03",
            study_to=f"{day.year - 1}-12",
            **row["fields"],
        )
        actions.state_registration(listing, given, by=self.by(row["by"]), now=now, secrecy_reviewed=True)
