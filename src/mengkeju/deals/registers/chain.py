"""What the chain of a deal from published texts registers with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.web.deal import chain_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.timeline import event_labels

event_labels.register("deal.readings_recorded", _("照录各篇报道的说法"))
panels.register(Panel("deals.chain", "deal", "main", 2, "deals/panel_chain.html", chain_pages.chain_panel))
panels.register(Panel("deals.readings", "deal", "main", 90, "deals/panel_readings.html", chain_pages.readings_panel))
