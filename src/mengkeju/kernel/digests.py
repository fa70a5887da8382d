"""Digests that anybody can compute again: plain Python, without Django, database or settings."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes

EVENT_FIELDS = (
    "id",
    "xact",
    "uid",
    "type",
    "version",
    "actor_account",
    "actor_organisation",
    "subject_type",
    "subject_uid",
    "area",
    "node",
    "at",
    "digest",
)
"""The fields of an event that a seal binds, in this order, each as text; times as seconds since 1970."""
KEYS_FORMAT, KEYS_VERSION = "mengkeju-keys", 1
"""Of the published file of public keys."""
NAME_LENGTH = 16
SCHEME = 2
"""How new links are hashed. 1: over all fields at once. 2: over the digest of the event's fields, so that a segment of
the chain can be checked by somebody who may not read the events of others in it."""


def canonical(body: Any) -> str:
    """One spelling of a JSON value."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def sm3(text: str) -> str:
    """Hexadecimal SM3 (GB/T 32905-2016) of a text in UTF-8."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(text.encode())
    return digest.finalize().hex()


def both(body: Any) -> dict[str, str]:
    """SHA-256 and SM3 of the canonical spelling of a JSON value."""
    text = canonical(body)
    return {"sha256": sha256(text), "sm3": sm3(text)}


def payload(salt: str, text: str) -> str:
    """Salted SHA-256 of a payload in its canonical spelling. Once salt and payload are erased it tells nothing."""
    return sha256(f"{salt}\n{text}")


def event(fields: Sequence[str]) -> str:
    """Digest of an event's fields, in the order of EVENT_FIELDS."""
    return sha256(canonical(list(fields)))


def link(previous: str, sequence: int, sealed_at: str, inner: str) -> str:
    """The hash of one link of scheme 2 over the previous one, the time of sealing and the digest of the event."""
    return sha256(canonical([str(SCHEME), previous, str(sequence), sealed_at, inner]))


def link_first(previous: str, sequence: int, sealed_at: str, fields: Sequence[str]) -> str:
    """The hash of one link of scheme 1, as chains made before scheme 2 have them."""
    return sha256(canonical([previous, str(sequence), sealed_at, *fields]))


def key_name(public: bytes) -> str:
    """The name of a public key: the beginning of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:NAME_LENGTH]
