"""What the clock registers with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.web import lead_time_pages, navigation
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.ui import NavEntry, register_bench

panels.register(Panel("deals.lead_time", "deal", "aside", 60, "deals/panel_lead_time.html", lead_time_pages.deal_panel))
panels.register(
    Panel("deals.lead_times", "listing", "aside", 45, "deals/panel_lead_times.html", lead_time_pages.listing_panel)
)
register_bench(
    NavEntry(
        "lead-time",
        _("转化周期"),
        "lead-time",
        icon="hourglass",
        group=_("业务办理"),
        visible=navigation.sees_statistics,
    )
)
