"""Export and erasure walk the marks of all models; after an erasure nothing of the person is left."""

import json

import pytest
from allauth.account.models import EmailAddress
from click.testing import CliRunner
from django.apps import apps
from django.core import serializers
from django.urls import reverse

from mengkeju.directory import actions, commands
from mengkeju.directory.actions import ProfileInput, personal
from mengkeju.directory.models import Invitation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.models import Account, Event, EventPayload, Notice, personal_fields
from mengkeju.kernel.notices import notify
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db
# Rows of these cannot be traced to a person and are held by law; each with its ground.
HELD_BY_LAW = {"listings.IpRight": "公开的专利登记信息"}
NAME, PHONE, EMAIL, LOGIN, POSITION = "卓拉特木尔", "0472-7654321", "zlt@planted.example", "zhuolatemuer", "首席发酵师"


def test_every_marked_model_is_traced_to_a_person_or_held_by_law() -> None:
    untraced = {m._meta.label for m in personal.marked_models() if not personal.is_linked(m)}
    assert untraced == set(HELD_BY_LAW)


@pytest.fixture
def planted() -> Person:
    account = factories.account(LOGIN, email=EMAIL, name="曾用名特木尔", password=factories.PASSWORD)
    EmailAddress.objects.create(user=account, email=EMAIL, primary=True)
    firm = factories.organisation(founder=account)
    person = factories.person(account)
    actions.edit_profile(person, ProfileInput(NAME, POSITION, PHONE), by=factories.actor(account), now=AT)
    other = factories.organisation()
    boss = factories.actor(factories.manager(other))
    actions.invite_colleague(other, EMAIL, manager=False, by=boss, now=AT)
    officer = factories.actor(factories.officer())
    actions.withdraw_verification(firm, by=officer, now=AT, note=f"{NAME}来电说明")
    notify([account.uid], "test", f"{NAME}，您好", subject_type="person", subject_uid=person.uid, now=AT)
    client = factories.signed_in_client(account)
    client.post(reverse("account_login"), {"login": LOGIN, "password": "错"})
    return Person.objects.get(pk=person.pk)


def dump() -> str:
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    return json.dumps(json.loads(serializers.serialize("json", rows)), ensure_ascii=False)


def test_export_hands_over_what_is_kept_with_its_ground(planted: Person) -> None:
    data = actions.export_person(planted, by=SYSTEM, now=AT)
    fields = {(row["model"], f["name"]): f for row in data["data"] for f in row["fields"]}
    assert fields["directory.Person", "phone"]["value"] == PHONE
    assert fields["kernel.Account", "email"]["value"] == EMAIL
    assert fields["directory.Invitation", "email"]["value"] == EMAIL
    assert fields["directory.Person", "phone"]["basis"] == personal_fields(Person)["phone"].basis
    assert [m["manager"] for m in data["memberships"]] == [True]
    assert "person.edited" in {act["type"] for act in data["acts"]}


def test_erasure_leaves_no_trace_and_the_record_still_verifies(planted: Person) -> None:
    before = dump()
    assert all(word in before for word in (NAME, PHONE, EMAIL, LOGIN, POSITION, "曾用名特木尔"))
    audit.seal_pending(now=AT)
    event = actions.erase_person(planted, by=SYSTEM, now=AT)
    audit.seal_pending(now=AT)
    after = dump()
    assert [word for word in (NAME, PHONE, EMAIL, LOGIN, POSITION, "曾用名特木尔") if word in after] == []
    assert event is not None
    findings = list(audit.verify())
    assert [f.text for f in findings if f.broken] == []
    assert len([f for f in findings if "依法删除" in f.text]) == len(event.payload.body["events"]) >= 2
    assert Event.objects.filter(type="person.edited").count() == 1, "that something happened stays"
    assert not EventPayload.objects.filter(event__type="person.edited").exists()
    gone = Person.objects.get(pk=planted.pk)
    assert (gone.name, gone.phone, gone.erased_at) == ("已删除的用户", "", AT)
    assert planted.account is not None
    account = Account.objects.get(pk=planted.account.pk)
    assert (account.is_active, account.has_usable_password()) == (False, False)
    assert not Notice.objects.filter(account=account.uid).exists()
    assert not gone.memberships.filter(ended_at=None).exists()
    assert actions.erase_person(gone, by=SYSTEM, now=AT) is None


def test_others_keep_theirs(planted: Person) -> None:
    other = factories.organisation()
    boss = factories.actor(factories.manager(other))
    actions.invite_colleague(other, "kept@example.org", manager=False, by=boss, now=AT)
    payloads = EventPayload.objects.filter(event__subject_uid=other.uid).count()
    actions.erase_person(planted, by=SYSTEM, now=AT)
    assert EventPayload.objects.filter(event__subject_uid=other.uid).count() == payloads
    assert Invitation.objects.filter(email="kept@example.org", withdrawn_at=None).exists()
    assert Person.objects.get(account=factories.manager(other)).name != "已删除的用户"


def test_a_tampered_payload_is_still_found_after_an_erasure(planted: Person) -> None:
    actions.erase_person(planted, by=SYSTEM, now=AT)
    victim = EventPayload.objects.exclude(event__type="person.erased").order_by("-pk").first()
    assert victim is not None
    EventPayload.objects.filter(pk=victim.pk).delete()
    assert [f for f in audit.verify() if f.broken]


def test_nobody_erases_or_exports_another() -> None:
    stranger, victim = factories.actor(factories.account()), factories.person(factories.account())
    for act in (actions.erase_person, actions.export_person):
        with pytest.raises(RefusedError):
            act(victim, by=stranger, now=AT)
    with pytest.raises(RefusedError):
        actions.erase_person(victim, by=factories.actor(factories.auditor()), now=AT)


def test_the_commands_export_erase_and_verify(planted: Person) -> None:
    run = CliRunner()
    shown = run.invoke(commands.person, ["export", str(planted.uid)])
    assert PHONE in shown.output
    assert run.invoke(commands.person, ["erase", str(planted.uid)], input="n\n").exit_code == 1
    assert Person.objects.get(pk=planted.pk).erased_at is None
    assert run.invoke(commands.person, ["erase", str(planted.uid), "--yes"]).exit_code == 0
    assert run.invoke(commands.verify).exit_code == 0
    EventPayload.objects.filter(event__type="person.erased").update(body={"events": []})
    broken = run.invoke(commands.verify)
    assert broken.exit_code == 1
    assert "被改动" in broken.output


def test_erasing_oneself_asks_for_the_user_name() -> None:
    account = factories.account()
    client = factories.signed_in_client(account)
    address = reverse("person-erase")
    assert client.post(address, {"typed": "别人"}).status_code == 422
    assert client.post(address, {"typed": account.username}).status_code == 302
    assert Person.objects.get(account=account).erased_at is not None
    assert client.get(reverse("directory-me")).status_code == 302
