"""The “卡脖子” list: nominated by an officer or a firm, confirmed and followed by officers of the named bureaus."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.listings.access.lists import BottleneckPerm
from mengkeju.listings.actions.attached import differences, filled, hang, take_off
from mengkeju.listings.models import Bottleneck, BottleneckBureau, Listing

ATTACHED, DETACHED, EDITED = "bottleneck.attached", "bottleneck.detached", "bottleneck.edited"


@dataclass(frozen=True)
class BottleneckInput:
    """What is stated; `bureaus` are uids of verified government organisations."""

    title: str
    problem: str
    bureaus: tuple[UUID, ...]
    dependence: str = ""
    chain: str = ""


def _bureaus(given: BottleneckInput) -> list[Organisation]:
    found = Organisation.objects.filter(uid__in=given.bureaus, kind="government", state="verified", archived_at=None)
    return list(found.order_by("pk"))


def _check(given: BottleneckInput, bureaus: list[Organisation], *, known: str = "") -> None:
    errors = filled({"title": _("请填写技术名称"), "problem": _("请写清卡在哪里")}, given)
    if not bureaus or len(bureaus) != len(set(given.bureaus)):
        errors["bureaus"] = _("请至少选一个已核验的主管部门")
    if given.chain not in {"", known} and not directory.terms("cluster").filter(key=given.chain).exists():
        errors["chain"] = _("请选择产业链")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def nominate_bottleneck(
    given: BottleneckInput,
    *,
    nominator: Organisation | None,
    by: Actor,
    now: datetime,
    listing: Listing | None = None,
    fictional: bool = False,
) -> Bottleneck:
    """Nominate an item. From then on only officers of its bureaus and the auditor may see it, whoever nominated it.

    `listing`: a need of the nominator that it has to do with. ValidationError per field, RefusedError otherwise.
    """
    require(by, BottleneckPerm.NOMINATE)
    if nominator is not None and nominator.uid not in by.organisations:
        raise RefusedError(BottleneckPerm.NOMINATE, _("只能以自己所在单位的名义提名"), _("该单位人员"))
    bureaus = _bureaus(given)
    _check(given, bureaus)
    made = Bottleneck(
        title=given.title,
        problem=given.problem,
        dependence=given.dependence,
        chain=given.chain,
        nominator=nominator,
        area=nominator.area if nominator else bureaus[0].area,
        fictional=fictional,
    )
    payload = {"title": given.title, "bureaus": [str(o.uid) for o in bureaus]}
    begin(made, by=by, now=now, payload=payload, organisation=nominator.uid if nominator else None)
    _name(made, bureaus)
    if listing is not None:
        hang(made.attached, listing, on=made, told=ATTACHED, by=by, now=now)
    return made


def _name(item: Bottleneck, bureaus: Iterable[Organisation]) -> None:
    wanted = {o.pk for o in bureaus}
    item.bureaus.exclude(organisation__in=wanted).delete()
    there = set(item.bureaus.values_list("organisation_id", flat=True))
    BottleneckBureau.objects.bulk_create(
        BottleneckBureau(bottleneck=item, organisation_id=pk) for pk in sorted(wanted - there)
    )


@transaction.atomic
def edit_bottleneck(
    item: Bottleneck, given: BottleneckInput, *, by: Actor, now: datetime, revision: int | None = None
) -> Bottleneck:
    """Change what is stated and which bureaus are named; one's own bureau stays."""
    require(by, BottleneckPerm.EDIT, item)
    fresh = lock(item, revision)
    bureaus = _bureaus(given)
    _check(given, bureaus, known=fresh.chain)
    if not by.organisations & {o.uid for o in bureaus}:
        raise ValidationError({"bureaus": _("至少保留您自己所在的部门，否则您就看不到这一项了")})
    stated = ("title", "problem", "dependence", "chain")
    before = {name: getattr(fresh, name) for name in stated}
    before["bureaus"] = sorted(str(uid) for uid in fresh.bureaus.values_list("organisation__uid", flat=True))
    after = {name: getattr(given, name) for name in stated}
    after["bureaus"] = sorted(str(o.uid) for o in bureaus)
    told = differences(before, after)
    if not told:
        return fresh
    for name in stated:
        setattr(fresh, name, after[name])
    fresh.revision += 1
    fresh.save()
    _name(fresh, bureaus)
    audit.record(EDITED, fresh, by=by, now=now, payload=told)
    return fresh


@transaction.atomic
def move_bottleneck(
    item: Bottleneck,
    transition: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    evidence: str = "",
    revision: int | None = None,
) -> Bottleneck:
    """Confirm or refuse, start (the note says who works on it), break through (with evidence), resume, remove."""
    kept = evidence.strip()
    if transition == "break_through" and kept:  # the row may not say “broken through” without it, not for a moment
        lock(item)
        Bottleneck.objects.filter(pk=item.pk).update(evidence=kept)
    advance(
        item,
        transition,
        by=by,
        now=now,
        note=note,
        revision=revision,
        data={"evidence": kept} if transition == "break_through" else None,
    )
    if transition == "start":
        Bottleneck.objects.filter(pk=item.pk).update(taken_by=note.strip()[:300])
    item.refresh_from_db()
    return item


@transaction.atomic
def attach_to_bottleneck(item: Bottleneck, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """A need or an offer it has to do with; seen on the item's page alone. Returns whether it is new."""
    require(by, BottleneckPerm.EDIT, item)
    return hang(item.attached, listing, on=item, told=ATTACHED, by=by, now=now)


@transaction.atomic
def detach_from_bottleneck(item: Bottleneck, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """Take it off."""
    require(by, BottleneckPerm.EDIT, item)
    return take_off(item.attached, listing, on=item, told=DETACHED, by=by, now=now)
