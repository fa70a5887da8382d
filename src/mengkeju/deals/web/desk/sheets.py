"""The queue of the registrar's desk as a file."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine import registration_number
from mengkeju.deals.models import Registration
from mengkeju.deals.web.desk.rows import badge, type_word
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute


def _columns() -> list[Column]:
    return [
        Column("number_here", _("受理号"), width=18),
        Column("title", _("合同名称"), width=40),
        Column("type", _("合同类型"), width=20),
        Column("seller", _("卖方"), width=32),
        Column("buyer", _("买方"), width=32),
        Column("area", _("地区"), width=14),
        Column("state", _("状态"), width=14),
        Column("filed", _("提交时间"), Kind.DATETIME),
        Column("accepted", _("受理日期"), Kind.DATE),
        Column("due", _("期限"), Kind.DATE),
        Column("left", _("剩余工作日"), Kind.NUMBER),
        Column("value", _("申报的成交额（元）"), Kind.MONEY),
        Column("technology", _("申报的技术交易额（元）"), Kind.MONEY),
        Column("certified", _("核定的成交额（元）"), Kind.MONEY),
        Column("certified_technology", _("核定的技术交易额（元）"), Kind.MONEY),
        Column("expert", _("要专家评审"), Kind.YES_NO),
        Column("fix", _("预审要改的项"), Kind.NUMBER),
        Column("warning", _("预审提醒的项"), Kind.NUMBER),
        Column("number", _("合同登记编号"), width=24),
        Column("registered_on", _("登记日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[Registration]) -> Iterable[Row]:
    cases, today = list(portion), clock.today()
    parties = queries.parties_on_desk(cases)
    areas = directory.area_names({case.area for case in cases})
    for case in cases:
        named = {
            side: _("；").join(p.name for p in parties[case.deal_id] if p.side == side) for side in ("seller", "buyer")
        }
        found, due = queries.finding_counts(case), getattr(case, "due_on", None)
        yield {
            "number_here": case.number_here,
            "title": case.deal.title,
            "type": type_word(case.contract_type, case.contract_subtype),
            **named,
            "area": areas.get(case.area, ""),
            "state": badge(case)["label"],
            "filed": case.filed_at,
            "accepted": case.accepted_on,
            "due": due,
            "left": clock.working_days_between(today, due) if due else None,
            "value": case.applied_value,
            "technology": case.applied_technology,
            "certified": case.certified_value,
            "certified_technology": case.certified_technology,
            "expert": case.needs_expert,
            "fix": found["fix"],
            "warning": found["warning"],
            "number": registration_number.show(case.number),
            "registered_on": case.registered_on,
            "url": absolute(reverse("desk-case", args=[case.uid])),
        }


DESK = register(Sheet("deals.desk", gettext_lazy("登记受理"), _columns, _rows))
