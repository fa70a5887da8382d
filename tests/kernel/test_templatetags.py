"""Formatting and escaping of the component filters and tags."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from unittest.mock import patch

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel import figures
from mengkeju.kernel.templatetags import mk

FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _on_a_friday() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=FRIDAY):
        yield


def render(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "面议"),
        ("", "面议"),
        (Decimal(0), "0元"),
        (Decimal(9800), "9,800元"),
        (Decimal(10_000), "1万元"),
        (Decimal(8_600_000), "860万元"),
        (Decimal(1506000000), "15.06亿元"),
        (Decimal(1506230000), "150,623万元"),
        (Decimal("123456.78"), "123,456.78元"),
        (Decimal(-20000), "-2万元"),
        ("20000.00", "2万元"),
    ],
)
def test_money_shows_the_exact_amount_with_its_unit(amount: object, shown: str) -> None:
    assert mk.money(amount) == shown


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_money_never_rounds(amount: Decimal) -> None:
    shown = mk.money(amount).removesuffix("元")
    factor = {unit: size for size, unit in figures.CHINESE_UNITS}.get(shown[-1], Decimal(1))
    assert Decimal(shown.rstrip("万亿").replace(",", "")) * factor == amount


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (Decimal(8_000_000), Decimal(10_000_000), "800万–1,000万元"),
        (Decimal(8_000_000), None, "800万元以上"),
        (None, Decimal(10_000_000), "1,000万元以内"),
        (Decimal(500_000), Decimal(500_000), "50万元"),
        (Decimal(5000), Decimal(20_000), "5,000–2万元"),
        (None, None, "面议"),
    ],
)
def test_money_range(low: object, high: object, shown: str) -> None:
    assert mk.money_range(low, high) == shown


def test_dates_are_those_of_shanghai_and_name_only_another_year() -> None:
    late = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert mk.cn_date(late) == "11月20日"
    assert mk.cn_time(late) == "11月20日 00:30"
    assert mk.cn_time("2026-11-19T16:30:00+00:00") == "11月20日 00:30"
    assert mk.cn_day(date(2026, 11, 24)) == "11月24日（周二）"
    assert mk.cn_date(date(2025, 1, 2)) == "2025年1月2日"
    assert mk.cn_date("not a date") == ""
    assert mk.cn_date("2026-02-31") == ""


@pytest.mark.parametrize(("day", "shown"), [(20, "今天"), (21, "明天"), (19, "昨天"), (25, "5天后"), (10, "10天前")])
def test_relative_days(day: int, shown: str) -> None:
    assert mk.relative_days(date(2026, 11, day)) == shown


def test_when_carries_the_machine_time() -> None:
    html = mk.when(datetime(2026, 11, 20, 8, 42, tzinfo=UTC))
    assert html == '<time datetime="2026-11-20T16:42+08:00">11月20日 16:42</time>'
    assert mk.when(None) == ""


@pytest.mark.parametrize(
    ("percent", "shown"), [(62.5, "62.5"), (-3, "0"), (140, "100"), ("50%", "50"), ("x", "0"), ("nan", "0")]
)
def test_width_is_a_number_within_the_box(percent: object, shown: str) -> None:
    assert mk.width(percent) == shown


def test_percent_of_nothing_is_nothing() -> None:
    assert mk.percent_of(1, 4) == "25"
    assert mk.percent_of(1, 0) == "0"
    assert mk.ring(4, 15) == "21.8 81.7"


def test_river_is_as_thick_as_its_counts() -> None:
    path = mk.river_path([{"count": 66}, {"count": 33}])
    assert path.startswith("M0 8.0 ")
    assert "34.0" in path
    assert path.endswith("Z")
    assert mk.river_path([]) == ""


def test_spine_marks_the_stop_and_stays_within_the_line() -> None:
    third = mk.spine(3)
    assert third.count("<circle") == 5
    assert third.count('class="now"') == 1
    assert third.count('class="on"') == 4
    assert mk.spine(99) == mk.spine(5)


@pytest.mark.parametrize(
    ("code", "tile"),
    [("150100", "呼"), ("150203", "包"), ("150600", "鄂"), ("310000", "沪"), ("", "外"), ("Z-1502-x", "包")],
)
def test_city_tile(code: str, tile: str) -> None:
    assert mk.city_tile(code).char == tile


def test_marked_escapes_words_and_marks_hits() -> None:
    html = mk.marked([("从", False), (HOSTILE, True)])
    assert html == "从<mark>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</mark>"
    assert "<script" not in mk.marked(HOSTILE)
    assert mk.marked(None) == ""


@pytest.mark.parametrize(
    "source",
    [
        '{% include "mk/state.html" with kind="go" label=bad icon=bad only %}',
        '{% include "mk/city.html" with area=bad name=bad only %}',
        '{% include "mk/tag.html" with label=bad url=bad only %}',
        '{% include "mk/note.html" with title=bad text=bad url=bad label=bad only %}',
        '{% include "mk/result.html" with title=bad url=bad snippet=bad owner=bad area=bad only %}',
        '{% include "mk/match.html" with title=bad meta=bad summary=bad url=bad uid=bad decline_url=bad only %}',
        '{% include "mk/next.html" with title=bad text=bad url=bad label=bad after=bad only %}',
        '{% include "mk/search_box.html" with action=bad q=bad placeholder=bad only %}',
        '{% include "mk/fig.html" with value=bad unit=bad label=bad source=bad only %}',
        '{% include "mk/refusal.html" with title=bad rule=bad who_may=bad how=bad only %}',
        '{% include "mk/mini_spine.html" with at=2 label=bad only %}',
    ],
)
def test_components_escape_everything(source: str) -> None:
    html = render(source, bad=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_chart_data_cannot_close_its_script() -> None:
    data = {"kind": "bar", "categories": ["</script><script>alert(1)"], "series": []}
    html = render('{% include "mk/chart.html" with id="c" title="t" data=data only %}', data=data)
    assert "<script>alert" not in html


def test_query_tags_keep_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/s/", {"q": "煤", "field": ["a", "b"], "page": "3"})
    context = RequestContext(request, {})
    assert mk.query_replace(context, page=4, q=None) == "?field=a&field=b&page=4"
    assert mk.query_without(context, "field", "a") == "?q=%E7%85%A4&field=b"
    assert mk.query_replace(Context({}), page=2) == "?page=2"


def test_csrf_field_survives_an_isolated_include() -> None:
    context = RequestContext(RequestFactory().get("/"), {})
    html = Template('{% include "mk/confirm.html" with url="/x" label="撤回" question="?" only %}').render(context)
    assert 'name="csrfmiddlewaretoken" value="' in html
    assert mk.mk_csrf(Context({})) == ""


def test_pagination_links_keep_the_search() -> None:
    context = RequestContext(RequestFactory().get("/s/?q=a&page=2"), {"page": Paginator(range(60), 20).get_page(2)})
    html = Template('{% include "mk/pagination.html" with page=page only %}').render(context)
    assert "第 21–40 条，共 60 条" in html
    assert "?q=a&amp;page=3" in html


class Sample(forms.Form):
    title = forms.CharField(label="题目", help_text="一句话")
    kind = forms.ChoiceField(choices=[("a", "甲")], widget=forms.RadioSelect, label="种类")
    agreed = forms.BooleanField(label="已审查")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_form_shows_errors_at_the_field_and_summed_at_the_top() -> None:
    html = str(Sample(data={"title": ""}))
    assert 'href="#id_title"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'href="#id_kind"' in html
    assert 'id="id_kind"' in html
    assert 'class="form-control"' in html
    assert "<legend>种类" in html


def test_field_escapes_what_was_typed() -> None:
    html = str(Sample(data={"title": HOSTILE, "kind": HOSTILE}))
    assert "<script" not in html
