"""`mengkeju import`. Imported after Django is ready."""

import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import click
from django.core.exceptions import ValidationError

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange import TableRefusedError, read_table
from mengkeju.kernel.models import Account
from mengkeju.listings.actions.imports import Batch, ImportReport, RowProblem, check_batch, import_rows, rows_of
from mengkeju.listings.kinds import kinds

SHOWN_PROBLEMS = 50


def find_owner(text: str) -> Organisation:
    """An organisation by uid or credit code. ClickException when there is none."""
    try:
        found = Organisation.objects.filter(uid=UUID(text)).first()
    except ValueError:
        found = Organisation.objects.filter(credit_code=text.strip().upper()).exclude(credit_code="").first()
    if found is None:
        raise click.ClickException(f"没有编号或统一社会信用代码为 {text} 的单位")
    return found


def find_actor(login: str) -> Actor:
    """The actor of a login, or the platform without one.

    Whoever has a shell on the node needs no second factor: no sign-in takes place.
    """
    if not login:
        return SYSTEM
    account = Account.objects.filter(username=login).first() or Account.objects.filter(email__iexact=login).first()
    if account is None or not account.is_active:
        raise click.ClickException(f"没有“{login}”这个可用的登录名")
    return replace(provider().actor_for(account), second_factor_missing=False)


def say_problems(problems: list[RowProblem]) -> None:
    """List what was not taken, on the error stream."""
    for problem in sorted(problems, key=lambda p: p.row)[:SHOWN_PROBLEMS]:
        place = f"第 {problem.row} 行" + (f"，{problem.column}" if problem.column else "")
        click.echo(f"  {place}：{problem.message}", err=True)
    if len(problems) > SHOWN_PROBLEMS:
        click.echo(f"  …… 另有 {len(problems) - SHOWN_PROBLEMS} 行", err=True)


def say_report(report: ImportReport) -> None:
    """What was done, in one line."""
    click.echo(
        f"新增 {report.created} 条，更新 {report.changed} 条，没有变化 {report.unchanged} 条，"
        f"未采用 {len(report.problems)} 行；发布 {report.published} 条；内容待补充 {report.incomplete} 条"
    )


def confirm_secrecy(batch: Batch, count: int, *, reviewed: bool) -> Batch:
    """The batch with the officer's confirmation, asked for unless the flag gave it."""
    if not batch.publish:
        return batch
    question = (
        f"这 {count} 条将以“{batch.by.name}”的名义发布。本平台为非涉密平台，是否确认这一批已作保密审查、密级均为公开？"
    )
    return replace(batch, secrecy_reviewed=reviewed or click.confirm(question, default=False))


@click.command("import")
@click.argument("kind", metavar="KIND", type=click.Choice(list(kinds)))
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="来源名称；与外部编号一起认定同一条。")
@click.option("--owner", required=True, help="所属单位：编号（uid）或统一社会信用代码。")
@click.option("--area", required=True, help="地区代码，例如 150200。")
@click.option("--by", "login", default="", help="以谁的名义办理（登录名）；不写则记为平台。")
@click.option("--publish", is_flag=True, help="导入后发布；--by 须是所辖地区的科技管理人员。")
@click.option("--secrecy-reviewed", is_flag=True, help="确认这一批已作保密审查（不再询问）。")
def import_listings(
    *, kind: str, file: Path, source: str, owner: str, area: str, login: str, publish: bool, secrecy_reviewed: bool
) -> None:
    """从 CSV 或 Excel 导入需求、成果或专利，成为草稿；同一来源的同一编号不会重复。

    认得的列：need_id、achievement_id（编号），title、achievement_title（题目），content（说明）；其余列忽略。
    """
    batch = Batch(kind, source.strip(), find_owner(owner), find_actor(login), clock.now(), area.strip(), publish)
    try:
        columns, rows, problems = rows_of(read_table(file))
        if columns.ignored:
            click.echo(f"忽略的列：{'、'.join(columns.ignored)}", err=True)
        batch = confirm_secrecy(batch, len(rows), reviewed=secrecy_reviewed)
        check_batch(batch)
        with click.progressbar(length=len(rows), label="导入", file=sys.stderr) as bar:
            report = import_rows(batch, rows, bar.update)
    except (TableRefusedError, RefusedError) as error:
        raise click.ClickException(error.rule if isinstance(error, RefusedError) else str(error)) from error
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    report.problems += problems
    say_problems(report.problems)
    say_report(report)
