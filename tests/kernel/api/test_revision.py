"""ETag, If-Match, If-None-Match."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from tests import factories as f
from tests import tokens

pytestmark = pytest.mark.django_db


def address(of: Organisation) -> str:
    return f"/api/sample/things/{of.uid}"


def patch(client: Client, of: Organisation, industry: str, **headers: str) -> Any:
    return client.patch(address(of), {"industry": industry}, "application/json", headers=headers)


def test_a_reader_who_has_it_gets_304() -> None:
    firm = f.organisation()
    first = Client().get(address(firm))
    assert first["ETag"].startswith(f'"{firm.revision}-')
    for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = Client().get(address(firm), headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert Client().get(address(firm), headers={"If-None-Match": '"other"'}).status_code == 200
    Organisation.objects.update(industry="乳业")  # the same revision, another body
    assert Client().get(address(firm), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_write_names_its_revision_and_a_stale_one_is_409() -> None:
    firm, client = f.organisation(), tokens.client_of(f.account())
    etag = client.get(address(firm))["ETag"]
    done = patch(client, firm, "乳业", **{"If-Match": etag})
    assert (done.status_code, done.json()["industry"]) == (200, "乳业")
    assert done["ETag"] != etag
    stale = patch(client, firm, "钢铁", **{"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert stale.json()["current_revision"] == done.json()["revision"]
    assert Organisation.objects.get().industry == "乳业"
    weak = patch(client, firm, "钢铁", **{"If-Match": f"W/{done['ETag']}"})
    assert weak.status_code == 200


@pytest.mark.parametrize("given", ["", "*", "7", '"x"', '"1", "2"', '"-1"', '"99999999999999999999"'])
def test_a_write_without_a_revision_is_428(given: str) -> None:
    firm, client = f.organisation(), tokens.client_of(f.account())
    answer = patch(client, firm, "钢铁", **({"If-Match": given} if given else {}))
    assert (answer.status_code, answer.json()["code"]) == (428, "revision_required")
    assert Organisation.objects.get().industry == ""
