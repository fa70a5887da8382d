"""The gallery: every component of `templates/mk/` in its states, for those who build pages. Sample words only."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock
from mengkeju.kernel.web.request import Request, permission


class SampleForm(forms.Form):
    """One field of each kind of widget."""

    title = forms.CharField(label=_("题目"), max_length=60, help_text=_("一句话说清要解决什么"))
    body = forms.CharField(label=_("现状"), widget=forms.Textarea(attrs={"rows": 3}))
    budget = forms.DecimalField(label=_("投入上限（万元）"), min_value=0, required=False)
    deadline = forms.DateField(
        label=_("什么时候要"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    field = forms.ChoiceField(label=_("技术领域"), choices=[("", _("请选")), ("energy", _("新能源"))])
    tier = forms.ChoiceField(
        label=_("谁能看"),
        choices=[("public", _("所有人")), ("members", _("已核验单位"))],
        widget=forms.RadioSelect,
    )
    modes = forms.MultipleChoiceField(
        label=_("合作方式"),
        choices=[("licence", _("技术许可")), ("joint", _("合作开发"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(label=_("附件"), required=False)
    is_screened = forms.BooleanField(label=_("已作保密审查"))


REASONS = [
    {"label": "内容相近", "percent": 92, "text": "四个关键词都在"},
    {"label": "成熟度", "percent": 70, "text": "工业线在运行", "tone": "action"},
    {"label": "距离", "percent": 24, "text": "区外", "tone": "calm"},
]
PIECES = [("从", False), ("气化细渣", True), ("中分离有机碳，配套", False), ("装备", True)]
STEPS = [
    {"label": "需求", "note": "11月10日发布", "state": "done"},
    {"label": "匹配", "note": "已 10 天，通常 3–10 天", "state": "now"},
    {"label": "意向", "note": "通常再 26 天"},
    {"label": "合同", "note": "通常再 71 天"},
    {"label": "落地", "note": "通常再 94 天"},
]
STOPS = [
    {"label": "需求", "icon": "building-factory-2", "count": 66, "note": "52 家企业"},
    {"label": "匹配", "icon": "arrows-join-2", "count": 58, "note": "中位 3 天"},
    {"label": "意向", "icon": "heart-handshake", "count": 31, "note": "再 26 天"},
    {"label": "合同", "icon": "file-certificate", "count": 14, "note": "再 71 天", "tone": "done"},
    {"label": "落地", "icon": "plant-2", "count": 6, "note": "再 94 天", "tone": "done"},
]
FACTS = [
    {"label": "现状", "value": "含碳 32%，含水 48%"},
    {"label": "在哪", "area": "150200", "area_name": "包头市"},
    {"label": "走到哪", "state": {"kind": "go", "label": "征集中"}},
    {"label": "联系人", "hidden_note": "双方有意向后可见"},
    {"label": "附注", "value": ""},
    {"label": "投入", "value": "800万–1,000万元", "change_url": "#facts"},
]
TIERS = [
    {"label": "所有人", "text": "题目、行业、指标", "open": True},
    {"label": "双方有意向后", "text": "联系人、检测报告"},
]
CHECKS = [
    {"state": "fix", "label": "价款报酬", "ref": "第 9 条", "ref_url": "#checks", "text": "试验箱归入了技术行"},
    {"state": "warn", "label": "附件完整性", "ref": "附件 3", "text": "缺授权书"},
    {"state": "ok", "label": "合同类型", "ref": "委托开发"},
]
COUNTS = [
    {"count": 1, "label": "逾期", "url": "#counts", "tone": "over"},
    {"count": 3, "label": "今天到期", "url": "#counts", "tone": "wait"},
    {"count": 5, "label": "本周到期", "url": "#counts", "tone": "go"},
    {"count": 4, "label": "等对方答复", "url": "#counts", "tone": "done"},
]
FACETS = [
    {
        "name": "area",
        "label": "城市",
        "options": [
            {"value": "1501", "label": "呼和浩特", "count": 23, "area": "150100"},
            {"value": "1502", "label": "包头", "count": 11, "area": "150200", "checked": True},
        ],
    },
    {"name": "field", "label": "技术领域", "options": [{"value": "waste", "label": "固废资源化", "count": 19}]},
]
COLUMNS = [
    {"label": "要做什么", "sort_url": "?sort=title", "sorted": "ascending"},
    {"label": "案子"},
    {"label": "走到哪"},
    {"label": "期限"},
    {"label": "金额", "numeric": True},
    {"label": "办理", "hide_label": True},
]
CHART = {
    "kind": "bar",
    "horizontal": True,
    "categories": ["新材料", "新能源", "农牧业"],
    "series": [
        {"name": "呼和浩特", "data": [3, 6, 11], "tone": "hu"},
        {"name": "包头", "data": [14, 11, 4], "tone": "bao"},
    ],
}
DECLINE = [("too_early", "阶段过早"), ("unclear", "描述不清"), ("other", "其他（要说明）")]


WORDS: dict[str, Any] = {
    "reasons": REASONS,
    "pieces": PIECES,
    "steps": STEPS,
    "stops": STOPS,
    "facts": FACTS,
    "tiers": TIERS,
    "checks": CHECKS,
    "counts": COUNTS,
    "facets": FACETS,
    "columns": COLUMNS,
    "chart": CHART,
    "chart_rows": [
        {"label": name, "values": values}
        for name, values in (("新材料", [3, 14]), ("新能源", [6, 11]), ("农牧业", [11, 4]))
    ],
    "decline": DECLINE,
    "missing": ["没写处理成本，您要求 60 元/吨以内"],
    "crumbs": [("首页", "/"), ("技术需求", "#crumbs"), ("MK-N-2026-0417", "")],
    "kind_achievement": {"label": "成果", "icon": "flask", "tone": "done"},
    "answered": {"kind": "done", "label": "已表意向"},
    "kinds": [{"value": "all", "label": "全部", "checked": True}, {"value": "need", "label": "需求"}],
    "heard": ["气化细渣", "脱碳 ≈ 分选"],
    "examples": ["气化细渣资源化", "稀土磁材共性技术"],
    "actions": [
        {"label": "看谁在找这类技术", "url": "#empty", "primary": True},
        {"label": "补 2 项资料", "url": "#empty"},
    ],
}


def _rows() -> list[dict[str, Any]]:
    def row(n: int, area: str, name: str, stop: int, state: dict[str, str]) -> dict[str, Any]:
        return {
            "selected": n == 1,
            "changed": state["kind"] == "wait",
            "cells": [
                {"value": f"第 {n} 件事（演示）", "header": True, "url": f"#row-{n}"},
                {"value": name, "area": area},
                {"value": "走到这里", "spine": stop},
                {"state": state},
                {"value": "160万元", "numeric": True, "label": "金额"},
                {"value": "去办理", "button": True, "url": f"#row-{n}", "primary": n == 1},
            ],
        }

    return [
        row(1, "150100", "呼和浩特", 4, {"kind": "over", "label": "逾期 2 天"}),
        row(2, "150200", "包头", 2, {"kind": "wait", "label": "今天 17 点"}),
        row(3, "310000", "上海", 3, {"kind": "go", "label": "还有 4 天"}),
    ]


def _timeline() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"title": "推荐 3 项成果", "at": now, "who": "平台", "state": "now"},
        {
            "title": "退回补正",
            "at": now - timedelta(days=3),
            "who": "窗口（演示）",
            "state": "over",
            "note": "缺检测报告",
        },
        {"title": "提交需求", "at": now - timedelta(days=400), "who": "企业经办人（演示）"},
    ]


def _objects() -> dict[str, Any]:
    """Values that are made anew for every showing, because they hang on today."""
    return {
        "rows": _rows(),
        "timeline": _timeline(),
        "due": clock.today() + timedelta(days=2),
        "low": Decimal(8_000_000),
        "high": Decimal(10_000_000),
        "files": [
            {"name": "检测报告.pdf", "url": "#files", "size": 345_678, "at": clock.now(), "who": "经办人（演示）"},
            {"name": "工艺图.dwg", "hidden_note": "双方有意向后可见"},
        ],
    }


@permission("public")
def gallery(request: Request) -> HttpResponse:
    """The components with sample words; no data is read."""
    context = {
        **WORDS,
        **_objects(),
        "form": SampleForm(),
        "bound": SampleForm(data={"title": "", "budget": "-1"}, auto_id="bad_%s"),
        "page": Paginator(range(241), 20).get_page(request.GET.get("page")),
    }
    return render(request, "kernel/gallery.html", context)
