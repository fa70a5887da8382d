"""校企供需对接: posts and groups of students side by side, how far they came, and where to begin."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.kinds import TALENT

ON_A_SIDE = 6


@require_safe
@permission(PUBLIC)
def talent(request: Request) -> HttpResponse:
    """What employers look for and what schools offer, for everybody."""
    return render(request, "listings/talent.html", talent_context(request))


def talent_context(request: Request) -> dict[str, Any]:
    """Both sides with their newest, the line from publishing to the result, and what the reader may publish."""
    actor = request.actor
    columns = []
    for kind in queries.kinds_of(TALENT):
        rows = queries.shelf(actor, kind.key)
        listed = queries.present_many(rows[:ON_A_SIDE], actor)
        actions.note_reads(listed, channel="list", by=actor, now=clock.now(), keys=())
        url = f"{reverse('search')}?kind={kind.key}"
        columns.append({"kind": kind, "label": word(kind), "count": rows.count(), "rows": listed, "url": url})
    may_publish = {kind.key for kind in queries.publishable(actor)} if actor.organisations else set()
    return {
        "columns": columns,
        "publish": [kind for kind in queries.kinds_of(TALENT) if kind.key in may_publish],
        "stops": [{"label": label, "count": count} for label, count in queries.talent_line()],
        "at": clock.now(),
        "nav_key": "talent",
        "crumbs": [(_("首页"), reverse("home")), (_("校企供需对接"), "")],
    }
