"""What a cooperation brought forth goes on the shelf as an achievement, in one step (成果孵化)."""

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.workflow import AGREED_STATES
from mengkeju.deals.models import Intention
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.notices import notify
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions as listings
from mengkeju.listings.actions import ListingInput, ParticipantInput
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing

COMPLETER = "completer_unit"
TOLD = gettext_lazy("{owner}把与贵单位合作的产出登记为成果草稿")


def sides_of(intention: Intention, by: Actor) -> list[Organisation]:
    """Of the two sides those the actor belongs to: in whose name he may register an output."""
    return [side for side in (intention.declaring, intention.answering) if side.uid in by.organisations]


@transaction.atomic
def register_output(intention: Intention, *, by: Actor, now: datetime) -> Listing:
    """A draft achievement of the actor's side with what is known: field, place, both sides as completing organisations.

    It is linked with the listings of the intention, and the other side is told. Several may be made. RefusedError;
    TransitionRefusedError before the other side has accepted.
    """
    require(by, Perm.OUTPUT, intention)
    fresh = lock(intention)
    require(by, Perm.OUTPUT, fresh)
    if fresh.state not in AGREED_STATES:
        raise TransitionRefusedError(_("对方接受意向以后，合作的产出才能登记"), "wrong_state")
    own = sides_of(fresh, by)[0]
    other = fresh.answering if own == fresh.declaring else fresh.declaring
    pair = [row for row in (fresh.target, fresh.counter) if row is not None]
    if fresh.target.kind_spec.market != TECHNOLOGY:
        raise TransitionRefusedError(_("招才与实习的意向没有成果可以登记"), "wrong_market")
    made = listings.create_listing(
        "achievement",
        ListingInput(_known(pair, own, other)),
        owner=own,
        by=by,
        now=now,
        contact=directory.person_of(by),
        fictional=fresh.fictional,
    )
    for side in (own, other):
        given = ParticipantInput(COMPLETER, organisation=side)
        listings.add_participant(made, given, by=by, now=now)
    listings.link_output(made, pair, by=by, now=now)
    event = audit.record("intention.output", fresh, by=by, now=now, payload={"listing": str(made.uid)})
    notify(
        directory.managers(other),
        "intention.output",
        format_lazy(TOLD, owner=own.name),
        subject_type="intention",
        subject_uid=fresh.uid,
        now=now,
        event=event,
    )
    return made


def _known(pair: list[Listing], own: Organisation, other: Organisation) -> dict[str, str]:
    """What the draft starts with; what it can do only its makers can say."""
    need = next((row for row in pair if row.kind == "need"), pair[0])
    title = _("“%(title)s”的合作产出") % {"title": need.title}
    if len(title) > (Listing._meta.get_field("title").max_length or 0):
        title = _("与%(other)s合作的产出") % {"other": other.name}
    return {"title": title, "area": own.area, "field": need.field, "cluster": need.cluster}
