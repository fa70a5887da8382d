"""What the board and the list of claims show. Nothing here writes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.engine.board import BOARD
from mengkeju.deals.engine.claim import CLAIM
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import Claim
from mengkeju.deals.web.board.forms import BoardForm
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.matching.queries import shelf

ON_A_SIDE = 8
PER_PAGE = 30


def address(form: BoardForm, **more: str) -> str:
    """The board with this filter; what is empty is left out."""
    form.is_valid()
    given = {**form.cleaned_data, **more}
    query = urlencode({key: value for key, value in given.items() if value})
    return f"{reverse('board')}?{query}" if query else reverse("board")


def board_context(request: Request, form: BoardForm, side: str) -> dict[str, Any]:
    """Both sides with their first rows, or one of them page by page (`side`)."""
    asked, today = form.asked(), clock.today()
    found = {key: queries.unpaired(request.actor, key, asked, today) for key in queries.SIDE_WORDS}
    page = Paginator(found[side], PER_PAGE).get_page(request.GET.get("page")) if side else None
    columns = []
    for key, label in queries.SIDE_WORDS.items():
        if not side or key == side:
            rows = list(page) if page is not None else list(found[key][:ON_A_SIDE])
            count = page.paginator.count if page is not None else found[key].count()
            columns.append(
                {
                    "side": key,
                    "label": label,
                    "count": count,
                    "url": address(form, side=key),
                    "rows": board_rows(request.actor, key, rows),
                    "more": count > len(rows) and page is None,
                }
            )
    return {
        "columns": columns,
        "page": page,
        "side": side,
        "form": form,
        "may_claim": may(request.actor, Perm.CLAIM),
        "figures": BOARD,
        "claim_days": DEADLINES["work_claim"],
        "both_url": address(form),
        "back": request.get_full_path(),
        "nav_key": "board",
    }


def board_rows(actor: Actor, side: str, rows: Sequence[Listing]) -> list[dict[str, Any]]:
    """Each with what the reader may see of it, how long it has waited, its proposals, and who cares for it."""
    presented = listings.present_many(rows, actor)
    held = queries.claims_on(actor, rows)
    due = queries.due_of(held.values())
    counts = shelf.counts(actor, side, rows)
    today = clock.today()
    made = []
    for row, it in zip(rows, presented, strict=True):
        claim = held.get(row.pk)
        days = clock.working_days_between(clock.today(row.published_at), today)
        made.append(
            {
                "it": it,
                "days": days,
                "claim": claim,
                "until": due.get(claim.uid) if claim else None,
                "mine": claim is not None and claim.broker.uid == actor.person_uid,
                "own": it.owner_uid in actor.organisations,
                "matches": counts.get(row.pk, 0),
                "matches_url": reverse("listing-matches", args=[row.uid]),
                "claim_url": reverse("board-claim", args=[row.uid]),
                "one_time_key": idempotency.new_key(),
            }
        )
    return made


def claims_context(request: Request, page: Any) -> dict[str, Any]:
    """The claims in force: a broker's own with what he can do next, an officer's area's."""
    actor, today = request.actor, clock.today()
    rows = list(page)
    due = queries.due_of(rows)
    seen = {row.pk for row in listings.listings(actor).filter(pk__in=[c.listing_id for c in rows])}
    mine = [c for c in rows if c.broker.uid == actor.person_uid]
    sides: dict[str, list[Listing]] = {"need": [], "achievement": []}
    for claim in mine:
        if claim.listing_id in seen:
            sides.setdefault(claim.listing.kind_spec.side, []).append(claim.listing)
    items = [
        {
            "claim": c,
            "title": c.listing.title if c.listing_id in seen else _("（现在看不到这一条）"),
            "url": c.listing.get_absolute_url() if c.listing_id in seen else "",
            "kind": word(c.listing.kind_spec),
            "owner": c.listing.owner.name if c.listing.owner and c.listing_id in seen else "",
            "until": due.get(c.uid),
            "overdue": bool(due.get(c.uid) and due[c.uid] < today),
            "mine": c in mine,
            "gone": c.listing.state != "published",
            "may_release": may(actor, Perm.CLAIM_RELEASE, c),
            "matches_url": reverse("listing-matches", args=[c.listing.uid]),
        }
        for c in rows
    ]
    return {
        "page": page,
        "rows": items,
        "sides": sides,
        "may_pair": bool(sides["need"] and sides["achievement"]),
        "is_broker": actor.has_role(Role.BROKER),
        "figures": BOARD,
        "nav_key": "claims",
    }


def listing_panel(actor: Actor, listing: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a listing: who cares for it, for its owner, officers and brokers; a broker can claim it here."""
    if not actor.is_authenticated or not listing.kind_spec.side or listing.kind_spec.market != TECHNOLOGY:
        return None
    held = queries.claims_on(actor, [listing])
    claim = held.get(listing.pk)
    past = queries.past_claims(actor, listing)
    own = listing.owner is not None and listing.owner.uid in actor.organisations
    free = claim is None and listing.state == "published" and not own and may(actor, Perm.CLAIM)
    possible = free and not queries.is_running(listing)
    if claim is None and not past and not possible:
        return None
    request = shown.get("request")
    return {
        "claim": claim,
        "until": queries.due_of([claim]).get(claim.uid) if claim else None,
        "mine": claim is not None and claim.broker.uid == actor.person_uid,
        "past": [(c, word(CLAIM.states[c.state])) for c in past],
        "possible": possible,
        "listing": listing,
        "back": request.get_full_path() if request is not None else "",
        "one_time_key": idempotency.new_key(),
        "days": DEADLINES["work_claim"],
        "may_release": claim is not None and may(actor, Perm.CLAIM_RELEASE, claim),
    }


def own_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a broker's workbench: what he has claimed."""
    if not actor.has_role(Role.BROKER) or actor.person_uid is None:
        return None
    count = Claim.objects.filter(broker__uid=actor.person_uid, state="held").count()
    return {"label": _("我认领的"), "count": count, "tone": "go", "url": reverse("claims")}
