"""The pages of webhooks: who keeps them, what they show, and that the secret is shown once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.directory import actions
from mengkeju.directory.actions import WebhookInput
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Event, EventPayload, WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.models.webhook import STATES
from mengkeju.kernel.webhooks import deliveries, reads, signing
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import offered
from mengkeju.kernel.webhooks.workflow import BLOCK, MANAGE, READ, WEBHOOK
from tests import factories as f
from tests.access_forms import assert_forms_agree

pytestmark = pytest.mark.django_db
URL = "https://hook.example.org/mengkeju"
GIVEN = WebhookInput(URL, "科研系统同步", ("listing.approve", "listing.close"))
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def made(owner: Organisation | None = None, given: WebhookInput = GIVEN) -> WebhookEndpoint:
    by = f.actor(f.manager(owner) if owner else f.operator())
    return actions.create_webhook(owner, given, by=by, now=f.AT)[0]


def delivered(of: WebhookEndpoint, **given: Any) -> WebhookDelivery:
    values = {"type": "listing.approve", "outcome": "failed", "attempts": 3, "ended_at": f.AT, "attempted_at": f.AT}
    times = dict.fromkeys(("happened_at", "created_at", "queued_at", "next_at"), f.AT)
    return WebhookDelivery.objects.create(endpoint=of, **(values | times | given))


def post_new(client: Client, owner: Organisation, **other: Any) -> Any:
    address = reverse("webhook-new", args=[owner.uid])
    key = client.get(address).context["form"]["one_time_key"].value()
    sent = {"url": URL, "description": "同步", "types": ["listing.approve"], "one_time_key": key, **other}
    return client.post(address, sent)


def test_a_manager_makes_one_and_sees_the_secret_once() -> None:
    owner = f.organisation()
    client = f.signed_in_client(f.manager(owner))
    answer = post_new(client, owner)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    secret = SECRET.search(answer.content.decode())
    assert secret is not None
    endpoint = WebhookEndpoint.objects.get()
    assert signing.opened(endpoint.secret) == secret.group()
    assert endpoint.organisation == owner.uid
    assert endpoint.area == owner.area
    sent = {"url": URL, "description": "同步", "types": ["listing.approve"]}
    again = client.post(
        reverse("webhook-new", args=[owner.uid]), {**sent, "one_time_key": answer.wsgi_request.POST["one_time_key"]}
    )
    assert not SECRET.search(again.content.decode())
    assert WebhookEndpoint.objects.count() == 1
    page = client.get(endpoint.get_absolute_url()).content.decode()
    assert URL in page
    assert not SECRET.search(page)
    assert not SECRET.search(str(list(EventPayload.objects.values_list("body", flat=True))))


@pytest.mark.parametrize(
    ("field", "other"),
    [("url", {"url": "http://hook.example.org/"}), ("url", {"url": "https://10.0.0.1/"}), ("types", {"types": []})],
)
def test_what_is_wrong_is_said_at_its_field(field: str, other: dict[str, Any]) -> None:
    owner = f.organisation()
    answer = post_new(f.signed_in_client(f.manager(owner)), owner, **other)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not WebhookEndpoint.objects.exists()


def test_an_event_not_on_offer_is_refused() -> None:
    with pytest.raises(ValidationError):
        made(f.organisation(), WebhookInput(URL, "x", ("webhook.created",)))


def test_an_organisation_has_so_many_and_no_more() -> None:
    owner = f.organisation()
    endpoints = [made(owner) for _number in range(FIGURES.per_organisation)]
    with pytest.raises(ValidationError):
        made(owner)
    actions.delete_webhook(endpoints[0], by=f.actor(f.manager(owner)), now=f.AT)
    made(owner)
    made(f.organisation())


def actors(owner: Organisation) -> dict[str, Any]:
    return {
        "manager": f.manager(owner),
        "member": f.member(owner),
        "stranger": f.manager(f.organisation()),
        "operator": f.operator(),
        "security": f.security_admin(),
        "auditor": f.auditor(),
        "officer": f.officer(),
    }


def test_who_reads_keeps_and_disables() -> None:
    owner = f.organisation()
    theirs, platforms = made(owner), made(None)
    people = {name: f.actor(account) for name, account in actors(owner).items()}
    from mengkeju.kernel.access import may  # noqa: PLC0415 - one use

    def who(permission: str, endpoint: WebhookEndpoint) -> set[str]:
        return {name for name, actor in people.items() if may(actor, permission, endpoint)}

    assert who(READ, theirs) == {"manager", "security", "auditor"}
    assert who(READ, platforms) == {"operator", "security", "auditor"}
    assert who(MANAGE, theirs) == {"manager"}
    assert who(MANAGE, platforms) == {"operator"}
    assert who(BLOCK, theirs) == {"security"}
    assert_forms_agree([READ, MANAGE, BLOCK], people, WebhookEndpoint.objects.all())


def test_the_pages_answer_as_the_table_says() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    delivery = delivered(endpoint)
    people = actors(owner)
    clients = {name: f.signed_in_client(account) for name, account in people.items()}
    page, listing = endpoint.get_absolute_url(), reverse("webhooks")
    assert Client().get(page).status_code == 302
    status = {name: client.get(page).status_code for name, client in clients.items()}
    assert {name for name, code in status.items() if code == 200} == {"manager", "security", "auditor"}
    assert {code for name, code in status.items() if name not in {"manager", "security", "auditor"}} == {404}
    lists = {name: client.get(listing).status_code for name, client in clients.items()}
    assert {name for name, code in lists.items() if code == 403} == {"member", "officer"}
    assert "科研系统同步" not in clients["operator"].get(listing).content.decode()
    for name in ("webhook-ping", "webhook-pause", "webhook-delete", "webhook-replay"):
        codes = {
            who: clients[who].post(reverse(name, args=[endpoint.uid])).status_code for who in ("auditor", "member")
        }
        assert codes == {"auditor": 403, "member": 404}, name
    again = reverse("webhook-delivery-replay", args=[delivery.uid])
    assert clients["security"].post(again).status_code == 403
    assert clients["stranger"].post(again).status_code == 404
    assert clients["manager"].post(reverse("webhook-block", args=[endpoint.uid]), {"note": "x"}).status_code == 403
    assert Event.objects.filter(type__in=["webhook.pinged", "webhook.replayed", "webhook.pause"]).count() == 0


def test_the_log_shows_attempts_answers_as_text_and_replays() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    delivery = delivered(endpoint, status=500, answer="<script>alert(1)</script>", took=12)
    delivered(endpoint, outcome="delivered", status=204)
    client = f.signed_in_client(f.manager(owner))
    text = client.get(endpoint.get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text
    assert delivery.message in text
    only = client.get(endpoint.get_absolute_url(), {"outcome": "delivered"}).content.decode()
    assert delivery.message not in only
    client.post(reverse("webhook-delivery-replay", args=[delivery.uid]))
    delivery.refresh_from_db()
    assert (delivery.outcome, delivery.attempts) == ("waiting", 0)
    late = delivered(endpoint)
    client.post(
        reverse("webhook-replay", args=[endpoint.uid]), {"since": (f.AT + timedelta(days=1)).date().isoformat()}
    )
    late.refresh_from_db()
    assert late.outcome == "failed"
    client.post(reverse("webhook-replay", args=[endpoint.uid]), {"since": f.AT.date().isoformat()})
    late.refresh_from_db()
    assert late.outcome == "waiting"
    assert Event.objects.filter(type="webhook.replayed").count() == 2


def test_pause_resume_ping_and_delete_by_the_buttons() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    client = f.signed_in_client(f.manager(owner))
    for step, state in (("ping", "active"), ("pause", "paused"), ("resume", "active")):
        client.post(reverse(f"webhook-{step}", args=[endpoint.uid]))
        endpoint.refresh_from_db()
        assert endpoint.state == state
    assert endpoint.deliveries.get().type == "webhook.ping"
    client.post(reverse("webhook-delete", args=[endpoint.uid]))
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.archived_at is not None) == ("", True)
    assert endpoint.deliveries.get().outcome == "dropped"
    assert client.get(endpoint.get_absolute_url()).status_code == 404
    kinds = Event.objects.filter(subject_uid=endpoint.uid).order_by("pk").values_list("type", flat=True)
    assert list(kinds) == ["webhook.created", "webhook.pinged", "webhook.pause", "webhook.resume", "webhook.deleted"]


def test_the_security_administrator_disables_any_with_a_reason_and_managers_cannot_undo_it() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    client = f.signed_in_client(f.security_admin())
    block = reverse("webhook-block", args=[endpoint.uid])
    client.post(block)
    endpoint.refresh_from_db()
    assert endpoint.state == "active"  # no reason given
    client.post(block, {"note": "接收端疑似被冒用"})
    endpoint.refresh_from_db()
    assert endpoint.state == "blocked"
    f.signed_in_client(f.manager(owner)).post(reverse("webhook-resume", args=[endpoint.uid]))
    endpoint.refresh_from_db()
    assert endpoint.state == "blocked"
    client.post(reverse("webhook-unblock", args=[endpoint.uid]))
    endpoint.refresh_from_db()
    assert endpoint.state == "paused"


def test_editing_from_an_old_page_shows_both_versions() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    client = f.signed_in_client(f.manager(owner))
    address = reverse("webhook-edit", args=[endpoint.uid])
    sent = {"url": URL, "description": "改过", "types": ["listing.approve"], "revision": endpoint.revision}
    assert client.post(address, sent).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.types) == ("改过", ["listing.approve"])
    assert client.post(address, {**sent, "description": "又改"}).status_code == 409
    with pytest.raises(StaleRevisionError):
        actions.edit_webhook(endpoint, GIVEN, revision=1, by=f.actor(f.manager(owner)), now=f.AT)


def test_rotation_shows_a_new_secret_and_a_second_one_must_say_at_once() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    old = endpoint.secret
    client = f.signed_in_client(f.manager(owner))
    address = reverse("webhook-rotate", args=[endpoint.uid])
    assert client.get(address).status_code == 200
    shown = SECRET.search(client.post(address).content.decode())
    endpoint.refresh_from_db()
    assert shown is not None
    assert signing.opened(endpoint.secret) == shown.group()
    now = clock.now()
    assert endpoint.secrets(now) == [endpoint.secret, old]
    assert endpoint.secrets(now + FIGURES.overlap) == [endpoint.secret]
    assert client.post(address).status_code == 422
    assert client.post(address, {"at_once": "on"}).status_code == 200
    endpoint.refresh_from_db()
    assert endpoint.secrets(now) == [endpoint.secret]


def test_making_and_rotating_ask_for_the_password_again() -> None:
    owner = f.organisation(founder=f.account(password=f.PASSWORD))
    endpoint = made(owner)
    client = f.signed_in_client(f.manager(owner))
    for address in (reverse("webhook-new", args=[owner.uid]), reverse("webhook-rotate", args=[endpoint.uid])):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_only_its_keeper_makes_changes() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    for who in (f.member(owner), f.security_admin(), f.operator()):
        by = f.actor(who)
        with pytest.raises(RefusedError):
            actions.create_webhook(owner, GIVEN, by=by, now=f.AT)
        with pytest.raises(RefusedError):
            actions.rotate_webhook_secret(endpoint, at_once=False, by=by, now=f.AT)
        with pytest.raises(RefusedError):
            actions.delete_webhook(endpoint, by=by, now=f.AT)
        with pytest.raises(RefusedError):
            deliveries.ping(endpoint, by=by, now=f.AT)


def test_the_table_of_states_is_the_workflows() -> None:
    assert set(STATES) == set(WEBHOOK.states)
    assert reads.counts(made(f.organisation())) == {}
    assert offered()


def test_the_keepers_and_programs_the_kernel_asks_for() -> None:
    owner, other = f.organisation(), f.organisation(verified=False)
    f.member(owner)
    operator = f.operator()
    made(owner), made(other)
    assert provider().keepers_of(owner.uid) == [f.manager(owner).uid]
    assert operator.uid in provider().keepers_of(None)
    found = provider().programs_of([owner.uid, other.uid, f.organisation().uid])
    assert set(found) == {owner.uid, other.uid}
    assert found[owner.uid].verified_organisations == {owner.uid}
    assert found[other.uid].verified_organisations == frozenset()
    assert not found[owner.uid].managed_organisations


def test_pages_in_english() -> None:
    owner = f.organisation()
    endpoint = made(owner)
    delivered(endpoint, status=500, error="timeout", answer="x")
    client = f.signed_in_client(f.manager(owner))
    client.cookies["django_language"] = "en"
    for address in (reverse("webhooks"), endpoint.get_absolute_url()):
        text = client.get(address).content.decode()
        assert "Webhook" in text
        assert "推送" not in text.replace("科研系统同步", "")
