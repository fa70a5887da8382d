"""验收: what the receiving side found. A verdict of passed moves the deal, so that nobody says it twice."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import PerformancePerm
from mengkeju.deals.actions import under_way
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import VERDICTS, Acceptance, Deal
from mengkeju.directory.models import Person
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance
from mengkeju.kernel.workflow import TransitionRefusedError

SELLER = "seller"


@transaction.atomic
def record_acceptance(
    deal: Deal,
    *,
    held_on: date,
    verdict: str,
    opinion: str,
    by: Actor,
    now: datetime,
    experts: str = "",
    papers: Sequence[under_way.Paper] = (),
) -> Acceptance:
    """Say what the acceptance found; `passed` moves a deal that is signed or performed to accepted.

    ValidationError by field, FileRefusedError, RefusedError, TransitionRefusedError.
    """
    require(by, PerformancePerm.ACCEPTANCE, deal)
    fresh = under_way.signed_deal(deal, Step.ACCEPTANCE)
    texts = {"opinion": opinion, "experts": experts}
    wrong = under_way.text_troubles(texts, {"opinion": 2000, "experts": 300}, {"opinion": _("请写明验收意见")})
    if verdict not in VERDICTS:
        wrong["verdict"] = _("请选择验收结论")
    wrong["held_on"] = under_way.day_trouble(fresh, held_on, clock.today(now))
    wrong["papers"] = under_way.files_trouble(papers)
    under_way.refuse(wrong)
    party = under_way.speaker(by, fresh, away_from=SELLER)
    if party is None:
        raise TransitionRefusedError(_("要由合同的一方填写"), "not_own")
    row = Acceptance.objects.create(
        deal=fresh,
        held_on=held_on,
        verdict=verdict,
        opinion=opinion.strip(),
        experts=experts.strip(),
        said_for=party,
        said_by=Person.objects.filter(uid=by.person_uid).first() if by.person_uid else None,
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    under_way.keep_files(row, papers, party, by, now)
    note = _("%(verdict)s：%(opinion)s") % {"verdict": VERDICTS[verdict], "opinion": row.opinion}
    payload = {"acceptance": str(row.uid), "verdict": verdict, "note": note}
    under_way.told(fresh, "deal.acceptance_recorded", payload, by=by, now=now)
    if verdict == "passed" and fresh.state in DEAL.transitions["accept"].source:
        advance(fresh, "accept", by=by, now=now, data={"acceptance": str(row.uid)})
        deal.refresh_from_db()
    tell_others(fresh, by, format_lazy(gettext_lazy("合作项目 {number} 填写了验收结论"), number=fresh.number), now)
    return row


@transaction.atomic
def withdraw_acceptance(acceptance: Acceptance, reason: str, *, by: Actor, now: datetime) -> Acceptance:
    """Take a wrong verdict back, by the party whose word it was; it stays in the archive.

    A deal that stands at accepted by nothing else goes on being performed. ValidationError without a reason.
    """
    require(by, PerformancePerm.ACCEPTANCE, acceptance.deal)
    deal = under_way.signed_deal(acceptance.deal, Step.ACCEPTANCE)
    row = deal.acceptances.select_related("said_for").get(pk=acceptance.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一条已经撤回"), "archived")
    if row.said_for not in queries.own_sides(by, deal):
        raise TransitionRefusedError(_("要由填写的一方撤回"), "not_own")
    under_way.refuse(under_way.text_troubles({"reason": reason}, {}, {"reason": _("请写明撤回的理由")}))
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"acceptance": str(row.uid), "note": reason.strip()}
    under_way.told(deal, "deal.acceptance_withdrawn", payload, by=by, now=now)
    if deal.state == "accepted" and not deal.has_passed_acceptance() and deal.kind_spec.has(Step.PERFORMANCE):
        advance(deal, "reopen", by=by, now=now, note=reason.strip())
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 撤回了验收结论"), number=deal.number), now)
    return row
