"""The node's Ed25519 key: signs evidence sheets. Its public part and history stand in the database and are published.

The private key lies in the data folder (`evidence.key`, readable by its owner only), or is given by the setting
MENGKEJU_EVIDENCE_KEY where several machines sign for one node. A node that has lost it makes another one; what the
old one has signed is still checked by the published history.
"""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.digests import KEYS_FORMAT, KEYS_VERSION, key_name
from mengkeju.kernel.models import SigningKey

FILE = "evidence.key"
REASONS = ("rotated", "lost", "compromised")
SEED_BYTES = 32


class SigningError(RuntimeError):
    """The key cannot be used or changed as asked; the message says why, for the operator."""


@dataclass(frozen=True)
class Signer:
    """A key in use."""

    name: str
    public: str
    private: Ed25519PrivateKey

    def block(self, message: bytes) -> dict[str, str]:
        """The signature block of a sheet."""
        value = b64encode(self.private.sign(message)).decode()
        return {"algorithm": "Ed25519", "key": self.name, "public": self.public, "value": value}


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE


def _seed() -> bytes:
    """The private key: given, or made once and kept readable by the owner only. SigningError when it is none."""
    if not settings.EVIDENCE_KEY and not _path().exists():
        _make()
    text = settings.EVIDENCE_KEY or _path().read_text(encoding="ascii").strip()
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        msg = "the evidence key must be 64 hexadecimal digits"
        raise SigningError(msg)
    return seed


def _make() -> None:
    path = _path()
    draft = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(SEED_BYTES), encoding="ascii")
    try:
        path.hardlink_to(draft)  # atomic: two processes agree on one key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _signer() -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(_seed())
    raw = private.public_key().public_bytes_raw()
    return Signer(key_name(raw), b64encode(raw).decode(), private)


@transaction.atomic
def current(*, now: datetime) -> Signer:
    """The key to sign with now, its public part noted. SigningError when it was retired."""
    signer = _signer()
    row, new = SigningKey.objects.get_or_create(key=signer.name, defaults={"public": signer.public, "began_at": now})
    if new:
        audit.record("signing_key.began", row, by=SYSTEM, now=now, payload={"key": row.key})
    if row.retired_at is not None:
        msg = f"key {signer.name} was retired ({row.retired_why}): run `mengkeju evidence-key rotate`"
        raise SigningError(msg)
    return signer


@transaction.atomic
def retire(key: str, why: str, *, now: datetime) -> SigningKey:
    """Nothing signed after this moment by the key counts. SigningError for an unknown or retired one."""
    row = SigningKey.objects.select_for_update().filter(key=key).first()
    if row is None or row.retired_at is not None:
        msg = f"no key {key} in use"
        raise SigningError(msg)
    row.retired_at, row.retired_why = now, why
    row.save(update_fields=["retired_at", "retired_why"])
    audit.record("signing_key.retired", row, by=SYSTEM, now=now, payload={"key": row.key, "why": why})
    return row


def rotate(*, now: datetime, why: str = "rotated") -> Signer:
    """Retire the key in the data folder and make another one. SigningError when the key is given by a setting."""
    if settings.EVIDENCE_KEY:
        msg = "the key is given by MENGKEJU_EVIDENCE_KEY: retire it by name, then change the setting"
        raise SigningError(msg)
    if _path().exists():
        known = SigningKey.objects.filter(key=_signer().name, retired_at=None).first()
        if known is not None:
            retire(known.key, why, now=now)
        _path().unlink()
    return current(now=now)


def published() -> dict[str, Any]:
    """The keys and their history as they stand at /.well-known/mengkeju-keys.json."""
    return {
        "format": KEYS_FORMAT,
        "version": KEYS_VERSION,
        "node": settings.NODE,
        "keys": [
            {
                "key": row.key,
                "algorithm": "Ed25519",
                "public": row.public,
                "from": in_zone(row.began_at),
                "until": in_zone(row.retired_at) if row.retired_at else None,
                "reason": row.retired_why,
            }
            for row in SigningKey.objects.order_by("began_at", "pk")
        ],
    }


def in_zone(at: datetime) -> str:
    """A time as documents state it: ISO 8601 with the offset of the platform's zone."""
    return at.astimezone(clock.ZONE).isoformat()
