"""What the deal itself, its parties and helpers register with the kernel."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.models import Deal, DealHelper, DealParty
from mengkeju.deals.web.deal import pages as deal_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.webhooks import offers as webhooks

register(
    SubjectType(
        "deal",
        Deal,
        _("合作项目"),
        DealPerm.READ,
        url=lambda d: d.get_absolute_url(),
        title=lambda d: f"{d.number} {d.title}",
        workflow=DEAL,
    )
)
for _key, _model, _label in (("deal_party", DealParty, _("合同一方")), ("deal_helper", DealHelper, _("促成合同的人"))):
    register(
        SubjectType(
            _key,
            _model,
            _label,
            DealPerm.READ_PART,
            url=lambda p: p.deal.get_absolute_url(),
            title=lambda p: f"{p.deal.number} {p}",
            related=("deal",),
        )
    )
for _type, _word in (
    ("deal.created", pgettext_lazy("event", "建立合作项目")),
    ("deal.edited", _("修改合作项目")),
    ("deal.party_added", _("加入合同一方")),
    ("deal.party_edited", _("修改合同一方")),
    ("deal.party_removed", _("移出合同一方")),
    ("deal.lead_changed", _("更换牵头方")),
    ("deal.helper_added", _("写明促成合同的人")),
    ("deal.helper_confirmed", _("确认促成合同的人")),
):
    event_labels.register(_type, _word)
# What is told here happens to deals that their parties keep; of one that a source tells of there is at most what the
# source says of its landing and its benefit, which is everybody's.
webhooks.offers.register(
    "deal",
    webhooks.Offer(
        "deal",
        (
            *("created", "edited", *DEAL.transitions),
            *("party_added", "party_edited", "party_removed", "lead_changed", "helper_added", "helper_confirmed"),
            *("price_set", "price_corrected", "payment_recorded", "payment_confirmed", "payment_withdrawn"),
            *("text_uploaded", "text_confirmed", "text_confirmed_on_paper", "text_frozen", "text_taken_back"),
            *(f"milestone_{verb}" for verb in ("planned", "edited", "reported", "accepted", "sent_back", "dropped")),
            *("acceptance_recorded", "acceptance_withdrawn", "arrival_recorded", "arrival_withdrawn"),
            *(f"landing_{verb}" for verb in ("recorded", "edited", "building", "producing", "stopped")),
            *("production_recorded", "benefit_recorded", "benefit_withdrawn"),
        ),
        "get_deal",
    ),
)
panels.register(Panel("deals.deal", "listing", "next", 95, "deals/panel_deals_of.html", deal_pages.listing_panel))
panels.register(
    Panel("deals.of_intention", "intention", "aside", 5, "deals/panel_deal.html", deal_pages.intention_panel)
)
panels.register(Panel("deals.my_deals", "me", "main", 35, "deals/panel_my_deals.html", deal_pages.me_panel))
