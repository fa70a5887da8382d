"""What the lists register with the kernel: no search, no webhook, no feed."""

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench, register_portal
from mengkeju.listings.access.lists import AgendaPerm, BottleneckPerm, WeakLinkPerm
from mengkeju.listings.engine.agendas import AGENDA
from mengkeju.listings.engine.bottlenecks import BOTTLENECK
from mengkeju.listings.engine.weak_links import WEAK_LINK
from mengkeju.listings.models import Agenda, Bottleneck, WeakLink
from mengkeju.listings.web import list_panels

SUBJECTS = (
    ("weak_link", WeakLink, _("产业链短板弱项"), WeakLinkPerm.READ, WEAK_LINK),
    ("bottleneck", Bottleneck, _("卡脖子技术"), BottleneckPerm.READ, BOTTLENECK),
    ("agenda", Agenda, _("行业攻关方向"), AgendaPerm.READ, AGENDA),
)
EVENTS = {
    "weak_link.created": _("新建草稿"),
    "weak_link.edited": _("修改内容"),
    "weak_link.attached": _("挂上供需信息"),
    "weak_link.detached": _("取下供需信息"),
    "bottleneck.created": _("提名"),
    "bottleneck.edited": _("修改内容"),
    "bottleneck.attached": _("挂上供需信息"),
    "bottleneck.detached": _("取下供需信息"),
    "agenda.created": _("新建草稿"),
    "agenda.edited": _("修改内容"),
    "agenda.item_added": _("加了一个方向"),
    "agenda.item_edited": _("修改一个方向"),
    "agenda.item_removed": _("移除一个方向"),
    "agenda.item_solved": _("一个方向已解决"),
    "agenda.item_unsolved": _("一个方向改回未解决"),
    "agenda.item_made_need": _("把一个方向提成需求"),
    "agenda.attached": _("挂上供需信息"),
    "agenda.detached": _("取下供需信息"),
}

for _key, _model, _label, _read, _flow in SUBJECTS:
    register(
        SubjectType(
            _key, _model, _label, _read, url=lambda o: o.get_absolute_url(), title=lambda o: o.title, workflow=_flow
        )
    )
for _event, _said in EVENTS.items():
    event_labels.register(_event, _said)
register_panel(Panel("listings.lists", "listing", "main", 7, "listings/panel_lists.html", list_panels.on_listing))
register_panel(Panel("listings.bottlenecks_to_confirm", "me", "counts", 40, "mk/count.html", list_panels.to_confirm))
register_portal(NavEntry("lists", _("短板与攻关"), "weak-links"))
for _key, _said, _kind, _icon in (
    ("create-strength", _("发布专业特色"), "strength", "school"),
    ("create-capability", _("登记企业能力"), "capability", "settings"),
):
    register_bench(NavEntry(_key, _said, "listing-create", icon=_icon, args=(_kind,), group=_("发布")))
register_bench(
    NavEntry(
        "weak-links",
        _("产业链短板弱项"),
        "weak-links",
        icon="link",
        group=_("清单"),
        visible=list_panels.keeps_weak_links,
    )
)
register_bench(NavEntry("agendas", _("行业攻关方向"), "agendas", icon="flag", group=_("清单")))
register_bench(
    NavEntry(
        "bottlenecks",
        _("卡脖子技术清单"),
        "bottlenecks",
        icon="lock",
        group=_("清单"),
        visible=list_panels.sees_bottlenecks,
    )
)
register_bench(
    NavEntry(
        "bottleneck-new",
        _("提名卡脖子技术"),
        "bottleneck-new",
        icon="shield-lock",
        group=_("清单"),
        visible=list_panels.has_organisation,
    )
)
