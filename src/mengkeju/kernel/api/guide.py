"""The page that explains an API: a hand-written introduction, then every operation from the description itself."""

import json
import re
import shlex
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.kernel.api import limits, openapi
from mengkeju.kernel.api.gate import JSON, KEY, LONGEST_KEY, MATCH, Declared
from mengkeju.kernel.api.paging import LONGEST, USUAL
from mengkeju.kernel.api.problem import KINDS
from mengkeju.kernel.api.routes import Api, Operation
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.web.request import PUBLIC, Request, permission

EXAMPLES: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8")
)
SAMPLE_UID, SAMPLE_KEY = "0193a4c6-0000-7000-8000-000000000101", "2026-11-21-need-42"
SAMPLE_ETAG, SAMPLE_FILE = '"3-9f86d081884c7d65"', "example.pdf"
PARAMETER = re.compile(r"{(\w+)}")
# What stands for {key} in an address; everything else is an uid.
KEYS = {"/vocabularies/{key}": "cluster", "/listing-kinds/{key}": "need"}


def sample_address(path: str) -> str:
    """A path with its parameters filled in: `/listings/{uid}` → `/listings/0193a4c6-…`."""
    for ending, key in KEYS.items():
        if path.endswith(ending):
            return path.replace("{key}", key)
    return PARAMETER.sub(SAMPLE_UID, path)


def sample_body(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    """The example of the JSON a request takes; None for a request without one."""
    schema = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return next(iter(named.get("examples", ())), None)


def curl(told: Operation, said: Declared, body: Any, root: str) -> str:
    """The call as a shell command; the token is in the environment."""
    lines = ["curl" if told.method == "GET" else f"curl -X {told.method}"]
    if not told.public:
        lines.append('-H "Authorization: Bearer $MKJ_TOKEN"')
    if said.creates:
        lines.append(f"-H '{KEY}: {SAMPLE_KEY}'")
    if said.revises:
        lines.append(f"-H {shlex.quote(f'{MATCH}: {SAMPLE_ETAG}')}")
    if body is not None:
        lines += [f"-H 'Content-Type: {JSON}'", f"-d {shlex.quote(json.dumps(body, ensure_ascii=False, indent=2))}"]
    elif JSON not in said.consumes:
        lines.append(f"-F file=@{SAMPLE_FILE}")
    if told.path.endswith("/content"):
        lines.append(f"-o {SAMPLE_FILE}")
    return " \\\n  ".join([*lines, f'"{root}{sample_address(told.path)}"'])


def _operations(api: Api, prefix: str, root: str) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Tags in their order, each with its operations as the description has them."""
    document = openapi.document(api, prefix)
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for told, said in api.declared(prefix):
        found = document["paths"].get(told.path, {}).get(told.method.lower())
        if found is None:  # not listed in the description
            continue
        asked = [p["name"] for p in found["parameters"] if p["in"] == "query"]
        shown = {
            "told": told,
            "said": said,
            "asked": asked,
            "example": curl(told, said, sample_body(document, found), root),
        }
        by_tag.setdefault(found["tags"][0], []).append(shown)
    return [(tag, by_tag[tag.label]) for tag in api.tags if tag.label in by_tag]


def guide(api: Api, prefix: str) -> Callable[[Request], HttpResponseBase]:
    """The view of the page about `api`, which is mounted at `prefix`."""
    operations = cache(partial(_operations, api, prefix))  # the same for everybody while the process lives

    @require_safe
    @permission(PUBLIC)
    def api_guide(request: Request) -> HttpResponse:
        """What the API is, the first call, the rules of all calls, every operation."""
        base = settings.SITE_URL + prefix
        context = {
            "base": base,
            "prefix": prefix,
            "examples": {
                key: {**one, "code": one["code"].replace("{base}", base).rstrip()} for key, one in EXAMPLES.items()
            },
            "scopes": SCOPES,
            "problems": KINDS,
            "tags": operations(settings.SITE_URL),
            "quotas": {policy: limits.quota(policy) for policy in ("anonymous", "token")},
            "window": limits.WINDOW,
            "usual": USUAL,
            "longest": LONGEST,
            "longest_key": LONGEST_KEY,
        }
        return render(request, "kernel/api.html", context)

    return api_guide
