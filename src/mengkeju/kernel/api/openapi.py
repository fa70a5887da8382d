"""The description of an API (OpenAPI 3.1): ninja's, with every error, header, permission and scope."""

import json
from typing import Any

from django.utils.translation import override

from mengkeju.kernel.api import problem
from mengkeju.kernel.api.gate import KEY, LONGEST_KEY, MATCH, Declared
from mengkeju.kernel.api.problem import KINDS, MEDIA_TYPE
from mengkeju.kernel.api.routes import Api, Operation
from mengkeju.kernel.api.scopes import SCOPES

LIMITED = {"RateLimit": "#/components/headers/RateLimit", "RateLimit-Policy": "#/components/headers/RateLimit-Policy"}
TEXT = {"type": "string"}
BINARY = {"type": "string", "format": "binary"}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit": {
        "description": "余量和到重置的秒数。 / Left and seconds to reset (draft-ietf-httpapi-ratelimit-headers-10).",
        "schema": TEXT,
        "example": '"token";r=299;t=42',
    },
    "RateLimit-Policy": {
        "description": "配额与窗口秒数。 / Quota and window in seconds (same draft).",
        "schema": TEXT,
        "example": '"token";q=300;w=60',
    },
    "X-Request-ID": {"description": "请求编号，报障时请附上。 / The request's id.", "schema": TEXT},
    "ETag": {"description": "修改时放进 If-Match。 / Send it back in If-Match.", "schema": TEXT},
    "Retry-After": {"description": "几秒后再试。 / Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "WWW-Authenticate": {"description": "RFC 6750", "schema": TEXT},
    "Idempotent-Replayed": {"description": "true：重发，没有再建。 / A repeat.", "schema": {"const": "true"}},
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": TEXT,
        "code": {"type": "string", "enum": sorted(KINDS)},
        "request_id": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "pointer", "code", "detail"],
                "properties": {
                    "in": {"enum": ["body", "query", "path", "header", "form", "file"]},
                    "pointer": {"type": "string", "description": "RFC 6901"},
                    "code": TEXT,
                    "detail": TEXT,
                },
            },
        },
    },
}


def _errors(method: str, path: str, said: Declared, operation: dict[str, Any]) -> set[int]:
    """Statuses of the problems the operation can answer with."""
    found = {400, 401, 422, 429, 500, 503}
    if said.scope is not None or said.permission not in {"public", "signed-in"}:
        found.add(403)
    if "{" in path:
        found.add(404)
    if method != "GET":
        found |= {404, 409}
    if "requestBody" in operation:
        found |= {413, 415}
    if said.revises:
        found |= {409, 428}
    return found


def _parameters(said: Declared) -> list[dict[str, Any]]:
    language = {"type": "string", "examples": ["zh-CN", "en"]}
    made: list[dict[str, Any]] = [
        {"in": "header", "name": "Accept-Language", "required": False, "schema": language},
    ]
    if said.creates:
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
        text = "重发同一请求时用同一个值。 / The same value when the same request is sent again."
        made.append({"in": "header", "name": KEY, "required": True, "schema": schema, "description": text})
    if said.revises:
        schema = {"type": "string", "pattern": r'^(W/)?"\d{1,9}(-[0-9a-f]{1,64})?"$'}
        made.append({"in": "header", "name": MATCH, "required": True, "schema": schema})
    return made


def _complete(operation: dict[str, Any], told: Operation, said: Declared) -> None:
    """Add what ninja does not know: security, errors, headers, permission and scope."""
    bearer: dict[str, list[str]] = {"bearer": [str(told.scope)] if told.scope else []}
    operation["security"] = [{}, bearer] if told.public else [bearer]
    operation["x-permission"] = told.permission
    operation["x-scope"] = str(told.scope) if told.scope else None
    operation["parameters"] = [*operation.get("parameters", []), *_parameters(said)]
    headers = {name: {"$ref": ref} for name, ref in LIMITED.items()}
    headers["X-Request-ID"] = {"$ref": "#/components/headers/X-Request-ID"}
    if said.streams:
        operation["responses"] = {"200": {"description": "OK", "content": {"*/*": {"schema": BINARY}}}}
    responses = {}
    for status, found in operation["responses"].items():
        extra = {"Idempotent-Replayed": {"$ref": "#/components/headers/Idempotent-Replayed"}} if said.creates else {}
        responses[str(status)] = {**found, "headers": headers | extra}
    for status in sorted(_errors(told.method, told.path, said, operation)):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = responses


def _problems() -> dict[str, Any]:
    """One response per status, with an example of each code."""
    made: dict[str, Any] = {}
    for status in sorted({kind.status for kind in KINDS.values()}):
        kinds = {code: kind for code, kind in KINDS.items() if kind.status == status}
        examples = {
            code: {
                "summary": kind.title.label_en,
                "value": {
                    "type": f"{problem.ADDRESS}#{code}",
                    "title": kind.title.label,
                    "status": status,
                    "detail": kind.title.label,
                    "code": code,
                    "request_id": "5f0c1b9d2e7a4c3b8d6e1f2a3b4c5d6e",
                },
            }
            for code, kind in kinds.items()
        }
        words = "；".join(kind.title.label for kind in kinds.values())
        headers = {429: ["Retry-After", "RateLimit", "RateLimit-Policy"], 401: ["WWW-Authenticate"]}.get(status, [])
        made[f"Problem{status}"] = {
            "description": f"{words} / {', '.join(kind.title.label_en for kind in kinds.values())}",
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ["X-Request-ID", *headers]},
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
        }
    return made


def document(api: Api, prefix: str) -> dict[str, Any]:
    """The whole description, in one fixed language, so that it can be committed and compared."""
    with override("zh-hans"):
        made: dict[str, Any] = json.loads(problem.encode(api.get_openapi_schema(path_prefix=prefix.strip("/") + "/")))
    for told, said in api.declared(prefix):
        operation = made["paths"].get(told.path, {}).get(told.method.lower())
        if operation is not None:
            _complete(operation, told, said)
    scopes = "\n".join(f"- `{scope}` {title.label} / {title.label_en}" for scope, title in SCOPES.items())
    made["tags"] = [{"name": tag.label, "description": tag.label_en} for tag in api.tags]
    made["servers"] = [{"url": "/"}]
    components = made["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["responses"] = _problems()
    components["headers"] = HEADERS
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "mkj_…",
            "description": f"令牌\n\n{scopes}",
        }
    }
    return made


def text(api: Api, prefix: str) -> str:
    """The description as it is committed."""
    return json.dumps(document(api, prefix), ensure_ascii=False, indent=2) + "\n"
