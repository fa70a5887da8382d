"""Coded words of the registration (fields, kinds of seller, of right, of plan), from its dated document."""


def choices(_key: str) -> list[tuple[str, str]]:
    """(code, word in the reader's language) of one list: fields, seller_kinds, ip_kinds, plan_sources …"""
    return []


def known_code(key: str, code: str) -> bool:
    """Whether a list has this code."""
    return code in dict(choices(key))


def word_of_code(key: str, code: str) -> str:
    """The word of a code; the code itself when the list has it no more, empty for none."""
    return dict(choices(key)).get(code, code)
