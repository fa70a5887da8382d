"""What the year of a technology-transfer body registers with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.models import AgencySheet
from mengkeju.deals.web.agency import pages as agency_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

register(
    SubjectType(
        "agency_sheet",
        AgencySheet,
        _("机构年度台账"),
        AgencyPerm.SHEET_READ,
        url=lambda s: s.get_absolute_url(),
        title=lambda s: f"{s.organisation.name} {s}",
        related=("organisation",),
    )
)
event_labels.register("agency_sheet.saved", _("填报机构年度台账"))
inside_events.add("agency_sheet.saved")
panels.register(
    Panel("deals.agency", "organisation", "aside", 7, "deals/panel_agency.html", agency_pages.on_organisation)
)
panels.register(Panel("deals.my_agency", "me", "main", 45, "deals/panel_my_agency.html", agency_pages.of_me))
