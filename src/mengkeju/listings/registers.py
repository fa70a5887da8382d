"""What listings register with the kernel: the subject, what is findable, what is matched."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import funnel, search
from mengkeju.kernel.kinds import load_folder
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.listings import kinds as kinds_folder
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import in_order, kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.web import navigation, panels

load_folder(kinds_folder)  # the kernel starts first, and the kinds are needed below
register(
    SubjectType(
        "listing",
        Listing,
        _("供需信息"),
        Perm.READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.title,
        workflow=LISTING,
    )
)
search.searchables.register(
    "listing",
    search.Searchable(
        "listing",
        queries.search_documents,
        queries.all_uids,
        present=queries.search_rows,
        kinds=tuple(queries.search_kind(kind) for kind in in_order()),
    ),
)
for _kind in kinds.values():
    if _kind.side:
        search.matchables.register(
            _kind.key,
            search.Matchable(
                _kind.key,
                _kind.side,
                _kind.seeks,
                load=partial(queries.match_documents, _kind.key),
                all_uids=partial(queries.published_uids, _kind.key),
            ),
        )
event_labels.register("listing.created", _("新建草稿"))
event_labels.register("listing.linked", _("注明关联条目"))
event_labels.register("listing.edited", _("修改内容"))
event_labels.register("listing.party_let_in", _("向合作方开放"))
event_labels.register("listing.party_ended", _("结束向合作方开放"))

for _panel in (
    Panel("listings.home_today", "site", "aside", 10, "listings/panel_today.html", panels.home_today),
    Panel("listings.home_river", "site", "main", 10, "listings/panel_river.html", panels.home_river),
    Panel("listings.home_needs", "site", "main", 20, "listings/panel_home_needs.html", panels.home_needs),
    Panel(
        "listings.organisation", "organisation", "main", 10, "listings/panel_organisation.html", panels.of_organisation
    ),
    Panel("listings.links", "listing", "main", 5, "listings/panel_links.html", panels.links),
    Panel("listings.review_count", "me", "counts", 10, "mk/count.html", panels.review_count),
    Panel("listings.own_count", "me", "counts", 20, "mk/count.html", panels.own_count),
    Panel("listings.own_returned", "me", "counts", 30, "mk/count.html", panels.own_returned),
):
    register_panel(_panel)
funnel.stages.register(
    "need",
    funnel.Stage(
        "need",
        "需求",
        "Needs",
        "building-factory-2",
        10,
        _("已发布和已办结的公开需求"),
        needs=queries.public_needs,
    ),
)
register_bench(
    NavEntry(
        "review-queue",
        _("待审核"),
        "review-queue",
        icon="clipboard-check",
        group=_("我的工作"),
        visible=navigation.reads_queue,
    )
)
register_bench(NavEntry("listing-mine", _("本单位的供需信息"), "listing-mine", icon="list-check", group=_("发布")))
