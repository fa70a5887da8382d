"""What the page claims of probabilities is what was measured over a whole catalogue."""

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.matching.engine import bands
from mengkeju.matching.engine.catalogue_figures import figures, over_all
from mengkeju.matching.queries import catalogue
from tests import factories, tokens
from tests.calls import get
from tests.matching import world

pytestmark = pytest.mark.covers("PLT-03")


def test_the_shipped_figures_bound_the_truth() -> None:
    found = figures()
    assert [row.key for row in found.bands] == [band.key for band in bands.bands()]
    known = [(r.least, r.estimated, r.most) for r in found.bands if r.least is not None]
    assert len(known) >= len(found.bands) - 1, "but the band of a handful of pairs each is measured"
    for row in found.bands:
        bounds = (row.least, row.estimated, row.most)
        assert (None in bounds) is (set(bounds) == {None})
    for least, estimated, most in known:
        assert least is not None
        assert estimated is not None
        assert most is not None
        assert 0 < least <= estimated <= most < 1
    for name in ("predicted", "least", "estimated", "most"):
        shares = [share for row in found.bands if (share := getattr(row, name)) is not None]
        assert shares == sorted(shares, reverse=True), "a higher band is a surer one"
    assert 0 < found.caught < 1


@pytest.mark.parametrize(("share", "said"), [(0.734, "73%"), (0.0104, "1%"), (0.0042, "0.4%"), (0.0, "0.0%")])
def test_shares_are_said_as_exactly_as_they_are_known(share: float, said: str) -> None:
    assert catalogue.percent(share) == said


def test_over_all_a_chance_is_never_raised_and_keeps_the_order() -> None:
    given = [0.0, 1e-9, 0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.9, 0.999, 1.0]
    found = [over_all(chance) for chance in given]
    assert found == sorted(found)
    assert all(0 <= less <= chance for less, chance in zip(found, given, strict=True))
    assert over_all(0.25) < 0.1
    for row in figures().bands[1:]:
        assert row.least is not None
        assert row.least <= over_all(row.predicted) <= row.predicted


def test_nothing_is_said_for_a_model_it_was_not_measured_with() -> None:
    version = f"{figures().model}+signals-2026-11+bands-2026-11"
    assert catalogue.said(0.3, version) == catalogue.percent(over_all(0.3))
    assert catalogue.said(0.3, f"site-{version}") == catalogue.said(0.3, f"{figures().model}1+x") == ""


@pytest.mark.django_db
def test_a_card_and_the_interface_say_it() -> None:
    needs, _achievements = world.matched()
    owner = needs[0].owner
    assert owner is not None
    manager = factories.manager(owner)
    item = get(tokens.client_of(manager), f"/listings/{needs[0].uid}/matches").json()["items"][0]
    text = factories.signed_in_client(manager).get(reverse("listing-matches", args=[needs[0].uid])).content.decode()
    if item["model_version"].startswith(f"{figures().model}+"):
        assert item["over_all"] == catalogue.percent(over_all(item["probabilities"][1]))
        assert f"达到 3 级的约为 {item['over_all']}" in text
    else:  # the shipped model is newer than the figures
        assert item["over_all"] == ""
        assert "放到全部供需对里偏高" in text


@pytest.mark.django_db
def test_the_page_says_how_to_read_them() -> None:
    text = Client().get(reverse("match-how")).content.decode()
    assert "可能性怎么读" in text
    for row in catalogue.reading()["catalogue_rows"]:
        assert row["label"] in text
        for share in row["shares"]:
            assert f'<td class="n">{share}</td>' in text
    assert "不保证合适" in text
