"""An outside time-stamp authority (RFC 3161) behind an interface. The platform brings `none` only.

A client would post a TimeStampReq for the digest of a signed sheet and check the CMS signature of the answer against
the authority's certificate. The libraries of the lock can encode the request but not check such an answer, and a token
nobody has checked proves nothing: until one is added, sheets stand on the node's own signature and the sealed chain.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Token:
    """A time-stamp token: who gave it, when, and its DER in base64."""

    authority: str
    at: datetime
    der: str


class TimeStamper(Protocol):
    """Whoever can state that a digest existed at a time."""

    def stamp(self, sha256: bytes) -> Token | None:
        """A checked token for the digest; None when there is no authority."""


class NoAuthority:
    """No outside authority."""

    def stamp(self, sha256: bytes) -> Token | None:  # noqa: ARG002 - the interface's
        """Nothing."""
        return None


NONE = NoAuthority()
