"""Idempotency-Key: a POST that arrives twice is carried out once and answered twice (kernel.idempotency)."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from mengkeju.kernel import idempotency
from mengkeju.kernel.api.gate import KEY, MULTIPART, ApiRequest
from mengkeju.kernel.models import Record

R = TypeVar("R", bound=Record)


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 of what is asked: method, path and body; of a form its fields and files, for boundaries differ."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type != MULTIPART:
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def created(request: ApiRequest, create: Callable[[], R]) -> R:
    """The result of `create`, or of its first run under this key; a repeat is told by Idempotent-Replayed: true.

    Keys belong to the account and the address, so that one key serves two kinds of request without harm.
    KeyReusedError (422) when the key came with another body.
    """
    given = request.headers.get(KEY, "")
    key = "api:" + hashlib.sha256(f"{request.method} {request.path}\n{given}".encode()).hexdigest()
    made, again = idempotency.once(request.actor, key, create, fingerprint=fingerprint(request))
    request.api_replayed = again  # type: ignore[attr-defined]  # read by the middleware
    return made
