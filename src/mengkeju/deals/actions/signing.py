"""签约清单: what was signed at an event, recorded by an officer; the parties are told, complete it or object.

No act of the parties is invented: the deal says that the list recorded it as signed, by whom and from which event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import CooperationPerm
from mengkeju.deals.actions.deal import PartyInput, begin_deal, stand, tell_others
from mengkeju.deals.actions.registration_duty import after_signing
from mengkeju.deals.engine import price
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal, FundingLine
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance

SOURCE = "signing"
"""Where such a deal comes from; with the day, event and title of the row it is known again."""


@dataclass(frozen=True)
class Signing:
    """One row of the list. `amount` (元) as the event told it, empty where it did not."""

    title: str
    kind: str
    sellers: tuple[PartyInput, ...]
    buyers: tuple[PartyInput, ...]
    amount: Decimal | None = None


@dataclass(frozen=True)
class Recorded:
    """What became of a list: the deals in its order; `known` of them were recorded before."""

    deals: list[Deal]
    known: int


@transaction.atomic
def record_signings(event: str, day: date, rows: Sequence[Signing], *, by: Actor, now: datetime) -> Recorded:
    """All rows or none. A row of the same title from the same event and day is not recorded twice.

    RefusedError; ValidationError by field: event, day, and `rows.3.title` counted from 0.
    """
    require(by, CooperationPerm.RECORD_SIGNING)
    _refuse(event, day, rows, clock.today(now))
    deals, known = [], 0
    for row in rows:
        told = uuid5(NAMESPACE_OID, f"{event.strip()}\n{row.title.strip()}")
        key = {"source": SOURCE, "external_id": f"{day.isoformat()} {told}"}
        found = Deal.objects.filter(**key).first()
        known += found is not None
        deals.append(found or _recorded(row, event.strip(), day, key, by=by, now=now))
    return Recorded(deals, known)


def _recorded(row: Signing, event: str, day: date, key: Mapping[str, str], *, by: Actor, now: datetime) -> Deal:
    standing = [*row.sellers, *row.buyers]
    here = [party.organisation for party in standing if party.organisation is not None]
    place = next((party.organisation.area if party.organisation else party.area for party in row.sellers), "")
    deal = Deal(
        kind=row.kind,
        title=row.title.strip(),
        keeper=here[0] if here else None,
        origin="signing",
        channel=event,
        area=place or (here[0].area if here else ""),
        price_mode="open",
        contract_value=row.amount if kinds[row.kind].has(Step.PRICE) else None,
        fictional=bool(here) and all(organisation.fictional for organisation in here),
        **key,
    )
    begin_deal(deal, by=by, now=now, payload={"event": event, "day": day.isoformat(), "title": deal.title})
    for rank, party in enumerate(standing):
        first = party in (row.sellers[0], row.buyers[0])
        stand(deal, party, by=by, now=now, order=rank, role="lead" if first else "member")
    if row.amount is not None and kinds[row.kind].has(Step.FUNDING):
        FundingLine.objects.create(
            deal=deal,
            source="other",
            giver=event,
            year=day.year,
            amount=row.amount,
            said_by_plan=_("签约时公布"),
            area=deal.area,
            created_at=now,
            created_by_id=by.account_id,
        )
    advance(deal, "sign_at_event", by=by, now=now, note=event, data={"signed_on": day.isoformat()})
    Deal.objects.filter(pk=deal.pk).update(signed_on=day)
    deal.refresh_from_db()
    after_signing(deal, now)
    said = gettext_lazy("{number} 据“{event}”签约清单记为已签约，请核对；有出入请更正或提出异议")
    tell_others(deal, by, format_lazy(said, number=deal.number, event=event), now)
    return deal


def _refuse(event: str, day: date, rows: Sequence[Signing], today: date) -> None:
    wrong: dict[str, str] = {}
    if not event.strip():
        wrong["event"] = _("请写明是哪次活动")
    if day > today:
        wrong["day"] = _("签约日期不能晚于今天")
    if not rows:
        wrong["rows"] = _("至少填一行")
    titles: set[str] = set()
    for at, row in enumerate(rows):
        wrong |= {f"rows.{at}.{field}": said for field, said in _row_trouble(row, titles).items()}
        titles.add(row.title.strip())
    if wrong:
        raise ValidationError(wrong)


def _row_trouble(row: Signing, before: set[str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not row.title.strip():
        wrong["title"] = _("请写合同或项目名称")
    elif row.title.strip() in before:
        wrong["title"] = _("与上面的一行重名")
    if row.kind not in kinds:
        return wrong | {"kind": _("没有这一类合作项目")}
    for side, parties in (("seller", row.sellers), ("buyer", row.buyers)):
        if not parties:
            wrong[side] = _("请写至少一家")
    named = [_key(party) for party in (*row.sellers, *row.buyers)]
    if len(set(named)) < len(named):
        wrong["buyer"] = _("同一家单位写了两次")
    if row.amount is not None:
        takes = kinds[row.kind].has(Step.PRICE) or kinds[row.kind].has(Step.FUNDING)
        said = price.amount_trouble(row.amount) or ("" if row.amount > 0 else _("金额要大于零"))
        wrong |= {"amount": said} if said else {}
        wrong |= {} if takes else {"amount": _("这一类没有金额，请空着")}
    return wrong


def _key(party: PartyInput) -> Organisation | str:
    return party.organisation or party.name.strip()
