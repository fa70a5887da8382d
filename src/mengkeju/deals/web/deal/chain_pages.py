"""What the page of a deal from published texts shows besides: the chain it stands in, and what each text says."""

from typing import Any

from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.models import BOUNDS, READING_KINDS, Benefit, Deal, Landing, SourceReading
from mengkeju.deals.queries import chain
from mengkeju.deals.web.deal.pages import value_in_words
from mengkeju.kernel import figures
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing

Line = dict[str, str]


def chain_panel(actor: Actor, deal: Deal, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """从成果到效益: achievement, need, how they met, contract, what is to be made, what is expected. For everybody."""
    if not deal.from_source:
        return None
    need, achievement = queries.listings_of(actor, deal)
    readings = chain.readings_of(deal)
    steps = [
        _listing_step(_("科技成果"), achievement, _("研制")),
        _listing_step(_("技术需求"), need, _("提出")),
        _meeting_step(deal, readings),
        _contract_step(deal),
        _plan_step(chain.plans_of(deal)),
        _forecast_step(chain.forecasts_of(deal), reached=chain.has_actual(deal)),
    ]
    found = [step for step in steps if step is not None]
    return {"steps": found, "people": _people(readings)} if len(found) > 1 else None


def readings_panel(_actor: Actor, deal: Deal, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """各篇报道怎么说: every reading of what the texts do not tell alike, and of their spellings."""
    if not deal.from_source:
        return None
    topics = [
        {"about": topic.about, "note": topic.note, "disagrees": topic.disagrees, "rows": _rows(topic)}
        for topic in chain.topics(chain.readings_of(deal))
    ]
    return {"topics": topics} if topics else None


def _rows(topic: chain.Topic) -> list[Line]:
    """The readings of a topic; what kind they are is said where they are of several."""
    several = len({row.kind for row in topic.readings}) > 1
    return [
        {"kind": str(READING_KINDS[row.kind]) if several else "", "value": row.value, "source": row.source}
        for row in topic.readings
    ]


def _line(label: str, value: str, url: str = "") -> Line:
    return {"label": label, "value": value, "url": url}


def _step(tag: str, title: str, url: str, lines: list[Line], note: str = "") -> dict[str, Any]:
    return {"tag": tag, "title": title, "url": url, "lines": lines, "note": note}


def _listing_step(tag: str, listing: Listing | None, did: str) -> dict[str, Any] | None:
    if listing is None:
        return None
    owner = listing.owner
    lines = [_line(did, owner.name, owner.get_absolute_url())] if owner is not None else []
    return _step(tag, listing.title, listing.get_absolute_url(), lines)


def _meeting_step(deal: Deal, readings: list[SourceReading]) -> dict[str, Any] | None:
    told = [row for row in readings if row.kind in {"origin", "channel"}]
    said = _("%(value)s（%(source)s）")
    lines = [_line(str(READING_KINDS[row.kind]), said % {"value": row.value, "source": row.source}) for row in told]
    if not lines and deal.channel:
        lines = [_line(str(READING_KINDS["channel"]), deal.channel)]
    if not lines:
        return None
    differ = len({row.value for row in told}) > 1
    return _step(_("怎么走到一起"), "", "", lines, _("各篇报道说法不一，照录。") if differ else "")


def _contract_step(deal: Deal) -> dict[str, Any]:
    lines = [_line(_("成交额"), value_in_words(deal))]
    if deal.signed_on is not None:
        lines.append(_line(_("签订日期"), figures.full_date(deal.signed_on)))
    for side, parties in queries.sides_of_deal(deal):
        label = _("卖方") if side == "seller" else _("买方") if side == "buyer" else _("一方")
        lines += [_line(label, p.name, p.organisation.get_absolute_url() if p.organisation else "") for p in parties]
    return _step(_("合同"), deal.title, "", lines)


def _plan_step(plans: list[Landing]) -> dict[str, Any] | None:
    lines = [
        _line(row.name, _("每年 %(n)s %(unit)s") % {"n": f"{row.capacity:,.0f}", "unit": row.unit}) for row in plans
    ]
    return _step(_("计划生产"), "", "", lines, _("是计划，不是产量。")) if lines else None


def _forecast_step(rows: list[Benefit], *, reached: bool) -> dict[str, Any] | None:
    lines = [line for row in rows for line in _expected(row)]
    if not lines:
        return None
    note = _("是预计；实际数另列。") if reached else _("是预计；没有公布实际数。")
    return _step(_("预计收益"), "", "", lines, note)


def _expected(row: Benefit) -> list[Line]:
    when = _("%(year)s 年") % {"year": row.year} if row.year else _("每年")
    named = (
        (_("%(when)s销售收入"), row.revenue, row.bound),
        (_("%(when)s利润"), row.profit, row.profit_bound or row.bound),
    )
    lines = [
        _line(label % {"when": when}, f"{BOUNDS[bound]} {figures.amount(value)}".strip())
        for label, value, bound in named
        if value is not None
    ]
    return [*lines, _line(_("测算依据"), row.basis)]


def _people(readings: list[SourceReading]) -> list[dict[str, Any]]:
    return [{"row": row, "of": row.organisation} for row in readings if row.kind == "person"]
