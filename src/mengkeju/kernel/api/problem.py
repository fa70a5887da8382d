"""Errors as RFC 9457 says: `application/problem+json`, in the reader's language, without a word about the inside."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ninja.errors
import yaml
from django.conf import settings
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.responses import NinjaJSONEncoder

from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.api.scopes import Title
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.idempotency import KeyReusedError
from mengkeju.kernel.words import chosen, word
from mengkeju.kernel.workflow import TransitionRefusedError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
ADDRESS = "/api/v1/problems"
DATA = yaml.safe_load((Path(__file__).parent / "problems.yaml").read_text(encoding="utf-8"))
VALUES: dict[str, str] = DATA["values"]
FILE_CODES = {"content": "file_refused", "size": "too_large", "kind": "media_type"}


@dataclass(frozen=True)
class Kind:
    """One kind of problem: status and title."""

    status: int
    title: Title


KINDS = {code: Kind(p["status"], Title(p["label"], p["label_en"])) for code, p in DATA["problems"].items()}
# For answers that Django itself made: what their status means.
BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "refused",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    429: "rate_limited",
    503: "unavailable",
}


@dataclass(frozen=True)
class Wrong:
    """What is wrong at one place. `pointer`: a JSON pointer as a fragment (#/price/low); `where`: body, query …"""

    pointer: str
    detail: str
    code: str = "invalid"
    where: str = "body"

    def shown(self) -> dict[str, str]:
        """As it stands in the answer."""
        return {"in": self.where, "pointer": self.pointer, "code": self.code, "detail": self.detail}


@dataclass
class ProblemError(Exception):
    """Raise it in an operation to answer with a problem. `code` is a key of problems.yaml.

    `extra` adds members to the answer (never a reserved one), `headers` adds headers.
    """

    code: str
    detail: str = ""
    errors: Sequence[Wrong] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


Explain = Callable[[Any], ProblemError]
_known: dict[type[Exception], Explain] = {}


def register(refusal: type[Exception], explain: Explain) -> None:
    """Say what a capability's own refusal means: `problem.register(ColleagueError, lambda e: ProblemError(…))`."""
    _known[refusal] = explain


def _refused(error: RefusedError) -> ProblemError:
    extra = {"permission": error.permission, "who_may": error.who_may}
    return ProblemError("refused", error.rule, extra=extra)


def _stale(error: StaleRevisionError) -> ProblemError:
    detail = _("您读取之后，内容有了变动，这次没有写入。请重新读取再办。")
    return ProblemError("stale_revision", detail, extra={"current_revision": error.current.revision})


def _invalid(error: ValidationError) -> ProblemError:
    """A field may be a path with dots: “lines.2.amount” is said at #/lines/2/amount."""
    fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    wrong = [
        Wrong("#" if name == NON_FIELD_ERRORS else f"#/{name.replace('.', '/')}", text)
        for name, texts in fields.items()
        for text in texts
    ]
    return ProblemError("invalid", wrong[0].detail if len(wrong) == 1 else "", wrong)


def _sentence(error: Mapping[str, Any]) -> str:
    figures = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    english = str(error["msg"])
    try:
        chinese = VALUES[error["type"]].format(**figures)
    except KeyError:
        chinese = VALUES["value_error"]
    return chosen(chinese, english)


def _unfit(error: ninja.errors.ValidationError) -> ProblemError:
    """Ninja puts source and parameter name before the path: ("body", "given", "price", "low")."""
    wrong = []
    for one in error.errors:
        where, *path = one["loc"]
        path = path[1:] if where == "body" else path[-1:]
        pointer = "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
        wrong.append(Wrong(pointer, _sentence(one), one["type"], where))
    return ProblemError("invalid", "", wrong)


def no_json() -> str:
    """What is said of a body that cannot be read."""
    return _("正文不是正确的 JSON（UTF-8）")


def _from_ninja(error: ninja.errors.HttpError) -> ProblemError:
    if isinstance(error.__cause__, ProblemError):  # ninja wraps what the parser raises
        return error.__cause__
    if error.status_code == KINDS["malformed"].status:
        return ProblemError("malformed", no_json())
    return ProblemError(BY_STATUS.get(error.status_code, "internal"))


_OURS: tuple[tuple[type[Exception], Explain], ...] = (
    (RefusedError, _refused),
    (Http404, lambda _e: ProblemError("not_found")),
    (StaleRevisionError, _stale),
    (TransitionRefusedError, lambda e: ProblemError("transition_refused", str(e.reason), extra={"reason": e.code})),
    (KeyReusedError, lambda _e: ProblemError("key_reused", _("这个 Idempotency-Key 已经随另一个请求用过，请换一个"))),
    (FileRefusedError, lambda e: ProblemError(FILE_CODES[e.why], str(e))),
    (ValidationError, _invalid),
    (ninja.errors.ValidationError, _unfit),
    (ninja.errors.AuthenticationError, lambda _e: ProblemError("unauthenticated")),
    (ninja.errors.HttpError, _from_ninja),
    (RequestDataTooBig, lambda _e: ProblemError("too_large")),
    (MultiPartParserError, lambda _e: ProblemError("malformed")),
    (UnreadablePostError, lambda _e: ProblemError("malformed")),
    (SuspiciousOperation, lambda _e: ProblemError("malformed")),
    (PermissionDenied, lambda _e: ProblemError("refused")),
)


def explain(error: BaseException) -> ProblemError | None:
    """The problem an exception stands for; None for one nobody foresaw."""
    if isinstance(error, ProblemError):
        return error
    for kind, how in (*_known.items(), *_OURS):
        if isinstance(error, kind):
            return how(error)
    return None


def handle(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to anything an operation raises. What nobody foresaw is logged under the request's id: 500."""
    found = explain(error)
    if found is None:
        log.error("api %s %s, request %s", request.method, request.path, trace(request), exc_info=error)
        found = ProblemError("internal", _("错误已经记下。向管理员反映时请附上 request_id。"))
    if isinstance(error, RefusedError) and not getattr(request, "actor", ANONYMOUS).is_authenticated:
        found = ProblemError("unauthenticated", _("这项操作需要令牌"), headers=challenge())
    return answer(request, found)


def challenge(error: str = "", scope: str = "") -> dict[str, str]:
    """The WWW-Authenticate header of RFC 6750."""
    parts = ['Bearer realm="mengkeju"', f'error="{error}"' if error else "", f'scope="{scope}"' if scope else ""]
    return {"WWW-Authenticate": ", ".join(part for part in parts if part)}


def trace(request: HttpRequest) -> str:
    """The request's id, as the X-Request-ID header says it."""
    return str(getattr(request, "request_id", ""))


def answer(request: HttpRequest, error: ProblemError) -> HttpResponse:
    """The problem as an HTTP answer."""
    kind = KINDS[error.code]
    title = word(kind.title)
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}{ADDRESS}#{error.code}",
        "title": title,
        "status": kind.status,
        "detail": error.detail or title,
        "code": error.code,
        "request_id": trace(request),
        **error.extra,
    }
    if error.errors:
        body["errors"] = [wrong.shown() for wrong in error.errors]
    made = HttpResponse(encode(body), content_type=MEDIA_TYPE, status=kind.status)
    for name, value in error.headers.items():
        made[name] = value
    return made


def encode(body: object) -> str:
    """JSON with Chinese as it is written."""
    return NinjaJSONEncoder(ensure_ascii=False).encode(body)


def instead_of(request: HttpRequest, made: HttpResponseBase) -> HttpResponse:
    """The problem in place of an error page that Django made; its headers (Allow, Retry-After) stay."""
    code = BY_STATUS.get(made.status_code, "internal" if made.status_code >= KINDS["internal"].status else "malformed")
    found = answer(request, ProblemError(code))
    for name in ("Allow", "Retry-After"):
        if name in made.headers:
            found[name] = made.headers[name]
    return found
