"""Meetings, pitches and origins as files: never a message, a link, a note, or a guest's name and address."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.events import queries
from mengkeju.events.engine.pitch import PITCH
from mengkeju.events.models import Meeting, Pitch
from mengkeju.events.models.meeting import MODES, ORIGINS
from mengkeju.events.queries import OriginRow
from mengkeju.events.web.pages import badge
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word


def _meeting_columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("requesting", _("发起一方"), width=32),
        Column("invited", _("被邀请一方"), width=32),
        Column("origin", _("来自"), width=14),
        Column("mode", _("会面方式"), width=14),
        Column("starts", _("开始时间"), Kind.DATETIME),
        Column("state", _("状态"), width=20),
        Column("broker", _("安排的经纪人")),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _meeting_rows(actor: Actor, portion: Sequence[Meeting]) -> Iterable[Row]:
    for m in portion:
        yield {
            "number": m.number,
            "requesting": m.requesting.name,
            "invited": m.invited.name,
            "origin": str(ORIGINS[m.origin]),
            "mode": str(MODES[m.mode]),
            "starts": m.starts_at,
            "state": badge(m, actor)["label"],
            "broker": m.broker.name if m.broker else "",
            "url": absolute(m.get_absolute_url()),
        }


def _pitch_columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("路演"), width=40),
        Column("team", _("对方单位或团队"), width=32),
        Column("origin", _("来自"), width=18),
        Column("starts", _("开始时间"), Kind.DATETIME),
        Column("state", _("状态"), width=18),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _pitch_rows(_actor: Actor, portion: Sequence[Pitch]) -> Iterable[Row]:
    names = queries.origin_names(p.origin for p in portion)
    for p in portion:
        yield {
            "number": p.number,
            "title": p.shown_title,
            "team": p.team,
            "origin": names[p.origin],
            "starts": p.starts_at,
            "state": word(PITCH.states[p.state]),
            "url": absolute(p.get_absolute_url()),
        }


def _origin_columns() -> list[Column]:
    counted = [Column(stage, str(label), Kind.NUMBER) for stage, label in queries.STAGES.items()]
    return [Column("name", _("来源地"), width=28), *counted]


def _origin_rows(_actor: Actor, portion: Sequence[OriginRow]) -> Iterable[Row]:
    for row in portion:
        yield {"name": row.name, **row.counts}


MEETINGS = register(Sheet("events.meetings", gettext_lazy("会面"), _meeting_columns, _meeting_rows))
PITCHES = register(Sheet("events.pitches", gettext_lazy("远程路演"), _pitch_columns, _pitch_rows))
ORIGINS_SHEET = register(Sheet("events.origins", gettext_lazy("远程路演来源统计"), _origin_columns, _origin_rows))
