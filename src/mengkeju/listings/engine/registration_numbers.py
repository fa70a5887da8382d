"""The number of a registered result (成果登记号): given by the registering office, never made here.

Twelve characters: three of the place or department, four of the year, Y (应用技术), four of the series. Letters for
other kinds of results were not seen in a source, so only Y is taken.
"""

import re
import unicodedata
from dataclasses import dataclass

from mengkeju.kernel.words import gettext as _

_SHAPE = re.compile(r"([0-9A-Z]{3})((?:19|20)\d{2})Y(\d{4})")
LENGTH = 12


@dataclass(frozen=True)
class RegistrationNumber:
    """The number in one spelling, and its year."""

    text: str
    year: int


def read(text: str) -> RegistrationNumber:
    """Width, case and spaces do not count. ValueError says what is wrong."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    given = "".join(c for c in narrow if not c.isspace() and c not in "-—–" and unicodedata.category(c) != "Cf")
    if len(given) != LENGTH:
        said = _("成果登记号是 12 位（3 位地方或部门代码、4 位年份、Y、4 位流水号），现在有 %(length)s 位")
        raise ValueError(said % {"length": len(given)})
    match = _SHAPE.fullmatch(given)
    if match is None:
        said = _("“%(number)s”不是成果登记号：应为 3 位地方或部门代码、4 位年份、Y、4 位流水号")
        raise ValueError(said % {"number": given})
    return RegistrationNumber(given, int(match[2]))
