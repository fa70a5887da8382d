"""Deals of the pair in `samples`, made through the actions; the text and its confirmations are written as rows."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput, SourceDeal
from mengkeju.deals.models import ContractText, Deal, DealHelper, DealParty, TextConfirmation
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import Actor
from tests import factories as f
from tests.deals import samples as s

NOW = s.NOW
SIGNED_ON = clock.today(NOW)


def deal(pair: s.Pair | None = None, **declared: Any) -> Deal:
    """Opened by the firm from an intention that is talked about: talking, both sides stand, nothing typed."""
    pair = pair or s.pair()
    declared.setdefault("counter", pair.achievement)
    return actions.open_deal(pair.bring(pair.declared(**declared), "talking"), by=pair.of_firm, now=NOW)


def by_hand(pair: s.Pair | None = None, **given: Any) -> Deal:
    """Started by the firm, which buys from the institute: no intention."""
    pair = pair or s.pair()
    options: dict[str, Any] = {
        "own": PartyInput("buyer", pair.firm),
        "other": PartyInput("seller", pair.institute),
        "by": pair.of_firm,
        "now": NOW,
    }
    return actions.start_deal(given.pop("title", "演示：电话谈成的合作"), **(options | given))


def brokered(pair: s.Pair, broker: Actor) -> Deal:
    """From an introduction that both confirmed and that is talked about; opened by the broker."""
    intention = pair.introduced(broker)
    actions.answer_intention(intention, accept=True, by=pair.of_firm, now=NOW)
    actions.confirm_introduction(intention, by=pair.of_institute, now=NOW)
    actions.move_intention(intention, "talk", by=pair.of_firm, now=NOW)
    return actions.open_deal(intention, by=broker, now=NOW)


def with_members(pair: s.Pair | None = None) -> Deal:
    """With a member on either side: another institute beside the seller, an individual beside the buyer."""
    pair = pair or s.pair()
    made = deal(pair)
    second = f.organisation("河套演示所（演示）", kind="institute", area=f.XINCHENG)
    actions.add_party(made, PartyInput("seller", second), by=pair.of_firm, now=NOW)
    actions.add_party(made, PartyInput("buyer", name="巴特尔（演示）", individual=True), by=pair.of_firm, now=NOW)
    return made


def person_of(party: DealParty) -> Person:
    """Somebody who may speak for a party: the first manager of its organisation; anybody for one outside."""
    return f.person(f.manager(party.organisation)) if party.organisation is not None else f.person(f.account())


def text(of: Deal, *, version: int = 1, role: str = "main") -> ContractText:
    """A version of the text that nobody has confirmed; the buyer's lead uploaded it."""
    lead = of.parties.get(side="buyer", role="lead", archived_at=None)
    assert lead.organisation is not None
    upload = SimpleUploadedFile(f"合同第{version}版.pdf", s.PDF)
    kept = files.store(upload, by=f.actor(f.manager(lead.organisation)), now=NOW, area=of.area)
    return ContractText.objects.create(
        deal=of, party=lead, role=role, version=version, file=kept, sm3=kept.sm3, area=of.area, created_at=NOW
    )


def files_upload(name: str, more: bytes = b"") -> SimpleUploadedFile:
    """A file as a browser sends it; `more` makes its content another."""
    return SimpleUploadedFile(name, s.PDF + more, "application/pdf")


def confirm(version: ContractText, *parties: DealParty) -> list[TextConfirmation]:
    """The word of these parties that this is the text; of every party that stands when none is given."""
    standing = parties or tuple(version.deal.parties.filter(archived_at=None))
    return [
        TextConfirmation.objects.create(
            text=version, party=party, person=person_of(party), sm3=version.sm3, area=party.area, created_at=NOW
        )
        for party in standing
    ]


def confirmed(of: Deal) -> Deal:
    """The same deal with a text that every party has confirmed."""
    confirm(text(of))
    return of


def signed(pair: s.Pair | None = None, *, signed_on: date = SIGNED_ON) -> Deal:
    """Opened from an intention, its text confirmed by both, signed by the firm."""
    pair = pair or s.pair()
    return actions.sign_deal(confirmed(deal(pair)), signed_on=signed_on, by=pair.of_firm, now=NOW)


def named_helper(of: Deal, by: Actor, **given: Any) -> DealHelper:
    """An agency that is named by `by`, with a share of ten per cent."""
    agency: Organisation = given.pop("organisation", None) or f.organisation("演示转移中心（演示）", kind="platform")
    return actions.add_helper(of, organisation=agency, by=by, now=NOW, **({"share": Decimal(10)} | given))


def entry(pair: s.Pair, **given: Any) -> SourceDeal:
    """What a published source tells: who, what, where; no sum."""
    options: dict[str, Any] = {
        "source": "演示来源",
        "external_id": "1",
        "title": "演示：签约仪式上的合作",
        "sellers": (pair.institute,),
        "buyers": (pair.firm,),
        "achievement": pair.achievement,
        "channel": "演示大会",
        "signed_on": date(2026, 8, 1),
    }
    return SourceDeal(**(options | given))


def from_source(pair: s.Pair | None = None, **given: Any) -> Deal:
    """Recorded as a published source tells of it."""
    return actions.record_deal_from_source(entry(pair or s.pair(), **given), now=NOW)


def put(of: Deal, state: str) -> Deal:
    """The deal in a state, past the table: only tests may."""
    Deal.objects.filter(pk=of.pk).update(state=state)
    of.refresh_from_db()
    return of


def client_of(organisation: Organisation) -> Client:
    """A browser of the organisation's first manager."""
    return f.signed_in_client(f.manager(organisation))
