import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from mengkeju.config.env import Env


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets is in the environment."""
    for name in ("DATABASE_URL", "MENGKEJU_DATA_DIR", "MENGKEJU_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_has_to_be_set_on_loopback(tmp_path: Path) -> None:
    settings = Env(data_dir=tmp_path / "new")
    assert settings.on_loopback
    assert not settings.demo
    key = settings.signing_key()
    assert len(key) >= 50
    assert settings.signing_key() == key
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_a_given_key_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert Env(data_dir=tmp_path, secret_key="given").signing_key() == "given"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DATABASE_URL": "postgres://h/d"}, ["MENGKEJU_SECRET_KEY"]),
        ({"MENGKEJU_HOST": "0.0.0.0"}, ["MENGKEJU_SECRET_KEY", "MENGKEJU_ALLOWED_HOSTS"]),  # noqa: S104  # it is refused
        ({"MENGKEJU_HOST": "10.0.0.1", "MENGKEJU_SECRET_KEY": "k"}, ["MENGKEJU_ALLOWED_HOSTS"]),
        (
            {
                "MENGKEJU_HOST": "10.0.0.1",
                "MENGKEJU_SECRET_KEY": "k",
                "MENGKEJU_ALLOWED_HOSTS": "a.example",
                "MENGKEJU_DEMO": "1",
            },
            ["MENGKEJU_DEMO", "refused"],
        ),
        ({"MENGKEJU_TRUSTED_PROXIES": "*"}, ["trusted_proxies"]),
        ({"MENGKEJU_TRUSTED_PROXIES": "10.0.0.1, proxy.example"}, ["trusted_proxies", "proxy.example"]),
        ({"MENGKEJU_PORT": "many"}, ["port"]),
        ({"MENGKEJU_PORT": "70000"}, ["port"]),
        ({"MENGKEJU_ENCODER": "https://a.example/v1"}, ["MENGKEJU_ENCODER_MODEL"]),
        ({"MENGKEJU_ENCODER": "ftp://a.example", "MENGKEJU_ENCODER_MODEL": "m"}, ["http:// 或 https://"]),
        ({"MENGKEJU_ENCODER_TIMEOUT": "0"}, ["encoder_timeout"]),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Env()
    assert all(name in str(refused.value) for name in named)


def test_a_complete_exposed_site_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENGKEJU_HOST", "10.0.0.1")
    monkeypatch.setenv("MENGKEJU_SECRET_KEY", "k")
    monkeypatch.setenv("MENGKEJU_ALLOWED_HOSTS", "a.example")
    assert not Env().on_loopback


def test_an_encoder_is_a_folder_or_an_address_with_a_model(tmp_path: Path) -> None:
    assert Env().encoder == ""
    assert Env(encoder=str(tmp_path)).encoder_model == ""
    assert Env(encoder="http://127.0.0.1:8080/v1", encoder_model="bge-m3").encoder_timeout == 20


def test_a_folder_of_policies_has_to_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Env().policy_dir == ""
    monkeypatch.setenv("MENGKEJU_POLICY_DIR", str(tmp_path))
    assert Env().policy_dir == str(tmp_path)
    monkeypatch.setenv("MENGKEJU_POLICY_DIR", str(tmp_path / "gone"))
    with pytest.raises(ValidationError, match="policy_dir"):
        Env()
