"""The permission table of the directory: both forms agree, and the three administrations stay apart."""

import pytest

from mengkeju.directory.access import Perm
from mengkeju.directory.models import Invitation, Organisation, Person
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may, permissions
from tests import factories
from tests.access_forms import assert_forms_agree

ABOUT_ORGANISATIONS = [
    Perm.ORGANISATION_EDIT,
    Perm.ORGANISATION_SUBMIT,
    Perm.ORGANISATION_VERIFY,
    Perm.COLLEAGUE_READ,
    Perm.COLLEAGUE_INVITE,
    Perm.COLLEAGUE_MANAGE,
    Perm.ORGANISATION_READ,
]
ABOUT_PEOPLE = [Perm.PERSON_READ, Perm.PERSON_EDIT, Perm.PERSON_EXPORT, Perm.PERSON_ERASE]
VERBS_OF_LOOKING = {"read", "read_members", "read_parties"}


def suspended(organisation: Organisation) -> Actor:
    account = factories.member(organisation, manages=True)
    account.suspended_at = factories.AT
    account.save()
    return factories.actor(account)


@pytest.fixture
def actors(db: None) -> dict[str, Actor]:
    firm = factories.organisation(zone="150271", verified=False)
    other = factories.organisation(area=factories.XINCHENG)
    archived = factories.organisation(area=factories.HOHHOT)
    Organisation.objects.filter(pk=archived.pk).update(archived_at=factories.AT, archived_by=factories.manager(other))
    unmanaged = factories.organisation()
    unmanaged.memberships.update(ended_at=factories.AT)
    return {
        "visitor": ANONYMOUS,
        "platform": SYSTEM,
        "manager": factories.actor(factories.manager(firm)),
        "member": factories.actor(factories.member(other)),
        "suspended manager": suspended(firm),
        "nobody": factories.actor(factories.account()),
        "member of the archived": factories.actor(factories.manager(archived)),
        "officer of the city": factories.actor(factories.officer()),
        "officer of the region": factories.actor(factories.officer(factories.REGION)),
        "officer of another city": factories.actor(factories.officer(factories.HOHHOT)),
        "officer of the zone": factories.actor(factories.officer("150271")),
        "officer without second factor": factories.actor(
            factories.with_role("officer", area=factories.BAOTOU, second_factor=False)
        ),
        "broker": factories.actor(factories.broker()),
        "operator": factories.actor(factories.operator()),
        "security": factories.actor(factories.security_admin()),
        "auditor": factories.actor(factories.auditor()),
    }


def test_both_forms_agree_on_organisations(actors: dict[str, Actor]) -> None:
    assert_forms_agree(ABOUT_ORGANISATIONS, actors, Organisation.objects.all())


def test_both_forms_agree_on_people(actors: dict[str, Actor]) -> None:
    assert_forms_agree(ABOUT_PEOPLE, actors, Person.objects.all())


def test_both_forms_agree_on_invitations(actors: dict[str, Actor]) -> None:
    for organisation in Organisation.objects.filter(archived_at=None):
        Invitation.objects.create(
            organisation=organisation,
            email="a@example.org",
            token_digest=f"{organisation.pk:064}",
            expires_at=factories.AT,
            created_at=factories.AT,
        )
    assert_forms_agree([Perm.INVITATION_READ], actors, Invitation.objects.all())


def test_every_object_permission_of_the_table_is_compared() -> None:
    without_object = {
        Perm.ORGANISATION_CREATE,
        Perm.ORGANISATION_FROM_SOURCE,
        Perm.VERIFICATION_READ,
        Perm.INVITATION_ACCEPT,
        Perm.PEOPLE_READ,
        Perm.ROLE_READ,
        Perm.ROLE_GRANT,
        Perm.ACCOUNT_SUSPEND,
        Perm.ACCOUNT_LOCK,
        Perm.LOCKOUT_RESET,
        Perm.VOCABULARY_READ,
        Perm.VOCABULARY_EDIT,
        Perm.RECORD_READ,
        Perm.JOBS_RUN,
    }
    assert set(Perm) == without_object | {*ABOUT_ORGANISATIONS, *ABOUT_PEOPLE, Perm.INVITATION_READ}


@pytest.mark.covers("PLT-05")
def test_the_audit_set_reads_and_changes_nothing() -> None:
    granted = [
        permission
        for permission, rule in permissions()
        if any(any(p.name == "has_role(auditor)" for p in alternative) for alternative in rule)
    ]
    assert {permission.rpartition(":")[2] for permission in granted} <= VERBS_OF_LOOKING
    assert {Perm.RECORD_READ, Perm.PEOPLE_READ, Perm.ROLE_READ, Perm.VERIFICATION_READ} <= set(granted)


@pytest.mark.covers("PLT-05")
def test_the_three_administrations_do_not_share_a_permission(actors: dict[str, Actor]) -> None:
    def only_by_role(who: str) -> set[str]:
        nobody = actors["nobody"]
        about_nothing = set(Perm) - {*ABOUT_ORGANISATIONS, *ABOUT_PEOPLE, Perm.INVITATION_READ}
        return {p for p in about_nothing if may(actors[who], p) and not may(nobody, p)}

    assert only_by_role("operator") == {Perm.VOCABULARY_EDIT, Perm.ORGANISATION_FROM_SOURCE, Perm.JOBS_RUN}
    assert only_by_role("security") == {
        Perm.PEOPLE_READ,
        Perm.ROLE_READ,
        Perm.ROLE_GRANT,
        Perm.ACCOUNT_SUSPEND,
        Perm.ACCOUNT_LOCK,
        Perm.LOCKOUT_RESET,
    }
    assert only_by_role("auditor") == {Perm.PEOPLE_READ, Perm.ROLE_READ, Perm.VERIFICATION_READ, Perm.RECORD_READ}
