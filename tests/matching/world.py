"""Invented listings for the tests of matching, made through the actions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.kernel import followers, jobs
from mengkeju.kernel.audit import after
from mengkeju.kernel.models import Event, FollowerCursor, JobLease
from mengkeju.listings import actions as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute
from tests import factories

AT = factories.AT
LATER = AT + timedelta(hours=1)

NEEDS = (
    ("气化细渣脱碳与高值利用", "水煤浆气化产生细渣，含碳高、持水高，希望脱水脱碳，碳做填料，灰做建材原料。"),
    ("乳清粉国产化膜分离技术", "奶酪生产副产乳清，需要膜分离浓缩与喷雾干燥工艺，制得脱盐乳清粉。"),
    ("稀土永磁电机降噪", "永磁同步电机运行噪声大，需要电磁设计与控制优化，降低噪声与振动。"),
)
ACHIEVEMENTS = (
    ("煤气化细渣提取精碳与功能填料制备技术", "从气化细渣中分选残碳，制备炭材料与母粒填料，灰渣用于建材。"),
    ("乳清蛋白膜分离与喷雾干燥成套工艺", "采用超滤与纳滤膜分离，喷雾干燥得到脱盐乳清粉和乳清蛋白。"),
    ("低噪声稀土永磁同步电机设计方法", "优化电磁设计与控制策略，降低永磁同步电机的噪声与振动。"),
    ("马铃薯脱毒种薯繁育技术", "组织培养脱毒，温室扩繁原原种，大田繁育。"),
    ("盐碱地耐盐牧草种植技术", "筛选耐盐碱牧草品种，配套播种与灌溉技术。"),
    ("风电叶片碳纤维拉挤板材", "碳纤维拉挤成型板材，用于风电叶片主梁。"),
)


def listing(
    kind: str,
    title: str,
    summary: str,
    *,
    owner: Organisation | None = None,
    tier: str = "public",
    publish: bool = True,
    tiers: dict[str, str] | None = None,
    **values: Any,
) -> Listing:
    """A listing of an organisation (a new one by default), published by an officer of its area."""
    owner = owner or factories.organisation()
    by = factories.actor(factories.manager(owner))
    given = listings.ListingInput({"title": title, "summary": summary, **values}, tiers or {}, tier)
    made = listings.create_listing(kind, given, owner=owner, by=by, now=AT, fictional=True)
    if publish:
        officer = factories.actor(factories.officer(factories.REGION))
        listings.publish_import(made, by=officer, now=AT)
    return made


def shelf() -> tuple[list[Listing], list[Listing]]:
    """Three needs of three firms and six achievements of one institute; all published, nothing matched."""
    firms = [factories.organisation() for _ in NEEDS]
    institute = factories.organisation(kind="institute")
    needs = [listing("need", *n, owner=f, price_high=Decimal(1_000_000)) for n, f in zip(NEEDS, firms, strict=True)]
    return needs, [listing("achievement", *a, owner=institute) for a in ACHIEVEMENTS]


def matched() -> tuple[list[Listing], list[Listing]]:
    """The shelf, matched whole."""
    made = shelf()
    compute.match_all(now=AT)
    return made


def note_events() -> None:
    """What the follower does with the record, inside the test's own transaction (PostgreSQL calls it unsettled)."""
    cursor, _made = FollowerCursor.objects.get_or_create(name="matching")
    events = list(after(Event.objects.order_by("xact", "pk"), cursor.xact, cursor.position))
    actions.note_changes(events, now=LATER)
    if events:
        FollowerCursor.objects.filter(pk=cursor.pk).update(xact=events[-1].xact, position=events[-1].pk)


def follow() -> None:
    """The follower reads what is new in the record; for tests that commit."""
    while followers.follow(followers.followers["matching"]):
        pass


def waiting_tasks() -> int:
    """How many tasks of matching are queued and not begun."""
    return JobLease.objects.filter(key="matching.compute", waiting=True).count()


def begin_task() -> None:
    """A worker takes the queued task, as `jobs.take` does."""
    for lease in JobLease.objects.filter(key="matching.compute", waiting=True):
        jobs.take(lease.task_id, now=AT)
