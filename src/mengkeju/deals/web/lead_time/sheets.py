"""The deals behind a number of the clock, as a file with every date, so that a median can be worked out again."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine.lead_time import STAGES, against
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import lead_time
from mengkeju.deals.web.lead_time.pages import disorder_words, part_words
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.words import word


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("合同或项目名称"), width=40),
        Column("area", _("卖方所在地"), width=16),
        Column("field", _("技术领域"), width=20),
        *(Column(key, word(stage), Kind.DATE) for key, stage in STAGES.items()),
        Column("days", _("天数"), Kind.NUMBER),
        Column("kept", _("在承诺期内"), width=12),
        Column("slowest", _("最慢的一段"), width=30),
        Column("disorders", _("次序"), width=30),
    ]


def _rows(_actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    today = clock.today()
    leads, months = lead_time.leads_of(portion, today), lead_time.promised_months(today)
    names = directory.area_names({deal.area for deal in portion if deal.area})
    answers = {True: _("是"), False: _("否"), None: ""}
    for deal in portion:
        lead = leads[deal.pk]
        held = against(lead, months, today) if months is not None else None
        yield {
            "number": deal.number,
            "title": deal.title,
            "area": names.get(deal.area, deal.area),
            "field": queries.word_of_code("technical_fields", deal.field),
            **lead.dates,
            "days": lead.total,
            "kept": answers[held.kept if held is not None and lead.total is not None else None],
            "slowest": part_words(lead.slowest) if lead.slowest else "",
            "disorders": _("；").join(disorder_words(lead)),
        }


LEAD_TIMES = register(Sheet("deals.lead_times", gettext_lazy("转化周期"), _columns, _rows))
