"""Rules are ORs of ANDs; both forms of every rule agree."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model, Q

from mengkeju.deals.actions import write_message
from mengkeju.deals.models import (
    Acceptance,
    Amendment,
    Arrival,
    Benefit,
    ContractText,
    Deal,
    DealHelper,
    DealParty,
    FundingLine,
    GapItem,
    Instalment,
    Intention,
    Message,
    Milestone,
    Offer,
    PaymentRecord,
    PriceLine,
    Registration,
    RegistrationDocument,
    Renewal,
    WorkPackage,
    YearResult,
)
from mengkeju.directory.models import Invitation, Organisation, Person
from mengkeju.kernel import access, files, signing
from mengkeju.kernel.access import (
    ANONYMOUS,
    EVERYTHING,
    NOTHING,
    Actor,
    Grant,
    Membership,
    RefusedError,
    actor_only,
    any_of,
    anyone,
    describe,
    is_active,
    is_signed_in,
    is_system,
    may,
    of_organisation,
    over_area,
    permissions,
    require,
    visible_q,
    visible_to,
    where,
)
from mengkeju.kernel.kinds import DuplicateKeyError, Registry
from mengkeju.kernel.models import File
from mengkeju.kernel.subjects import subject_types
from mengkeju.listings.models import Application, Diagnosis, Listing, MaturityStep, PartyAccess
from mengkeju.matching.models import MatchModel, Proposal, Question, WordPair
from mengkeju.search.models import SavedSearch
from tests import factories as f
from tests import tokens
from tests.access_forms import disagreements
from tests.deals import deal_rows
from tests.directory import body_samples
from tests.directory.test_titles import granted as title_of
from tests.kernel.makers import (
    Cast,
    access_request,
    cast,
    claim,
    diagnosis,
    import_batch,
    intention,
    listing,
    matching,
    meetings,
    release,
    stall,
    webhook,
)
from tests.kernel.webhooks.receiver import endpoint
from tests.listings import list_samples, part_samples

# Permissions whose object is of another model than their name says.
OBJECTS: dict[str, type[Model]] = {
    "directory.colleague": Organisation, "listings.review": Listing, "listings.readers": Listing,
    "matching.list": Listing, "matching.proposal": Proposal,
    "matching.question:ask": Listing, "matching.question": Question, "matching.words": WordPair,
    "matching.model": MatchModel, "matching.partners:list": Listing,
    "listings.access": Listing, "listings.disclosure": Listing, "listings.evidence": Listing,
    "listings.funnel": Listing, "listings.shelf": Listing, "listings.outcome:confirm": Listing,
    "listings.part": Application,
    "deals.deal:open": Intention, "deals.talk": Deal, "deals.cooperation": Deal, "deals.text": Deal,
    "deals.payment:record": Deal,
    "deals.deal_part": DealParty, "deals.helper": DealHelper, "deals.payment": PaymentRecord,
    "deals.milestone:plan": Deal, "deals.acceptance": Deal, "deals.arrival": Deal,
    "deals.landing:record": Deal, "deals.benefit": Deal,
    "deals.registration": Registration, "deals.registration:prepare": Deal,
    "deals.claim_basis:draw": Deal, "deals.contract_account": Organisation,
    "deals.registration_part": RegistrationDocument, "deals.agency": Organisation,
}  # fmt: skip


def model_of(permission: str) -> type[Model] | None:
    """The model whose objects a permission is asked on; None when it is asked without an object."""
    place = permission.rpartition(":")[0]
    subject = subject_types.get(place.rpartition(".")[2])
    return OBJECTS.get(permission) or OBJECTS.get(place) or (subject.model if subject else None)


# ---- Rules ------------------------------------------------------------------------------------------

red, blue = where("red", "红", colour="red"), where("blue", "蓝", colour="blue")
big = where("big", "大", size=("L", "XL"))


class Thing:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_rules", Registry("permissions"))
    access.register({"t:both": ((red, big), (blue,)), "t:any": any_of(red, blue), "t:in": ((is_signed_in, is_active),)})


@pytest.mark.parametrize(
    ("colour", "size", "both", "either"),
    [("red", "L", True, True), ("red", "S", False, True), ("blue", "S", True, True), ("green", "XL", False, False)],
)
def test_a_rule_is_an_or_of_ands(rules: None, colour: str, size: str, *, both: bool, either: bool) -> None:
    thing = Thing(colour=colour, size=size)
    assert may(ANONYMOUS, "t:both", thing) is both
    assert may(ANONYMOUS, "t:any", thing) is either


def test_a_refusal_says_rule_and_who_may(rules: None) -> None:
    with pytest.raises(RefusedError) as refused:
        require(ANONYMOUS, "t:both", Thing(colour="green", size="S"))
    assert (refused.value.rule, refused.value.who_may) == ("需要：红 且 大；或 蓝", "红 且 大；或 蓝")
    assert describe(any_of(red)) == "红"
    for state, words in (({"suspended": True}, "暂停"), ({"second_factor_missing": True}, "二次验证")):
        with pytest.raises(RefusedError) as refused:
            require(Actor(account_id=1, **state), "t:in")  # type: ignore[arg-type]  # both are flags
        assert words in refused.value.rule


def test_who_lacks_only_an_active_account_is_told_so_and_not_what_he_fulfils_already(rules: None) -> None:
    access.register({"t:active": ((is_signed_in, is_active),)})
    for state, words in (({"suspended": True}, "恢复"), ({"second_factor_missing": True}, "启用二次验证之后")):
        actor = Actor(account_id=1, **state)  # type: ignore[arg-type]  # both are flags
        with pytest.raises(RefusedError) as refused:
            require(actor, "t:active")
        assert words in refused.value.who_may
        with pytest.raises(RefusedError) as refused:
            require(actor, "t:both", Thing(colour="green", size="S"))
        assert refused.value.who_may == "红 且 大；或 蓝"


def test_an_unknown_or_doubled_permission_is_a_mistake_that_shows(rules: None) -> None:
    with pytest.raises(KeyError, match="t:nothing"):
        may(ANONYMOUS, "t:nothing")
    with pytest.raises(DuplicateKeyError, match="t:both"):
        access.register({"t:both": any_of(red)})


def test_predicates_about_the_actor() -> None:
    here, there = uuid4(), uuid4()
    member = Actor(account_id=1, memberships=(Membership(here, "甲", verified=True, manager=False),))
    officer = Actor(account_id=2, grants=(Grant("officer", "area", "150200", frozenset({"150200", "150203"})),))
    for predicate, obj, actor, held in (
        (anyone, None, ANONYMOUS, True), (is_signed_in, None, ANONYMOUS, False), (is_signed_in, None, member, True),
        (is_active, None, Actor(account_id=1, suspended=True), False), (is_system, None, access.SYSTEM, True),
        (of_organisation("owner", "单位"), Thing(owner=here), member, True),
        (of_organisation("owner", "单位"), Thing(owner=there), member, False),
        (of_organisation("owner", "单位"), Thing(owner=None), member, False),
        (of_organisation("owner", "单位", "managed_organisations"), Thing(owner=here), member, False),
        (of_organisation("owner", "单位", "verified_organisations"), Thing(owner=here), member, True),
        (over_area("officer"), Thing(area="150203"), officer, True),
        (over_area("officer"), Thing(area="150100"), officer, False),
        (over_area("officer"), Thing(area=""), officer, False),
        (over_area("broker"), Thing(area="150203"), officer, False),
        (over_area("officer", zone="zone"), Thing(area="150100", zone="150200"), officer, True),
    ):  # fmt: skip
        assert predicate.holds(actor, obj) is held, predicate.name


def test_the_query_form_of_nothing_and_everything() -> None:
    never = actor_only("never", "无", lambda _a: False)
    assert never.q(ANONYMOUS) == NOTHING
    assert anyone.q(ANONYMOUS) == EVERYTHING
    assert of_organisation("owner", "单位").q(ANONYMOUS) == NOTHING
    assert over_area("officer").q(ANONYMOUS) == NOTHING
    assert where("x", "x", a=("b",), c=None).q(ANONYMOUS) == Q(a__in=("b",), c=None)


# ---- Both forms over a population -------------------------------------------------------------------


def listings_of(firm: Organisation, university: Organisation) -> list[Listing]:
    """Needs and achievements of both cities in every state and tier, and some that belong to nobody known."""
    made = [
        listing(owner, kind=kind, state=state, tier=tier)
        for owner, kind in ((firm, "need"), (university, "achievement"))
        for state, tier in (
            ("draft", "public"), ("submitted", "members"), ("returned", "public"), ("published", "public"),
            ("published", "members"), ("published", "parties"), ("closed", "members"), ("withdrawn", "public"),
        )
    ]  # fmt: skip
    orphan = listing(firm, state="published")
    Listing.objects.filter(pk=orphan.pk).update(owner=None, contact=None)
    made.append(listing(firm, state="published", archived_at=f.AT, archived_by_id=firm.created_by_id))
    made.append(listing(firm, state="published", area="", zone=""))
    return made


def propose(need: Listing, achievement: Listing) -> None:
    Proposal.objects.create(
        need=need, achievement=achievement, need_rank=1, expected=2.0, p2=0.5, p3=0.2, p4=0.1, model_version="演示",
        computed_at=f.AT, created_at=f.AT,
    )  # fmt: skip


def _diagnoses(firm: Organisation, university: Organisation, broker: Person) -> None:
    for owner, state in ((firm, "refining"), (university, "tracking"), (firm, "published")):
        first = diagnosis(listing(owner, state=state))
        claimed = diagnosis(listing(owner, state=state))
        Diagnosis.objects.filter(pk=claimed.pk).update(broker=broker.account, claimed_at=f.AT, state="claimed")
        Diagnosis.objects.filter(pk=first.pk).update(barred=broker.account)


def _kept(people: Cast) -> None:
    """A signing key and files."""
    signing.current(now=f.AT)
    for who in ("manager of owner", "broker"):
        files.store(SimpleUploadedFile("a.txt", b"a"), by=people.actors[who], now=f.AT)


def populate() -> Cast:
    """People of every kind, and objects of every model a permission speaks of."""
    firm, university = f.organisation(), f.organisation(kind="university", area=f.XINCHENG)
    people = cast(owner=firm, other=university)
    broker = Person.objects.get(uid=str(people.actors["broker"].person_uid))
    Invitation.objects.create(
        organisation=firm, email="a@example.org", token_digest="0" * 64, expires_at=f.AT, created_at=f.AT
    )
    tokens.issue_service(firm)
    tokens.issue(f.member(university))
    guest = f.organisation(area="110000")  # 区外
    people.actors["outside"] = f.actor(f.manager(guest))
    listing(guest, state="published", tier="members")
    made = listings_of(firm, university)
    needs = [x for x in made if x.kind == "need"]
    achievements = [x for x in made if x.kind == "achievement"]
    for need in needs:
        for achievement in achievements[3:6]:
            propose(need, achievement)
    agreed = intention(needs[3], university)
    introduced = intention(achievements[3], firm)
    Intention.objects.filter(pk=introduced.pk).update(broker=broker, introduced_at=f.AT)
    write_message(agreed, "你好", by=people.actors["manager of owner"], now=f.AT)  # type: ignore[arg-type]  # an Intention
    write_message(introduced, "你好", by=people.actors["manager of owner"], now=f.AT)  # type: ignore[arg-type]  # the same
    PartyAccess.objects.create(
        listing=needs[5], organisation=university, origin_type="intention", origin_uid=agreed.uid, given_at=f.AT
    )
    claim(listing(firm, state="published"))
    stall(agreed)
    title_of(firm)
    body_samples.evaluated(university)
    deal_rows.populate(firm, university, broker)
    matching(needs[3], people.actors["manager of owner"])
    meetings(needs[3], university)
    for out in (True, False):
        release(out=out)
    _diagnoses(firm, university, broker)
    access_request(needs[4] if needs[4].state == "published" else None, university)
    for organisation in (firm, university):
        import_batch(organisation)
        webhook(organisation)
    endpoint(None, "https://events.example.org/all")
    part_samples.hang_on(achievements[3:6], people.actors["manager of other"])
    part_samples.claim_too(listing(firm, kind="achievement", state="published"), people.actors["manager of owner"])
    part_samples.outcome_of(needs[6])
    item = list_samples.populate(firm)
    people.actors["officer of a named bureau"] = list_samples.bureau_officer(item)
    SavedSearch.objects.create(account=people.actors["broker"].account_uid, created_at=f.AT)
    SavedSearch.objects.create(account=f.manager(firm).uid, organisation=firm.uid, created_at=f.AT)
    _kept(people)
    return people


@pytest.mark.covers("PLT-05")
@pytest.mark.django_db
def test_instance_and_query_form_agree_for_every_permission_on_every_object_for_everybody() -> None:
    people = populate()
    by_model: dict[type[Model], list[str]] = {}
    for permission, _rule in permissions():
        model = model_of(permission)
        if model is not None:
            by_model.setdefault(model, []).append(permission)
    by_model[MaturityStep] = by_model[Application]
    for part in (
        DealHelper, PriceLine, Instalment, PaymentRecord, ContractText, Offer, GapItem, WorkPackage, FundingLine,
        YearResult, Renewal, Milestone, Acceptance,
    ):  # fmt: skip
        by_model[part] = [*by_model.get(part, []), "deals.deal_part:read"]
    by_model[Benefit] = by_model[Arrival] = ["deals.landing:read"]
    by_model[Amendment] = by_model[RegistrationDocument]
    assert {Organisation, Person, Invitation, Listing, Proposal, Intention, Message, File} <= set(by_model)
    wrong = [
        line
        for model, asked in by_model.items()
        for line in disagreements(asked, people.actors, model._base_manager.all())
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_permissions_without_object_speak_of_the_actor_alone() -> None:
    people = populate()
    asked = [permission for permission, _rule in permissions() if model_of(permission) is None]
    assert asked
    everything = Organisation.objects.count()
    for permission in asked:
        for who, actor in people.actors.items():
            granted = may(actor, permission)  # would raise if a predicate looked at an object
            found = Organisation.objects.filter(visible_q(actor, permission)).count()
            assert found == (everything if granted else 0), (permission, who)


@pytest.mark.django_db
def test_archived_rows_are_left_out_of_lists_and_stay_in_the_table() -> None:
    kept, gone = listing(state="published"), listing(state="published")
    Listing.objects.filter(pk=gone.pk).update(archived_at=f.AT, archived_by_id=gone.created_by_id)
    for actor in (ANONYMOUS, f.actor(f.manager(gone.owner)), f.actor(f.auditor())):  # type: ignore[arg-type]  # it has an owner
        assert list(visible_to(Listing.objects.all(), actor, "listings.listing:read")) == [kept]
    assert Listing.objects.count() == 2
