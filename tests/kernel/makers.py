"""Subjects with a workflow and the people around them, for tests that walk every registered table.

A workflow without a maker here fails tests/kernel/test_workflow.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mengkeju.deals.actions import claim_listing, declare_intention, name_obstacle
from mengkeju.deals.models import Claim, Deal, Landing, Milestone, Registration, Stall
from mengkeju.directory.models import Organisation
from mengkeju.events.actions import MeetingInput, PitchInput, invite_team, request_meeting
from mengkeju.events.engine.slots import span
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel import subjects
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from mengkeju.kernel.actions import begin
from mengkeju.kernel.models import Account, ImportBatch, StatefulRecord, WebhookEndpoint
from mengkeju.kernel.workflow import Workflow
from mengkeju.listings.actions import ListingInput, ReleaseInput, ask_to_see, begin_release, create_listing
from mengkeju.listings.actions.diagnosis import open_round
from mengkeju.listings.models import AccessRequest, Agenda, Bottleneck, Diagnosis, Listing, Release, WeakLink
from mengkeju.matching.actions import ask_about
from mengkeju.matching.engine import families
from mengkeju.matching.models import MatchModel, Question, WordPair
from tests import factories as f
from tests.deals import deal_rows, deal_samples
from tests.kernel.webhooks import receiver
from tests.listings import import_samples, list_samples
from tests.matching import models_world

# What makes every guard of every table content.
CONTENT: dict[str, Any] = {
    "secrecy_level": "公开",
    "secrecy_reviewed": True,
    "reason": "too_early",
    "reason_note": "",
    "outcome": "given_up",
    "evidence": "验收证书 2027-001 号（演示）",
    "helper": "演示",
    "contract_value": Decimal(1_000_000),
    "technology_value": Decimal(800_000),
    "number": "4203000012A45678",
    "registered_on": f.AT.date(),
    "body": "演示登记机构",
    "opinion": "演示意见",
    "live": families.shipped().version,  # the model a candidate's figures were measured beside
}


def listing(
    owner: Organisation | None = None,
    *,
    kind: str = "need",
    state: str = "draft",
    tier: str = "public",
    fictional: bool = True,
    **columns: Any,
) -> Listing:
    """A listing in a state, as if it had come there; owner verified, in 昆都仑区, when none is given."""
    owner = owner or f.organisation()
    values = {"title": "演示：气化细渣脱碳", "summary": "含碳高，建材厂不收"}
    if kind == "need":
        values |= {"present": "含碳 32%", "target": "烧失量不高于 8%", "constraints": "不停产", "tried": "筛分过"}
        values |= {"negotiable": "yes"}
    manager = f.manager(owner)
    made = create_listing(
        kind,
        ListingInput(values, tier=tier),
        owner=owner,
        by=f.actor(manager),
        now=f.AT,
        contact=f.person(manager),
        fictional=fictional,
    )
    Listing.objects.filter(pk=made.pk).update(state=state, **columns)
    made.refresh_from_db()
    return made


def intention(target: Listing | None = None, declaring: Organisation | None = None) -> StatefulRecord:
    """An intention on a published listing, just declared."""
    target = target or listing(state="published", published_at=f.AT)
    declaring = declaring or f.organisation(kind="university", area=f.XINCHENG)
    return declare_intention(target=target, declaring=declaring, by=f.actor(f.manager(declaring)), now=f.AT)


def diagnosis(of: Listing | None = None) -> Diagnosis:
    """The first round of a vague need, with everything a broker writes in it; waiting to be claimed."""
    need = of or listing(state="refining")
    made = open_round(need, by=SYSTEM, now=f.AT)
    words = {"findings": "到厂里问过：缺的是连续脱水", "public_title": "气化细渣连续脱水", "public_summary": "渣" * 20}
    Diagnosis.objects.filter(pk=made.pk).update(**words)
    made.refresh_from_db()
    return made


def question() -> Question:
    """A doubt of a firm about having no proposal; waiting for its answer."""
    need = listing(state="published")
    assert need.owner is not None
    return ask_about(need, None, "为什么没有推荐？", by=f.actor(f.manager(need.owner)), now=f.AT)


def import_batch(owner: Organisation | None = None) -> ImportBatch:
    """A file of one row, as far as its preview: what `confirm` asks for."""
    owner = owner or f.organisation()
    return import_samples.previewed([import_samples.row(1)], owner, f.actor(f.manager(owner)))


def access_request(target: Listing | None = None, asking: Organisation | None = None) -> AccessRequest:
    """A request to see what a published listing opens to parties only, just handed to its owner."""
    target = target or listing(state="published", published_at=f.AT)
    values = {**target.details["values"], "confidential": "配方"}
    Listing.objects.filter(pk=target.pk).update(details={**target.details, "values": values})
    asking = asking or f.organisation(kind="university", area=f.XINCHENG)
    return ask_to_see(target, "评估工艺", organisation=asking, by=f.actor(f.manager(asking)), now=f.AT)


def webhook(owner: Organisation | None = None) -> WebhookEndpoint:
    """An active endpoint of a verified organisation."""
    return receiver.endpoint(owner or f.organisation(), "https://events.example.org/in")[0]


def claim(of: Listing | None = None) -> StatefulRecord:
    """A published listing in a broker's hands."""
    return claim_listing(of or listing(state="published", published_at=f.AT), by=f.actor(f.broker()), now=f.AT)


def stall(of: StatefulRecord | None = None) -> StatefulRecord:
    """The obstacle of an intention."""
    of = of or intention()
    side = of.declaring  # type: ignore[attr-defined]  # an Intention
    made = name_obstacle(of, "price", by=f.actor(f.manager(side)), now=f.AT)  # type: ignore[arg-type]
    Stall.objects.filter(pk=made.pk).update(helper=f.person(f.broker()))  # a test puts it into any state
    made.refresh_from_db()
    return made


def release(*, out: bool = True) -> StatefulRecord:
    """A joint release of both cities by an officer above them; `out`: as if it had been released."""
    by = f.actor(f.officer(f.REGION))
    made = begin_release(ReleaseInput("演示联合发布", "", (f.HOHHOT, f.BAOTOU)), by=by, now=f.AT)
    if out:  # every state it is put into can then be kept
        Release.objects.filter(pk=made.pk).update(released_at=f.AT, planned_at=f.AT, digest="0" * 64)
    made.refresh_from_db()
    return made


def meeting(about: Listing | None = None, requesting: Organisation | None = None) -> Meeting:
    """A meeting about a published listing, just asked for; with what a test puts it into any state needs."""
    about = about or listing(state="published", published_at=f.AT)
    requesting = requesting or f.organisation(kind="university", area=f.XINCHENG)
    soon = span(f.AT + timedelta(days=4), 60)
    given = MeetingInput("演示：谈中试", [soon], link="https://meet.example.org/1", message="想先看样品")
    by = f.actor(f.manager(requesting))
    made = request_meeting(given, about=about, requesting=requesting, by=by, now=f.AT)
    Meeting.objects.filter(pk=made.pk).update(
        starts_at=soon.starts_at, ends_at=soon.ends_at, next_by="requesting", next_on=f.AT.date()
    )
    made.refresh_from_db()
    return made


def pitch(by: Account | None = None) -> Pitch:
    """A team from Berlin, invited by an officer of 包头."""
    given = PitchInput(
        "演示：固废利用", "Demo Lab", "德国", "Demo Guest", "guest@example.org", "en", "Europe/Berlin",
        span(f.AT + timedelta(days=4), 60), "https://meet.example.org/2",
    )  # fmt: skip
    return invite_team(given, by=f.actor(by or f.officer()), now=f.AT)


def matching(about: Listing, asker: Actor) -> None:
    """A doubt about having no proposal, two words to be judged, and a model that was trained."""
    models_world.candidate()
    ask_about(about, None, "为什么没有推荐？", by=asker, now=f.AT)
    word_pair()


def meetings(about: Listing, requesting: Organisation) -> None:
    """A meeting, a pitch whose team has accepted and one whose team has not answered."""
    meeting(about, requesting)
    pitch()
    Pitch.objects.update(state="accepted")
    pitch()


def word_pair() -> WordPair:
    """Two words that may mean the same, found in no text in particular."""
    words = {"one": "PHA", "other": "聚羟基脂肪酸酯", "one_key": "pha", "other_key": "聚羟基脂肪酸酯"}
    made = WordPair(kind="synonym", score=0.5, found_at=f.AT, **words)
    return begin(made, by=SYSTEM, now=f.AT, payload={})


def deal() -> Deal:
    """Talked about, with everything on it that lets both sides sign."""
    made = deal_samples.confirmed(deal_samples.deal())
    deal_rows.verdict(made)
    deal_rows.landing(made)
    Deal.objects.filter(pk=made.pk).update(signed_on=deal_samples.SIGNED_ON)
    made.refresh_from_db()
    return made


def registration() -> Registration:
    """The application of a signed deal, with what every state and every step of the desk asks for."""
    return deal_rows.registration(
        deal_samples.signed(), state="filed", number="4203000012A45678", registered_on=deal_samples.SIGNED_ON,
        needs_expert=True, expert_opinion="演示意见",
    )  # fmt: skip


def ready(subject: StatefulRecord, step: str) -> None:
    """Before a step that asks for what only it can find: an objection is turned down to where it came from."""
    if isinstance(subject, Registration) and step.startswith("keep_"):
        Registration.objects.filter(pk=subject.pk).update(objected_from=step.removeprefix("keep_"))
        subject.refresh_from_db()


MAKERS: dict[str, Callable[[], StatefulRecord]] = {
    "organisation": lambda: f.organisation(verified=False),
    # `source` lets the guard of publish_source pass.
    "listing": lambda: listing(source="演示来源", external_id="1"),
    "diagnosis": diagnosis,
    "intention": intention,
    "access_request": access_request,
    "import": import_batch,
    "webhook": webhook,
    "weak_link": list_samples.weak_link,
    "bottleneck": lambda: list_samples.bottleneck(evidence="验收证书 2027-001 号（演示）"),
    "agenda": lambda: list_samples.agenda(source="演示来源", external_id="1"),
    "claim": claim,
    "stall": stall,
    "release": release,
    "meeting": meeting,
    "pitch": pitch,
    "match_question": question,
    "match_model": models_world.candidate,
    "word_pair": word_pair,
    "deal": deal,
    "registration": registration,
    "milestone": lambda: deal_rows.milestone(deal_samples.signed()),
    "landing": lambda: deal_rows.landing(deal_samples.signed()),
}


def workflows() -> dict[str, Workflow]:
    """Every registered table by the key of its subject type."""
    return {s.key: s.workflow for s in subjects.subject_types.values() if s.workflow is not None}


def put(subject: StatefulRecord, state: str) -> None:
    """Put a subject into a state, past the table: only tests may."""
    type(subject)._base_manager.filter(pk=subject.pk).update(state=state)
    subject.refresh_from_db()


@dataclass(frozen=True)
class Cast:
    """Actors by name."""

    actors: dict[str, Actor]

    def permitted(self, permission: str, obj: Any) -> Actor | None:
        """Somebody who has the permission on the object."""
        return next((a for a in self.actors.values() if may(a, permission, obj)), None)


def _suspended() -> Account:
    account = f.manager(f.organisation())
    Account.objects.filter(pk=account.pk).update(suspended_at=f.AT, suspended_reason="演示")
    return account


def cast(*, owner: Organisation | None = None, other: Organisation | None = None) -> Cast:
    """One of each kind of person, around a firm in 昆都仑区 (`owner`) and a university in 新城区 (`other`)."""
    owner = owner or f.organisation()
    other = other or f.organisation(kind="university", area=f.XINCHENG)
    accounts = {
        "manager of owner": f.manager(owner),
        "member of owner": f.member(owner),
        "manager of other": f.manager(other),
        "unverified": f.manager(f.organisation(verified=False)),
        "suspended": _suspended(),
        "without organisation": f.account(),
        "officer of baotou": f.officer(f.BAOTOU),
        "officer of hohhot": f.officer(f.HOHHOT),
        "officer of kundulun": f.officer(f.KUNDULUN),
        "officer of the region": f.officer(f.REGION),
        "officer without second factor": f.with_role("officer", area=f.BAOTOU, second_factor=False),
        "registrar of the region": f.registrar(f.REGION),
        "registrar of hohhot": f.registrar(),
        "broker": f.broker(),
        "broker of baotou": f.broker(f.BAOTOU),
        "operator": f.operator(),
        "security administrator": f.security_admin(),
        "auditor": f.auditor(),
        "registrar of kundulun": f.with_role("registrar", area=f.KUNDULUN),
        "registrar of other": f.with_role("registrar", area=f.HOHHOT, of=f.member(other)),
    }
    actors = {name: f.actor(account) for name, account in accounts.items()}
    return Cast({"visitor": ANONYMOUS, "platform": SYSTEM, **actors})


def cast_of(subject: StatefulRecord) -> Cast:  # noqa: C901, PLR0912 - one line for each model
    """The people around one subject of any workflow."""
    if isinstance(subject, Organisation):
        return cast(owner=subject)
    if isinstance(subject, Listing):
        return cast(owner=subject.owner)
    if isinstance(subject, WeakLink | Release):
        return cast()
    if isinstance(subject, Agenda):
        return cast(owner=subject.organisation)
    if isinstance(subject, Bottleneck):
        people = cast(owner=subject.nominator)
        people.actors["officer of a named bureau"] = list_samples.bureau_officer(subject)
        return people
    if isinstance(subject, AccessRequest):
        return cast(owner=subject.listing.owner, other=subject.organisation)
    if isinstance(subject, Diagnosis):
        made = cast(owner=subject.listing.owner)
        claimant = made.actors["broker"].account_id  # whoever concludes has claimed it
        Diagnosis.objects.filter(pk=subject.pk).update(broker=claimant, claimed_at=f.AT)
        subject.refresh_from_db()
        return made
    if isinstance(subject, ImportBatch | WebhookEndpoint):
        assert subject.organisation is not None
        return cast(owner=Organisation.objects.filter(uid=subject.organisation).first())
    if isinstance(subject, Claim):
        people = cast(owner=subject.listing.owner)
        assert subject.broker.account is not None
        return Cast({**people.actors, "claimant": f.actor(subject.broker.account)})
    if isinstance(subject, Meeting):
        return cast(owner=subject.invited, other=subject.requesting)
    if isinstance(subject, Pitch):
        assert subject.created_by is not None
        return Cast({**cast().actors, "host": f.actor(subject.created_by)})
    if isinstance(subject, Question):
        assert subject.person.account is not None
        people = cast(owner=subject.listing.owner)
        return Cast({**people.actors, "asker": f.actor(subject.person.account)})
    if isinstance(subject, WordPair):
        return cast()
    if isinstance(subject, MatchModel):  # whoever asks for an override does not confirm it
        return Cast({**cast().actors, "another operator": f.actor(f.operator())})
    if isinstance(subject, Registration | Milestone | Landing):
        subject = subject.deal
    if isinstance(subject, Deal):
        sides = {party.side: party.organisation for party in subject.parties.filter(role="lead")}
        return cast(owner=sides["buyer"], other=sides["seller"])
    if isinstance(subject, Stall):
        subject = subject.intention
    return cast(owner=subject.answering, other=subject.declaring)  # type: ignore[attr-defined]  # an Intention


def page_without(response: Any, *words: str) -> str:
    """A page as text, without the given words and what differs in every answer (the token against forged forms)."""
    text = re.sub(r'(csrf[^>]*?)(value|content)="[^"]*"', r"\1", response.content.decode(), flags=re.IGNORECASE)
    for word in words:
        text = text.replace(word, "")
    return text
