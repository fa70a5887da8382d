"""The number of a registered technology contract (技术合同登记编号): given by the national system, never made here.

Sixteen characters, printed in groups of 4–4–2–6 on the cover of the model contract. What the groups mean was not
found in a source, so nothing is read out of them. Demo numbers begin with YS (演示).
"""

import re
import string
import unicodedata

from mengkeju.kernel.words import gettext as _

LENGTH = 16
GROUPS = (4, 4, 2, 6)
DEMO = "YS"
ALLOWED = frozenset(string.ascii_uppercase + string.digits)
# Signs people put between the groups; NFKC leaves these as they are.
_SEPARATORS = frozenset("-‐‑‒–—―−_.·•・/")
# “1.23457E+15”, “4203000012345678.0”: what a spreadsheet makes of a long number, with its last digits gone.
_LOST = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}|\d{15,}\.0+")
SURE_DIGITS = 15  # a spreadsheet keeps no more of a number


def _narrow(text: str) -> str:
    return "".join(c.upper() if c.isascii() else c for c in unicodedata.normalize("NFKC", text))


def _is_lost(value: object, narrow: str) -> bool:
    """Whether a spreadsheet has taken the number for an amount and dropped digits."""
    if isinstance(value, str):
        return _LOST.fullmatch("".join(narrow.split())) is not None
    return isinstance(value, float) or len(narrow) > SURE_DIGITS


def _kept(text: str) -> str:
    """Without spaces of every kind, invisible characters and group separators."""
    return "".join(
        c for c in text if c not in _SEPARATORS and not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc")
    )


def read(value: object) -> str:
    """The sixteen characters from what was typed or stood in a cell.

    Width, case, spaces and separators do not count. ValueError, with a sentence for the reader, says what is wrong; a
    cell that holds a number and not a text is refused, because a spreadsheet keeps fifteen digits of it only.
    """
    narrow = "" if value is None else _narrow(str(value)).strip()
    if _is_lost(value, narrow):
        said = _("表格把登记编号“%(number)s”当成了数，末几位已经丢失。请把这一列设为文本，重新填写编号")
        raise ValueError(said % {"number": narrow})
    number = _kept(narrow)
    if not number:
        raise ValueError(_("请写明登记编号"))
    for place, sign in enumerate(number, 1):
        if sign not in ALLOWED:
            said = _("登记编号只有数字和字母，第 %(place)s 位是“%(sign)s”")
            raise ValueError(said % {"place": place, "sign": sign})
    if len(number) != LENGTH:
        raise ValueError(_wrong_length(len(number)))
    return number


def _wrong_length(length: int) -> str:
    if length < LENGTH:
        said = _("登记编号是 16 位，现在有 %(length)s 位，少 %(missing)s 位")
        return said % {"length": length, "missing": LENGTH - length}
    said = _("登记编号是 16 位，现在有 %(length)s 位，多 %(extra)s 位")
    return said % {"length": length, "extra": length - LENGTH}


def show(number: str) -> str:
    """The number in the groups of the model contract, “4203 0000 12 345678”; anything else as it is."""
    if len(number) != LENGTH:
        return number
    parts, begin = [], 0
    for size in GROUPS:
        parts.append(number[begin : begin + size])
        begin += size
    return " ".join(parts)


def is_demo(number: str) -> bool:
    """Whether the number belongs to an invented record; a real one beginning so was not seen."""
    return number.startswith(DEMO)
