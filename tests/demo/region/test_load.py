"""The demo region: loaded through actions, twice without doubling, nothing invented about anybody real."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client

from mengkeju.deals.models import Intention, Message
from mengkeju.demo import fiction, sources
from mengkeju.demo.cast import Cast, logins
from mengkeju.demo.files import read
from mengkeju.demo.load import Loaded, load, plan
from mengkeju.demo.passwords import PASSWORD
from mengkeju.demo.sources import figures
from mengkeju.demo.timeline import Timeline
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Membership, Organisation, Person, Title
from mengkeju.directory.queries import bodies
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account, Duty, Event
from mengkeju.listings import queries
from mengkeju.listings.models import (
    Agenda,
    AgendaItem,
    Bottleneck,
    Listing,
    ListingLink,
    WeakLink,
    WeakLinkListing,
)
from tests.demo.region import NOW

PASSWORD_HASHERS = ["mengkeju.demo.passwords.DemoPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


def test_the_counts_are_those_of_the_design(region: Loaded) -> None:
    assert (region.firms, region.needs_fictional) == (52, 66)
    assert region.achievements_real + region.achievements_fictional == 120
    facts = read("facts")
    assert region.organisations_real == len(facts["organisations"]) + len(facts["platforms"])
    assert region.needs_real == sum(row["kind"] == "technology" for row in facts["needs"])
    assert region.achievements_real == len(facts["achievements"])
    assert region.organisations_fictional == len(fiction.organisations())


def test_each_officer_has_something_to_decide_and_nobody_else_sees_it(region: Loaded) -> None:
    assert (region.needs_waiting, region.needs_refining, region.organisations_waiting) == (2, 4, 3)
    assert Counter(Listing.objects.values_list("kind", "state")) == {
        ("need", "published"): region.needs_real + 66,
        ("need", "submitted"): 2,
        ("need", "refining"): 3,
        ("need", "tracking"): 1,
        ("need", "closed"): 1,
        ("achievement", "published"): 120,
        ("achievement", "dormant"): 1,
        ("strength", "published"): 3,
        ("capability", "published"): 9,
        ("post", "published"): 6,
        ("cohort", "published"): 5,
    }
    waiting = Listing.objects.get(external_id="need-waiting-plate")
    for login, needs, applicants in (
        ("officer-hohhot", {"need-waiting-plate"}, {"川下牧机有限公司（演示）"}),
        ("officer-baotou", {"need-waiting-sludge"}, {"鹿北永磁电机有限公司（演示）"}),
        ("officer-region", {row["key"] for row in fiction.waiting_needs()}, {r["name"] for r in fiction.applicants()}),
    ):
        actor = Cast().actor(login)
        assert {row.external_id for row in queries.review_queue(actor)} == needs
        assert {row.name for row in directory.verification_queue(actor)} == applicants
    assert queries.find(ANONYMOUS, waiting.uid) is None
    assert not queries.search_documents([waiting.uid])
    assert not queries.match_documents("need", [waiting.uid])
    assert not queries.public_needs().filter(pk=waiting.pk).exists()
    open_duties = Duty.objects.filter(closed_at=None, key__in=["review_listing", "verify_organisation"])
    assert open_duties.count() == 5
    assert not open_duties.filter(due_on__lt=clock.today(NOW)).exists()


def test_what_the_texts_say_belongs_together_is_linked_once_and_seen_from_both_ends() -> None:
    stated = sources.links()
    assert ("a-fine-carbon", "a-coal-waste", "part_of") in stated
    assert ("a-coal-waste", "n-slag", "answers") in stated
    real = ListingLink.objects.filter(source__source=sources.SOURCE)
    found = set(real.values_list("source__external_id", "target__external_id", "role"))
    assert found == set(stated)
    assert Event.objects.filter(type="listing.linked").count() == len(stated)
    ends = {row.external_id: row for row in Listing.objects.filter(source=sources.SOURCE)}
    seen = [(row.word, row.listing.uid) for row in queries.linked_with(ends["a-coal-waste"], ANONYMOUS)]
    assert seen == [("其中一部分", ends["a-fine-carbon"].uid), ("对应的需求", ends["n-slag"].uid)]
    (answer,) = queries.linked_with(ends["n-slag"], ANONYMOUS)
    assert (answer.word, answer.listing.uid, answer.reported) == ("对应的成果", ends["a-coal-waste"].uid, True)
    for key, other in (("n-slag", "a-coal-waste"), ("a-coal-waste", "n-slag")):
        page = Client().get(ends[key].get_absolute_url()).content.decode()
        panel = page.partition('aria-labelledby="linked"')[2].partition("</section>")[0]
        assert ends[other].get_absolute_url() in panel
        assert "据公开报道" in panel


def test_the_home_page_accounts_for_every_need() -> None:
    page = Client().get("/").content.decode()
    assert "87 项需求" in page  # the 86 on the shelf, and one that is closed
    shown = [int(number) for number in re.findall(r">(\d+) 条</a>", page)]
    assert len(shown) == 2
    assert f"另有 {86 - sum(shown)} 项未载明城市" in page
    listed = Client().get("/needs/at/need/?city=none")
    assert listed.context["page"].paginator.count == 86 - sum(shown) == 2
    assert {row.area for row in listed.context["page"]} == {""}


def test_a_second_load_changes_nothing(region: Loaded) -> None:
    models = [model for model in apps.get_models() if model._meta.app_config.name.startswith("mengkeju.")]
    assert {Account, Person, Organisation, Membership, Listing, Intention, Message, Duty, Event} < set(models)
    before = {model: model._base_manager.count() for model in models}
    assert load(now=NOW + timedelta(days=3)) == region
    assert {model: model._base_manager.count() for model in models} == before


def test_the_record_is_in_order_of_time_and_has_no_future() -> None:
    times = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[-1] <= NOW


def test_listings_are_published_on_the_stated_day_in_office_hours() -> None:
    timeline = Timeline(NOW)
    stated = {row["key"]: row["published_on"] for kind in fiction.KINDS for row in fiction.dated_rows(kind, timeline)}
    assert stated["need-slag-decarbon"] == date(2026, 11, 10)  # on the first working day after the files were written
    for listing in Listing.objects.filter(source=fiction.SOURCE, state__in=["published", "dormant", "closed"]):
        assert listing.published_at is not None
        local = listing.published_at.astimezone(clock.ZONE)
        assert local.date() == stated[listing.external_id]
        assert 9 <= local.hour < 18
        assert listing.created_at < listing.published_at


def test_real_entries_say_so_and_have_no_contact_login_code_or_deal() -> None:
    real = Organisation.objects.filter(source=sources.SOURCE)
    assert not real.filter(fictional=True).exists()
    assert not real.exclude(credit_code="").exists()
    assert not real.filter(state="verified").exists()
    assert not Membership.objects.filter(organisation__in=real).exists()
    people = Person.objects.filter(source=sources.SOURCE)
    assert people.count() == len(read("facts")["people"])
    assert not people.exclude(account=None).exists()
    assert not people.exclude(phone="").exists()
    listings = Listing.objects.filter(source=sources.SOURCE)
    assert all(listing.from_source and listing.contact is None for listing in listings)
    assert not listings.exclude(price_low=None, price_high=None, deadline=None).exists()
    assert not listings.filter(details__values__has_key="trl").exists()
    involved = Intention.objects.filter(target__in=listings) | Intention.objects.filter(counter__in=listings)
    assert not involved.exists()


def test_every_act_on_a_real_entry_is_its_publication_by_the_operator() -> None:
    operator = Account.objects.get(username="operator")
    real = {
        uid
        for model in (Organisation, Person, Listing)
        for uid in model._base_manager.filter(source=sources.SOURCE).values_list("uid", flat=True)
    }
    events = [e for e in Event.objects.all() if e.subject_uid in real]
    assert {e.type for e in events} == {
        "organisation.created",
        "organisation.title_granted",
        "person.published",
        "listing.created",
        "listing.publish_source",
        "listing.linked",
    }
    assert {e.actor_account for e in events} == {operator.uid}


@pytest.mark.covers("TRD-11")
def test_titles_of_real_organisations_are_those_the_texts_name_without_day_and_authority() -> None:
    facts = read("facts")
    named = {
        row["id"]
        for row in [*facts["organisations"], *facts["platforms"]]
        if "自治区技术转移服务机构" in row.get("facts", [])
    }
    held = Title.objects.filter(holder__source=sources.SOURCE).select_related("holder")
    assert {title.holder.external_id for title in held} == named == {"kexin", "pf-sjtu-institute"}
    for title in held:
        assert (title.kind, title.level, title.day_known) == ("transfer_body", "region", False)
        assert (title.issued_by, title.origin) == ("公开资料未载", "source")
    listed = bodies.register_of_bodies(ANONYMOUS, bodies.RegisterFilter(clock.today(NOW)))
    assert {body.fictional for body in listed} == {True, False}
    branches = bodies.register_of_bodies(ANONYMOUS, bodies.RegisterFilter(clock.today(NOW), "transfer_branch"))
    assert [(body.parent_name, body.fictional) for body in branches] == [("演示国家技术转移中心（演示）", True)]


def test_texts_of_real_entries_are_those_of_the_file() -> None:
    by_id = {row["id"]: row for row in read("facts")["achievements"]}
    for listing in Listing.objects.filter(source=sources.SOURCE, kind="achievement"):
        row = by_id[listing.external_id]
        assert (listing.title, listing.summary) == (row["title"], row["description"])
        stage = {"early": {"rnd", "trial"}, "mid": {"pilot"}, "mature": {"industrial", "commercial"}}
        assert row["stage"] in stage[listing.maturity]
        team = list(listing.participations.filter(role="team").values_list("person__external_id", flat=True))
        assert team == row.get("people", [])


def test_figures_keep_bound_and_unit() -> None:
    rows = [{"name": "增幅", "value": 10, "unit": "%", "bound": "at_most"}, {"name": "产能", "value": 3, "unit": "吨"}]
    assert figures(rows) == ["增幅 不超过 10 %", "产能 3 吨"]


def test_everything_invented_is_marked_and_verified_by_an_officer() -> None:
    invented = Organisation.objects.filter(fictional=True)
    assert all("（演示）" in o.name for o in invented)
    waiting = {row["uscc"] for row in fiction.applicants()}
    assert set(invented.exclude(credit_code__in=waiting).values_list("state", flat=True)) == {"verified"}
    assert set(invented.filter(credit_code__in=waiting).values_list("state", flat=True)) == {"submitted"}
    assert not Listing.objects.filter(owner__in=invented, fictional=False).exists()
    assert not Intention.objects.filter(fictional=False).exists()
    officers = set(Account.objects.filter(username__startswith="officer-").values_list("uid", flat=True))
    decided = Event.objects.filter(type__in=["organisation.verify", "listing.approve"])
    # The region's own window has nobody above it: the platform sets it up.
    (by_platform,) = decided.filter(actor_account=None)
    assert invented.get(uid=by_platform.subject_uid).area == "150000"
    assert set(decided.exclude(actor_account=None).values_list("actor_account", flat=True)) <= officers


def test_no_officer_decided_on_his_own_organisation() -> None:
    own = {
        (account, organisation)
        for account, organisation in Membership.objects.values_list("person__account__uid", "organisation__uid")
    }
    owner_of = dict(Listing.objects.exclude(owner=None).values_list("uid", "owner__uid"))
    decided = Event.objects.filter(type__in=["organisation.verify", "listing.approve"])
    pairs = {(e.actor_account, owner_of.get(e.subject_uid, e.subject_uid)) for e in decided}
    assert len(pairs) > 50
    assert not pairs & own


def test_intentions_stand_in_every_part_of_the_way() -> None:
    assert Counter(Intention.objects.values_list("state", flat=True)) == {
        "declared": 3,
        "accepted": 2,
        "declined": 1,
        "talking": 1,
        "ready": 1,
    }
    introduced = Intention.objects.exclude(broker=None).get()
    assert introduced.introduced_at is not None
    assert introduced.declaring_confirmed_at is not None
    assert all(message.text for message in Message.objects.all())


def test_the_logins_have_the_roles_of_the_file() -> None:
    assert len(logins()) == 12
    for row in logins():
        actor = provider().actor_for(Account.objects.get(username=row["username"]))
        assert actor.memberships, row["username"]
        roles = {r["role"] for r in row["roles"]} - {"org_manager", "member"}
        assert {g.role for g in actor.grants} == {"officer" if role == "parent_officer" else role for role in roles}
        assert any(m.manager for m in actor.memberships) or "org_manager" not in {r["role"] for r in row["roles"]}


def test_nobody_can_sign_in_unless_the_site_is_a_demo() -> None:
    assert not settings.DEMO
    assert not any(account.has_usable_password() for account in Account.objects.all())


def test_on_a_demo_site_the_logins_get_a_password_that_works_nowhere_else(settings: Any) -> None:
    settings.DEMO, settings.PASSWORD_HASHERS = True, PASSWORD_HASHERS
    Cast().enter_logins(NOW)
    usable = {a.username: a.password for a in Account.objects.all() if a.has_usable_password()}
    assert set(usable) == {row["username"] for row in logins()}
    assert all(check_password(PASSWORD, kept) for kept in usable.values())
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS[1:]
    assert not check_password(PASSWORD, usable["luyuan"])
    assert check_password("another-password", make_password("another-password"))


def test_a_load_stopped_in_the_middle_is_completed_by_the_next(region: Loaded) -> None:
    timeline, _cast = plan(NOW)
    assert len(timeline) > 1000 / 2
    last = Listing.objects.filter(source=fiction.SOURCE, state="published").latest("pk")
    Listing.objects.filter(pk=last.pk).update(state="draft", published_at=None)  # as if stopped after creating it
    load(now=NOW)
    last.refresh_from_db()
    assert last.state == "published"


def test_the_record_can_be_sealed_and_verified() -> None:
    while audit.seal_pending(now=NOW):
        pass
    assert [finding for finding in audit.verify() if finding.broken] == []


def test_a_missing_name_is_an_error_not_a_guess() -> None:
    with pytest.raises((KeyError, ObjectDoesNotExist)):
        Cast().actor("nobody")


@pytest.mark.covers("NED-15")
def test_the_lists_are_those_of_their_file_and_a_second_load_adds_nothing() -> None:
    def standing() -> list[int]:
        return [model._base_manager.count() for model in (WeakLink, WeakLinkListing, Agenda, AgendaItem, Bottleneck)]

    before = standing()
    assert before[0] == len(read("lists")["weak_links"])
    load(now=NOW)
    assert standing() == before
    stated = Agenda.objects.get(source=sources.SOURCE)
    facts = {row["title"] for row in read("facts")["needs"] if row.get("poser_id") == "pf-dairy"}
    titles = set(stated.items.values_list("title", flat=True))
    assert titles == {row["title"] for row in read("facts")["needs"] if row.get("status") == "在攻关议程"} & facts
    assert (stated.summary, set(stated.items.values_list("text", flat=True))) == ("", {""})
    assert not stated.items.exclude(solved_on=None).exists()
    assert Counter(Bottleneck.objects.values_list("state", flat=True)) == {"in_progress": 1, "nominated": 1}
    assert not WeakLink.objects.filter(fictional=False).exists()
    assert not Bottleneck.objects.filter(fictional=False).exists()
