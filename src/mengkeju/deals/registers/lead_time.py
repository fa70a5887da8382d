"""What the clock registers with the kernel."""

from mengkeju.deals.web.lead_time import pages as lead_time_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel

panels.register(Panel("deals.lead_time", "deal", "aside", 60, "deals/panel_lead_time.html", lead_time_pages.deal_panel))
panels.register(
    Panel("deals.lead_times", "listing", "aside", 45, "deals/panel_lead_times.html", lead_time_pages.listing_panel)
)
