"""“卡脖子”清单: who may know of an item, its life, and that it appears nowhere else."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.kernel import notices
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError, advance
from mengkeju.kernel.models import Account, Duty, Event, Notice
from mengkeju.kernel.search import matchables, searchables
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.webhooks.offers import offered
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access.lists import BottleneckPerm
from mengkeju.listings.actions import BottleneckInput
from mengkeju.listings.models import Bottleneck, Listing
from tests import exported
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.listings import list_samples as ls
from tests.listings import samples as s

db = pytest.mark.django_db
EVIDENCE = "验收证书 2027-001 号，2027-03-01"
SECRET = "涂覆喷头秘密题目"
NOT_LISTED = {
    "visitor", "owner", "officer of the city", "officer of another bureau", "colleague in the bureau", "operator",
    "broker", "platform",
}  # fmt: skip


def people(item: Bottleneck) -> dict[str, Actor]:
    """Everybody who might believe the item concerns him."""
    named = item.bureaus.select_related("organisation").get().organisation
    assert item.nominator is not None
    return {
        "visitor": ANONYMOUS,
        "platform": SYSTEM,
        "owner": f.actor(f.manager(item.nominator)),
        "officer of the bureau": ls.officer_of(named),
        "officer of the city": f.actor(f.officer(f.BAOTOU)),
        "officer of another bureau": ls.officer_of(ls.bureau()),
        "colleague in the bureau": f.actor(f.member(named)),
        "operator": f.actor(f.operator()),
        "broker": f.actor(f.broker()),
        "auditor": f.actor(f.auditor()),
    }


@db
@pytest.mark.covers("NED-05")
def test_only_officers_of_the_named_bureaus_and_the_auditor_know_of_it() -> None:
    item = ls.bottleneck(title=SECRET)
    ls.bottleneck(state="open")
    everybody = people(item)
    readers = {name for name, actor in everybody.items() if may(actor, BottleneckPerm.READ, item)}
    assert readers == {"officer of the bureau", "auditor"}
    assert set(everybody) - readers == NOT_LISTED
    for name, actor in everybody.items():
        assert (queries.find_bottleneck(actor, item.uid) is not None) == (name in readers), name
    on_objects = [p for p in BottleneckPerm if p not in {BottleneckPerm.LIST, BottleneckPerm.NOMINATE}]
    assert_forms_agree(on_objects, everybody, Bottleneck.objects.all())


@db
def test_a_suspended_officer_and_one_without_second_factor_know_nothing(settings: Any) -> None:
    settings.REQUIRE_MFA = True
    item = ls.bottleneck()
    named = item.bureaus.select_related("organisation").get().organisation
    plain = f.with_role("officer", area=f.BAOTOU, of=f.member(named), second_factor=False)
    suspended = f.with_role("officer", area=f.BAOTOU, of=f.member(named))
    Account.objects.filter(pk=suspended.pk).update(suspended_at=f.AT, suspended_reason="演示")
    for account in (plain, suspended):
        assert not may(f.actor(account), BottleneckPerm.READ, item)
        assert not queries.bottlenecks(f.actor(account)).exists()


@db
@pytest.mark.covers("NED-05")
def test_the_life_of_an_item_ends_with_evidence() -> None:
    item = ls.bottleneck()
    by = ls.bureau_officer(item)
    with pytest.raises(TransitionRefusedError):
        actions.move_bottleneck(item, "start", by=by, now=f.AT, note="某所")
    actions.move_bottleneck(item, "confirm", by=by, now=f.AT)
    actions.move_bottleneck(item, "start", by=by, now=f.AT, note="交给演示联合体")
    assert (item.state, item.taken_by) == ("in_progress", "交给演示联合体")
    for evidence in ("", "  ", "已突破"):
        with pytest.raises(TransitionRefusedError) as refused:
            actions.move_bottleneck(item, "break_through", by=by, now=f.AT, evidence=evidence)
        assert refused.value.code == "evidenced"
        item.refresh_from_db()
        assert (item.state, item.evidence) == ("in_progress", "")
    actions.move_bottleneck(item, "break_through", by=by, now=f.AT, evidence=EVIDENCE)
    assert (item.state, item.evidence) == ("broken_through", EVIDENCE)
    actions.move_bottleneck(item, "resume", by=by, now=f.AT, note="复测不合格")
    assert item.state == "in_progress"
    actions.move_bottleneck(item, "remove", by=by, now=f.AT, note="并入另一项")
    assert item.state == "removed"


@db
def test_nobody_confirms_what_he_nominated() -> None:
    named = ls.bureau()
    account = f.with_role("officer", area=f.BAOTOU, of=f.member(named))
    by = f.actor(account)
    item = ls.bottleneck(named, nominator=named, by=by)
    assert may(by, BottleneckPerm.READ, item)
    for step in ("confirm", "refuse"):
        with pytest.raises(RefusedError):
            actions.move_bottleneck(item, step, by=by, now=f.AT, note="好")
    assert "须由所列部门的另一名" in s.text(f.signed_in_client(account).get(item.get_absolute_url()))
    assert queries.bottlenecks_to_confirm(by).count() == 0
    colleague = ls.officer_of(named)
    assert queries.bottlenecks_to_confirm(colleague).count() == 1
    actions.move_bottleneck(item, "refuse", by=colleague, now=f.AT, note="范围太宽")
    assert item.state == "removed"


@db
def test_bad_input_of_a_nomination() -> None:
    firm = f.organisation()
    by = f.actor(f.manager(firm))
    unverified = f.organisation(kind="government", verified=False)
    for bureaus in ((), (unverified.uid,), (f.organisation().uid,), (ls.bureau().uid, unverified.uid)):
        with pytest.raises(ValidationError) as refused:
            actions.nominate_bottleneck(BottleneckInput("题", "卡", bureaus), nominator=firm, by=by, now=f.AT)
        assert set(refused.value.message_dict) == {"bureaus"}
    bad = BottleneckInput(" ", "", (ls.bureau().uid,), chain="nothing")
    with pytest.raises(ValidationError) as refused:
        actions.nominate_bottleneck(bad, nominator=firm, by=by, now=f.AT)
    assert set(refused.value.message_dict) == {"title", "problem", "chain"}
    good = BottleneckInput("题", "卡", (ls.bureau().uid,))
    with pytest.raises(RefusedError):
        actions.nominate_bottleneck(good, nominator=f.organisation(), by=by, now=f.AT)
    outsider = s.manager_of(f.organisation(verified=False))
    with pytest.raises(RefusedError):
        actions.nominate_bottleneck(good, nominator=None, by=outsider, now=f.AT)
    assert not Bottleneck.objects.exists()


@db
def test_an_editor_cannot_shut_himself_out_and_a_bureau_taken_off_knows_no_more() -> None:
    first, second = ls.bureau(), ls.bureau()
    item = ls.bottleneck(first, second)
    by, other = ls.officer_of(first), ls.officer_of(second)
    assert may(other, BottleneckPerm.READ, item)
    stated = ("题目", "卡在喷头")
    with pytest.raises(ValidationError, match="至少保留"):
        actions.edit_bottleneck(item, BottleneckInput(*stated, (second.uid,)), by=by, now=f.AT)
    read = item.revision
    actions.edit_bottleneck(item, BottleneckInput(*stated, (first.uid,)), by=by, now=f.AT, revision=read)
    assert not may(other, BottleneckPerm.READ, item)
    assert not queries.bottlenecks(other).exists()
    with pytest.raises(StaleRevisionError):
        actions.edit_bottleneck(item, BottleneckInput("丙", "丁", (first.uid,)), by=by, now=f.AT, revision=read)


def linked() -> tuple[Bottleneck, Listing]:
    """An item with a secret title that hangs on a public need of its nominator."""
    firm = f.organisation()
    item = ls.bottleneck(nominator=firm, title=SECRET, problem=f"{SECRET}问题", state="in_progress")
    need = s.published(firm)
    actions.attach_to_bottleneck(item, need, by=ls.bureau_officer(item), now=f.AT)
    return item, need


@db
@pytest.mark.covers("NED-05")
def test_it_is_registered_with_nothing_that_tells_others() -> None:
    item, _need = linked()
    assert set(searchables) == {"listing"} or "bottleneck" not in set(searchables)
    assert "bottleneck" not in set(matchables)
    assert not any(kind.startswith("bottleneck") for kind in offered())
    assert not Duty.objects.filter(subject_type="bottleneck").exists()
    assert not Notice.objects.filter(subject_type="bottleneck").exists()
    owner = f.actor(f.manager(item.nominator)) if item.nominator else ANONYMOUS
    assert not notices.of(owner).filter(subject_uid=item.uid).exists()


@db
@pytest.mark.covers("NED-05")
def test_its_words_stand_on_no_other_page() -> None:
    item, need = linked()
    assert item.nominator is not None
    named = item.bureaus.select_related("organisation").get().organisation
    firm = item.nominator
    walkers = {
        "visitor": Client(),
        "owner": f.signed_in_client(f.manager(firm)),
        "officer": f.signed_in_client(f.officer(f.BAOTOU)),
        "colleague": f.signed_in_client(f.member(named)),
        "operator": f.signed_in_client(f.operator()),
    }
    pages = [
        "/", "/workbench/", "/notices/", "/bottlenecks/", "/bottlenecks/new/", "/weak-links/", "/agendas/",
        "/sitemap.xml",
        "/weak-links/?export=csv", "/bottlenecks/?export=csv",
        need.get_absolute_url(), f"/listings/{need.uid}/history/",
        firm.get_absolute_url(), named.get_absolute_url(), "/me/export/", f"/search/?q={SECRET}", "/listings/mine/",
        item.get_absolute_url(), f"{item.get_absolute_url()}edit/",
    ]  # fmt: skip
    for who, client in walkers.items():
        for path in pages:
            answer: Any = client.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert f"{SECRET}问题" not in body.decode(), (who, path)
            if not path.startswith("/search/"):  # search repeats the words it was asked for
                assert SECRET not in body.decode(), (who, path)
            if str(item.uid) in path:
                assert answer.status_code in ({302, 404} if who == "visitor" else {404}), (who, path)
    auditor = f.signed_in_client(f.auditor())
    assert SECRET in s.text(auditor.get("/bottlenecks/"))
    assert "管理这一项" not in s.text(auditor.get(item.get_absolute_url()))
    assert auditor.post(f"{item.get_absolute_url()}move/remove/", {"note": "好"}).status_code == 403


@db
@pytest.mark.covers("NED-05")
def test_pages_from_nomination_to_breakthrough() -> None:
    firm, named = f.organisation(), ls.bureau()
    owner = f.signed_in_client(f.manager(firm))
    officer = f.signed_in_client(f.with_role("officer", area=f.BAOTOU, of=f.member(named)))
    need = s.published(firm)
    page = owner.get("/bottlenecks/new/")
    data: dict[str, Any] = {
        "title": SECRET, "problem": "喷头依赖进口", "dependence": "", "chain": "", "bureaus": [str(named.uid)],
        "nominator": str(firm.uid), "need": str(need.uid), "one_time_key": page.context["form"].initial["one_time_key"],
    }  # fmt: skip
    assert owner.post("/bottlenecks/new/", data | {"bureaus": []}).status_code == 422
    assert owner.post("/bottlenecks/new/", data).status_code == 302
    answer = owner.post("/bottlenecks/new/", data, follow=True)
    assert "已提名" in s.text(answer)
    assert SECRET not in s.text(answer)
    item = Bottleneck.objects.get()
    assert owner.get("/bottlenecks/").status_code == 403
    url = item.get_absolute_url()
    assert owner.get(url).status_code == 404
    assert "待确认的卡脖子提名" in s.text(officer.get("/workbench/"))
    assert SECRET in s.text(officer.get("/bottlenecks/?state=nominated"))
    assert need.title in s.text(officer.get(url))
    officer.post(f"{url}move/confirm/")
    officer.post(f"{url}move/start/", {"note": "演示联合体"})
    assert "标为已突破要写明证据" in s.text(officer.post(f"{url}move/break_through/", {"evidence": "好"}, follow=True))
    officer.post(f"{url}move/break_through/", {"evidence": EVIDENCE})
    item.refresh_from_db()
    assert item.state == "broken_through"
    assert EVIDENCE in s.text(officer.get(url))
    rows, _source = exported.table(officer.get("/bottlenecks/?export=csv"))
    assert [(row["技术"], row["进展"]) for row in rows] == [(SECRET, "已突破")]
    made = Event.objects.get(type="export.made").payload.body
    assert SECRET not in str(made)
    assert officer.get(f"{url}move/nothing/").status_code == 405
    assert officer.post(f"{url}move/nothing/").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one item", "control"])
def test_two_officers_confirm_at_once(*, same: bool) -> None:
    """One of them is told that it has been done; the control, on two items, lets both: they do run at once."""
    named = ls.bureau()
    rows = [ls.bottleneck(named) for _n in range(1 if same else 2)] * (2 if same else 1)
    officers = [ls.officer_of(named) for _n in range(2)]

    def act(at: int) -> Any:
        item = Bottleneck.objects.get(pk=rows[at].pk)
        return lambda: advance(item, "confirm", by=officers[at], now=f.AT).type

    outcomes = race(act(0), act(1))
    told = [o for o in outcomes if isinstance(o, TransitionRefusedError)]
    assert len(told) == (1 if same else 0), outcomes
    assert Event.objects.filter(type="bottleneck.confirm").count() == (1 if same else 2)
