"""Who walks through the site in the crawl: one of each kind, around a firm in 昆都仑区 and an institute in 新城区."""

from dataclasses import dataclass, field

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.models import Account
from tests import factories as f
from tests.crawl.secrets_planted import Planted

OUTSIDE = "110000"  # a province-level division that is not the region


@dataclass
class Company:
    """The organisations, their people, and every account by the name it has in the crawl."""

    planted: Planted
    firm: Organisation
    institute: Organisation
    stranger: Organisation
    newcomer: Organisation
    applying: Organisation
    outside: Organisation
    accounts: dict[str, Account]
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def walkers(self) -> list[str]:
        """Who walks: everybody but one who is here only for his organisation, and is as `unverified`."""
        return [name for name in self.actors if name != "applicant"]

    def actor(self, name: str) -> Actor:
        """By name."""
        return self.actors[name]

    @property
    def organisations(self) -> dict[str, Organisation]:
        """All of them by what they are in the crawl."""
        names = ("firm", "institute", "stranger", "newcomer", "applying", "outside")
        return {name: getattr(self, name) for name in names}


def _suspend(account: Account, reason: str) -> Account:
    Account.objects.filter(pk=account.pk).update(suspended_at=f.AT, suspended_reason=reason)
    account.refresh_from_db()
    return account


def company(planted: Planted) -> Company:
    """Everybody, with e-mail addresses and telephone numbers that are planted secrets."""
    firm, institute = f.organisation(), f.organisation(kind="university", area=f.XINCHENG)
    stranger, newcomer = f.organisation(), f.organisation(verified=False)
    applying = f.organisation(verified=False)
    outside = f.organisation(area=OUTSIDE)
    accounts = {
        "owner": f.manager(firm),
        "colleague": f.member(firm),
        "suspended": f.member(firm),
        "counterpart": f.manager(institute),
        "stranger": f.manager(stranger),
        "suspended stranger": f.member(stranger),
        "unverified": f.manager(newcomer),
        "applicant": f.manager(applying),
        "outside": f.manager(outside),
        "alone": f.account(),
        "broker": f.broker(),
        "officer here": f.officer(f.BAOTOU),
        "officer there": f.officer(f.HOHHOT),
        "officer above": f.officer(f.REGION),
        "operator": f.operator(),
        "security": f.security_admin(),
        "auditor": f.auditor(),
    }
    made = Company(planted, firm, institute, stranger, newcomer, applying, outside, accounts)
    for name, account in accounts.items():
        _plant_contact(made, name, account)
    refresh(made)
    return made


def refresh(made: Company) -> None:
    """Read the actors again, after memberships or roles changed."""
    made.actors = {"visitor": ANONYMOUS} | {name: f.actor(account) for name, account in made.accounts.items()}


def contact_open_to(account: Account, actor: Actor) -> bool:
    """Himself, those who read people, his colleagues' list, and the other side of an intention open to both."""
    from mengkeju.deals.models import Intention  # noqa: PLC0415 - keeps the people apart from what they do

    person = f.person(account)
    if may(actor, "directory.person:read", person):
        return True
    mine = Intention.objects.filter(declaring_person=person) | Intention.objects.filter(answering_person=person)
    for intention in mine.select_related("declaring", "answering", "declaring_person", "answering_person"):
        own = intention.declaring if intention.declaring_person == person else intention.answering
        reads = may(actor, "deals.intention:read", intention)
        if reads and (intention.opened or own.uid in actor.organisations):
            return True
    return False


def _plant_contact(made: Company, name: str, account: Account) -> None:
    def open_to(actor: Actor) -> bool:
        return contact_open_to(account, actor)

    phone = made.planted.word(f"phone of {name}", open_to)
    Person.objects.filter(account=account).update(phone=phone)
    email = made.planted.word(f"e-mail of {name}", open_to) + "@example.org"
    secret = made.planted.known(f"pbkdf2_{account.uid.hex}", f"password of {name}")
    Account.objects.filter(pk=account.pk).update(email=email, password=secret)
    if name.startswith("suspended"):
        reason = made.planted.word(f"why {name} was suspended", open_to)
        _suspend(account, reason)
    account.refresh_from_db()
