"""Who stands on which side, and who helped: added, changed and taken off while the deal is talked about."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import PartyInput, refuse_over
from mengkeju.deals.models import DEDUCTIONS, Deal, DealHelper, DealParty
from mengkeju.deals.queries.deal import confirming_parties
from mengkeju.deals.queries.vocabulary import known_code
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.workflow import TransitionRefusedError

HUNDRED = Decimal(100)


def plain(number: Decimal) -> str:
    """120, not 1.2E+2."""
    return f"{number.normalize():f}"


def _writable(deal: Deal, by: Actor) -> Deal:
    require(by, DealPerm.WRITE, deal)
    fresh = lock(deal)
    refuse_over(fresh)
    return fresh


def _talking(deal: Deal) -> None:
    if not queries.unsettled(deal):
        raise TransitionRefusedError(_("签约以后，合同各方不能再增减，请上传补充协议"), "wrong_state")
    text = queries.current_text(deal)
    if text is not None and text.confirmations.exists():
        raise TransitionRefusedError(_("文本已有人确认，改各方要先传新一版文本"), "confirmed")


@transaction.atomic
def add_party(deal: Deal, given: PartyInput, *, by: Actor, now: datetime) -> DealParty:
    """Add one on a side; the first of a side leads it. ValidationError by field, TransitionRefusedError."""
    fresh = _writable(deal, by)
    _talking(fresh)
    if given.side not in fresh.kind_spec.sides:
        raise ValidationError({"side": _("没有这一方")})
    if given.organisation is None and not given.name.strip():
        raise ValidationError({"name": _("请选择单位，或者写明姓名、名称")})
    standing = list(fresh.parties.filter(archived_at=None))
    if given.organisation is not None and any(p.organisation_id == given.organisation.pk for p in standing):
        raise ValidationError({"name": _("“%(name)s”已经是合同的一方") % {"name": given.organisation.name}})
    name = given.organisation.name if given.organisation else given.name.strip()
    if given.organisation is None and any(p.name == name and p.side == given.side for p in standing):
        raise ValidationError({"name": _("“%(name)s”已经是合同的一方") % {"name": name}})
    made = DealParty.objects.create(
        deal=fresh,
        side=given.side,
        role="member" if any(p.side == given.side for p in standing) else "lead",
        organisation=given.organisation,
        name=name,
        individual=given.individual,
        order=max((p.order for p in standing), default=0) + 1,
        area=given.organisation.area if given.organisation else given.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    audit.record("deal.party_added", fresh, by=by, now=now, payload={"party": str(made.uid), "side": made.side})
    return made


@transaction.atomic
def edit_party(
    party: DealParty, *, by: Actor, now: datetime, ip_share: Decimal | None, deducts: str, seller_kind: str = ""
) -> DealParty:
    """Its share of the intellectual property (%), who deducts what, its kind for the statistics (a seller's).

    The shares of one deal do not go beyond 100; after signing a share stays. ValidationError by field. What changes
    nothing leaves no event.
    """
    deal = _writable(party.deal, by)
    row = DealParty.objects.select_for_update().get(pk=party.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一方已经移出"), "archived")
    if deducts and deducts not in DEDUCTIONS:
        raise ValidationError({"deducts": _("没有这一项")})
    if seller_kind and seller_kind != row.seller_kind:
        _refuse_seller_kind(row, seller_kind)
    if ip_share != row.ip_share:
        _refuse_share(deal, row, ip_share)
    if (ip_share, deducts, seller_kind) == (row.ip_share, row.deducts, row.seller_kind):
        return row
    before = {"ip_share": str(row.ip_share), "deducts": row.deducts, "seller_kind": row.seller_kind}
    row.ip_share, row.deducts, row.seller_kind = ip_share, deducts, seller_kind
    row.save(update_fields=["ip_share", "deducts", "seller_kind"])
    after = {"ip_share": str(row.ip_share), "deducts": row.deducts, "seller_kind": row.seller_kind}
    audit.record(
        "deal.party_edited", deal, by=by, now=now, payload={"party": str(row.uid), "before": before, "after": after}
    )
    return row


def _refuse_seller_kind(row: DealParty, code: str) -> None:
    if row.side != "seller" or not known_code("seller_kinds", code):
        raise ValidationError({"seller_kind": _("没有这一项")})


def _refuse_share(deal: Deal, row: DealParty, ip_share: Decimal | None) -> None:
    if not queries.unsettled(deal):
        raise ValidationError({"ip_share": _("签约以后不能直接改，请上传补充协议")})
    if ip_share is None:
        return
    others = deal.parties.filter(archived_at=None).exclude(pk=row.pk).values_list("ip_share", flat=True)
    total = sum((share for share in others if share is not None), ip_share)
    if not 0 <= ip_share <= HUNDRED or total > HUNDRED:
        raise ValidationError({"ip_share": _("各方份额合计 %(total)s%%，不能超过 100%%") % {"total": plain(total)}})


@transaction.atomic
def lead_side(party: DealParty, *, by: Actor, now: datetime) -> DealParty:
    """This one leads its side from now on; the former lead becomes a member."""
    deal = _writable(party.deal, by)
    row = deal.parties.filter(pk=party.pk, archived_at=None).first()
    if row is None:
        raise TransitionRefusedError(_("这一方已经移出"), "archived")
    if row.role == "lead":
        return row
    deal.parties.filter(side=row.side, role="lead", archived_at=None).update(role="member")
    row.role = "lead"
    row.save(update_fields=["role"])
    audit.record("deal.lead_changed", deal, by=by, now=now, payload={"party": str(row.uid), "side": row.side})
    return row


@transaction.atomic
def remove_party(party: DealParty, reason: str, *, by: Actor, now: datetime) -> None:
    """Take a member off while the deal is talked about; the last of a side and the lead before others stay."""
    deal = _writable(party.deal, by)
    _talking(deal)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明移出的理由")})
    row = deal.parties.filter(pk=party.pk, archived_at=None).first()
    if row is None:
        return
    if row.role == "lead":
        raise TransitionRefusedError(_("牵头的一方不能移出，请先让同侧的另一方牵头"), "lead")
    if row.organisation_id is not None and row.organisation_id == deal.keeper_id:
        raise TransitionRefusedError(_("这个合作项目由这一方保管、催办，不能移出"), "keeper")
    if row.packages_led.filter(archived_at=None).exists():
        raise TransitionRefusedError(_("这一方还牵头着任务，请先给任务换一方牵头"), "packages")
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    audit.record("deal.party_removed", deal, by=by, now=now, payload={"party": str(row.uid), "reason": reason.strip()})


@transaction.atomic
def add_helper(
    deal: Deal,
    *,
    by: Actor,
    now: datetime,
    person: Person | None = None,
    organisation: Organisation | None = None,
    share: Decimal | None = None,
    note: str = "",
) -> DealHelper:
    """Name the broker or the agency that brought the deal about, with the share (%) of the commission.

    Counts once the other side has confirmed it. ValidationError by field.
    """
    fresh = _writable(deal, by)
    if (person is None) == (organisation is None):
        raise ValidationError({"name": _("请选择一位经纪人，或者一家机构")})
    standing = fresh.helpers.filter(archived_at=None)
    if standing.filter(person=person, organisation=organisation).exists():
        raise ValidationError({"name": _("已经在名单里")})
    if organisation is not None and fresh.parties.filter(organisation=organisation, archived_at=None).exists():
        raise ValidationError({"name": _("合同的一方不能同时是促成机构")})
    total = sum((row.share for row in standing if row.share is not None), share or Decimal(0))
    if share is not None and (not 0 <= share <= HUNDRED or total > HUNDRED):
        raise ValidationError({"share": _("份额合计 %(total)s%%，不能超过 100%%") % {"total": plain(total)}})
    made = DealHelper.objects.create(
        deal=fresh,
        role="broker" if person is not None else "agency",
        person=person,
        organisation=organisation,
        share=share,
        note=note.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    audit.record("deal.helper_added", fresh, by=by, now=now, payload={"helper": str(made.uid), "share": str(share)})
    return made


@transaction.atomic
def confirm_helper(helper: DealHelper, *, by: Actor, now: datetime) -> DealHelper:
    """A party's word that this broker or agency brought the deal about; the time stays. A second time changes nothing.

    RefusedError; TransitionRefusedError for the party that named the helper: another has to confirm it.
    """
    require(by, DealPerm.HELPER_CONFIRM, helper)
    row = DealHelper.objects.select_for_update(of=("self",)).select_related("deal").get(pk=helper.pk)
    refuse_over(row.deal)
    if row.confirmed_at is not None:
        return row
    party = confirming_parties(by, row.deal, [row])[row.pk]
    if party is None:
        raise TransitionRefusedError(_("是您这一方写上去的，请合同另一方的人员确认"), "own")
    row.confirmed_at, row.confirmed_for = now, party.organisation
    row.save(update_fields=["confirmed_at", "confirmed_for"])
    audit.record("deal.helper_confirmed", row.deal, by=by, now=now, payload={"helper": str(row.uid)})
    return row
