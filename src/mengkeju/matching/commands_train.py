"""`mengkeju train`, `mengkeju models`: learn from the site's own outcomes, and say which model is live.

Imported after the database is ready. The command line is the platform itself: it may not go live against the
figures, that takes two operators on the page.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.actions import models as steps
from mengkeju.matching.actions import training
from mengkeju.matching.engine import gate, outcomes
from mengkeju.matching.engine.families import FULL
from mengkeju.matching.engine.model_files import FAMILIES, ModelFileError
from mengkeju.matching.engine.model_workflow import MODEL
from mengkeju.matching.engine.protocol_files import ProtocolError
from mengkeju.matching.models import MatchModel
from mengkeju.matching.queries import models as known

SHIPPED = "shipped"


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="只训练和比较，不保存。")
@click.option(
    "--family",
    type=click.Choice(FAMILIES),
    default=FAMILIES[0],
    show_default=True,
    help="cold：各项的权重；full：再加上判断过的供需对和提升树（要 LightGBM）。",
)
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
def train(*, dry: bool, family: str, as_json: bool) -> None:
    """用本站的结果（意向、签约、暂不考虑）训练一个候选模型，与现行模型比较；不会自己上线。"""
    try:
        made = training.train(by=SYSTEM, now=clock.now(), store=not dry, family=family)
    except ProtocolError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        told = {
            "version": made.version,
            "stored": made.model is not None,
            "again": made.again,
            "may_go_live": not made.hindrances,
            "hindrances": list(made.hindrances),
            **{key: value for key, value in made.facts.items() if key not in {"schema", "version", "held"}},
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(report(made))


def report(made: training.Trained) -> str:
    """What training gave, in lines."""
    facts, rules = made.facts, outcomes.settings().rules
    counted = "，".join(f"{rules[source].label} {n}" for source, n in facts["sources"].items())
    lines = [
        f"标注 {facts['labels']} 个，来自 {facts['needs']} 项需求（{counted}）",
        f"读不到的 {facts['unreadable']} 个没有用",
        f"留出 {facts['held_needs']} 项需求、{facts['held_pairs']} 对，与现行模型 {facts['live']['version']} 比较：",
    ]
    for key, label in gate.MEASURES.items():
        mine, theirs = facts["measures"].get(key), facts["live"]["measures"].get(key)
        lines.append(f"  {label}：候选 {_figure(mine)}，现行 {_figure(theirs)}")
    if facts["family"] == FULL:
        told = facts["full"]
        lines.append(f"完整模型：判断过的供需对 {told['pairs']} 个，来自 {told['needs']} 项需求")
    if made.model is None:
        lines.append(_unsaved(facts))
    else:
        lines.append(f"{'与已有的相同' if made.again else '已保存候选'}：{made.version}")
    lines += [f"还不能上线：{reason}" for reason in made.hindrances]
    if made.model is not None and not made.hindrances:
        lines.append(f"可以上线：mengkeju models --activate {made.version}，或由系统管理员在“匹配模型”页面上线")
    return "\n".join(lines)


def _unsaved(facts: Mapping[str, Any]) -> str:
    if not facts["labels"]:
        return "没有可用的标注，没有保存"
    too_few = facts["family"] == FULL and "gain" not in facts["full"]
    return "供需对太少，训练不出完整模型，没有保存" if too_few else "没有保存（试运行）"


def _figure(value: Any) -> str:
    return "—" if value is None else f"{value:.4f}"


@click.command()
@click.option("--activate", metavar="VERSION", help="让一个候选上线，或回到一个替下的模型；shipped 表示随附模型。")
@click.option("--note", default="", help="理由，写进记录；回到以前的模型时必填。")
@click.option("--compare", "again", metavar="VERSION", help="让一个候选与现行模型重新比较。")
@click.option("--export", "export", nargs=2, metavar="VERSION FILE", help="把一个模型写成文件。")
@click.option("--import", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="收下一个模型文件作候选，并与现行模型比较。")  # fmt: skip
@click.option("--card", metavar="VERSION", help="打印一个模型的模型卡。")
@click.option("--json", "as_json", is_flag=True, help="列表以 JSON 输出。")
def models(
    *, activate: str | None, note: str, again: str | None, export: tuple[str, str] | None, file: Path | None,
    card: str | None, as_json: bool,
) -> None:  # fmt: skip
    """列出匹配模型；上线、回退、重新比较、导出、收下。"""
    if sum(bool(given) for given in (activate, again, export, file, card)) > 1:
        raise click.UsageError("一次只做一件事")
    try:
        if activate:
            click.echo(go_live(activate, note))
        elif again:
            _say_hindrances(training.compare(_find(again), by=SYSTEM, now=clock.now()))
        elif export:
            Path(export[1]).write_bytes(bytes(_find(export[0]).content))
            click.echo(f"已写入 {export[1]}")
        elif file:
            made = training.bring(file.read_bytes(), by=SYSTEM, now=clock.now())
            click.echo(f"已收下候选：{made.version}")
            _say_hindrances(known.hindrances(made, known.in_use().version))
        elif card:
            click.echo(_find(card).card)
        else:
            click.echo(listing(as_json=as_json))
    except (ModelFileError, RefusedError) as error:
        raise click.ClickException(str(error)) from error
    except TransitionRefusedError as refused:
        raise click.ClickException(refused.reason) from refused


def go_live(version: str, note: str) -> str:
    """Make a model live, or the shipped one; what was done, in words."""
    now, using = clock.now(), known.in_use()
    if version == SHIPPED:
        if using.model is None:
            return f"现行的已是随附模型 {using.version}"
        steps.move(using.model, "retire", by=SYSTEM, now=now, note=note)
        return f"已撤下 {using.model.version}，回到随附模型 {known.in_use().version}；全部条目等待重新匹配"
    model = _find(version)
    steps.move(model, "roll_back" if model.state == "retired" else "go_live", by=SYSTEM, now=now, note=note)
    return f"{version} 已上线，替下 {using.version}；全部条目等待重新匹配"


def _find(version: str) -> MatchModel:
    found = MatchModel.objects.filter(version=version).first()
    if found is None:
        raise click.ClickException(f"没有这个模型：{version}")
    return found


def _say_hindrances(found: Sequence[str]) -> None:
    for reason in found:
        click.echo(f"还不能上线：{reason}")
    if not found:
        click.echo("达到上线的条件")


def listing(*, as_json: bool) -> str:
    """All models, the newest first, and the one in use."""
    using = known.in_use()
    rows = list(known.models(SYSTEM))
    if as_json:
        told = [{"version": m.version, "family": m.family, "state": m.state, "labels": m.facts.get("labels", 0),
                 "created_at": m.created_at.isoformat(), "sha256": m.sha256} for m in rows]  # fmt: skip
        return json.dumps({"live": using.version, "hindrance": using.hindrance, "models": told}, ensure_ascii=False)
    lines = [f"现行：{using.version}" + ("（随附）" if using.is_shipped else "")]
    if using.hindrance:
        lines.append(f"{using.model} 不能用，暂用随附模型：{using.hindrance}")
    lines += [
        f"{m.version}  {word(MODEL.states[m.state])}  {clock.today(m.created_at)}  标注 {m.facts.get('labels', 0)} 个"
        + ("  完整" if m.family == FULL else "")
        for m in rows
    ]
    return "\n".join(lines)
