"""Every operation against its own description: whatever is sent, the answer is one that the description names.

How many generated requests each operation gets: CONTRACT_EXAMPLES (default 15; the fixed ones of the coverage phase
come on top). Make it 500 before a release.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

from mengkeju.config.api import PREFIX, api
from mengkeju.config.wsgi import application
from mengkeju.kernel.api import openapi
from tests import factories as f
from tests import tokens

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "6"))
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # what is described is the same on either database

schema = schemathesis.openapi.from_dict(openapi.document(api, PREFIX))
schema.app = application


@pytest.fixture
def secret(settings: Any) -> Iterator[str]:
    """A member's token, on a site with something to read, without limits."""
    settings.API_LIMITS = {"anonymous": 10**9, "token": 10**9}
    for signal in (request_started, request_finished):  # as Django's own test client: the test keeps its connection
        signal.disconnect(close_old_connections)
    firm = f.organisation()
    f.organisation(verified=False)
    yield tokens.issue(f.manager(firm))[1]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def beyond_any_schema(answer: Any) -> bool:
    """Refused for what no schema can say: a cursor is signed, NUL is no text, a term must exist, a PDF must be one.

    What a schema does say is refused with pydantic's own codes and is not meant here.
    """
    if answer.status_code not in {400, 413, 415, 422}:
        return False
    told = answer.json()
    if told["code"] == "invalid":
        return all(wrong["code"] == "invalid" for wrong in told.get("errors", ()))
    return told["code"] in {"bad_cursor", "malformed", "key_reused", "file_refused", "too_large", "media_type"}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_operation_keeps_its_description(case: schemathesis.Case[Any], secret: str) -> None:
    for headers in ({}, {"Authorization": f"Bearer {secret}"}):
        answer = case.call(headers=headers)
        unfit: list[Any] = [positive_data_acceptance] if beyond_any_schema(answer) else []
        if answer.status_code == 428:  # RFC 6585; the check knows 400 for a header that is absent
            unfit.append(missing_required_header)
        case.validate_response(answer, excluded_checks=unfit, headers=headers)


def test_a_description_that_lies_is_found(secret: str) -> None:
    """The negative control."""
    lie = openapi.document(api, PREFIX)
    lie["components"]["schemas"]["ProblemKindOut"]["properties"]["status"] = {"type": "string"}
    told = schemathesis.openapi.from_dict(lie)
    told.app = application
    with pytest.raises(FailureGroup, match="Response violates schema"):
        told["/api/v1/problems"]["GET"].Case().call_and_validate()
