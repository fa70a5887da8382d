"""What milestones and acceptance register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models import Acceptance, Milestone
from mengkeju.kernel.subjects import SubjectType, register

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
