"""Conversions with dates of their own: the pair's achievement, talked about, signed, registered, accepted, landed."""

from datetime import date, datetime, timedelta

from mengkeju.deals import actions
from mengkeju.deals.models import Acceptance, Deal, Landing, Registration
from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s

DAYS = {
    "published": 0,
    "intention": 10,
    "talking": 22,
    "agreed": 82,
    "signed": 92,
    "registered": 122,
    "accepted": 171,
    "landed": 181,
}
"""A whole conversion, in days from its beginning; 60 days of talks are its slowest part."""
BEGINS = datetime(2026, 1, 10, 10, tzinfo=clock.ZONE)


def day(number: int) -> date:
    """So many days after the beginning."""
    return clock.today(BEGINS + timedelta(days=number))


def conversion(pair: s.Pair, **days: int | None) -> Deal:
    """A deal from the pair's achievement by `DAYS`; None takes a date away, a number moves it."""
    given = {**DAYS, **days}

    def at(stage: str) -> datetime:
        return BEGINS + timedelta(days=given[stage] or 0)

    if given["published"] is not None:
        Listing.objects.filter(pk=pair.achievement.pk).update(published_at=at("published"))
        pair.achievement.refresh_from_db()
    intention = pair.declared(counter=pair.achievement, now=at("intention"))
    actions.answer_intention(intention, accept=True, by=pair.of_firm, now=at("intention"))
    actions.move_intention(intention, "talk", by=pair.of_institute, now=at("talking"))
    actions.move_intention(intention, "agree", by=pair.of_institute, now=at("agreed"))
    deal = d.confirmed(actions.open_deal(intention, by=pair.of_firm, now=at("agreed")))
    if given["signed"] is None:
        return deal
    actions.sign_deal(deal, signed_on=day(given["signed"]), by=pair.of_firm, now=at("signed"))
    if given["registered"] is not None:
        row = deal_rows.registration(deal, state="accepted")
        number, on = f"2026{deal.pk:012d}", day(given["registered"])
        Registration.objects.filter(pk=row.pk).update(state="registered", number=number, registered_on=on)
    seller = deal.parties.get(side="seller", role="lead")
    if given["accepted"] is not None:
        held = {"held_on": day(given["accepted"]), "verdict": "passed", "opinion": "达到指标"}
        Acceptance.objects.create(deal=deal, said_for=seller, **held, **deal_rows.stamp(deal))
    if given["landed"] is not None:
        land(deal, day(given["landed"]))
    deal.refresh_from_db()
    return deal


def land(deal: Deal, produced_on: date | None) -> Landing:
    """A line of the buyer."""
    buyer = deal.parties.get(side="buyer", role="lead")
    stated = {"state": "planned", "state_at": d.NOW}
    return Landing.objects.create(
        deal=deal, party=buyer, name="演示产线", produced_on=produced_on, **stated, **deal_rows.stamp(deal)
    )
