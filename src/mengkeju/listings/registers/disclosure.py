"""What disclosure in tiers registers with the kernel: requests to see, files, what the owner sees of both."""

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.duty_clock import lapse_handlers
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.listings import actions
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.disclosure import ACCESS_REQUEST
from mengkeju.listings.models import (
    AccessRequest,
)
from mengkeju.listings.web import (
    disclosure_pages,
)

register(
    SubjectType(
        "access_request",
        AccessRequest,
        _("查看申请"),
        Perm.ACCESS_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        workflow=ACCESS_REQUEST,
        related=("listing",),
    )
)
lapse_handlers.register("access_request", actions.lapse_access_request)
event_labels.register("listing.disclosure_rule", _("设定合作方内容的开放方式"))
event_labels.register("listing.file_added", _("加入附件"))
event_labels.register("listing.file_removed", _("撤下附件"))
event_labels.register("access_request.created", _("申请查看受限内容"))
event_labels.register("access_request.undertaking", _("接受保密承诺"))
for _panel in (
    Panel("listings.files", "listing", "main", 3, "listings/panel_files.html", disclosure_pages.files_panel),
    Panel("listings.ask", "listing", "aside", 5, "listings/panel_ask.html", disclosure_pages.ask_panel),
    Panel("listings.decide", "listing", "next", 20, "listings/panel_decide.html", disclosure_pages.decide_panel),
    Panel(
        "listings.disclosure", "listing", "aside", 55, "listings/panel_disclosure.html", disclosure_pages.owner_panel
    ),
    Panel("listings.access_count", "me", "counts", 35, "mk/count.html", disclosure_pages.received_count),
):
    register_panel(_panel)
register_bench(NavEntry("access-mine", _("查看申请"), "access-mine", icon="lock-open", group=_("我的工作")))
