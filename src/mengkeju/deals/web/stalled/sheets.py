"""Stalled conversions as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine.stall import OBSTACLES
from mengkeju.deals.models import Intention
from mengkeju.deals.web.stalled.pages import open_stall, seen_listings, stage_badge
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listing_acts


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("target", _("对接的条目"), width=40),
        Column("declaring", _("表意向一方"), width=32),
        Column("answering", _("答复一方"), width=32),
        Column("stage", _("停在"), width=14),
        Column("since", _("状态日期"), Kind.DATE),
        Column("days", _("已停工作日"), Kind.NUMBER),
        Column("obstacle", _("障碍"), width=28),
        Column("note", _("情况说明"), width=40),
        Column("helper", _("帮办人")),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Intention]) -> Iterable[Row]:
    seen, today = seen_listings(actor, portion), clock.today()
    listing_acts.note_reads(list(seen.values()), channel="export", by=actor, now=clock.now(), keys=())
    for i in portion:
        stall, shown = open_stall(i), seen.get(i.target_id)
        yield {
            "number": i.number,
            "target": shown.title if shown else "",
            "declaring": i.declaring.name,
            "answering": i.answering.name,
            "stage": stage_badge(i)["label"],
            "since": i.state_at,
            "days": queries.days_in_stage(i, today),
            "obstacle": word(OBSTACLES[stall.obstacle]) if stall else "",
            "note": stall.note if stall else "",
            "helper": stall.helper.name if stall and stall.helper else "",
            "url": absolute(f"/stalled/{i.uid}/"),
        }


STALLED = register(Sheet("deals.stalled", gettext_lazy("停滞的对接"), _columns, _rows))
