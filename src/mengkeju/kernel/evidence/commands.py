"""`mengkeju verify-evidence`: checks a sheet on any machine, without Django, database or settings."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mengkeju.kernel.evidence.check import Finding, SheetError, check

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_BYTES = 200 * 1024 * 1024


def read(path: Path) -> Any:
    """JSON of a file. ClickException when it is none."""
    if path.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"{path.name} 太大，不像证据单")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise click.ClickException(f"{path.name} 不是 JSON 文件：{error}") from error


def _say(findings: list[Finding]) -> int:
    broken = sum(one.broken for one in findings)
    for one in findings:
        click.echo(f"{'不符' if one.broken else '说明'}：{one.text}", err=one.broken)
    return broken


def _head(sheet: dict[str, Any]) -> str:
    subject, events = sheet["subject"], sheet["events"]
    made = datetime.fromisoformat(sheet["made_at"])
    name = " ".join(str(subject.get(part) or "") for part in ("number", "title")).strip()
    return f"证据单：{name}　节点 {sheet['node']}　签出 {made:%Y-%m-%d %H:%M:%S%z}　事件 {len(events)} 条"


@click.command()
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--keys", "keys_file", metavar="FILE", type=_FILE, help="站点 /.well-known/mengkeju-keys.json 的公钥")
def verify_evidence(file: Path, keys_file: Path | None) -> None:
    """核对证据单：签名、事件、封条链、摘要。不需要数据库和任何设置。有不符之处时退出码为 1。"""
    sheet, keys = read(file), read(keys_file) if keys_file else None
    try:
        findings = list(check(sheet, keys))
        broken = _say(findings)
        click.echo(_head(sheet))
    except (SheetError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if broken:
        click.echo(f"核对完毕：{broken} 处不符，这份证据单不可采信", err=True)
        sys.exit(1)
    click.echo("核对完毕：没有发现改动" + ("，由公布的密钥签出" if keys is not None else "；签名人尚未核对"))
