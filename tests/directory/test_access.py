"""The permission table of the directory: both forms agree, and the three administrations stay apart."""

import pytest

from mengkeju.directory.access import Perm
from mengkeju.directory.models import ApiToken, BodyEvaluation, Invitation, Organisation, Person, Title
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may, permissions
from tests import factories, tokens
from tests.access_forms import assert_forms_agree, disagreements
from tests.directory.body_samples import evaluated
from tests.directory.test_titles import granted as title_of

ABOUT_ORGANISATIONS = [
    Perm.ORGANISATION_EDIT,
    Perm.ORGANISATION_SUBMIT,
    Perm.ORGANISATION_VERIFY,
    Perm.TITLE_GRANT,
    Perm.EVALUATE,
    Perm.MEMBERS_OPEN,
    Perm.COLLEAGUE_READ,
    Perm.COLLEAGUE_INVITE,
    Perm.COLLEAGUE_MANAGE,
    Perm.ORGANISATION_READ,
    Perm.APITOKEN_CREATE_SERVICE,
]
ABOUT_PEOPLE = [Perm.PERSON_READ, Perm.PERSON_EDIT, Perm.PERSON_EXPORT, Perm.PERSON_ERASE]
ABOUT_TOKENS = [Perm.APITOKEN_READ, Perm.APITOKEN_REVOKE]
ABOUT_TITLES = [Perm.TITLE_READ, Perm.TITLE_WITHDRAW]
ABOUT_EVALUATIONS = [Perm.EVALUATION_READ, Perm.EVALUATION_WITHDRAW]
ABOUT_OBJECTS = {
    *ABOUT_ORGANISATIONS,
    *ABOUT_PEOPLE,
    *ABOUT_TOKENS,
    *ABOUT_TITLES,
    *ABOUT_EVALUATIONS,
    Perm.INVITATION_READ,
}
# Every permission of the audit set whose verb is not `read`: it looks, or takes away as a file what it may read.
LOOKED_AT_BY_AUDITORS = {
    "listings.listing:read_members",
    "listings.listing:read_parties",
    "listings.ip_right:read_claims",  # why a right is claimed, its fees and its record
    "deals.registration:queue",  # what waits at the registrar's desk
    "deals.intention:see_stalled",  # where a pair stands that does not move
    "listings.release:check",  # the sums and the preview of a joint release before its moment
    "matching.partners:list",  # which partners along the chain a capability was shown
    "deals.agency:read_sheet",  # the year of a technology-transfer body
    "deals.deal:read_inside",  # what of a deal only its sides know: texts, offers, prices
    "deals.landing:region",  # the sums of landings and benefits, of everything one may read
    "listings.evidence:export",  # the signed sheet on what was disclosed; the record says who took it
}


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
    factories.organisation(area="110000")  # 区外
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
        "officer and member": factories.actor(
            factories.with_role("officer", area=factories.BAOTOU, of=factories.member(firm))
        ),
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


def test_both_forms_agree_on_tokens(actors: dict[str, Actor]) -> None:
    firm = Organisation.objects.get(zone="150271")
    tokens.issue_service(firm)
    tokens.issue(factories.manager(firm))
    assert_forms_agree(ABOUT_TOKENS, actors, ApiToken.objects.all())


def test_both_forms_agree_on_titles(actors: dict[str, Actor]) -> None:
    for organisation in Organisation.objects.filter(area=factories.KUNDULUN):
        title_of(organisation)
    gone = Title.objects.first()
    assert gone is not None
    Title.objects.filter(pk=gone.pk).update(archived_at=factories.AT, archived_by=gone.created_by)
    assert_forms_agree([Perm.TITLE_WITHDRAW], actors, Title.objects.all())
    assert not disagreements([Perm.TITLE_READ], actors, Title.objects.all())  # everybody reads a title


def test_both_forms_agree_on_evaluations(actors: dict[str, Actor]) -> None:
    for organisation in Organisation.objects.filter(area=factories.KUNDULUN):
        evaluated(organisation)
    gone = BodyEvaluation.objects.first()
    assert gone is not None
    BodyEvaluation.objects.filter(pk=gone.pk).update(archived_at=factories.AT, archived_by=gone.created_by)
    assert_forms_agree([Perm.EVALUATION_WITHDRAW], actors, BodyEvaluation.objects.all())
    assert not disagreements([Perm.EVALUATION_READ], actors, BodyEvaluation.objects.all())  # everybody reads it


def test_nobody_verifies_an_organisation_he_belongs_to(actors: dict[str, Actor]) -> None:
    (own,) = actors["officer and member"].organisations
    firm = Organisation.objects.get(uid=own)
    who = {name for name, actor in actors.items() if may(actor, Perm.ORGANISATION_VERIFY, firm)}
    assert who == {"platform", "officer of the city", "officer of the region", "officer of the zone"}
    other = factories.organisation()
    assert may(actors["officer and member"], Perm.ORGANISATION_VERIFY, other)


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
        Perm.REFERENCE_READ,
        Perm.RECORD_READ,
        Perm.JOBS_READ,
        Perm.JOBS_RUN,
        Perm.APITOKEN_CREATE,
        Perm.APITOKENS_READ,
        Perm.TITLES_READ,
        Perm.TITLE_FROM_SOURCE,
    }
    assert set(Perm) == without_object | ABOUT_OBJECTS


@pytest.mark.covers("PLT-05")
def test_the_audit_set_reads_and_changes_nothing() -> None:
    granted = [
        permission
        for permission, rule in permissions()
        if any(any(p.name == "has_role(auditor)" for p in alternative) for alternative in rule)
    ]
    assert {permission for permission in granted if permission.rpartition(":")[2] != "read"} == LOOKED_AT_BY_AUDITORS
    assert {Perm.RECORD_READ, Perm.PEOPLE_READ, Perm.ROLE_READ, Perm.VERIFICATION_READ} <= set(granted)


@pytest.mark.covers("PLT-05")
def test_the_three_administrations_do_not_share_a_write(actors: dict[str, Actor]) -> None:
    def only_by_role(who: str) -> set[str]:
        nobody = actors["nobody"]
        return {p for p in set(Perm) - ABOUT_OBJECTS if may(actors[who], p) and not may(nobody, p)}

    assert only_by_role("operator") == {
        Perm.REFERENCE_READ,
        Perm.VOCABULARY_EDIT,
        Perm.ORGANISATION_FROM_SOURCE,
        Perm.TITLE_FROM_SOURCE,
        Perm.JOBS_READ,
        Perm.JOBS_RUN,
    }
    assert only_by_role("security") == {
        Perm.PEOPLE_READ,
        Perm.ROLE_READ,
        Perm.ROLE_GRANT,
        Perm.ACCOUNT_SUSPEND,
        Perm.ACCOUNT_LOCK,
        Perm.LOCKOUT_RESET,
        Perm.APITOKENS_READ,
    }
    assert only_by_role("auditor") == {
        Perm.PEOPLE_READ,
        Perm.ROLE_READ,
        Perm.VERIFICATION_READ,
        Perm.TITLES_READ,
        Perm.RECORD_READ,
        Perm.REFERENCE_READ,
        Perm.JOBS_READ,
        Perm.APITOKENS_READ,
    }
