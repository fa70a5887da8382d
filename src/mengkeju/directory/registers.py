"""What the directory registers with the kernel."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import Area, Invitation, Organisation, Person, Term
from mengkeju.directory.web import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench

register(
    SubjectType(
        "organisation",
        Organisation,
        "单位",
        Perm.ORGANISATION_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.name,
        workflow=ORGANISATION,
    )
)
register(
    SubjectType(
        "person", Person, "人员", Perm.PERSON_READ, url=lambda _p: reverse("directory-me"), title=lambda p: p.name
    )
)
register(
    SubjectType(
        "invitation",
        Invitation,
        "邀请",
        Perm.INVITATION_READ,
        url=lambda i: reverse("organisation-colleagues", args=[i.organisation.uid]),
        title=lambda _i: "加入单位的邀请",
    )
)
register(
    SubjectType(
        "term",
        Term,
        "词条",
        Perm.VOCABULARY_READ,
        url=lambda t: reverse("term", args=[t.vocabulary.key, t.key]),
        title=lambda t: t.label,
    )
)
register(
    SubjectType(
        "area",
        Area,
        "地区",
        Perm.VOCABULARY_READ,
        url=lambda a: reverse("area", args=[a.code]),
        title=lambda a: a.name,
    )
)
for _event, _word in (
    ("organisation.created", "登记单位"),
    ("organisation.edited", "修改单位信息"),
    ("organisation.joined", "同事加入"),
    ("organisation.invited", "邀请同事"),
    ("organisation.invited_again", "再次邀请"),
    ("organisation.invitation_withdrawn", "撤回邀请"),
    ("organisation.left", "同事离开"),
    ("organisation.manager_set", "设为管理员"),
    ("organisation.manager_unset", "不再是管理员"),
):
    event_labels.register(_event, _word)
for _panel in (
    Panel("directory.waiting", "me", "counts", 40, "mk/count.html", panels.waiting_organisations),
    Panel("directory.own", "me", "counts", 50, "mk/count.html", panels.own_organisation),
    Panel("directory.jobs", "me", "counts", 60, "mk/count.html", panels.failed_jobs),
    Panel("directory.start", "me", "main", 5, "directory/panel_start.html", panels.no_organisation),
):
    register_panel(_panel)

PLACE, SECURITY, SYSTEM, AUDIT = _("资料"), _("安全管理"), _("系统管理"), _("审计")
for _entry in (
    NavEntry(
        "verification-queue",
        _("待核验单位"),
        "verification-queue",
        group=_("我的工作"),
        icon="building-community",
        visible=panels.sees(Perm.VERIFICATION_READ),
    ),
    NavEntry("colleagues", _("同事"), "colleagues", icon="users", group=PLACE, visible=panels.belongs),
    NavEntry("people", _("人员"), "people", icon="users", group=SECURITY, visible=panels.sees(Perm.PEOPLE_READ)),
    NavEntry("roles", _("授权"), "roles", icon="key", group=SECURITY, visible=panels.sees(Perm.ROLE_READ)),
    NavEntry("lockouts", _("登录锁定"), "lockouts", icon="lock", group=SECURITY, visible=panels.sees(Perm.PEOPLE_READ)),
    NavEntry(
        "vocabularies",
        _("分类词表"),
        "vocabularies",
        icon="book",
        group=SYSTEM,
        visible=panels.sees(Perm.VOCABULARY_EDIT),
    ),
    NavEntry("areas", _("地区"), "areas", icon="map-pin", group=SYSTEM, visible=panels.sees(Perm.VOCABULARY_EDIT)),
    NavEntry("jobs", _("后台任务"), "jobs", icon="settings", group=SYSTEM, visible=panels.sees(Perm.JOBS_RUN)),
    NavEntry(
        "record", _("操作记录"), "record", icon="shield-check", group=AUDIT, visible=panels.sees(Perm.RECORD_READ)
    ),
):
    register_bench(_entry)
