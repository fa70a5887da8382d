"""Every environment variable the platform reads, typed, read once.

`docs/operations.md` lists them in one table; a test compares the table with this class.
"""

import secrets
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mengkeju.matching.engine.encoder_address import address, is_address

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def parts(value: str) -> list[str]:
    """The members of a comma-separated setting."""
    return [part for one in value.split(",") if (part := one.strip())]


class Env(BaseSettings):
    """Settings from variables named MENGKEJU_<FIELD>; DATABASE_URL has no prefix.

    Raises pydantic.ValidationError with the variable's name when a value has the wrong type, or
    when the site is served off loopback, or on DATABASE_URL, without the settings it then needs.
    """

    model_config = SettingsConfigDict(env_prefix="MENGKEJU_", extra="ignore")

    database_url: str = Field(
        default="", validation_alias="DATABASE_URL", description="PostgreSQL; empty = SQLite in the data folder"
    )
    data_dir: Path = Field(default=Path("var"), description="Folder for database, index, files, secret key")
    secret_key: str = Field(default="", description="Signing key; made in the data folder on loopback")
    evidence_key: str = Field(
        default="",
        description="Ed25519 key that signs evidence sheets, 64 hexadecimal digits; made in the data folder when empty",
    )
    host: str = Field(default="127.0.0.1", description="Address the server binds to")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the server binds to")
    allowed_hosts: str = Field(default="", description="Comma-separated host names; needed off loopback")
    site_url: str = Field(default="", description="Public address, used in e-mails")
    debug: bool = Field(default=False, description="Development error pages; refused off loopback")
    demo: bool = Field(default=False, description="Demo site: banner and demo passwords, loopback only")
    require_mfa: bool = Field(default=True, description="Second factor required for officers and administrators")
    node: str = Field(default="local", description="Name of this node in events and federation")
    email_url: str = Field(default="", description="smtp://user:password@host:port; empty = print to the console")
    email_from: str = Field(default="noreply@localhost", description="Sender of notices")
    oidc_id: str = Field(default="", description="OpenID Connect client id; empty = no OIDC")
    oidc_secret: str = Field(default="", description="OpenID Connect client secret")
    oidc_url: str = Field(default="", description="OpenID Connect issuer")
    oidc_name: str = Field(default="统一身份认证", description="Name of the OIDC provider on the sign-in page")
    trusted_proxies: str = Field(
        default="", description="Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed"
    )
    frame_src: str = Field(default="", description="Addresses that pages may embed, comma-separated")
    api_limit_anonymous: int = Field(
        default=0, ge=0, description="API requests per minute and address without token; 0 = limits.yaml"
    )
    api_limit_token: int = Field(default=0, ge=0, description="API requests per minute and token; 0 = limits.yaml")
    webhook_ports: str = Field(default="443,8443", description="Ports webhooks may be sent to, comma-separated")
    webhook_loopback: bool = Field(
        default=False, description="Webhooks may go to this machine, also by http: tests and demo, loopback only"
    )
    encoder: str = Field(
        default="",
        description="Encoder for likeness of meaning: a folder, or the address of an OpenAI-compatible embeddings "
        "service without /embeddings; empty = none",
    )
    encoder_model: str = Field(default="", description="Name of the model at that address; needed with an address")
    encoder_key: str = Field(default="", description="Key sent to that address; empty = none")
    encoder_timeout: int = Field(
        default=20, ge=1, le=300, description="Seconds one batch of texts may take, with retries"
    )
    policy_dir: str = Field(
        default="",
        description="Folder of policy documents of this site, beside those that are shipped; empty = none",
    )
    max_upload_mb: int = Field(default=20, ge=1, le=500, description="Largest upload in MB")

    @field_validator("trusted_proxies")
    @classmethod
    def _name_their_addresses(cls, value: str) -> str:
        """Each is an address or a network: a host name or `*` would let a visitor say where he comes from."""
        for one in parts(value):
            ip_network(one)
        return value

    @field_validator("policy_dir")
    @classmethod
    def _is_there(cls, value: str) -> str:
        """A folder that is missing would silently mean the shipped figures."""
        if value and not Path(value).is_dir():
            msg = f"no such folder: {value}"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _name_the_model(self) -> Self:
        if not is_address(self.encoder):
            return self
        address(self.encoder)
        if not self.encoder_model:
            msg = "MENGKEJU_ENCODER is an address, so MENGKEJU_ENCODER_MODEL must be set"
            raise ValueError(msg)
        return self

    @property
    def on_loopback(self) -> bool:
        """True when only this machine can reach the server."""
        return self.host in LOOPBACK

    @model_validator(mode="after")
    def _complete_when_exposed(self) -> Self:
        exposed = not self.on_loopback or bool(self.database_url)
        missing = [name for name in ("secret_key",) if exposed and not getattr(self, name)]
        if not self.on_loopback and not self.allowed_hosts:
            missing.append("allowed_hosts")
        if missing:
            names = ", ".join(f"MENGKEJU_{name.upper()}" for name in missing)
            msg = f"off loopback or with DATABASE_URL these must be set: {names}"
            raise ValueError(msg)
        if not self.on_loopback and (self.demo or self.debug):
            msg = "MENGKEJU_DEMO and MENGKEJU_DEBUG are refused on a non-loopback address"
            raise ValueError(msg)
        if not self.on_loopback and self.webhook_loopback:
            msg = "MENGKEJU_WEBHOOK_LOOPBACK is refused on a non-loopback address"
            raise ValueError(msg)
        return self

    def signing_key(self) -> str:
        """The secret key: given, or made once and kept readable by the owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secret.key.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50), encoding="ascii")
            try:
                path.hardlink_to(draft)  # atomic: two starting processes agree on one key
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text(encoding="ascii").strip()


@cache
def env() -> Env:
    """The settings of this process."""
    return Env()
