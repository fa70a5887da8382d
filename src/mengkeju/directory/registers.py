"""What the directory registers with the kernel."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import ApiToken, Area, BodyEvaluation, Invitation, Organisation, Person, Term, Title
from mengkeju.directory.web import body_pages, panels, titles
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.kernel.webhooks.offers import Offer, offers
from mengkeju.kernel.webhooks.workflow import READ_ALL as WEBHOOKS_READ

register(
    SubjectType(
        "organisation",
        Organisation,
        _("单位"),
        Perm.ORGANISATION_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.name,
        workflow=ORGANISATION,
    )
)
register(
    SubjectType(
        "person", Person, _("人员"), Perm.PERSON_READ, url=lambda _p: reverse("directory-me"), title=lambda p: p.name
    )
)
register(
    SubjectType(
        "invitation",
        Invitation,
        _("邀请"),
        Perm.INVITATION_READ,
        url=lambda i: reverse("organisation-colleagues", args=[i.organisation.uid]),
        title=lambda _i: gettext("加入单位的邀请"),
    )
)
register(
    SubjectType(
        "term",
        Term,
        _("词条"),
        Perm.VOCABULARY_READ,
        url=lambda t: reverse("term", args=[t.vocabulary.key, t.key]),
        title=lambda t: t.label,
    )
)
register(
    SubjectType(
        "area",
        Area,
        _("地区"),
        Perm.VOCABULARY_READ,
        url=lambda a: reverse("area", args=[a.code]),
        title=lambda a: a.name,
    )
)
register(
    SubjectType(
        "api_token",
        ApiToken,
        _("接口令牌"),
        Perm.APITOKEN_READ,
        url=lambda t: t.get_absolute_url(),
        title=lambda t: str(t),  # noqa: PLW0108 - a subject's title is a function of it, also in the type's eyes
    )
)
register(
    SubjectType(
        "title",
        Title,
        _("资质称号"),
        Perm.TITLE_READ,
        url=lambda t: t.get_absolute_url(),
        title=lambda t: f"{t.holder.name} {t}",
        related=("holder",),
    )
)
register(
    SubjectType(
        "body_evaluation",
        BodyEvaluation,
        _("技术转移机构年度评价"),
        Perm.EVALUATION_READ,
        url=lambda e: e.get_absolute_url(),
        title=lambda e: f"{e.holder.name} {e}",
        related=("holder",),
    )
)
nightly.register("directory.titles", "mengkeju.directory.tasks.end_titles")
nightly.register("directory.tokens", "mengkeju.directory.tasks.warn_of_token_expiry")
nightly.register("directory.members_openings", "mengkeju.directory.tasks.lapse_members_openings")
nightly.register("kernel.api_counters", "mengkeju.kernel.api.tasks.forget_old_counters")
for _event, _word in (
    ("organisation.created", _("登记单位")),
    ("organisation.edited", _("修改单位信息")),
    ("organisation.joined", _("同事加入")),
    ("organisation.invited", _("邀请同事")),
    ("organisation.invited_again", _("再次邀请")),
    ("organisation.invitation_withdrawn", _("撤回邀请")),
    ("organisation.left", _("同事离开")),
    ("organisation.manager_set", _("设为管理员")),
    ("organisation.manager_unset", _("不再是管理员")),
    ("organisation.members_opened", _("开放会员可见的内容")),
    ("organisation.members_closed", _("停止开放会员可见的内容")),
    ("organisation.members_lapsed", _("会员可见的内容开放到期")),
    ("organisation.title_granted", _("登记称号")),
    ("organisation.title_withdrawn", _("撤销称号")),
    ("organisation.title_ended", _("称号到期")),
    ("organisation.services_edited", _("修改服务和上级机构")),
    ("organisation.evaluated", _("登记年度评价")),
    ("organisation.evaluation_withdrawn", _("撤回年度评价")),
    ("api_token.issued", _("新建接口令牌")),
    ("api_token.revoked", _("吊销接口令牌")),
):
    event_labels.register(_event, _word)
offers.register("organisation", Offer("organisation", ("created", "edited", "verify"), "get_organisation"))
for _panel in (
    Panel("directory.waiting", "me", "counts", 40, "mk/count.html", panels.waiting_organisations),
    Panel("directory.own", "me", "counts", 50, "mk/count.html", panels.own_organisation),
    Panel("directory.jobs", "me", "counts", 60, "mk/count.html", panels.failed_jobs),
    Panel("directory.outside", "organisation", "aside", 10, "directory/panel_outside.html", panels.outside),
    Panel("directory.titles", "organisation", "aside", 5, "directory/panel_titles.html", titles.on_organisation),
    Panel("directory.body", "organisation", "aside", 6, "directory/panel_body.html", body_pages.on_organisation),
    Panel("directory.start", "me", "main", 5, "directory/panel_start.html", panels.no_organisation),
):
    register_panel(_panel)

PLACE, SECURITY, SYSTEM, AUDIT = _("资料"), _("安全管理"), _("系统管理"), _("审计")
for _entry in (
    NavEntry(
        "verification-queue",
        _("待核验单位"),
        "verification-queue",
        group=_("业务办理"),
        icon="building-community",
        visible=panels.sees(Perm.VERIFICATION_READ),
    ),
    NavEntry(
        "titles", _("资质称号"), "titles", icon="certificate", group=_("找"), visible=panels.sees(Perm.TITLES_READ)
    ),
    NavEntry("organisations", _("单位名录"), "organisations", icon="building-community", group=_("找")),
    NavEntry("transfer-bodies", _("技术转移机构"), "transfer-bodies", icon="certificate", group=_("找")),
    NavEntry("colleagues", _("同事"), "colleagues", icon="users", group=PLACE, visible=panels.belongs),
    NavEntry("people", _("人员"), "people", icon="users", group=SECURITY, visible=panels.sees(Perm.PEOPLE_READ)),
    NavEntry("roles", _("授权"), "roles", icon="key", group=SECURITY, visible=panels.sees(Perm.ROLE_READ)),
    NavEntry("my-tokens", _("接口令牌"), "my-tokens", icon="key", group=PLACE, visible=panels.acts),
    NavEntry("webhooks", _("事件推送"), "webhooks", icon="send", group=PLACE, visible=panels.sees(WEBHOOKS_READ)),
    NavEntry("tokens", _("全部令牌"), "tokens", icon="key", group=SECURITY, visible=panels.sees(Perm.APITOKENS_READ)),
    NavEntry("lockouts", _("登录锁定"), "lockouts", icon="lock", group=SECURITY, visible=panels.sees(Perm.PEOPLE_READ)),
    NavEntry(
        "vocabularies",
        _("分类词表"),
        "vocabularies",
        icon="book",
        group=SYSTEM,
        visible=panels.sees(Perm.REFERENCE_READ),
    ),
    NavEntry("areas", _("地区"), "areas", icon="map-pin", group=SYSTEM, visible=panels.sees(Perm.REFERENCE_READ)),
    NavEntry("jobs", _("后台任务"), "jobs", icon="settings", group=SYSTEM, visible=panels.sees(Perm.JOBS_READ)),
    NavEntry(
        "record", _("操作记录"), "record", icon="shield-check", group=AUDIT, visible=panels.sees(Perm.RECORD_READ)
    ),
):
    register_bench(_entry)
