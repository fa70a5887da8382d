"""Which published listings a change of vocabulary concerns: those that say one of its words, before or after.

A term of a field, a cluster or the technical words widens a query by its other words. A term of maturity says at
which stage a listing stands. Terms of other vocabularies do nothing to a match.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from mengkeju.directory.models import Term
from mengkeju.kernel.models import Event
from mengkeju.kernel.search import matchables
from mengkeju.listings.models import Listing
from mengkeju.search.engine.text import normalise

AT_ONCE = 500
SPOKEN, STAGES = ("field", "cluster", "word"), "maturity"


def concerned(events: Sequence[Event]) -> set[UUID]:
    """Uids of the published listings that `term.*` events concern. However many events, the shelf is read once."""
    if not events:
        return set()
    terms = Term.objects.filter(uid__in={event.subject_uid for event in events}).select_related("vocabulary")
    spoken = {term.uid: term for term in terms if term.vocabulary.key in SPOKEN}
    stages = [term.key for term in terms if term.vocabulary.key == STAGES]
    found = set(Listing.objects.filter(state="published", maturity__in=stages).values_list("uid", flat=True))
    said = {word for event in events if event.subject_uid in spoken for word in _stated(event)}
    for term in spoken.values():
        said |= {term.label, *(synonym.text for synonym in term.synonyms.all())}
    wanted = {word for text in said if (word := normalise(text))}
    return found | set(_saying(wanted)) if wanted else found


def _stated(event: Event) -> Iterator[str]:
    """The words an event names: its label, and those before and after an edit."""
    payload = getattr(event, "payload", None)
    body = payload.body if payload is not None else {}
    for part in (body, body.get("before", {}), body.get("after", {})):
        if part.get("label"):
            yield str(part["label"])
        yield from map(str, part.get("synonyms", []))


def _saying(wanted: set[str]) -> Iterator[UUID]:
    for matchable in matchables.values():
        uids = list(matchable.all_uids())
        for start in range(0, len(uids), AT_ONCE):
            for document in matchable.load(uids[start : start + AT_ONCE]):
                text = normalise(f"{document.title}\n{document.body}")
                if any(word in text for word in wanted):
                    yield document.uid
