"""What the talks on deals register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import GapItem, Offer
from mengkeju.deals.web.talks import pages as talk_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

for _key, _model, _label in (("offer", Offer, _("商谈条件")), ("gap_item", GapItem, _("磨合事项"))):
    register(
        SubjectType(
            _key,
            _model,
            _label,
            DealPerm.READ_PART,
            url=lambda o: o.deal.get_absolute_url(),
            title=str,
            related=("deal",),
        )
    )
for _type, _word in (
    ("deal.offer_made", _("提出条件")),
    ("deal.offer_accepted", _("接受条件")),
    ("deal.gap_raised", _("记下一条差距")),
    ("deal.gap_proposed", _("提出适配办法")),
    ("deal.gap_agreed", _("商定一条磨合事项")),
    ("deal.gap_failed", _("一条磨合事项谈不拢")),
    ("deal.gap_reopened", _("重新商谈一条磨合事项")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
panels.register(Panel("deals.talk", "deal", "main", 10, "deals/panel_talk.html", talk_pages.talk_panel))
panels.register(Panel("deals.gaps", "deal", "main", 20, "deals/panel_gaps.html", talk_pages.gaps_panel))
