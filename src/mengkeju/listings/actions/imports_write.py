"""Writing one confirmed row, and handing in or publishing what a batch wrote. The rights are asked for each row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.exchange.importers import Writing
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.imports_judge import changes, merged, own_id, owner_of, source_of
from mengkeju.listings.actions.imports_rights import RIGHTS_IN, write_rights
from mengkeju.listings.actions.imports_values import may_import_for, typed
from mengkeju.listings.actions.life import publish_import, submit_listing
from mengkeju.listings.engine.workflow import PUBLIC_LEVEL
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing


def require_import(by: Actor, owner: Organisation) -> None:
    """Whether the actor may import for the organisation. RefusedError says who may."""
    require(by, Perm.CREATE)
    if not may_import_for(by, owner):
        rule = _("只能导入自己所在单位、或所辖地区单位的条目")
        raise RefusedError(Perm.CREATE, rule, _("该单位人员；所辖地区的科技管理人员"))


def may_import(by: Actor, owner: UUID) -> None:
    """The same by uid, before the first row; an organisation that does not exist is refused alike."""
    found = Organisation.objects.filter(uid=owner, archived_at=None).first()
    require_import(by, found or Organisation(name=""))


def may_act(by: Actor, what: str, owner: UUID) -> None:
    """Members hand in, officers over the organisation publish (nobody for his own: 回避)."""
    found = Organisation.objects.get(uid=owner)
    shadow = Listing(owner=found, area=found.area, zone=found.zone)
    require(by, Perm.REVIEW if what == "publish" else Perm.SUBMIT, shadow)
    if not found.verified:
        said = _("“%(organisation)s”还没有通过核验，导入的条目不能提交或发布")
        raise ValidationError(said % {"organisation": found.name})


def write(kind_key: str, given: Writing) -> tuple[str, UUID]:
    """Create or change the listing of one row, and the right it names. Gives (created, changed or unchanged; its uid).

    Raises RefusedError when the right was lost, StaleRevisionError when the listing changed since the preview,
    ValidationError for everything else that hinders.
    """
    with transaction.atomic():
        outcome, uid = _write_listing(kind_key, given)
        if kind_key in RIGHTS_IN and write_rights(uid, given) and outcome == "unchanged":
            outcome = "changed"
    return outcome, uid


def _write_listing(kind_key: str, given: Writing) -> tuple[str, UUID]:
    kind, values = kinds[kind_key], dict(given.values)
    owner = owner_of(values, given.owner)
    require_import(given.by, owner)
    # An officer writes for an organisation below him through the platform's hand, for elsewhere he may only review;
    # the right was found just now and the record still names him. The organisation's own people need no such hand.
    hand = given.by if owner.uid in given.by.organisations else replace(given.by, system=True)
    if given.target is None:
        return "created", _create(kind.key, values, owner, hand, given.now).uid
    known = Listing.objects.select_related("owner").get(uid=given.target)
    if known.owner_id != owner.pk:
        raise ValidationError(_("这个编号已属于另一单位"))
    if not changes(kind, known, values):
        return "unchanged", known.uid
    stated = ListingInput(
        merged(kind, known, values), known.details.get("tiers", {}), known.tier, secrecy_reviewed=True
    )
    edit_listing(known, stated, by=hand, now=given.now, revision=given.revision)
    return "changed", known.uid


def _create(kind: str, values: dict[str, object], owner: Organisation, hand: Actor, now: datetime) -> Listing:
    source, external_id = source_of(owner.uid), own_id(values)
    known = Listing.objects.filter(source=source, external_id=external_id, kind=kind)
    if known.exclude(external_id="").exists():  # as the partial index says it, or SQLite reads the whole kind
        raise ValidationError(_("预览之后平台上已经有了这一条，没有再写一次"))
    contact = Person.objects.filter(uid=str(values["contact"])).first() if values.get("contact") else None
    try:
        with transaction.atomic():
            return create_listing(
                kind,
                ListingInput({"area": owner.area} | typed(kinds[kind], values)),
                owner=owner,
                by=hand,
                now=now,
                contact=contact,
                fictional=owner.fictional,
                source=source,
                external_id=external_id,
                origin="import",
            )
    except IntegrityError as error:  # another batch wrote it at this moment
        raise ValidationError(_("预览之后平台上已经有了这一条，没有再写一次")) from error


def _submit(uid: UUID, by: Actor, now: datetime) -> None:
    listing = Listing.objects.get(uid=uid)
    submit_listing(listing, by=by, now=now, secrecy_level=PUBLIC_LEVEL, secrecy_reviewed=True)


def _publish(uid: UUID, by: Actor, now: datetime) -> None:
    publish_import(Listing.objects.get(uid=uid), by=by, now=now)


ACTS: dict[str, Callable[[UUID, Actor, datetime], None]] = {"submit": _submit, "publish": _publish}
