"""What events register with the kernel."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mengkeju.events.access import Perm
from mengkeju.events.engine.meeting import MEETING
from mengkeju.events.engine.pitch import PITCH
from mengkeju.events.models import Meeting, Pitch
from mengkeju.events.web import navigation, pages
from mengkeju.kernel import panels
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench

register(
    SubjectType(
        "meeting",
        Meeting,
        _("一对一会面"),
        Perm.READ,
        url=lambda m: m.get_absolute_url(),
        # Who only knows that it takes place may meet this title in the record: it says no more than who.
        title=lambda m: f"{m.number} {m.requesting.name} → {m.invited.name}",
        workflow=MEETING,
        related=("requesting", "invited"),
    )
)
register(
    SubjectType(
        "pitch",
        Pitch,
        _("远程路演"),
        Perm.PITCH_READ,
        url=lambda p: p.get_absolute_url(),
        title=lambda p: f"{p.number} {p.shown_title}",
        workflow=PITCH,
    )
)
event_labels.register("meeting.created", pgettext_lazy("event", "约会面"))
event_labels.register("meeting.moved", _("换了地点或链接"))
event_labels.register("pitch.created", _("邀请外部团队"))
event_labels.register("pitch.sent_again", _("重新发出邀请"))
event_labels.register("pitch.rewritten", _("外部团队改了题目或摘要"))
event_labels.register("pitch.guest_blanked", _("清除外部联系人的个人信息"))
panels.register(Panel("events.match", "match", "buttons", 20, "events/panel_match.html", pages.on_match))
panels.register(Panel("events.listing", "listing", "aside", 30, "events/panel_listing.html", pages.on_listing))
panels.register(Panel("events.intention", "intention", "aside", 30, "events/panel_intention.html", pages.on_intention))
panels.register(Panel("events.me", "me", "main", 25, "events/panel_me.html", pages.on_workbench))
for _key, _label, _icon in (("meeting-mine", _("会面"), "calendar-event"), ("pitches", _("远程路演"), "world")):
    register_bench(NavEntry(_key, _label, _key, icon=_icon, group=_("我的工作")))
register_bench(
    NavEntry(
        "pitch-origins", _("路演来源统计"), "pitch-origins", icon="chart-bar", group=_("统计"),
        visible=navigation.sees_origins,
    )
)  # fmt: skip
nightly.register("events.times", "mengkeju.events.tasks.tend_all")
nightly.register("events.guests", "mengkeju.events.tasks.blank_guests")
