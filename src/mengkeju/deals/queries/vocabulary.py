"""Coded words of the registration (technical fields, kinds of seller, of right, of plan), from its dated document."""

from mengkeju.kernel import clock
from mengkeju.kernel.words import word
from mengkeju.policy import queries as policy

DOCUMENT = "tech-contract-registration"


def choices(key: str) -> list[tuple[str, str]]:
    """(code, word in the reader's language) of one list: technical_fields, seller_kinds, ip_kinds, plan_sources."""
    return [(item.key, word(item)) for item in policy.amount(f"{DOCUMENT}.{key}", clock.today()).items or ()]


def known_code(key: str, code: str) -> bool:
    """Whether a list has this code."""
    return code in dict(choices(key))


def word_of_code(key: str, code: str) -> str:
    """The word of a code; the code itself when the list has it no more, empty for none."""
    return dict(choices(key)).get(code, code) if code else ""
