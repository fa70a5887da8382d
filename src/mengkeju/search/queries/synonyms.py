"""Words of the vocabularies, read anew for every search.

Nothing is kept: what the operator adds, renames or retires counts from the next search on, in every process,
and no listing has to be indexed again, because the index holds the keys of terms and never their words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mengkeju.directory.models import Term, TermSynonym

FACETS = ("field", "cluster")
WORDS = "word"
VOCABULARIES = (*FACETS, WORDS)
"""Those whose words stand for one another; the first two are also keys of their facets in the index."""


@dataclass(frozen=True)
class Group:
    """One term in use: its word and synonyms, and the keys of the facet under which its objects are filed.

    `values` are the term and all terms below it, retired ones too: old objects keep them. `lower` are the words of
    the technical terms below it: who says the upper one means them too, not the reverse.
    """

    words: tuple[str, ...]
    facet: str = ""
    values: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()


def groups() -> list[Group]:
    """All terms in use as groups; two database queries, plain values: every search waits for them."""
    wanted = Term.objects.filter(vocabulary__key__in=VOCABULARIES).order_by("pk")
    terms = list(wanted.values_list("pk", "key", "label", "parent_id", "retired_on", "vocabulary__key"))
    synonyms: dict[int, list[str]] = {}
    pairs = TermSynonym.objects.filter(term__vocabulary__key__in=VOCABULARIES).values_list("term_id", "text")
    for term, text in pairs:
        synonyms.setdefault(term, []).append(text)
    keys = {pk: key for pk, key, *_rest in terms}
    said = {pk: (label, *sorted(synonyms.get(pk, ()))) for pk, _key, label, _parent, retired_on, _v in terms
            if retired_on is None}  # fmt: skip
    lower = below({pk: parent for pk, _key, _label, parent, *_rest in terms})
    return [
        Group(said[pk], vocabulary, (key, *(keys[child] for child in lower.get(pk, ()))))
        if vocabulary != WORDS
        else Group(said[pk], lower=tuple(word for child in lower.get(pk, ()) for word in said.get(child, ())))
        for pk, key, _label, _parent, _retired_on, vocabulary in terms
        if pk in said
    ]


def below(parents: Mapping[int, int | None]) -> dict[int, list[int]]:
    """All terms below each term, at whatever depth; `parents` gives the term above each."""
    found: dict[int, list[int]] = {}
    for term, parent in parents.items():
        seen, above = {term}, parent
        while above is not None and above in parents and above not in seen:
            found.setdefault(above, []).append(term)
            seen.add(above)
            above = parents[above]
    return found
