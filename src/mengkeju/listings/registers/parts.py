"""What hangs on an achievement, registered with the kernel: maturity, applications, rights, names."""

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.models import (
    Application,
    IpRight,
    MaturityStep,
    Participation,
)
from mengkeju.listings.web import (
    part_panels,
)

register(
    SubjectType(
        "maturity_step",
        MaturityStep,
        _("成熟度记录"),
        PartPerm.PART_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        related=("listing",),
    )
)
register(
    SubjectType(
        "application",
        Application,
        _("应用案例"),
        PartPerm.PART_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.product,
        related=("listing",),
    )
)
register(
    SubjectType(
        "ip_right",
        IpRight,
        _("知识产权"),
        PartPerm.RIGHT_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: f"{o.printed} {o.title}",
    )
)
register(
    SubjectType(
        "participation",
        Participation,
        _("署名"),
        PartPerm.PARTICIPATION_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        related=("listing",),
    )
)
for _key, _words in {
    "listing.maturity_reached": _("记一级成熟度"),
    "listing.application_added": _("添加应用案例"),
    "listing.application_edited": _("更新应用案例"),
    "listing.application_removed": _("去掉应用案例"),
    "listing.registered_as_result": _("填写成果登记"),
    "listing.first_offer_set": _("设定本地优先期"),
    "listing.first_offer_ended": _("提前向所有单位开放"),
    "listing.right_linked": _("关联知识产权"),
    "listing.right_unlinked": _("取消关联知识产权"),
    "listing.participant_added": _("署名名单加一人"),
    "listing.participants_ordered": _("调整署名顺序"),
    "listing.participant_removed": _("署名名单移出一人"),
    "participation.agreed": _("被署名人确认"),
    "participation.objected": _("被署名人提出异议"),
    "ip_right.stated": _("写入登记册"),
    "ip_right.edited": _("更新权利信息"),
    "ip_right.claimed": _("单位主张权利"),
    "ip_right.claim_withdrawn": _("撤回主张"),
    "ip_right.decided": _("裁定归属"),
    "ip_right.fee_paid": _("记下年费已缴"),
    "ip_right.reminded": _("到期提醒"),
    "ip_right.expired": _("期限届满"),
}.items():
    event_labels.register(_key, _words)
for _panel in (
    Panel("listings.first_offer", "listing", "next", 5, "listings/panel_first_offer.html", part_panels.first_offer),
    Panel("listings.ladder", "listing", "main", 20, "listings/panel_ladder.html", part_panels.ladder),
    Panel("listings.applications", "listing", "main", 22, "listings/panel_applications.html", part_panels.applications),
    Panel("listings.rights", "listing", "main", 24, "listings/panel_rights.html", part_panels.rights),
    Panel("listings.team", "listing", "main", 26, "listings/panel_team.html", part_panels.team),
    Panel("listings.registration", "listing", "main", 28, "listings/panel_registration.html", part_panels.registration),
    Panel("listings.goals", "listing", "aside", 30, "listings/panel_goals.html", part_panels.goals),
):
    register_panel(_panel)
nightly.register("listings.rights", "mengkeju.listings.tasks.tend_rights")
register_bench(NavEntry("ip-rights", _("知识产权登记册"), "ip-rights", icon="certificate", group=_("找")))
register_bench(NavEntry("goals", _("政策目标"), "goals", icon="flag", group=_("找")))
