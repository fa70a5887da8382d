"""Checking an evidence sheet: signature, events, chain, digests. Says what is wrong; plain Python."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mengkeju.kernel import digests

FORMAT, VERSION = "mengkeju-evidence", 1
MEMBERS = frozenset({"format", "version", "node", "site", "made_at", "subject", "statement", "events", "chain"})
BLOCK = frozenset({"algorithm", "key", "public", "value"})
NAMED = "_name"
"""Ending of members of a row that only put a word beside what the event says."""


@dataclass(frozen=True)
class Finding:
    """One thing found. `broken` False is information."""

    broken: bool
    text: str


class SheetError(ValueError):
    """The file is no evidence sheet, or not one of this version."""


def message(sheet: dict[str, Any]) -> bytes:
    """What is signed: everything but the signature."""
    rest = {name: value for name, value in sheet.items() if name != "signature"}
    return f"{FORMAT}\n{digests.canonical(rest)}".encode()


def check(sheet: Any, keys: Any | None = None) -> Iterator[Finding]:
    """What is wrong with a sheet, and what cannot be said. SheetError when it is none; `keys` as published."""
    if not isinstance(sheet, dict) or sheet.get("format") != FORMAT:
        raise SheetError("不是蒙科聚的证据单")
    if sheet.get("version") != VERSION:
        raise SheetError(f"证据单版本 {sheet.get('version')} 不认识，本程序认识 {VERSION}")
    if set(sheet) != MEMBERS | {"signature"}:
        raise SheetError("证据单缺少或多出了项目")
    wanted = {"format": digests.KEYS_FORMAT, "version": digests.KEYS_VERSION}
    if keys is not None and (not isinstance(keys, dict) or any(keys.get(name) != wanted[name] for name in wanted)):
        raise SheetError("公钥文件不是 mengkeju-keys.json")
    try:
        yield from _signature(sheet, keys)
        events = {item["fields"]["uid"]: item for item in sheet["events"]}
        yield from _events(sheet["events"])
        yield from _chain(sheet["chain"], events)
        yield from _rows(sheet["statement"], events)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        yield Finding(True, f"证据单的结构不完整（{type(error).__name__}：{error}）")


def _signature(sheet: dict[str, Any], keys: Any | None) -> Iterator[Finding]:
    block = sheet["signature"]
    if not isinstance(block, dict) or set(block) != BLOCK or block["algorithm"] != "Ed25519":
        yield Finding(True, "签名栏不完整，或算法不是 Ed25519")
        return
    try:
        public, value = (b64decode(block[name], validate=True) for name in ("public", "value"))
        Ed25519PublicKey.from_public_bytes(public).verify(value, message(sheet))
    except (Base64Error, ValueError, TypeError):
        yield Finding(True, "公钥或签名不是有效的 Base64")
    except InvalidSignature:
        yield Finding(True, "签名与内容不符：签出之后被改动过")
    else:
        if digests.key_name(public) != block["key"]:
            yield Finding(True, "密钥编号与公钥不符")
    yield from _signer(sheet, block, keys)


def _signer(sheet: dict[str, Any], block: dict[str, Any], keys: Any | None) -> Iterator[Finding]:
    if keys is None:
        yield Finding(
            False,
            "没有核对签名人：公钥取自证据单自己。请从该站点 /.well-known/mengkeju-keys.json 取得公钥，用 --keys 再核对",
        )
        return
    known = next((row for row in keys["keys"] if row["public"] == block["public"]), None)
    if known is None:
        yield Finding(True, f"公钥 {block['key']} 不在公布的公钥之列，不是这个节点签的")
        return
    if keys["node"] != sheet["node"]:
        yield Finding(True, f"证据单出自节点“{sheet['node']}”，公钥属于节点“{keys['node']}”")
    made = datetime.fromisoformat(sheet["made_at"])
    if made < datetime.fromisoformat(known["from"]):
        yield Finding(True, "签出时间早于这把密钥启用的时间")
    if known["until"] is not None and made >= datetime.fromisoformat(known["until"]):
        yield Finding(True, "签出时这把密钥已经停用")
    if known["reason"] == "compromised":
        yield Finding(False, "这把密钥后来泄露过：签名不足以证明签出时间，请结合封条链核对")


def _fields(item: dict[str, Any]) -> list[str]:
    return [str(item["fields"][name]) for name in digests.EVENT_FIELDS]


def _events(items: list[dict[str, Any]]) -> Iterator[Finding]:
    if len({item["fields"]["uid"] for item in items}) != len(items):
        yield Finding(True, "同一事件出现两次")
    for item in items:
        uid, payload = item["fields"]["uid"], item["payload"]
        if payload is None:
            yield Finding(False, f"事件 {uid} 的内容已依法删除，只剩摘要")
        elif digests.payload(payload["salt"], digests.canonical(payload["body"])) != item["fields"]["digest"]:
            yield Finding(True, f"事件 {uid} 的内容与摘要不符")


def _chain(chain: dict[str, Any], events: dict[str, Any]) -> Iterator[Finding]:
    waiting, last = set(events), 0
    for run in chain["runs"]:
        previous = str(run["previous"])
        start = int(run["links"][0]["sequence"])
        if start <= last:
            yield Finding(True, "封条链各段次序不对")
        elif last:
            yield Finding(False, f"第 {last + 1} 到第 {start - 1} 号封条没有附上（与本单无关的事件），这一段没有核对")
        expected = start
        for one in run["links"]:
            if one["sequence"] != expected:
                yield Finding(True, f"缺少第 {expected} 号封条")
            if one.get("event") is not None and one["event"] not in waiting:
                yield Finding(True, f"第 {one['sequence']} 号封条所指的事件不在单上")
            yield from _link(one, previous, events)
            waiting.discard(one.get("event"))
            previous, expected = one["hash"], int(one["sequence"]) + 1
        last = expected - 1
    yield from _unsealed(waiting, set(chain["unsealed"]))


def _unsealed(waiting: set[str], said: set[str]) -> Iterator[Finding]:
    for uid in sorted(waiting - said):
        yield Finding(True, f"事件 {uid} 没有封条")
    for uid in sorted(said & waiting):
        yield Finding(False, f"事件 {uid} 签出时尚未封存")
    for uid in sorted(said - waiting):
        yield Finding(True, f"事件 {uid} 说是未封存，却有封条或不在单上")


def _link(one: dict[str, Any], previous: str, events: dict[str, Any]) -> Iterator[Finding]:
    sequence, at, scheme = one["sequence"], one["sealed_at"], one["scheme"]
    item = events.get(one.get("event") or "")
    if scheme == 1:
        if item is None:
            yield Finding(False, f"第 {sequence} 号是旧式封条，属于别的事件，只核对了前后相连")
        elif digests.link_first(previous, sequence, at, _fields(item)) != one["hash"]:
            yield Finding(True, f"第 {sequence} 号封条与事件或前一封条不符")
        return
    if scheme != digests.SCHEME:
        yield Finding(True, f"第 {sequence} 号封条的算法 {scheme} 不认识")
    elif digests.link(previous, sequence, at, one["inner"]) != one["hash"]:
        yield Finding(True, f"第 {sequence} 号封条与前一封条不相连，或被改动")
    elif item is not None and digests.event(_fields(item)) != one["inner"]:
        yield Finding(True, f"第 {sequence} 号封条与事件 {item['fields']['uid']} 不符")


def _rows(statement: Any, events: dict[str, Any]) -> Iterator[Finding]:
    """Every row that names an event says nothing but what the event says."""
    if isinstance(statement, list):
        for one in statement:
            yield from _rows(one, events)
    elif isinstance(statement, dict):
        for value in statement.values():
            yield from _rows(value, events)
        if "event" in statement:
            yield from _row(statement, events)


def _row(row: dict[str, Any], events: dict[str, Any]) -> Iterator[Finding]:
    item = events.get(row["event"])
    if item is None:
        yield Finding(True, f"所说的事件 {row['event']} 不在单上")
        return
    if datetime.fromisoformat(row["at"]).timestamp() != float(item["fields"]["at"]):
        yield Finding(True, f"事件 {row['event']} 的时间与单上所写不符")
    body = {} if item["payload"] is None else item["payload"]["body"]
    for name, value in row.items():
        if name in {"event", "at", "content"} or name.endswith(NAMED):
            continue
        if item["payload"] is not None and (name not in body or body[name] != value):
            yield Finding(True, f"单上所写的“{name}”与事件 {row['event']} 不符")
    for part, content in (row.get("content") or {}).items():
        if digests.both(content) != row["digests"].get(part):
            yield Finding(True, f"附上的内容（{part}）与当时的摘要不符")
