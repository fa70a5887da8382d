"""Terms of the vocabularies, what lies below one, and as they are offered; of nodes of chains, where they stand."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mengkeju.directory.engine.chains import NODES, PARENTS
from mengkeju.directory.models import Term
from mengkeju.kernel.words import chosen, word


def terms(vocabulary: str, *, retired: bool = False) -> QuerySet[Term]:
    """Terms of a vocabulary in order, with parents; retired ones only when asked."""
    rows = Term.objects.filter(vocabulary__key=vocabulary).select_related("parent", "vocabulary")
    return rows if retired else rows.filter(retired_on=None)


def term_labels(vocabulary: str) -> dict[str, str]:
    """Words for the reader by key, retired terms included, because old objects still carry them."""
    rows = terms(vocabulary, retired=True).values_list("key", "label", "label_en")
    return {key: chosen(label, label_en) for key, label, label_en in rows}


def terms_below(vocabulary: str, key: str) -> list[str]:
    """The keys of a term and of every term below it, retired ones included. An unknown key gives itself only."""
    parents = dict(terms(vocabulary, retired=True).values_list("key", "parent__key"))
    found, size = {key}, 0
    while len(found) != size:
        size = len(found)
        found |= {term for term, above in parents.items() if above in found}
    return sorted(found)


def term_name(term: Term) -> str:
    """A term's word; of a node of a chain with the chain before it. `term` comes with parent and vocabulary."""
    if term.vocabulary.key in PARENTS and term.parent is not None:
        return _("%(chain)s：%(node)s") % {"chain": word(term.parent), "node": word(term)}
    return ("　" if term.parent_id else "") + word(term)


def chain_nodes(*, retired: bool = False) -> list[Term]:
    """The nodes of all chains, chain by chain from upstream to downstream."""
    rows = Term.objects.filter(vocabulary__key=NODES).select_related("parent", "vocabulary")
    rows = rows if retired else rows.filter(retired_on=None)
    return list(rows.order_by("parent__position", "parent__key", "position", "key"))


def term_choices(vocabulary: str) -> list[tuple[str, str]]:
    """(key, word for the reader) for a select; children after their parent, indented; nodes chain by chain."""
    if vocabulary == NODES:
        return [(t.key, term_name(t)) for t in chain_nodes()]
    rows = Term.objects.filter(vocabulary__key=vocabulary, retired_on=None).select_related("parent", "vocabulary")
    return [(t.key, term_name(t)) for t in rows]
