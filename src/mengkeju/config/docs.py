"""The documents made from the code: permissions, workflows, personal data, the settings table, the API.

`mengkeju docs write` writes them, `mengkeju docs check` names those that differ and exits with 1.
A test compares them as well, so that a document can never say what the code does not do.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import override

from mengkeju.config import api
from mengkeju.config.env import Env
from mengkeju.kernel import access, subjects
from mengkeju.kernel.workflow import DutySpec, Workflow

DOCS = Path(__file__).resolve().parents[3] / "docs"
MADE = "<!-- 由代码生成：make docs。请勿手改。 / Generated from the code by `make docs`. -->\n\n"
BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"
NONE = "—"
TYPES = {"str": "文字", "int": "整数", "bool": "是否（1 / 0）", "Path": "路径"}


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; empty cells show a dash, bars inside cells are escaped."""
    heads = list(heads)
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") or NONE for cell in row] for row in rows]
    lines = [heads, ["---"] * len(heads), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def permissions() -> str:
    """Every permission with its rule in words, grouped by capability."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for permission, rule in access.permissions():
        groups.setdefault(permission.split(".", 1)[0], []).append((f"`{permission}`", access.describe(rule)))
    parts = [f"{MADE}# 权限 / Permissions\n\n每项权限写明谁可以做。列表和页面用同一条规则，不会各说各话。\n"]
    parts += [f"\n## {group}\n\n{table(('权限', '谁可以'), rows)}" for group, rows in sorted(groups.items())]
    return "".join([*parts, operations()])


def operations() -> str:
    """Every operation of the API with the permission it asks and the scope a token needs."""
    rows = [
        (
            f"`{one.method} {one.path}`",
            one.title.label,
            f"`{one.permission}`" + ("（不带令牌也可）" if one.public else ""),
            f"`{one.scope}`" if one.scope else "",
        )
        for one in api.operations()
    ]
    intro = "令牌的权限不超过它的主人；角色只随对应的权限通过。系统、安全、审计三类管理员的权限不经过接口。\n\n"
    return f"\n## 接口 / API\n\n{intro}{table(('操作', '名称', '权限', '令牌权限'), rows)}"


def _duty_cells(duty: DutySpec | None) -> tuple[str, str, str, str, str]:
    if duty is None:
        return "", "", "", "", ""
    stated = "记录写明的日期" if duty.due_field else ""
    days = stated if duty.working_days is None else f"{duty.working_days} 个工作日"
    return duty.label, days, duty.basis, duty.escalate_to, duty.lapse


def workflow(flow: Workflow) -> str:
    """One workflow: picture, states with their duties, transitions."""
    states = [
        (f"`{key}`", s.label, s.label_en, "是" if s.final else "", *_duty_cells(s.duty))
        for key, s in flow.states.items()
    ]
    steps = [
        (
            f"`{key}`",
            step.label,
            step.label_en,
            "、".join(flow.states[source].label for source in step.source),
            flow.states[step.target].label,
            f"`{step.permission}`",
            "、".join(guard.name for guard in step.guards),
            "是" if step.note_required else "",
        )
        for key, step in flow.transitions.items()
    ]
    return (
        f"{MADE}# {flow.label}（`{flow.key}`）\n\n```mermaid\n{flow.mermaid()}```\n\n## 状态 / States\n\n"
        + table(("状态", "名称", "English", "终点", "待办", "时限", "时限依据", "逾期上报", "逾期自动"), states)
        + "\n## 步骤 / Transitions\n\n"
        + table(("步骤", "名称", "English", "从", "到", "权限", "条件", "须写理由"), steps)
    )


def workflows() -> dict[str, Workflow]:
    """Workflows of all registered subjects by key."""
    found = [subject.workflow for subject in subjects.subject_types.values() if subject.workflow]
    return {flow.key: flow for flow in sorted(found, key=lambda flow: flow.key)}


def _personal(model: type[Model]) -> list[tuple[str, str, Any]]:
    fields = [f for f in model._meta.get_fields() if isinstance(f, Field) and hasattr(f, "personal")]
    return [(f.name, str(f.verbose_name), f.personal) for f in fields]


def personal_data() -> str:
    """Every field about a person: purpose, legal basis, retention."""
    intro = (
        "哪些字段是个人信息，为什么收、依据什么、留多久。\n"
        "导出：`mengkeju person export UID`；删除：`mengkeju person erase UID`。两条命令走的就是这张表。\n"
    )
    parts = [f"{MADE}# 个人信息 / Personal data\n\n{intro}"]
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        rows = [(f"`{name}`", word, p.purpose, p.basis, p.retention) for name, word, p in _personal(model)]
        if rows:
            heads = ("字段", "名称", "目的", "依据", "保存期限")
            parts.append(f"\n## {model._meta.label}\n\n{table(heads, rows)}")
    return "".join(parts)


def settings_table() -> str:
    """Every environment variable with type, default and meaning."""
    rows = []
    for name, field in Env.model_fields.items():
        variable = field.validation_alias if isinstance(field.validation_alias, str) else f"MENGKEJU_{name.upper()}"
        kind = getattr(field.annotation, "__name__", str(field.annotation))
        default = {True: "1", False: "0"}.get(field.default) if isinstance(field.default, bool) else field.default
        shown = f"`{default}`" if str(default) else ""
        rows.append((f"`{variable}`", TYPES.get(kind, kind), shown, field.description))
    return table(("变量 / Variable", "类型 / Type", "默认 / Default", "含义 / Meaning"), rows)


def with_settings(text: str) -> str:
    """A document with the settings table put between its two marks. Raises ValueError when a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"the marks {BEGIN.strip()} and {END.strip()} are missing"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def documents(folder: Path = DOCS) -> dict[Path, str]:
    """Every generated document: its path and its text as the code has it now. Needs Django set up."""
    handbook = folder / "operations.md"
    with override("zh-hans"):
        made = {
            folder / "permissions.md": permissions(),
            folder / "personal-data.md": personal_data(),
            handbook: with_settings(handbook.read_text(encoding="utf-8")),
            folder / "api" / "openapi.json": api.description(),
        }
        made |= {folder / "workflows" / f"{key}.md": workflow(flow) for key, flow in workflows().items()}
    return made


def left_over(folder: Path = DOCS) -> list[Path]:
    """Workflow documents whose workflow is gone."""
    return sorted(path for path in (folder / "workflows").glob("*.md") if path.stem not in workflows())


def stale(folder: Path = DOCS) -> list[Path]:
    """Documents that differ from what the code says, are missing, or are left over."""
    differ = [p for p, text in documents(folder).items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    return differ + left_over(folder)


def write(folder: Path = DOCS) -> list[Path]:
    """Bring all documents up to date; returns those that were changed or removed."""
    changed = stale(folder)
    made = documents(folder)
    for path in changed:
        if path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


@click.group()
def docs() -> None:
    """由代码生成的文件：权限、流程、个人信息、设置表。"""


@docs.command("write")
def write_command() -> None:
    """把与代码不一致的文件重新写好。"""
    for path in write():
        click.echo(f"{path.relative_to(DOCS.parent)}: written")


@docs.command("check")
def check_command() -> None:
    """列出与代码不一致的文件；有则以 1 退出。"""
    changed = stale()
    for path in changed:
        click.echo(f"{path.relative_to(DOCS.parent)}: differs from the code (run `make docs`)")
    if changed:
        raise click.exceptions.Exit(1)
