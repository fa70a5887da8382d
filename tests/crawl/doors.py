"""What opens a door of the crawl's world: tokens, invitations, tables sent in, webhooks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mengkeju.directory import actions as directory
from mengkeju.directory.actions import TokenInput
from mengkeju.directory.actions.colleagues import digest_of
from mengkeju.directory.actions.webhooks import WebhookInput, create_webhook
from mengkeju.directory.models import ApiToken, Invitation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.models.webhook import WebhookDelivery
from mengkeju.kernel.webhooks.offers import offered
from tests.listings import import_samples as tables

if TYPE_CHECKING:
    from tests.crawl.world import World

NARROW = "organisations:read"
"""The one scope of a token that has no other."""


def build(made: "World") -> None:
    """Put them all into the world."""
    for part in (_tokens, _invitations, _imports, _webhooks):
        part(made)


def _read(permission: str, obj: Any) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, permission, obj)


def may_read_record(actor: Actor) -> bool:
    """Whoever reads the record reads what is in it."""
    return may(actor, "kernel.record:read")


def or_record(of: Callable[[Actor], bool]) -> Callable[[Actor], bool]:
    """Those, and whoever reads the record: the payload of the event holds it."""
    return lambda actor: of(actor) or may_read_record(actor)


def _tokens(made: "World") -> None:
    """A token of everybody who can have one, with all scopes, and one of each of three organisations."""
    people, now = made.people, clock.now()
    for name in people.accounts:
        actor = replace(people.actor(name), suspended=False)  # who is suspended made his token before
        given = TokenInput("令牌", tuple(SCOPES), 30)
        _keep_token(made, name, directory.issue_token(given, by=actor, now=now))
    narrow = TokenInput("令牌", (NARROW,), 30)
    _keep_token(made, NARROW, directory.issue_token(narrow, by=people.actor("owner"), now=now))
    for name, who in (("firm", "owner"), ("institute", "counterpart"), ("stranger", "stranger")):
        given = TokenInput("单位令牌", tuple(SCOPES), 30)
        issued = directory.issue_service_token(getattr(people, name), given, by=people.actor(who), now=now)
        _keep_token(made, f"programme of {name}", issued)


def _keep_token(made: "World", name: str, issued: tuple[ApiToken, str]) -> None:
    token, secret = issued
    made.planted.known(secret, f"secret of the token of {name}")
    made.planted.known(token.digest, f"digest of the token of {name}")
    read = or_record(_read("directory.api_token:read", token))
    label = made.planted.word(
        f"name of the token of {name}", lambda actor: read(actor) or actor.account_id == token.account_id
    )
    ApiToken.objects.filter(pk=token.pk).update(name=label)
    token.refresh_from_db()
    made.tokens[name] = secret
    if name in {"owner", "counterpart", "programme of firm"}:
        made.put("api_token", name, token)


def _invitations(made: "World") -> None:
    people, now = made.people, clock.now()
    for label, withdrawn in (("open", False), ("withdrawn", True)):
        code = made.planted.known(f"code-{label}-{uuid4().hex}", f"code of the {label} invitation")
        invitation = Invitation(
            organisation=people.firm,
            area=people.firm.area,
            token_digest=made.planted.known(digest_of(code), f"digest of the {label} invitation"),
            expires_at=now + timedelta(days=7),
            created_at=now,
            created_by=people.accounts["owner"],
            withdrawn_at=now if withdrawn else None,
        )
        reads = _read("directory.invitation:read", invitation)
        invitation.email = made.planted.word(f"address of the {label} invitation", reads) + "@example.org"
        invitation.save()
        if not withdrawn:  # a withdrawn one is on no page: there is nothing left to do with it
            made.put("invitation", label, invitation)
        made.put("code", label, invitation, code)


def _imports(made: "World") -> None:
    """A table of the firm with two rows, good and bad, as far as its preview."""
    box: list[Any] = []

    def reads(actor: Actor) -> bool:
        return may(actor, "kernel.import:read", box[0]) or may_read_record(actor)

    word = made.planted.word
    rows = [tables.row(1, title=word("a row of a table", reads)), tables.row(2, field=word("a wrong cell", reads))]
    name = word("name of a table", reads)
    box.append(tables.previewed(rows, made.people.firm, made.people.actor("owner"), name=f"{name}.xlsx"))
    made.put("import", "previewed", box[0])


def _webhooks(made: "World") -> None:
    """An endpoint of the firm, one of the platform, each with a delivery that failed."""
    people, word = made.people, made.planted.word
    for label, organisation, who in (("of the firm", people.firm, "owner"), ("of the platform", None, "operator")):
        box: list[Any] = []

        def reads(actor: Actor, kept: list[Any] = box) -> bool:
            return may(actor, "kernel.webhook:read", kept[0])

        address = f"https://example.org/{word(f'address of a webhook {label}', reads)}"
        given = WebhookInput(address, word(f"purpose of a webhook {label}", or_record(reads)), sorted(offered())[:1])
        endpoint, secret = create_webhook(organisation, given, by=people.actor(who), now=clock.now())
        box.append(endpoint)
        made.planted.known(secret, f"secret of a webhook {label}")
        made.planted.known(endpoint.secret, f"stored secret of a webhook {label}")
        now = clock.now()
        delivery = WebhookDelivery.objects.create(
            endpoint=endpoint, type="ping", happened_at=now, created_at=now, queued_at=now, next_at=now,
            outcome="failed", attempts=8, ended_at=now, answer=word(f"answer of a receiver {label}", reads),
        )  # fmt: skip
        made.put("webhook", label, endpoint)
        made.put("delivery", label, delivery)
