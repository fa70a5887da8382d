"""Which entries of deals stand at the workbench's side, for whom and in which order."""

import pytest
from django.test import Client

from tests import factories as f
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
WAYS = ("/intentions/", "/deals/", "/registrations/", "/returns/", "/contract-accounts/", "/claim-bases/")
LEDGER = "/imports/new/?kind=registration"


def shown(client: Client) -> list[str]:
    """The addresses of the side, in order."""
    side = text(client.get("/workbench/")).partition("</nav>")[0]
    found = {way: side.find(f'href="{way}"') for way in (*WAYS, "/desk/", LEDGER, "/party-aliases/")}
    return [way for way, at in sorted(found.items(), key=lambda one: one[1]) if at >= 0]


def test_a_firm_goes_from_the_intention_to_the_claim() -> None:
    assert shown(s.pair().client("firm")) == list(WAYS)


def test_a_registrar_finds_the_ledger_and_no_claims_of_his_own() -> None:
    registrar = f.with_role("registrar", area=f.HOHHOT, of=f.member(f.organisation(kind="agency")))
    client = f.signed_in_client(registrar)
    assert shown(client) == [*WAYS[:4], "/desk/", LEDGER, "/party-aliases/"]
    page = text(client.get("/desk/"))
    assert f'href="{LEDGER}"' in page
    chosen = text(client.get(LEDGER))
    assert '<option value="registration" selected>' in chosen


def test_an_auditor_reads_the_desk_and_is_offered_no_import() -> None:
    auditor = f.signed_in_client(f.auditor())
    assert "/desk/" in shown(auditor)
    assert LEDGER not in shown(auditor)
    assert LEDGER not in text(auditor.get("/desk/"))
