"""What registrations, their files and their later changes register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import Amendment, Registration, RegistrationDocument
from mengkeju.deals.web.registration import pages as registration_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.webhooks import offers as webhooks

register(
    SubjectType(
        "registration",
        Registration,
        _("认定登记"),
        RegistrationPerm.READ,
        url=lambda r: r.get_absolute_url(),
        title=lambda r: f"{r.number_here} {r.deal.title}",
        workflow=REGISTRATION,
        related=("deal",),
    )
)
register(
    SubjectType(
        "registration_document",
        RegistrationDocument,
        _("登记材料"),
        RegistrationPerm.READ_PART,
        url=lambda row: row.registration.get_absolute_url(),
        title=lambda row: row.registration.number_here,
        related=("registration",),
    )
)
register(
    SubjectType(
        "amendment",
        Amendment,
        _("登记变更"),
        RegistrationPerm.READ_PART,
        url=lambda row: row.registration.get_absolute_url(),
        title=lambda row: row.registration.number_here,
        related=("registration",),
    )
)
for _type, _word in (
    ("registration.created", _("准备登记申请")),
    ("registration.typed", _("判定合同类型")),
    ("registration.edited", _("核对条款和情形")),
    ("registration.document_attached", _("上传登记材料")),
    ("registration.document_removed", _("移去登记材料")),
):
    event_labels.register(_type, _word)
webhooks.offers.register(
    "registration", webhooks.Offer("registration", ("created", *REGISTRATION.transitions), "get_registration")
)
panels.register(
    Panel("deals.registration", "deal", "next", 40, "deals/panel_registration.html", registration_pages.deal_panel)
)
