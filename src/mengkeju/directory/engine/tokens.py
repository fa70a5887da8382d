"""Secrets of API tokens: made, recognised without a database, kept as a digest only."""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
START = "mkj_"
RANDOM, CHECK = 43, 6  # 62^43 > 2^256; a CRC32 needs six places
SHOWN = 4


@dataclass(frozen=True)
class Figures:
    """How long tokens live, when their end is announced, how many one holder may have."""

    longest: timedelta
    offered_days: tuple[int, ...]
    warn: timedelta
    per_holder: int
    used: timedelta


def load(path: Path = Path(__file__).parent / "tokens.yaml") -> Figures:
    """Read the figures. ValueError when a life longer than the longest is offered."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    offered = tuple(int(days) for days in data["offered_days"])
    if max(offered) > int(data["longest_days"]):
        msg = f"{path.name}: a longer life is offered than is allowed"
        raise ValueError(msg)
    return Figures(
        timedelta(days=data["longest_days"]),
        offered,
        timedelta(days=data["warn_days"]),
        int(data["per_holder"]),
        timedelta(minutes=data["used_minutes"]),
    )


FIGURES = load()


def _check(body: str) -> str:
    number, found = zlib.crc32(body.encode()), ""
    for _place in range(CHECK):
        number, digit = divmod(number, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found


def new_secret() -> str:
    """A fresh secret: `mkj_`, 43 random characters, 6 check characters."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(RANDOM))
    return START + body + _check(body)


def is_well_formed(secret: str) -> bool:
    """Whether it can be one of ours at all: a slip of the pen is told without asking the database."""
    body = secret.removeprefix(START)
    return (
        secret.startswith(START)
        and len(body) == RANDOM + CHECK
        and body.isascii()
        and secrets.compare_digest(_check(body[:RANDOM]), body[RANDOM:])
    )


def digest(secret: str) -> str:
    """What is stored. The secret is random, so that a plain SHA-256 keeps it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(secret: str) -> str:
    """What the owner recognises it by: mkj_ab12…"""
    return secret[: len(START) + SHOWN] + "…"
