"""What listings register with the kernel: the subject, what is findable, what is matched.

The parts of a listing, joint releases, lists and disclosure each have a module of
their own here; the kernel loads them after this one.
"""

from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import funnel, search
from mengkeju.kernel.bundles import Bundle, bundles
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.exchange.importers import Importer, importers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.kinds import load_folder
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.kernel.webhooks import offers as webhooks
from mengkeju.kernel.words import mark
from mengkeju.listings import actions, queries
from mengkeju.listings import kinds as kinds_folder
from mengkeju.listings.access import OutcomePerm, Perm
from mengkeju.listings.actions import imports_columns, imports_judge, imports_write
from mengkeju.listings.definitions.freshness import CONFIRM_KEY
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS
from mengkeju.listings.engine.reads import CONSENT, CONSENT_TEXT_VERSION, KEPT
from mengkeju.listings.engine.workflow import LISTING, NEWS, RESTORE_KEY
from mengkeju.listings.kinds import in_order, kinds
from mengkeju.listings.models import (
    Diagnosis,
    Listing,
    NeedOutcome,
)
from mengkeju.listings.web import (
    freshness,
    navigation,
    outcomes,
    panels,
    readers,
    refining,
    sharing,
    sheets,
)

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
_TOLD = ("created", "edited", "linked", "confirmed", *LISTING.transitions)
register(
    SubjectType(
        "outcome",
        NeedOutcome,
        _("需求的结果"),
        OutcomePerm.READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        related=("listing",),
    )
)
register(
    SubjectType(
        "diagnosis",
        Diagnosis,
        _("需求诊断"),
        Perm.DIAGNOSIS_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        workflow=DIAGNOSIS,
        related=("listing",),
    )
)
webhooks.offers.register("listing", webhooks.Offer("listing", _TOLD, "get_listing"))
search.searchables.register(
    "listing",
    search.Searchable(
        "listing",
        queries.search_documents,
        queries.all_uids,
        present=actions.search_rows_noted,
        find=queries.findable,
        sheet=sheets.of_kind,
        kinds=tuple(queries.search_kind(kind) for kind in in_order()),
        news=NEWS,
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
                market=_kind.market,
            ),
        )
for _kind in kinds.values():
    importers.register(
        f"listing.{_kind.key}",
        Importer(
            f"listing.{_kind.key}",
            _kind.label,
            _kind.label_en,
            "listing",
            columns=partial(imports_columns.columns_of, _kind),
            may=imports_write.may_import,
            judge=partial(imports_judge.judge, _kind.key),
            write=partial(imports_write.write, _kind.key),
            may_act=imports_write.may_act,
            acts=imports_write.ACTS,
        ),
    )
event_labels.register("listing.created", _("新建草稿"))
event_labels.register("listing.linked", _("注明关联条目"))
event_labels.register("listing.edited", _("修改内容"))
event_labels.register("listing.contact_changed", _("换联系人"))
event_labels.register("diagnosis.created", _("等经纪人认领"))
event_labels.register("listing.party_let_in", _("向合作方开放"))
event_labels.register("listing.party_ended", _("结束向合作方开放"))
inside_events.update({"listing.party_let_in", "listing.party_ended"})

for _event, _said in (
    ("confirm_asked", _("请所属单位确认仍然有效")),
    ("confirmed", _("确认仍然有效")),
    ("outcome_confirmed", _("企业确认结果")),
    ("outcome_refused", _("企业不认可结果")),
    ("chased", _("催办")),
):
    event_labels.register(f"listing.{_event}", _said)
for _panel in (
    Panel("listings.fresh", "listing", "next", 5, "mk/next.html", freshness.next_step),
    Panel("listings.outcome_next", "listing", "next", 6, "mk/next.html", outcomes.next_step),
    Panel("listings.outcome", "listing", "main", 4, "listings/panel_outcome.html", outcomes.on_listing),
    Panel("listings.to_confirm", "me", "counts", 15, "mk/count.html", freshness.on_workbench),
    Panel("listings.dormant", "me", "counts", 40, "mk/count.html", freshness.area_count),
    Panel("listings.aged_needs", "me", "counts", 50, "mk/count.html", outcomes.area_count),
    Panel("listings.home_today", "site", "aside", 10, "listings/panel_today.html", panels.home_today),
    Panel("listings.home_river", "site", "main", 10, "listings/panel_river.html", panels.home_river),
    Panel("listings.home_needs", "site", "main", 20, "listings/panel_home_needs.html", panels.home_needs),
    Panel(
        "listings.organisation", "organisation", "main", 10, "listings/panel_organisation.html", panels.of_organisation
    ),
    Panel("listings.reads", "listing", "aside", 60, "listings/panel_reads.html", readers.on_listing),
    Panel("listings.share", "listing", "aside", 70, "listings/panel_share.html", sharing.share),
    Panel("listings.chain", "listing", "aside", 80, "listings/panel_chain.html", sharing.chain),
    Panel("listings.links", "listing", "main", 5, "listings/panel_links.html", panels.links),
    Panel(
        "listings.completeness", "listing", "aside", 20, "listings/panel_completeness.html", refining.completeness_panel
    ),
    Panel("listings.diagnosis", "listing", "aside", 25, "listings/panel_diagnosis.html", refining.diagnosis_panel),
    Panel("listings.diagnosis_count", "me", "counts", 15, "mk/count.html", refining.waiting_count),
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
funnel.stages.register(
    "listed",
    funnel.Stage(
        "listed",
        "已发布",
        "Listed",
        "list-check",
        5,
        _("期内首次发布的供需信息，含后来办结、下架或撤回的"),
        of=queries.listed,
        source=_("供需信息"),
    ),
)
register_bench(
    NavEntry(
        "review-queue",
        _("待审核"),
        "review-queue",
        icon="clipboard-check",
        group=_("业务办理"),
        visible=navigation.reads_queue,
    )
)
register_bench(
    NavEntry(
        "diagnoses",
        _("需求诊断"),
        "diagnoses",
        icon="zoom-question",
        group=_("业务办理"),
        visible=navigation.reads_diagnoses,
    )
)
register_bench(
    NavEntry("reads", _("谁看过受限内容"), "reads", icon="eye", group=_("审计"), visible=navigation.reads_all_records)
)
for _key, _said, _icon in (
    ("needs-open", _("需求跟进"), "hourglass"),
    ("listing-dormant", _("已下架待确认"), "eye-off"),
):
    register_bench(
        NavEntry(_key, _said, _key, icon=_icon, group=_("业务办理"), visible=navigation.reads_queue),
    )
for _key, _said, _icon in (
    ("funnel", _("转化漏斗"), "filter"),
    ("portfolio", _("成果转化台账"), "columns"),
    ("crossings", _("两市往来"), "arrows-join-2"),
):
    register_bench(NavEntry(_key, _said, _key, icon=_icon, group=_("统计"), visible=navigation.sees_funnel))
register_bench(
    NavEntry(
        "listing-due", _("确认仍然有效"), "listing-due", icon="refresh", group=_("我的工作"), visible=navigation.belongs
    )
)
bundles.register(CONFIRM_KEY, Bundle(mark("%(count)s 条信息请确认仍然有效"), "listing-due"))
bundles.register(RESTORE_KEY, Bundle(mark("%(count)s 条信息到期未确认，已下架；确认后恢复展示"), "listing-due"))
nightly.register("listings.fresh", "mengkeju.listings.tasks.keep_fresh")
nightly.register("listings.reads", "mengkeju.listings.tasks.prune_reads")
offers.register(
    CONSENT,
    Offer(
        CONSENT,
        _("让信息所有者看到我的姓名"),
        format_lazy(
            _(
                "您看过别的单位不对所有人公开的内容时，平台记下您的单位，信息所有者能看到；同意后，也记您本人。"
                "最多保存 {days} 天。不同意也照常查看，只记单位。"
            ),
            days=KEPT.days,
        ),
        CONSENT_TEXT_VERSION,
        forget=actions.forget_reader,
    ),
)
register_bench(NavEntry("talent", _("校企供需对接"), "talent", icon="users", group=_("找")))
register_bench(NavEntry("listing-mine", _("本单位的供需信息"), "listing-mine", icon="list-check", group=_("我的工作")))
register_bench(
    NavEntry(
        "import-list",
        _("批量导入"),
        "import-list",
        icon="file-upload",
        group=_("发布"),
        visible=navigation.sees_imports,
    )
)
