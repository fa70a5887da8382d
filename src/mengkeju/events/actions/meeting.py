"""Requesting a one-to-one meeting: from a listing, a match or an intention; or a broker arranges one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries as deals
from mengkeju.deals.engine.workflow import INTENTION
from mengkeju.deals.models import Intention
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation, Person
from mengkeju.events.access import Perm
from mengkeju.events.actions.telling import TEND_MEETING, look_again, tell_meeting
from mengkeju.events.engine.slots import Span, trouble_with, trouble_with_link
from mengkeju.events.models import Meeting, Slot
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import begin
from mengkeju.listings import actions as listings
from mengkeju.listings import queries as listing_queries
from mengkeju.listings.models import Listing

OPEN_MEETINGS = ("requested", "countered", "scheduled")
ENDED = ("declined", "withdrawn", "lapsed")


@dataclass(frozen=True)
class MeetingInput:
    """What is asked for: a title, the times, remote (link) or somewhere (place), and what to say."""

    title: str
    spans: Sequence[Span]
    mode: str = "remote"
    link: str = ""
    place: str = ""
    message: str = ""


@dataclass(frozen=True)
class _Sides:
    """Who meets whom about what, and where the wish comes from."""

    about: Listing
    requesting: Organisation
    invited: Organisation
    requesting_person: Person | None
    counter: Listing | None = None
    intention: Intention | None = None
    broker: Person | None = None
    origin: str = "listing"
    origin_uid: UUID | None = None


def check_where(given: MeetingInput) -> None:
    """A place, or a link of a remote session; ValidationError names the field. A remote link may follow later."""
    if given.mode not in {"remote", "place"}:
        raise ValidationError({"mode": _("请选择会面方式")})
    if given.mode == "place" and not given.place.strip():
        raise ValidationError({"place": _("请填写会面地点")})
    if given.link and (trouble := trouble_with_link(given.link)):
        raise ValidationError({"link": trouble})


def check_spans(spans: Sequence[Span], now: datetime) -> None:
    """ValidationError when these times cannot be proposed."""
    if trouble := trouble_with(spans, now):
        raise ValidationError({"slot1": trouble})


def _check_pair(about: Listing, requesting: Organisation, now: datetime) -> Organisation:
    """The organisation to be invited. ValidationError when it cannot be."""
    if about.from_source or about.owner is None:
        raise ValidationError(_("这一条据公开报道整理，本单位尚未入驻，不能约会面"))
    if about.state != "published":
        raise ValidationError(_("这一条已不在发布中"))
    if about.owner == requesting:
        raise ValidationError(_("不能约本单位会面"))
    if not requesting.verified:
        said = _("“%(organisation)s”还没有通过核验，核验后才能约会面")
        raise ValidationError(said % {"organisation": requesting.name})
    if refusal := listing_queries.first_offer_refusal(about, requesting, clock.today(now)):
        raise ValidationError(refusal)
    return about.owner


def person_acting(by: Actor) -> Person:
    """Who acts. RefusedError for a login without a person."""
    person = directory.person_of(by)
    if person is None:
        raise RefusedError(Perm.READ, _("这个登录没有对应的人员"), _("单位人员"))
    return person


@transaction.atomic
def request_meeting(
    given: MeetingInput,
    *,
    about: Listing,
    requesting: Organisation,
    by: Actor,
    now: datetime,
    counter: Listing | None = None,
    intention: Intention | None = None,
    origin_uid: UUID | None = None,
) -> Meeting:
    """Ask the owner of a listing for a meeting on behalf of one of the actor's organisations.

    `intention` or `origin_uid` (a match) says where the wish comes from. Raises ValidationError, RefusedError.
    """
    require(by, Perm.REQUEST)
    if requesting.uid not in by.organisations:
        raise RefusedError(Perm.REQUEST, _("只能以自己所在单位的名义约会面"), _("该单位人员"))
    if intention is not None:
        return _begin(given, _between(intention, requesting, by), by=by, now=now)
    if listing_queries.find(by, about.uid) is None:
        raise RefusedError(Perm.REQUEST, _("看不到这一条"), _("可见范围内的人员"))
    invited = _check_pair(about, requesting, now)
    if counter is not None and (counter.owner != requesting or counter.state != "published"):
        raise ValidationError(_("只能带上本单位已发布的需求或成果"))
    sides = _Sides(
        about=about,
        requesting=requesting,
        invited=invited,
        requesting_person=person_acting(by),
        counter=counter,
        origin="match" if origin_uid else "listing",
        origin_uid=origin_uid,
    )
    return _begin(given, sides, by=by, now=now)


def _between(intention: Intention, requesting: Organisation, by: Actor) -> _Sides:
    """The two sides of an intention that has not ended, seen from the one that asks."""
    found = deals.find(by, intention.uid)
    if found is None:
        raise RefusedError(Perm.REQUEST, _("看不到这条意向"), _("意向双方和引荐的经纪人"))
    if found.state in ENDED or found.state not in INTENTION.states:
        raise ValidationError(_("这条意向已经结束，不能再约会面"))
    declaring = requesting == found.declaring
    return _Sides(
        about=found.target if declaring or found.counter is None else found.counter,
        requesting=requesting,
        invited=found.answering if declaring else found.declaring,
        requesting_person=person_acting(by),
        counter=found.counter if declaring or found.counter is None else found.target,
        intention=found,
        origin="intention",
        origin_uid=found.uid,
    )


@transaction.atomic
def arrange_meeting(given: MeetingInput, *, intention: Intention, by: Actor, now: datetime) -> Meeting:
    """The broker who introduced the two sides of an intention arranges their meeting."""
    require(by, Perm.REQUEST)
    found = deals.find(by, intention.uid)
    if found is None or found.broker is None or found.broker.uid != by.person_uid:
        raise RefusedError(Perm.REQUEST, _("只有引荐的经纪人能替双方安排"), _("引荐的经纪人"))
    if found.state in ENDED:
        raise ValidationError(_("这条意向已经结束，不能再约会面"))
    sides = _Sides(
        about=found.target,
        requesting=found.declaring,
        invited=found.answering,
        requesting_person=found.declaring_person,
        counter=found.counter,
        intention=found,
        broker=found.broker,
        origin="broker",
        origin_uid=found.uid,
    )
    return _begin(given, sides, by=by, now=now)


def _begin(given: MeetingInput, sides: _Sides, *, by: Actor, now: datetime) -> Meeting:
    check_where(given)
    check_spans(given.spans, now)
    if not given.title.strip():
        raise ValidationError({"title": _("请写明想谈什么")})
    meeting = Meeting(
        number=listings.next_number("MK-M", "meeting", clock.today(now).year),
        title=given.title.strip(),
        mode=given.mode,
        link=given.link.strip() if given.mode == "remote" else "",
        place=given.place.strip() if given.mode == "place" else "",
        message=given.message.strip(),
        area=sides.invited.area,
        fictional=sides.about.fictional,
        **vars(sides),
    )
    try:
        with transaction.atomic():
            begin(
                meeting,
                by=by,
                now=now,
                organisation=sides.requesting.uid,
                payload={"about": str(sides.about.uid), "origin": sides.origin, "slots": len(given.spans)},
            )
    except IntegrityError as error:
        rows = Meeting.objects.filter(requesting=sides.requesting, about=sides.about, state__in=OPEN_MEETINGS)
        if not rows.exists():
            raise
        raise ValidationError(_("贵单位已就这一条约过会面，正在办理中，不用重复提交")) from error
    offer(meeting, given.spans, side="requesting", by=by, now=now)
    title = format_lazy(gettext_lazy("{organisation} 想和贵单位约一次会面"), organisation=sides.requesting.name)
    tell_meeting(meeting, title, by=by, now=now, sides=("invited",))
    if sides.broker is not None:
        arranged = format_lazy(gettext_lazy("经纪人为贵单位约了一次会面：{title}"), title=meeting.title)
        tell_meeting(meeting, arranged, by=by, now=now, sides=("requesting",))
    return meeting


def offer(meeting: Meeting, spans: Sequence[Span], *, side: str, by: Actor, now: datetime) -> None:
    """Keep the times of the meeting's round; whoever must answer does so before the last of them."""
    for span in spans:
        Slot.objects.create(
            meeting=meeting,
            round=meeting.round,
            side=side,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            area=meeting.area,
            created_at=now,
            created_by_id=by.account_id,
        )
    last = clock.today(max(span.starts_at for span in spans))
    duties.open_on(meeting).filter(due_on__gt=last).update(due_on=last)
    look_again(TEND_MEETING, meeting.uid, [max(span.starts_at for span in spans)], now=now)
