from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mengkeju.kernel.webhooks import sender, transport
from mengkeju.kernel.webhooks.figures import FIGURES
from tests.kernel.webhooks.receiver import Receiver, listening


@pytest.fixture
def _loopback(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True


@pytest.fixture
def receiver(_loopback: None) -> Iterator[Receiver]:
    """A receiver that answers 204 until the test says otherwise."""
    with listening() as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """A time-out of one second, in seconds."""
    quick = replace(FIGURES, timeout=1.0)
    monkeypatch.setattr(transport, "FIGURES", quick)
    monkeypatch.setattr(sender, "FIGURES", quick)
    return quick.timeout
