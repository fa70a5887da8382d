"""The bundle of a contract's documents: what its manifest says, and checking one on any machine. Plain Python.

A bundle is a ZIP: `manifest.json`, the files it lists under their paths, and `evidence.json`, the signed sheet that
`mengkeju verify-evidence` checks; the sheet's statement holds the digest of the manifest.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from cryptography.hazmat.primitives import hashes

from mengkeju.kernel.evidence.check import Finding

SCHEMA, VERSION = "mengkeju-contract-bundle", 1
MANIFEST, EVIDENCE = "manifest.json", "evidence.json"
PORTION = 256 * 1024
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


class BundleError(ValueError):
    """The file is no bundle, or not one of this version."""


def path_of(role: str, number: int, name: str, taken: set[str]) -> str:
    """Where a file lies in the ZIP: `main/02-合同.pdf`; never outside it, never twice."""
    plain = _UNSAFE.sub("_", name).strip(". ") or "file"
    path, again = f"{role}/{number:02d}-{plain}", 1
    while path in taken:
        again += 1
        path = f"{role}/{number:02d}-{again}-{plain}"
    taken.add(path)
    return path


def written(manifest: dict[str, Any]) -> bytes:
    """The manifest as it lies in the ZIP; its SHA-256 is taken over these bytes."""
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()


def check(content: IO[bytes]) -> Iterator[Finding]:
    """What is wrong with a bundle: files missing, altered or not listed. BundleError when it is none.

    Signature and events are for `kernel.evidence.check` on its evidence.json; here only that it speaks of this
    manifest.
    """
    try:
        archive = zipfile.ZipFile(content)
        manifest = json.loads(archive.read(MANIFEST))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BundleError("不是合同文件包") from error
    with archive:
        if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA or manifest.get("version") != VERSION:
            raise BundleError("不是合同文件包，或版本不认识")
        try:
            yield from _files(archive, manifest)
            yield from _evidence(archive)
        except (AttributeError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            yield Finding(True, f"文件包的结构不完整（{type(error).__name__}：{error}）")


def _files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Finding]:
    found = archive.namelist()
    if len(set(found)) != len(found):
        yield Finding(True, "有重名的文件")
    listed = {row["path"]: row for row in manifest["files"]}
    for path in sorted(set(found) - set(listed) - {MANIFEST, EVIDENCE}):
        yield Finding(True, f"清单上没有“{path}”")
    for path, row in listed.items():
        if path not in found:
            yield Finding(True, f"缺少“{path}”")
            continue
        size, sha256, sm3 = _measured(archive, path)
        if (size, sha256, sm3) != (row["size"], row["sha256"], row["sm3"]):
            yield Finding(True, f"“{path}”的内容与清单上的大小或摘要不符")


def _measured(archive: zipfile.ZipFile, path: str) -> tuple[int, str, str]:
    size, sha256, sm3 = 0, hashlib.sha256(), hashes.Hash(hashes.SM3())
    with archive.open(path) as inside:
        while part := inside.read(PORTION):
            size += len(part)
            sha256.update(part)
            sm3.update(part)
    return size, sha256.hexdigest(), sm3.finalize().hex()


def _evidence(archive: zipfile.ZipFile) -> Iterator[Finding]:
    if EVIDENCE not in archive.namelist():
        yield Finding(False, "没有附签名的证据单：打包时站点的密钥不能用")
        return
    said = json.loads(archive.read(EVIDENCE))["statement"]["manifest_sha256"]
    if said != hashlib.sha256(archive.read(MANIFEST)).hexdigest():
        yield Finding(True, "清单与证据单上的摘要不符")
