"""Weak links, bottlenecks and agendas for tests, made through the actions."""

from itertools import count
from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings import actions
from mengkeju.listings.actions import AgendaInput, BottleneckInput, ItemInput, WeakLinkInput
from mengkeju.listings.models import Agenda, AgendaItem, Bottleneck, WeakLink
from tests import factories as f

_numbers = count(1)


def weak_link_input(**given: Any) -> WeakLinkInput:
    """What an officer of 包头 states."""
    stated: dict[str, Any] = {
        "chain": "rare_earth_magnets",
        "node": "晶界扩散",
        "title": f"演示短板{next(_numbers)}",
        "gap": "厚磁钢扩散深度不够",
        "area": f.BAOTOU,
        "position": 40,
    }
    return WeakLinkInput(**(stated | given))


def weak_link(by: Actor | None = None, *, state: str = "draft", **given: Any) -> WeakLink:
    """A weak link in a state, as if it had come there."""
    f.areas()
    made = actions.create_weak_link(
        weak_link_input(**given), by=by or f.actor(f.officer(f.BAOTOU)), now=f.AT, fictional=True
    )
    if state != "draft":
        WeakLink.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
    return made


def bureau(area: str = f.BAOTOU) -> Organisation:
    """A verified government organisation."""
    return f.organisation(kind="government", area=area)


def officer_of(organisation: Organisation, area: str = f.BAOTOU) -> Actor:
    """An S&T officer who is a member of it."""
    return f.actor(f.with_role("officer", area=area, of=f.member(organisation)))


def bureau_officer(item: Bottleneck) -> Actor:
    """An officer of the first bureau named on an item, not the one who nominated it."""
    named = item.bureaus.select_related("organisation").first()
    assert named is not None
    return officer_of(named.organisation)


def bottleneck(
    *bureaus: Organisation,
    nominator: Organisation | None = None,
    by: Actor | None = None,
    state: str = "nominated",
    title: str = "",
    **columns: Any,
) -> Bottleneck:
    """An item nominated by a firm, in a state as if it had come there."""
    named = bureaus or (bureau(),)
    firm = nominator or f.organisation()
    given = BottleneckInput(
        title or f"演示卡脖子{next(_numbers)}",
        "喷头依赖进口",
        tuple(o.uid for o in named),
        "单一来源",
        "rare_earth_magnets",
    )
    made = actions.nominate_bottleneck(
        given, nominator=firm, by=by or f.actor(f.manager(firm)), now=f.AT, fictional=True
    )
    Bottleneck.objects.filter(pk=made.pk).update(state=state, **columns)
    made.refresh_from_db()
    return made


def agenda(keeper: Organisation | None = None, *, state: str = "draft", items: int = 1, **columns: Any) -> Agenda:
    """An agenda of an innovation platform with directions, in a state as if it had come there."""
    keeper = keeper or f.organisation(kind="platform")
    by = f.actor(f.manager(keeper))
    given = AgendaInput(f"演示攻关方向{next(_numbers)}", "两市共性难题", "dairy", "industrial_biotechnology")
    made = actions.create_agenda(given, organisation=keeper, by=by, now=f.AT, fictional=True)
    for number in range(items):
        actions.add_item(made, ItemInput(f"方向{number + 1}", "现状与目标：成本降三成"), by=by, now=f.AT)
    Agenda.objects.filter(pk=made.pk).update(state=state, **columns)
    made.refresh_from_db()
    return made


def item_of(of: Agenda, number: int = 0) -> AgendaItem:
    """One of its directions."""
    return list(of.items.select_related("agenda__organisation"))[number]


def populate(firm: Organisation) -> Bottleneck:
    """One of each in every state that differs; the item is nominated by the firm."""
    for state in ("draft", "open", "dropped"):
        weak_link(state=state)
    platform = f.organisation(kind="platform")
    for state in ("draft", "submitted", "published", "withdrawn"):
        agenda(platform, state=state)
    named = bureau()
    bottleneck(bureau(f.HOHHOT), nominator=firm, state="open")
    return bottleneck(named, nominator=firm)
