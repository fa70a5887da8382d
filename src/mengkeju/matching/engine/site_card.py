"""The card of a model trained on this site's outcomes: numbers, what they were taken from, and what they do not say."""

from collections.abc import Mapping, Sequence
from typing import Any

from mengkeju.matching.engine import full_words, gate
from mengkeju.matching.engine.likeness import SIMILARITIES
from mengkeju.matching.engine.outcomes import Settings
from mengkeju.matching.engine.structured import settings as signal_settings

_KINDS = {
    "cold": "累积逻辑回归：文字相近程度、登记信息各项和三个分界值。",
    "full": (
        "累积逻辑回归（文字相近程度、登记信息各项和三个分界值），加上判断过的供需对上的高斯过程和 LightGBM 提升树："
        "每一级的对数几率是后两者的平均，再加登记信息。"
    ),
}
_HOLDS = {
    "cold": "- 文件里只有数字，没有题目、正文、单位或个人的信息，也没有谁说过什么。",
    "full": (
        "- 文件里是数字、提升树，和判断过的供需对：每对两个编号、级别和三个权重。没有题目、正文、单位或个人的信息，"
        "也没有谁说过什么。只在本站有用。"
    ),
}


def write(version: str, facts: Mapping[str, Any], day: str, hindrances: Sequence[str], settings: Settings) -> str:
    """The card in Markdown. `facts` as `actions.training` makes them."""
    parts = [
        f"# 模型卡：{version}",
        "",
        f"{_KINDS[facts.get('family', 'cold')]}由 `mengkeju train` 写出，请勿手改。",
        "",
        f"- 日期：{day}；设置：learning-{facts.get('settings', settings.version)}",
        (
            f"- 出发点：随附模型。学到的每个数都向它收缩，先验标准差：文字 {settings.spread.text}、"
            f"登记信息 {settings.spread.signal}、分界 {settings.spread.cut}"
        ),
        _HOLDS[facts.get("family", "cold")],
        "",
        *_labels(facts, settings),
        *_full(facts, settings),
        *_measures(facts, settings),
        "## 能不能上线",
        *([f"- {reason}" for reason in hindrances] or ["- 达到上线的条件；仍由系统管理员决定。"]),
        "",
        *_numbers(facts),
        *_limits(facts, settings),
    ]
    return "\n".join(parts) + "\n"


def _labels(facts: Mapping[str, Any], settings: Settings) -> list[str]:
    if "sources" not in facts:
        return ["## 标注", "从别处带来的模型，本站不知道它是用什么训练的。", ""]
    lines = ["## 标注", "| 来源 | 个数 | 当作 | 权重 | 学什么 |", "|---|---|---|---|---|"]
    labels = {kind.key: kind.label for kind in signal_settings().kinds}
    for source, rule in settings.rules.items():
        teaches = "、".join(labels[key] for key in rule.teaches) or "整对"
        lines.append(
            f"| {rule.label} | {facts['sources'].get(source, 0)} | {rule.level} 级 | {rule.weight} | {teaches} |"
        )
    pull = facts.get("position")
    lines += [
        "",
        f"- 合计（不计“打开后没有下文”和“供方标为合适”）{facts['labels']} 个，来自 {facts['needs']} 项需求。",
        f"- 另有 {facts['unreadable']} 个因一方已不可公开阅读，没有用。",
        "- 只展示、没有打开的不算标注：也许没有人看到。",
        "- 名次的影响：" + (
            "按同一档次里各名次被打开的比例加权，前十名相当于第一名的 " + "、".join(f"{p:.2f}" for p in pull)
            if pull else f"展示记录不足 {settings.position.least_showings} 次（或看不出差别），没有校正。"
        ),
        "",
    ]  # fmt: skip
    return lines


def _full(facts: Mapping[str, Any], settings: Settings) -> list[str]:
    told = facts.get("full")
    if not told:
        return []
    named = {s.name: s.label for s in SIMILARITIES} | {part.key: part.label for part in full_words.PARTS}
    lines = [
        "## 判断过的供需对和提升树",
        f"- 供需对 {told['pairs']} 个，来自 {told['needs']} 项需求。",
        f"- 同一对有几个标注的取最后一个，最多取最近的 {settings.full.most_pairs} 个。",
        "- 由标注做成的特征都不含这一对自己的标注；没有标注的需求用的树，不含同组需求的任何标注。",
        "- 一对供需自己的标注，不算进它自己的推荐；撤回的、一方已不可公开阅读的，下次装载时不再起作用。",
        f"- 至少 {settings.gate.least_full} 个标注才能直接上线（learning-{settings.version}）。",
        "",
    ]
    if told.get("gain"):
        lines += ["| 提升树靠什么 | 占增益 |", "|---|---|"]
        lines += [f"| {named.get(key, key)} | {share:.1%} |" for key, share in told["gain"].items()]
        lines.append("")
    return lines


def _measures(facts: Mapping[str, Any], settings: Settings) -> list[str]:
    live = facts.get("live", {})
    lines = [
        "## 在留出的需求上",
        f"最近有结果的需求整组留出（近似重复的需求在同一组，两边没有同一项需求）：{facts.get('held_needs', 0)} 项需求、"
        f"{facts.get('held_pairs', 0)} 个供需对"
        + (f"，最早 {facts['held_from']}。" if facts.get("held_from") else "。"),
        "",
        f"| 指标 | 本模型 | 现行（{live.get('version', '—')}） | 允许差 |",
        "|---|---|---|---|",
    ]
    for key, label in gate.MEASURES.items():
        margin = settings.gate.margins.get(key, "只供参考")
        lines.append(f"| {label} | {_shown(facts, key)} | {_shown(live, key)} | {margin} |")
    lines += ["", "对数损失和校准误差越小越好，其余越大越好；“—”表示标注太少，量不出来。", ""]
    return lines


def _shown(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get("measures", {}).get(key)
    return "—" if value is None else f"{value:.4f}"


def _numbers(facts: Mapping[str, Any]) -> list[str]:
    numbers = facts.get("numbers")
    if not numbers:
        return []
    named = {s.name: s.label for s in SIMILARITIES} | {k.key: k.label for k in signal_settings().kinds}
    lines = ["## 学到的数", "| 项 | 随附 | 学到 |", "|---|---|---|"]
    for group in ("text", "signals"):
        lines += [f"| {named.get(key, key)} | {old:.4f} | {new:.4f} |" for key, (old, new) in numbers[group].items()]
    lines += [f"| 达到 {level} 级的分界 | {old:.4f} | {new:.4f} |" for level, (old, new) in numbers["cuts"].items()]
    return [*lines, ""]


def _limits(facts: Mapping[str, Any], settings: Settings) -> list[str]:
    lines = [
        "## 局限",
        "- 标注是挑过的：只有达到推荐档次的才展示，打开的才有结果。没有展示过的供需对是什么样，这些标注没有说。",
        "- 因此分界值收得很紧，学到的主要是先后，不是档次的多少。",
        "- “暂不考虑”带着原因：阶段过早、预算或时间只改相应的权重，描述不清、已有合作方不作标注。",
        "- 留出的需求里，现行模型可能学过较早的标注，比较因此略偏向现行模型。",
        "- 收进来的需求和单位有限，换一批单位，数会不同。",
    ]
    if facts.get("labels", 0) < gate.least_labels(facts, settings.gate):
        lines.append("- 标注还不够，上面的指标多半是偶然。")
    return lines
