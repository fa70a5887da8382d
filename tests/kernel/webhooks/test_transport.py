"""What a receiver may do to us, on real sockets."""

import ssl
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mengkeju.kernel import clock
from mengkeju.kernel.webhooks import transport
from mengkeju.kernel.webhooks.transport import post
from tests.kernel.webhooks.receiver import Handler, Receiver, answering, dripping, hanging, listening

HOST = "hook.example.org"


def test_the_answer_comes_back(receiver: Receiver) -> None:
    receiver.behaviours = [answering(202, "收到", Retry_After="7")]
    answer = post(receiver.url + "?a=1", {"webhook-id": "msg_1"}, '{"甲":1}')
    assert (answer.status, answer.text, answer.retry_after, answer.is_success) == (202, "收到", "7", True)
    got = receiver.got[0]
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hook?a=1", '{"甲":1}', "msg_1")
    assert got.headers["Host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    "behaviour",
    [
        hanging,
        dripping(b""),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"),
    ],
    ids=["silent", "dripping status", "dripping header", "dripping body"],
)
def test_who_does_not_finish_in_time_is_left(receiver: Receiver, impatient: float, behaviour: Any) -> None:
    receiver.behaviours = [behaviour]
    began = time.monotonic()
    answer = post(receiver.url, {}, "{}")
    assert (answer.error, answer.is_success) == ("timeout", False)
    assert impatient * 0.9 < time.monotonic() - began < impatient * 3


def test_an_endless_answer_is_read_no_further(receiver: Receiver) -> None:
    receiver.behaviours = [answering(200, "甲" * 200_000)]
    answer = post(receiver.url, {}, "{}")
    assert answer.is_success
    assert 0 < len(answer.text) <= 1024


def test_a_redirect_is_a_failure_and_not_followed(receiver: Receiver) -> None:
    with listening() as elsewhere:
        receiver.behaviours = [answering(307, Location=elsewhere.url)]
        answer = post(receiver.url, {}, "{}")
    assert (answer.status, answer.is_success) == (307, False)
    assert elsewhere.got == []


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"nonsense\r\n\r\n")


def test_nonsense_and_silence_are_told_apart(receiver: Receiver) -> None:
    receiver.behaviours = [nonsense]
    assert post(receiver.url, {}, "{}").error == "broken"
    with listening() as gone:
        url = gone.url
    assert post(url, {}, "{}").error == "connect"
    assert post("https://hook.invalid/", {}, "{}", resolve=lambda *_: []).error == "name"


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.215.14", "169.254.169.254"], ["127.0.0.1"], ["::1"]])
def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    assert post(f"https://{HOST}/", {}, "{}", resolve=lambda *_: addresses).error == "address"


def test_a_receiver_on_this_machine_gets_nothing_without_the_setting(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = False
    with listening() as receiver:
        assert post(receiver.url, {}, "{}").error == "scheme"
        assert post(f"https://127.0.0.1:{receiver.port}/", {}, "{}").error == "port"
    assert receiver.got == []


def test_a_slow_name_server_counts_into_the_time(impatient: float, settings: Any) -> None:
    def slow(_host: str, _port: int) -> list[str]:
        time.sleep(impatient * 3)
        return ["93.184.215.14"]

    began = time.monotonic()
    assert post(f"https://{HOST}/", {}, "{}", resolve=slow).error == "timeout"
    assert time.monotonic() - began < impatient * 2.5


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now: datetime = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver over TLS whose certificate is for HOST and trusted."""
    path = certificate(tmp_path, HOST)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cafile=str(path))
    client.sslsocket_class = transport._Secure
    monkeypatch.setattr(transport, "_context", lambda: client)
    with listening(tls=server) as receiver:
        settings.WEBHOOK_LOOPBACK = True
        settings.WEBHOOK_PORTS = {receiver.port}
        yield receiver


def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_checked_address_is_connected_to_under_the_hosts_name(secure: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return here(host, port)

    answer = post(f"https://{HOST}:{secure.port}/hook", {}, "{}", resolve=resolve)
    assert answer.is_success
    assert asked == [HOST]  # one look-up: the second cannot answer otherwise
    assert secure.got[0].headers["Host"] == f"{HOST}:{secure.port}"


def test_a_certificate_for_another_name_is_refused(secure: Receiver) -> None:
    assert post(f"https://other.example.org:{secure.port}/", {}, "{}", resolve=here).error == "tls"
    assert secure.got == []


def test_dripping_over_tls_is_left_in_time(secure: Receiver, impatient: float) -> None:
    secure.behaviours = [dripping(b"HTTP/1.1 200 OK\r\nX-Long: ")]
    began = time.monotonic()
    assert post(f"https://{HOST}:{secure.port}/", {}, "{}", resolve=here).error == "timeout"
    assert time.monotonic() - began < impatient * 3
