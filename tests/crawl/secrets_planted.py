"""Planted secrets: words that stand in one protected place each, who may read them, and where they turned up.

A marker is `zq` and ten hexadecimal digits: found in any text, header or file by one expression. Sums and days that
are protected are chosen so that no other figure of the world looks like them, however they are written.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.http.response import HttpResponseBase

from mengkeju.kernel.access import Actor

MaySee = Callable[[Actor], bool]
WORD = re.compile(r"zq[0-9a-f]{10}")
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
SUM = re.compile(r"(?<![\d.,])9,?1,?3,?7[.,]?\d{2},?\d{2}(?!\d)")
DAY = re.compile(r"20[89]\d[-年]\d{1,2}[-月]\d{1,2}")
YEAR, YEARS = 2080, 20
NOT_DIGIT = re.compile(r"\D")


def nobody(_actor: Actor) -> bool:
    """Not even the auditor."""
    return False


@dataclass(frozen=True)
class Secret:
    """What is planted, where, and who may read it."""

    what: str
    may_see: MaySee


@dataclass
class Planted:
    """All secrets of a world by the form in which they are found."""

    secrets: dict[str, Secret] = field(default_factory=dict)
    _seen: dict[tuple[Actor, str], bool] = field(default_factory=dict)

    def word(self, what: str, may_see: MaySee) -> str:
        """A fresh marker."""
        made = "zq" + sha256(f"{what}{len(self.secrets)}".encode()).hexdigest()[:10]
        return self._keep(made, what, may_see)

    def amount(self, what: str, may_see: MaySee) -> Decimal:
        """A sum in 元 that only this secret has: 9137…."""
        return Decimal(self._keep(f"9137{len(self.secrets):03d}1", what, may_see))

    def day(self, what: str, may_see: MaySee) -> date:
        """A day far ahead that only this secret has."""
        number = len(self.secrets)
        day = date(YEAR + number % YEARS, number // YEARS % 12 + 1, number // (YEARS * 12) % 28 + 1)
        self._keep(f"{day:%Y-%m-%d}", what, may_see)
        return day

    def known(self, text: str, what: str, may_see: MaySee = nobody) -> str:
        """A secret that the platform made: a digest, a password's hash, a code."""
        return self._keep(text, what, may_see)

    def _keep(self, text: str, what: str, may_see: MaySee) -> str:
        assert text not in self.secrets, f"{what}: {text} is planted twice"
        self.secrets[text] = Secret(what, may_see)
        return text

    def may_see(self, actor: Actor, name: str) -> bool:
        """Whether the actor may read a secret; asked once per actor and secret."""
        key = (actor, name)
        if key not in self._seen:
            self._seen[key] = self.secrets[name].may_see(actor)
        return self._seen[key]

    def found_in(self, text: str) -> set[str]:
        """The secrets that stand in a text."""
        names = set(WORD.findall(text)) | set(DIGEST.findall(text))
        names |= {NOT_DIGIT.sub("", hit) for hit in SUM.findall(text)}
        names |= {_plain_day(hit) for hit in DAY.findall(text)}
        return (names | {made for made in self._made() if made in text}) & self.secrets.keys()

    def _made(self) -> Iterator[str]:
        return (name for name in self.secrets if name.startswith(("mkj_", "gAAAA", "pbkdf2_", "code-", "whsec_")))


def _plain_day(hit: str) -> str:
    year, month, day = (int(part) for part in NOT_DIGIT.sub(" ", hit).split())
    return f"{year}-{month:02d}-{day:02d}"


def text_of(answer: HttpResponseBase) -> str:
    """Everything a reader gets: headers and body; archives and workbooks unpacked."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.items())
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]  # one of the two is there
    return head + "\n" + (unpacked(body) if body[:2] == b"PK" else body.decode("utf-8", "replace"))


def unpacked(body: bytes) -> str:
    """The parts of a zip archive one after the other."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
