"""Conversions that stand still: listed, the obstacle named, a helper assigned, resolved with a note."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.access import Perm
from mengkeju.deals.engine import stall as engine
from mengkeju.deals.models import Intention, Stall
from mengkeju.deals.queries import StalledFilter
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError, may
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import exported
from tests import factories as f
from tests.access_forms import disagreements
from tests.deals import samples as s
from tests.listings.samples import queries_of, text

pytestmark = pytest.mark.django_db


def old(intention: Intention, days: int = 60) -> Intention:
    """As if it had been in its stage so many days."""
    Intention.objects.filter(pk=intention.pk).update(state_at=clock.now() - timedelta(days=days))
    intention.refresh_from_db()
    return intention


def listed(actor: Actor, **asked: Any) -> list[Intention]:
    """What the list shows somebody."""
    return list(queries.find_stalled(actor, StalledFilter(**asked), clock.today()))


def named(intention: Intention, by: Actor, obstacle: str = "price", note: str = "") -> Stall:
    """An obstacle."""
    return actions.name_obstacle(intention, obstacle, note, by=by, now=clock.now())


@pytest.mark.covers("ACH-24")
def test_what_is_too_long_in_a_stage_is_listed_the_longest_first() -> None:
    pair, broker = s.pair(), f.broker()
    fresh, stuck = pair.introduced(f.actor(broker)), pair.declared()
    officer, there = f.actor(f.officer()), f.actor(f.officer(f.HOHHOT))
    assert listed(officer) == []
    old(stuck), old(fresh, 30)
    for reader in (officer, there):
        assert listed(reader) == [stuck, fresh], "an officer of either side's place"
    assert listed(f.actor(broker)) == [fresh], "a broker those he introduced"
    assert listed(f.actor(f.broker())) == listed(f.actor(f.officer("150300"))) == []
    assert queries.days_in_stage(stuck, clock.today()) >= engine.STAGE_DAYS["declared"]
    pair.bring(stuck, "accepted")
    assert listed(officer) == [fresh]
    old(stuck)
    assert listed(officer, stage="accepted") == [stuck]
    actions.move_intention(stuck, "talk", by=pair.of_firm, now=clock.now())
    old(stuck, 7)
    assert listed(officer) == [fresh], "each stage has its own number of days"


@pytest.mark.parametrize("stage", engine.STAGES)
def test_the_limit_of_each_stage_is_the_day_it_says(stage: str) -> None:
    pair, officer = s.pair(), f.actor(f.officer())
    intention = pair.bring(pair.declared(), stage) if stage != "declared" else pair.declared()
    days, today = engine.STAGE_DAYS[stage], clock.today()
    moment = queries.board.before(today, days)
    for at, shown in ((moment, False), (moment - timedelta(seconds=1), True)):
        Intention.objects.filter(pk=intention.pk).update(state_at=at)
        assert bool(listed(officer)) is shown


@pytest.mark.covers("ACH-24")
def test_an_obstacle_is_named_helped_and_resolved() -> None:
    pair, officer, helper = s.pair(), f.actor(f.officer()), f.broker()
    intention, now = old(pair.declared()), clock.now()
    stall = named(intention, pair.of_firm, note="价格差一半")
    assert duties.open_on(stall).get().holder_role == "officer"
    assert listed(officer, obstacle="price") == [intention]
    assert listed(officer, obstacle="none") == listed(officer, obstacle="funds") == []
    with pytest.raises(ValidationError, match="已经点明"):
        named(intention, pair.of_institute)
    actions.assign_helper(stall, f.person(helper), by=officer, now=now)
    duty = duties.open_on(stall).get()
    assert (duty.holder_account, stall.state) == (helper.uid, "helping")
    assert Notice.objects.filter(account=helper.uid, kind="duty.help_stalled").exists()
    assert Notice.objects.filter(account=f.manager(pair.firm).uid, kind="stall.news").exists()
    assert listed(f.actor(helper), mine=True) == [intention]
    with pytest.raises(TransitionRefusedError):
        actions.resolve_stall(stall, by=f.actor(helper), now=now, note=" ")
    actions.resolve_stall(stall, by=f.actor(helper), now=now, note="改为里程碑付款")
    assert (stall.state, stall.outcome) == ("resolved", "改为里程碑付款")
    assert not duties.open_on(stall).exists()
    told = Event.objects.filter(subject_type="stall", subject_uid=stall.uid).order_by("id")
    assert list(told.values_list("type", flat=True)) == ["stall.created", "stall.assign", "stall.resolve"]
    named(intention, officer, "funds")


def test_another_helper_takes_over_and_nobody_of_either_side_helps() -> None:
    pair, officer, now = s.pair(), f.actor(f.officer()), clock.now()
    stall = named(pair.declared(), officer)
    first, second = f.broker(), f.officer(f.HOHHOT)
    own = f.with_role("broker", of=f.member(pair.institute))
    for wrong in (own, f.member(pair.firm), f.account()):
        with pytest.raises(ValidationError) as refused:
            actions.assign_helper(stall, f.person(wrong), by=officer, now=now)
        assert "helper" in refused.value.message_dict
    assert f.person(own) not in queries.helpers_for(stall.intention)
    actions.assign_helper(stall, f.person(first), by=officer, now=now)
    with pytest.raises(ValidationError):
        actions.assign_helper(stall, f.person(first), by=officer, now=now)
    actions.assign_helper(stall, f.person(second), by=officer, now=now)
    assert duties.open_on(stall).get().holder_account == second.uid
    with pytest.raises(RefusedError):
        actions.resolve_stall(stall, by=f.actor(first), now=now, note="已办")


@pytest.mark.parametrize("ended", ["declined", "withdrawn", "accepted"])
def test_an_intention_that_moves_ends_its_obstacle(ended: str) -> None:
    pair = s.pair()
    intention = pair.declared()
    stall = named(intention, pair.of_firm)
    pair.bring(intention, ended)
    stall.refresh_from_db()
    assert stall.state == "overtaken"
    assert not duties.open_on(stall).exists()
    if ended != "accepted":
        with pytest.raises(ValidationError, match="已经结束"):
            named(intention, pair.of_firm)


def test_what_names_no_obstacle_is_refused_at_its_field() -> None:
    pair = s.pair()
    intention = pair.declared()
    for obstacle, note, field in (("", "", "obstacle"), ("nothing", "x", "obstacle"), ("other", " ", "note")):
        with pytest.raises(ValidationError) as refused:
            named(intention, pair.of_firm, obstacle, note)
        assert list(refused.value.message_dict) == [field]
    with pytest.raises(RefusedError):
        named(intention, f.actor(f.broker()))
    own = f.actor(f.with_role("officer", area=f.BAOTOU, of=f.member(pair.firm)))
    stall = named(intention, own)
    with pytest.raises(RefusedError):  # 回避
        actions.assign_helper(stall, f.person(f.broker()), by=own, now=clock.now())


@pytest.mark.covers("ACH-24")
def test_the_officer_works_on_it_in_the_browser() -> None:
    pair, helper = s.pair(), f.broker()
    intention = old(pair.declared(message="密谈的话"))
    client, url = f.signed_in_client(f.officer()), reverse("stalled-one", args=[intention.uid])
    page = text(client.get(reverse("stalled")))
    assert (url in page, pair.need.title in page) == (True, True)
    _head, rows = exported.xlsx(client.get(reverse("stalled"), {"export": "xlsx", "obstacle": "none"}))
    assert [row["编号"] for row in rows] == [intention.number]
    one = text(client.get(url))
    assert ("密谈的话" in one, "点明障碍" in one) == (False, True)
    name = reverse("stalled-name", args=[intention.uid])
    wrong = client.post(name, {"obstacle": "other", "note": ""})
    assert (wrong.status_code, "请写明情况" in text(wrong)) == (422, True)
    for _twice in range(2):
        assert client.post(name, {"obstacle": "funds", "note": "等拨款", "one_time_key": "k"}).status_code == 302
    stall = Stall.objects.get()
    assign = reverse("stall-assign", args=[stall.uid])
    assert client.post(assign, {"helper": "", "revision": stall.revision}).status_code == 422
    given = {"helper": str(f.person(helper).uid), "revision": stall.revision}
    assert client.post(assign, given).status_code == 302
    assert client.post(assign, given).status_code == 422, "made from an older revision"
    theirs = f.signed_in_client(helper)
    assert "等拨款" in text(theirs.get(url))
    assert theirs.get(intention.get_absolute_url()).status_code == 404
    resolve = reverse("stall-resolve", args=[stall.uid])
    assert theirs.post(resolve, {"note": ""}).status_code == 422
    assert theirs.post(resolve, {"note": "已落实"}).status_code == 302
    assert "已落实" in text(pair.client("firm").get(url))


def test_who_may_not_is_told_so() -> None:
    pair = s.pair()
    intention = old(pair.declared())
    stall = named(intention, pair.of_firm)
    url, name = (reverse(key, args=[intention.uid]) for key in ("stalled-one", "stalled-name"))
    resolve = reverse("stall-resolve", args=[stall.uid])
    for who, on_list, on_page, on_act in (
        (f.manager(pair.firm), 403, 200, 403), (f.account(), 403, 404, 404), (f.broker(), 200, 404, 404),
        (f.officer("150300"), 200, 404, 404), (f.auditor(), 200, 200, 403),
    ):  # fmt: skip
        client = f.signed_in_client(who)
        assert client.get(reverse("stalled")).status_code == on_list
        assert client.get(url).status_code == on_page
        assert client.post(resolve, {"note": "x"}).status_code == on_act
    assert f.signed_in_client(f.auditor()).post(name, {}).status_code == 403
    page = text(pair.client("institute").get(intention.get_absolute_url()))
    assert "停滞与帮办" in page


def test_page_and_list_agree_on_claims_and_obstacles() -> None:
    pair, broker = s.pair(), f.broker()
    intention = pair.introduced(f.actor(broker))
    stall = named(intention, pair.of_firm)
    helper = f.broker()
    actions.assign_helper(stall, f.person(helper), by=f.actor(f.officer()), now=clock.now())
    people = {
        "visitor": ANONYMOUS, "firm": pair.of_firm, "institute": pair.of_institute, "broker": f.actor(broker),
        "helper": f.actor(helper), "officer": f.actor(f.officer()), "there": f.actor(f.officer(f.HOHHOT)),
        "elsewhere": f.actor(f.officer("150300")), "auditor": f.actor(f.auditor()), "stranger": f.actor(f.account()),
    }  # fmt: skip
    on_pair = (Perm.STALLED_SEE, Perm.STALL_NAME)
    on_stall = (Perm.STALL_READ, Perm.STALL_ASSIGN, Perm.STALL_RESOLVE, Perm.STALL_OVERTAKE)
    assert disagreements(on_pair, people, Intention.objects.all()) == []
    assert disagreements(on_stall, people, Stall.objects.all()) == []
    reads = {name for name, actor in people.items() if may(actor, Perm.STALL_READ, stall)}
    assert reads == {"firm", "institute", "broker", "helper", "officer", "there", "auditor"}
    assert {n for n, a in people.items() if may(a, Perm.STALL_ASSIGN, stall)} == {"officer", "there"}


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    counts, officer = [], f.signed_in_client(f.officer(f.REGION))
    for more in (1, 3):
        for _one in range(more):
            pair = s.pair()
            named(old(pair.declared(counter=pair.achievement)), pair.of_firm)
        officer.get(reverse("stalled"))
        counts.append(queries_of(lambda: officer.get(reverse("stalled"))))
    assert counts[0] == counts[1]


def test_the_list_of_obstacles_is_dated(tmp_path: Any) -> None:
    assert engine.OBSTACLES["other"].note_required
    bad = tmp_path / "stalled.yaml"
    bad.write_text("checked_on: 2026-11-21\nobstacles: [{key: a, label: 甲, label_en: A}, "
                   "{key: a, label: 乙, label_en: B}]\n", encoding="utf-8")  # fmt: skip
    with pytest.raises(ValueError, match="once"):
        engine.load_obstacles(bad)
