"""Navigation, the form renderer and the whole pages that every capability extends."""

import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import RequestFactory, override_settings
from django.urls import path

from mengkeju.kernel import ui
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.kernel.web.gallery import gallery

TEMPLATES = Path(ui.__file__).parent / "templates"
SPRITE = (TEMPLATES / "mk" / "sprite.html").read_text(encoding="utf-8")


urlpatterns = [
    path("search/", gallery, name="search"),
    path("w/", gallery, name="workbench"),
    path("_gallery/", gallery, name="gallery"),
]
pytestmark = pytest.mark.urls(__name__)


def ask(address: str = "/") -> HttpRequest:
    request = RequestFactory().get(address)
    request.actor = ANONYMOUS  # type: ignore[attr-defined]  # set by ActorMiddleware
    return request


def test_navigation_shows_what_exists_and_where_the_reader_is() -> None:
    shown = ui.Mk(ask("/search/?kind=need&q=x")).nav
    assert [(link.key, link.url, link.current) for link in shown] == [
        ("need", "/search/?kind=need", True),
        ("achievement", "/search/?kind=achievement", False),
    ]


def test_an_entry_may_hide_itself_and_count() -> None:
    entries = [
        ui.NavEntry("a", "甲", "search", visible=lambda request: request.path == "/w/"),
        ui.NavEntry("b", "乙", "search", count=lambda _request: 3),
        ui.NavEntry("c", "丙", "no-such-name"),
    ]
    assert [(link.key, link.count) for link in ui.links(entries, ask())] == [("b", 3)]


def test_a_portal_key_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "PORTAL", [])
    entry = ui.NavEntry("bounty", "揭榜挂帅", "search")
    ui.register_portal(entry)
    with pytest.raises(ValueError, match="bounty"):
        ui.register_portal(entry)


def test_a_bench_entry_replaces_the_default_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "BENCH", [ui.NavEntry("a", "甲", "search"), ui.NavEntry("b", "乙", "search")])
    ui.register_bench(ui.NavEntry("a", "新甲", "workbench"))
    assert [(str(entry.label), entry.url_name) for entry in ui.BENCH] == [("新甲", "workbench"), ("乙", "search")]


def test_bench_groups_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [ui.NavEntry(key, key, "search", group=group) for key, group in (("a", "1"), ("b", "2"), ("c", "1"))]
    monkeypatch.setattr(ui, "BENCH", entries)
    assert [link.key for link in ui.Mk(ask()).bench] == ["a", "c", "b"]


def test_groups_stand_in_their_order_and_unknown_ones_last(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = ("别的", "统计", "业务办理", "我的工作")
    monkeypatch.setattr(ui, "BENCH", [ui.NavEntry(group, group, "search", group=group) for group in groups])
    assert [link.key for link in ui.Mk(ask()).bench] == ["我的工作", "业务办理", "统计", "别的"]


def test_what_comes_late_is_folded_but_never_the_readers_own_place() -> None:
    sizes = (("早", ui.OPEN_ENTRIES), ("晚", 2), ("末", 2))
    entries = [ui.NavEntry(f"{g}{n}", g, "search", group=g) for g, size in sizes for n in range(size)]
    links = ui.links(entries, ask())
    assert [group.unfolded for group in ui.grouped(links)] == [True, False, False]
    here = ui.grouped(links, "末1")
    assert [group.unfolded for group in here] == [True, False, True]
    assert [link.key for group in here for link in group.links if link.current] == ["末1"]


@pytest.mark.parametrize("demo", [True, False])
def test_every_page_of_a_demo_site_says_so(demo: bool) -> None:  # noqa: FBT001 - a parameter of the test
    with override_settings(DEMO=demo):
        html = get_template("404.html").render({}, ask())
    assert ("演示系统 · 数据含虚构内容 · 非官方网站" in html) is demo
    assert "本平台为非涉密平台，严禁存储、处理、传输国家秘密和工作秘密" in html


def test_refusal_names_rule_and_who_may() -> None:
    html = get_template("403.html").render({"rule": "须先核验<b>", "who_may": "单位管理员"}, ask())
    assert "须先核验&lt;b&gt;" in html
    assert "单位管理员" in html


def test_stale_page_shows_both_versions_and_posts_only_on_request() -> None:
    rows = [{"label": "题目", "theirs": "甲", "yours": "<script>", "changed": True}]
    html = get_template("stale.html").render({"title": "需求", "rows": rows, "edit_url": "/e"}, ask())
    assert "甲" in html
    assert "&lt;script&gt;" in html
    assert 'name="revision"' not in html
    retry = {"title": "需求", "rows": rows, "retry_url": "/r", "hidden": [("revision", 7)]}
    html = get_template("stale.html").render(retry, ask())
    assert '<input type="hidden" name="revision" value="7">' in html


def test_the_error_page_needs_no_context() -> None:
    assert "平台出错了" in get_template("500.html").render()


def test_gallery_shows_every_component() -> None:
    source = (TEMPLATES / "kernel" / "gallery.html").read_text(encoding="utf-8")
    answer = gallery(ask("/_gallery/"))  # type: ignore[arg-type]  # a plain request with an actor
    assert isinstance(answer, HttpResponse)
    html = answer.content.decode()
    used = set(re.findall(r'include "(mk/[a-z_]+\.html)"', source))
    inner = {"field", "form", "form_errors", "field_text", "table_cell", "table_input", "contrib", "icon", "sums"}
    frame = {"bench_nav", "sprite", "brand_mark", "switches", "account_links", "messages", "foot", "social"}
    components = {file.stem for file in (TEMPLATES / "mk").glob("*.html")}
    assert {f"mk/{name}.html" for name in components - inner - frame} == used
    assert "{%" not in html
    assert "{#" not in html


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    known = set(re.findall(r'id="i-([a-z0-9-]+)"', SPRITE))
    named: set[str] = set()
    for file in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', file.read_text(encoding="utf-8")))
    named |= {entry.icon for entry in ui.BENCH if entry.icon}
    assert named <= known


def test_no_template_carries_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*(?:\ssrc=|application/json))")
    bad = [file.name for file in TEMPLATES.rglob("*.html") if inline.search(file.read_text(encoding="utf-8"))]
    assert bad == []
