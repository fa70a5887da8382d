"""What cooperations register with the kernel: packages, funding, years, terms, what carries what, lists of signings."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import FundingLine, Renewal, WorkPackage, YearResult
from mengkeju.deals.web.cooperation import pages
from mengkeju.kernel import panels
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

for _key, _model, _label in (
    ("work_package", WorkPackage, _("合作任务")),
    ("funding_line", FundingLine, _("合作经费")),
    ("year_result", YearResult, _("年度成果")),
    ("renewal", Renewal, _("续签")),
):
    register(
        SubjectType(
            _key,
            _model,
            _label,
            DealPerm.READ_PART,
            url=lambda row: row.deal.get_absolute_url(),
            title=str,
            related=("deal",),
        )
    )
for _type, _word in (
    ("deal.parent_set", _("归入项目或协议")),
    ("deal.part_added", _("其下新增一项")),
    ("deal.package_added", _("加一项任务")),
    ("deal.package_edited", _("修改任务")),
    ("deal.package_removed", _("移去任务")),
    ("deal.funding_added", _("加一笔经费")),
    ("deal.funding_edited", _("修改经费")),
    ("deal.funding_removed", _("移去经费")),
    ("deal.renewed", _("续签")),
    ("deal.renew_deal_due", _("提醒：有效期快到")),
    ("deal.report_deal_year_due", _("提醒：写上一年度的成果")),
    ("deal.year_reported", _("写明年度成果")),
    ("deal.year_corrected", _("更正年度成果")),
):
    event_labels.register(_type, _word)
    inside_events.add(_type)
for _name, _slot, _order, _build in (
    ("packages", "main", 30, pages.packages_panel),
    ("funding", "main", 32, pages.funding_panel),
    ("years", "main", 65, pages.years_panel),
    ("term", "next", 20, pages.term_panel),
    ("signing", "next", 5, pages.signing_panel),
    ("family", "aside", 10, pages.family_panel),
):
    panels.register(Panel(f"deals.{_name}", "deal", _slot, _order, f"deals/panel_{_name}.html", _build))
panels.register(
    Panel(
        "deals.cooperations",
        "organisation",
        "main",
        40,
        "deals/panel_cooperations.html",
        pages.organisation_panel,
    )
)
nightly.register("deals.terms", "mengkeju.deals.tasks.tend_terms")
