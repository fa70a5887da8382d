"""One object of each type in each state that matters, each full of planted secrets.

`World.things` are the objects by type, as addresses name them. `see` is the permission by which a type is read: the
table of subjects where it has one. What the platform keeps of a type in secret is planted beside the object.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from mengkeju.deals import actions as deals
from mengkeju.deals.models import Intention, Message
from mengkeju.directory import actions as directory
from mengkeju.directory.actions import EvaluationInput, TitleInput
from mengkeju.directory.models import Area, Organisation, RoleGrant, Term
from mengkeju.kernel import audit, clock, consent, signing
from mengkeju.kernel.access import SYSTEM, Actor, may
from mengkeju.kernel.models import File, Notice, SigningKey
from mengkeju.kernel.subjects import subject_types
from mengkeju.listings.models import NeedOutcome
from mengkeju.matching import actions as matching
from mengkeju.matching.models import Feedback, Proposal
from tests import factories as f
from tests.crawl import deals as deal_world
from tests.crawl import diagnoses, disclosed, doors, meetings, parts, releases, searches, shelves, stock
from tests.crawl.doors import may_read_record, or_record
from tests.crawl.people import Company, company, refresh
from tests.crawl.secrets_planted import Planted
from tests.kernel.makers import word_pair
from tests.matching import models_world

MISSING = "missing"
# Read permissions of what is no subject. None: whoever comes so far may see it.
SEE: dict[str, str | None] = {
    **dict.fromkeys(("grant", "job", "code", "event", "vocabulary", "delivery", "agenda_item", "stop_token")),
    "listing_file": None,
    "guest_token": None,
    "deal_link": None,
    "stalled": "deals.intention:see_stalled",
    "contract_account": "deals.contract_account:read",
}
MISSING_TOO = (
    "listing", "organisation", "intention", "person", "file", "invitation", "api_token", "proposal",
    "match_model", "word_pair", "match_question", "release", "import", "webhook", "delivery", "weak_link",
    "bottleneck", "agenda", "title", "claim", "stalled", "stall", "saved_search", "application", "ip_right",
    "participation", "access_request", "listing_file", "diagnosis", "meeting", "pitch", "guest_token",
)  # fmt: skip
"""Types of which an address may also name what is not there."""
NAMES = {"proposal": "match", "colleague": "person", "ledger": "import"}
"""Types of the subjects table by what the crawl calls them."""


@dataclass(frozen=True)
class Thing:
    """One object of the world: what it is called in findings, what stands for it in an address. None: no object."""

    label: str
    value: str
    obj: Any = None


@dataclass
class World:
    """Everything there is. `tokens`: secrets by whose they are."""

    people: Company
    planted: Planted
    things: dict[str, list[Thing]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _answers: dict[tuple[Actor, str, int], bool] = field(default_factory=dict)

    def put(self, kind: str, label: str, obj: Any, value: str = "") -> None:
        """Keep an object; its uid names it unless told otherwise."""
        self.things.setdefault(kind, []).append(Thing(label, value or str(obj.uid), obj))

    def one(self, kind: str, label: str) -> Any:
        """An object by its label."""
        return next(thing.obj for thing in self.things[kind] if thing.label == label)

    def read_permission(self, kind: str) -> str | None:
        """By which a type is read; None when whoever comes so far may."""
        return SEE[kind] if kind in SEE else subject_types[NAMES.get(kind, kind)].read

    def once(self, actor: Actor, what: str, obj: Any, answer: Callable[[], bool]) -> bool:
        """What the table answers of an object of this world: asked once, for every request is undone."""
        key = (actor, what, id(obj))
        if key not in self._answers:
            self._answers[key] = answer()
        return self._answers[key]

    def sees(self, actor: Actor, kind: str, obj: Any) -> bool:
        """Whether the table lets the actor read the object: the instance form of the rule, and not archived."""
        return self.once(actor, f"sees {kind}", obj, lambda: self._sees(actor, kind, obj))

    def _sees(self, actor: Actor, kind: str, obj: Any) -> bool:
        if kind == "file":
            return may_read_file(actor, obj)
        if kind == "agenda_item":
            return self.sees(actor, "agenda", obj.agenda)
        if kind == "delivery":
            return self.sees(actor, "webhook", obj.endpoint)
        if getattr(obj, "archived_at", None) is not None:
            return False
        permission = self.read_permission(kind)
        return permission is None or may(actor, permission, obj)


def may_read_file(actor: Actor, file: File) -> bool:
    """Who stored it, and who may read a message it hangs on."""
    if may(actor, "kernel.file:read", file):
        return True
    hung = file.attachments.filter(subject_type="message").values_list("subject_uid", flat=True)
    messages = Message.objects.filter(uid__in=list(hung)).select_related("intention")
    return any(may(actor, "deals.message:read", message) for message in messages)


def world() -> World:
    """Build it all; call once, inside a transaction that is rolled back."""
    planted = Planted()
    people = company(planted)
    made = World(people, planted)
    for build in (
        _organisations, _listings, diagnoses.build, releases.build, _intentions, deal_world.build, _care,
        disclosed.build, _proposals, _doubts, _people, _kept, shelves.build, doors.build, searches.build, parts.build,
        meetings.build,
    ):  # fmt: skip
        build(made)
    refresh(people)
    lacking = set(subject_types) - {NAMES.get(kind, kind) for kind in made.things}
    assert not lacking, f"no object of {sorted(lacking)} in the crawl's world: plant one"
    for kind in (*MISSING_TOO, *deal_world.MISSING_TOO):
        made.things[kind].append(Thing(MISSING, str(uuid4())))
    made._answers.clear()
    return made


def _organisations(made: World) -> None:
    people, now = made.people, clock.now()
    for name, organisation in people.organisations.items():
        made.put("organisation", name, organisation)
    directory.submit_for_verification(people.applying, by=people.actor("applicant"), now=now)

    def inside(actor: Actor) -> bool:
        return any(may(actor, p, people.newcomer) for p in ("directory.organisation:edit", "directory.colleague:read"))

    note = made.planted.word("why the verification was refused", or_record(inside))
    directory.submit_for_verification(people.newcomer, by=people.actor("unverified"), now=now)
    directory.refuse_organisation(people.newcomer, by=people.actor("officer here"), now=now, note=note)
    gone = f.organisation()
    Organisation.objects.filter(pk=gone.pk).update(archived_at=now, archived_by=f.manager(gone))
    gone.refresh_from_db()
    made.put("organisation", "archived", gone)


def _listings(made: World) -> None:
    for label, listing in stock.listings(made.people, made.planted):
        made.put("listing", label, listing)
    for outcome in NeedOutcome.objects.select_related("listing__owner").order_by("pk"):
        made.put("outcome", f"of {outcome.listing.title}", outcome)


def _read(permission: str, obj: Any) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, permission, obj)


def _declare(made: World, target: str, who: str, counter: str = "") -> Intention:
    """An intention with a message that only its parties may read."""
    people = made.people
    box: list[Intention] = []

    def reads(actor: Actor) -> bool:
        return may(actor, "deals.intention:read", box[0])

    by = people.actor(who)
    box.append(
        deals.declare_intention(
            target=made.one("listing", target),
            declaring=Organisation.objects.get(uid=by.memberships[0].organisation),
            counter=made.one("listing", counter) if counter else None,
            message=made.planted.word(f"message of the intention of {who} on {target}", reads),
            by=by,
            now=clock.now(),
        )
    )
    return box[0]


def _thread(made: World, intention: Intention, who: str) -> None:
    """A message and its file; the secrets are told with the objects that decide who reads them."""
    planted = made.planted
    box: list[Any] = []

    def reads(actor: Actor) -> bool:
        return may(actor, "deals.message:read", box[0])

    name = planted.word(f"name of a file of {who}", or_record(lambda actor: may_read_file(actor, box[0].file)))
    content = planted.word(f"content of a file of {who}", lambda actor: may_read_file(actor, box[0].file))
    upload = SimpleUploadedFile(f"{name}.txt", content.encode())
    text = planted.word(f"message of {who}", reads)
    message = deals.write_message(intention, text, by=made.people.actor(who), now=clock.now(), uploads=(upload,))
    file = File.objects.get(attachments__subject_uid=message.uid)
    planted.known(file.sha256, f"digest of the file of {who}", or_record(lambda actor: may_read_file(actor, file)))
    message.file = file  # type: ignore[attr-defined]  # kept together for the rules above
    box.append(message)
    made.put("file", f"of {who} on {intention.state}", file)
    made.put("message", f"of {who}", message)


def _intentions(made: World) -> None:
    people, now = made.people, clock.now()
    accepted = _declare(made, "need public published", "counterpart", "of the institute")
    deals.answer_intention(accepted, accept=True, by=people.actor("owner"), now=now)
    declared = _declare(made, "achievement members published", "counterpart")
    declined = _declare(made, "patent public published", "counterpart")
    note = made.planted.word("why it was declined", or_record(_read("deals.intention:read", declined)))
    deals.answer_intention(declined, accept=False, by=people.actor("owner"), now=now, reason="other", reason_note=note)
    introduced = deals.introduce(
        target=made.one("listing", "need members published"),
        counter=made.one("listing", "of the institute"),
        message=made.planted.word("message of the broker", lambda a: may(a, "deals.intention:read", introduced)),
        by=people.actor("broker"),
        now=now,
    )
    for label, intention in (
        ("accepted", accepted), ("declared", declared), ("declined", declined), ("introduced", introduced),
    ):  # fmt: skip
        intention.refresh_from_db()
        made.put("intention", label, intention)
    for who in ("owner", "counterpart"):
        _thread(made, accepted, who)
    _thread(made, introduced, "broker")


def _care(made: World) -> None:
    """What is claimed, stands still, and is held by title: each reason and note planted."""
    people, now = made.people, clock.now()
    broker, officer = people.actor("broker"), people.actor("officer above")
    box: list[Any] = []

    def reads_claim(actor: Actor) -> bool:
        return may(actor, "deals.claim:read", box[0])

    reason = made.planted.word("why a claim was released", or_record(reads_claim))
    box.append(deals.claim_listing(made.one("listing", "patent public published"), by=broker, now=now))
    deals.release_claim(box[0], by=broker, now=now, note=reason)
    made.put("claim", "released", box[0])
    made.put(
        "claim", "held", deals.claim_listing(made.one("listing", "achievement public published"), by=broker, now=now)
    )
    for label in ("accepted", "introduced"):
        intention = made.one("intention", label)
        see = _read("deals.intention:see_stalled", intention)
        note = made.planted.word(f"what is in the way of the {label} one", or_record(see))
        stall = deals.name_obstacle(intention, "price", note, by=people.actor("owner"), now=now)
        made.put("stalled", label, intention)
        made.put("stall", label, stall)
    title = directory.grant_title(
        people.firm, TitleInput("leading", "city", "演示局", "演示〔2026〕1号", clock.today()), by=officer, now=now
    )
    made.put("title", "in force", title)
    body = TitleInput("transfer_body", "region", "演示厅", "演示〔2024〕2号", clock.today() - timedelta(days=800))
    directory.grant_title(people.institute, body, by=officer, now=now)
    year = clock.today().year - 1
    judged = EvaluationInput(year, "passed", "演示〔2026〕3号", clock.today())
    made.put("body_evaluation", "passed", directory.evaluate_body(people.institute, judged, by=officer, now=now))


def _proposals(made: World) -> None:
    now = clock.now()
    for label, need in (("public", "need public published"), ("parties", "need parties published")):
        proposal = Proposal.objects.create(
            need=made.one("listing", need),
            achievement=made.one("listing", "of the institute"),
            need_rank=1, achievement_rank=1, expected=2.0, p2=0.5, p3=0.2, p4=0.1, model_version="演示",
            computed_at=now, created_at=now,
        )  # fmt: skip
        made.put("proposal", label, proposal)
    made.put("match_model", "candidate", models_world.candidate("演示候选"))
    made.put("word_pair", "found", word_pair())
    firm = made.people.firm

    def own(actor: Actor) -> bool:
        return firm.uid in actor.organisations

    Feedback.objects.create(
        proposal=made.one("proposal", "public"),
        organisation=firm,
        reason="other",
        note=made.planted.word("why a proposal was set aside", own),
        model_version="演示",
        given_at=now,
    )


def _doubts(made: World) -> None:
    """A doubt about a proposal that is answered, and one about having none that waits."""
    people, now, box = made.people, clock.now(), list[Any]()

    def reads(actor: Actor) -> bool:
        return may(actor, "matching.question:read", box[0])

    asker, listing = people.actor("owner"), made.one("listing", "need public published")
    text = made.planted.word("a doubt about a proposal", or_record(reads))
    box.append(matching.ask_about(listing, made.one("proposal", "public"), text, by=asker, now=now))
    answer = made.planted.word("the answer to a doubt", or_record(reads))
    matching.answer_question(box[0], answer, by=people.actor("operator"), now=now)
    made.put("match_question", "answered", box[0])
    waiting = matching.ask_about(listing, None, "为什么没有推荐？", by=asker, now=now)
    made.put("match_question", "open", waiting)


def _people(made: World) -> None:
    for name in ("owner", "colleague", "officer here", "security"):
        made.put("person", name, f.person(made.people.accounts[name]))
    made.put("colleague", "colleague", f.person(made.people.accounts["colleague"]))
    grant = RoleGrant.objects.filter(role="officer").order_by("pk").first()
    made.put("grant", "officer", grant)
    owner, actor = made.one("person", "owner"), made.people.actor("owner")
    himself = or_record(_read("directory.person:export", owner))
    consent.give(
        "person", owner.uid, "listings.reads", by=actor, now=clock.now(),
        text_version=made.planted.word("version of the text consented to", himself),
        scope=made.planted.word("scope of a consent", himself),
    )  # fmt: skip
    Notice.objects.create(
        account=made.people.accounts["owner"].uid,
        kind="crawl",
        title=made.planted.word("title of a notice", _read("directory.person:export", owner)),
        subject_type="person",
        subject_uid=owner.uid,
        created_at=clock.now(),
    )


def _kept(made: World) -> None:
    """What the platform keeps of its own work: events, jobs, failed sign-ins; and the reference data."""
    planted, now = made.planted, clock.now()
    made.put("signing_key", "in use", SigningKey.objects.get(key=signing.current(now=now).name))
    payload = {"before": planted.word("payload of an event", may_read_record)}
    event = audit.record("crawl.planted", made.people.firm, by=SYSTEM, now=now, payload=payload)
    made.put("event", "planted", event)
    job = DBTaskResult.objects.create(
        status="FAILED", task_path="mengkeju.search.tasks.rebuild", args_kwargs={"args": [], "kwargs": {}},
        backend_name="default", enqueued_at=now, finished_at=now, run_after=now,
        traceback=planted.word("traceback of a job", lambda actor: may(actor, "kernel.jobs:read")),
        exception_class_path="builtins.ValueError", priority=0, queue_name="default", worker_ids=[],
    )  # fmt: skip
    made.put("job", "failed", job, str(job.id))
    AccessAttempt.objects.create(
        username=planted.word("name of a failed sign-in", lambda actor: may(actor, "directory.people:read")),
        ip_address="192.0.2.1", failures_since_start=5, attempt_time=now, user_agent="", get_data="", post_data="",
        path_info="",
    )  # fmt: skip
    term = Term.objects.filter(vocabulary__key="field").order_by("pk").first()
    assert term is not None
    made.put("term", "field", term, term.key)
    made.put("vocabulary", "field", term.vocabulary, term.vocabulary.key)
    zone = Area.objects.filter(kind="zone").order_by("pk").first()
    assert zone is not None
    for label, area in (("city", Area.objects.get(code=f.BAOTOU)), ("zone", zone)):
        made.put("area", label, area, area.code)
