"""Personal numbers in free text: ID card, mobile, landline, bank card. Found to be masked where others read.

ID card: GB 11643—1999 (18 digits, ISO 7064 MOD 11-2 check character). Bank card: 16–19 digits with Luhn's check digit
(ISO/IEC 7812-1). Mobile: 11 digits from 13 to 19. Landline: an area code of 3–4 digits and 7–8 digits, apart by a mark.
Digits may be written full-width, and apart by blanks or hyphens.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark

WORDS = {
    "id_card": mark("身份证号"),
    "bank_card": mark("银行卡号"),
    "mobile": mark("手机号"),
    "landline": mark("座机号"),
}
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
GAP = r"[ \t\u3000\-–—·.]?"
BEFORE, AFTER = r"(?<![\dA-Za-z])", r"(?![\dA-Za-z])"
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Digits, letters and marks written wide → narrow, one character for one."""
LONG = re.compile(r"\d(?:\D?\D?\d){6}")
ALONE = r"(?<!\d)(?<!\d\.)"  # neither in a longer number nor behind a decimal point
EXTENSION = r"(?:[\-–—\u8f6c]\d{1,6})?"


@dataclass(frozen=True)
class PersonalNumber:
    """One found number: what it is and where it stands in the text."""

    kind: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return _(WORDS[self.kind])


def is_id_card(digits: str) -> bool:
    """18 characters with a possible birthday and the right check character."""
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, digits[:17], strict=True))
    return born.year >= 1900 and digits[0] in "12345678" and ID_CHECKS[total % 11] == digits[17].upper()


def is_luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's check digit; a row of one digit is no card."""
    doubled = [int(d) * (2 if at % 2 else 1) for at, d in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_anything(_digits: str) -> bool:
    return True


def _digits_apart(least: int, most: int) -> str:
    return rf"\d(?:{GAP}\d){{{least - 1},{most - 1}}}"


# In this order: a stretch that is taken is not read again.
PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("id_card", re.compile(rf"{BEFORE}{_digits_apart(17, 17)}{GAP}[\dXx]{AFTER}"), is_id_card),
    ("bank_card", re.compile(rf"{BEFORE}[3-6]{GAP}{_digits_apart(15, 18)}{AFTER}"), is_luhn),
    ("mobile", re.compile(rf"{ALONE}(?:(?:\+|00)86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"), _is_anything),
    ("landline", re.compile(rf"{ALONE}[(（]?0\d{{2,3}}[)）]?[ \-–—]?[2-9]\d{{6,7}}{EXTENSION}(?!\d)"), _is_anything),
)


def find(text: str) -> list[PersonalNumber]:
    """The numbers in a text, in order; places are those of the text as it is given."""
    found: list[PersonalNumber] = []
    if not LONG.search(text):  # most texts have none: they cost one search
        return found
    plain = text.translate(NARROW)
    for kind, pattern, is_one in PATTERNS:
        for hit in pattern.finditer(plain):
            digits = re.sub(r"[^\dXx]", "", hit.group())
            free = all(hit.end() <= other.start or hit.start() >= other.end for other in found)
            if free and is_one(digits):
                found.append(PersonalNumber(kind, hit.start(), hit.end()))
    return sorted(found, key=lambda one: one.start)


def mask(text: str) -> str:
    """The text with every number replaced by what it was: 〔手机号已隐去〕."""
    masked, at = [], 0
    for one in find(text):
        masked += [text[at : one.start], _("〔%(what)s已隐去〕") % {"what": one.label}]
        at = one.end
    return "".join((*masked, text[at:])) if masked else text


def labels(text: str) -> list[str]:
    """What kinds of number a text has, each once, in order."""
    return list(dict.fromkeys(one.label for one in find(text)))
