"""统一社会信用代码 (GB 32100-2015): normalise and check."""

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from mengkeju.kernel.words import gettext as _


class CreditCodeError(ValueError):
    """The code is not valid; `overridable` when an officer may accept it with a reason."""

    def __init__(self, message: str, *, overridable: bool) -> None:
        """The message is for the person who typed the code."""
        super().__init__(message)
        self.overridable = overridable


def normalise(text: str) -> str:
    """Half width, upper case, without spaces and dashes."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "").strip()


def check(text: str) -> str:
    """The normalised code, or “” for none. Raises CreditCodeError saying what is wrong.

    Real codes with a wrong check digit exist (old conversions): only that fault is overridable.
    """
    code = normalise(text)
    if not code:
        return ""
    try:
        return str(uscc.validate(code))
    except InvalidLength as error:
        raise CreditCodeError(
            _("统一社会信用代码应为 18 位，现在是 %(count)s 位") % {"count": len(code)}, overridable=False
        ) from error
    except InvalidChecksum as error:
        raise CreditCodeError(
            _("统一社会信用代码的校验位不对，请对照营业执照核对；确认无误可写明理由提交"), overridable=True
        ) from error
    except (InvalidFormat, ValidationError) as error:
        raise CreditCodeError(_("统一社会信用代码含有不允许的字符（没有 I、O、S、V、Z）"), overridable=False) from error
