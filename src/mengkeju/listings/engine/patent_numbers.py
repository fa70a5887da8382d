"""Numbers of intellectual property rights in one spelling: Chinese patents with their check digit, others as printed.

Chinese application numbers since 2003-10-01 have twelve digits (year, type, serial), before that eight, and a check
digit behind a point (专利申请号标准 ZC 0006-2003). “ZL” before one says that it was granted.
"""

import re
import unicodedata
from dataclasses import dataclass

from mengkeju.kernel.words import gettext as _

WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
TYPES = {"1": "invention", "8": "invention", "2": "utility", "9": "utility", "3": "design"}
PUBLISHED_AS = {"A": "invention", "B": "invention", "C": "invention", "U": "utility", "Y": "utility", "S": "design"}
PATENTS = frozenset({"invention", "utility", "design"})
_APPLICATION = re.compile(r"(?:ZL|CN)?((?:19|20)\d{10}|\d{8})(?:\.?([0-9X]))?")
_PUBLICATION = re.compile(r"CN(\d{7}|\d{9})([ABCUYS])\d?")
_SOFTWARE = re.compile(r"(?:软著登字第)?((?:19|20)\d{2}SR\d{6,7})号?")
_FOREIGN = re.compile(r"(?!CN|ZL)[A-Z]{2}[A-Z0-9/.,-]{5,30}")
_YEARS_OF_EIGHT = {f"{year % 100:02d}": year for year in range(1985, 2004)}
_LONGEST = 40


class NumberRefusedError(ValueError):
    """The number cannot be right; the sentence says why."""


@dataclass(frozen=True)
class RightNumber:
    """A number in its one spelling. `kind` is empty where it does not tell; `granted` when it was written with ZL.

    `completed`: the check digit was missing and has been worked out.
    """

    text: str
    kind: str = ""
    granted: bool = False
    completed: bool = False
    year: int | None = None


def plain(text: str) -> str:
    """Half width, capitals, without spaces and the words people write before a number."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    narrow = "".join(char for char in narrow if not char.isspace() and unicodedata.category(char) != "Cf")
    narrow = re.sub(r"^[^A-Z0-9]*[\u4e00-\u9fff]:", "", narrow)
    return re.sub(r"[\u3002\u00b7]", ".", narrow)


def check_digit(digits: str) -> str:
    """The check digit of eight or twelve digits: weighted sum modulo 11, ten is X."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) % 11
    return "X" if rest == len("0123456789") else str(rest)


def read(text: str, kind: str = "") -> RightNumber:
    """The number of a right of a kind (empty: told by the number). NumberRefusedError says what is wrong."""
    given = plain(text)
    if not given:
        raise NumberRefusedError(_("请填写号码"))
    if len(given) > _LONGEST:
        raise NumberRefusedError(
            _("号码有 %(length)s 个字，最多 %(most)s 个") % {"length": len(given), "most": _LONGEST}
        )
    found = _read_known(given)
    if found is None and (kind in PATENTS or (not kind and given.startswith(("ZL", "CN")))):
        said = _("“%(number)s”不像专利号：应为 12 位数字加校验位（例 202310123456.X），或公布公告号（例 CN116123456A）")
        raise NumberRefusedError(said % {"number": given[:30]})
    if found is None and kind == "software":
        said = _("“%(number)s”不像软件著作权登记号（例 2021SR0123456）")
        raise NumberRefusedError(said % {"number": given[:30]})
    found = found or RightNumber(given, kind)
    if kind and found.kind and kind != found.kind:
        raise NumberRefusedError(_("号码与所选类型不符，请核对号码或类型"))
    return found


def _read_known(given: str) -> RightNumber | None:
    if match := _APPLICATION.fullmatch(given):
        return _application(given, match[1], match[2] or "")
    if match := _PUBLICATION.fullmatch(given):
        return RightNumber(f"CN{match[1]}{match[2]}", PUBLISHED_AS[match[2]])
    if match := _SOFTWARE.fullmatch(given):
        return RightNumber(match[1], "software", granted=True, year=int(match[1][:4]))
    if _FOREIGN.fullmatch(given):
        return RightNumber(given.replace(",", ""))
    return None


def _application(given: str, digits: str, stated: str) -> RightNumber | None:
    long = len(digits) == len(WEIGHTS)
    year = int(digits[:4]) if long else _YEARS_OF_EIGHT.get(digits[:2])
    if year is None:
        return None
    kind = TYPES.get(digits[4] if long else digits[2])
    if kind is None:
        said = _("“%(number)s”的类型位不对：发明为 1 或 8，实用新型为 2 或 9，外观设计为 3")
        raise NumberRefusedError(said % {"number": given})
    right = check_digit(digits)
    if stated and stated != right:
        said = _("“%(number)s”的校验位不对：前面的数字算出来应为 %(right)s，请核对有没有抄错")
        raise NumberRefusedError(said % {"number": given, "right": right})
    return RightNumber(f"{digits}.{right}", kind, given.startswith("ZL"), completed=not stated, year=year)


def shown(number: str, *, granted: bool) -> str:
    """As it is printed: a granted Chinese patent with ZL before it."""
    return f"ZL {number}" if granted and re.fullmatch(r"(\d{12}|\d{8})\.[0-9X]", number) else number
