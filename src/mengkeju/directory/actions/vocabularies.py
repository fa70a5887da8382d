"""Vocabularies and areas, kept by the operator. What he edits is no longer changed by loading the shipped files."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.chains import PARENTS
from mengkeju.directory.models import Area, Term, TermSynonym, Vocabulary
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.words import word

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True)
class TermInput:
    """What the operator states about a term. `synonyms` replace the present ones; `parent` is a key or empty.

    `position`: the place among the terms, where their order means something (a chain from up- to downstream).
    """

    label: str
    label_en: str
    source: str
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    position: int | None = None


def _checked(vocabulary: Vocabulary, key: str, given: TermInput) -> Term | None:
    """The parent term. ValidationError per field."""
    errors = {field: _("请填写") for field in ("label", "label_en", "source") if not getattr(given, field).strip()}
    if vocabulary.key in PARENTS:
        above = Term.objects.filter(vocabulary__key=PARENTS[vocabulary.key], retired_on=None)
        parent = above.filter(key=given.parent).first()
        if parent is None:
            errors["parent"] = _("请选择所属的产业链")
    else:
        parent = vocabulary.terms.filter(key=given.parent).first() if given.parent else None
    if (
        vocabulary.key not in PARENTS
        and given.parent
        and (parent is None or given.parent == key or parent.parent_id is not None)
    ):
        errors["parent"] = _("上级须是本词表的一级词条，且不能是它自己")
    if errors:
        raise ValidationError(errors)
    return parent


def _set_synonyms(term: Term, wanted: tuple[str, ...]) -> None:
    kept = {text.strip() for text in wanted if text.strip()}
    term.synonyms.exclude(text__in=kept).delete()
    TermSynonym.objects.bulk_create([TermSynonym(term=term, text=text) for text in sorted(kept)], ignore_conflicts=True)


@transaction.atomic
def add_term(vocabulary: Vocabulary, key: str, given: TermInput, *, by: Actor, now: datetime) -> Term:
    """A new term at the end. The same term sent again is returned; another under the key is refused."""
    require(by, Perm.VOCABULARY_EDIT)
    if not KEY.fullmatch(key):
        raise ValidationError({"key": _("代码用小写英文字母、数字和下划线，字母开头")})
    parent = _checked(vocabulary, key, given)
    known = vocabulary.terms.select_for_update().filter(key=key).first()
    if known is not None:
        if known.label == given.label.strip():
            return known
        raise ValidationError({"key": _("代码 %(code)s 已是“%(name)s”") % {"code": key, "name": word(known)}})
    beside = vocabulary.terms.filter(parent=parent) if vocabulary.key in PARENTS else vocabulary.terms
    last = beside.order_by("-position").values_list("position", flat=True).first()
    term = Term.objects.create(
        vocabulary=vocabulary,
        key=key,
        label=given.label.strip(),
        label_en=given.label_en.strip(),
        parent=parent,
        source=given.source.strip(),
        position=(last or 0) + 1 if given.position is None else given.position,
        edited_at=now,
        created_at=now,
        created_by_id=by.account_id,
    )
    _set_synonyms(term, given.synonyms)
    audit.record(
        "term.added", term, by=by, now=now, payload={"vocabulary": vocabulary.key, "term": key, "label": term.label}
    )
    return term


@transaction.atomic
def edit_term(term: Term, given: TermInput, *, by: Actor, now: datetime, revision: int | None = None) -> Term:
    """Change words, parent, source and synonyms. The key stays: old objects carry it. StaleRevisionError."""
    require(by, Perm.VOCABULARY_EDIT)
    fresh = lock(term, revision)
    parent = _checked(fresh.vocabulary, fresh.key, given)
    if parent is not None and fresh.children.exists():
        raise ValidationError({"parent": _("它自己有下级词条，不能再放到别的词条下面")})
    before = {"label": fresh.label, "synonyms": sorted(s.text for s in fresh.synonyms.all())}
    fresh.label, fresh.label_en = given.label.strip(), given.label_en.strip()
    fresh.source, fresh.parent, fresh.edited_at = given.source.strip(), parent, now
    fresh.position = fresh.position if given.position is None else given.position
    fresh.revision += 1
    fresh.save()
    _set_synonyms(fresh, given.synonyms)
    audit.record(
        "term.edited",
        fresh,
        by=by,
        now=now,
        payload={
            "term": fresh.key,
            "before": before,
            "after": {"label": fresh.label, "synonyms": sorted(s.text for s in fresh.synonyms.all())},
        },
    )
    return fresh


@transaction.atomic
def retire_term(term: Term, *, by: Actor, now: datetime, retired: bool = True) -> Term:
    """No longer offered for new objects (or offered again). Old objects keep it."""
    require(by, Perm.VOCABULARY_EDIT)
    fresh = lock(term)
    if (fresh.retired_on is not None) == retired:
        return fresh
    fresh.retired_on = clock.today(now) if retired else None
    fresh.edited_at = now
    fresh.revision += 1
    fresh.save(update_fields=["retired_on", "edited_at", "revision"])
    audit.record("term.retired" if retired else "term.restored", fresh, by=by, now=now, payload={"term": fresh.key})
    return fresh


@transaction.atomic
def edit_area(
    area: Area,
    *,
    name: str,
    valid_from: date | None,
    valid_to: date | None,
    source: str,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> Area:
    """Change an area's name and validity. A code that ended is no longer offered; old objects keep it."""
    require(by, Perm.VOCABULARY_EDIT)
    fresh = lock(area, revision)
    errors = {field: _("请填写") for field, value in (("name", name), ("source", source)) if not value.strip()}
    if valid_from and valid_to and valid_to < valid_from:
        errors["valid_to"] = _("停用日期不能早于启用日期")
    if errors:
        raise ValidationError(errors)
    before = {"name": fresh.name, "valid_from": fresh.valid_from, "valid_to": fresh.valid_to}
    fresh.name, fresh.source, fresh.valid_from, fresh.valid_to = name.strip(), source.strip(), valid_from, valid_to
    fresh.edited_at = now
    fresh.revision += 1
    fresh.save()
    audit.record(
        "area.edited",
        fresh,
        by=by,
        now=now,
        payload={
            "code": fresh.code,
            "before": before,
            "after": {"name": fresh.name, "valid_from": valid_from, "valid_to": valid_to},
        },
    )
    return fresh


@transaction.atomic
def add_zone(code: str, name: str, parent: Area, *, zone_kind: str, source: str, by: Actor, now: datetime) -> Area:
    """A new functional zone under a division. The same zone sent again is returned."""
    require(by, Perm.VOCABULARY_EDIT)
    code, name, source = code.strip(), name.strip(), source.strip()
    errors = {field: _("请填写") for field, value in (("code", code), ("name", name), ("source", source)) if not value}
    if parent.kind == "zone":
        errors["parent"] = _("功能区放在旗县区或城市下面")
    if errors:
        raise ValidationError(errors)
    known = Area.objects.filter(code=code).first()
    if known is not None:
        if known.name == name and known.kind == "zone":
            return known
        raise ValidationError({"code": _("代码 %(code)s 已是“%(name)s”") % {"code": code, "name": known.name}})
    zone = Area.objects.create(
        code=code,
        name=name,
        kind="zone",
        zone_kind=zone_kind.strip(),
        parent=parent,
        path=f"{parent.path}{code}/",
        source=source,
        valid_from=clock.today(now),
        edited_at=now,
        area=code,
        created_at=now,
        created_by_id=by.account_id,
    )
    audit.record("area.added", zone, by=by, now=now, payload={"code": code, "name": name})
    return zone
