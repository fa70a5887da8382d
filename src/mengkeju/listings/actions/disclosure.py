"""Asking to see the parties' tier; consenting, refusing, undertaking; ending it."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, consent
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock, refuse_stale
from mengkeju.kernel.notices import notify, people_of
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.engine.disclosure import (
    BY_UNDERTAKING,
    CONSENT,
    CONSENT_TEXT_VERSION,
    MODES,
    OPEN_STATES,
    UNDERTAKING,
    undertaking,
)
from mengkeju.listings.models import AccessRequest, DisclosureRule, Listing

ORIGIN = "disclosure"


@transaction.atomic
def set_disclosure_rule(listing: Listing, mode: str, *, by: Actor, now: datetime) -> DisclosureRule:
    """The owner chooses how the parties' tier opens from now on. ValidationError for an unknown way."""
    require(by, Perm.DISCLOSE, listing)
    if mode not in MODES:
        raise ValidationError({"mode": _("没有这种开放方式")})
    fresh = lock(listing)
    before = queries.rule_of(fresh)
    rule, _made = DisclosureRule.objects.update_or_create(listing=fresh, defaults={"mode": mode, "set_at": now})
    if before != mode:
        audit.record("listing.disclosure_rule", fresh, by=by, now=now, payload={"mode": [before, mode]})
    return rule


@transaction.atomic
def ask_to_see(
    listing: Listing,
    purpose: str,
    *,
    organisation: Organisation,
    by: Actor,
    now: datetime,
    accepts: str = "",
) -> AccessRequest:
    """Ask for one of the actor's organisations. `accepts`: the version of the undertaking a manager accepts with it.

    Raises ValidationError (what hinders), RefusedError (no right).
    """
    fresh = Listing.objects.select_for_update(of=("self",)).select_related("owner").get(pk=listing.pk)
    require(by, Perm.ACCESS_ASK, fresh)
    if organisation.uid not in by.organisations:
        raise RefusedError(Perm.ACCESS_ASK, _("只能以自己所在单位的名义申请"), _("该单位人员"))
    _check_ask(fresh, purpose, organisation, by)
    mode = queries.rule_of(fresh)
    request = AccessRequest(
        listing=fresh, organisation=organisation, purpose=purpose.strip(), mode=mode, area=fresh.area
    )
    payload = {"listing": str(fresh.uid), "organisation": str(organisation.uid), "mode": mode}
    try:
        with transaction.atomic():
            begin(
                request, by=by, now=now, payload={**payload, "purpose": purpose.strip()}, organisation=organisation.uid
            )
    except IntegrityError as error:
        if not AccessRequest.objects.filter(listing=fresh, organisation=organisation, state__in=OPEN_STATES).exists():
            raise
        raise ValidationError(_("贵单位已经申请过，正在办理或已经开放，不用重复申请")) from error
    if accepts:
        _accept(request, accepts, by=by, now=now)
    if mode != BY_UNDERTAKING:
        advance(request, "ask", by=by, now=now, organisation=organisation.uid)
    elif accepts:
        advance(request, "sign", by=by, now=now, organisation=organisation.uid)
        _open(request, by=by, now=now)
    else:
        advance(request, "await_signature", by=by, now=now, organisation=organisation.uid)
    return request


def _check_ask(listing: Listing, purpose: str, organisation: Organisation, by: Actor) -> None:
    if listing.owner is None or listing.from_source:
        raise ValidationError(_("这一条据公开报道整理，没有可以申请查看的内容"))
    if organisation.uid not in by.verified_organisations:
        said = _("“%(organisation)s”还没有通过核验，核验后才能申请")
        raise ValidationError({"organisation": said % {"organisation": organisation.name}})
    if not purpose.strip():
        raise ValidationError({"purpose": _("请写明查看的用途，对方据此决定")})
    if not queries.has_closed(listing):
        raise ValidationError(_("这一条没有只向合作方开放的内容，不用申请"))
    if queries.is_party(listing, [organisation.uid]):
        raise ValidationError(_("贵单位已经能看到合作方内容，不用申请"))


def _accept(request: AccessRequest, version: str, *, by: Actor, now: datetime) -> None:
    """Keep which text was accepted, by whom; it must be the one in force, and the person a manager."""
    require(by, Perm.ACCESS_SIGN, request)
    text, asking = undertaking(), request.organisation.uid
    if version != text.version:
        raise ValidationError({"accepts": _("保密承诺已换新版，请重新阅读后再接受")})
    request.undertaking_version, request.undertaking_sha256, request.undertaking_sm3 = (
        text.version,
        text.sha256,
        text.sm3,
    )
    request.undertaking_at, request.undertaking_by_id = now, by.account_id
    request.save(update_fields=[f"undertaking_{name}" for name in ("version", "sha256", "sm3", "at", "by")])
    payload = {"version": text.version, "sha256": text.sha256, "sm3": text.sm3, "organisation": str(asking)}
    audit.record("access_request.undertaking", request, by=by, now=now, payload=payload, organisation=asking)
    consent.give("organisation", asking, UNDERTAKING, text_version=text.version, by=by, now=now, scope=str(request.uid))


@transaction.atomic
def sign_undertaking(
    request: AccessRequest, version: str, *, by: Actor, now: datetime, revision: int | None = None
) -> AccessRequest:
    """A manager accepts the undertaking for his organisation; what was asked for opens at once."""
    fresh = lock(request)
    require(by, Perm.ACCESS_SIGN, fresh)
    refuse_stale(fresh, revision)
    if queries.rule_of(fresh.listing) != BY_UNDERTAKING:  # the owner has changed his mind meanwhile
        raise ValidationError(_("所有者已改为逐个同意。请撤回这条申请，重新申请。"))
    _accept(fresh, version, by=by, now=now)
    advance(fresh, "sign", by=by, now=now, organisation=fresh.organisation.uid)
    _open(fresh, by=by, now=now)
    request.refresh_from_db()
    return request


def _open(request: AccessRequest, *, by: Actor, now: datetime) -> None:
    """What a grant opens. The platform lets in: the page of the listing must not tell others who asked."""
    note_version(request.listing, by=SYSTEM, now=now)
    AccessRequest.objects.filter(pk=request.pk).update(answered_at=now)
    request.answered_at = now
    let_party_in(request.listing, request.organisation, origin_type=ORIGIN, origin_uid=request.uid, by=SYSTEM, now=now)
    title = format_lazy(gettext_lazy("“{title}”的受限内容已向贵单位开放"), title=request.listing.title)
    _tell(request.organisation, request, title, by=by, now=now)
    if request.listing.owner is not None and request.mode == BY_UNDERTAKING:
        said = gettext_lazy("{organisation}接受了保密承诺，已能查看“{title}”的受限内容")
        title = format_lazy(said, organisation=request.organisation.name, title=request.listing.title)
        _tell(request.listing.owner, request, title, by=by, now=now)


@transaction.atomic
def answer_access_request(
    request: AccessRequest, *, consents: bool, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> AccessRequest:
    """The owner opens the parties' tier to who asked, or refuses with a reason that the asker reads."""
    owner = request.listing.owner
    own = owner.uid if owner is not None else None
    advance(request, "grant" if consents else "refuse", by=by, now=now, note=note, revision=revision, organisation=own)
    AccessRequest.objects.filter(pk=request.pk).update(answered_at=now, note=note.strip()[:1000])
    if consents:
        if own is not None:
            consent.give(
                "organisation", own, CONSENT, text_version=CONSENT_TEXT_VERSION, by=by, now=now, scope=str(request.uid)
            )
        _open(request, by=by, now=now)
    else:
        title = format_lazy(gettext_lazy("“{title}”的所有者谢绝了查看申请"), title=request.listing.title)
        _tell(request.organisation, request, title, by=by, now=now)
    request.refresh_from_db()
    return request


@transaction.atomic
def move_access_request(
    request: AccessRequest, transition: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> AccessRequest:
    """Withdraw (the asker), end (the owner, with a reason) or lapse. What was open closes at this moment."""
    owner = request.listing.owner
    side = request.organisation if transition == "withdraw" else owner
    acts_for = side.uid if side is not None and not by.system else None
    advance(request, transition, by=by, now=now, note=note, revision=revision, organisation=acts_for)
    if note.strip():
        AccessRequest.objects.filter(pk=request.pk).update(note=note.strip()[:1000])
    end_party_access(origin_uid=request.uid, by=SYSTEM, now=now)
    if owner is not None:
        consent.withdraw("organisation", owner.uid, CONSENT, by=by, now=now, scope=str(request.uid))
    if transition != "withdraw":
        title = format_lazy(gettext_lazy("“{title}”的查看申请有新进展"), title=request.listing.title)
        _tell(request.organisation, request, title, by=by, now=now)
    elif owner is not None:
        title = format_lazy(gettext_lazy("对方撤回了对“{title}”的查看申请"), title=request.listing.title)
        _tell(owner, request, title, by=by, now=now)
    request.refresh_from_db()
    return request


def lapse_access_request(uid: UUID, *, now: datetime) -> None:
    """The nightly task ends a request nobody answered in time."""
    move_access_request(AccessRequest.objects.get(uid=uid), "lapse", by=SYSTEM, now=now)


def _tell(
    organisation: Organisation, request: AccessRequest, title: str | Promise, *, by: Actor, now: datetime
) -> None:
    told = [account for account in people_of(organisation.uid) if account != by.account_uid]
    notify(told, "access_request.news", title, subject_type="access_request", subject_uid=request.uid, now=now)
