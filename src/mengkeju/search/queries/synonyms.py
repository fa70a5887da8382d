"""Words of the vocabularies, read anew for every search.

Nothing is kept: what the operator adds, renames or retires counts from the next search on, in every process,
and no listing has to be indexed again, because the index holds the keys of terms and never their words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mengkeju.directory.models import Term

VOCABULARIES = ("field", "cluster")
"""Those whose words stand for one another; each is also the key of its facet in the index."""


@dataclass(frozen=True)
class Group:
    """One term in use: its word and synonyms, and the keys of the facet under which its objects are filed.

    `values` are the term and all terms below it, retired ones too: old objects keep them.
    """

    words: tuple[str, ...]
    facet: str = ""
    values: tuple[str, ...] = ()


def groups() -> list[Group]:
    """All terms in use as groups; two database queries."""
    rows = Term.objects.filter(vocabulary__key__in=VOCABULARIES).select_related("vocabulary")
    terms = list(rows.order_by("pk").prefetch_related("synonyms"))
    below = _below(terms)
    return [
        Group(
            (term.label, *sorted(s.text for s in term.synonyms.all())),
            term.vocabulary.key,
            (term.key, *(child.key for child in below.get(term.pk, ()))),
        )
        for term in terms
        if term.retired_on is None
    ]


def _below(terms: Iterable[Term]) -> dict[int, list[Term]]:
    """All terms below each term, at whatever depth."""
    known = {term.pk: term for term in terms}
    found: dict[int, list[Term]] = {}
    for term in known.values():
        seen, above = {term.pk}, term.parent_id
        while above is not None and above in known and above not in seen:
            found.setdefault(above, []).append(term)
            seen.add(above)
            above = known[above].parent_id
    return found
