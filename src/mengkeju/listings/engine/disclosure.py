"""Opening the parties' tier: the life of a request, the undertaking of confidentiality, the content of a version."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mengkeju.kernel import digests
from mengkeju.kernel.deadlines import load
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

HERE = Path(__file__).parent
DEADLINES = load(HERE / "disclosure_deadlines.yaml")
BY_CONSENT, BY_UNDERTAKING = "consent", "undertaking"
MODES = {
    BY_CONSENT: mark("逐个同意：每家单位申请，由本单位决定"),
    BY_UNDERTAKING: mark("承诺即开放：对方管理员接受保密承诺后立即开放"),
}
OPEN_STATES = ("made", "asked", "signing", "granted")
CONSENT, UNDERTAKING = "listings.disclosure", "listings.undertaking"
"""Purposes in the table of consents: the owner's to a request, and the asking organisation's to the undertaking."""
CONSENT_TEXT_VERSION = "2026-11"
_ANSWER, _SIGN, _MOVE = "listings.access_request:answer", "listings.access_request:sign", "listings.access_request:move"

ACCESS_REQUEST = Workflow(
    key="access_request",
    label="查看申请",
    label_en="Request to see",
    initial="made",
    states={
        "made": State("已填写", "Made", "idle"),
        "asked": State(
            "待所有者决定",
            "Awaiting the owner",
            "wait",
            DutySpec(
                "answer_access_request",
                "决定是否开放受限内容",
                "owner",
                DEADLINES["answer_access_request"],
                DEADLINES.source,
                lapse="lapse",
                lapse_days=DEADLINES["lapse_access_request"],
                label_en="Decide on a request to see closed content",
            ),
        ),
        "signing": State(
            "待接受保密承诺",
            "Awaiting the undertaking",
            "wait",
            DutySpec(
                "sign_undertaking",
                "请本单位管理员接受保密承诺",
                "asking",
                DEADLINES["sign_undertaking"],
                DEADLINES.source,
                lapse="lapse",
                lapse_days=DEADLINES["lapse_undertaking"],
                label_en="Have your manager accept the undertaking",
            ),
        ),
        "granted": State("已开放", "Open", "done"),
        "refused": State("已谢绝", "Refused", "over", final=True),
        "withdrawn": State("申请方已撤回", "Withdrawn", "idle", final=True),
        "ended": State("已结束开放", "Ended", "idle", final=True),
        "lapsed": State("逾期失效", "Lapsed", "idle", final=True),
    },
    transitions={
        "ask": Transition(
            "请所有者决定", "Ask the owner", ("made",), "asked", _MOVE,
            done_label="交所有者决定", done_label_en="Handed to the owner",
        ),
        "await_signature": Transition(
            "请管理员接受承诺", "Ask the manager", ("made",), "signing", _MOVE,
            done_label="等本单位管理员接受承诺", done_label_en="Awaiting the manager's acceptance",
        ),
        "sign": Transition(
            "接受保密承诺并查看", "Accept and see", ("made", "signing"), "granted", _SIGN,
            done_label="接受保密承诺，内容开放", done_label_en="Undertaking accepted, content opened", tone="done",
        ),
        "grant": Transition(
            "同意开放", "Consent", ("asked",), "granted", _ANSWER,
            done_label="所有者同意开放", done_label_en="The owner consented", tone="done",
        ),
        "refuse": Transition(
            "谢绝", "Refuse", ("asked",), "refused", _ANSWER, note_required=True,
            done_label="所有者谢绝", done_label_en="The owner refused", tone="over",
        ),
        "withdraw": Transition(
            "撤回申请", "Withdraw the request", ("asked", "signing", "granted"), "withdrawn", _MOVE,
            done_label="申请方撤回", done_label_en="Withdrawn", tone="idle",
        ),
        "end": Transition(
            "结束开放", "End the access", ("granted",), "ended", _ANSWER, note_required=True,
            done_label="所有者结束开放", done_label_en="The owner ended the access", tone="over",
        ),
        "lapse": Transition(
            "逾期失效", "Lapse", ("asked", "signing"), "lapsed", "listings.access_request:lapse",
            done_label="逾期失效", done_label_en="Lapsed", tone="idle",
        ),
    },
)  # fmt: skip


@dataclass(frozen=True)
class Undertaking:
    """One version of the text; its digests are those of the Chinese text, which binds."""

    version: str
    checked_on: date
    source: str
    title: str
    title_en: str
    text: str
    text_en: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text."""
        return digests.sha256(self.text)

    @property
    def sm3(self) -> str:
        """SM3 of the text."""
        return digests.sm3(self.text)


@cache
def undertakings() -> dict[str, Undertaking]:
    """Every version that was ever in force, the oldest first. ValueError for a file without date or text."""
    found = {}
    for path in sorted((HERE / "undertakings").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        one = Undertaking(**{**data, "version": str(data["version"])})
        if one.version != path.stem or not isinstance(one.checked_on, date) or not one.text.strip():
            msg = f"{path.name}: version, checked_on and text must stand in it"
            raise ValueError(msg)
        found[one.version] = one
    return found


def undertaking() -> Undertaking:
    """The version in force: the newest."""
    return list(undertakings().values())[-1]


SCHEMA, SCHEMA_VERSION = "listing-disclosure", 1


def version_content(tiers: dict[str, Any], nonces: dict[str, str]) -> dict[str, Any]:
    """The content of one disclosed version as it is kept. Nonces keep short content from being guessed."""
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "tiers": {tier: {**stated, "tier": tier, "nonce": nonces[tier]} for tier, stated in tiers.items()},
    }


def stated(content: dict[str, Any]) -> dict[str, Any]:
    """What a kept version states by tier, without what makes each version's digest its own."""
    own = {"tier", "nonce"}
    return {tier: {k: v for k, v in part.items() if k not in own} for tier, part in content["tiers"].items()}


def version_digests(content: dict[str, Any]) -> dict[str, dict[str, str]]:
    """SHA-256 and SM3 of each tier's canonical JSON."""
    return {tier: digests.both(part) for tier, part in content["tiers"].items()}
