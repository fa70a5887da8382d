from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from mengkeju.kernel import clock
from mengkeju.kernel.webhooks import signing

BODY = '{"类型":"listing.approve"}'


def test_what_we_sign_the_specifications_own_library_verifies() -> None:
    secret = signing.new_secret()
    made = signing.headers("msg_1", BODY, at=clock.now(), stored=[signing.locked(secret)])
    assert Webhook(secret).verify(BODY, made) == {"类型": "listing.approve"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + " ", made)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, made)


def test_the_vector_of_the_specification() -> None:
    # The example of the Standard Webhooks libraries' own tests.
    stored = [signing.locked("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    made = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', at=at, stored=stored)
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert made["webhook-timestamp"] == "1614265330"


def test_both_secrets_verify_while_one_replaces_the_other() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    made = signing.headers("msg_1", BODY, at=clock.now(), stored=[signing.locked(new), signing.locked(old)])
    assert len(made["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(BODY, made)


def test_a_stored_secret_does_not_show_itself_and_opens_with_an_older_key(settings: Any) -> None:
    secret = signing.new_secret()
    stored = signing.locked(secret)
    assert secret.removeprefix("whsec_") not in stored
    key = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-for-this-test", [key]
    assert signing.opened(stored) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.LostSecretError):
        signing.opened(stored)
