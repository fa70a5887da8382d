"""Facets and tabs: what can be filtered, with the counts this reader may know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tantivy
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from tantivy import Query

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import OUTSIDE
from mengkeju.directory.engine.titles import TITLES
from mengkeju.kernel.search import SearchKind, searchables
from mengkeju.kernel.words import word
from mengkeju.search.access import Reach
from mengkeju.search.queries.terms import filtered
from mengkeju.search.store import KIND

SHOWN_OPTIONS = 10
BUCKETS = 200


@dataclass(frozen=True)
class FacetSpec:
    """One facet: its key in the index and the address, its word, and the vocabulary its values come from."""

    key: str
    label: str | Promise
    vocabulary: str = ""


FACETS = (
    FacetSpec("city", _("城市")),
    FacetSpec("field", _("技术领域"), "field"),
    FacetSpec("cluster", _("产业集群"), "cluster"),
    FacetSpec("leading", _("领军企业")),
    FacetSpec("maturity", _("成熟度"), "maturity"),
    FacetSpec("budget", _("投入或价格")),
    FacetSpec("modes", _("合作方式"), "cooperation_mode"),
    FacetSpec("process", _("工艺")),
    FacetSpec("work", _("岗位类型")),
    FacetSpec("majors", _("专业类"), "major"),
    FacetSpec("year", _("发布年份")),
)


@dataclass(frozen=True)
class Option:
    """One value of a facet. `area` is its code when it is a place."""

    value: str
    label: str
    count: int
    checked: bool
    area: str = ""


@dataclass(frozen=True)
class Group:
    """A facet as shown: `name` is the key in the address."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Tab:
    """A kind of result with its count; an empty key is all kinds."""

    key: str
    label: str
    count: int
    current: bool


def search_kinds() -> dict[str, SearchKind]:
    """The kinds that can be found, by key, in the order they were registered."""
    return {kind.key: kind for searchable in searchables.values() for kind in searchable.kinds}


def count(
    searcher: tantivy.Searcher, text: Query | None, reach: Reach, kind: str, facets: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, int]]:
    """Counts per value of each facet and of `kind`, each without its own filter and with all others."""
    wanted = {KIND: KIND, **{spec.key: f"facets.{spec.key}" for spec in FACETS}}
    own = {KIND: bool(kind), **{spec.key: bool(facets.get(spec.key)) for spec in FACETS}}
    shared = {key: path for key, path in wanted.items() if not own[key]}
    counts = _aggregate(searcher, filtered(text, reach, kind, facets), shared)
    for key, path in wanted.items():
        if own[key]:
            counts |= _aggregate(searcher, filtered(text, reach, kind, facets, leave_out=key), {key: path})
    return counts


def _aggregate(searcher: tantivy.Searcher, query: Query, paths: Mapping[str, str]) -> dict[str, dict[str, int]]:
    asked = {key: {"terms": {"field": path, "size": BUCKETS}} for key, path in paths.items()}
    answer: dict[str, Any] = searcher.aggregate(query, asked) if asked else {}
    return {key: {str(b["key"]): int(b["doc_count"]) for b in answer[key]["buckets"]} for key in paths}


def groups(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]]) -> tuple[Group, ...]:
    """The facets with words, most frequent first; chosen values stay even when nothing is left of them."""
    made = []
    for spec in FACETS:
        found = {**dict.fromkeys(chosen.get(spec.key, ()), 0), **counts.get(spec.key, {})}
        labels = _labels(spec, found)
        options = [
            Option(
                value,
                labels.get(value, value),
                number,
                value in chosen.get(spec.key, ()),
                value if spec.key == "city" else "",
            )
            for value, number in found.items()
        ]
        made.append(Group(spec.key, str(spec.label), tuple(_ordered(spec, options))))
    return tuple(made)


def _labels(spec: FacetSpec, values: Collection[str]) -> dict[str, str]:
    if spec.key == "city":
        return {OUTSIDE: gettext("区外"), **directory.area_names(values)}
    if spec.key == "leading":
        return {value: word(TITLES.kinds[value]) for value in values if value in TITLES.kinds}
    if spec.key in {"budget", "process", "work"}:
        return {value: gettext(value) for value in values}  # they are words of the capability that gave them
    return directory.term_labels(spec.vocabulary) if spec.vocabulary else {}


def facet_words(chosen: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """(facet, values) of what is chosen, in words."""
    return [
        (str(spec.label), [_labels(spec, chosen[spec.key]).get(value, value) for value in chosen[spec.key]])
        for spec in FACETS
        if chosen.get(spec.key)
    ]


def _ordered(spec: FacetSpec, options: list[Option]) -> list[Option]:
    if spec.key == "year":
        return sorted(options, key=lambda option: option.value, reverse=True)
    if spec.key == "budget":
        return sorted(options, key=lambda option: _first_amount(option.value))
    best = sorted(options, key=lambda option: (-option.count, option.value))
    return [option for at, option in enumerate(best) if at < SHOWN_OPTIONS or option.checked]


def _first_amount(band: str) -> tuple[bool, int, bool]:
    """Bands by the amount they begin with (“50万以下” before “50–200万”), those without amount last."""
    digits = ""
    for char in band:
        if not char.isdigit():
            break
        digits += char
    return (not digits, int(digits or 0), not band.endswith("以下"))


def tabs(counts: Mapping[str, int], kind: str) -> tuple[Tab, ...]:
    """All, then each kind."""
    every = Tab("", str(_("全部")), sum(counts.values()), not kind)
    return (every, *(Tab(k.key, word(k), counts.get(k.key, 0), k.key == kind) for k in search_kinds().values()))
