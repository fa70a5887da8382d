"""What a search finds, all of it, as a file: the columns of whatever was found, in the order of the results."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Row
from mengkeju.kernel.exports import Sheet
from mengkeju.kernel.search import searchables
from mengkeju.kernel.words import listed, word
from mengkeju.search.queries import SORTS, SearchQuery, facet_words
from mengkeju.search.queries.facets import search_kinds

KEY = "search.results"


def sheet(kind: str) -> Sheet:
    """Of all kinds (""), or of one with its own fields. Its objects are keys of the index."""

    def columns() -> Sequence[Column]:
        made: dict[str, Column] = {}
        for searchable in searchables.values():
            if searchable.sheet is not None:
                made |= {column.key: column for column in searchable.sheet(kind).columns() if column.key not in made}
        return list(made.values())

    return Sheet(KEY, gettext_lazy("搜索结果"), columns, _rows)


def _rows(actor: Actor, portion: Sequence[str]) -> Iterable[Row]:
    """Read again through the read permission, as the page does; what is no longer findable gives no row."""
    by_type: dict[str, list[UUID]] = {}
    for key in portion:
        subject, _colon, uid = key.partition(":")
        by_type.setdefault(subject, []).append(UUID(uid))
    rows: dict[str, Row] = {}
    for subject, uids in by_type.items():
        searchable = searchables.get(subject)
        if searchable is not None and searchable.find is not None and searchable.sheet is not None:
            found = searchable.find(actor, uids)
            made = searchable.sheet("").rows(actor, found)
            rows |= {f"{subject}:{obj.uid}": row for obj, row in zip(found, made, strict=True)}
    return [rows[key] for key in portion if key in rows]


def filters(query: SearchQuery) -> str:
    """The search in words."""
    parts = [_("搜索：{text}").format(text=query.text)] if query.text else []
    if query.kind:
        parts.append(_("种类：{kind}").format(kind=word(search_kinds()[query.kind])))
    said = facet_words(query.facets)
    parts += [_("{label}：{value}").format(label=label, value=listed(values)) for label, values in said]
    if parts or query.sort:
        parts.append(_("排序：{sort}").format(sort=SORTS[query.order]))
    return _("；").join(parts)
