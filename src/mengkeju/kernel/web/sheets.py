"""The kernel's own lists as files: what I have to do, and what I was told."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import clock, duties, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.bundles import place_of
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.models import Duty, Notice


def absolute(path: str) -> str:
    """A path of this site as an address that works from a file; empty for none."""
    return f"{settings.SITE_URL}{path}" if path else ""


def _duty_columns() -> list[Column]:
    return [
        Column("what", _("要办什么")),
        Column("about", _("对象"), width=40),
        Column("due", _("期限"), Kind.DATE),
        Column("left", _("剩余工作日"), Kind.NUMBER),
        Column("basis", _("依据"), width=32),
        Column("opened", _("开始时间"), Kind.DATETIME),
        Column("url", _("网址"), Kind.LINK),
    ]


def _duty_rows(_actor: Actor, portion: Sequence[Duty]) -> Iterable[Row]:
    titles = subjects.titles((d.subject_type, d.subject_uid) for d in portion)
    today = clock.today()
    for duty in portion:
        about, url = titles.get((duty.subject_type, duty.subject_uid), ("", ""))
        yield {
            "what": duties.word_of(duty),
            "about": about,
            "due": duty.due_on,
            "left": clock.working_days_between(today, duty.due_on) if duty.due_on else None,
            "basis": duty.basis,
            "opened": duty.opened_at,
            "url": absolute(url),
        }


def _notice_columns() -> list[Column]:
    return [
        Column("title", _("通知"), width=48),
        Column("about", _("对象"), width=40),
        Column("at", _("时间"), Kind.DATETIME),
        Column("read", _("已读"), Kind.YES_NO),
        Column("url", _("网址"), Kind.LINK),
    ]


def _notice_rows(_actor: Actor, portion: Sequence[Notice]) -> Iterable[Row]:
    titles = subjects.titles((n.subject_type, n.subject_uid) for n in portion)
    for notice in portion:
        about, url = titles.get((notice.subject_type, notice.subject_uid), ("", ""))
        yield {
            "title": notice.title,
            "about": about,
            "at": notice.created_at,
            "read": notice.read_at is not None,
            "url": absolute(place_of(notice, url)),
        }


DUTIES = register(Sheet("kernel.duties", gettext_lazy("我的待办"), _duty_columns, _duty_rows))
NOTICES = register(Sheet("kernel.notices", gettext_lazy("我的通知"), _notice_columns, _notice_rows))
