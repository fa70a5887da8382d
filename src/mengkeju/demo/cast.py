"""The invented people of the demo region: twelve logins, and a contact without password for each organisation."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from mengkeju.demo.files import read
from mengkeju.demo.passwords import PASSWORD
from mengkeju.directory.actions import grant_role, join_organisation, start_person
from mengkeju.directory.actions.people import sign_up_person
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import SYSTEM, Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account

MEMBERSHIPS = ("org_manager", "member")
ROLE_OF = {"parent_officer": "officer"}  # the same role over a larger area
REGION = "officer-region"
OFFICERS = {"1501": "officer-hohhot", "1502": "officer-baotou"}


def logins() -> list[dict[str, Any]]:
    """The logins as their file states them."""
    rows: list[dict[str, Any]] = read("logins")["logins"]
    return rows


def officer_for(area: str) -> str:
    """The login of the officer who decides on what lies in an area."""
    return REGION if area.endswith("00") else OFFICERS.get(area[:4], REGION)


def contact_login(key: str, name: str) -> str:
    """The login behind the contact of an organisation: one of those that may sign in, or a silent one of its own."""
    known = next((r["username"] for r in logins() if r["organisation"] == key and r["name"] == name), None)
    return str(known or f"demo-{key}")


class Cast:
    """Logins, people and actors by user name, each read once."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.usernames = {str(row["username"]) for row in logins()}
        self._people: dict[str, Person] = {}
        self._actors: dict[str, Actor] = {}

    def enter(self, username: str, name: str, now: datetime, *, may_sign_in: bool = False) -> Person:
        """The person behind a user name, made when he is missing. Only logins of the file may sign in on a demo."""
        if username in self._people:
            return self._people[username]
        account = Account.objects.filter(username=username).first() or Account.objects.create_user(username)
        if may_sign_in and settings.DEMO and not account.has_usable_password():
            account.password = make_password(PASSWORD, hasher="demo_pbkdf2_sha256")
            account.save(update_fields=["password"])
        person = Person.objects.filter(account=account).first()
        if person is None:
            start_person(account, name, now=now, fictional=True)
            person = sign_up_person(account, name, now=now)
        self._people[username] = person
        return person

    def person(self, username: str) -> Person:
        """Somebody who has entered."""
        return self._people[username]

    def actor(self, username: str) -> Actor:
        """What he may do. Here nobody signs in, so that no second factor is missing."""
        if username not in self._actors:
            account = Account.objects.get(username=username)
            self._actors[username] = replace(provider().actor_for(account), second_factor_missing=False)
        return self._actors[username]

    def forget(self, username: str) -> None:
        """Read his rights again next time, because memberships or roles have changed."""
        self._actors.pop(username, None)

    def enter_logins(self, now: datetime) -> None:
        """The logins with their roles, granted by the platform when it is set up."""
        for row in logins():
            person = self.enter(row["username"], row["name"], now, may_sign_in=True)
            for role in row["roles"]:
                if role["role"] not in MEMBERSHIPS:
                    grant_role(
                        person,
                        ROLE_OF.get(role["role"], role["role"]),
                        scope=role["scope"],
                        area=role.get("area", ""),
                        by=SYSTEM,
                        now=now,
                    )
            self.forget(row["username"])

    def join_colleagues(self, key: str, organisation: Organisation, founder: str, now: datetime) -> None:
        """Logins that belong to an organisation without having registered it."""
        for row in logins():
            if row["organisation"] == key and row["username"] != founder:
                manager = any(r["role"] == "org_manager" for r in row["roles"])
                join_organisation(
                    self.person(row["username"]), organisation, manager=manager, by=self.actor(founder), now=now
                )
                self.forget(row["username"])
