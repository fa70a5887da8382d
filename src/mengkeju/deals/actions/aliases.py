"""The merge desk: which organisation a spelling of the ledgers means, and taking that back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import LedgerPerm
from mengkeju.deals.models import Deal, DealParty, PartyAlias
from mengkeju.deals.queries.ledger import desk_area
from mengkeju.deals.queries.ledger_desk import unlinked
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.exchange.values import organisation_key, organisation_name


def _alias(spelling: str, *, by: Actor, now: datetime) -> tuple[PartyAlias, bool]:
    """The row of a spelling at the actor's desk, made if there is none."""
    name = organisation_name(spelling)[:120]
    columns = {"spelling": name, "created_at": now, "created_by_id": by.account_id}
    return PartyAlias.objects.get_or_create(area=desk_area(by), key=organisation_key(name), defaults=columns)


@transaction.atomic
def note_doubtful(spelling: str, *, by: Actor, now: datetime) -> None:
    """Put a spelling on the merge desk of the registrar; one that is there, decided or not, stays as it is."""
    require(by, LedgerPerm.DECIDE, PartyAlias(area=desk_area(by)))
    alias, made = _alias(spelling, by=by, now=now)
    if made:
        audit.record("party_alias.noticed", alias, by=by, now=now, payload={"spelling": alias.spelling})


@transaction.atomic
def decide_party(spelling: str, organisation: Organisation | None, *, by: Actor, now: datetime) -> PartyAlias:
    """Say whom a spelling means, None for nobody of the directory; imported parties are linked by it.

    Before or after the import. ValidationError (`organisation`) when it is not verified or the registrar's own, and
    when it was decided otherwise; RefusedError.
    """
    require(by, LedgerPerm.DECIDE, PartyAlias(area=desk_area(by)))
    if not organisation_key(spelling):
        raise ValidationError({"organisation": _("没有写法可以归并")})
    _refuse_unfit(organisation, by)
    made, _new = _alias(spelling, by=by, now=now)
    alias = lock(made)
    decision = "organisation" if organisation is not None else "none"
    if alias.decision:
        if (alias.decision, alias.organisation) == (decision, organisation):
            return alias
        raise ValidationError({"organisation": _("“%(name)s”已经定过了，要改先撤销") % {"name": alias.spelling}})
    alias.decision, alias.organisation = decision, organisation
    alias.decided_at, alias.decided_by_id = now, by.account_id
    _save(alias)
    linked = _link(alias, organisation, by=by, now=now) if organisation is not None else 0
    told = {"organisation": str(organisation.uid) if organisation is not None else "", "linked": linked}
    audit.record("party_alias.decided", alias, by=by, now=now, payload=told)
    return alias


def _refuse_unfit(organisation: Organisation | None, by: Actor) -> None:
    if organisation is None:
        return
    if not organisation.verified or organisation.archived_at is not None:
        raise ValidationError({"organisation": _("这家单位还没有通过核验，不能归并过去")})
    if organisation.uid in by.organisations:
        raise ValidationError({"organisation": _("是您自己的单位，请由别的登记员来定（须回避）")})


def _save(alias: PartyAlias) -> None:
    alias.revision += 1
    alias.save(update_fields=["decision", "organisation", "decided_at", "decided_by", "revision"])


def _link(alias: PartyAlias, organisation: Organisation, *, by: Actor, now: datetime) -> int:
    """Every imported party with that spelling is this organisation now; how many. Once in a deal."""
    rows = unlinked(by).exclude(deal__parties__organisation=organisation).select_related("deal").order_by("order")
    names = {name for name in rows.order_by().values_list("name", flat=True) if organisation_key(name) == alias.key}
    once: dict[int, DealParty] = {}
    for party in rows.filter(name__in=names):
        once.setdefault(party.deal_id, party)
    keys = [party.pk for party in once.values()]
    DealParty.objects.filter(pk__in=keys).update(organisation=organisation, alias=alias)
    Deal.objects.filter(parties__in=[p.pk for p in once.values() if p.side == "seller"], keeper=None).update(
        keeper=organisation
    )
    for party in once.values():
        told = {"side": party.side, "name": party.name, "organisation": str(organisation.uid)}
        audit.record("deal.party_linked", party.deal, by=by, now=now, payload=told)
    return len(keys)


@transaction.atomic
def undo_party(alias: PartyAlias, *, by: Actor, now: datetime, revision: int | None = None) -> PartyAlias:
    """Take a decision back: parties it linked stand by their name again, the spelling is open.

    RefusedError, StaleRevisionError.
    """
    require(by, LedgerPerm.DECIDE, alias)
    fresh = lock(alias, revision)
    if not fresh.decision:
        return fresh
    organisation = fresh.organisation
    linked = list(fresh.parties.select_related("deal"))
    kept = [party.deal_id for party in linked if party.side == "seller"]
    DealParty.objects.filter(pk__in=[party.pk for party in linked]).update(organisation=None, alias=None)
    if organisation is not None:
        Deal.objects.filter(pk__in=kept, keeper=organisation).update(keeper=None)
    fresh.decision, fresh.organisation, fresh.decided_at, fresh.decided_by_id = "", None, None, None
    _save(fresh)
    for party in linked:
        told = {"side": party.side, "name": party.name}
        audit.record("deal.party_unlinked", party.deal, by=by, now=now, payload=told)
    told_all = {"organisation": str(organisation.uid) if organisation is not None else "", "unlinked": len(linked)}
    audit.record("party_alias.undone", fresh, by=by, now=now, payload=told_all)
    return fresh
