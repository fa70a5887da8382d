"""Operations about the API itself: its description and its kinds of problem."""

from django.http import HttpResponse
from ninja import Schema

from mengkeju.kernel.api import openapi
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import KINDS
from mengkeju.kernel.api.routes import Api, Routes
from mengkeju.kernel.api.scopes import Title
from mengkeju.kernel.web.request import PUBLIC


class ProblemKindOut(Schema):
    """One kind of problem."""

    code: str
    status: int
    title: str
    title_en: str


class ProblemKindsOut(Schema):
    """Every kind of problem an answer can state."""

    items: list[ProblemKindOut]


def about(api: Api, prefix: str) -> Routes:
    """The operations that describe `api`, mounted at `prefix`; add them last."""
    routes = Routes(Title("接口自身", "The API itself"))
    texts: list[str] = []

    @routes.operation(
        "GET",
        "/problems",
        title=Title("列出错误种类", "List the kinds of problem"),
        permission=PUBLIC,
        scope=None,
        response=ProblemKindsOut,
    )
    def list_problems(request: ApiRequest) -> dict[str, object]:  # noqa: ARG001 - every operation gets its request
        """What `type` and `code` of a problem mean."""
        kinds = [
            {"code": code, "status": kind.status, "title": kind.title.label, "title_en": kind.title.label_en}
            for code, kind in KINDS.items()
        ]
        return {"items": kinds}

    @routes.operation(
        "GET",
        "/openapi.json",
        title=Title("接口说明（OpenAPI）", "This description"),
        permission=PUBLIC,
        scope=None,
        response=None,
        listed=False,
    )
    def get_openapi(request: ApiRequest) -> HttpResponse:  # noqa: ARG001 - the same
        """The committed description."""
        if not texts:  # the same for everybody while the process lives
            texts.append(openapi.text(api, prefix))
        return HttpResponse(texts[0], content_type="application/json; charset=utf-8")

    return routes
