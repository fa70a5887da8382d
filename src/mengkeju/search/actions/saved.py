"""Searches that are kept: made, renamed, paused, stopped by the link in a mail, deleted.

What is searched for is personal: it stands in the row alone, never in the record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM, Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.audit import settled
from mengkeju.kernel.models import Account, Event
from mengkeju.search.access import Perm
from mengkeju.search.engine.saved import FIGURES, Kept, Way, canonical
from mengkeju.search.engine.text import default_tokeniser
from mengkeju.search.models import SavedSearch, SavedSearchReader
from mengkeju.search.queries import MAX_CHARACTERS, kept_by

STOP = "mengkeju.search.stop"
"""Salt of the signature in stop links."""
NAME = 60


@dataclass(frozen=True)
class SavedInput:
    """What is stated: a name, the search, when to tell; `organisation` whose members are told, None: oneself."""

    name: str
    asked: Kept
    way: str
    organisation: UUID | None = None


def _checked(name: str, way: str) -> dict[str, str]:
    """Name and way as they are stored. ValidationError per field."""
    said = " ".join(name.split())
    if not said or len(said) > NAME:
        raise ValidationError({"name": _("请写一个名称，不超过 %(count)d 个字") % {"count": NAME}})
    if way not in set(Way):
        raise ValidationError({"way": _("请选择什么时候提醒")})
    return {"name": said, "way": way}


def _check_asked(asked: Kept) -> None:
    if asked.is_empty:
        raise ValidationError(_("请先写上要找的内容，或选一个条件，再设提醒"))
    if len(asked.text) > MAX_CHARACTERS:
        raise ValidationError(_("要找的内容太长，最多 %(count)d 个字") % {"count": MAX_CHARACTERS})
    if asked.text and not default_tokeniser().tokens(asked.text, keep_stop_words=True):
        raise ValidationError(_("没有可以查的词，请写上材料、设备、工艺或指标的名称"))


def _check_others(saved: SavedSearch, asked: Kept) -> None:
    """Not the same twice, not more than the figure; the caller holds the lock of whose they are."""
    rows = SavedSearch.objects.filter(archived_at=None, organisation=saved.organisation)
    others = list(rows if saved.organisation else rows.filter(account=saved.account))
    same = next((other for other in others if kept_by(other) == asked), None)
    if same is not None:
        raise ValidationError(_("已经为同样的搜索设过提醒：%(name)s") % {"name": same.name})
    most = FIGURES.per_organisation if saved.organisation else FIGURES.per_person
    if len(others) >= most:
        raise ValidationError(_("最多设 %(count)d 个提醒，请先删除不用的") % {"count": most})


def _place(saved: SavedSearch) -> None:
    """From here on: what is settled now is on the page the reader has before him."""
    last = settled(Event.objects.all()).last()
    saved.since_xact, saved.since_position = (last.xact, last.pk) if last else (0, 0)


@transaction.atomic
def save_search(given: SavedInput, *, by: Actor, now: datetime) -> SavedSearch:
    """Keep a search. ValidationError for what is missing, the same search, or one too many; RefusedError."""
    require(by, Perm.CREATE)
    if by.account_id is None or by.account_uid is None:
        raise ValidationError(_("提醒要由登录的人来设"))
    saved = SavedSearch(account=by.account_uid, organisation=given.organisation, created_by_id=by.account_id)
    if given.organisation is not None:
        require(by, Perm.MANAGE, saved)
        saved.area = lock(directory.organisation(given.organisation)).area
    else:
        Account.objects.select_for_update().get(pk=by.account_id)  # two at once do not pass the limit
    values = _checked(given.name, given.way)
    _check_asked(given.asked)
    _check_others(saved, given.asked)
    saved.name, saved.way, saved.query = values["name"], values["way"], canonical(given.asked)
    saved.created_at = now
    _place(saved)
    saved.save(force_insert=True)
    SavedSearchReader.objects.create(search=saved, account=by.account_uid, seen_at=now)
    _record("created", saved, by=by, now=now, payload={"way": saved.way})
    return saved


def _record(verb: str, saved: SavedSearch, *, by: Actor, now: datetime, payload: dict[str, Any] | None = None) -> None:
    audit.record(f"saved_search.{verb}", saved, by=by, now=now, payload=payload or {}, organisation=saved.organisation)


def _store(saved: SavedSearch, *names: str) -> None:
    saved.revision += 1
    saved.save(update_fields=[*names, "revision"])


@transaction.atomic
def edit_saved(saved: SavedSearch, *, name: str, way: str, revision: int, by: Actor, now: datetime) -> None:
    """Another name, another way. StaleRevisionError; ValidationError per field."""
    require(by, Perm.MANAGE, saved)
    fresh = lock(saved, revision)
    values = _checked(name, way)
    if (fresh.name, fresh.way) == (values["name"], values["way"]):
        return
    before, fresh.name, fresh.way = fresh.way, values["name"], values["way"]
    _store(fresh, "name", "way")
    _record("edited", fresh, by=by, now=now, payload={"way": [before, fresh.way]})


@transaction.atomic
def pause_saved(saved: SavedSearch, *, by: Actor, now: datetime, by_link: bool = False) -> None:
    """Tell nothing until it goes on. A second time changes nothing."""
    require(by, Perm.MANAGE, saved)
    fresh = lock(saved)
    if fresh.paused_at is not None or fresh.archived_at is not None:
        return
    fresh.paused_at = now
    _store(fresh, "paused_at")
    _record("paused", fresh, by=by, now=now, payload={"by_link": by_link})


@transaction.atomic
def resume_saved(saved: SavedSearch, *, by: Actor, now: datetime) -> None:
    """Go on, from now: what came during the pause is on the page and is not told."""
    require(by, Perm.MANAGE, saved)
    fresh = lock(saved)
    if fresh.paused_at is None or fresh.archived_at is not None:
        return
    fresh.paused_at = None
    _place(fresh)
    _store(fresh, "paused_at", "since_xact", "since_position")
    _record("resumed", fresh, by=by, now=now)


@transaction.atomic
def delete_saved(saved: SavedSearch, *, by: Actor, now: datetime) -> None:
    """Archive it, forget its words and what it found. A second time changes nothing."""
    require(by, Perm.MANAGE, saved)
    fresh = lock(saved)
    if fresh.archived_at is not None:
        return
    fresh.archived_at, fresh.archived_by_id, fresh.name, fresh.query = now, by.account_id, "", None
    _store(fresh, "archived_at", "archived_by", "name", "query")
    fresh.hits.all().delete()
    _record("deleted", fresh, by=by, now=now)


def _stand(saved: SavedSearch, account: UUID, **values: datetime | None) -> None:
    SavedSearchReader.objects.update_or_create(search=saved, account=account, defaults=values)


def mark_seen(saved: SavedSearch, *, by: Actor, now: datetime) -> None:
    """He looks at what is new."""
    require(by, Perm.READ, saved)
    if by.account_uid is not None:
        _stand(saved, by.account_uid, seen_at=now)


@transaction.atomic
def leave_saved(saved: SavedSearch, *, by: Actor, now: datetime, stop: bool = True) -> None:
    """A member no longer wants, or wants again, what the organisation has ordered for all. RefusedError for others."""
    require(by, Perm.READ, saved)
    if by.account_uid is not None and saved.organisation is not None:
        _stand(saved, by.account_uid, stopped_at=now if stop else None)


# the link in a mail


def stop_token(saved: SavedSearch, account: UUID) -> str:
    """What a stop link carries: which search, for whom, signed. It never expires: a mail may be old."""
    return signing.Signer(salt=STOP).sign(f"{saved.uid.hex}{account.hex}")


def stoppable(token: str) -> tuple[SavedSearch, UUID] | None:
    """What a stop link names; None when the signature is not ours or the search is gone."""
    try:
        said = signing.Signer(salt=STOP).unsign(token)
        uid, account = UUID(hex=said[:32]), UUID(hex=said[32:])
    except (signing.BadSignature, ValueError):
        return None
    saved = SavedSearch.objects.filter(uid=uid, archived_at=None).first()
    if saved is None or (saved.organisation is None and saved.account != account):
        return None
    return saved, account


@transaction.atomic
def stop_by_link(token: str, *, now: datetime) -> SavedSearch | None:
    """Whoever has the link may stop it, without signing in: one's own is paused, of an organisation's one is out."""
    named = stoppable(token)
    if named is None:
        return None
    saved, account = named
    if saved.organisation is None:
        pause_saved(saved, by=SYSTEM, now=now, by_link=True)
    else:
        _stand(saved, account, stopped_at=now)
    return saved
