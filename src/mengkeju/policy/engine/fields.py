"""The fields of one mapping of a policy file, taken one by one; what is wrong is said with file, place and field."""

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from mengkeju.policy.engine.reading import PolicyError
from mengkeju.policy.engine.words import NOTHING, Words

KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")


class Fields:
    """A mapping of the file. Every taker raises PolicyError; a field that is not known is refused at once."""

    def __init__(self, data: object, file: str, place: str, known: Collection[str]) -> None:
        """`known`: the names that may stand there. `x_en` is known beside each `x` that has words."""
        self.file, self.place = file, place
        if not isinstance(data, dict):
            self._data: dict[str, object] = {}
            self.wrong("", "这里应当是“键: 值”")
        self._data = data
        for name in data:
            if name not in known:
                self.wrong(name, f"不认识这个字段；可以写：{'、'.join(sorted(known))}")

    def wrong(self, name: str, reason: str) -> NoReturn:
        """Refuse the file because of a field."""
        raise PolicyError(self.file, ".".join(part for part in (self.place, name) if part), reason)

    def __contains__(self, name: str) -> bool:
        """Whether the field is written, be it empty."""
        return name in self._data

    def raw(self, name: str) -> object:
        """As YAML has it; None when empty or not written."""
        return self._data.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        """A text without spaces around it; empty when it is not written."""
        value = self.raw(name)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.wrong(name, f"应当是文字，{value!r} 请加引号")
        if required and not value.strip():
            self.wrong(name, "没有写")
        return value.strip()

    def key(self, name: str) -> str:
        """A key: small letters, digits, - and _."""
        value = self.text(name, required=True)
        if not KEY.fullmatch(value):
            self.wrong(name, f"“{value}”要写成小写字母、数字、- 和 _，以字母开头")
        return value

    def words(self, name: str, *, required: bool = False) -> Words:
        """A sentence and its English beside it in `name_en`."""
        made = Words(self.text(name, required=required), self.text(f"{name}_en", required=required))
        return made or NOTHING

    def choice(self, name: str, known: Collection[str], default: str = "") -> str:
        """One of the known words."""
        value = self.text(name) or default
        if value not in known:
            self.wrong(name, f"“{value}”要写成其中之一：{'、'.join(known)}" if value else "没有写")
        return value

    def day(self, name: str) -> date | None:
        """A date, or None."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.wrong(name, f"应当是日期，写成 2026-03-01，不是 {value!r}")
        return value

    def number(self, name: str) -> Decimal:
        """A Decimal from a whole number or a quoted text; never from a float, which would already be rounded."""
        return self.decimal(self.raw(name), name)

    def decimal(self, value: object, name: str) -> Decimal:
        """The same of a value that was already taken."""
        if isinstance(value, float):
            self.wrong(name, f'小数要加引号，写成 "{value}"')
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            self.wrong(name, f'应当是不带符号和单位的数，如 5000000 或 "0.10"，不是 {value!r}')
        return Decimal(value)

    def keys(self, name: str) -> tuple[str, ...]:
        """A list of keys; one that stands twice is refused."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and KEY.fullmatch(one) for one in value):
            self.wrong(name, "应当是一列键，如 [first_time_seller]")
        if len(set(value)) != len(value):
            self.wrong(name, "有一个键写了两次")
        return tuple(value)

    def rows(self, name: str, known: Collection[str]) -> Iterator["Fields"]:
        """The mappings of a list; the place of each says its number, counted from 1, and its key."""
        value = self.raw(name)
        if not isinstance(value, list) or not value:
            self.wrong(name, "应当是一列，每行以 - 开头，至少一行")
        for at, row in enumerate(value, 1):
            key = row.get("key", "") if isinstance(row, dict) else ""
            place = ".".join(part for part in (self.place, f"{name}[{at}]") if part)
            yield Fields(row, self.file, f"{place} {key}".strip(), known)
