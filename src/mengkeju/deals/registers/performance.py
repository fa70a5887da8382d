"""What milestones and acceptance register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models import Acceptance, Milestone
from mengkeju.deals.web.performance import pages as performance_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

register(
    SubjectType(
        "milestone",
        Milestone,
        _("里程碑"),
        DealPerm.READ_PART,
        url=lambda m: m.get_absolute_url(),
        title=str,
        workflow=MILESTONE,
        related=("deal", "reporter"),
    )
)
register(
    SubjectType(
        "acceptance",
        Acceptance,
        _("验收"),
        DealPerm.READ_PART,
        url=lambda a: a.deal.get_absolute_url(),
        title=str,
        related=("deal",),
    )
)
for _type, _word in (
    ("deal.milestone_planned", _("约定里程碑")),
    ("deal.milestone_edited", _("修改里程碑")),
    ("deal.milestone_reported", _("报告里程碑完成")),
    ("deal.milestone_accepted", _("确认里程碑完成")),
    ("deal.milestone_sent_back", _("退回里程碑")),
    ("deal.milestone_dropped", _("不再要求里程碑")),
    ("deal.acceptance_recorded", _("填写验收结论")),
    ("deal.acceptance_withdrawn", _("撤回验收结论")),
    ("deal.arrival_recorded", _("记引进的人才")),
    ("deal.arrival_withdrawn", _("撤回引进的人才")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
_PAGES = performance_pages
panels.register(Panel("deals.milestones", "deal", "main", 55, "deals/panel_milestones.html", _PAGES.milestones_panel))
panels.register(Panel("deals.acceptance", "deal", "main", 65, "deals/panel_acceptance.html", _PAGES.acceptance_panel))
panels.register(Panel("deals.arrivals", "deal", "main", 80, "deals/panel_arrivals.html", _PAGES.arrivals_panel))
