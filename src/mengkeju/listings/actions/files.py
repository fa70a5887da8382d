"""Files on a listing: putting up, taking down, and copies for readers, each noted for the owner."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mengkeju.directory.engine.roles import ROLES
from mengkeju.kernel import audit, clock, consent, files, stamping
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account, File
from mengkeju.kernel.models.record import new_uid
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.reads import note_parts, reader_of, unnamed
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.engine.files import FILE_KINDS, MOST_FILES
from mengkeju.listings.engine.reads import CONSENT
from mengkeju.listings.models import TIERS, FileRead, Listing, ListingFile

NOTICE = "本平台为非涉密平台，严禁存储、处理、传输国家秘密和工作秘密。"


@transaction.atomic
def add_listing_file(
    listing: Listing,
    upload: files.Upload,
    *,
    kind: str,
    tier: str,
    by: Actor,
    now: datetime,
    caption: str = "",
    secrecy_reviewed: bool = False,
) -> File:
    """Put a file up. ValidationError per field; FileRefusedError for its size, name or content."""
    require(by, Perm.EDIT, listing)
    fresh = lock(listing)
    require(by, Perm.EDIT, fresh)
    if kind not in FILE_KINDS or tier not in TIERS:
        raise ValidationError(_("请选择附件类型和公开范围"))
    if not secrecy_reviewed:
        raise ValidationError({"secrecy_reviewed": _("请确认附件已按本单位规定作保密审查")})
    if queries.files_of(fresh).count() >= MOST_FILES:
        raise ValidationError({"upload": _("一条信息最多 %(most)s 个附件") % {"most": MOST_FILES}})
    owner = fresh.owner.uid if fresh.owner is not None else None
    kept = files.store(upload, by=by, now=now, tier=tier, owner=owner, area=fresh.area)
    made = ListingFile.objects.create(
        listing=fresh,
        file=kept,
        kind=kind,
        tier=tier,
        caption=caption.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    payload = {"file": str(made.uid), "name": kept.name, "tier": tier, "sha256": kept.sha256, "sm3": kept.sm3}
    audit.record("listing.file_added", fresh, by=by, now=now, payload=payload)
    if fresh.state == "published":
        note_version(fresh, by=by, now=now)
    return kept


@transaction.atomic
def remove_listing_file(one: ListingFile, *, by: Actor, now: datetime, note: str = "") -> None:
    """Take a file down: nobody downloads it any more; what was downloaded stays noted. Needs a reason."""
    require(by, Perm.DISCLOSE, one.listing)
    if not note.strip():
        raise ValidationError({"note": _("请写明撤下的理由")})
    fresh = lock(one)
    if fresh.archived_at is not None:
        return
    for row in (fresh, fresh.file):
        row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, note.strip()[:200]
        row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"file": str(fresh.uid), "name": fresh.file.name, "note": note.strip()}
    audit.record("listing.file_removed", fresh.listing, by=by, now=now, payload=payload)
    if fresh.listing.state == "published":
        note_version(fresh.listing, by=by, now=now)


def hand_out(one: ListingFile, *, by: Actor, now: datetime) -> stamping.Copy:
    """A stamped copy of a file of a closed tier, noted before the first byte; it ends when the right does.

    RefusedError for who may not read its tier; FileNotFoundError when the storage lost it.
    """
    listing, tier = one.listing, queries.tier_of(one)
    if one.archived_at is not None or queries.find_file(listing, by, one.uid) is None:
        raise RefusedError(Perm.READ_PARTIES, _("这个附件没有向您开放"), str(TIERS[tier]))
    number = new_uid()

    def go_on() -> bool:
        return _may_go_on(one, by, number)

    made = stamping.copy(one.file, _lines(one, by, number, now), go_on=go_on)
    _note(one, tier, made.form, number, by=by, now=now)
    return replace(made, parts=_followed(made.parts, number))


def _now(by: Actor) -> Actor | None:
    """Who a reader is by now, never more than he came with; None when he may not act any more."""
    account = Account.objects.filter(pk=by.account_id).first() if by.account_id is not None else None
    if account is None or not (account.is_active or by.person_uid is None):  # programs never sign in
        return None
    current = provider().actor_for(account)
    mine = current.organisations if by.person_uid is not None else set(provider().programs_of(by.organisations))
    memberships = tuple(m for m in by.memberships if m.organisation in mine)
    grants = tuple(g for g in by.grants if g in current.grants)
    return None if current.suspended else replace(current, memberships=memberships, grants=grants)


def _may_go_on(one: ListingFile, by: Actor, number: UUID) -> bool:
    """Asked afresh before every portion: who he is, what the listing is, whether the file is still up."""
    current = _now(by)
    listing = queries.listings(current).filter(pk=one.listing_id).first() if current is not None else None
    allowed = current is not None and listing is not None and queries.find_file(listing, current, one.uid) is not None
    if not allowed:
        FileRead.objects.filter(uid=number).update(complete=False)
    return allowed


def _followed(parts: Iterator[bytes], number: UUID) -> Iterator[bytes]:
    """The portions, and that the last one was taken."""
    yield from parts
    FileRead.objects.filter(uid=number).update(complete=True)


def _lines(one: ListingFile, by: Actor, number: UUID, now: datetime) -> tuple[str, ...]:
    """What stands on the copy; always in the language of the platform."""
    organisation, role = reader_of(by)
    who = organisation.name if organisation is not None else ROLES[role].label if role in ROLES else "无单位的账号"
    owner = one.listing.owner.name if one.listing.owner is not None else ""
    at = now.astimezone(clock.ZONE)
    with override(settings.LANGUAGE_CODE):
        return (
            f"蒙科聚 · 受限内容副本 {number.hex[-12:]} · 仅供 {who} 查看",
            f"下载时间 {at:%Y-%m-%d %H:%M:%S} · 信息编号 {one.listing.number or '未编号'} · 所有者 {owner}",
            f"未经所有者同意不得转交或公开。{NOTICE}",
            f"文件 {one.file.name} · SHA-256 {one.file.sha256}",
        )


@transaction.atomic
def _note(one: ListingFile, tier: str, form: str, number: UUID, *, by: Actor, now: datetime) -> None:
    """For the owner, and in the sealed record: the organisation; the person only by consent."""
    organisation, role = reader_of(by)
    agreed = by.person_uid is not None and consent.has("person", by.person_uid, CONSENT)
    FileRead.objects.create(
        uid=number,
        file=one,
        organisation=organisation,
        role=role,
        account=by.account_uid if agreed else None,
        form=form,
        at=now,
    )
    note_parts(one.listing, {tier}, channel="file", by=by, now=now)
    version = queries.last_version(one.listing)
    payload = {
        "file": str(one.uid),
        "name": one.file.name,
        "sha256": one.file.sha256,
        "sm3": one.file.sm3,
        "tier": tier,
        "form": form,
        "copy": str(number),
        "organisation": str(organisation.uid) if organisation is not None else None,
        "role": role,
        "number": version.number if version is not None else None,
    }
    audit.record("listing.file_downloaded", one.listing, by=unnamed(by, agreed=agreed), now=now, payload=payload)
