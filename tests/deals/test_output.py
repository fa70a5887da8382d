"""What a cooperation brought forth becomes an achievement in one step."""

import pytest
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing, Participation
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-23")]


def test_one_step_from_the_cooperation_to_the_draft() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    made = actions.register_output(intention, by=pair.of_firm, now=s.NOW)
    assert (made.kind, made.state, made.owner, made.area) == ("achievement", "draft", pair.firm, pair.firm.area)
    assert pair.need.title in made.title
    named = Participation.objects.filter(listing=made).order_by("position")
    assert [(p.role, p.organisation) for p in named] == [
        ("completer_unit", pair.firm),
        ("completer_unit", pair.institute),
    ]
    told = Notice.objects.get(account=f.manager(pair.institute).uid, kind="intention.output")
    assert "乌拉演示厂" in told.title
    assert Event.objects.filter(type="intention.output", subject_uid=intention.uid).count() == 1
    again = actions.register_output(intention, by=pair.of_institute, now=s.NOW)
    assert (again.owner, again.uid != made.uid) == (pair.institute, True)


def test_that_they_worked_together_is_read_by_the_two_alone() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "ready")
    made = actions.register_output(intention, by=pair.of_institute, now=s.NOW)
    Listing.objects.filter(pk=made.pk).update(state="published", summary=samples.SUMMARY, published_at=s.NOW)
    made.refresh_from_db()
    assert [row.listing.uid for row in listings.linked_with(pair.need, pair.of_firm)] == [made.uid]
    assert [row.word for row in listings.linked_with(made, pair.of_institute)] == ["由这一项的合作产生"]
    stranger = samples.manager_of(f.organisation())
    assert listings.linked_with(pair.need, stranger) == listings.linked_with(made, stranger) == []


@pytest.mark.parametrize("state", ["declined", "withdrawn", "lapsed"])
def test_without_agreement_there_is_no_output(state: str) -> None:
    pair = s.pair()
    declared = pair.declared()
    with pytest.raises(TransitionRefusedError):
        actions.register_output(declared, by=pair.of_institute, now=s.NOW)
    with pytest.raises(TransitionRefusedError):
        actions.register_output(pair.bring(declared, state), by=pair.of_institute, now=s.NOW)
    assert not Listing.objects.filter(state="draft", kind="achievement").exists()


def test_nobody_but_the_two_sides() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "accepted")
    for actor in (samples.manager_of(f.organisation()), f.actor(f.broker()), f.actor(f.auditor())):
        with pytest.raises(RefusedError):
            actions.register_output(intention, by=actor, now=s.NOW)


def test_the_button_leads_to_the_form_and_a_second_arrival_makes_no_second_draft() -> None:
    pair = s.pair()
    intention = pair.declared()
    firm, address = pair.client("firm"), reverse("intention-output", args=[intention.uid])
    assert address not in samples.text(firm.get(intention.get_absolute_url()))
    pair.bring(intention, "accepted")
    assert address in samples.text(firm.get(intention.get_absolute_url()))
    first, second = (firm.post(address, {"one_time_key": "k1"}) for _time in range(2))
    made = Listing.objects.get(kind="achievement", state="draft")
    assert first["Location"] == second["Location"] == reverse("listing-edit", args=[made.uid])
    assert firm.get(first["Location"]).status_code == 200
    assert f.signed_in_client(f.manager(f.organisation())).post(address).status_code == 404
    assert f.signed_in_client(f.auditor()).post(address).status_code == 403
