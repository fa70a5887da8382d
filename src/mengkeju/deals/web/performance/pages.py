"""What the panels of milestones, acceptance and arrivals show on a deal's page. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import VERDICTS, Arrival, Deal, Milestone
from mengkeju.kernel import figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import word

TONES = {"passed": "done", "conditional": "wait", "failed": "over"}


def state_of(workflow: Any, row: Any) -> dict[str, str]:
    """Kind and word of a state, for mk/state.html."""
    state = workflow.states[row.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def files_of(found: Sequence[dict[str, Any]], *, withdrawn: bool = False) -> list[dict[str, Any]]:
    """For mk/attachments.html; the file view does not open what hangs on an archived row."""
    if withdrawn:
        return [{**file, "hidden_note": _("记录已撤回，附件不再打开")} for file in found]
    return [{**file, "url": reverse("file", args=[file["uid"]])} for file in found]


def milestones_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """里程碑: what is to be reached by when, by whom, and where each stands. Five queries, whatever their number."""
    if not shown["inside"] or not deal.kind_spec.has(Step.PERFORMANCE) or deal.state == "talking" or deal.from_source:
        return None
    rows = list(queries.milestones(actor, deal))
    may_plan = queries.may_plan(actor, deal)
    if not rows and not may_plan:
        return None
    acts = queries.milestone_acts(actor, deal, rows)
    evidence = queries.evidence_of("milestone", rows)
    ends = queries.instalment_numbers(deal)
    return {
        "d": deal,
        "rows": [
            {
                "m": row,
                "back_id": f"back-{row.uid}",
                "state": state_of(MILESTONE, row),
                "part": _part(row, ends),
                "files": files_of(evidence[row.uid]),
                **vars(acts[row.pk]),
            }
            for row in rows
        ],
        "may_plan": may_plan,
        "reached": sum(row.state == "reached" for row in rows),
        "counted": sum(row.state != "dropped" for row in rows),
    }


def _part(row: Milestone, ends: dict[int, int]) -> str:
    if row.instalment is None:
        return ""
    names = {"n": ends.get(row.instalment.pk, 0), "amount": figures.amount(row.instalment.amount)}
    if row.state == "reached":
        return _("付款条件已达到：第 %(n)s 期 %(amount)s") % names
    return _("完成后付第 %(n)s 期 %(amount)s") % names


def acceptance_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """验收: the verdicts with their papers."""
    if not shown["inside"] or not deal.kind_spec.has(Step.ACCEPTANCE) or deal.from_source:
        return None
    rows = list(queries.acceptances(actor, deal))
    may_accept = queries.may_accept(actor, deal)
    if not rows and not may_accept:
        return None
    found = queries.evidence_of("acceptance", rows)
    own = {party.pk for party in queries.own_sides(actor, deal)} if may_accept else set()
    return {
        "d": deal,
        "rows": [
            {
                "a": row,
                "state": {"kind": "calm", "label": _("已撤回")}
                if row.archived_at
                else {"kind": TONES[row.verdict], "label": str(VERDICTS[row.verdict])},
                "files": files_of(found[row.uid], withdrawn=row.archived_at is not None),
                "withdrawable": row.archived_at is None and row.said_for_id in own,
            }
            for row in rows
        ],
        "may_accept": may_accept,
    }


def arrivals_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """以产聚才: how many people came because of the deal."""
    if not shown["inside"] or deal.from_source or not deal.kind_spec.has(Step.PERFORMANCE):
        return None
    rows = queries.arrivals_of(actor, deal)
    may_count = queries.may_count_arrivals(actor, deal)
    if not rows and not may_count:
        return None
    return {
        "d": deal,
        "rows": [{"a": row, "said": arrival_in_words(row)} for row in rows],
        "may_count": may_count,
        "heads": sum(row.headcount for row in rows),
    }


def arrival_in_words(row: Arrival) -> str:
    """How many, of what kind, from where."""
    said = [_("%(n)d 人") % {"n": row.headcount}]
    if row.doctors:
        said.append(_("博士 %(n)d 人") % {"n": row.doctors})
    if row.seniors:
        said.append(_("高级职称 %(n)d 人") % {"n": row.seniors})
    said.append(_("全职") if row.full_time else _("非全职"))
    if row.came_from:
        said.append(_("来自%(place)s") % {"place": row.came_from})
    return _("，").join(said)
