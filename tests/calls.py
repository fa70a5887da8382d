"""Calls of the API in tests: JSON, an Idempotency-Key for each new thing, If-Match from what was read."""

from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.config.api import PREFIX

_keys = count(1)


def get(client: Client, path: str, **query: Any) -> Any:
    """Read."""
    return client.get(PREFIX + path, query)


def send(client: Client, method: str, path: str, body: Any = None, *, match: Any = None, key: str | None = None) -> Any:
    """Write. `match`: the answer it was made from, or an ETag; `key`: an Idempotency-Key, a fresh one unless given."""
    headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
    if match is not None:
        headers["If-Match"] = match if isinstance(match, str) else match["ETag"]
    return client.generic(
        method,
        PREFIX + path,
        b"" if body is None else client._encode_json(body, "application/json"),  # type: ignore[attr-defined]  # Django's own
        content_type="application/json",
        headers=headers,
    )


def upload(client: Client, name: str, content: bytes, *, key: str | None = None, **form: str) -> Any:
    """Store a file."""
    data = {"file": SimpleUploadedFile(name, content), **form}
    return client.post(f"{PREFIX}/files", data, headers={"Idempotency-Key": key or f"key-{next(_keys)}"})


def problem(answer: Any) -> tuple[int, str]:
    """(status, code) of a refusal."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["code"]


def pointers(answer: Any) -> set[str]:
    """Where a body is wrong."""
    assert answer.status_code == 422, answer.content
    return {wrong["pointer"] for wrong in answer.json()["errors"]}
