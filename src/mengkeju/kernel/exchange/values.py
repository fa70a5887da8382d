"""What people write in cells → typed values, or a sentence that says what to write instead (ValueRefusedError).

Every function takes text of any kind, gives None (or an empty tuple or string) for an empty cell, and raises nothing
but ValueRefusedError.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from mengkeju.kernel.exchange.amounts import MoneyRange, parse_money, parse_money_range
from mengkeju.kernel.exchange.dates import PartialDate, parse_date, parse_day
from mengkeju.kernel.exchange.refusals import ValueRefusedError, short

__all__ = [
    "Choice",
    "MoneyRange",
    "PartialDate",
    "ValueRefusedError",
    "organisation_key",
    "organisation_name",
    "parse_choice",
    "parse_choices",
    "parse_date",
    "parse_day",
    "parse_email",
    "parse_integer",
    "parse_money",
    "parse_money_range",
    "parse_number",
    "parse_phone",
    "parse_yes_no",
]

NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "暂无", "n/a"})
YES = frozenset(
    {"是", "有", "对", "√", "✓", "✔", "☑", "■", "y", "yes", "true", "t", "1", "已", "同意", "愿意", "可以", "可"}
)
NO = frozenset(
    {
        "否",
        "无",
        "不",
        "×",
        "✗",
        "✘",
        "x",
        "□",
        "☐",
        "n",
        "no",
        "false",
        "f",
        "0",
        "未",
        "没有",
        "不是",
        "不同意",
        "不愿意",
        "不可以",
        "不可",
    }
)
SEPARATORS = re.compile(r"[、，,;；/|\n\r]+")
CLOSE = 0.6  # difflib's own default for “similar”
LONGEST = 200  # characters of a choice looked at for a suggestion
NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<decimals>\.[0-9]+)?(?P<tens>万|亿)?(?P<unit>.*)"
)
TENS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
MOST_DIGITS = 18
ABOUT = re.compile(r"^(?:大约|大概|约|近|~)|(?:左右|上下)$")
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})(?:(?:转|ext|x|#)(\d{1,6}))?", re.IGNORECASE | re.ASCII)
SERVICE = re.compile(r"[48]00\d{7}|9\d{4,5}|1[02]\d{3,4}", re.ASCII)
LOCAL = re.compile(r"\d{7,8}", re.ASCII)
CJK = r"\u3400-\u9fff（）"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def parse_yes_no(text: str) -> bool | None:
    """是/否, 有/无, √/×, Y/N, 1/0; None for an empty cell."""
    plain = _plain(text).lower()
    if plain in YES:
        return True
    if plain in NO:
        return False
    if plain in NOTHING:
        return None
    raise ValueRefusedError(_("“{text}”：这一列填 是 或 否").format(text=short(text)))


# ---- Choices -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One of the values a column takes, its label and other words people use for it."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


def _choice_key(text: str) -> str:
    """How two spellings are compared: without width, case, spaces and brackets."""
    return re.sub(r"[\s()\[\]【】《》“”\"'·.。]", "", unicodedata.normalize("NFKC", text)).casefold()


def _words(choices: Iterable[Choice]) -> dict[str, Choice]:
    """Spelling → choice; a label outranks another choice's synonym."""
    words: dict[str, Choice] = {}
    listed = list(choices)
    for choice in listed:
        words.setdefault(_choice_key(choice.label), choice)
    for choice in listed:
        for word in (choice.key, *choice.synonyms):
            words.setdefault(_choice_key(word), choice)
    return words


def parse_choice(text: str, choices: Sequence[Choice]) -> str | None:
    """The key of the choice named by label, synonym or key; None for an empty cell.

    An unknown one is refused with the closest label as `suggestion`.
    """
    if _plain(text).lower() in NOTHING:
        return None
    words = _words(choices)
    found = words.get(_choice_key(text))
    if found is not None:
        return found.key
    raise _unknown(text, words, choices)


def _unknown(text: str, words: dict[str, Choice], choices: Sequence[Choice]) -> ValueRefusedError:
    key = _choice_key(text)[:LONGEST]
    near = difflib.get_close_matches(key, words, n=1, cutoff=CLOSE)
    inside = [word for word in words if len(word) > 1 and (word in key or (len(key) > 1 and key in word))]
    best = near or sorted(inside, key=len, reverse=True)
    if best:
        label = words[best[0]].label
        return ValueRefusedError(
            _("没有“{text}”这一项，是不是“{label}”？").format(text=short(text), label=label), label
        )
    some = "、".join(choice.label for choice in choices[:8])
    return ValueRefusedError(
        _("没有“{text}”这一项，可以填：{some}").format(text=short(text), some=some + ("……" if len(choices) > 8 else ""))  # noqa: PLR2004 - as listed above
    )


def parse_choices(text: str, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Keys of several choices separated by 、，,;/ or line ends, each once, in order; () for an empty cell.

    A label that holds a separator itself (“技术开发/委托开发”) is recognised as a whole.
    """
    if _plain(text).lower() in NOTHING:
        return ()
    words = _words(choices)
    parts = [part for part in SEPARATORS.split(text) if part.strip()]
    joined = {SEPARATORS.sub("", word): choice for word, choice in words.items()}
    longest = max((len(SEPARATORS.split(choice.label)) for choice in choices), default=1)
    keys: list[str] = []
    at = 0
    while at < len(parts):
        for count in range(min(longest, len(parts) - at), 0, -1):
            found = joined.get(_choice_key("".join(parts[at : at + count])))
            if found is not None:
                keys.append(found.key)
                at += count
                break
        else:
            raise _unknown(parts[at].strip(), words, choices)
    return tuple(dict.fromkeys(keys))


# ---- Numbers -----------------------------------------------------------------------------------------


def parse_number(text: str, unit: str = "") -> Decimal | None:
    """A number, with or without thousands separators, 约, 万/亿 and the column's `unit`; None for an empty cell.

    Another unit than the column's is refused: nothing is converted silently.
    """
    plain = "".join(_plain(text).replace("−", "-").split())
    if plain.lower() in NOTHING:
        return None
    wanted = "".join(_plain(unit).split())
    plain = ABOUT.sub("", plain)
    if wanted and plain != wanted and plain.endswith(wanted):
        plain = plain.removesuffix(wanted)
    found = NUMBER.fullmatch(plain)
    if not found or len(found["digits"] + (found["decimals"] or "")) > MOST_DIGITS or not plain.isprintable():
        raise ValueRefusedError(_("“{text}”不是数字").format(text=short(text)))
    if found["unit"]:
        sentence = (
            _("“{text}”的单位不是“{unit}”，请换算后只填数字").format(text=short(text), unit=unit)
            if unit
            else _("“{text}”里有数字以外的字，请只填数字").format(text=short(text))
        )
        raise ValueRefusedError(sentence)
    number = Decimal(found["sign"] + found["digits"].replace(",", "") + (found["decimals"] or ""))
    return number * TENS.get(found["tens"] or "", Decimal(1))


def parse_integer(text: str, unit: str = "", low: int | None = None, high: int | None = None) -> int | None:
    """A whole number within the limits; None for an empty cell."""
    number = parse_number(text, unit)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ValueRefusedError(_("“{text}”不是整数").format(text=short(text)))
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueRefusedError(
            _("“{text}”不在范围内（{low}–{high}）").format(
                text=short(text), low="" if low is None else low, high="" if high is None else high
            )
        )
    return int(number)


# ---- Contacts and names ------------------------------------------------------------------------------


def parse_phone(text: str) -> str:
    """A mobile number as 13800138000, a landline as 0471-1234567(-12), a service number as 4001234567."""
    plain = "".join(_plain(text).split())
    if plain.lower() in NOTHING or plain == "无":
        return ""
    if SCIENTIFIC.fullmatch(plain):
        raise ValueRefusedError(
            _("“{text}”被表格软件改成了科学计数，请把这一列设为文本后重填").format(text=short(text))
        )
    bare = _bare_number(plain)
    if MOBILE.fullmatch(bare) or SERVICE.fullmatch(bare):
        return bare
    line = LANDLINE.fullmatch(bare)
    if line:
        return f"{line[1]}-{line[2]}" + (f"-{line[3]}" if line[3] else "")
    if LOCAL.fullmatch(bare):
        raise ValueRefusedError(_("“{text}”请加上区号，例如 0471-{digits}").format(text=short(text), digits=bare))
    if len(re.findall(r"\d{7,}", plain)) > 1:
        raise ValueRefusedError(_("“{text}”有几个号码，请只填一个").format(text=short(text)))
    raise ValueRefusedError(_("“{text}”不是电话号码，请写成 13800138000 或 0471-1234567").format(text=short(text)))


def _bare_number(plain: str) -> str:
    """Digits without country code, brackets and dashes; an extension behind 转, x or #."""
    national = re.sub(r"^(?:\+|00)86-?", "", plain)
    marked = re.sub(r"(?<=\d{7})-(?=\d{1,6}$)", "转", national)
    return re.sub(r"[()\-—–.]", "", marked)


def parse_email(text: str) -> str:
    """An address in lower case; empty for an empty cell."""
    plain = _plain(text).removeprefix("mailto:").lower()
    if plain in NOTHING or plain == "无":
        return ""
    try:
        EmailValidator()(plain)
    except ValidationError as error:
        raise ValueRefusedError(_("“{text}”不是邮箱地址").format(text=short(text))) from error
    return plain


def organisation_name(text: str) -> str:
    """A name as it is kept: Chinese brackets, no spaces beside Chinese characters, one space between others."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if char.isprintable() or char.isspace())
    plain = " ".join(plain.translate(str.maketrans("()[]【】〔〕", "（）（）（）（）")).split())
    return re.sub(rf"(?<=[{CJK}]) | (?=[{CJK}])", "", plain)


def organisation_key(text: str) -> str:
    """How two spellings of one organisation are compared; never shown."""
    return re.sub(r"[\W_]", "", organisation_name(text)).casefold()
