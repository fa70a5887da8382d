"""Between listings and the API's schemas: `present` gives what the reader may see, the kind's form what he states."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, RefusedError, may
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.forms import FieldType, build_form
from mengkeju.kernel.forms.build import plain
from mengkeju.kernel.forms.schema import UNIT, as_json, from_json
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.actions import ListingInput, OutcomeInput
from mengkeju.listings.api.schemas import CloseIn, ListingIn, ListingPatch
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import ListingKind
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented

PRICES = frozenset({"price_low", "price_high"})
IN_ROWS = PRICES | {"title", "summary", "area"}
"""Fields of which a row tells something."""
OWN = ("tier", "revision", "created_at", "published_at", "confirmed_at", "review_by")
BY_HAND = frozenset({"submit", "approve", "hold", "return", "close", "withdraw", "reopen", "take_back"})
"""Transitions somebody takes for one listing; the others belong to imports."""


def rows(found: Sequence[Listing], seen: Sequence[Presented]) -> list[dict[str, Any]]:
    """`ListingRow` of each; `seen` are the same listings as the reader may see them."""
    changed = queries.updated_at(found)
    return [_row(one, it) | {"updated_at": changed[one.uid]} for one, it in zip(found, seen, strict=True)]


def whole(listing: Listing, it: Presented, actor: Actor) -> dict[str, Any]:
    """`ListingOut`."""
    readable = queries.readable_tiers(listing, actor)
    return {
        **rows([listing], [it])[0],
        "fields": _fields(it, queries.shown_values(listing, actor)),
        "sections": [
            {"key": section.key, "label": label, "tier": tier, "open": tier in readable}
            for section, (label, tier) in zip(it.kind.sections, it.tiers, strict=True)
        ],
        "steps": _steps(listing, actor),
    }


def _row(listing: Listing, it: Presented) -> dict[str, Any]:
    same = ("uid", "number", "title", "summary", "area", "state", "source_note", "fictional", "incomplete")
    return {
        **{name: getattr(it, name) for name in same},
        **{name: getattr(listing, name) for name in OWN},
        "kind": it.kind.key,
        "kind_label": word(it.kind),
        "area_label": it.area_name,
        "outside": bool(it.origin_mark),
        "state_label": word(LISTING.states[it.state]),
        "owner": {"uid": it.owner_uid, "name": it.owner_name, "verified": it.owner_verified},
        "price": _price(listing, it),
        "url": listing.get_absolute_url(),
    }


def _price(listing: Listing, it: Presented) -> dict[str, Any] | None:
    if not {f.key for f in it.fields} >= PRICES:
        return None
    low, high = (None if end is None else f"{end:.2f}" for end in (listing.price_low, listing.price_high))
    return {"low": low, "high": high, "unit": UNIT, "text": it.budget}


def _fields(it: Presented, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What `present` shows, with its value, masked where `present` masks it."""
    specs = {spec.key: spec for spec in it.kind.fields}
    return [
        {
            "key": f.key,
            "label": f.label,
            "section": f.section,
            "tier": f.tier,
            "value": as_json(specs[f.key], values.get(f.key)),
            "unit": UNIT if specs[f.key].type is FieldType.MONEY else None,
            "text": f.value,
        }
        for f in it.fields
    ]


def _steps(listing: Listing, actor: Actor) -> list[str]:
    found = ["edit"] if may(actor, Perm.EDIT, listing) else []
    found += ["confirm"] if listing.state in queries.OPEN_NEEDS and may(actor, Perm.CONFIRM, listing) else []
    leaving = LISTING.leaving(listing.state)
    return found + [key for key, step in leaving if key in BY_HAND and may(actor, step.permission, listing)]


def outcome_of(listing: Listing, actor: Actor, given: CloseIn) -> OutcomeInput:
    """How a need ended. ProblemError for a solver or a solution that is none."""
    party = next((p for p in queries.parties_of(listing) if p.organisation.uid == given.solver), None)
    solution = queries.solutions(actor, listing).filter(uid=given.solution).first() if given.solution else None
    wrong = [Wrong("#/solver", _("这个单位与本需求没有过意向"))] if given.solver and party is None else []
    wrong += [Wrong("#/solution", _("没有找到这项成果"))] if given.solution and solution is None else []
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return OutcomeInput(
        outcome=given.outcome,
        evidence=given.note,
        satisfaction=given.satisfaction,
        solver=party.organisation if party else None,
        solver_note=given.solver_note,
        solution=solution,
        intention=party.intention if party else None,
    )


def pointer(*parts: str) -> str:
    """A JSON pointer as a fragment (RFC 6901)."""
    return "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def owner_of(actor: Actor, given: ListingIn) -> Organisation:
    """For which organisation. RefusedError for another's, ProblemError when it must be said."""
    mine = directory.my_organisations(actor)
    if given.owner is not None or not mine:
        found = next((one for one in mine if one.uid == given.owner), None)
        if found is None:
            raise RefusedError(Perm.CREATE, _("只能以自己所在单位的名义发布"), _("该单位人员"))
        return found
    if len(mine) > 1:
        raise ProblemError("invalid", "", [Wrong("#/owner", _("您属于多个单位，请写明以哪个单位的名义"))])
    return mine[0]


def stated(kind: ListingKind, actor: Actor, given: ListingIn) -> ListingInput:
    """A new listing's content. ProblemError invalid, field by field."""
    values = _values(kind, actor, given.fields, {})
    return ListingInput(values=values, tiers=_tiers(kind, given.tiers), tier=given.tier)


def restated(listing: Listing, actor: Actor, given: ListingPatch) -> ListingInput:
    """The listing's content with what changes. ProblemError invalid, field by field."""
    kind = listing.kind_spec
    now = queries.values_of(listing)
    start = {spec.key: "" if now.get(spec.key) is None else plain(now[spec.key]) for spec in kind.fields}
    return ListingInput(
        values=_values(kind, actor, given.fields, start),
        tiers={**listing.details.get("tiers", {}), **_tiers(kind, given.tiers)},
        tier=given.tier or listing.tier,
        secrecy_reviewed=given.secrecy_reviewed,
    )


def _values(kind: ListingKind, actor: Actor, fields: Mapping[str, Any], start: Mapping[str, Any]) -> dict[str, Any]:
    data, wrong = from_json(kind.sections, fields)
    form = build_form("ListingFields", kind.sections, queries.sources(actor))({**start, **data})
    if not form.is_valid():
        wrong = {key: str(texts[0]) for key, texts in form.errors.items()} | wrong
    if wrong:
        raise ProblemError("invalid", "", [Wrong(pointer("fields", key), text) for key, text in wrong.items()])
    return {spec.key: form.cleaned_data.get(spec.key) for spec in kind.fields}


def _tiers(kind: ListingKind, given: Mapping[str, str]) -> dict[str, str]:
    free = {section.key for section in kind.sections if not section.fixed_tier}
    wrong = [Wrong(pointer("tiers", key), _("这一部分不存在，或它的可见范围不能改")) for key in set(given) - free]
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return dict(given)


@contextmanager
def told_at_fields(kind: ListingKind) -> Iterator[None]:
    """What an action finds wrong is said where it stands in the body."""
    try:
        yield
    except ValidationError as error:
        keys = {spec.key for spec in kind.fields}
        found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        wrong = [Wrong(_place(name, keys), text) for name, texts in found.items() for text in texts]
        raise ProblemError("invalid", wrong[0].detail if len(wrong) == 1 else "", wrong) from error


def _place(name: str, keys: set[str]) -> str:
    if name == NON_FIELD_ERRORS:
        return pointer()
    return pointer("fields", name) if name in keys else pointer(name)
