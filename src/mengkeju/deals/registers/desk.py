"""What the registrar's desk registers with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.web.desk import case as desk_case
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.timeline import event_labels

for _type, _word in (
    ("deal.registered", _("技术合同已登记")),
    ("deal.registration_refused", _("技术合同不予登记")),
    ("deal.registration_changed", _("技术合同登记有变更")),
    ("deal.registration_cancelled", _("技术合同登记已注销")),
):
    event_labels.register(_type, _word)
panels.register(Panel("deals.desk_waiting", "me", "counts", 60, "mk/count.html", desk_case.own_count))
panels.register(Panel("deals.desk_late", "me", "counts", 61, "mk/count.html", desk_case.late_count))
panels.register(Panel("deals.desk_case", "registration", "next", 20, "deals/desk_link.html", desk_case.case_link))
