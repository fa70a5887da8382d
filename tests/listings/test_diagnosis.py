"""A vague need before a broker: claimed by one, three outcomes, the enterprise's answer, and who may see what."""

from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel import duties
from mengkeju.kernel.access import Actor, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Account, Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.actions import Findings, Wording
from mengkeju.listings.actions import diagnosis as module
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS, OUTCOMES
from mengkeju.listings.engine.workflow import DEADLINES
from mengkeju.listings.models import Diagnosis, Listing
from mengkeju.listings.queries import DiagnosisFilter
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db

VAGUE: dict[str, Any] = {"title": "想把渣弄好", "present": "", "target": "", "tried": ""}
SECRET = "问过车间：只有夜班会堵"
PUBLIC = "细渣连续脱水，含水从 48% 降到 25% 以下，每天 200 吨"
GIVEN = Findings(SECRET, Wording("气化细渣连续脱水", PUBLIC, "细渣、脱水"))


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def need(owner: Organisation) -> Listing:
    return s.submitted(owner, **VAGUE)


@pytest.fixture
def broker() -> Account:
    return f.broker()


def round_of(need: Listing) -> Diagnosis:
    found = queries.last_diagnosis(need)
    assert found is not None
    return found


def claimed(need: Listing, by: Actor) -> Diagnosis:
    return actions.claim_diagnosis(round_of(need), by=by, now=s.LATER)


def titles_for(account: Account) -> list[str]:
    return list(Notice.objects.filter(account=account.uid).order_by("id").values_list("kind", flat=True))


@pytest.mark.covers("NED-02")
def test_a_vague_need_goes_to_a_broker_and_a_good_one_to_the_officer(owner: Organisation, broker: Account) -> None:
    good = s.submitted(owner)
    assert good.state == "submitted"
    vague = s.submitted(owner, **VAGUE)
    assert (vague.state, vague.number[:4]) == ("refining", "MK-N")
    assert vague.number
    found = round_of(vague)
    assert (found.state, found.round, found.area) == ("open", 1, vague.area)
    duty = Duty.objects.get(subject_uid=found.uid, closed_at=None)
    assert (duty.key, duty.holder_role, duty.barred_organisation) == ("claim_diagnosis", "broker", owner.uid)
    assert duty.basis == DEADLINES.source
    assert duty.due_on is not None
    assert duties.is_mine(f.actor(broker), duty)
    assert "duty.claim_diagnosis" in titles_for(broker)


def test_ten_characters_go_to_nobody() -> None:
    row = s.draft(**(VAGUE | {"summary": "细渣含碳太高怎么办呢"}))
    with pytest.raises(TransitionRefusedError) as refused:
        s.submit(row)
    assert refused.value.code == "says_enough"
    assert "10 个字" in refused.value.reason


@pytest.mark.covers("NED-02")
def test_outcome_refined_the_enterprise_confirms_and_then_the_officer_reviews(
    owner: Organisation, need: Listing, broker: Account
) -> None:
    by = f.actor(broker)
    diagnosis = claimed(need, by)
    actions.conclude_diagnosis(diagnosis, "propose", GIVEN, by=by, now=s.LATER)
    need.refresh_from_db()
    assert (need.state, need.title) == ("refining", VAGUE["title"]), "nothing of the wording stands in the need yet"
    duty = duties.open_on(diagnosis).get()
    assert (duty.key, duty.holder_organisation) == ("confirm_wording", owner.uid)
    told = titles_for(f.manager(owner))
    assert told == ["diagnosis.claimed", "duty.confirm_wording"]
    changed = Wording("细渣连续脱水（200 吨/天）", PUBLIC, "细渣、脱水、连续")
    mine = s.manager_of(owner)
    actions.accept_wording(diagnosis, changed, secrecy_reviewed=True, by=mine, now=s.LATER)
    need.refresh_from_db()
    assert (need.state, need.title, need.summary) == ("submitted", changed.title, PUBLIC)
    assert need.details["values"]["keywords"] == "细渣、脱水、连续"
    assert Duty.objects.get(subject_uid=need.uid, closed_at=None).key == "review_listing"
    assert "diagnosis.accepted" in titles_for(broker)
    actions.review_listing(need, approve=False, by=s.reviewer(), now=s.LATER, note="请补充")
    s.submit(need)
    assert need.state == "submitted", "what was refined once is not sent to a broker again"


@pytest.mark.covers("NED-02")
def test_outcome_second_diagnosis_by_another_broker(owner: Organisation, need: Listing, broker: Account) -> None:
    by, other = f.actor(broker), f.actor(f.broker())
    actions.conclude_diagnosis(claimed(need, by), "send_on", GIVEN, by=by, now=s.LATER)
    second = round_of(need)
    assert (second.round, second.state) == (2, "open")
    assert not may(by, Perm.DIAGNOSIS_CLAIM, second)
    with pytest.raises(RefusedError):
        actions.claim_diagnosis(second, by=by, now=s.LATER)
    taken = actions.claim_diagnosis(second, by=other, now=s.LATER)
    assert taken.broker_id == other.account_id
    assert queries.rounds_of(taken)[0].findings == SECRET, "the next broker reads what the first one found"
    assert "diagnosis.second" in titles_for(f.manager(owner))
    assert Listing.objects.get(pk=need.pk).state == "refining"


@pytest.mark.covers("NED-02")
def test_outcome_long_term_tracking_and_taken_up_again(owner: Organisation, need: Listing, broker: Account) -> None:
    by = f.actor(broker)
    actions.conclude_diagnosis(claimed(need, by), "track", GIVEN, by=by, now=s.LATER)
    need.refresh_from_db()
    assert need.state == "tracking"
    assert "diagnosis.tracked" in titles_for(f.manager(owner))
    assert list(queries.diagnoses(by, DiagnosisFilter(show="tracked"))) == [round_of(need)]
    again = actions.take_up_need(need, by=by, now=s.LATER)
    assert (again.round, again.state, again.broker_id) == (2, "claimed", by.account_id)
    assert Listing.objects.get(pk=need.pk).state == "refining"
    actions.conclude_diagnosis(again, "track", GIVEN, by=by, now=s.LATER)
    need.refresh_from_db()
    actions.move_listing(need, "reopen", by=s.manager_of(owner), now=s.LATER)
    assert need.state == "draft", "or its owner takes it up himself"


def test_the_enterprise_refuses_the_wording(owner: Organisation, need: Listing, broker: Account) -> None:
    by, mine = f.actor(broker), s.manager_of(owner)
    diagnosis = actions.conclude_diagnosis(claimed(need, by), "propose", GIVEN, by=by, now=s.LATER)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.refuse_wording(diagnosis, note=" ", by=mine, now=s.LATER)
    assert refused.value.code == "note_required"
    actions.refuse_wording(diagnosis, note="不是这个意思", by=mine, now=s.LATER)
    need.refresh_from_db()
    assert (need.state, need.title) == ("draft", VAGUE["title"])
    assert "diagnosis.refused" in titles_for(broker)
    s.submit(need)
    assert (need.state, round_of(need).round) == ("refining", 2)


def test_what_the_wording_lacks_is_said_and_nothing_moves(owner: Organisation, need: Listing, broker: Account) -> None:
    by, mine = f.actor(broker), s.manager_of(owner)
    diagnosis = claimed(need, by)
    for given, code in (
        (Findings("", GIVEN.wording), "findings"),
        (Findings(SECRET, Wording("渣", PUBLIC)), "wording"),
        (Findings(SECRET, Wording("气化细渣连续脱水", "太短")), "wording"),
    ):
        with pytest.raises(TransitionRefusedError) as refused:
            actions.conclude_diagnosis(diagnosis, "propose", given, by=by, now=s.LATER)
        assert refused.value.code == code
    with pytest.raises(TransitionRefusedError):
        actions.conclude_diagnosis(diagnosis, "publish", GIVEN, by=by, now=s.LATER)
    actions.conclude_diagnosis(diagnosis, "propose", GIVEN, by=by, now=s.LATER)
    with pytest.raises(ValidationError) as wrong:
        actions.accept_wording(
            diagnosis, Wording("找张工 13800138000", PUBLIC), secrecy_reviewed=True, by=mine, now=s.LATER
        )
    assert "title" in wrong.value.message_dict
    with pytest.raises(TransitionRefusedError) as refused:
        actions.accept_wording(diagnosis, GIVEN.wording, secrecy_reviewed=False, by=mine, now=s.LATER)
    assert refused.value.code == "secrecy_reviewed"
    assert (Listing.objects.get(pk=need.pk).state, round_of(need).state) == ("refining", "proposed")


def test_a_stale_form_is_refused(need: Listing, broker: Account) -> None:
    by = f.actor(broker)
    diagnosis = claimed(need, by)
    actions.save_findings(diagnosis, GIVEN, by=by, now=s.LATER, revision=diagnosis.revision)
    with pytest.raises(StaleRevisionError):
        actions.save_findings(diagnosis, Findings("后到", GIVEN.wording), by=by, now=s.LATER, revision=1)
    assert round_of(need).findings == SECRET


def test_who_may_do_what(owner: Organisation, need: Listing, broker: Account) -> None:
    """Recusal: a broker of the enterprise diagnoses nothing of it."""
    recused = f.actor(f.with_role("broker", of=f.member(owner)))
    people = {
        "broker": f.actor(broker),
        "recused": recused,
        "owner": s.manager_of(owner),
        "stranger": s.manager_of(f.organisation()),
        "officer": f.actor(f.officer(f.BAOTOU)),
        "far officer": f.actor(f.officer(f.HOHHOT)),
        "auditor": f.actor(f.auditor()),
    }
    found = round_of(need)

    def who(permission: str, obj: object) -> set[str]:
        return {name for name, actor in people.items() if may(actor, permission, obj)}

    assert who(Perm.READ, need) == {"broker", "recused", "owner", "officer", "auditor"}
    assert who(Perm.DIAGNOSIS_READ, found) == {"broker", "recused", "owner", "officer", "auditor"}
    assert who(Perm.DIAGNOSIS_CLAIM, found) == {"broker"}
    assert who(Perm.DIAGNOSIS_ANSWER, found) == {"owner", "recused"}
    assert who(Perm.DIAGNOSE, need) == {"broker"}
    with pytest.raises(RefusedError):
        actions.claim_diagnosis(found, by=recused, now=s.LATER)
    assert list(queries.diagnoses(recused, DiagnosisFilter())) == []
    taken = actions.claim_diagnosis(found, by=people["broker"], now=s.LATER)
    assert who(Perm.DIAGNOSIS_CONCLUDE, taken) == {"broker"}
    assert who(Perm.DIAGNOSIS_RELEASE, taken) == {"broker", "officer"}
    with pytest.raises(RefusedError):
        actions.conclude_diagnosis(taken, "track", GIVEN, by=people["officer"], now=s.LATER)


def test_given_back_another_one_can_claim_it(need: Listing, broker: Account) -> None:
    by, other = f.actor(broker), f.actor(f.broker())
    diagnosis = claimed(need, by)
    actions.save_findings(diagnosis, GIVEN, by=by, now=s.LATER)
    with pytest.raises(TransitionRefusedError):
        actions.release_diagnosis(diagnosis, note="", by=by, now=s.LATER)
    actions.release_diagnosis(diagnosis, note="出差", by=by, now=s.LATER)
    found = round_of(need)
    assert (found.state, found.broker, found.findings) == ("open", None, SECRET)
    assert duties.open_on(found).get().key == "claim_diagnosis"
    assert actions.claim_diagnosis(found, by=other, now=s.LATER).broker_id == other.account_id


@pytest.mark.parametrize("verb", ["take_back", "withdraw"])
def test_a_need_that_is_taken_back_ends_its_diagnosis(
    owner: Organisation, need: Listing, broker: Account, verb: str
) -> None:
    diagnosis = claimed(need, f.actor(broker))
    need.refresh_from_db()
    actions.move_listing(need, verb, by=s.manager_of(owner), now=s.LATER, note="自己来")
    diagnosis.refresh_from_db()
    assert diagnosis.state == "cancelled"
    assert not duties.open_on(diagnosis).exists()
    assert "diagnosis.cancelled" in titles_for(broker)


# ---- Two brokers at once -------------------------------------------------------------------------------


def _raced(need: Listing) -> tuple[list[Any], list[Actor]]:
    brokers = [f.actor(f.broker()), f.actor(f.broker())]

    def act(by: Actor) -> Callable[[], Any]:
        return lambda: actions.claim_diagnosis(Diagnosis.objects.get(listing=need), by=by, now=s.LATER)

    return race(*[act(by) for by in brokers]), brokers


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("NED-02")
def test_two_brokers_claim_at_once_one_wins_the_other_is_told_who() -> None:
    need = s.submitted(**VAGUE)
    outcomes, brokers = _raced(need)
    lost = [o for o in outcomes if isinstance(o, BaseException)]
    (won,) = [o for o in outcomes if not isinstance(o, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], TransitionRefusedError)
    assert lost[0].code == "taken"
    winner = next(by for by in brokers if by.account_id == won.broker_id)
    assert winner.name in lost[0].reason
    assert Event.objects.filter(type="diagnosis.claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_look_at_who_has_it_the_second_is_told_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the answer with the name comes from the locked row, not from chance."""
    need = s.submitted(**VAGUE)
    stale = Diagnosis.objects.get(listing=need)
    monkeypatch.setattr(module, "lock", lambda _row, _revision=None: copy(stale))
    outcomes, brokers = _raced(need)
    (lost,) = [o for o in outcomes if isinstance(o, TransitionRefusedError)]
    assert lost.code == "wrong_state", "the table still lets one win only"
    assert not any(by.name in lost.reason for by in brokers)


# ---- Pages ---------------------------------------------------------------------------------------------


def posted(diagnosis: Diagnosis, outcome: str, **given: str) -> dict[str, str]:
    diagnosis.refresh_from_db()
    words = {"findings": SECRET, "public_title": "气化细渣连续脱水", "public_summary": PUBLIC, "keywords": "细渣"}
    return words | {"revision": str(diagnosis.revision), "outcome": outcome} | given


def test_the_pages_from_queue_to_answer(owner: Organisation, need: Listing, broker: Account) -> None:
    desk, firm = f.signed_in_client(broker), f.signed_in_client(f.manager(owner))
    found = round_of(need)
    queue = s.text(desk.get("/diagnoses/"))
    assert VAGUE["title"] in queue
    assert "待认领" in queue
    address = found.get_absolute_url()
    assert address in s.text(desk.get("/workbench/"))
    assert "认领这次诊断" in s.text(desk.get(address))
    assert "认领并诊断" in s.text(desk.get(need.get_absolute_url()))
    desk.post(f"{address}claim/")
    assert "已经认领" in s.text(f.signed_in_client(f.broker()).post(f"{address}claim/", follow=True))
    wrong = desk.post(address, posted(found, "propose", findings="", public_summary="短"))
    assert wrong.status_code == 422
    assert "请写明诊断意见" in s.text(wrong)
    assert desk.post(address, posted(found, "save")).status_code == 302
    assert SECRET not in s.text(firm.get(address)), "a draft is the broker's own"
    assert "正在诊断" in s.text(firm.get(address))
    assert desk.post(address, posted(found, "propose")).status_code == 302
    page = s.text(firm.get(address))
    assert SECRET in page
    assert PUBLIC in page
    for reader in (Client(), f.signed_in_client(f.manager(f.organisation()))):
        assert reader.get(need.get_absolute_url()).status_code == 404
        assert reader.get(address).status_code in {302, 404}
    answer = {"public_title": "气化细渣连续脱水", "public_summary": PUBLIC, "keywords": "细渣"}
    found.refresh_from_db()
    unsure = firm.post(f"{address}answer/", answer | {"decision": "accept", "revision": str(found.revision)})
    assert unsure.status_code == 422
    assert "保密审查" in s.text(unsure)
    sent = answer | {"decision": "accept", "revision": str(found.revision), "secrecy_reviewed": "on"}
    assert firm.post(f"{address}answer/", sent).status_code == 302
    assert Listing.objects.get(pk=need.pk).state == "submitted"
    assert firm.post(f"{address}answer/", sent).status_code == 422, "a second answer finds nothing to answer"


def test_the_broker_starts_from_the_words_as_he_may_read_them(owner: Organisation, broker: Account) -> None:
    need = s.submitted(owner, **(VAGUE | {"summary": "细渣没地方放，只有夜班会堵，找张工 13800138000"}))
    found, desk = claimed(need, f.actor(broker)), f.signed_in_client(broker)
    page = s.text(desk.get(found.get_absolute_url()))
    assert ("〔手机号已隐去〕" in page, "13800138000" in page) == (True, False)
    assert "不到也能提交" not in page, "what is ahead of the enterprise is no advice to the broker"
    assert "您已经认领了这次诊断" in s.text(desk.post(f"{found.get_absolute_url()}claim/", follow=True))


def test_the_other_outcomes_on_the_page(owner: Organisation, need: Listing, broker: Account) -> None:
    desk = f.signed_in_client(broker)
    first = claimed(need, f.actor(broker))
    assert desk.post(first.get_absolute_url(), posted(first, "send_on")).status_code == 302
    second = round_of(need)
    assert "另一名经纪人" in s.text(desk.get(second.get_absolute_url()))
    assert desk.post(f"{second.get_absolute_url()}claim/").status_code == 403
    other = f.signed_in_client(f.broker())
    other.post(f"{second.get_absolute_url()}claim/")
    assert SECRET in s.text(other.get(second.get_absolute_url()))
    assert other.post(second.get_absolute_url(), posted(second, "track")).status_code == 302
    assert "重新凝练" in s.text(other.get(need.get_absolute_url()))
    assert other.post(f"/listings/{need.uid}/take-up/").status_code == 302
    assert round_of(need).round == 3
    again = f"{round_of(need).get_absolute_url()}release/"
    assert other.post(again, {"note": "出差"}).status_code == 302
    assert other.post(again, {"note": "出差"}).status_code == 403, "who gave it back has it no more"


def test_strangers_get_nothing_and_colleagues_without_the_right_are_told(owner: Organisation, need: Listing) -> None:
    found = round_of(need)
    address = found.get_absolute_url()
    stranger, colleague = f.signed_in_client(f.manager(f.organisation())), f.signed_in_client(f.member(owner))
    assert Client().get(address).status_code == 302
    assert stranger.get(address).status_code == 404
    assert stranger.get("/diagnoses/").status_code == 403
    assert stranger.post(f"{address}claim/").status_code == 404
    assert colleague.post(f"{address}claim/").status_code == 403
    assert colleague.post(address, posted(found, "track")).status_code == 403
    assert colleague.get(address).status_code == 200


def test_the_queue_is_filtered_and_its_queries_are_constant(owner: Organisation, broker: Account) -> None:
    desk, by = f.signed_in_client(broker), f.actor(broker)
    s.submitted(owner, **(VAGUE | {"field": "industrial_biotechnology"}))
    few = s.queries_of(lambda: desk.get("/diagnoses/"))
    there = f.organisation(area=f.XINCHENG)
    for n in range(6):
        s.submitted(there, **(VAGUE | {"title": f"另一件{n}", "area": f.XINCHENG, "field": "solid_waste_use"}))
    assert s.queries_of(lambda: desk.get("/diagnoses/")) <= few
    assert len(queries.diagnoses(by, DiagnosisFilter(area=f.HOHHOT))) == 6
    assert len(queries.diagnoses(by, DiagnosisFilter(field="solid_waste_use"))) == 6
    assert len(queries.diagnoses(by, DiagnosisFilter(show="mine"))) == 0
    page = s.text(desk.get("/diagnoses/", {"city": f.BAOTOU, "show": "nonsense"}))
    assert VAGUE["title"] in page
    assert "另一件" not in page
    assert "没有要办的" in s.text(desk.get("/diagnoses/", {"show": "mine"}))


def test_the_words_on_the_buttons_are_transitions() -> None:
    assert set(OUTCOMES) <= set(DIAGNOSIS.transitions)
    assert DIAGNOSIS.problems() == []
