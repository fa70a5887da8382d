"""A doubt about a proposal: asked, answered by a person within a dated deadline, raised once more, closed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.directory.actions import personal
from mengkeju.kernel import clock, duty_clock, panels
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, EventPayload, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.access import Perm
from mengkeju.matching.engine.workflow import DEADLINES, QUESTION, SOURCE
from mengkeju.matching.models import Proposal, Question
from mengkeju.matching.queries import questions
from tests import factories as f
from tests.access_forms import disagreements
from tests.matching import world

pytestmark = pytest.mark.django_db
TEXT = "这项成果用在建材上，为什么排在第一？"
ANSWER = "两边都写“气化细渣”，所以用字相近；您说得对，行业不同，请以自己的判断为准。"


class Scene:
    """A firm with a need that has a proposal, its people, the institute at the other end, and the operator."""

    def __init__(self) -> None:
        needs, achievements = world.matched()
        self.need, self.achievement = needs[0], achievements[0]
        assert self.need.owner is not None
        assert self.achievement.owner is not None
        self.proposal = Proposal.objects.select_related("need__owner", "achievement__owner").get(
            need=self.need, need_rank=1
        )
        self.account = f.manager(self.need.owner)
        self.colleague = f.member(self.need.owner)
        self.other_side = f.manager(self.achievement.owner)
        self.operator = f.operator()
        self.asker, self.answerer = f.actor(self.account), f.actor(self.operator)

    def ask(self, text: str = TEXT) -> Question:
        return actions.ask_about(self.need, self.proposal, text, by=self.asker, now=world.AT)

    def answered(self) -> Question:
        return actions.answer_question(self.ask(), ANSWER, by=self.answerer, now=world.LATER)

    def url(self, name: str, *args: object) -> str:
        return reverse(name, args=args)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def told(account: object) -> list[str]:
    return list(Notice.objects.filter(account=getattr(account, "uid")).values_list("kind", flat=True))  # noqa: B009


def test_a_doubt_is_due_in_the_days_of_the_file_and_the_operators_are_told(scene: Scene) -> None:
    question = scene.ask()
    assert (question.state, question.organisation, question.area) == ("open", scene.need.owner, scene.need.area)
    assert question.shown["score"] == scene.proposal.reasons["score"]
    duty = Duty.objects.get(subject_uid=question.uid, closed_at=None)
    days = DEADLINES["answer_question"]
    assert duty.due_on == clock.add_working_days(clock.today(world.AT), days).day
    assert duty.holder_role == "operator"
    assert duty.basis == SOURCE == DEADLINES.source
    assert "duty.answer_question" in told(scene.operator)
    assert told(scene.other_side) == []


def test_the_answer_is_told_to_who_asked_and_to_nobody_else(scene: Scene) -> None:
    question = scene.answered()
    assert (question.state, question.answer, question.answered_by) == ("answered", ANSWER, scene.operator)
    assert "duty.read_answer" in told(scene.account)
    assert told(scene.other_side) == told(scene.colleague) == []


def test_it_may_be_raised_once_more_and_then_is_closed(scene: Scene) -> None:
    question = actions.raise_again(scene.answered(), "仍不明白", by=scene.asker, now=world.LATER)
    assert question.state == "reopened"
    question = actions.answer_question(question, "再说明一次", by=scene.answerer, now=world.LATER)
    assert (question.answer, question.second_answer) == (ANSWER, "再说明一次")
    with pytest.raises(TransitionRefusedError, match="已经再次提出过一次"):
        actions.raise_again(question, "第三次", by=scene.asker, now=world.LATER)
    actions.move_question(question, "close", by=scene.asker, now=world.LATER)
    assert question.state == "closed"
    assert not Duty.objects.filter(subject_uid=question.uid, closed_at=None).exists()
    with pytest.raises(TransitionRefusedError):
        actions.answer_question(question, "太晚了", by=scene.answerer, now=world.LATER)


def test_an_answer_nobody_looks_at_ends_the_question_by_itself(scene: Scene) -> None:
    question = scene.answered()
    duty_clock.lapse(now=world.LATER + timedelta(days=3))
    assert Question.objects.get(pk=question.pk).state == "answered"
    duty_clock.lapse(now=world.LATER + timedelta(days=90))
    assert Question.objects.get(pk=question.pk).state == "closed"


def test_what_was_not_proposed_can_be_questioned_too(scene: Scene) -> None:
    question = actions.ask_about(scene.need, None, "某某大学有这项技术", by=scene.asker, now=world.AT)
    assert (question.proposal, question.shown, str(question)) == (None, {}, scene.need.title)


def test_the_same_is_not_asked_twice_while_it_runs(scene: Scene) -> None:
    first = scene.ask()
    with pytest.raises(ValidationError, match="已经提过疑问"):
        scene.ask()
    actions.ask_about(scene.need, None, "没有推荐到的", by=scene.asker, now=world.AT)
    actions.move_question(first, "withdraw", by=scene.asker, now=world.AT)
    assert scene.ask().pk != first.pk


def test_what_is_wrong_is_refused(scene: Scene) -> None:
    for text in ("", "  ", "字" * 2001):
        with pytest.raises(ValidationError):
            scene.ask(text)
    elsewhere = Proposal.objects.exclude(need=scene.need).filter(need_rank=1).get(need__title=world.NEEDS[1][0])
    with pytest.raises(RefusedError):
        actions.ask_about(scene.need, elsewhere, TEXT, by=scene.asker, now=world.AT)
    with pytest.raises(RefusedError):
        actions.ask_about(scene.need, None, TEXT, by=f.actor(f.manager(f.organisation())), now=world.AT)
    question = scene.ask()
    with pytest.raises(ValidationError):
        actions.answer_question(question, " ", by=scene.answerer, now=world.AT)
    with pytest.raises(StaleRevisionError):
        actions.answer_question(question, ANSWER, by=scene.answerer, now=world.AT, revision=question.revision + 5)
    for actor in (scene.asker, f.actor(scene.other_side), f.actor(f.broker()), f.actor(f.auditor()), SYSTEM):
        with pytest.raises(RefusedError):
            actions.answer_question(question, ANSWER, by=actor, now=world.AT)
    for actor in (scene.answerer, f.actor(scene.colleague)):
        with pytest.raises(RefusedError):
            actions.move_question(question, "withdraw", by=actor, now=world.AT)
    assert Question.objects.get(pk=question.pk).state == "open"


def people(scene: Scene) -> dict[str, Actor]:
    return {
        "asker": scene.asker,
        "colleague": f.actor(scene.colleague),
        "operator": scene.answerer,
        "auditor": f.actor(f.auditor()),
        "system": SYSTEM,
        "other side": f.actor(scene.other_side),
        "broker": f.actor(f.broker()),
        "officer": f.actor(f.officer()),
        "security": f.actor(f.security_admin()),
        "stranger": f.actor(f.manager(f.organisation())),
        "anonymous": ANONYMOUS,
    }


def test_who_sees_it(scene: Scene) -> None:
    question = scene.ask()
    own = actions.ask_about(scene.need, None, "经纪人也可以问", by=f.actor(f.broker()), now=world.AT)
    assert own.organisation is None
    cast = people(scene)
    seen = {name for name, actor in cast.items() if may(actor, Perm.QUESTION_READ, question)}
    assert seen == {"asker", "colleague", "operator", "auditor", "system"}
    assert not may(scene.asker, Perm.QUESTION_READ, own)
    rows = Question.objects.all()
    assert disagreements([Perm.QUESTION_READ, Perm.QUESTION_OWN, Perm.ANSWER], cast, rows) == []
    assert disagreements([Perm.ASK], cast, Listing.objects.all()) == []


def test_what_people_write_stands_in_the_question_only_and_goes_with_the_person(scene: Scene) -> None:
    question = actions.raise_again(scene.answered(), "仍不明白", by=scene.asker, now=world.LATER)
    events = Event.objects.filter(subject_type="match_question", subject_uid=question.uid)
    assert [e.type for e in events.order_by("pk")] == [
        "match_question.created", "match_question.answer", "match_question.reopen",
    ]  # fmt: skip
    kept = "".join(str(p.body) for p in EventPayload.objects.filter(event__in=events))
    assert all(words not in kept for words in (TEXT, ANSWER, "仍不明白"))
    person = f.person(scene.account)
    exported = str(personal.export_person(person, by=scene.asker, now=world.LATER))
    assert TEXT in exported
    personal.erase_person(person, by=scene.asker, now=world.LATER)
    question.refresh_from_db()
    assert (question.text, question.answer, question.again) == ("", "", "")


# The pages.


def test_the_way_of_a_doubt_through_the_pages(scene: Scene) -> None:
    client, other = f.signed_in_client(scene.account), f.signed_in_client(scene.operator)
    page = client.get(scene.url("listing-matches", scene.need.uid)).content.decode()
    ask = f"{scene.url('match-question-ask', scene.need.uid)}?p={scene.proposal.uid}"
    assert ask in page
    form = client.get(ask).content.decode()
    assert "书面答复" in form
    assert f"{DEADLINES['answer_question']} 个工作日" in form
    empty = client.post(ask, {"text": " ", "p": str(scene.proposal.uid)})
    assert empty.status_code == 422
    given = {"text": TEXT, "p": str(scene.proposal.uid), "one_time_key": "k1"}
    made = client.post(ask, given)
    assert client.post(ask, given)["Location"] == made["Location"]  # a double click
    question = Question.objects.get()
    assert client.get(ask)["Location"] == question.get_absolute_url()
    queue = other.get(scene.url("match-questions")).content.decode()
    assert question.get_absolute_url() in queue
    assert "等答复的" in queue
    there = other.get(question.get_absolute_url()).content.decode()
    assert TEXT in there
    assert "这些加起来是多少" in there
    answer = scene.url("match-question-answer", question.uid)
    assert other.post(answer, {"text": ""}).status_code == 422
    old = other.post(answer, {"text": ANSWER, "revision": "99"})
    assert old.status_code == 422
    assert ANSWER in old.content.decode()  # what was written is not lost
    assert other.post(answer, {"text": ANSWER, "revision": str(question.revision)}).status_code == 302
    read = client.get(question.get_absolute_url()).content.decode()
    assert ANSWER in read
    assert "再提一次" in read
    again = client.post(scene.url("match-question-again", question.uid), {"text": "仍不明白"}, follow=True)
    assert "再次提出，待答复" in again.content.decode()
    other.post(answer, {"text": "再说明一次"})
    done = client.post(scene.url("match-question-move", question.uid, "close"), follow=True).content.decode()
    assert "已结束" in done
    assert "再提一次" not in done
    assert "没有等答复的" in other.get(scene.url("match-questions")).content.decode()
    assert question.get_absolute_url() in other.get(scene.url("match-questions"), {"all": "1"}).content.decode()


def test_who_is_turned_away(scene: Scene) -> None:
    question = scene.ask()
    page, ask = question.get_absolute_url(), scene.url("match-question-ask", scene.need.uid)
    for url in (page, ask, scene.url("match-questions")):
        assert Client().get(url).status_code == 302
    for account in (scene.other_side, f.broker(), f.officer(), f.manager(f.organisation())):
        assert f.signed_in_client(account).get(page).status_code == 404
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.get(ask).status_code == 403
    assert stranger.get(ask, {"p": str(scene.proposal.uid)}).status_code == 404
    hidden = world.listing("need", "未公开的需求", "不对外", publish=False)
    assert stranger.get(scene.url("match-question-ask", hidden.uid)).status_code == 404
    colleague = f.signed_in_client(scene.colleague)
    assert colleague.get(page).status_code == 200
    answer = scene.url("match-question-answer", question.uid)
    assert colleague.post(answer, {"text": ANSWER}).status_code == 403
    assert colleague.post(scene.url("match-question-again", question.uid), {"text": "x"}).status_code == 403
    assert colleague.post(scene.url("match-question-move", question.uid, "withdraw")).status_code == 403
    mine = f.signed_in_client(scene.account)
    assert mine.post(answer, {"text": ANSWER}).status_code == 403
    assert mine.get(answer).status_code == 405
    assert mine.post(scene.url("match-question-move", question.uid, "elsewhere")).status_code == 404
    for wrong in ("nonsense", str(question.uid)):
        assert mine.get(ask, {"p": wrong}).status_code == 404


def test_the_list_is_mine_and_my_organisations(scene: Scene) -> None:
    mine = f.signed_in_client(scene.account)
    assert "没有提过疑问" in mine.get(scene.url("match-questions")).content.decode()
    question = scene.ask()
    for account in (scene.account, scene.colleague):
        text = f.signed_in_client(account).get(scene.url("match-questions")).content.decode()
        assert question.get_absolute_url() in text
    assert questions.questions(f.actor(scene.other_side)).count() == 0


def test_who_may_not_read_a_listing_reads_its_number_only(scene: Scene) -> None:
    question = scene.ask()
    Listing.objects.filter(pk=scene.achievement.pk).update(state="withdrawn")
    text = f.signed_in_client(scene.operator).get(question.get_absolute_url()).content.decode()
    assert scene.achievement.title not in text
    assert scene.achievement.number in text


def test_the_workflow_has_no_dead_end_and_ends() -> None:
    assert QUESTION.problems() == []
    assert [key for key, state in QUESTION.states.items() if state.final] == ["closed"]


def test_my_page_leads_to_my_doubts(scene: Scene) -> None:
    shown = {p.key: p for p in panels.build(scene.asker, "me", "tools")}
    assert shown["matching.automation"].context == {"off_since": None, "asked": False}
    scene.ask()
    assert {p.key: p for p in panels.build(scene.asker, "me", "tools")}["matching.automation"].context["asked"]
