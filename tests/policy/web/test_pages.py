"""The page of policy figures."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as site
from django.test import Client

from mengkeju.kernel import clock, figures
from mengkeju.policy import queries
from mengkeju.policy.web import pages
from mengkeju.policy.web.forms import DayForm
from tests import factories as f
from tests.listings.samples import queries_of
from tests.policy.samples import entry, put, text

pytestmark = pytest.mark.django_db
PATH = "/policy-figures/"


def page(path: str = PATH, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def row(shown: str, label: str) -> str:
    """The row of one figure, without its marks."""
    found = re.search(rf'<th scope="row">{re.escape(label)}</th>(.*?)</tr>', shown, re.DOTALL)
    assert found, label
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.fixture
def shelf(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two empty folders: what is shipped, and what is the site's."""
    (tmp_path / "own").mkdir()
    settings.POLICY_DIR = str(tmp_path / "own")
    monkeypatch.setattr(queries, "SHIPPED", tmp_path)
    queries.shelf.cache_clear()
    yield tmp_path
    queries.shelf.cache_clear()


def test_everybody_reads_every_document_with_values_units_sources_and_status() -> None:
    shown = page()
    assert "非官方结论，以发布机关原文为准" in shown
    assert all(f'id="{document.key}"' in shown and document.label in shown for document in queries.documents())
    assert row(shown, "认定登记时限").startswith("15 个工作日")
    assert "征求意见稿第十四条" in row(shown, "认定登记时限")
    rates = row(shown, "购买技术成果的补助比例（超额累退）")
    assert "100万元以内的部分：10% 超过100万元至500万元的部分：5% 超过500万元的部分：3%" in rates
    assert "二手来源" in rates
    assert row(shown, "补助上限").startswith("不超过200万元")
    assert row(shown, "合同登记或交易的期间").startswith("11月1日至次年10月31日")
    assert "呼和浩特市科技局 2022-06-20 通知" in row(shown, "合同登记或交易的期间")
    assert row(shown, "供给方的补助比例").startswith("没有查到")
    assert row(shown, "从实验室到市场").startswith("6 个月")
    assert "0 项／年：0 分 1 项／年及以上：1–6 分" in row(shown, "年均转化数对应的得分")
    assert "中文译本 限：外文合同" in row(shown, "申请材料")
    assert "核应用 一般了解，待核对" in row(shown, "技术领域（统计公报）")


def test_it_is_linked_from_the_foot_of_both_faces() -> None:
    assert f'href="{PATH}"' in page("/")
    assert f'href="{PATH}"' in page("/workbench/", f.signed_in_client(f.operator()))


def test_on_another_day_other_figures_hold() -> None:
    before = page(f"{PATH}?on=2026-02-28")
    assert "以下为 2026年2月28日 的数据" in before
    assert row(before, "认定登记时限").startswith("这一天没有施行")
    assert "5 项" in row(before, "合同类型")
    assert "15 个工作日" in row(page(f"{PATH}?on=2026-03-01"), "认定登记时限")
    assert "非独占许可" not in row(page(f"{PATH}?on=2015-09-30"), "可以享受所得税优惠的方式")
    assert "非独占许可" in row(page(f"{PATH}?on=2015-10-01"), "可以享受所得税优惠的方式")


@pytest.mark.parametrize("wrong", ["2026-02-30", "yesterday", "20260301", "0000-00-00", "<b>x</b>"])
def test_what_is_no_date_is_said_and_today_is_shown(wrong: str) -> None:
    shown = page(f"{PATH}?on={wrong}")
    assert "这不是日期，请写成 2026-03-01" in shown
    assert 'aria-invalid="true"' in shown
    assert f'value="{wrong.replace("<", "&lt;").replace(">", "&gt;")}"' in shown
    assert f"以下为 {figures.full_date(clock.today())} 的数据" in shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_of_all_days_are_days(day: str) -> None:
    assert "这不是日期" not in page(f"{PATH}?on={day}")


def test_an_empty_shelf_says_so(shelf: Path) -> None:
    assert "还没有政策文件" in page()


def test_a_document_of_the_site_is_marked_and_its_texts_are_escaped(shelf: Path) -> None:
    written = text(
        entry(label='"<script>alert(1)</script>"'), number='"<i>1</i>"', in_force_from="2020-01-01", until="2030-12-31"
    )
    put(shelf / "own", written)
    shown = page()
    assert "本站自己的文件，同名数据以它为准" in shown
    assert "<script>alert" not in shown
    assert "&lt;i&gt;1&lt;/i&gt;" in shown
    assert "2020年1月1日至2030年12月31日" in shown


def test_a_figure_of_another_edition_names_its_own_source(shelf: Path) -> None:
    put(shelf, text(source="随附的来源"))
    put(
        shelf / "own",
        text(entry(key="more"), source="站点的来源"),
        cases='cases:\n  - {label: 有, day: 2026-11-21, figures: {figure: more}, gives: "0.10"}\n',
    )
    both = page()
    assert both.count("随附的来源") == 1
    assert both.count("站点的来源") == 1


def test_no_query_is_for_the_figures() -> None:
    assert queries_of(lambda: pages.context(DayForm({"on": "2020-01-01"}))) == 0


def test_in_english_the_page_is_english() -> None:
    client = Client()
    client.cookies[site.LANGUAGE_COOKIE_NAME] = "en"
    shown = page(client=client)
    assert row(shown, "Time limit for recognition").startswith("15 working days")
    assert "CNY 5 million" in row(shown, "Technology value from which experts usually review")


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("5000000", "yuan", "500万元"),
        ("0.125", "ratio", "12.5%"),
        ("1.00", "ratio", "100%"),
        ("15", "working_day", "15 个工作日"),
        ("10", "year", "10 年"),
        ("0.5", "point", "0.5 分"),
    ],
)
def test_quantities_in_words(number: str, unit: str, said: str) -> None:
    assert pages.quantity(Decimal(number), unit) == said
