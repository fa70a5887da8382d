"""One region in which every list has `n` rows: grown from 5 to 25, so that pages can be counted at both sizes.

What people do is done by the actions; rows of which only the number matters are written to the tables.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from axes.models import AccessAttempt
from django_tasks_db.models import DBTaskResult

from mengkeju.deals import actions as deals
from mengkeju.deals.models import Intention
from mengkeju.directory import actions as directory
from mengkeju.directory.models import ApiToken, Invitation, Organisation, Person
from mengkeju.kernel import clock
from mengkeju.kernel.exchange import batches
from mengkeju.kernel.models import Account, Event, ImportBatch, WebhookDelivery, WebhookEndpoint
from mengkeju.listings import actions as listings
from mengkeju.listings.engine.links import LINK_ROLES
from mengkeju.listings.models import Listing, ListingLink, Release
from mengkeju.listings.queries.releases import content_digest
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal
from mengkeju.search.actions import rebuild_index
from tests import factories as f
from tests.counts import lives
from tests.listings import samples
from tests.matching import models_world

_numbers = count(1)
SECRET = "只给合作方看的密语"
GOAL = {"policy_goals": ["carbon_peak_neutrality"]}


@dataclass
class World:
    """The region. The first of each kind is the object whose own page is counted."""

    firm: Organisation
    institute: Organisation
    officer: Account
    platform: Organisation
    bureau: Organisation
    people: dict[str, Account]
    needs: list[Listing] = field(default_factory=list)
    achievements: list[Listing] = field(default_factory=list)
    waiting: list[Listing] = field(default_factory=list)
    drafts: list[Listing] = field(default_factory=list)
    applicants: list[Organisation] = field(default_factory=list)
    intentions: list[Intention] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many of each there are."""
        return len(self.needs)

    @property
    def batch(self) -> ImportBatch:
        """The import of `size` rows."""
        return ImportBatch.objects.order_by("-pk")[0]

    def grow(self, to: int) -> None:
        """Until there are `to` of each."""
        for _number in range(self.size, to):
            self._listings()
            self._organisations()
            self._first_objects()
            self._bulk()
            self._models()
            lives.grow(self)
        self._import()
        self._release()
        compute.match_all(now=f.AT)
        rebuild_index()

    def _listings(self) -> None:
        by = f.actor(self.officer)
        number = next(_numbers)
        need = samples.published(self.firm, by=by, title=f"气化细渣脱碳的第{number}个需求", confidential=SECRET)
        title = f"浮选脱碳的第{number}项成果"
        self.needs.append(need)
        stated = {"title": title, "area": f.XINCHENG, "confidential": SECRET} | GOAL
        self.achievements.append(samples.published(self.institute, "achievement", by=by, **stated))
        self.waiting.append(samples.submitted(self.firm))
        self.drafts.append(samples.draft(self.firm))
        of_institute = samples.manager_of(self.institute)
        made = deals.declare_intention(target=need, declaring=self.institute, by=of_institute, now=samples.LATER)
        self.intentions.append(made)

    def _organisations(self) -> None:
        made = f.organisation(verified=False)
        directory.submit_for_verification(made, by=samples.manager_of(made), now=f.AT)
        self.applicants.append(made)
        f.member(self.firm)
        f.broker(f.BAOTOU)

    def _first_objects(self) -> None:
        """One more row on each object whose page is counted."""
        need, achievement, number = self.needs[0], self.achievements[-1], next(_numbers)
        ListingLink.objects.create(source=need, target=achievement, role=next(iter(LINK_ROLES)))
        of_firm = samples.manager_of(self.firm)
        stated = listings.ListingInput(
            {
                "title": need.title,
                "summary": f"{samples.SUMMARY}，第{number}稿",
                "area": f.KUNDULUN,
                "confidential": SECRET,
            },
            secrecy_reviewed=True,
        )
        listings.edit_listing(need, stated, by=of_firm, now=samples.LATER)
        deals.write_message(self.intentions[0], f"第{number}条留言", by=of_firm, now=samples.LATER)

    def _bulk(self) -> None:
        number, at = next(_numbers), clock.now()
        manager = f.manager(self.firm)
        Invitation.objects.create(
            organisation=self.firm, email=f"yaoqing{number}@example.org", token_digest=f"{number:064d}",
            expires_at=at + timedelta(days=7), created_at=at, created_by=manager, area=self.firm.area,
        )  # fmt: skip
        for organisation in (None, self.firm):
            ApiToken.objects.create(
                account=manager, organisation=organisation, name=f"令牌{number}", prefix="mkj_test",
                digest=f"{organisation is None}{number:059d}", scopes=["search:read"],
                expires_at=at + timedelta(days=9), created_at=at, created_by=manager,
            )  # fmt: skip
            hook = WebhookEndpoint.objects.create(
                organisation=organisation.uid if organisation else None, url="https://example.org/hook",
                description=f"推送{number}", types=["listing.approve"], state="active", state_at=at, created_at=at,
            )  # fmt: skip
        event = Event.objects.order_by("-pk")[0]
        first = WebhookEndpoint.objects.filter(organisation=self.firm.uid).order_by("pk").first() or hook
        WebhookDelivery.objects.create(
            endpoint=first, event=event.uid, type=event.type, happened_at=at, created_at=at, queued_at=at, next_at=at
        )
        AccessAttempt.objects.create(
            username=f"wuming{number}", ip_address="192.0.2.1", failures_since_start=5, user_agent="", attempt_time=at
        )
        DBTaskResult.objects.create(
            id=uuid4(), status="FAILED", task_path="mengkeju.matching.tasks.compute_waiting", args_kwargs={},
            backend_name="default", queue_name="default", finished_at=at, run_after=at,
        )  # fmt: skip

    def _models(self) -> None:
        """One more model, and one more showing of a proposal, on the operator's page."""
        models_world.candidate(f"演示候选{next(_numbers)}", text=1 + next(_numbers) / 100)
        row = Proposal.objects.order_by("pk").last()
        if row is not None:
            models_world.show(row, 1, at=f.AT + timedelta(days=next(_numbers)))

    def _import(self) -> None:
        lines = ["题目,要点说明", *(f"导入的第{next(_numbers)}个需求,{samples.SUMMARY}" for _row in range(self.size))]
        while ImportBatch.objects.count() < self.size:
            file = BytesIO("\n".join(lines).encode())
            by = samples.manager_of(self.firm)
            given: dict[str, Any] = {"owner": self.firm.uid, "declared": True, "by": by, "now": clock.now()}
            batch = batches.upload(file, f"需求{next(_numbers)}.csv", "listing.need", **given)
            mapping = {s.heading: s.field for s in batches.suggestions(batch)}
            batches.map_columns(batch, mapping, by=by, now=clock.now())

    def _release(self) -> None:
        """A joint release of all needs; another one each time, of which the last is counted."""
        by = f.actor(self.officer)
        made = listings.begin_release(listings.ReleaseInput("演示联合发布", "", (f.BAOTOU,)), by=by, now=f.AT)
        listings.add_needs(made, [need.uid for need in self.needs], by=by, now=f.AT)
        listings.confirm_part(made, f.BAOTOU, digest=content_digest(made), by=by, now=f.AT)
        listings.release_now(made, by=by, now=f.AT)
        while Release.objects.filter(state="collecting").count() < self.size:
            listings.begin_release(listings.ReleaseInput("演示", "", (f.BAOTOU,)), by=by, now=f.AT)

    def release(self) -> Release:
        """The last one released."""
        return Release.objects.filter(state="released").order_by("-pk")[0]

    def person(self) -> Person:
        """A colleague of the firm."""
        return f.person(f.manager(self.firm))


def begin() -> World:
    """The people, nothing on the lists yet."""
    firm = f.organisation("乌拉演示厂（演示）")
    institute = f.organisation("青城演示院（演示）", kind="university", area=f.XINCHENG)
    officer = f.officer(f.REGION)
    people = {
        "member": f.manager(firm),
        "broker": f.broker(),
        "officer": officer,
        "operator": f.operator(),
        "security": f.security_admin(),
        "auditor": f.auditor(),
    }
    platform, bureau = f.organisation(kind="platform"), f.organisation(kind="government")
    people |= {
        "institute": f.manager(institute),
        "platform": f.manager(platform),
        "bureau": f.with_role("officer", area=f.BAOTOU, of=f.member(bureau)),
    }
    return World(firm, institute, officer, platform, bureau, people)
