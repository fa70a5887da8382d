"""An invented need with many achievements alike, for the tests of judgements."""

from decimal import Decimal

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal
from tests import factories
from tests.matching import world

NEED = ("气化细渣脱碳与高值利用", "水煤浆气化产生细渣，含碳高、持水高，希望脱水脱碳，碳做填料，灰做建材原料。")
TWIN = ("气化细渣脱碳与高值利用技术", "气化炉细渣含碳高，需要脱水脱碳，碳做填料。")
OFFERS = (
    ("煤气化细渣提取精碳与功能填料制备技术", "early"),
    ("煤气化细渣提取精碳与橡胶填料制备方法", "early"),
    ("气化细渣浮选脱碳成套装备", "mature"),
    ("气化细渣脱水脱碳一体化工艺", "mid"),
    ("气化细渣制备多孔陶瓷", "early"),
    ("气化细渣高值利用制备建材", "mature"),
    ("马铃薯脱毒种薯繁育技术", "mid"),
)


def of(listing: Listing) -> Actor:
    """The manager of its owner."""
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def need(title: str = NEED[0], text: str = NEED[1], *, owner: Organisation | None = None) -> Listing:
    """A published need with a budget."""
    return world.listing("need", title, text, owner=owner, price_high=Decimal(1_000_000))


def offers() -> list[Listing]:
    """Seven achievements of one institute, at several stages."""
    institute = factories.organisation(kind="institute")
    return [
        world.listing("achievement", title, f"{title}。", owner=institute, maturity=stage) for title, stage in OFFERS
    ]


def matched() -> tuple[Listing, list[Listing]]:
    """One need and the achievements, matched whole."""
    made = need(), offers()
    compute.match_all(now=world.AT)
    return made


def pair(need: Listing, offer: Listing) -> Proposal:
    """The proposal of two listings."""
    rows = Proposal.objects.select_related("need__owner", "achievement__owner")
    return rows.get(need=need, achievement=offer)


def standing(need: Listing) -> dict[int, tuple[object, ...]]:
    """The need's list as stored: place, level, band and parts by achievement."""
    rows = Proposal.objects.filter(need=need, need_rank__isnull=False, retired_at=None)
    return {row.achievement_id: (row.need_rank, row.need_expected, row.need_band, row.need_judged) for row in rows}
