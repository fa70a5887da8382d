"""A client written from docs/api/openapi.json alone: it knows operations, schemas and headers by their description.

Nothing of the project is imported. What is sent and what comes back is held against the description.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import jsonschema_rs

DESCRIPTION = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
METHODS = {"get", "put", "post", "patch", "delete"}
JSON, MULTIPART = "application/json", "multipart/form-data"


class ContractError(AssertionError):
    """Something was sent or answered that the description does not have."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and what came: parsed JSON, or bytes."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def etag(self) -> str:
        """For If-Match."""
        return self.headers["ETag"]


@dataclass(frozen=True)
class Upload:
    """A file to send."""

    name: str
    content: bytes


def load() -> dict[str, Any]:
    """The committed description."""
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return found


@dataclass
class SecondClient:
    """`call("operation_id", uid=…, body={…})`: path and query parameters by name, headers by the description."""

    base: str
    token: str = ""
    description: dict[str, Any] = field(default_factory=load)

    def call(
        self, operation_id: str, *, body: Any = None, match: Answer | None = None, form: Any = None, **values: Any
    ) -> Answer:
        """Call an operation; ContractError when either side leaves the description. Refusals come back as answers."""
        path, method, operation = self._find(operation_id)
        told = operation.get("parameters", [])
        names = {p["name"]: p["in"] for p in told}
        unknown = set(values) - set(names)
        absent = {p["name"] for p in told if p.get("required") and p["in"] in {"path", "query"}} - set(values)
        if unknown or absent:
            raise ContractError(f"{operation_id}: unknown {unknown}, absent {absent}")
        address = self.base + re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]])), path)
        query = [(name, value) for name, value in values.items() if names[name] == "query"]
        data, headers = self._payload(operation, body, form)
        if "Idempotency-Key" in names:
            headers["Idempotency-Key"] = secrets.token_hex(8)
        if "If-Match" in names:
            if match is None:
                raise ContractError(f"{operation_id} needs If-Match")
            headers["If-Match"] = match.etag
        return self._send(operation, method, f"{address}?{urlencode(query, doseq=True)}", data, headers)

    def pages(self, operation_id: str, **values: Any) -> Iterator[Any]:
        """Every item of a list, page after page."""
        answer = self.call(operation_id, **values)
        while True:
            yield from answer.body["items"]
            if not answer.body["next"]:
                return
            _path, method, operation = self._find(operation_id)
            answer = self._send(operation, method, answer.body["next"], None, {})

    def _find(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        for path, operations in self.description["paths"].items():
            for method, operation in operations.items():
                if method in METHODS and operation["operationId"] == operation_id:
                    return path, method.upper(), operation
        raise ContractError(f"no operation {operation_id}")

    def _payload(self, operation: dict[str, Any], body: Any, form: Any) -> tuple[bytes | None, dict[str, str]]:
        content = operation.get("requestBody", {}).get("content", {})
        if body is not None:
            self._check(content[JSON]["schema"], body, "sent")
            return json.dumps(body).encode(), {"Content-Type": JSON}
        if form is not None:
            known = set(self._resolve(content[MULTIPART]["schema"])["properties"])
            if set(form) - known:
                raise ContractError(f"no such form fields: {set(form) - known}")
            return multipart(form)
        if operation.get("requestBody", {}).get("required"):
            raise ContractError("a body is needed")
        return None, {}

    def _resolve(self, schema: Any) -> Any:
        while "$ref" in schema:
            found: Any = self.description
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def _check(self, schema: Any, value: Any, what: str) -> None:
        whole = {**schema, "components": self.description["components"]}
        wrong = [str(error) for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(value)]
        if wrong:
            raise ContractError(f"{what}: {wrong[0]}")

    def _send(
        self, operation: dict[str, Any], method: str, address: str, data: bytes | None, headers: dict[str, str]
    ) -> Answer:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        asked = Request(address, data=data, method=method, headers=headers)  # noqa: S310 - the test's own server
        try:
            with urlopen(asked) as came:  # noqa: S310 - the same
                status, got, content = came.status, dict(came.headers), came.read()
        except HTTPError as refused:
            status, got, content = refused.code, dict(refused.headers), refused.read()
        return self._read(operation, status, got, content)

    def _read(self, operation: dict[str, Any], status: int, headers: dict[str, str], content: bytes) -> Answer:
        told = operation["responses"].get(str(status))
        if told is None:
            raise ContractError(f"{operation['operationId']} does not tell of {status}")
        media = headers.get("Content-Type", "").partition(";")[0]
        kinds = self._resolve(told).get("content", {})
        if "*/*" in kinds or not content:
            return Answer(status, headers, content)
        if media not in kinds:
            raise ContractError(f"{operation['operationId']} answers with {media}")
        body = json.loads(content)
        self._check(kinds[media]["schema"], body, f"answered {status}")
        return Answer(status, headers, body)


def multipart(form: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """A form with files (RFC 7578)."""
    border = secrets.token_hex(16)
    parts = []
    for name, value in form.items():
        about = f'form-data; name="{name}"'
        content = value.content if isinstance(value, Upload) else str(value).encode()
        if isinstance(value, Upload):
            about += f'; filename="{value.name}"'
        parts.append(f"--{border}\r\nContent-Disposition: {about}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{border}--\r\n".encode(), {"Content-Type": f"{MULTIPART}; boundary={border}"}
