"""What the worker keeps of texts: written once, rewritten when changed, enough to tell near-duplicates."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute, rerank, shelf, vectors
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import hashed, latent
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.models import ListingVector, Waiting
from tests import factories as f
from tests.matching import crowd, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Latent rows of the few directions that a small world has."""
    monkeypatch.setattr(vectors, "limits", lambda: replace(limits(), latent_from=2, portion=3))


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


def spaces() -> set[str]:
    """The spaces the stored rows belong to."""
    return set(ListingVector.objects.values_list("space", flat=True))


def test_a_small_shelf_has_no_latent_rows() -> None:
    crowd.matched()
    assert spaces() == {""}
    assert not [row for row in ListingVector.objects.all() if bytes(row.latent)]


def test_latent_rows_are_those_of_the_fitted_shelf(small_spaces: None) -> None:
    _need, offers = crowd.matched()
    corpus = shelf.fitted().ranker.corpus
    assert spaces() == {corpus.space.digest}
    held = corpus.shelves[Side.ACHIEVEMENT]
    rows = held.table.title_latent[[[d.id for d in held.documents].index(str(offer.uid)) for offer in offers]]
    kept = {row.pk: bytes(row.latent) for row in ListingVector.objects.all()}
    stored = latent.unpack([kept[offer.pk] for offer in offers])
    assert stored @ stored.T == pytest.approx(rows @ rows.T, abs=1e-3)
    with_one = vectors.keep_one(corpus, held.documents[0])
    assert with_one == 0, "the same row, made from the document alone"


def test_a_refit_rewrites_all_rows_in_portions_and_only_once(
    small_spaces: None, django_assert_max_num_queries: Any
) -> None:
    need, _offers = crowd.matched()
    before = spaces()
    late = world.listing("achievement", "气化细渣制备絮凝剂", "气化细渣。")
    compute.compute_for(late.uid, now=world.AT)
    assert spaces() == before, "its own side is not fitted anew for it"
    assert ListingVector.objects.filter(listing=late).exists()
    compute.compute_for(need.uid, now=world.AT)
    corpus = shelf.fitted().ranker.corpus
    assert spaces() == {corpus.space.digest} != before
    assert vectors.follow_space(corpus) == 0
    ListingVector.objects.filter(pk=need.pk).update(space="gone")
    with django_assert_max_num_queries(0):
        assert vectors.follow_space(corpus) == 0, "asked once for each fit"
    shelf.forget()
    again = shelf.fitted().ranker.corpus
    assert again.space.digest == corpus.space.digest, "another process fits the same space"
    assert vectors.follow_space(again) == 1
    assert spaces() == {corpus.space.digest}


def test_a_shelf_that_became_too_small_drops_its_latent_rows(
    small_spaces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.matched()
    assert "" not in spaces()
    monkeypatch.setattr(vectors, "limits", lambda: replace(limits(), latent_from=10_000))
    shelf.forget()
    vectors.follow_space(shelf.fitted().ranker.corpus)
    assert spaces() == {""}
    assert {bytes(row.latent) for row in ListingVector.objects.all()} == {b""}


def parts(need: Listing, offer: Listing) -> list[float]:
    return [part[3] for part in crowd.pair(need, offer).need_judged]


def test_a_judgement_uses_the_rows_without_fitting_and_falls_back_where_a_space_is_stale(
    small_spaces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    need, offers = crowd.matched()
    monkeypatch.setattr(shelf, "_fit", lambda *_a: pytest.fail("fitted within the request"))
    broker = f.actor(f.broker())
    actions.dismiss(crowd.pair(need, offers[0]), None, "off_direction", by=broker, now=world.LATER)
    in_space = parts(need, offers[1]), parts(need, offers[3])
    ListingVector.objects.filter(pk=offers[1].pk).update(space="before")
    rerank.rerank(need)
    one_stale = parts(need, offers[1]), parts(need, offers[3])
    ListingVector.objects.update(space="", latent=b"")
    rerank.rerank(need)
    by_grams = parts(need, offers[1]), parts(need, offers[3])
    assert one_stale[1] == in_space[1] != by_grams[1], "the others stay in the space"
    assert one_stale[0] != in_space[0]
    assert one_stale[0][0] < 0 > by_grams[0][0]


def test_a_missing_row_leaves_the_word_and_the_listing_waits(small_spaces: None) -> None:
    need, offers = crowd.matched()
    Waiting.objects.all().delete()
    ListingVector.objects.filter(pk=offers[0].pk).delete()
    actions.dismiss(crowd.pair(need, offers[0]), None, "off_direction", by=f.actor(f.broker()), now=world.LATER)
    assert parts(need, offers[1]) == []
    assert Waiting.objects.filter(listing=need).exists()
    compute.compute_waiting(now=world.LATER)
    assert parts(need, offers[1])[0] < 0
    assert spaces() == {shelf.fitted().ranker.corpus.space.digest}


def test_the_page_of_a_judged_list_shows_in_any_space(small_spaces: None) -> None:
    need, offers = crowd.matched()
    account = f.broker()
    actions.dismiss(crowd.pair(need, offers[0]), None, "off_direction", by=f.actor(account), now=world.LATER)
    client: Client = f.signed_in_client(account)
    assert offers[1].title in client.get(reverse("listing-matches", args=[need.uid]), {"more": "1"}).content.decode()
