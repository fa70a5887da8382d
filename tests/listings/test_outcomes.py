"""A need is closed with its outcome; only the enterprise's own word makes it count; open needs are chased."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import duties
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Attachment, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import OutcomePerm, Perm
from mengkeju.listings.actions.outcomes import Chased
from mengkeju.listings.engine import outcomes as engine
from mengkeju.listings.engine.outcomes import CONFIRM_KEY, RULES, outcome_problem
from mengkeju.listings.models import Listing, ListingLink, NeedOutcome
from tests import exported
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def owner_client(row: Listing) -> Client:
    assert row.owner is not None
    return f.signed_in_client(f.manager(row.owner))


def by_officer(row: Listing, solution: Listing) -> NeedOutcome:
    s.closed(row, "solved_here", by=s.reviewer(), evidence="现场核实", solution=solution)
    found = queries.current_outcome(row)
    assert found is not None
    return found


def achievement() -> Listing:
    return s.published(f.organisation(kind="university", area=f.XINCHENG), "achievement", title="演示：脱碳成果")


def form(**given: Any) -> dict[str, Any]:
    return {"outcome": "given_up", "note": "停产", "one_time_key": "k", **given}


# ---- The list and the figures ---------------------------------------------------------------------------


def test_the_list_is_dated_and_the_platforms_own(tmp_path: Any) -> None:
    assert "平台规则" in RULES.source
    assert list(RULES.outcomes) == ["solved_here", "solved_elsewhere", "given_up"]
    path = tmp_path / "outcomes.yaml"
    text = engine.PATH.read_text(encoding="utf-8").replace(f"aged_days: {RULES.aged_days}", "aged_days: 0")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"outcomes\.yaml"):
        engine.load(path)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "请选择"),
        ({"outcome": "nonsense"}, "请选择"),
        ({"outcome": "solved_here"}, "由平台上的哪个单位"),
        ({"outcome": "given_up", "satisfaction": 6}, "1 到 5"),
    ],
)
def test_what_is_missing_is_said(said: dict[str, Any], words: str) -> None:
    assert words in str(outcome_problem(said))


def test_what_is_enough() -> None:
    for said in ({"outcome": "solved_here", "solver": "x"}, {"outcome": "given_up", "satisfaction": 1}):
        assert outcome_problem(said) is None


# ---- Closing --------------------------------------------------------------------------------------------


@pytest.mark.covers("NED-16")
def test_the_enterprise_closes_and_it_counts_and_both_pages_show_it(client: Client) -> None:
    need, solution = s.published(title="演示：气化渣脱碳需求"), achievement()
    s.closed(need, "solved_here", solution=solution, satisfaction=5, evidence="中试报告")
    outcome = queries.current_outcome(need)
    assert outcome is not None
    assert (outcome.solver, outcome.confirmed_at, outcome.waits) == (solution.owner, s.LATER, False)
    assert list(queries.solved_here()) == [need]
    assert ListingLink.objects.get().role == "solved_by"
    page = s.text(client.get(need.get_absolute_url()))
    assert solution.title in page
    assert "通过平台解决" in page
    assert "中试报告" not in page, "the evidence is for those inside"
    assert "中试报告" in s.text(owner_client(need).get(need.get_absolute_url()))
    assert need.title in s.text(client.get(solution.get_absolute_url()))
    assert solution.owner is not None
    assert Notice.objects.filter(kind="listing.solved", account=f.manager(solution.owner).uid).exists()


@pytest.mark.covers("NED-16")
def test_an_officer_may_close_but_not_confirm() -> None:
    need, solution = s.published(), achievement()
    outcome = by_officer(need, solution)
    assert outcome.waits
    assert not queries.solved_here().exists(), "not counted without the enterprise's own word"
    assert not ListingLink.objects.exists()
    assert duties.open_on(need).get().key == CONFIRM_KEY
    with pytest.raises(RefusedError):
        actions.answer_outcome(need, agree=True, by=s.reviewer(), now=s.LATER)
    assert need.owner is not None
    by = s.manager_of(need.owner)
    actions.answer_outcome(need, agree=True, by=by, now=s.LATER, satisfaction=4)
    assert list(queries.solved_here()) == [need]
    assert ListingLink.objects.filter(source=need, target=solution, role="solved_by").exists()
    assert not duties.open_on(need).exists()
    with pytest.raises(TransitionRefusedError):
        actions.answer_outcome(need, agree=True, by=by, now=s.LATER)


def test_the_enterprise_may_say_that_it_is_not_so() -> None:
    need = s.published()
    by_officer(need, achievement())
    assert need.owner is not None
    by = s.manager_of(need.owner)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.answer_outcome(need, agree=False, by=by, now=s.LATER)
    assert refused.value.code == "note_required"
    actions.answer_outcome(need, agree=False, by=by, now=s.LATER, note="没有谈成")
    assert not queries.solved_here().exists()
    assert not ListingLink.objects.exists()
    page = s.text(owner_client(need).get(need.get_absolute_url()))
    assert "没有谈成" in page
    assert "不认可" in page


def test_taken_up_again_its_outcome_is_over() -> None:
    need = s.published()
    s.closed(need, "solved_here", solution=achievement())
    assert need.owner is not None
    actions.move_listing(need, "reopen", by=s.manager_of(need.owner), now=s.LATER)
    assert queries.current_outcome(need) is None
    assert not queries.solved_here().exists()
    assert not ListingLink.objects.exists()
    s.submit(need)
    actions.review_listing(need, approve=True, by=s.reviewer(), now=s.LATER)
    s.closed(need)
    assert NeedOutcome.objects.count() == 2


def test_a_need_is_not_closed_without_outcome_nor_twice_nor_from_an_old_page() -> None:
    need = s.published()
    assert need.owner is not None
    by = s.manager_of(need.owner)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.move_listing(need, "close", by=by, now=s.LATER, note="好了")
    assert refused.value.code == "outcome_stated"
    with pytest.raises(StaleRevisionError):
        actions.close_need(
            need, actions.OutcomeInput("given_up", "停产"), by=by, now=s.LATER, revision=need.revision - 1
        )
    assert not NeedOutcome.objects.exists()
    s.closed(need)
    with pytest.raises(TransitionRefusedError):
        s.closed(need)
    other = s.published(kind="achievement")
    assert other.owner is not None
    actions.move_listing(other, "close", by=s.manager_of(other.owner), now=s.LATER, note="已转让")


def test_the_database_keeps_one_current_outcome_and_its_codes() -> None:
    need = s.published()
    s.closed(need)
    held: dict[str, Any] = {"listing": need, "created_at": s.LATER, "evidence": "x"}
    for wrong in ({"outcome": "given_up"}, {"outcome": "nonsense", "ended_at": s.LATER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NeedOutcome.objects.create(**held, **wrong)


# ---- Pages ----------------------------------------------------------------------------------------------


def test_the_form_closes_with_a_file_and_a_number_once() -> None:
    need, solution = s.published(), achievement()
    client, path = owner_client(need), reverse("listing-close", args=[need.uid])
    assert path in s.text(client.get(need.get_absolute_url()))
    assert client.get(path).status_code == 200
    wrong = client.post(path, form(outcome="solved_here"))
    assert wrong.status_code == 422
    assert "由平台上的哪个单位" in s.text(wrong)
    nowhere = client.post(path, form(outcome="solved_here", solution_number="MK-A-1999-0001"))
    assert "没有找到这个编号" in s.text(nowhere)
    proof = SimpleUploadedFile("验收.pdf", b"%PDF-1.4 demo", content_type="application/pdf")
    sent = form(outcome="solved_here", solution_number=solution.number.lower(), satisfaction="5", upload=proof)
    for _twice in range(2):
        assert client.post(path, sent | {"upload": proof}).status_code == 302
        proof.seek(0)
    outcome = NeedOutcome.objects.get()
    assert (outcome.solution, outcome.satisfaction) == (solution, 5)
    file = Attachment.objects.get(subject_type="outcome").file
    assert "验收.pdf" in s.text(client.get(need.get_absolute_url()))
    for reader in (client, f.signed_in_client(f.officer())):
        assert exported.content(reader.get(reverse("file", args=[file.uid]))).startswith(b"%PDF")
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.get(reverse("file", args=[file.uid])).status_code == 404
    assert "验收.pdf" not in s.text(stranger.get(need.get_absolute_url()))


def test_a_file_that_is_none_is_refused_and_nothing_is_closed() -> None:
    need = s.published()
    proof = SimpleUploadedFile("验收.pdf", b"MZ no pdf")
    answer = owner_client(need).post(reverse("listing-close", args=[need.uid]), form(upload=proof))
    assert answer.status_code == 422
    need.refresh_from_db()
    assert (need.state, NeedOutcome.objects.count()) == ("published", 0)


def test_whoever_was_let_in_can_be_named_as_solver() -> None:
    need, solver = s.published(), f.organisation()
    s.let_in(need, solver)
    client, path = owner_client(need), reverse("listing-close", args=[need.uid])
    assert solver.name in s.text(client.get(path))
    assert client.post(path, form(outcome="solved_here", solver=str(solver.uid))).status_code == 302
    outcome = NeedOutcome.objects.get()
    assert outcome.solver == solver
    assert outcome.intention is not None
    visitor = s.text(Client().get(need.get_absolute_url()))
    assert solver.name not in visitor, "who talked with whom is not told to everybody"


def test_who_gets_which_answer() -> None:
    need, row = s.published(), s.published(kind="achievement")
    close, word = reverse("listing-close", args=[need.uid]), reverse("listing-outcome", args=[need.uid])
    stranger = f.signed_in_client(f.manager(f.organisation()))
    for path in (close, word):
        assert Client().get(path).status_code == 302
        assert stranger.get(path).status_code == 403
        assert stranger.post(path, form()).status_code == 403
    plain = owner_client(row).get(reverse("listing-close", args=[row.uid]), follow=True)
    assert "这一类信息在它的页面上办结" in s.text(plain)
    assert "没有等您确认的结果" in s.text(owner_client(need).get(word, follow=True))
    hidden = s.published(tier="parties")
    assert stranger.get(reverse("listing-close", args=[hidden.uid])).status_code == 404
    s.closed(need)
    assert "不能办结" in s.text(owner_client(need).get(close))
    assert "已经答复过了" in s.text(owner_client(need).get(word))


def test_the_enterprise_answers_on_its_page() -> None:
    need = s.published()
    by_officer(need, achievement())
    client, path = owner_client(need), reverse("listing-outcome", args=[need.uid])
    assert path in s.text(client.get(need.get_absolute_url()))
    assert path not in s.text(f.signed_in_client(f.officer()).get(need.get_absolute_url()))
    bare = client.post(path, {"agree": "no"})
    assert (bare.status_code, "必须写明" in s.text(bare) or "请写明" in s.text(bare)) == (422, True)
    assert client.post(path, {"agree": "yes", "satisfaction": "4"}).status_code == 302
    outcome = NeedOutcome.objects.get()
    assert (outcome.satisfaction, outcome.confirmed_by) == (4, f.manager(need.owner))  # type: ignore[arg-type]


def test_who_reads_the_outcome_in_a_page_and_in_a_list() -> None:
    need = s.published()
    s.closed(need)
    assert need.owner is not None
    actors = {
        "owner": s.manager_of(need.owner),
        "officer": f.actor(f.officer()),
        "far": f.actor(f.officer(f.HOHHOT)),
        "auditor": f.actor(f.auditor()),
        "member": s.manager_of(f.organisation()),
    }
    assert s.disagreements([OutcomePerm.READ], actors, NeedOutcome.objects.all()) == []
    assert s.disagreements([Perm.CONFIRM, Perm.SHELF_READ, Perm.CHASE, Perm.FUNNEL], actors, [need]) == []
    outcome = NeedOutcome.objects.get()
    assert {n for n, a in actors.items() if queries.readable_outcome(a, outcome)} == {"owner", "officer", "auditor"}


# ---- 催办 -----------------------------------------------------------------------------------------------

AGED = s.LATER + timedelta(days=RULES.aged_days + 1)


def aged(**given: Any) -> Listing:
    row = s.published(**given)
    Listing.objects.filter(pk=row.pk).update(published_at=s.LATER - timedelta(days=RULES.aged_days + 1))
    return row


def test_open_and_aged_needs_of_the_area_are_listed() -> None:
    old, fresh = aged(title="久未解决的"), s.published(title="刚发布的")
    far = aged(owner=f.organisation(area=f.XINCHENG), area=f.XINCHENG, title="外市的")
    client, path = f.signed_in_client(f.officer(f.BAOTOU)), reverse("needs-open")
    page = s.text(client.get(path))
    assert old.title in page
    assert fresh.title not in page
    assert far.title not in page
    every = s.text(client.get(path, {"tab": "open"}))
    assert fresh.title in every
    by_officer(fresh, achievement())
    assert fresh.title in s.text(client.get(path, {"tab": "unconfirmed"}))
    assert fresh.title not in s.text(client.get(path, {"tab": "solved"}))
    assert "这里没有需求" in s.text(client.get(path, {"tab": "solved"}))
    assert client.get(path, {"tab": "nonsense"}).status_code == 200
    rows, _source = exported.table(client.get(path, {"tab": "open", "export": "csv"}))
    assert len(rows) == 1
    assert f.signed_in_client(f.manager(f.organisation())).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_an_owner_is_chased_once_in_so_many_days() -> None:
    row, officer = aged(), s.reviewer()
    assert row.owner is not None
    assert actions.chase_needs([row.uid], by=officer, now=AGED) == Chased(1, 0)
    assert actions.chase_needs([row.uid], by=officer, now=AGED + timedelta(days=1)) == Chased(0, 1)
    later = AGED + timedelta(days=RULES.chase_every_days, hours=1)
    assert actions.chase_needs([row.uid], by=officer, now=later).sent == 1
    assert Notice.objects.filter(kind="listing.chased", account=f.manager(row.owner).uid).count() == 2


def test_only_an_officer_of_the_area_chases() -> None:
    row = aged()
    assert row.owner is not None
    far = f.actor(f.officer(f.HOHHOT))
    for by in (f.actor(f.auditor()), s.manager_of(row.owner)):
        with pytest.raises(RefusedError):
            actions.chase_needs([row.uid], by=by, now=AGED)
    with pytest.raises(RefusedError):
        actions.chase_need(row, by=far, now=AGED)
    assert actions.chase_needs([row.uid], by=far, now=AGED) == Chased(0, 0)
    assert not Event.objects.filter(type="listing.chased").exists()


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_chase_once() -> None:
    row = aged()
    one, two = f.actor(f.officer()), f.actor(f.officer(f.REGION))
    act = actions.chase_needs
    outcomes = race(lambda: act([row.uid], by=one, now=AGED), lambda: act([row.uid], by=two, now=AGED))
    assert sorted(o.sent for o in outcomes if not isinstance(o, BaseException)) == [0, 1], outcomes
    assert Event.objects.filter(type="listing.chased").count() == 1


def test_the_button_on_the_page() -> None:
    row = aged()
    client = f.signed_in_client(f.officer())
    assert "催办所选" in s.text(client.get(reverse("needs-open")))
    answer = client.post(reverse("needs-chase"), {"need": [str(row.uid)], "tab": "aged"}, follow=True)
    assert "已催办" in s.text(answer)
    again = client.post(reverse("needs-chase"), {"need": [str(row.uid)], "tab": "aged"}, follow=True)
    assert "没有再催" in s.text(again)
    assert "请先选择" in s.text(client.post(reverse("needs-chase"), {"tab": "x"}, follow=True))
    assert "催办所选" not in s.text(f.signed_in_client(f.auditor()).get(reverse("needs-open")))


def test_the_list_takes_a_constant_number_of_queries() -> None:
    owner = f.organisation()
    client, path = f.signed_in_client(f.officer()), f"{reverse('needs-open')}?tab=open"
    s.rows(owner, 2)
    client.get(path)
    few = s.queries_of(lambda: client.get(path))
    s.rows(owner, 30)
    assert s.queries_of(lambda: client.get(path)) == few
