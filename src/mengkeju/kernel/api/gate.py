"""Who may pass: the token, the limits, the scope and the permission, before anything of the request is read.

A session cookie opens nothing here (the middleware takes cookies off), so that no CSRF question arises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.operation import Operation as NinjaOperation

from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, Actor, require
from mengkeju.kernel.actors import Bearer, provider
from mengkeju.kernel.api import limits
from mengkeju.kernel.api.problem import ProblemError, Wrong, challenge
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.words import listed

JSON, MULTIPART = "application/json", "multipart/form-data"
KEY, MATCH = "Idempotency-Key", "If-Match"
LONGEST_KEY = 255
VISITOR = Bearer(ANONYMOUS, None, "", frozenset(), None)


class ApiRequest(HttpRequest):
    """A request as it reaches an operation."""

    actor: Actor
    bearer: Bearer
    request_id: str


@dataclass(frozen=True)
class Declared:
    """What an operation says about itself. `permission`: public, signed-in or a key of the permission table.

    `scope` None: any valid token. `public`: comes without token too, and sees what a visitor may see.
    `ask_first`: the permission is asked without an object; else queries and actions ask it on the object.
    `creates`: needs Idempotency-Key; `revises`: needs If-Match; `streams`: answers with a file.
    """

    permission: str
    scope: Scope | None
    public: bool = False
    ask_first: bool = False
    creates: bool = False
    revises: bool = False
    consumes: tuple[str, ...] = (JSON,)
    streams: bool = False


def language(request: HttpRequest) -> str:
    """Chinese unless Accept-Language prefers English: `en, zh;q=0.5` → en."""
    for code, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if weight and code.partition("-")[0] in {"zh", "en"}:
            return "en" if code.startswith("en") else "zh-hans"
    return "zh-hans"


def bearer_of(request: HttpRequest) -> Bearer | None:
    """Whose token the request carries; None without one. ProblemError unauthenticated for a token that is no good."""
    given = request.headers.get("Authorization", "")
    if not given:
        return None
    scheme, _space, secret = given.partition(" ")
    found = provider().bearer_of(secret.strip(), now=clock.now()) if scheme.lower() == "bearer" else None
    if found is None:
        detail = _("令牌不存在、已过期、已吊销，或它的主人、单位现在不能使用接口")
        raise ProblemError("unauthenticated", detail, headers=challenge("invalid_token"))
    return found


@dataclass
class Gate:
    """Called by ninja before it reads parameters and body; `queries` are the parameters the operation knows."""

    declared: Declared
    queries: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)

    def learn(self, operation: NinjaOperation) -> None:
        """Which query parameters the operation knows."""
        sources = [m for m in operation.models if m.__ninja_param_source__ == "query"]
        self.queries = frozenset(name for m in sources for name in getattr(m, "__ninja_flatten_map__", {}))

    def __call__(self, request: ApiRequest) -> Bearer:
        """The bearer, a visitor on public operations. ProblemError, RefusedError."""
        translation.activate(language(request))
        bearer = self._who(request)
        request.bearer, request.actor = bearer, bearer.actor
        self._check_scope(bearer)
        if self.declared.ask_first:
            require(bearer.actor, self.declared.permission)
        self._check_request(request)
        return bearer

    def _who(self, request: ApiRequest) -> Bearer:
        try:
            bearer = bearer_of(request)
        except ProblemError:
            limits.spend(limits.caller(request), "anonymous")  # guessing is counted, and stopped, by address
            raise
        if bearer is None:
            spent = limits.spend(limits.caller(request), "anonymous")
        else:
            spent = limits.spend(f"token:{bearer.token}", "token")
        request.api_limit = spent  # type: ignore[attr-defined]  # read by the middleware
        if bearer is None and not self.declared.public:
            raise ProblemError("unauthenticated", _("这项操作需要令牌"), headers=challenge())
        return bearer or VISITOR

    def _check_scope(self, bearer: Bearer) -> None:
        scope = self.declared.scope
        if scope is None or bearer.token is None or scope in bearer.scopes:
            return
        detail = _("这个令牌没有 %(scope)s 权限") % {"scope": scope}
        headers = challenge("insufficient_scope", scope)
        raise ProblemError("scope_missing", detail, extra={"scope": str(scope)}, headers=headers)

    def _check_request(self, request: ApiRequest) -> None:
        unknown = sorted(set(request.GET) - self.queries)
        if unknown:
            wrong = [Wrong(f"#/{name}", _("没有这个参数"), "extra_forbidden", "query") for name in unknown]
            raise ProblemError("invalid", "", wrong)
        sends = request.META.get("CONTENT_LENGTH") not in {None, "", "0"} or "Transfer-Encoding" in request.headers
        if request.method != "GET" and sends and request.content_type not in self.declared.consumes:
            types = list(self.declared.consumes)
            detail = _("请用 %(types)s 发送") % {"types": listed(types)}
            raise ProblemError("media_type", detail, headers={"Accept": ", ".join(types)})
        if self.declared.creates and not 0 < len(request.headers.get(KEY, "")) <= LONGEST_KEY:
            raise ProblemError("key_missing", _("新建时请求头要带 Idempotency-Key，重发时用同一个值"))
        if self.declared.revises and not request.headers.get(MATCH):
            raise ProblemError("revision_required", _("修改时请求头要带 If-Match，值取自读到的 ETag"))
