"""行业攻关方向: written, reviewed, split into needs in one step, solved one by one; a stated one says where from."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.actions import AgendaInput, ItemInput, SourceItem
from mengkeju.listings.engine.agendas import Progress, progress, standing
from mengkeju.listings.models import Agenda, Listing
from tests import exported
from tests import factories as f
from tests.listings import list_samples as ls
from tests.listings import samples as s

db = pytest.mark.django_db


def test_how_far_a_direction_has_come() -> None:
    assert standing(needs=0, answers=0, solved=False) == "planned"
    assert standing(needs=2, answers=0, solved=False) == "asked"
    assert standing(needs=0, answers=1, solved=False) == "answered"
    assert standing(needs=0, answers=0, solved=True) == "solved"
    assert progress(["planned", "asked", "answered", "solved"]) == Progress(4, asked=3, answered=2, solved=1)
    assert progress([]) == Progress(0, 0, 0, 0)


@db
@pytest.mark.covers("NED-15")
def test_a_platform_sets_an_agenda_an_officer_of_its_area_publishes_it() -> None:
    keeper = f.organisation(kind="platform")
    by, officer = f.actor(f.manager(keeper)), f.actor(f.officer(f.BAOTOU))
    agenda = ls.agenda(keeper, items=0)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.submit_agenda(agenda, by=by, now=f.AT, secrecy_reviewed=True)
    assert refused.value.code == "has_items"
    actions.add_item(agenda, ItemInput("乳清脱酸"), by=by, now=f.AT)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.submit_agenda(agenda, by=by, now=f.AT, secrecy_reviewed=False)
    assert refused.value.code == "secrecy_reviewed"
    assert queries.find_agenda(officer, agenda.uid) is None
    actions.submit_agenda(agenda, by=by, now=f.AT, secrecy_reviewed=True)
    assert list(queries.to_review(officer)) == [agenda]
    assert queries.find_agenda(ANONYMOUS, agenda.uid) is None
    (duty,) = Duty.objects.filter(subject_uid=agenda.uid, closed_at=None)
    assert (duty.key, duty.holder_role, duty.barred_organisation) == ("review_agenda", "officer", keeper.uid)
    own = f.actor(f.with_role("officer", area=f.BAOTOU, of=f.member(keeper)))
    for stranger in (by, own, f.actor(f.officer(f.HOHHOT))):
        with pytest.raises(RefusedError):
            actions.move_agenda(agenda, "approve", by=stranger, now=f.AT)
    actions.move_agenda(agenda, "return", by=officer, now=f.AT, note="方向太宽")
    actions.submit_agenda(agenda, by=by, now=f.AT, secrecy_reviewed=True)
    actions.move_agenda(agenda, "approve", by=officer, now=f.AT)
    assert agenda.published_at == f.AT
    assert list(queries.agendas(ANONYMOUS)) == [agenda]
    assert not Duty.objects.filter(subject_uid=agenda.uid, closed_at=None).exists()


@db
def test_who_may_set_one_and_what_is_refused() -> None:
    university, unverified = f.organisation(kind="university"), f.organisation(kind="platform", verified=False)
    given = AgendaInput("方向")
    with pytest.raises(ValidationError, match="创新平台或企业"):
        actions.create_agenda(given, organisation=university, by=s.manager_of(university), now=f.AT)
    with pytest.raises(RefusedError):
        actions.create_agenda(given, organisation=unverified, by=s.manager_of(unverified), now=f.AT)
    firm = f.organisation()
    with pytest.raises(RefusedError):
        actions.create_agenda(given, organisation=firm, by=s.manager_of(f.organisation()), now=f.AT)
    bad = AgendaInput(" ", cluster="nothing", field="nothing")
    with pytest.raises(ValidationError) as refused:
        actions.create_agenda(bad, organisation=firm, by=s.manager_of(firm), now=f.AT)
    assert set(refused.value.message_dict) == {"title", "cluster", "field"}
    assert queries.may_set(s.manager_of(university)) == []
    assert queries.may_set(s.manager_of(firm)) == [firm]


@db
@pytest.mark.covers("NED-15")
def test_a_direction_becomes_a_need_in_one_step_and_shows_how_far_it_is() -> None:
    keeper = f.organisation(kind="platform")
    by = f.actor(f.manager(keeper))
    agenda = ls.agenda(keeper, items=2)
    item = ls.item_of(agenda)
    with pytest.raises(TransitionRefusedError):
        actions.make_need(item, by=by, now=f.AT)
    Agenda.objects.filter(pk=agenda.pk).update(state="published")
    agenda.refresh_from_db()
    item = ls.item_of(agenda)
    need = actions.make_need(item, by=by, now=f.AT)
    assert (need.kind, need.state, need.title, need.owner) == ("need", "draft", item.title, keeper)
    assert (need.summary, need.cluster, need.field) == (item.text, "dairy", "industrial_biotechnology")
    first, second = queries.directions(agenda, ANONYMOUS)
    assert (first.standing, first.attached, second.standing) == ("planned", (), "planned")
    (own, _other) = queries.directions(agenda, by)
    assert [at.listing.uid for at in own.attached] == [need.uid]
    said = s.stated(title=need.title, cluster="dairy", field="industrial_biotechnology", **s.ENOUGH)
    actions.edit_listing(need, said, by=by, now=f.AT)  # a direction alone says too little for a need
    s.submit(need)
    actions.review_listing(need, approve=True, by=s.reviewer(), now=s.LATER)
    assert queries.directions(agenda, ANONYMOUS)[0].standing == "asked"
    actions.attach_to_item(item, s.published(f.organisation(), "capability"), by=by, now=f.AT)
    assert queries.directions(agenda, ANONYMOUS)[0].standing == "answered"
    with pytest.raises(ValidationError):
        actions.settle_item(item, solved=True, by=by, now=f.AT, note=" ")
    actions.settle_item(item, solved=True, by=by, now=f.AT, note="两条线用满三个月")
    assert queries.directions(agenda, ANONYMOUS)[0].standing == "solved"
    assert queries.progress_of([agenda])[agenda.pk] == Progress(2, 1, 1, 1)
    actions.settle_item(item, solved=False, by=by, now=f.AT, note="复测不合格")
    assert queries.progress_of([agenda])[agenda.pk].solved == 0
    with pytest.raises(RefusedError):
        actions.make_need(item, by=s.manager_of(f.organisation()), now=f.AT)


@db
def test_a_public_agenda_is_changed_with_the_statement_on_secrecy_only() -> None:
    agenda = ls.agenda(state="published")
    by = f.actor(f.manager(agenda.organisation))
    item = ls.item_of(agenda)
    for act in (
        lambda: actions.edit_agenda(agenda, AgendaInput("新名称"), by=by, now=f.AT),
        lambda: actions.add_item(agenda, ItemInput("新方向"), by=by, now=f.AT),
        lambda: actions.edit_item(item, ItemInput("改"), by=by, now=f.AT),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert "secrecy_reviewed" in refused.value.message_dict
    read = item.revision
    actions.edit_item(item, ItemInput("改", secrecy_reviewed=True), by=by, now=f.AT, revision=read)
    with pytest.raises(StaleRevisionError):
        actions.edit_item(item, ItemInput("再改", secrecy_reviewed=True), by=by, now=f.AT, revision=read)
    assert Event.objects.filter(type="agenda.item_edited", subject_uid=agenda.uid).count() == 1
    with pytest.raises(ValidationError):
        actions.remove_item(item, by=by, now=f.AT, note="")
    need = s.published()
    actions.attach_to_item(item, need, by=by, now=f.AT)
    with pytest.raises(ValidationError, match="先取下来"):
        actions.remove_item(item, by=by, now=f.AT, note="重复")
    actions.detach_from_item(item, need, by=by, now=f.AT)
    actions.remove_item(item, by=by, now=f.AT, note="重复")
    assert not queries.items_of(agenda).exists()
    actions.move_agenda(agenda, "end", by=by, now=f.AT, note="都已落实")
    with pytest.raises(RefusedError):
        actions.add_item(agenda, ItemInput("又一个", secrecy_reviewed=True), by=by, now=f.AT)


@db
@pytest.mark.covers("NED-15")
def test_a_stated_agenda_says_where_it_comes_from_and_has_nobody() -> None:
    f.areas()
    keeper = f.organisation(kind="platform", verified=False)
    need = s.published()
    given = AgendaInput("乳业攻关方向", cluster="dairy")
    stated: dict[str, Any] = {"organisation": keeper, "source": "公开报道", "external_id": "ag-1", "now": f.AT}
    items = (SourceItem("奶牛种源多样化", listings=(need,)), SourceItem("适合国情的奶牛饲喂方案"))
    agenda, new = actions.publish_agenda_from_source(given, items, by=SYSTEM, **stated)
    again, second = actions.publish_agenda_from_source(given, items, by=SYSTEM, **stated)
    assert (agenda.state, new, again, second) == ("published", True, agenda, False)
    page = s.text(Client().get(agenda.get_absolute_url()))
    assert "据公开报道，未经本单位确认" in page
    assert "奶牛种源多样化" in page
    stated["external_id"] = "ag-2"
    with pytest.raises(RefusedError):
        actions.publish_agenda_from_source(given, items, by=s.manager_of(f.organisation()), **stated)


@db
def test_an_achievement_linked_to_the_need_of_a_direction_answers_it() -> None:
    agenda = ls.agenda(state="published")
    by = f.actor(f.manager(agenda.organisation))
    need, answer = s.published(), s.published(kind="achievement")
    actions.attach_to_item(ls.item_of(agenda), need, by=by, now=f.AT)
    assert queries.directions(agenda, ANONYMOUS)[0].standing == "asked"
    Listing.objects.filter(pk__in=[need.pk, answer.pk]).update(origin="source", source="公开报道")
    for row in (need, answer):
        row.refresh_from_db()
    actions.link_from_source(answer, need, "answers", by=SYSTEM, now=f.AT)
    assert queries.directions(agenda, ANONYMOUS)[0].standing == "answered"


@db
def test_the_list_and_the_page_ask_a_constant_number_of_queries() -> None:
    agenda = ls.agenda(state="published", items=2)
    by = f.actor(f.manager(agenda.organisation))
    actions.attach_to_item(ls.item_of(agenda), s.published(), by=by, now=f.AT)
    client = Client()
    for path, more in (
        ("/agendas/", lambda: [ls.agenda(state="published") for _n in range(4)]),
        (
            agenda.get_absolute_url(),
            lambda: [
                actions.attach_to_item(
                    actions.add_item(agenda, ItemInput(f"新{n}", secrecy_reviewed=True), by=by, now=f.AT),
                    s.published(by=s.reviewer()),
                    by=by,
                    now=f.AT,
                )
                for n in range(4)
            ],
        ),
    ):
        client.get(path)
        few = s.queries_of(lambda address=path: client.get(address))  # type: ignore[misc]  # bound now
        more()
        assert s.queries_of(lambda address=path: client.get(address)) == few, path  # type: ignore[misc]  # bound now


@db
@pytest.mark.covers("NED-15")
def test_pages_from_a_draft_to_a_need() -> None:
    keeper = f.organisation(kind="platform")
    client, visitor = f.signed_in_client(f.manager(keeper)), Client()
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    assert "还没有发布的攻关方向" in s.text(visitor.get("/agendas/"))
    assert visitor.get("/agendas/new/").status_code == 302
    assert f.signed_in_client(f.manager(f.organisation(kind="university"))).get("/agendas/new/").status_code == 403
    key = client.get("/agendas/new/").context["form"].initial["one_time_key"]
    data = {"organisation": str(keeper.uid), "title": "乳品共性", "summary": "", "cluster": "dairy", "field": ""}
    assert client.post("/agendas/new/", data | {"title": ""}).status_code == 422
    for _again in range(2):
        assert client.post("/agendas/new/", data | {"one_time_key": key}).status_code == 302
    agenda = Agenda.objects.get()
    url = agenda.get_absolute_url()
    assert visitor.get(url).status_code == 404
    key = client.get(f"{url}items/new/").context["form"].initial["one_time_key"]
    for _again in range(2):
        item_data = {"title": "乳清脱酸", "text": "每吨不高于 35 元", "one_time_key": key}
        assert client.post(f"{url}items/new/", item_data).status_code == 302
    item = ls.item_of(agenda)
    assert agenda.items.count() == 1
    assert "请确认已按本单位规定作保密审查" in s.text(client.post(f"{url}submit/", {}, follow=True))
    client.post(f"{url}submit/", {"secrecy_reviewed": "on"})
    assert "等您审核" in s.text(officer.get("/agendas/"))
    assert officer.get(f"{url}items/new/").status_code == 403
    assert officer.post(f"{url}review/approve/").status_code == 302
    assert "乳清脱酸" in s.text(visitor.get(url))
    assert "提成需求" not in s.text(visitor.get(url))
    assert "提成需求" in s.text(client.get(url))
    for _again in range(2):
        answer = client.post(f"{url}items/{item.uid}/need/", {"one_time_key": "k1"})
    need = Listing.objects.get()
    assert answer["Location"] == f"/listings/{need.uid}/edit/"
    assert client.get(answer["Location"]).status_code == 200
    client.post(f"{url}items/{item.uid}/settle/", {"solved": "yes", "note": "两条线用满三个月"})
    assert "两条线用满三个月" in s.text(visitor.get(url))
    rows, _source = exported.table(visitor.get(f"{url}?export=csv"))
    assert [(row["方向"], row["进展"]) for row in rows] == [("乳清脱酸", "已解决")]
    item.refresh_from_db()
    edit = f"{url}items/{item.uid}/edit/"
    sent = {"title": "乳清脱酸与利用", "text": "", "secrecy_reviewed": "on"}
    assert client.post(edit, sent | {"revision": item.revision - 1}).status_code == 409
    assert client.post(edit, sent | {"revision": item.revision}).status_code == 302
    assert client.post(f"{url}items/{item.uid}/attach/", {"reference": "?"}).status_code == 302
    assert client.get(f"{url}items/{keeper.uid}/edit/").status_code == 404
