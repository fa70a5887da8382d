"""23 and 34: what the published texts tell of transfer bodies stands beside what the register itself yields."""

from datetime import date

import pytest
from django.test import Client

from mengkeju.demo.files import read
from mengkeju.demo.published import TOPIC, counts
from mengkeju.directory.engine.published import PublishedCount, published
from mengkeju.directory.queries import bodies as reads
from mengkeju.kernel.kinds import Registry
from tests import factories as f
from tests.directory import body_samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
PAGE = "/transfer-bodies/"


@pytest.mark.covers("TRD-11")
def test_every_reading_of_the_file_is_told_with_source_and_year() -> None:
    told = dict(counts())
    assert {one.source.removeprefix("公开报道 ") for one in told.values()} == {
        reading["source"] for known in read("facts")["disagreements"] if known["id"] == TOPIC
        for reading in known["readings"]
    }  # fmt: skip
    assert sorted((one.count, one.level, one.year, one.year_inferred, one.source) for one in told.values()) == [
        (23, "", "2023", False, "公开报道 001"),
        (23, "region", "", False, "公开报道 004"),
        (34, "", "2024", True, "公开报道 003"),
    ]
    assert {(one.kind, one.area) for one in told.values()} == {(reads.BODY, f.HOHHOT)}


@pytest.mark.covers("TRD-11")
def test_the_page_shows_what_was_published_beside_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    told: Registry[PublishedCount] = Registry("told")
    for key, one in counts():
        told.register(key, one)
    monkeypatch.setattr(reads, "published", told)
    s.body("一（演示）", area=f.XINCHENG, level="city", valid_from=date(2024, 2, 1))
    s.body("二（演示）")  # in the other city
    shown = text(Client().get(PAGE + "?on=2024-12-31"))
    for words in ("公布的家数", "公开报道 001", "公开报道 003", "2024 年（按上下文推定）", "没有写明", "不能互相代替"):
        assert words in shown, words
    content = Client().get(PAGE + "?on=2024-12-31").content.decode()
    assert "34" in content
    assert f"kind=transfer_body&amp;on=2024-12-31&amp;level=region&amp;area={f.HOHHOT}" in content
    rows = Client().get(PAGE + "?on=2024-12-31").context["published"]["rows"]
    assert [(row["cells"][1]["value"], row["cells"][4]["value"]) for row in rows] == [(23, 1), (23, 0), (34, 1)]
    assert "不能互相代替" not in text(Client().get(PAGE + "?kind=transfer_branch"))


def test_a_site_that_is_no_demo_tells_none_of_it() -> None:
    assert list(published) == []
    assert "不能互相代替" not in text(Client().get(PAGE))
