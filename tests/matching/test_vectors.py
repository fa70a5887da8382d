"""What the worker keeps of texts: written once, rewritten when changed, enough to tell near-duplicates."""

from dataclasses import replace

import pytest

from mengkeju.listings.models import Listing
from mengkeju.matching.actions import compute, shelf, vectors
from mengkeju.matching.engine import hashed
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.models import ListingVector
from tests.matching import crowd, world

pytestmark = pytest.mark.django_db


def test_likeness_is_that_of_the_fitted_rows() -> None:
    _need, offers = crowd.matched()
    held = shelf.fitted().ranker.corpus.shelves[Side.ACHIEVEMENT]
    at = {document.id: row for row, document in enumerate(held.documents)}
    rows = held.table.title_chars[[at[str(offer.uid)] for offer in offers]]
    kept = {row.pk: row for row in ListingVector.objects.all()}
    titles = [bytes(kept[offer.pk].title) for offer in offers]
    assert hashed.cosines(titles[0], titles) == pytest.approx((rows @ rows[0].T).toarray()[:, 0], abs=1e-6)
    assert [kept[offer.pk].stage for offer in offers[:4]] == ["early", "early", "mature", "middle"]


def test_only_what_changed_is_written() -> None:
    need, offers = crowd.matched()
    corpus = shelf.fitted().ranker.corpus
    assert vectors.keep(corpus, Side.ACHIEVEMENT) == 0
    ListingVector.objects.filter(pk=offers[0].pk).update(title=b"")
    assert vectors.keep(corpus, Side.ACHIEVEMENT, {str(offers[1].uid)}) == 0
    assert vectors.keep(corpus, Side.ACHIEVEMENT) == 1
    document = shelf.document_of(need)
    assert document is not None
    assert vectors.keep_one(corpus, document) == 0
    assert vectors.keep_one(corpus, replace(document, title="另一个题目：气化渣")) == 1
    assert vectors.without([need.pk, offers[0].pk]) == set()


def test_one_listing_alone_leaves_vectors_of_all_it_meets() -> None:
    need, offers = crowd.need(), crowd.offers()
    compute.compute_for(need.uid, now=world.AT)
    assert vectors.without([need.pk, *(offer.pk for offer in offers)]) == set()


def test_a_withdrawn_listing_is_no_near_duplicate() -> None:
    first, second = crowd.need(), crowd.need(*crowd.TWIN)
    offers = crowd.offers()
    compute.match_all(now=world.AT)
    assert vectors.link(first) == set(), "neither was judged"
    crowd.pair(first, offers[0]).feedback.create(
        organisation=first.owner, reason="vague", model_version="演示", given_at=world.AT
    )
    assert vectors.link(first) == {second.pk}
    Listing.objects.filter(pk=second.pk).update(state="closed")
    vectors.link(first)
    assert vectors.link(first) == set()
