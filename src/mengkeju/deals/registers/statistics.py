"""What the contract statistics register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import StatPerm
from mengkeju.deals.models import StatClosing
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels

register(
    SubjectType(
        "stat_closing",
        StatClosing,
        _("合同统计关账"),
        StatPerm.READ,
        url=lambda c: c.get_absolute_url(),
        title=str,
    )
)
event_labels.register("stat_closing.closed", _("合同统计关账"))
event_labels.register("stat_closing.reopened", _("重新打开已关账的一期"))
