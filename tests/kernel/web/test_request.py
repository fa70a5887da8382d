"""Every view says what it asks; the decorators ask it."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from mengkeju.kernel import access
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError, has_role
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.web.request import (
    PUBLIC,
    VIEW_PERMISSION,
    Request,
    object_permission,
    permission,
    signed_in_object_permission,
)

MEMBER = Actor(account_id=1, account_uid=uuid4())
BROKER = Actor(account_id=2, grants=(access.Grant("broker", "platform"),))


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_rules", Registry("permissions"))
    access.register({"t.thing:do": ((has_role("broker"),),)})


def view(request: Request) -> HttpResponse:
    return HttpResponse("shown")


def asked(made: Any, actor: Actor) -> Any:
    request = RequestFactory().get("/there/", {"q": "rare earth"})
    request.actor = actor  # type: ignore[attr-defined]  # what the middleware does
    return made(request)


def test_public_is_open_and_signed_in_leads_to_the_door() -> None:
    assert asked(permission(PUBLIC)(view), ANONYMOUS).content == b"shown"
    for made in (permission("signed-in")(view), signed_in_object_permission("t.thing:do")(view)):
        sent = asked(made, ANONYMOUS)
        assert (sent.status_code, sent["Location"]) == (
            302, "/accounts/login/?next=/there/%3Fq%3Drare%2Bearth",
        )  # fmt: skip
        assert asked(made, MEMBER).content == b"shown"


def test_a_permission_of_the_table_is_asked_before_the_view_runs() -> None:
    made = permission("t.thing:do")(view)
    assert asked(made, ANONYMOUS).status_code == 302
    with pytest.raises(RefusedError):
        asked(made, MEMBER)
    assert asked(made, BROKER).content == b"shown"


def test_each_decorator_leaves_the_name_on_the_view() -> None:
    for decorator in (permission, object_permission, signed_in_object_permission):

        def fresh(request: Request) -> HttpResponse:
            return view(request)

        assert getattr(decorator("t.thing:do")(fresh), VIEW_PERMISSION) == "t.thing:do"
