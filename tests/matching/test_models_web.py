"""The operator's pages: who gets them, what they say, and that each button does what it says."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.models import JobLease
from mengkeju.matching.actions import models as steps
from mengkeju.matching.models import MatchModel, Proposal, Waiting
from tests import exported, factories
from tests.listings.samples import queries_of, text
from tests.matching import models_world as m
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
PAGE = "/match-models/"


@pytest.fixture
def operator() -> Client:
    return factories.signed_in_client(factories.operator())


def do(client: Client, model: MatchModel, step: str, **given: Any) -> Any:
    return client.post(reverse("match-model-move", args=[model.uid, step]), given, follow=True)


def test_who_gets_the_pages() -> None:
    model = m.candidate("first")
    pages = (PAGE, f"{PAGE}needs/", model.get_absolute_url(), reverse("match-model-file", args=[model.uid]))
    stranger = factories.signed_in_client(factories.manager(factories.organisation()))
    for page in pages:
        assert Client().get(page).status_code == 302
        assert stranger.get(page).status_code == (404 if str(model.uid) in page else 403)
        for role in (factories.operator(), factories.auditor()):
            assert factories.signed_in_client(role).get(page).status_code == 200
    assert "匹配模型" not in text(stranger.get(reverse("workbench")))


def test_the_auditor_sees_no_button_and_is_refused() -> None:
    auditor, model = factories.signed_in_client(factories.auditor()), m.candidate("first")
    page = text(auditor.get(model.get_absolute_url()))
    assert 'id="do"' not in page
    assert do(auditor, model, "go_live").status_code == 403
    assert auditor.post(f"{PAGE}train/").status_code == 403
    assert auditor.post(reverse("match-model-compare", args=[model.uid])).status_code == 403
    assert MatchModel.objects.get().state == "candidate"


def test_an_empty_site_says_what_is_missing(operator: Client) -> None:
    factories.areas()
    page = text(operator.get(PAGE))
    for words in (
        "还没有训练过",
        "这个月没有展示过这个模型的推荐",
        "没有发布中的需求",
        "cold-2026-11-2",
        "没有用本站的结果",
    ):
        assert words in page


def test_from_candidate_to_live_and_back_on_the_page(operator: Client) -> None:
    world.shelf()
    model = m.candidate("first", text=1.1)
    page = text(operator.get(model.get_absolute_url()))
    assert "还不能直接上线" not in page
    assert "指标不够也上线" not in page
    sent = re.search(r'name="revision" value="(\d+)"', page)
    assert sent is not None
    done = text(do(operator, model, "go_live", revision=sent[1]))
    assert "已办：上线" in done
    assert "已上线" in done, "the timeline"
    assert Waiting.objects.count() == 9
    overview = text(operator.get(PAGE))
    assert re.search(r"<strong>first</strong> · \S+ \S+ 上线", overview)
    again = text(do(operator, model, "go_live", revision=sent[1]))
    assert "内容有了变动" in again
    assert "必须写明理由" in text(do(operator, model, "retire"))
    assert "演示：不合适" in text(do(operator, model, "retire", note="演示：不合适"))
    assert "已办：回到这个模型" in text(do(operator, model, "roll_back", note="再试"))
    assert do(operator, model, "replace").status_code == 404
    assert do(operator, model, "nonsense").status_code == 404


def test_a_model_that_may_not_go_live_says_why_and_asks_for_a_second_person(operator: Client) -> None:
    model = m.candidate("poor", facts={"labels": 3})
    page = text(operator.get(model.get_absolute_url()))
    assert "可用的标注 3 个，至少要 200 个" in page
    assert reverse("match-model-move", args=[model.uid, "go_live"]) not in page
    assert "还不能上线" in text(do(operator, model, "go_live"))
    asked = text(do(operator, model, "ask_override", note="试点要用"))
    assert "待另一位复核" in asked
    assert "同意破例上线" not in asked, "not by who asked"
    assert do(operator, model, "confirm_override", note="我自己").status_code == 403
    second = factories.signed_in_client(factories.operator())
    assert "复核破例上线的匹配模型" in text(second.get(reverse("workbench")))
    assert "同意破例上线" in text(second.get(model.get_absolute_url()))
    do(second, model, "confirm_override", note="同意")
    assert MatchModel.objects.get().state == "live"


def test_a_live_file_that_cannot_be_used_is_said_loudly(operator: Client) -> None:
    model = m.candidate("old")
    m.live(model)
    MatchModel.objects.update(content=b"{}\n")
    page = text(operator.get(PAGE))
    assert "暂用随附模型：这不是蒙科聚的匹配模型文件" in page
    assert "不能用，暂用随附模型" in page
    assert "<strong>cold-2026-11-2</strong>" in page


@pytest.mark.django_db(transaction=True)
def test_training_and_comparing_are_queued_once() -> None:
    operator, model = factories.signed_in_client(factories.operator()), m.candidate("first")
    for _ in range(2):
        assert "已排队" in text(operator.post(f"{PAGE}train/", follow=True))
        assert "已排队" in text(operator.post(reverse("match-model-compare", args=[model.uid]), follow=True))
    keys = ["matching.train", f"matching.compare:{model.uid}"]
    assert [JobLease.objects.filter(key=key, waiting=True).count() for key in keys] == [1, 1]
    steps.move(model, "refuse", by=SYSTEM, now=m.AT, note="不用")
    assert "只有候选模型可以重新比较" in text(
        operator.post(reverse("match-model-compare", args=[model.uid]), follow=True)
    )


def test_the_file_is_the_stored_one(operator: Client) -> None:
    model = m.candidate("first")
    answer = operator.get(reverse("match-model-file", args=[model.uid]))
    assert answer.content == bytes(model.content)
    assert answer["Content-Disposition"] == 'attachment; filename="first.mkj-model"'


def shown() -> list[Proposal]:
    needs, achievements = world.shelf()
    made = [m.proposal(needs[0], row, rank=at, p3=0.15) for at, row in enumerate(achievements, 1)]
    for at, row in enumerate(made, 1):
        m.show(row, at, opened=at < 4)
    m.say(made[0], step="intention", at=m.AT + timedelta(hours=1))
    m.say(made[1], reason="off_direction", at=m.AT + timedelta(hours=1))
    return made


def test_the_figures_of_a_month_and_the_needs_behind_them(operator: Client) -> None:
    shown()
    page = text(operator.get(PAGE, {"month": "2026-11"}))
    assert "2026年11月的情况" in page
    for words in ("冷：此前没有任何答复", "3 · 50%", "1 · 17%", "例数太少"):
        assert words in page
    for link, count in re.findall(rf'href="({PAGE}needs/[^"]+)">(\d+)<', page):
        answer = text(operator.get(link.replace("&amp;", "&")))
        assert f">{count} 项<" in answer, link
        assert answer.count('<li><a href="/listings/') == int(count)
    cold = text(operator.get(PAGE, {"month": "2026-11", "needs": "warm"}))
    assert "这个月没有展示过" in cold
    assert operator.get(f"{PAGE}needs/", {"by": "field", "value": "nothing"}).status_code == 404
    assert operator.get(f"{PAGE}needs/", {"by": "luck"}).status_code == 404
    assert operator.get(PAGE, {"month": "x", "needs": "y"}).status_code == 200


def test_the_figures_say_nothing_of_who_said_what(operator: Client) -> None:
    made = shown()
    page = text(operator.get(PAGE, {"month": "2026-11"}))
    owner = made[0].need.owner
    assert owner is not None
    assert owner.name not in page
    assert made[1].achievement.title not in page


def test_the_figures_as_a_file(operator: Client) -> None:
    shown()
    head, rows = exported.xlsx(operator.get(PAGE, {"month": "2026-11", "export": "xlsx"}))
    assert "cold-2026-11-2" in " ".join(head)
    total = next(row for row in rows if row["分组"] == "合计")
    assert [total[key] for key in ("打开", "暂不考虑", "有答复")] == [3, 1, 2]
    assert len([row for row in rows if row["分组"] == "名次"]) == 10
    assert len([row for row in rows if row["分组"] == "校准"]) == 10
    assert {row["项目"] for row in rows if row["分组"] == "覆盖"} == {"全部"}
    listed = exported.xlsx(operator.get(f"{PAGE}needs/", {"by": "all", "export": "xlsx"}))[1]
    assert len(listed) == 3


def test_as_many_queries_for_many_models_as_for_few(operator: Client) -> None:
    shown()
    m.candidate("first", text=1.1)
    operator.get(PAGE)
    few = queries_of(lambda: operator.get(PAGE))
    for at in range(5):
        m.candidate(f"more-{at}", text=2 + at)
    assert queries_of(lambda: operator.get(PAGE)) == few


def test_the_page_how_names_the_model_in_use_and_what_it_weighs() -> None:
    world.shelf()
    how = reverse("match-how")
    assert "数字是权重，由平台设定" in text(Client().get(how))
    facts = m.candidate("x").facts | {"numbers": {"signals": {"body": [0.4, 0.77]}}}
    model = m.candidate("site-2026-11-20", text=1.1, facts=facts)
    m.live(model)
    page = text(Client().get(how))
    assert "数字是权重，由平台设定" not in page
    for words in ("site-2026-11-20", "本站的结果：意向、签约、暂不考虑", "0.77"):
        assert words in page
