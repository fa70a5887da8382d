"""What individuals who are parties register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.web.deal import individual
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.timeline import event_labels, inside_events

for _type, _word in (("deal.individual_invited", _("请个人本人加入")), ("deal.individual_joined", _("个人本人加入"))):
    event_labels.register(_type, _word)
    inside_events.add(_type)
panels.register(
    Panel("deals.individuals", "deal", "aside", 3, "deals/panel_individuals.html", individual.individuals_panel)
)
