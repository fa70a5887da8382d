"""Entries of the workbench's side that deals bring, in the order in which they stand in their groups."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.web import navigation
from mengkeju.deals.web.ledger.imports import KEY
from mengkeju.kernel.ui import NavEntry, register_bench

_MINE, _WORK, _FIGURES = _("我的工作"), _("业务办理"), _("统计")
_OWN: tuple[tuple[str, Promise, str, str], ...] = (
    ("intentions", _("合作意向"), "intention-mine", "heart-handshake"),
    ("deals", _("合作项目"), "deals", "file-certificate"),
    ("registrations", _("登记信息"), "registrations", "rosette-discount-check"),
    ("returns", _("落地与收益"), "returns", "building-factory-2"),
)
for _key, _label, _url, _icon in _OWN:
    register_bench(NavEntry(_key, _label, _url, icon=_icon, group=_MINE))
for _key, _label, _icon in (
    ("contract-accounts", _("合同台账"), "book"),
    ("claim-bases", _("申报依据"), "currency-yuan"),
):
    register_bench(NavEntry(_key, _label, _key, icon=_icon, group=_MINE, visible=navigation.keeps_accounts))
for _key, _label, _icon in (
    ("board", _("供需看板"), "layout-kanban"),
    ("claims", _("经纪人认领"), "heart-handshake"),
    ("stalled", _("停滞的对接"), "hourglass"),
):
    register_bench(NavEntry(_key, _label, _key, icon=_icon, group=_WORK, visible=navigation.sees_board))
register_bench(NavEntry("desk", _("登记受理"), "desk", icon="gavel", group=_WORK, visible=navigation.sees_desk))
register_bench(
    NavEntry(
        "ledger-import",
        _("导入登记台账"),
        "import-new",
        icon="upload",
        query={"kind": KEY},
        group=_WORK,
        visible=navigation.imports_ledgers,
    )
)
register_bench(
    NavEntry("party-merge", _("单位归并"), "party-merge", icon="users", group=_WORK, visible=navigation.sees_desk)
)
for _key, _label, _icon, _group in (
    ("contract-statistics", _("合同统计"), "chart-bar", _WORK),
    ("lead-time", _("转化周期"), "hourglass", _FIGURES),
):
    register_bench(NavEntry(_key, _label, _key, icon=_icon, group=_group, visible=navigation.sees_statistics))
