"""Operations and the API they make: nothing is reached that does not say permission and scope."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from pydantic import ConfigDict

from mengkeju.kernel import clock
from mengkeju.kernel.api import problem, revision
from mengkeju.kernel.api.gate import JSON, Declared, Gate
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.web.request import PUBLIC

F = TypeVar("F", bound=Callable[..., Any])
CONVERTER = re.compile(r"{[^}:]+:")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Input(Schema):
    """A body. A member that is not known is refused, so that a slip of the pen is not lost without a word."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Operation:
    """One operation as the crawl, the permission table and the description need it. `path` with {parameters}."""

    method: str
    path: str
    id: str
    permission: str
    scope: Scope | None
    public: bool
    title: Title


class Routes:
    """The operations of one capability: `routes = Routes(Title("单位", "Organisations"))` in its `api.py`."""

    def __init__(self, tag: Title) -> None:
        """`tag` groups the operations in the description."""
        self.tag = tag
        self.router = Router(tags=[tag.label])

    def operation(
        self,
        method: Method,
        path: str,
        *,
        title: Title,
        permission: str,
        scope: Scope | None,
        response: Any,
        public: bool = False,
        ask_first: bool = False,
        creates: bool = False,
        revises: bool = False,
        consumes: tuple[str, ...] = (JSON,),
        streams: bool = False,
        listed: bool = True,
    ) -> Callable[[F], F]:
        """Add an operation; see `gate.Declared`. The function's name is the operation id, unique in the API.

        `response`: a schema, or {status: schema or None}. `listed` False leaves it out of the description.
        """
        declared = Declared(
            str(permission), scope, public or permission == PUBLIC, ask_first, creates, revises, consumes, streams
        )

        def wrap(view: F) -> F:
            gate = Gate(declared)
            self.router.api_operation(
                [method],
                path,
                auth=gate,
                response=response,
                operation_id=view.__name__,
                summary=title.label,
                description=title.label_en,
                include_in_schema=listed,
            )(view)
            gate.learn(view._ninja_operation)  # type: ignore[attr-defined]  # ninja's own mark on the view
            _titles[view.__name__] = title
            return view

        return wrap


_titles: dict[str, Title] = {}


class StrictParser(Parser):
    """JSON as RFC 8259 has it, and no character that the database cannot keep."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. ProblemError malformed."""
        try:
            parsed: dict[str, Any] = json.loads(request.body.decode("utf-8"), parse_constant=_no_constant)
            _check_text(parsed)
        except (ValueError, RecursionError) as error:
            raise problem.ProblemError("malformed", problem.no_json()) from error
        return parsed

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        """Query or form. ProblemError malformed for text the database cannot keep; the last of two equals counts."""
        try:
            _check_text(dict(data.lists()))
        except ValueError as error:
            raise problem.ProblemError("malformed") from error
        found: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_text(value: object) -> None:
    """ValueError for NUL and for halves of surrogate pairs, wherever they stand."""
    if isinstance(value, str):
        if "\x00" in value:
            msg = "NUL"
            raise ValueError(msg)
        value.encode()
    elif isinstance(value, Mapping):
        for key, member in value.items():
            _check_text(key)
            _check_text(member)
    elif isinstance(value, list):
        for member in value:
            _check_text(member)


class Encoder(NinjaJSONEncoder):
    """Times with the offset of the platform's zone, to the microsecond, so that `updated_since` misses nothing."""

    def default(self, o: Any) -> Any:
        """What JSON itself does not know."""
        return o.astimezone(clock.ZONE).isoformat() if isinstance(o, datetime) else super().default(o)


class Renderer(JSONRenderer):
    """JSON with Chinese as it is written."""

    encoder_class = Encoder
    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Api(NinjaAPI):
    """An API of routes: every error a problem, every shown revision an ETag."""

    def __init__(self, *, title: str, version: str, description: str, namespace: str) -> None:
        """`namespace` names its URLs."""
        super().__init__(
            title=title,
            version=version,
            description=description,
            urls_namespace=namespace,
            openapi_url=None,
            docs_url=None,
            parser=StrictParser(),
            renderer=Renderer(),
        )
        self.tags: list[Title] = []
        for kind in list(self._exception_handlers):
            self.add_exception_handler(kind, problem.handle)

    def add(self, routes: Routes) -> None:
        """Take a capability's operations in."""
        self.tags.append(routes.tag)
        self.add_router("", routes.router)

    def create_response(self, request: HttpRequest, data: Any, **options: Any) -> HttpResponse:
        """An answer with its ETag, 304 when the reader has it."""
        return revision.tag(request, super().create_response(request, data, **options))

    def declared(self, prefix: str) -> Sequence[tuple[Operation, Declared]]:
        """Every operation with what it declares; `prefix` is where the API is mounted.

        TypeError for one that was not made by `Routes.operation`.
        """
        found = []
        for bound in self._get_bound_routers():
            for path, view in bound.path_operations.items():
                for one in view.operations:
                    gate = next(iter(one.auth_callbacks), None)
                    if not isinstance(gate, Gate) or one.operation_id is None:
                        msg = f"{path} says neither permission nor scope"
                        raise TypeError(msg)
                    said = gate.declared
                    found += [
                        (
                            Operation(
                                method,
                                f"{prefix}/{CONVERTER.sub('{', path.lstrip('/'))}",
                                one.operation_id,
                                said.permission,
                                said.scope,
                                said.public,
                                _titles[one.operation_id],
                            ),
                            said,
                        )
                        for method in one.methods
                    ]
        return found
