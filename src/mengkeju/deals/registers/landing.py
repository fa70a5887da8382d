"""What landings, benefits and people who came register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import LandingPerm
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import Arrival, Benefit, Landing
from mengkeju.deals.web.performance import landing_pages
from mengkeju.kernel import panels
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

register(
    SubjectType(
        "landing",
        Landing,
        _("成果落地"),
        LandingPerm.READ,
        url=lambda landing: landing.get_absolute_url(),
        title=str,
        workflow=LANDING,
        related=("deal", "party"),
    )
)
for _key, _model, _label in (("benefit", Benefit, _("经济收益")), ("arrival", Arrival, _("引进的人才"))):
    register(
        SubjectType(
            _key,
            _model,
            _label,
            LandingPerm.READ,
            url=lambda row: row.deal.get_absolute_url(),
            title=str,
            related=("deal",),
        )
    )
for _type, _word in (
    ("deal.landing_recorded", _("填写成果落地")),
    ("deal.benefit_recorded", _("填写经济收益")),
):
    event_labels.register(_type, _word)
for _type, _word in (
    ("deal.landing_edited", _("修改成果落地")),
    ("deal.landing_building", _("落地项目开工")),
    ("deal.landing_producing", _("落地项目投产")),
    ("deal.landing_stopped", _("落地项目停产或停建")),
    ("deal.production_recorded", _("填写产量")),
    ("deal.benefit_withdrawn", _("撤回经济收益")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
event_labels.register("landing.year_asked", _("提醒填写上一年情况"))
panels.register(Panel("deals.landings", "deal", "main", 70, "deals/panel_landings.html", landing_pages.landings_panel))
panels.register(Panel("deals.benefits", "deal", "main", 75, "deals/panel_benefits.html", landing_pages.benefits_panel))
nightly.register("deals.landings", "mengkeju.deals.tasks.follow_landings")
