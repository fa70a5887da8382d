"""The file of a trained model: one line of JSON that says what it is, then content only its family reads.

The first line is enough to refuse a file of another version, so that a web process can say so without the
numerical libraries. What the content means knows `families`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import listed
from mengkeju.matching.engine import structured
from mengkeju.matching.engine.likeness import NAMES

SCHEMA, SCHEMA_VERSION = "mengkeju.matching.model", 1
ENGINE = "2026-11-2"
"""What the numbers in a file mean to this program; raised when a similarity or a signal is counted otherwise."""
FAMILIES = ("cold",)
"""The families this program can load; each has a line in `families.LOADERS`."""
LONGEST_LINE = 65_536
MOST_BYTES = 50_000_000


class ModelFileError(ValueError):
    """The file is no model this program can use; the message is for people."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: what the file is and with which program it was made. `sha256` is of what follows."""

    schema: str
    schema_version: int
    engine: str
    family: str
    version: str
    features: tuple[str, ...]
    signals: tuple[str, ...]
    sha256: str


def signal_keys() -> tuple[str, ...]:
    """The structured signals of this program, in their order."""
    return tuple(kind.key for kind in structured.settings().kinds)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pack(family: str, version: str, body: bytes) -> bytes:
    """A model file of this program."""
    head = Head(SCHEMA, SCHEMA_VERSION, ENGINE, family, version, NAMES, signal_keys(), digest(body))
    return json.dumps(asdict(head), ensure_ascii=False).encode() + b"\n" + body


def read(content: bytes) -> tuple[Head, bytes]:
    """First line and content. ModelFileError says in words why this program cannot use the file."""
    if len(content) > MOST_BYTES:
        raise ModelFileError(_("文件太大，不是匹配模型文件"))
    head, body = _head(content)
    reason = _hindrance(head)
    if reason:
        raise ModelFileError(reason)
    if digest(body) != head.sha256:
        raise ModelFileError(_("模型文件的内容与它自己写的摘要不符，可能没有传完或被改过"))
    return head, body


def refuse(content: bytes) -> str:
    """Why this program cannot use a model file, in words; "" when its first line says it can."""
    try:
        read(content)
    except ModelFileError as error:
        return str(error)
    return ""


def _head(content: bytes) -> tuple[Head, bytes]:
    line, newline, body = content.partition(b"\n")
    try:
        data: Any = json.loads(line) if newline and len(line) <= LONGEST_LINE else None
    except ValueError:  # no JSON, or no UTF-8
        data = None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ModelFileError(_("这不是蒙科聚的匹配模型文件"))
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        said = {"theirs": version, "ours": SCHEMA_VERSION}
        raise ModelFileError(_("模型文件的格式是第 %(theirs)s 版，本程序只读第 %(ours)s 版，请用本程序重新训练") % said)
    try:
        engine, family, name, sha256 = (str(data[key]) for key in ("engine", "family", "version", "sha256"))
        features, signals = (tuple(map(str, data[key])) for key in ("features", "signals"))
    except (KeyError, TypeError):
        raise ModelFileError(_("模型文件的第一行不完整")) from None
    return Head(SCHEMA, SCHEMA_VERSION, engine, family, name, features, signals, sha256), body


def _hindrance(head: Head) -> str:
    if head.engine != ENGINE:
        said = {"theirs": head.engine, "ours": ENGINE}
        return _("模型文件由另一版匹配程序（%(theirs)s）训练，本程序是 %(ours)s，请用本程序重新训练") % said
    if head.family not in FAMILIES:
        said = {"family": head.family, "known": listed(list(FAMILIES))}
        return _("本程序不认识“%(family)s”这一类模型，只认识：%(known)s") % said
    for theirs, ours, pattern in (
        (head.features, NAMES, _("模型文件的文字特征与本程序不一致（%(difference)s），请用本程序重新训练")),
        (head.signals, signal_keys(), _("模型文件的登记信息各项与本程序不一致（%(difference)s），请用本程序重新训练")),
    ):
        if theirs != ours:
            differing = sorted(set(theirs) ^ set(ours)) or [_("次序不同")]
            return pattern % {"difference": listed(differing)}
    if not 0 < len(head.version) <= 80:
        return _("模型文件没有写版本，或版本名太长")
    return ""
