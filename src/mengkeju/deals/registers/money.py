"""What prices and payments register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import PaymentRecord
from mengkeju.deals.web.money import pages as money_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

register(
    SubjectType(
        "deal_payment",
        PaymentRecord,
        _("付款记录"),
        DealPerm.READ_PART,
        url=lambda p: p.deal.get_absolute_url(),
        title=str,
        related=("deal",),
    )
)
for _type, _word in (
    ("deal.price_set", _("写明价款")),
    ("deal.price_corrected", _("更正价款")),
    ("deal.payment_recorded", _("登记付款")),
    ("deal.payment_confirmed", _("确认付款")),
    ("deal.payment_withdrawn", _("撤回付款记录")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
panels.register(Panel("deals.price", "deal", "main", 10, "deals/panel_price.html", money_pages.price_panel))
panels.register(Panel("deals.payments", "deal", "main", 60, "deals/panel_payments.html", money_pages.payments_panel))
