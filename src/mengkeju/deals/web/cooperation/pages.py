"""What the panels of cooperations show: packages, funding, years, terms, what carries what. Nothing here writes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.deal_workflow import OVER_STATES, SIGNED_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import FUNDING_SOURCES, Deal, FundingLine, WorkPackage, YearResult
from mengkeju.deals.queries import cooperation
from mengkeju.deals.web.deal.lists import days_left, shortened
from mengkeju.deals.web.deal.pages import between, deal_badge
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import word


def _outside(deal: Deal, shown: dict[str, Any], step: Step) -> bool:
    return not shown["inside"] or deal.from_source or not deal.kind_spec.has(step)


def _words(amount: Decimal | None) -> str:
    return "" if amount is None else figures.amount(amount)


# ---- Packages and funding ---------------------------------------------------------------------------


def packages_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """任务分工: every package with who leads it, its days and its budget; what goes beyond the funding."""
    if _outside(deal, shown, Step.PACKAGES):
        return None
    rows = cooperation.packages_of(actor, deal)
    sums = cooperation.budget(rows, cooperation.funding_of(actor, deal))
    return {
        "d": deal,
        "rows": [_package(row) for row in rows],
        "writable": shown["writable"],
        "total": _planned(sums.planned, sums.open_packages) if rows else "",
        "beyond": _("任务经费合计 %(planned)s，比经费来源合计 %(funded)s 多 %(beyond)s") % {
            "planned": figures.amount(sums.planned),
            "funded": figures.amount(sums.funded),
            "beyond": figures.amount(sums.beyond),
        }
        if sums.beyond
        else "",
    }  # fmt: skip


def _planned(planned: Decimal, unsaid: int) -> str:
    said = [_("任务经费合计 %(sum)s") % {"sum": figures.amount(planned)}] if planned else []
    said += [_("%(n)d 项没有写经费") % {"n": unsaid}] if unsaid else []
    return _("，").join(said)


def _package(row: WorkPackage) -> dict[str, Any]:
    days = [figures.full_date(day) if day else "…" for day in (row.begins_on, row.ends_on)]
    return {
        "row": row,
        "days": " – ".join(days) if row.begins_on or row.ends_on else "",
        "budget": _words(row.budget),
    }


def funding_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """经费来源: every line, the sums of public and own money, by year where more than one is told."""
    if _outside(deal, shown, Step.FUNDING):
        return None
    rows = cooperation.funding_of(actor, deal)
    sums = cooperation.budget([], rows)
    parts = [(_("财政 %(sum)s"), sums.public), (_("自筹 %(sum)s"), sums.own), (_("其他 %(sum)s"), sums.other)]
    said = [words % {"sum": figures.amount(amount)} for words, amount in parts if amount]
    return {
        "d": deal,
        "rows": [_line(row) for row in rows],
        "writable": shown["writable"],
        "total": _("合计 %(sum)s：%(parts)s") % {"sum": figures.amount(sums.funded), "parts": _("，").join(said)}
        if rows
        else "",
        "years": _by_year(rows),
    }


def _line(row: FundingLine) -> dict[str, Any]:
    said = [_("%(year)d 年") % {"year": row.year}] if row.year else []
    said += [row.giver] if row.giver else []
    said += [_("给 %(party)s") % {"party": row.party.name}] if row.party else []
    said += [row.said_by_plan] if row.said_by_plan else []
    source = str(FUNDING_SOURCES[row.source])
    return {"row": row, "source": source, "amount": figures.amount(row.amount), "note": " · ".join(said)}


def _by_year(rows: Sequence[FundingLine]) -> str:
    sums: dict[int, Decimal] = {}
    for row in rows:
        if row.year:
            sums[row.year] = sums.get(row.year, Decimal(0)) + row.amount
    if len(sums) <= 1:
        return ""
    said = _("%(year)d 年 %(sum)s")
    return _("，").join(said % {"year": year, "sum": figures.amount(sums[year])} for year in sorted(sums))


# ---- Years and terms --------------------------------------------------------------------------------


def years_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """年度成果: what every year brought, and the years nobody has reported."""
    if _outside(deal, shown, Step.YEARLY) or deal.state not in SIGNED_STATES:
        return None
    missing = cooperation.missing_years(deal, clock.today())
    return {
        "d": deal,
        "rows": [_result(row) for row in cooperation.year_results(actor, deal)],
        "writable": shown["writable"],
        "missing": _("还没有写：%(years)s") % {"years": _("、").join(str(year) for year in missing)} if missing else "",
    }


def _result(row: YearResult) -> dict[str, Any]:
    counts = (
        (_("开展项目 %(n)s 项"), row.projects),
        (_("申请专利 %(n)s 件"), row.patents),
        (_("联合培养 %(n)s 人"), row.people_trained),
    )
    said = [words % {"n": count} for words, count in counts if count is not None]
    said += [_("投入经费 %(sum)s") % {"sum": figures.amount(row.spent)}] if row.spent is not None else []
    return {"row": row, "counts": " · ".join(said)}


def term_panel(_actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """有效期: until when, how long still, what it was before; the way to renew it. The state is never changed by it."""
    if _outside(deal, shown, Step.TERM) or deal.state not in SIGNED_STATES:
        return None
    today = clock.today()
    return {
        "d": deal,
        "until": deal.effective_until,
        "left": days_left(deal),
        "expired": cooperation.has_expired(deal, today),
        "near": deal.state in cooperation.RUNNING and cooperation.near_its_end(deal, today),
        "renewable": shown["writable"] and deal.effective_until is not None,
        "missing": shown["writable"] and deal.effective_until is None,
        "renewals": [
            {
                "days": f"{figures.full_date(row.until_before)} → {figures.full_date(row.until_after)}",
                "text": _("补充协议第 %(version)s 版") % {"version": row.addendum.version},
            }
            for row in cooperation.renewals_of(deal)
        ],
    }


# ---- What carries what ------------------------------------------------------------------------------


def family_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """What it hangs below and what hangs below it, as far as the reader may see; the ways to change that."""
    above, below = cooperation.parent_of(actor, deal), cooperation.parts_of(actor, deal)
    kinds_below = cooperation.kinds_below(deal)
    fits = bool(deal.kind_spec.within)
    opens = shown["writable"] and bool(kinds_below)
    if not (above or below or (shown["writable"] and (fits or opens))):
        return None
    running = cooperation.running_parts(below)
    ended = deal.state in OVER_STATES or cooperation.has_expired(deal, clock.today())
    return {
        "d": deal,
        "parent": _relative(above) if above is not None else None,
        "parent_over": above is not None
        and (above.state in OVER_STATES or cooperation.has_expired(above, clock.today()))
        and deal.state not in OVER_STATES,
        "parts": [_relative(row) for row in below],
        "orphans": len(running) if ended else 0,
        "changes": shown["writable"] and fits,
        "opens": [(key, word(kinds[key])) for key in kinds_below] if opens else [],
    }


def _relative(deal: Deal) -> dict[str, Any]:
    return {"d": deal, "kind": word(deal.kind_spec), "state": deal_badge(deal)}


def signing_panel(_actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """To the parties of a deal that an event's list recorded: check it, complete it, or object."""
    if deal.origin != "signing" or deal.state != "signed":
        return None
    lacking = [
        *(
            [_("%(paper)s文本") % {"paper": deal.paper_word}]
            if deal.kind_spec.has(Step.TEXT) and queries.lacks_text(deal)
            else []
        ),
        *([_("有效期止")] if deal.kind_spec.has(Step.TERM) and deal.effective_until is None else []),
        *([_("知识产权份额")] if deal.kind_spec.asks and deal.share_hindrance() else []),
    ]
    if not shown["writable"]:
        return None
    return {
        "event": deal.channel,
        "lacking": _("还缺：%(what)s") % {"what": _("、").join(lacking)} if lacking else "",
    }


def organisation_panel(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an organisation: its joint centres and agreements, as far as the reader may see them, with the last result."""
    rows = list(cooperation.cooperations_of(actor, organisation)[:10])
    if not rows:
        return None
    parties, results = queries.parties_of(rows), cooperation.last_results(actor, rows)
    return {
        "rows": [
            {
                **_relative(row),
                "between": between(parties[row.pk]),
                "left": days_left(row),
                "result": _last(results.get(row.pk)),
            }
            for row in rows
        ],
        "url": reverse("deals"),
    }


def _last(result: YearResult | None) -> str:
    if result is None:
        return ""
    return _("%(year)d 年：%(summary)s") % {"year": result.year, "summary": shortened(result.summary)}
