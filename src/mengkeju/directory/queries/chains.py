"""Terms as they are offered; of nodes of chains, which stands on which chain and where."""

from django.utils.translation import gettext as _

from mengkeju.directory.engine.chains import NODES, PARENTS
from mengkeju.directory.models import Term
from mengkeju.kernel.words import word


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
