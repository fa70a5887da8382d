"""Times that can be proposed for a meeting: how many, how long, when, and none over another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import yaml

from mengkeju.kernel.words import gettext as _

FILE = Path(__file__).parent / "figures.yaml"


@dataclass(frozen=True)
class Figures:
    """The dated figures of this capability."""

    checked_on: date
    source: str
    slots_at_most: int
    minutes_least: int
    minutes_most: int
    days_ahead: int
    abstract_most: int
    guest_retention_days: int


def load(path: Path = FILE) -> Figures:
    """Read the figures. ValueError unless they are dated and positive."""
    made = Figures(**yaml.safe_load(path.read_text(encoding="utf-8")))
    numbers = (value for value in vars(made).values() if isinstance(value, int))
    if not isinstance(made.checked_on, date) or min(numbers) <= 0 or made.minutes_least > made.minutes_most:
        msg = f"{path.name}: checked_on must be a date, the figures positive, the least below the most"
        raise ValueError(msg)
    return made


FIGURES = load()


@dataclass(frozen=True, order=True)
class Span:
    """From when until when; both aware."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


def span(starts_at: datetime, minutes: int) -> Span:
    """A time of so many minutes. ValueError for a naive time: nobody could say when it is."""
    if starts_at.tzinfo is None:
        msg = "a time of a meeting is aware"
        raise ValueError(msg)
    return Span(starts_at, starts_at + timedelta(minutes=minutes))


def trouble_with(spans: Sequence[Span], now: datetime, figures: Figures = FIGURES) -> str | None:
    """Why these times cannot be proposed; None when they can."""
    if not spans:
        return _("请至少提一个时间")
    if len(spans) > figures.slots_at_most:
        return _("一次最多提 %(most)d 个时间") % {"most": figures.slots_at_most}
    for one in spans:
        if one.ends_at <= one.starts_at:
            return _("结束时间要晚于开始时间")
        if not figures.minutes_least <= one.minutes <= figures.minutes_most:
            said = {"least": figures.minutes_least, "most": figures.minutes_most}
            return _("时长要在 %(least)d 到 %(most)d 分钟之间") % said
        if one.starts_at <= now:
            return _("时间要晚于现在")
        if one.starts_at > now + timedelta(days=figures.days_ahead):
            return _("最多约到 %(days)d 天以后") % {"days": figures.days_ahead}
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(sorted(spans))):
        return _("提的时间有重叠，请错开")
    return None


def trouble_with_link(link: str) -> str | None:
    """Why a link cannot be one of a remote session: it is encrypted, names a host, and carries no password."""
    scheme, mark, rest = link.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    if scheme != "https" or not mark:
        return _("请填写 https:// 开头的链接")
    if not host or "@" in host or any(sign.isspace() for sign in link):
        return _("链接不完整，请从会议软件里复制")
    return None
