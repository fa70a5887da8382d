"""Reading joint releases through the API: the counts and rows of the public page."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema

from mengkeju.kernel.access import may
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.api.reads import routes
from mengkeju.listings.api.schemas import AREA, example
from mengkeju.listings.models import Release
from mengkeju.listings.queries import releases as reads

UID = "0193a4c6-0000-7000-8000-000000000701"
ReleaseState = Literal["collecting", "checking", "checked", "scheduled", "released", "withdrawn"]
ROW = {
    "uid": UID,
    "title": "两市首批技术需求联合发布（演示）",
    "state": "released",
    "cities": ["150100", "150200"],
    "released_at": "2026-11-20T17:00:00+08:00",
    "firms": 52,
    "needs_count": 66,
    "url": f"/releases/{UID}/",
}


class ReleaseRow(Schema):
    """A joint release in a list."""

    uid: UUID
    title: str
    state: ReleaseState
    cities: list[str] = Field(description=AREA)
    released_at: datetime | None = Field(description="发布时刻；准备中为 null。 / The moment; null in preparation.")
    firms: int = Field(description="发布时的单位数。 / Organisations, as released.")
    needs_count: int = Field(description="发布时的需求数。 / Needs, as released.")
    url: str

    model_config = example(ROW)


class ReleaseCount(Schema):
    """Organisations and needs of one city, field or month; an empty key: not stated."""

    key: str
    firms: int
    needs: int


class ReleaseOutcome(Schema):
    """How many needs have come to a step since."""

    key: str
    label: str
    count: int


class ReleaseNeed(Schema):
    """A row as released. Of a withdrawn or no longer public need only number, title, city and field are told."""

    uid: UUID
    number: str
    title: str
    summary: str
    owner: str
    city: str = Field(description=AREA)
    area: str = Field(description=AREA)
    field: str
    deadline: date | None
    budget: str
    status: Literal["open", "closed", "withdrawn", "hidden"]
    changed: bool = Field(description="发布后有修改。 / Changed since the release.")
    fictional: bool


class ReleaseOut(ReleaseRow):
    """A joint release with its sums, outcomes and rows."""

    intro: str
    digest: str = Field(description="内容的 SHA-256。 / SHA-256 of the content.")
    by_city: list[ReleaseCount]
    by_field: list[ReleaseCount]
    by_month: list[ReleaseCount]
    outcomes: list[ReleaseOutcome]
    needs: list[ReleaseNeed]

    model_config = example(
        ROW
        | {
            "intro": "集中发布",
            "digest": "0" * 64,
            "by_city": [{"key": "150100", "firms": 23, "needs": 28}, {"key": "150200", "firms": 29, "needs": 38}],
            "by_field": [{"key": "", "firms": 52, "needs": 66}],
            "by_month": [{"key": "2027-06", "firms": 52, "needs": 66}],
            "outcomes": [{"key": "intention", "label": "意向", "count": 7}],
            "needs": [],
        }
    )


def _row(release: Release) -> dict[str, Any]:
    same = ("uid", "title", "state", "released_at", "firms")
    return {
        **{name: getattr(release, name) for name in same},
        "needs_count": release.needs,
        "cities": list(release.cities),
        "url": release.get_absolute_url(),
    }


@routes.operation(
    "GET",
    "/releases",
    title=Title("列出联合发布", "List joint releases"),
    permission=ReleasePerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=Page[ReleaseRow],
)
def list_releases(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """What has been released, in order of creation."""
    return paginate(request, reads.released(request.actor), page, show=lambda found: [_row(one) for one in found])


@routes.operation(
    "GET",
    "/releases/{uuid:uid}",
    title=Title("读取一次联合发布", "Read a joint release"),
    permission=ReleasePerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=ReleaseOut,
)
def get_release(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Sums as released, what became of the needs since, and the rows; of one withdrawn no rows."""
    release = reads.find_release(request.actor, uid)
    if release is None:
        raise Http404
    preparing = release.released_at is None
    told = release.state != "withdrawn" or may(request.actor, ReleasePerm.CHECK, release)
    counted = reads.sums(release)
    return {
        **_row(release),
        **({"firms": counted.firms, "needs_count": counted.needs} if preparing else {}),
        "intro": release.intro if told else "",
        "digest": release.digest,
        "by_city": counted.cities,
        "by_field": counted.fields,
        "by_month": counted.months,
        "outcomes": reads.outcomes(release),
        "needs": reads.rows_of(reads.items(release), preparing=preparing) if told else [],
    }
