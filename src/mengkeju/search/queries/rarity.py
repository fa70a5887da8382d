"""What capabilities above ask of the index beside its page: all hits of a search, and how rare words are."""

from collections.abc import Iterable

from mengkeju.kernel.access import Actor
from mengkeju.search.queries.pages import SearchQuery, every_key
from mengkeju.search.store import IndexUnavailableError, opened, reading


def found_keys(actor: Actor, query: SearchQuery, limit: int) -> list[str] | None:
    """Index keys of all hits, at most one more than `limit`; None while the index is being built."""
    try:
        return every_key(actor, query, limit)
    except IndexUnavailableError:
        return None


def rarity(words: Iterable[str]) -> tuple[int, dict[str, int]] | None:
    """(how many objects the index holds, in how many of them each word stands); None while it is being built.

    Counted over titles and public text only, so that it tells nothing of closed text.
    """
    try:
        now_open = opened()
    except IndexUnavailableError:
        return None
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        return searcher.num_docs, {
            word: max(searcher.doc_freq(name, word) for name in ("title", "public")) for word in words
        }
