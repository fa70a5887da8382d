"""A session and a token of one member, and what there is to ask: for the measurements of pages and API.

    python -m benchmarks.keys DIR

Prints JSON. Nobody signs in by a password: the session is written as signing in writes it.
"""

import json
import os
from importlib import import_module
from pathlib import Path

import click

from benchmarks import catalogue, site


def cut() -> dict[str, object]:
    """The session's key, the token's secret, a public need everybody may read, and the lists of the API."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from mengkeju.config.api import operations
    from mengkeju.directory import actions
    from mengkeju.kernel import clock
    from mengkeju.kernel.actors import provider
    from mengkeju.kernel.api.scopes import SCOPES
    from mengkeju.kernel.models import Account
    from mengkeju.listings.models import Listing

    account = Account.objects.get(username=catalogue.MEMBER.format(3))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    given = actions.TokenInput("基准", tuple(SCOPES), 30)
    _token, secret = actions.issue_token(given, by=provider().actor_for(account), now=clock.now())
    row = Listing.objects.filter(state="published", tier="public", kind="need").order_by("pk")[0]
    return {
        "session": session.session_key,
        "secret": secret,
        "listing": row.get_absolute_url(),
        "uid": str(row.uid),
        "lists": [o.path for o in operations() if o.method == "GET" and "{" not in o.path],
    }


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Make them and print them."""
    address = os.environ.get("DATABASE_URL", "")
    site.become(folder.resolve(), **({"DATABASE_URL": address} if address else {}))
    click.echo(json.dumps(cut()))


if __name__ == "__main__":
    main()
