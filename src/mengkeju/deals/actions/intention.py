"""Declaring, answering, talking, introducing."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import Perm
from mengkeju.deals.actions.claim import settle_claims
from mengkeju.deals.actions.stall import overtake_stalls
from mengkeju.deals.engine.workflow import AGREED_STATES, OPEN_STATES
from mengkeju.deals.models import Intention, Message
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit, clock, files
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.models import File
from mengkeju.kernel.notices import notify, people_of
from mengkeju.listings import actions as listings
from mengkeju.listings import queries as listing_queries
from mengkeju.listings.models import Listing
from mengkeju.matching import actions as matching


@dataclass(frozen=True)
class Origin:
    """Where an intention comes from: search, match, broker, listing …, with the proposal's or search's uid."""

    kind: str = "listing"
    uid: UUID | None = None


def _check_pair(target: Listing, counter: Listing | None, declaring: Organisation, today: date) -> None:
    """ValidationError with the reason why these two cannot be paired on a day."""
    if target.from_source or target.owner is None:
        raise ValidationError(_("这一条据公开报道整理，本单位尚未入驻，不能表意向。可以请经纪人联系该单位入驻。"))
    if target.state != "published":
        raise ValidationError(_("这一条已不在发布中"))
    if target.owner == declaring:
        raise ValidationError(_("不能对本单位自己的条目表意向"))
    if not declaring.verified:
        said = _("“%(organisation)s”还没有通过核验，核验后才能表意向")
        raise ValidationError(said % {"organisation": declaring.name})
    if refusal := listing_queries.first_offer_refusal(target, declaring, today):
        raise ValidationError(refusal)
    if counter is not None:
        if counter.owner != declaring or counter.state != "published":
            raise ValidationError(_("只能带上本单位已发布的供需信息"))
        if not target.kind_spec.meets(counter.kind_spec):
            raise ValidationError(_(target.kind_spec.words.pairs))


@transaction.atomic
def declare_intention(
    *,
    target: Listing,
    declaring: Organisation,
    by: Actor,
    now: datetime,
    counter: Listing | None = None,
    message: str = "",
    origin: Origin | None = None,
) -> Intention:
    """Declare on behalf of one of the actor's organisations. An open one on the same pair is refused.

    Raises ValidationError (what hinders), RefusedError (no right).
    """
    require(by, Perm.DECLARE)
    if declaring.uid not in by.organisations:
        raise RefusedError(Perm.DECLARE, _("只能以自己所在单位的名义表意向"), _("该单位人员"))
    if listing_queries.find(by, target.uid) is None:
        raise RefusedError(Perm.DECLARE, _("看不到这一条"), _("可见范围内的人员"))
    origin = origin or Origin()
    if origin.kind == "release" and not (origin.uid and listing_queries.released_with(target.uid, origin.uid)):
        origin = Origin()  # an address may claim anything; the need must stand in that release
    return _declare(_Wish(target, counter, declaring, _person(by), message, origin), by=by, now=now)


@transaction.atomic
def introduce(
    *, target: Listing, counter: Listing, by: Actor, now: datetime, message: str = "", origin_uid: UUID | None = None
) -> Intention:
    """A broker brings the owner of `counter` to the owner of `target`; time-stamped, to be confirmed by both.

    Raises as `declare_intention`. Nothing opens to the other side before both have confirmed.
    """
    require(by, Perm.INTRODUCE)
    if any(listing_queries.find(by, row.uid) is None for row in (target, counter)):
        raise RefusedError(Perm.INTRODUCE, _("看不到这一条"), _("可见范围内的人员"))
    if counter.owner is None or counter.contact is None:
        raise ValidationError(_("发起方条目没有登记单位或联系人，不能引荐"))
    broker = _person(by)
    wish = _Wish(target, counter, counter.owner, counter.contact, message, Origin("broker", origin_uid), broker)
    intention = _declare(wish, by=by, now=now)
    settle_claims(target, counter, by=by, now=now)
    if intention.declaring.uid not in by.organisations:
        title = format_lazy(gettext_lazy("经纪人 {broker} 为贵单位引荐了一家单位，请确认"), broker=broker.name)
        _tell(people_of(intention.declaring.uid), intention, title, now)
    return intention


@dataclass(frozen=True)
class _Wish:
    """What is declared, by whom or through which broker."""

    target: Listing
    counter: Listing | None
    declaring: Organisation
    person: Person
    message: str
    origin: Origin
    broker: Person | None = None


def _declare(wish: _Wish, *, by: Actor, now: datetime) -> Intention:
    counter, declaring, origin, broker = wish.counter, wish.declaring, wish.origin, wish.broker
    target = Listing.objects.select_for_update(of=("self",)).select_related("owner").get(pk=wish.target.pk)
    _check_pair(target, counter, declaring, clock.today(now))
    answering = target.owner
    if answering is None:  # _check_pair has refused this; said again for the type checker
        raise ValidationError(_("这一条没有所属单位"))
    intention = Intention(
        number=_next_number(now),
        target=target,
        counter=counter,
        declaring=declaring,
        answering=answering,
        declaring_person=wish.person,
        answering_person=target.contact,
        broker=broker,
        introduced_at=now if broker else None,
        origin=origin.kind,
        origin_uid=origin.uid,
        message=wish.message.strip(),
        area=target.area,
        fictional=target.fictional,
    )
    try:
        with transaction.atomic():
            begin(
                intention,
                by=by,
                now=now,
                organisation=declaring.uid,
                payload={
                    "target": str(target.uid),
                    "counter": str(counter.uid) if counter else None,
                    "origin": origin.kind,
                    "origin_uid": str(origin.uid) if origin.uid else None,
                },
            )
    except IntegrityError as error:
        if not Intention.objects.filter(
            declaring=declaring, target=target, counter=counter, state__in=OPEN_STATES
        ).exists():
            raise
        raise ValidationError(_("贵单位已对这一条表过意向，正在办理中，不用重复提交")) from error
    if origin.kind == "match" and origin.uid is not None:
        matching.record_outcome(origin.uid, "intention", by=by, now=now)
    _tell_matching(intention, now)
    return intention


def _tell_matching(intention: Intention, now: datetime) -> None:
    """Whether an intention, from whichever side, still runs on the pair: it is then no open proposal."""
    if intention.counter is None:
        return
    pair = Q(target=intention.target, counter=intention.counter) | Q(target=intention.counter, counter=intention.target)
    open_ones = Intention.objects.filter(pair, state__in=OPEN_STATES, archived_at=None)
    brokers = list(open_ones.order_by("broker").values_list("broker__uid", flat=True))
    matching.mark_running(
        intention.target,
        intention.counter,
        running=bool(brokers),
        introduced_by=next((uid for uid in brokers if uid is not None), None),
        now=now,
    )


def _next_number(now: datetime) -> str:
    return listings.next_number("MK-I", "intention", clock.today(now).year)


@transaction.atomic
def answer_intention(
    intention: Intention,
    *,
    accept: bool,
    by: Actor,
    now: datetime,
    reason: str = "",
    reason_note: str = "",
    note: str = "",
    revision: int | None = None,
) -> Intention:
    """Accept, which opens contacts and the parties' tier to both; or decline with a reason of the list.

    A broker's introduction opens them when both sides have confirmed it; accepting confirms for the answering side.
    """
    data = {} if accept else {"reason": reason, "reason_note": reason_note}
    advance(intention, "accept" if accept else "decline", by=by, now=now, note=note, data=data, revision=revision)
    fresh = lock(intention)
    fresh.answering_person = _person(by)
    if not accept:
        fresh.reason, fresh.reason_note = reason, reason_note.strip()
    elif fresh.broker_id is not None:
        fresh.answering_confirmed_at = fresh.answering_confirmed_at or now
    fresh.save(update_fields=["answering_person", "reason", "reason_note", "answering_confirmed_at"])
    intention.refresh_from_db()
    overtake_stalls(intention, now=now)
    _tell_matching(intention, now)
    if intention.opened:
        _open_tiers(intention, by=by, now=now)
    answer = gettext_lazy("对方接受了您的意向") if accept else gettext_lazy("对方婉拒了您的意向")
    _tell_other_side(intention, by, answer, now)
    return intention


def _open_tiers(intention: Intention, *, by: Actor, now: datetime) -> None:
    for listing, organisation in ((intention.target, intention.declaring), (intention.counter, intention.answering)):
        if listing is not None:
            listings.let_party_in(
                listing, organisation, origin_type="intention", origin_uid=intention.uid, by=by, now=now
            )


@transaction.atomic
def move_intention(
    intention: Intention,
    transition: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    reason: str = "",
    reason_note: str = "",
    revision: int | None = None,
) -> Intention:
    """talk, agree, stop (with a reason), withdraw or lapse. Ending closes what acceptance had opened."""
    data = {"reason": reason, "reason_note": reason_note} if transition == "stop" else {}
    advance(intention, transition, by=by, now=now, note=note, data=data, revision=revision)
    if transition == "stop":
        Intention.objects.filter(pk=intention.pk).update(reason=reason, reason_note=reason_note.strip())
    if intention.state not in (*AGREED_STATES, "declared"):
        listings.end_party_access(origin_uid=intention.uid, by=by, now=now)
    overtake_stalls(intention, now=now)
    _tell_matching(intention, now)
    _tell_other_side(intention, by, format_lazy(gettext_lazy("意向 {number} 有新进展"), number=intention.number), now)
    intention.refresh_from_db()
    return intention


def lapse_intention(uid: UUID, *, now: datetime) -> None:
    """The nightly task ends an intention nobody moved in time."""
    move_intention(Intention.objects.get(uid=uid), "lapse", by=SYSTEM, now=now)


@transaction.atomic
def confirm_introduction(intention: Intention, *, by: Actor, now: datetime) -> Intention:
    """One side confirms that the broker introduced them; the time of each side is kept.

    A second time changes nothing. When both have confirmed, an accepted intention opens to both.
    """
    require(by, Perm.CONFIRM, intention)
    fresh = lock(intention)
    if fresh.broker_id is None:
        raise ValidationError(_("这条意向不是经纪人引荐的"))
    sides = [
        s
        for s in ("declaring", "answering")
        if getattr(fresh, s).uid in by.organisations and getattr(fresh, f"{s}_confirmed_at") is None
    ]
    for side in sides:
        setattr(fresh, f"{side}_confirmed_at", now)
        fresh.save(update_fields=[f"{side}_confirmed_at"])
        audit.record("intention.introduction_confirmed", fresh, by=by, now=now, payload={"side": side})
    if sides:
        if fresh.opened:
            _open_tiers(fresh, by=by, now=now)
        title = format_lazy(gettext_lazy("对方确认了意向 {number} 的引荐"), number=fresh.number)
        _tell_other_side(fresh, by, title, now)
    return fresh


@transaction.atomic
def write_message(
    intention: Intention,
    text: str,
    *,
    by: Actor,
    now: datetime,
    uploads: tuple[files.Upload, ...] = (),
    kept: tuple[File, ...] = (),
) -> Message:
    """Add to the thread, with files: new uploads, and `kept` ones that the actor stored before.

    ValidationError when empty or a kept file is another's; FileRefusedError names the bad upload.
    """
    require(by, Perm.WRITE, intention)
    if not text.strip() and not uploads and not kept:
        raise ValidationError({"text": _("请写点内容，或附上文件")})
    if any(file.created_by_id != by.account_id for file in kept):
        raise ValidationError({"files": _("不是您上传的文件")})
    if intention.state in {"declined", "lapsed", "withdrawn"}:
        raise ValidationError({"text": _("这条意向已经结束，不能再留言")})
    side = next((o for o in (intention.declaring, intention.answering) if o.uid in by.organisations), None)
    message = Message.objects.create(
        intention=intention,
        organisation=side,
        person=_person(by),
        text=text.strip(),
        area=intention.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    for upload in uploads:
        files.attach(
            files.store(upload, by=by, now=now, owner=side.uid if side else None, area=intention.area), message
        )
    for file in kept:
        files.attach(file, message)
    names = [*(u.name for u in uploads), *(f.name for f in kept)]
    audit.record("intention.message", intention, by=by, now=now, payload={"files": names})
    _tell_other_side(intention, by, format_lazy(gettext_lazy("意向 {number} 有新留言"), number=intention.number), now)
    return message


def _tell_other_side(intention: Intention, by: Actor, title: str | Promise, now: datetime) -> None:
    """Notify the organisations of the intention that the actor does not belong to, and the broker."""
    accounts: list[UUID] = []
    for organisation in (intention.declaring, intention.answering):
        if organisation.uid not in by.organisations:
            accounts += people_of(organisation.uid)
    if intention.broker is not None and intention.broker.account is not None:
        accounts.append(intention.broker.account.uid)
    _tell([account for account in accounts if account != by.account_uid], intention, title, now)


def _tell(accounts: list[UUID], intention: Intention, title: str | Promise, now: datetime) -> None:
    notify(accounts, "intention.news", title, subject_type="intention", subject_uid=intention.uid, now=now)


def _person(by: Actor) -> Person:
    """Who acts. RefusedError for a login without a person."""
    person = directory.person_of(by)
    if person is None:
        raise RefusedError(Perm.READ, _("这个登录没有对应的人员"), _("单位人员"))
    return person
