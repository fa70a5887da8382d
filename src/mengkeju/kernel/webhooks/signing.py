"""Secrets of endpoints and the three headers of the Standard Webhooks specification."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from standardwebhooks.webhooks import Webhook

PREFIX = "whsec_"
RANDOM_BYTES = 32  # the specification asks for 24 to 64


class LostSecretError(Exception):
    """The stored secret cannot be read: the platform's secret key was changed. The manager rotates it."""


def new_secret() -> str:
    """A fresh secret, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def _box() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    derived = [hashlib.sha256(f"mengkeju.webhooks\n{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def locked(secret: str) -> str:
    """The secret as it is stored: a copy of the database alone does not give it away."""
    return _box().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret again. LostSecretError when the platform's key no longer opens it."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise LostSecretError from error


def headers(message: str, body: str, *, at: datetime, stored: Sequence[str]) -> dict[str, str]:
    """webhook-id (the same in every attempt), webhook-timestamp (of this attempt), one signature per secret."""
    moment = at.astimezone(UTC)  # the library reads the clock face, whatever the zone
    signatures = [Webhook(opened(secret)).sign(message, moment, body) for secret in stored]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
