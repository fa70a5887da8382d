"""What listings register with the kernel: the subject, what is findable, what is matched."""

from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import funnel, search
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.duty_clock import lapse_handlers
from mengkeju.kernel.exchange.importers import Importer, importers
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.kinds import load_folder
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench, register_portal
from mengkeju.kernel.webhooks import offers as webhooks
from mengkeju.listings import actions, queries
from mengkeju.listings import kinds as kinds_folder
from mengkeju.listings.access import OutcomePerm, Perm, ReleasePerm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import imports_columns, imports_judge, imports_write
from mengkeju.listings.actions.releases import FOLLOWER
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS
from mengkeju.listings.engine.disclosure import ACCESS_REQUEST
from mengkeju.listings.engine.reads import CONSENT, CONSENT_TEXT_VERSION, KEPT
from mengkeju.listings.engine.release_workflow import RELEASE
from mengkeju.listings.engine.workflow import LISTING, NEWS
from mengkeju.listings.kinds import in_order, kinds
from mengkeju.listings.models import (
    AccessRequest,
    Application,
    Diagnosis,
    IpRight,
    Listing,
    MaturityStep,
    NeedOutcome,
    Participation,
    Release,
)
from mengkeju.listings.web import (
    disclosure_pages,
    freshness,
    list_registers,
    navigation,
    outcomes,
    panels,
    part_panels,
    readers,
    refining,
    release_panels,
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
_TOLD = ("created", "edited", "linked", *LISTING.transitions)
list_registers.register_lists()
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
event_labels.register("listing.disclosure_rule", _("设定合作方内容的开放方式"))
event_labels.register("listing.file_added", _("加入附件"))
event_labels.register("listing.file_removed", _("撤下附件"))
event_labels.register("access_request.created", _("申请查看受限内容"))
event_labels.register("access_request.undertaking", _("接受保密承诺"))

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
    Panel("listings.files", "listing", "main", 3, "listings/panel_files.html", disclosure_pages.files_panel),
    Panel("listings.ask", "listing", "aside", 5, "listings/panel_ask.html", disclosure_pages.ask_panel),
    Panel("listings.decide", "listing", "next", 20, "listings/panel_decide.html", disclosure_pages.decide_panel),
    Panel(
        "listings.disclosure", "listing", "aside", 55, "listings/panel_disclosure.html", disclosure_pages.owner_panel
    ),
    Panel("listings.access_count", "me", "counts", 35, "mk/count.html", disclosure_pages.received_count),
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
        group=_("我的工作"),
        visible=navigation.reads_queue,
    )
)
register_bench(
    NavEntry(
        "diagnoses",
        _("需求诊断"),
        "diagnoses",
        icon="zoom-question",
        group=_("我的工作"),
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
        NavEntry(_key, _said, _key, icon=_icon, group=_("我的工作"), visible=navigation.reads_queue),
    )
for _key, _said, _icon in (
    ("funnel", _("转化漏斗"), "filter"),
    ("portfolio", _("成果转化台账"), "columns"),
    ("crossings", _("两市往来"), "arrows-join-2"),
):
    register_bench(NavEntry(_key, _said, _key, icon=_icon, group=_("统计"), visible=navigation.sees_funnel))
register_bench(
    NavEntry(
        "listing-due", _("确认仍然有效"), "listing-due", icon="refresh", group=_("发布"), visible=navigation.belongs
    )
)
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
register_bench(NavEntry("listing-mine", _("本单位的供需信息"), "listing-mine", icon="list-check", group=_("发布")))
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

# ---- Joint releases (联合发布) -----------------------------------------------------------------------
register(
    SubjectType(
        "release",
        Release,
        _("联合发布"),
        ReleasePerm.READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.title,
        workflow=RELEASE,
    )
)
for _event, _word in (
    ("release.created", _("发起联合发布")),
    ("release.edited", _("修改题目或说明")),
    ("release.added", _("加入需求")),
    ("release.removed", _("移出需求")),
    ("release.refreshed", _("采用需求的新内容")),
):
    event_labels.register(_event, _word)
for _panel in (
    Panel("listings.home_release", "site", "main", 15, "listings/panel_release.html", release_panels.home),
    Panel("listings.held_count", "me", "counts", 15, "mk/count.html", release_panels.held_count),
    Panel("listings.in_release", "listing", "aside", 40, "listings/panel_in_release.html", release_panels.on_listing),
):
    register_panel(_panel)
followers.register(FOLLOWER, Follower(FOLLOWER, actions.needs_changed, interval=1.0))
nightly.register("listings.releases", "mengkeju.listings.tasks.sweep_releases")
register_portal(NavEntry("releases", _("联合发布"), "release-list"))
register_bench(
    NavEntry(
        "release-desk",
        _("联合发布"),
        "release-desk",
        icon="send",
        group=_("我的工作"),
        visible=navigation.prepares_releases,
    )
)

# ---- What hangs on an achievement -----------------------------------------------------------------------

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
register_bench(NavEntry("access-mine", _("查看申请"), "access-mine", icon="lock-open", group=_("我的工作")))
