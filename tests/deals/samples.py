"""Pairs of organisations and their intentions for tests, made through the actions."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.models import Intention
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as listings

NOW = listings.LATER
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00 this program"


@dataclass(frozen=True)
class Pair:
    """A firm with a need, an institute with an achievement; both published, each with a text only parties see."""

    firm: Organisation
    institute: Organisation
    need: Listing
    achievement: Listing

    @property
    def of_firm(self) -> Actor:
        """The firm's manager."""
        return listings.manager_of(self.firm)

    @property
    def of_institute(self) -> Actor:
        """The institute's manager."""
        return listings.manager_of(self.institute)

    def client(self, side: str) -> Client:
        """A browser of the manager of `firm` or `institute`."""
        return f.signed_in_client(f.manager(getattr(self, side)))

    def declared(self, **given: Any) -> Intention:
        """The institute declares on the firm's need."""
        options: dict[str, Any] = {
            "target": self.need,
            "declaring": self.institute,
            "by": self.of_institute,
            "now": NOW,
        }
        return actions.declare_intention(**(options | given))

    def introduced(self, broker: Actor) -> Intention:
        """A broker brings the institute to the firm."""
        return actions.introduce(target=self.need, counter=self.achievement, by=broker, now=NOW, message="两家互补")

    def bring(self, intention: Intention, state: str) -> Intention:
        """Move a declared one to a state by whoever may."""
        by, now = self.of_institute, NOW
        if state in {"accepted", "talking", "ready"}:
            actions.answer_intention(intention, accept=True, by=self.of_firm, now=now)
        if state in {"talking", "ready"}:
            actions.move_intention(intention, "talk", by=by, now=now)
        if state == "ready":
            actions.move_intention(intention, "agree", by=by, now=now)
        if state == "declined":
            actions.answer_intention(intention, accept=False, by=self.of_firm, now=now, reason="too_early")
        if state == "withdrawn":
            actions.move_intention(intention, "withdraw", by=by, now=now, note="计划有变")
        if state == "lapsed":
            actions.lapse_intention(intention.uid, now=now)
        intention.refresh_from_db()
        assert intention.state == state
        return intention


def pair() -> Pair:
    """A firm of one city and an institute of the other."""
    firm = f.organisation("乌拉演示厂（演示）")
    institute = f.organisation("青城演示院（演示）", kind="university", area=f.XINCHENG)
    officer = listings.reviewer()
    need = listings.published(firm, by=officer, title="细渣脱碳的需求", confidential="厂方密语")
    achievement = listings.published(
        institute, "achievement", by=officer, title="浮选脱碳的成果", area=f.XINCHENG, confidential="院方密语"
    )
    return Pair(firm, institute, need, achievement)
