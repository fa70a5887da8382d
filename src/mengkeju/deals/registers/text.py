"""What texts of deals register with the kernel: subject type, words of the events, panels, parts of the bundle."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import ContractText
from mengkeju.deals.queries import bundle
from mengkeju.deals.web.texts import pages as text_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

register(
    SubjectType(
        "contract_text",
        ContractText,
        _("合同文本"),
        DealPerm.READ_PART,
        url=lambda t: t.deal.get_absolute_url(),
        title=str,
        related=("deal",),
    )
)
for _type, _word in (
    ("deal.text_uploaded", _("上传文本")),
    ("deal.text_confirmed", _("确认文本")),
    ("deal.text_confirmed_on_paper", _("记为书面确认，附扫描件")),
    ("deal.text_frozen", _("各方都已确认文本")),
    ("deal.text_taken_back", _("撤回一版文本")),
    ("deal.bundle_taken", _("下载合同文件包")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
panels.register(Panel("deals.texts", "deal", "main", 40, "deals/panel_texts.html", text_pages.texts_panel))
panels.register(Panel("deals.to_confirm", "deal", "next", 10, "mk/next.html", text_pages.confirm_panel))
bundle.parts.register("texts", bundle.texts_part)
bundle.parts.register("vouchers", bundle.vouchers_part)
