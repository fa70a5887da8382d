"""The examples of docs/api/webhooks.md work as they stand there."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mengkeju.kernel import clock
from mengkeju.kernel.models import WebhookEndpoint
from mengkeju.kernel.testing.postgres import free_port
from mengkeju.kernel.webhooks import deliveries
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.sender import send_due
from tests import factories as f
from tests.kernel.webhooks.receiver import endpoint

DOCUMENT = Path(__file__).parents[3] / "docs" / "api" / "webhooks.md"


def example(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


class Documented:
    """The receiver of the document, running, and an endpoint that points to it."""

    def __init__(self) -> None:
        self.owner, self.port = f.organisation(), free_port()
        self.endpoint, self.secret = endpoint(self.owner, f"http://127.0.0.1:{self.port}/")
        self.environment = {**os.environ, "WEBHOOK_SECRET": self.secret, "PORT": str(self.port), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", example("python")],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the receiver of the document does not start")


@pytest.fixture
def documented(db: None, _loopback: None) -> Iterator[Documented]:
    made = Documented()
    try:
        made.wait()
        yield made
    finally:
        made.process.kill()
        if made.process.stdout is not None and not made.process.stdout.closed:
            made.process.communicate(timeout=10)


def ping(of: WebhookEndpoint, documented: Documented) -> int | None:
    made = deliveries.ping(of, by=f.actor(f.manager(documented.owner)), now=clock.now())
    send_due()
    made.refresh_from_db()
    return made.status


def test_the_python_receiver_takes_ours_and_refuses_what_another_secret_signed(documented: Documented) -> None:
    assert ping(documented.endpoint, documented) == 204
    other, _secret = endpoint(documented.owner, documented.endpoint.url)
    assert ping(other, documented) == 401
    documented.process.kill()
    out, _err = documented.process.communicate(timeout=10)
    assert out.splitlines() == ["收到 webhook.ping"]


def test_the_shell_lines_sign_as_we_do(documented: Documented) -> None:
    lines = example("sh")

    def answer(secret: str) -> str:
        environment = {**documented.environment, "WEBHOOK_SECRET": secret, "no_proxy": "*"}
        return subprocess.run(
            ["bash", "-c", lines], env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()

    assert answer(documented.secret) == "204"
    assert answer("whsec_" + "QUJDRA==") == "401"


def test_the_figures_of_the_document_are_those_of_the_schedule() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    units = ((3600, " 小时"), (60, " 分"), (1, " 秒"))
    words = []
    for delay in FIGURES.delays:
        seconds = int(delay.total_seconds())
        size, unit = next((size, unit) for size, unit in units if seconds % size == 0 and seconds >= size)
        words.append(f"{seconds // size}{unit}")
    assert "、".join(words) in text
    for said in (
        f"{FIGURES.timeout:.0f} 秒之内",
        f"共 {len(FIGURES.delays) + 1} 次",
        f"{FIGURES.kept.days} 天后删除",
        f"最多 {FIGURES.per_organisation} 个",
        f"前 {FIGURES.answer_bytes // 1024} KB",
        f"前 {FIGURES.answer_kept} 个字",
        f"{FIGURES.overlap.total_seconds() / 3600:.0f} 小时内",
    ):
        assert said in text, said
