import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mengkeju.matching.engine import encoder, encoder_endpoint
from mengkeju.matching.engine.encoder import EncoderError, EncoderUnfitError
from mengkeju.matching.engine.encoder_endpoint import EndpointEncoder
from tests.kernel.webhooks.test_transport import certificate
from tests.matching.engine import embeddings as stub

QUICK = replace(encoder.figures(), retry_seconds=(0.01, 0.01, 0.01))
TEXTS = ["气化细渣脱碳", "乳清膜分离", "永磁电机降噪"]


def made(service: stub.Service, *, timeout: float = 5.0, batch: int = 2, **options: Any) -> EndpointEncoder:
    return EndpointEncoder(service.url, "stub-1", "sk-secret", timeout, batch, limits=QUICK, **options)


def test_texts_are_asked_in_batches_and_answered_in_their_order() -> None:
    with stub.serving() as service:
        rows = made(service).encode(TEXTS)
    assert [len(one["input"]) for one in service.asked] == [2, 1]
    assert {one["model"] for one in service.asked} == {"stub-1"}
    assert service.paths == ["/v1/embeddings"] * 2
    assert {head["Authorization"] for head in service.headers} == {"Bearer sk-secret"}
    wanted = np.array([stub.vector(text) for text in TEXTS])
    assert np.allclose(rows, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)


def test_without_a_key_none_is_sent_and_nothing_is_asked_for_nothing() -> None:
    with stub.serving() as service:
        keyless = EndpointEncoder(service.url + "/", "stub-1", limits=QUICK)
        assert keyless.encode([]).shape[0] == 0
        assert service.asked == []
        keyless.encode(TEXTS)
    assert "Authorization" not in service.headers[0]


@pytest.mark.parametrize("busy", [stub.status(429), stub.status(500), stub.status(503, Retry_After="0"), stub.cut_off])
def test_a_busy_service_is_asked_again(busy: stub.Behaviour) -> None:
    with stub.serving(busy, busy, stub.rightly) as service:
        assert made(service).encode(TEXTS[:1]).shape == (1, stub.SIZE)
    assert len(service.asked) == 3


@pytest.mark.parametrize("code", [429, 500])
def test_one_that_stays_busy_is_given_up(code: int) -> None:
    with stub.serving(stub.status(code)) as service, pytest.raises(EncoderError, match=f"HTTP {code}") as refused:
        made(service).encode(TEXTS[:1])
    assert len(service.asked) == 1 + len(QUICK.retry_seconds)
    assert not isinstance(refused.value, EncoderUnfitError)


def test_patience_it_asks_for_ends_with_our_time_out() -> None:
    with stub.serving(stub.status(429, Retry_After="60")) as service, pytest.raises(EncoderError, match="429"):
        made(service).encode(TEXTS[:1])
    assert len(service.asked) == 1


@pytest.mark.parametrize("slow", [stub.silent, stub.dripping])
def test_a_slow_one_holds_us_no_longer_than_the_time_out(slow: stub.Behaviour) -> None:
    began = time.monotonic()
    with stub.serving(slow) as service, pytest.raises(EncoderError, match=r"0\.4 秒内没有答复完"):
        made(service, timeout=0.4).encode(TEXTS)
    assert time.monotonic() - began < 2
    assert len(service.asked) == 1
    deadline = time.monotonic() + 5
    while any(thread.name == "encoder" for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(thread.name == "encoder" for thread in threading.enumerate())


def test_a_name_that_does_not_resolve_in_time_holds_us_no_longer() -> None:
    over = threading.Event()

    def stuck(_host: str, _port: int) -> list[str]:
        over.wait(10)
        return []

    began = time.monotonic()
    slow = EndpointEncoder("https://encoder.example/v1", "m", timeout=0.3, resolve=stuck, limits=QUICK)
    with pytest.raises(EncoderError, match="秒内没有答复完"):
        slow.encode(TEXTS)
    over.set()
    assert time.monotonic() - began < 2


def test_one_that_is_not_there_is_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EncoderError, match="连接不上"):
            EndpointEncoder(url, "m", timeout=2, limits=QUICK).encode(TEXTS)


def far_too_long(handler: stub.Handler) -> None:
    handler.say(" " * 2000)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (stub.status(401), "HTTP 401，请核对"),
        (stub.status(302, Location="http://127.0.0.1:1/"), "HTTP 302"),
        (stub.saying("<html>"), "不是 OpenAI 格式"),
        (stub.saying("[]"), "不是 OpenAI 格式"),
        (stub.saying('{"data": 3}'), "不是 OpenAI 格式"),
        (stub.saying('{"data": [7]}'), "不是 OpenAI 格式"),
        (stub.saying('{"data": [{"index": 1, "embedding": [1]}]}'), "不是 OpenAI 格式"),
        (stub.saying('{"data": [{"index": [], "embedding": [1]}]}'), "不是 OpenAI 格式"),
        (stub.saying("[" * 100_000), "不是 OpenAI 格式|太长"),
        (stub.saying('{"data": [{"embedding": "AAAA"}]}'), "不是"),
        (stub.vectors([1.0, float("nan")]), "NaN"),
        (stub.vectors([1.0, 2.0], [1.0, 2.0]), "问了编码器 1 段文字"),
        (stub.vectors([0.0, 0.0]), "全零"),
        (far_too_long, "太长"),
    ],
)
def test_a_wrong_answer_is_refused_at_once(behaviour: stub.Behaviour, said: str) -> None:
    limits = replace(QUICK, answer_bytes=1000)
    with stub.serving(behaviour) as service, pytest.raises(EncoderUnfitError, match=said) as refused:
        EndpointEncoder(service.url, "m", "sk-secret", limits=limits).encode(TEXTS[:1])
    assert len(service.asked) == 1
    assert "sk-secret" not in str(refused.value)


def test_another_dimension_in_a_later_batch_is_refused() -> None:
    with (
        stub.serving(stub.rightly, lambda handler: stub.rightly(handler, 8)) as service,
        pytest.raises(EncoderUnfitError, match="先答复 16 维的向量，后来是 8 维"),
    ):
        made(service).encode(TEXTS)


def test_texts_go_without_encryption_only_to_ones_own_network() -> None:
    def at(url: str, *found: str) -> EndpointEncoder:
        return EndpointEncoder(url, "m", timeout=0.2, resolve=lambda _host, _port: list(found), limits=QUICK)

    with pytest.raises(EncoderUnfitError, match="要用 https"):
        at("http://encoder.example", "93.184.216.34").encode(TEXTS)
    with pytest.raises(EncoderUnfitError, match="要用 https"):
        at("http://encoder.example", "10.0.0.1", "93.184.216.34").encode(TEXTS)
    for metadata in ("169.254.169.254", "::ffff:169.254.169.254", "fe80::1"):
        with pytest.raises(EncoderUnfitError, match="链路本地"):
            at("https://encoder.example", metadata).encode(TEXTS)


def test_names_tell_address_and_model_apart_and_hold_no_key() -> None:
    one = EndpointEncoder("https://a.example/v1", "bge-m3", "sk-1").name
    assert one == EndpointEncoder("https://a.example/v1/", "bge-m3", "sk-2").name
    assert len({one, EndpointEncoder("https://b.example/v1", "bge-m3").name,
                EndpointEncoder("https://a.example/v1", "bge-m4").name}) == 3  # fmt: skip
    assert one.startswith("bge-m3@")


def test_the_system_resolver_answers() -> None:
    assert "127.0.0.1" in encoder_endpoint.look_up("127.0.0.1", 80)


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[stub.Service]:
    """A service over TLS whose certificate is for encoder.example.org and trusted on this machine."""
    path = certificate(tmp_path, "encoder.example.org")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with stub.serving(tls=tls) as service:
        yield service


def over_tls(service: stub.Service, host: str, timeout: float = 5) -> EndpointEncoder:
    url = f"https://{host}:{service.port}/v1"
    return EndpointEncoder(url, "m", timeout=timeout, resolve=lambda _host, _port: ["127.0.0.1"], limits=QUICK)


def test_https_is_spoken_to_the_host_the_certificate_names(secure: stub.Service) -> None:
    assert over_tls(secure, "encoder.example.org").encode(TEXTS).shape == (3, stub.SIZE)
    assert secure.headers[0]["Host"] == f"encoder.example.org:{secure.port}"
    with pytest.raises(EncoderUnfitError, match="证书"):
        over_tls(secure, "other.example.org").encode(TEXTS)


def test_dripping_over_tls_is_left_in_time_too(secure: stub.Service) -> None:
    secure.behaviours[:] = [stub.dripping]
    began = time.monotonic()
    with pytest.raises(EncoderError, match="没有答复完"):
        over_tls(secure, "encoder.example.org", timeout=0.8).encode(TEXTS)
    assert time.monotonic() - began < 3
