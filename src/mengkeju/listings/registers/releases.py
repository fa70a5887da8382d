"""What joint releases (联合发布) register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.panels import register as register_panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench, register_portal
from mengkeju.listings import actions
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.actions.releases import FOLLOWER
from mengkeju.listings.engine.release_workflow import RELEASE
from mengkeju.listings.models import (
    Release,
)
from mengkeju.listings.web import (
    navigation,
    release_panels,
)

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
        group=_("业务办理"),
        visible=navigation.prepares_releases,
    )
)
