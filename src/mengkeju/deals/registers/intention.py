"""What intentions, claims and stalls register with the kernel."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.actions import lapse_claim, lapse_intention
from mengkeju.deals.engine.claim import CLAIM
from mengkeju.deals.engine.stall import STALL
from mengkeju.deals.engine.workflow import INTENTION
from mengkeju.deals.models import Claim, Intention, Message, Stall
from mengkeju.deals.web.board import pages as board_pages
from mengkeju.deals.web.intentions import crossings, pages
from mengkeju.deals.web.stalled import pages as stalled_pages
from mengkeju.kernel import funnel, panels
from mengkeju.kernel.duty_clock import lapse_handlers
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.webhooks import offers as webhooks

register(
    SubjectType(
        "intention",
        Intention,
        _("合作意向"),
        Perm.READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: f"{o.number} {o.target.title}",
        workflow=INTENTION,
        related=("target",),
    )
)
register(
    SubjectType(
        "message",
        Message,
        _("留言"),
        Perm.READ_MESSAGE,
        url=lambda o: o.intention.get_absolute_url(),
        title=lambda o: o.text[:40],
        related=("intention",),
    )
)
register(
    SubjectType(
        "claim",
        Claim,
        _("经纪人认领"),
        Perm.CLAIM_READ,
        url=lambda c: c.get_absolute_url(),
        title=lambda c: c.listing.title,
        workflow=CLAIM,
        related=("listing",),
    )
)
register(
    SubjectType(
        "stall",
        Stall,
        _("停滞的对接"),
        Perm.STALL_READ,
        url=lambda s: s.get_absolute_url(),
        title=lambda s: f"{s.intention.number} {s.intention.declaring.name} → {s.intention.answering.name}",
        workflow=STALL,
        related=("intention__declaring", "intention__answering"),
    )
)
lapse_handlers.register("claim", lapse_claim)
event_labels.register("claim.created", _("经纪人认领"))
event_labels.register("stall.created", _("点明障碍"))
lapse_handlers.register("intention", lapse_intention)
event_labels.register("intention.created", pgettext_lazy("event", "表达合作意向"))
event_labels.register("intention.message", _("留言"))
event_labels.register("intention.output", _("把合作产出登记为成果"))
event_labels.register("intention.introduction_confirmed", _("确认经纪人引荐"))
_TOLD = ("created", "message", "introduction_confirmed", *INTENTION.transitions)
webhooks.offers.register("intention", webhooks.Offer("intention", _TOLD, "get_intention"))
panels.register(Panel("deals.listing", "listing", "next", 90, "deals/panel_listing.html", pages.listing_panel))
panels.register(Panel("deals.answer", "listing", "next", 10, "deals/panel_answer.html", pages.answer_panel))
panels.register(Panel("deals.match", "match", "buttons", 10, "deals/panel_match.html", pages.match_panel))
panels.register(Panel("deals.partner", "partner", "buttons", 10, "deals/panel_match.html", pages.partner_panel))
panels.register(Panel("deals.me", "me", "main", 30, "deals/panel_me.html", pages.me_panel))
panels.register(Panel("deals.claim", "listing", "aside", 40, "deals/panel_claim.html", board_pages.listing_panel))
panels.register(Panel("deals.claims", "me", "counts", 70, "mk/count.html", board_pages.own_count))
panels.register(Panel("deals.stalled", "me", "counts", 80, "mk/count.html", stalled_pages.helped_count))
funnel.stages.register(
    "intention",
    funnel.Stage(
        "intention",
        "意向",
        "Intentions",
        "heart-handshake",
        30,
        _("表过意向的公开需求"),
        needs=queries.public_intended_needs,
        reached=queries.first_intention_at,
        of=queries.intended,
        of_definition=_("有单位表过意向、或被用来表意向的供需信息，不论意向的状态"),
        source=_("合作意向"),
    ),
)
funnel.stages.register(
    "talking",
    funnel.Stage(
        "talking",
        "商谈",
        "Talking",
        "messages",
        40,
        _("有意向谈到过“开始商谈”，含后来结束或失效的"),
        of=partial(queries.came_to, steps=("talk",)),
        source=_("合作意向的办理记录"),
    ),
)
funnel.stages.register(
    "ready",
    funnel.Stage(
        "ready",
        "准备签约",
        "Ready to contract",
        "file-certificate",
        50,
        _("有意向谈妥、准备签约"),
        of=partial(queries.came_to, steps=("agree",)),
        source=_("合作意向的办理记录"),
    ),
)
for _crossing in (
    funnel.Crossing(
        "intention",
        "意向",
        "Intentions",
        20,
        _("表意向和答复的单位分属两市的意向，不论状态"),
        _("合作意向"),
        pairs=crossings.pairs,
        rows=crossings.rows,
    ),
    funnel.Crossing(
        "talking",
        "商谈",
        "Talking",
        30,
        _("其中谈到过“开始商谈”的"),
        _("合作意向的办理记录"),
        pairs=crossings.after("talk"),
        rows=crossings.rows,
    ),
    funnel.Crossing(
        "ready",
        "准备签约",
        "Ready to contract",
        40,
        _("其中谈妥、准备签约的"),
        _("合作意向的办理记录"),
        pairs=crossings.after("agree"),
        rows=crossings.rows,
    ),
):
    funnel.crossings.register(_crossing.key, _crossing)
