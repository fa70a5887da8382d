"""What landings, benefits and people who came register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import LandingPerm
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import Arrival, Benefit, Landing
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels

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
