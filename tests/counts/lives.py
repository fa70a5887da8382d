"""What hangs on listings and stands in the lists beside them: one more of each, so that pages can be counted."""

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from mengkeju.deals import actions as deals
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.models import Claim, Deal, Intention, PriceLine, StatClosing
from mengkeju.directory import actions as directory
from mengkeju.directory.actions import TitleInput
from mengkeju.directory.models import BodyEvaluation
from mengkeju.events.models import Listener, Pitch, PitchInterest, Slot
from mengkeju.kernel import clock
from mengkeju.listings import actions as listings
from mengkeju.listings.engine.files import MOST_FILES
from mengkeju.listings.models import Agenda, Bottleneck, Listing, ListingFile, WeakLink
from mengkeju.search.engine import saved
from mengkeju.search.models import SavedSearch, SavedSearchHit
from tests import factories as f
from tests.deals import agency_samples, deal_rows, deal_samples
from tests.directory import body_samples
from tests.kernel import makers
from tests.listings import disclosed, list_samples, samples

if TYPE_CHECKING:
    from tests.counts.world import World

_numbers = count(1)


def grow(world: "World") -> None:
    """One more of each; the first of a list is the one whose page is counted."""
    for step in (_opened, _parts, _lists, _care, _reach, _meet, _deals, _bodies):
        step(world)


def _opened(world: "World") -> None:
    """Requests to see the first need and the first achievement, files, vague needs, what was closed or aged."""
    need = world.needs[0]
    for listing in (need, world.achievements[0]):
        disclosed.grant(disclosed.ask(listing, f.organisation(kind="university", area=f.XINCHENG)))
    if ListingFile.objects.filter(listing=need).count() < MOST_FILES:
        disclosed.put_file(need, name=f"参数{next(_numbers)}.txt")
    makers.diagnosis(makers.listing(world.firm, state="refining", number=f"MK-D-{next(_numbers)}", published_at=f.AT))
    for state in ("dormant", "published"):
        made = samples.published(world.firm, title=f"{state} 的第{next(_numbers)}个需求")
        Listing.objects.filter(pk=made.pk).update(state=state, review_by=clock.today() - clock.DAY)
    samples.closed(samples.published(world.firm, title=f"办结的第{next(_numbers)}个需求"), now=clock.now())


def _parts(world: "World") -> None:
    """On the first achievement: a case of use, a right and a name more; a step while there is one above."""
    achievement, by, number = world.achievements[0], samples.manager_of(world.institute), next(_numbers)
    given: dict[str, Any] = {"by": by, "now": clock.now(), "secrecy_reviewed": True}
    day = clock.today() - timedelta(days=9)
    step = listings.StepInput("trl4", day, "演示：中试报告", "public")
    listings.add_maturity_step(achievement, step, **given)
    case = listings.ApplicationInput(f"演示：单位{number}", "演示：用途", day, None, "", tier="public")
    listings.add_application(achievement, case, **given)
    right = listings.RightInput(f"2021SR{number:07d}", kind="software", title=f"演示：权利{number}", status="granted")
    listings.link_right(achievement, right, **given)
    named = listings.ParticipantInput("inventor", person=f.person(f.member(world.institute)))
    listings.add_participant(achievement, named, **given)


def _lists(world: "World") -> None:
    link = WeakLink.objects.order_by("pk").first() or list_samples.weak_link(state="open")
    listings.attach_to_weak_link(link, world.needs[-1], by=f.actor(world.officer), now=f.AT)
    list_samples.weak_link(state="open")
    first = Bottleneck.objects.order_by("pk").first()
    bureau = world.bureau
    item = first or list_samples.bottleneck(bureau, nominator=world.firm, state="open")
    listings.attach_to_bottleneck(item, world.needs[-1], by=f.actor(world.people["bureau"]), now=f.AT)
    list_samples.bottleneck(bureau, nominator=world.firm, state="open")
    agenda = Agenda.objects.order_by("pk").first() or list_samples.agenda(world.platform, state="published")
    list_samples.agenda(world.platform, state="published")
    by = samples.manager_of(world.platform)
    Agenda.objects.filter(pk=agenda.pk).update(state="draft")
    agenda.refresh_from_db()
    text = listings.ItemInput(f"方向{next(_numbers)}", "现状与目标：成本降三成", secrecy_reviewed=True)
    listed = listings.add_item(agenda, text, by=by, now=f.AT)
    Agenda.objects.filter(pk=agenda.pk).update(state="published")
    listed.agenda.refresh_from_db()
    listings.attach_to_item(listed, world.needs[-1], by=by, now=f.AT)


def _care(world: "World") -> None:
    makers.claim(samples.published(world.firm, title=f"待认领{next(_numbers)}"))
    last: Intention = world.intentions[-1]
    makers.stall(last)
    held = f.organisation(f"演示领军企业{next(_numbers)}")
    given = TitleInput("leading", "city", "演示局", f"演示〔2026〕{next(_numbers)}号", clock.today())
    directory.grant_title(held, given, by=f.actor(world.officer), now=clock.now())


def _bodies(world: "World") -> None:
    """One transfer body more, evaluated, a branch of the first; for the first one contract and one need more."""
    number = next(_numbers)
    body = body_samples.body(f"演示转移机构{number}")
    body_samples.evaluated(body)
    first = BodyEvaluation.objects.order_by("pk")[0].holder
    if body != first:
        body_samples.serving(body, parent=first.name)
    agency_samples.helped(f"counted{number}", first, on=clock.today())
    claim = Claim.objects.order_by("-pk")[0]
    first.memberships.get_or_create(person=claim.broker, defaults={"began_at": claim.created_at})


def _reach(world: "World") -> None:
    member = world.people["member"]
    for organisation in (None, world.firm.uid):
        SavedSearch.objects.create(
            account=member.uid,
            organisation=organisation,
            area=world.firm.area if organisation else "",
            name=f"提醒{next(_numbers)}",
            query=saved.canonical(saved.kept(f"脱碳{next(_numbers)}", "", {})),
            created_at=f.AT,
            created_by=member,
        )
    first = SavedSearch.objects.order_by("pk")[0]
    hit = {"subject_type": "listing", "subject_uid": world.needs[-1].uid, "noted_at": f.AT, "told_at": f.AT}
    SavedSearchHit.objects.create(search=first, account=member.uid, **hit)


def _meet(world: "World") -> None:
    """One meeting and one pitch more; on the first of them one time, one listener and one interest more."""
    made = makers.meeting(world.needs[-1], world.institute)
    first = Slot.objects.order_by("pk")[0].meeting
    at = f.AT + timedelta(days=30, hours=next(_numbers))
    kept: dict[str, Any] = {"created_at": f.AT, "area": made.area}
    Slot.objects.create(
        meeting=first, round=1, side="requesting", starts_at=at, ends_at=at + timedelta(hours=1), **kept
    )
    makers.pitch(world.officer)
    pitch = Pitch.objects.order_by("pk")[0]
    Pitch.objects.update(state="held", origin=f"演示国{next(_numbers)}")
    other = f.organisation()
    given: dict[str, Any] = {"pitch": pitch, "organisation": other, "person": f.person(f.manager(other)), **kept}
    Listener.objects.create(**given)
    PitchInterest.objects.create(wish="need", **given)


def _deals(world: "World") -> None:
    """One deal more with everything on it; on the first of them a party, a helper and a line of the price more."""
    by, number = samples.manager_of(world.firm), next(_numbers)
    sides = {"own": PartyInput("buyer", world.firm), "other": PartyInput("seller", world.institute)}
    title, need = f"第{number}个合作项目", world.needs[0]
    made = deals.start_deal(title, own=sides["own"], other=sides["other"], listing=need, by=by, now=f.AT)
    first = Deal.objects.order_by("pk")[0]
    deals.add_party(first, PartyInput("seller", f.organisation()), by=by, now=f.AT)
    deals.add_helper(first, organisation=f.organisation(kind="platform"), by=by, now=f.AT)
    PriceLine.objects.create(deal=first, kind="technical", amount=number, order=number, **deal_rows.stamp(first))
    deal_rows.talks(first)
    deal_samples.text(first, version=first.texts.count() + 1)
    deal_rows.prices(made)
    deal_rows.registration(made)
    StatClosing.objects.create(
        area=f.BAOTOU, first_on=f"{1900 + number}-01-01", last_on=f"{1900 + number}-12-31", version=1, figures={},
        created_at=f.AT,
    )  # fmt: skip
