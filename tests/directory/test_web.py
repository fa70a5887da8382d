"""The pages: who reaches them, what they refuse and how, in Chinese at its place."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from mengkeju.directory import actions, queries
from mengkeju.directory.models import Invitation, Organisation, Person, Term
from mengkeju.directory.web import auditing, operator, security, urls
from mengkeju.kernel import jobs
from mengkeju.kernel.models import Event
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "username": "xinren",
    "email": "xinren@example.org",
    "name": "新人（演示）",
    "password1": factories.PASSWORD,
    "password2": factories.PASSWORD,
}
SIGNED_IN = ["directory-start", "directory-me", "person-edit", "person-erase", "organisation-new", "colleagues"]
BY_ROLE = {
    "verification-queue": {"officer", "auditor"},
    "people": {"security_admin", "auditor"},
    "roles": {"security_admin", "auditor"},
    "lockouts": {"security_admin", "auditor"},
    "vocabularies": {"operator", "auditor"},
    "areas": {"operator", "auditor"},
    "zone-new": {"operator"},
    "jobs": {"operator", "auditor"},
    "record": {"auditor"},
    "record-verify": {"auditor"},
}


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_sign_up_asks_for_name_and_consent() -> None:
    client = Client()
    refused = client.post(reverse("account_signup"), SIGN_UP)
    assert "同意后才能注册" in text(refused)
    done = client.post(reverse("account_signup"), SIGN_UP | {"terms": "on"})
    assert done.headers["Location"] == reverse("directory-start")
    person = Person.objects.get(account__username="xinren")
    assert person.name == "新人（演示）"
    assert queries.consent_version(person) == "2026-11-21"
    assert "登记单位" in text(client.get(reverse("directory-start")))


def test_a_user_name_cannot_look_like_an_address() -> None:
    answer = Client().post(reverse("account_signup"), SIGN_UP | {"terms": "on", "username": "a@example.org"})
    assert "不能含 @" in text(answer)


def test_oidc_stands_on_the_sign_in_page_when_configured(settings: Settings) -> None:
    assert "统一身份" not in text(Client().get(reverse("account_login")))
    app = {
        "provider_id": "oidc",
        "name": "统一身份认证",
        "client_id": "x",
        "secret": "y",
        "settings": {"server_url": "https://id.example.org"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert "统一身份认证" in text(Client().get(reverse("account_login")))


@pytest.mark.covers("PLT-05")
def test_without_second_factor_an_officer_comes_no_further_than_its_activation(settings: Settings) -> None:
    officer = factories.with_role("officer", area=factories.BAOTOU, second_factor=False)
    client = factories.signed_in_client(officer)
    for name in ("workbench", "verification-queue", "directory-me", "notices"):
        assert client.get(reverse(name)).headers["Location"] == reverse("mfa_activate_totp"), name
    assert client.get(reverse("home")).status_code == 200
    settings.REQUIRE_MFA = False
    assert client.get(reverse("verification-queue")).status_code == 200


@pytest.mark.parametrize("name", [*SIGNED_IN, *BY_ROLE])
def test_visitors_are_sent_to_sign_in(name: str) -> None:
    assert Client().get(reverse(name)).headers["Location"].startswith(reverse("account_login"))


def test_pages_open_for_their_roles_and_refuse_the_others() -> None:
    accounts = {
        "officer": factories.officer(),
        "operator": factories.operator(),
        "security_admin": factories.security_admin(),
        "auditor": factories.auditor(),
    }
    clients = {role: factories.signed_in_client(account) for role, account in accounts.items()}
    for name, roles in BY_ROLE.items():
        for role, client in clients.items():
            answer = client.get(reverse(name))
            assert answer.status_code == (200 if role in roles else 403), (name, role)
    refused = text(clients["operator"].get(reverse("record")))
    assert "谁可以办" in refused
    assert "审计管理员" in refused


def test_registering_by_double_click_makes_one() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.account())
    form = client.get(reverse("organisation-new")).context["form"]
    sent = {
        "name": "双击单位（演示）",
        "kind": "enterprise",
        "area": factories.KUNDULUN,
        "one_time_key": form.initial["one_time_key"],
    }
    first, second = (client.post(reverse("organisation-new"), sent) for _click in range(2))
    assert Organisation.objects.get().get_absolute_url() == first.headers["Location"] == second.headers["Location"]


def test_a_wrong_code_is_told_beside_its_field() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.account())
    answer = client.post(
        reverse("organisation-new"),
        {"name": "<script>alert(1)</script>", "kind": "enterprise", "area": factories.KUNDULUN, "credit_code": "91"},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["credit_code"] == ["统一社会信用代码应为 18 位，现在是 2 位"]
    assert "<script>alert(1)" not in text(answer)


def test_a_stale_edit_shows_both_versions_and_can_be_sent_again() -> None:
    firm = factories.organisation()
    client = factories.signed_in_client(factories.manager(firm))
    address = reverse("organisation-edit", args=[firm.uid])
    sent = {
        "name": firm.name,
        "kind": firm.kind,
        "area": firm.area,
        "credit_code": firm.credit_code,
        "revision": Organisation.objects.get().revision,
    }
    assert client.post(address, sent | {"industry": "乳业"}).status_code == 302
    stale = client.post(address, sent | {"industry": "钢铁"})
    assert stale.status_code == 409
    assert [(r["theirs"], r["yours"]) for r in stale.context["rows"] if r["changed"]] == [("乳业", "钢铁")]
    client.post(address, dict(stale.context["hidden"]))
    assert Organisation.objects.get().industry == "钢铁"


def test_the_page_of_an_organisation_has_one_next_step_for_each_reader() -> None:
    firm = factories.organisation(verified=False)
    manager, officer = (factories.signed_in_client(a) for a in (factories.manager(firm), factories.officer()))
    page = reverse("organisation", args=[firm.uid])
    assert Client().get(page).context["next"] is None
    assert manager.get(page).context["next"]["title"] == "提交核验"
    manager.post(reverse("organisation-submit", args=[firm.uid]))
    assert manager.get(page).context["next"]["title"] == "等待核验"
    assert officer.get(page).context["next"]["title"] == "核验这家单位"
    assert firm.name in text(officer.get(reverse("verification-queue")))
    decide = reverse("organisation-decide", args=[firm.uid, "verify"])
    assert factories.signed_in_client(factories.officer(factories.HOHHOT)).post(decide).status_code == 403
    stale = officer.post(decide, {"revision": "1"}, follow=True)
    assert "内容有了变动" in text(stale)
    officer.post(decide, {"revision": Organisation.objects.get().revision})
    assert Organisation.objects.get().verified
    assert "已核验" in text(Client().get(page))


def test_what_a_reader_may_not_see_is_not_there() -> None:
    firm = factories.organisation()
    Organisation.objects.update(archived_at=AT, archived_by=factories.manager(firm))
    stranger = factories.signed_in_client(factories.account())
    for name in ("organisation", "organisation-edit", "organisation-colleagues"):
        assert stranger.get(reverse(name, args=[firm.uid])).status_code == 404


def test_strangers_do_not_see_colleagues() -> None:
    firm = factories.organisation()
    client = factories.signed_in_client(factories.account())
    assert client.get(reverse("organisation-colleagues", args=[firm.uid])).status_code == 403


def test_inviting_and_accepting_in_the_browser(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    firm = factories.organisation()
    boss, guest = factories.signed_in_client(factories.manager(firm)), factories.signed_in_client(factories.account())
    page = reverse("organisation-colleagues", args=[firm.uid])
    key = boss.get(page).context["form"].initial["one_time_key"]
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            boss.post(page, {"email": "new@example.org", "one_time_key": key})
    assert (Invitation.objects.count(), len(mailoutbox)) == (1, 1)
    address = next(word for word in mailoutbox[0].body.split() if "/invitation/" in word)
    path = "/invitation/" + address.partition("/invitation/")[2]
    assert Client().get(path).status_code == 302
    assert firm.name in text(guest.get(path))
    assert guest.post(path).headers["Location"] == firm.get_absolute_url()
    assert guest.get(path).status_code == 410
    assert guest.get("/invitation/unknown/").status_code == 404


def test_granting_and_suspending_in_the_browser() -> None:
    target = factories.account()
    person = factories.person(target)
    client = factories.signed_in_client(factories.security_admin())
    page = reverse("person", args=[person.uid])
    assert client.post(page, {"role": "officer"}).status_code == 422
    assert client.post(page, {"role": "officer", "area": factories.BAOTOU}).status_code == 302
    assert "科技管理人员" in text(client.get(reverse("roles")))
    client.post(reverse("person-account", args=[person.uid, "suspend"]), {"note": "核查"})
    assert factories.actor(target).suspended
    assert client.post(reverse("person-account", args=[person.uid, "promote"])).status_code == 404


@pytest.mark.covers("PLT-16")
def test_the_operator_keeps_terms_and_areas_and_a_reload_leaves_them() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.operator())
    term = Term.objects.filter(vocabulary__key="cluster").first()
    assert term is not None
    sent = {
        "label": "稀土新材料",
        "label_en": "Rare earths",
        "source": "演示",
        "synonyms": "稀土\n磁材",
        "revision": term.revision,
    }
    address = reverse("term", args=["cluster", term.key])
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 409
    client.post(
        reverse("area", args=["150203"]),
        {"name": "昆都仑区", "source": "演示", "valid_to": "2026-12-31", "revision": 1},
    )
    new = {"key": "demo_term", "label": "演示词", "label_en": "Demo", "source": "演示", "one_time_key": "k"}
    for _click in range(2):
        assert client.post(reverse("vocabulary", args=["cluster"]), new).status_code == 302
    client.post(reverse("term-retire", args=["cluster", "demo_term"]))
    actions.load_reference_data()
    assert queries.term_labels("cluster")[term.key] == "稀土新材料"
    assert "demo_term" not in dict(queries.term_choices("cluster"))
    assert "150203" not in dict(queries.area_choices())
    assert Event.objects.filter(type="term.edited").count() == 1


@pytest.mark.covers("PLT-16")
def test_the_operator_adds_a_functional_zone_once_and_firms_can_choose_it() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.operator())
    new = {
        "name": "演示新区",
        "code": "Z-yanshi",
        "parent": "150203",
        "zone_kind": "新区",
        "source": "演示",
        "one_time_key": "z",
    }
    assert client.post(reverse("zone-new"), new | {"parent": "nowhere"}).status_code == 422
    for _click in range(2):
        assert client.post(reverse("zone-new"), new).status_code == 302
    taken = client.post(reverse("zone-new"), new | {"name": "另一个", "one_time_key": "y"})
    assert taken.status_code == 422
    assert "代码 Z-yanshi 已是" in text(taken)
    assert "Z-yanshi" in dict(queries.area_choices(zones=True))
    assert "Z-yanshi" in queries.codes_below("150200")
    assert Event.objects.filter(type="area.added").count() == 1


def test_the_auditor_finds_acts_and_no_address_changes_them() -> None:
    firm = factories.organisation()
    boss = factories.manager(firm)
    client = factories.signed_in_client(factories.auditor())
    found = client.get(reverse("record"), {"kind": "organisation.", "actor": boss.username, "since": "2026-11-20"})
    assert {e.type for e in found.context["page"]} == {"organisation.created"}
    assert not client.get(reverse("record"), {"actor": "谁也不是"}).context["page"].object_list
    assert not client.get(reverse("record"), {"until": "2020-01-01"}).context["page"].object_list
    event = found.context["page"][0]
    page = reverse("record-event", args=[event.uid])
    assert "name" in text(client.get(page))
    assert client.post(page).status_code == 405
    assert "没有发现改动" in text(client.get(reverse("record-verify")))


def administration(person: Person, event: Event) -> dict[str, str]:
    """Name and address of every page of operator, security administrator and auditor, with these arguments."""
    values = {
        ("people",): person.uid,
        ("record",): event.uid,
        ("roles",): person.role_grants.get().uid,
        ("jobs",): uuid4(),
        "act": "suspend",
        "key": "cluster",
        "term_key": "rare_earth",
        "code": factories.BAOTOU,
    }
    found = {}
    for entry in urls.urlpatterns:
        if entry.callback.__module__ in {m.__name__ for m in (operator, security, auditing)}:
            first = (str(entry.pattern).partition("/")[0],)
            kwargs = {key: values.get(key) or values[first] for key in entry.pattern.converters}
            found[str(entry.name)] = reverse(str(entry.name), kwargs=kwargs)
    return found


@pytest.mark.covers("PLT-05")
def test_the_auditor_reads_every_page_of_the_administrations_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    officer, auditor = factories.officer(), factories.auditor()
    gone = SimpleNamespace(id=uuid4(), task_path="mengkeju.kernel.tasks.yanshi", finished_at=AT, traceback="出错")
    monkeypatch.setattr(jobs, "failed", lambda: [gone])
    client, event = factories.signed_in_client(auditor), Event.objects.earliest("pk")
    answers = {}
    for name, page in administration(factories.person(officer), event).items():
        answer = client.get(page)
        if answer.status_code == 200:
            assert '<form method="post"' not in text(answer).partition("<main")[2].partition("</main>")[0], name
            assert reverse("zone-new") not in text(answer), name
        answers[name] = (answer.status_code, client.post(page, {"label": "改过", "name": "改过"}).status_code)
    acts = {"term-retire", "person-account", "lockout-reset", "role-revoke", "job-again"}
    assert {name for name, (read, _sent) in answers.items() if read == 405} == acts
    # A page with nothing but a form has nothing to read.
    assert {name for name, (read, _sent) in answers.items() if read == 403} == {"zone-new"}
    assert {read for name, (read, _sent) in answers.items() if name not in acts | {"zone-new"}} == {200}
    sends = {"term-retire", "vocabulary", "term", "area", "person", "zone-new"}
    assert {answers[name][1] for name in acts | sends} == {403}
    assert {sent for _read, sent in answers.values()} == {403, 405}
    assert not Event.objects.filter(actor_account=auditor.uid).exists()


def test_the_auditor_sees_what_the_operator_keeps() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.auditor())
    page = text(client.get(reverse("term", args=["cluster", "rare_earth"])))
    assert "稀土新材料" in page
    assert "包头市" in text(client.get(reverse("area", args=[factories.BAOTOU])))
    bench = text(client.get(reverse("workbench")))
    assert all(reverse(name) in bench for name in ("vocabularies", "areas", "jobs", "review-queue", "people"))


def test_lists_cost_the_same_however_long() -> None:
    factories.organisation(verified=False)
    officer, security, auditor = (
        factories.signed_in_client(a) for a in (factories.officer(), factories.security_admin(), factories.auditor())
    )
    pages = [
        (officer, reverse("verification-queue") + "?state=unverified"),
        (security, reverse("people")),
        (security, reverse("roles")),
        (auditor, reverse("record")),
    ]
    costs = [cost(client, page) for client, page in pages]
    for _more in range(3):
        factories.organisation(verified=False)
        factories.officer()
    assert [cost(client, page) for client, page in pages] == costs


def cost(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
