"""Intentions and introductions as a file: never the message, never a contact."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.models import ORIGINS, Intention
from mengkeju.deals.web.intentions.pages import badge, direction
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("target", _("对接的条目"), width=40),
        Column("counter", _("另一方条目"), width=40),
        Column("direction", _("方向"), width=14),
        Column("declaring", _("表意向一方"), width=32),
        Column("answering", _("答复一方"), width=32),
        Column("state", _("状态"), width=16),
        Column("at", _("状态日期"), Kind.DATE),
        Column("origin", _("意向来源"), width=14),
        Column("broker", _("引荐的经纪人")),
        Column("reason", _("婉拒或结束的原因"), width=24),
        Column("declared_at", _("提出时间"), Kind.DATETIME),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Intention]) -> Iterable[Row]:
    for i in portion:
        yield {
            "number": i.number,
            "target": i.target.title,
            "counter": i.counter.title if i.counter else "",
            "direction": direction(actor, i),
            "declaring": i.declaring.name,
            "answering": i.answering.name,
            "state": badge(i, actor)["label"],
            "at": i.state_at,
            "origin": str(ORIGINS.get(i.origin, i.origin)),
            "broker": i.broker.name if i.broker else "",
            "reason": word(REASONS[i.reason]) if i.reason else "",
            "declared_at": i.created_at,
            "url": absolute(i.get_absolute_url()),
        }


INTENTIONS = register(Sheet("deals.intentions", gettext_lazy("合作意向"), _columns, _rows))
