"""The API `/api/v1`: every capability's operations, mounted here and nowhere else."""

from collections.abc import Sequence

from mengkeju.deals import api as deals
from mengkeju.directory import api as directory
from mengkeju.kernel.api import files, openapi
from mengkeju.kernel.api.reference import about
from mengkeju.kernel.api.routes import Api, Operation
from mengkeju.listings import api as listings
from mengkeju.matching import api as matching
from mengkeju.search import api as search

PREFIX = "/api/v1"
DESCRIPTION = """蒙科聚开放接口。公开内容不带令牌也能读；其余用 `Authorization: Bearer mkj_…`。

The open interface of Mengkeju. What is public needs no token. Errors are `application/problem+json` (RFC 9457) in
Chinese or, by `Accept-Language`, in English. A list gives `next`, the address of its next page. A write to an object
names the version it was made from by `If-Match`; a stale one is answered with 409. A POST that creates carries an
`Idempotency-Key`."""

api = Api(title="蒙科聚 Mengkeju", version="1", description=DESCRIPTION, namespace="api-v1")
for capability in (directory, listings, search, matching, deals, files):
    api.add(capability.routes)
api.add(about(api, PREFIX))


def operations() -> Sequence[Operation]:
    """Every operation with permission and scope: for the access crawl and docs/permissions.md."""
    return [operation for operation, _declared in api.declared(PREFIX)]


def description() -> str:
    """The text of docs/api/openapi.json and of /api/v1/openapi.json."""
    return openapi.text(api, PREFIX)
