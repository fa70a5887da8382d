"""The tables and charts of the model pages."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from mengkeju.kernel import clock
from mengkeju.kernel.words import chosen, word
from mengkeju.matching.engine import full_words, gate, model_files
from mengkeju.matching.engine.likeness import SIMILARITIES
from mengkeju.matching.engine.model_workflow import MODEL
from mengkeju.matching.engine.outcomes import settings
from mengkeju.matching.engine.structured import settings as signal_settings
from mengkeju.matching.models import MatchModel
from mengkeju.matching.queries.figures import COLD, WARM, Coverage, Month, Tally
from mengkeju.matching.queries.models import InUse

NONE = "—"


def badge(state: str) -> dict[str, str]:
    """Kind and word of a model's state, for mk/state.html."""
    spec = MODEL.states[state]
    return {"kind": "calm" if spec.tone == "idle" else spec.tone, "label": word(spec)}


def columns(*labels: str) -> list[dict[str, Any]]:
    """Columns for mk/table.html; the first is the row's name, the others are numbers."""
    return [{"label": label, "numeric": bool(at)} for at, label in enumerate(labels)]


def row(heads: Sequence[dict[str, Any]], *cells: Any) -> dict[str, Any]:
    """One row for mk/table.html."""
    made = [cell if isinstance(cell, dict) else {"value": cell} for cell in cells]
    named = [{"label": h["label"], "numeric": True, **cell} for h, cell in zip(heads[1:], made[1:], strict=True)]
    return {"cells": [{**made[0], "header": True}, *named]}


def percent(share: float | None) -> str:
    """“62%”, or a dash."""
    return NONE if share is None else f"{share:.0%}"


def figure(value: float | None) -> str:
    """A measure with four places, or a dash."""
    return NONE if value is None else f"{value:.4f}"


def versions(models: Iterable[MatchModel], using: InUse) -> dict[str, Any]:
    """All models, the newest first."""
    heads = columns(_("版本"), _("类"), _("状态"), _("标注数"), _("对数损失"), _("当时现行的"), _("训练时间"))
    for head in (heads[1], heads[2], heads[6]):
        head["numeric"] = False
    rows = []
    for m in models:
        live = m.facts.get("live", {})
        unused = _("不能用，暂用随附模型") if using.hindrance and m.state == "live" else ""
        rows.append(
            row(
                heads,
                {"value": m.version, "url": m.get_absolute_url(), "note": unused},
                {"value": family(m.family), "numeric": False},
                {"state": badge(m.state), "numeric": False},
                m.facts.get("labels", 0),
                figure(m.facts.get("measures", {}).get("log_loss")),
                figure(live.get("measures", {}).get("log_loss")),
                {"at": m.trained_at or m.created_at, "form": "time", "numeric": False},
            )
        )
    return {"columns": heads, "rows": rows}


def family(key: str) -> str:
    """The word of a family of models."""
    return {"cold": _("权重"), "full": _("完整")}.get(key, key)


def full() -> dict[str, Any]:
    """What the page says of the family of full models: what this installation lacks, and how many labels it needs."""
    return {"lacking": model_files.lacking("full"), "least": settings().gate.least_full}


def made_of(told: dict[str, Any]) -> dict[str, Any]:
    """What the trees of a full model live on, the greatest first."""
    heads = columns(_("项"), _("占提升树增益"))
    names = {s.name: word(s) for s in SIMILARITIES} | {part.key: word(part) for part in full_words.PARTS}
    rows = [row(heads, names.get(key, key), f"{share:.1%}") for key, share in told.get("gain", {}).items()]
    return {"columns": heads, "rows": rows}


def month(seen: Month, needs: str) -> dict[str, Any]:
    """The figures of a month: totals cold and warm, acceptance at each place, reliability."""
    heads = columns(_("需求"), _("展示"), _("打开"), _("表意向"), _("暂不考虑"))
    kinds = {COLD: _("冷：展示时清单上还没有判断"), WARM: _("热：展示时清单上已有判断")}
    by_kind = [row(heads, kinds[key], *counts(tally)) for key, tally in seen.by_kind.items()]
    return {
        "total": seen.total,
        "by_kind": {"columns": heads, "rows": by_kind},
        "places": places(seen.places),
        "bins": reliability(seen.bins),
        "answered": sum(tally.answered for tally in seen.bins),
        "few": settings().figures.few,
        "kinds": [("", _("全部需求"), not needs), *((k, _("冷") if k == COLD else _("热"), k == needs) for k in kinds)],
        "month_words": month_words(seen.first),
    }


def month_words(first: date) -> str:
    """A month in words."""
    return chosen(f"{first.year}年{first.month}月", f"{first:%Y-%m}")


def counts(tally: Tally) -> tuple[str, ...]:
    """Shown, and of these opened, taken up, set aside, with their shares."""
    return (str(tally.shown), *(_share(n, tally.shown) for n in (tally.opened, tally.taken, tally.set_aside)))


def _share(count: int, of: int) -> str:
    return f"{count} · {count / of:.0%}" if of else str(count)


def places(found: Sequence[Tally]) -> dict[str, Any]:
    """Acceptance at the first places, as a table and a chart."""
    heads = columns(_("名次"), _("展示"), _("打开"), _("表意向"), _("暂不考虑"))
    rows = [row(heads, str(at), *counts(tally)) for at, tally in enumerate(found, 1)]
    named = ((_("打开"), "opened", "action"), (_("表意向"), "taken", "done"), (_("暂不考虑"), "set_aside", "over"))
    chart = {
        "kind": "bar",
        "horizontal": False,
        "categories": [str(at) for at in range(1, len(found) + 1)],
        "series": [
            {
                "name": name,
                "data": [round(100 * getattr(t, key) / t.shown, 1) if t.shown else None for t in found],
                "tone": tone,
            }
            for name, key, tone in named
        ],
    }
    return {"columns": heads, "rows": rows, "chart": chart, "plain": _plain(chart)}


def _plain(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers of a chart as its own table."""
    return [
        {"label": label, "values": [series["data"][at] for series in chart["series"]]}
        for at, label in enumerate(chart["categories"])
    ]


def reliability(found: Sequence[Tally]) -> dict[str, Any]:
    """P(level ≥ 3) as predicted beside the share that was taken up, by bins; a few cases are said to be few."""
    heads = columns(_("预测的可能性"), _("展示"), _("有答复"), _("表意向"), _("预测平均"), _("实际占比"))
    size = 1 / len(found)
    labels = [f"{100 * at * size:.0f}–{100 * (at + 1) * size:.0f}%" for at in range(len(found))]
    rows = []
    for label, tally in zip(labels, found, strict=True):
        note = _("例数太少") if tally.few and tally.answered else ""
        real = {"value": percent(tally.share), "note": note}
        rows.append(row(heads, label, tally.shown, tally.answered, tally.taken, percent(tally.predicted), real))
    enough = [not tally.few for tally in found]
    chart = {
        "kind": "line",
        "horizontal": False,
        "categories": [label for label, kept in zip(labels, enough, strict=True) if kept],
        "series": [
            {
                "name": name,
                "data": [
                    round(100 * (getattr(tally, key) or 0), 1)
                    for tally, kept in zip(found, enough, strict=True)
                    if kept
                ],
                "tone": tone,
            }
            for name, key, tone in ((_("预测平均"), "predicted", "calm"), (_("实际占比"), "share", "action"))
        ],
    }
    return {"columns": heads, "rows": rows, "chart": chart if sum(enough) > 1 else None, "plain": _plain(chart)}


def coverage(found: dict[str, tuple[Coverage, ...]]) -> dict[str, Any]:
    """Of the published needs the share with a proposal in a band: in all, by city and by field."""
    names = {"all": _("全部"), "city": _("城市"), "field": _("技术领域")}
    tables = []
    for dimension, parts in found.items():
        heads = columns(names[dimension], _("发布中的需求"), _("有推荐"), _("占比"), _("冷，无推荐"), _("热，无推荐"))
        rows = [
            row(
                heads,
                part.label or names["all"],
                linked(part),
                linked(part, covered=True),
                percent(part.share),
                linked(part, covered=False, warm=False),
                linked(part, covered=False, warm=True),
            )
            for part in parts
        ]
        tables.append({"key": dimension, "label": names[dimension], "columns": heads, "rows": rows})
    return {"coverage": tables, "needs_total": found["all"][0].count()}


def linked(part: Coverage, *, covered: bool | None = None, warm: bool | None = None) -> dict[str, str]:
    """A number that leads to the needs it counts; 0 leads nowhere."""
    count = part.count(covered=covered, warm=warm)
    asked = {"by": part.dimension, "value": part.value}
    asked |= {key: str(int(flag)) for key, flag in (("covered", covered), ("warm", warm)) if flag is not None}
    return {"value": str(count), "url": f"{reverse('match-model-needs')}?{urlencode(asked)}" if count else ""}


def words_of(part: Coverage, *, covered: bool | None, warm: bool | None) -> str:
    """A number of the coverage in words."""
    said = [part.label or _("全部发布中的需求")]
    if covered is not None:
        said.append(_("有推荐") if covered else _("没有推荐"))
    if warm is not None:
        said.append(_("热：清单上已有判断") if warm else _("冷：清单上没有判断"))
    return _("；").join(said)


def said(version: str, first: date, needs: str) -> str:
    """What a file of figures holds, in words."""
    kind = {COLD: _("只含冷需求"), WARM: _("只含热需求")}.get(needs, "")
    parts = (_("模型：%(version)s") % {"version": version}, month_words(first), kind)
    return _("；").join(part for part in parts if part)


def facts(model: MatchModel) -> dict[str, Any]:
    """Labels, measures and numbers of one model, as tables."""
    told, live = model.facts, model.facts.get("live", {})
    heads = columns(_("来源"), _("个数"), _("当作几级"), _("权重"))
    labels = [
        row(
            heads,
            {"value": word(rule), "note": chosen(rule.reason, rule.reason_en)},
            told["sources"].get(key, 0),
            rule.level,
            rule.weight,
        )
        for key, rule in settings().rules.items()
        if "sources" in told
    ]
    beside = columns(_("指标"), _("本模型"), live.get("version") or _("现行"), _("允许差"))
    margins = settings().gate.margins
    measures = [
        row(beside, _(label), figure(told.get("measures", {}).get(key)), figure(live.get("measures", {}).get(key)),
            str(margins.get(key, _("只供参考"))))
        for key, label in gate.MEASURES.items()
    ]  # fmt: skip
    return {
        "facts": told,
        "labels": {"columns": heads, "rows": labels},
        "measures": {"columns": beside, "rows": measures},
        "numbers": numbers(told.get("numbers", {})),
        "made_of": made_of(told.get("full", {})),
        "family": family(model.family),
        "travels": model.family == "cold",
        "trained_on": clock.today(model.trained_at) if model.trained_at else None,
    }


def numbers(told: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """Each learned number beside the shipped one."""
    heads = columns(_("项"), _("随附"), _("学到"))
    names = {s.name: word(s) for s in SIMILARITIES} | {k.key: word(k) for k in signal_settings().kinds}
    rows = [
        row(
            heads,
            names.get(key, key),
            f"{old:.3f}",
            format_html("<strong>{}</strong>", f"{new:.3f}") if old != new else f"{new:.3f}",
        )
        for group in ("signals", "text")
        for key, (old, new) in told.get(group, {}).items()
    ]
    rows += [
        row(heads, _("达到 %(level)s 级的分界") % {"level": level}, f"{old:.3f}", f"{new:.3f}")
        for level, (old, new) in told.get("cuts", {}).items()
    ]
    return {"columns": heads, "rows": rows}


def steps(model: MatchModel, using: InUse, hindrances: Sequence[str]) -> list[dict[str, Any]]:
    """What may be done with a model in its state, with what follows from it."""
    asked = {
        "go_live": _("替下 %(now)s，全部条目重新匹配。"),
        "ask_override": _("指标或标注不够，写明理由，由另一位系统管理员同意后才上线。"),
        "confirm_override": _("您同意后立即上线，替下 %(now)s，全部条目重新匹配。"),
        "drop_override": _("回到候选。"),
        "refuse": _("以后不能再上线。"),
        "retire": _("回到随附模型，全部条目重新匹配。"),
        "roll_back": _("替下 %(now)s，回到这个模型，全部条目重新匹配。"),
    }
    shut = {"go_live"} if hindrances else {"ask_override"}
    return [
        {
            "key": key,
            "label": word(step),
            "question": _("确定吗？"),
            "text": asked[key] % {"now": using.version},
            "reason_label": _("理由（写进记录）") if step.note_required else "",
            "calm": step.tone != "over",
            "permission": step.permission,
            "url": reverse("match-model-move", args=[model.uid, key]),
            "hidden": (("revision", model.revision),),
        }
        for key, step in MODEL.leaving(model.state)
        if key in asked and key not in shut
    ]
