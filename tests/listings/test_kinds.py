import sys
from pathlib import Path
from shutil import copy
from types import ModuleType

import pytest

from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.kinds import DuplicateKeyError, load_folder
from mengkeju.listings import queries
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.actions.edit import apply_input
from mengkeju.listings.kinds import MAX_DETAILS, MAX_FACETS, ListingKind, kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.web.forms import ListingForm
from tests import factories as f
from tests.listings import samples as s

FILE = Path(__file__).parent / "sample_kind.py"


def small(**given: object) -> ListingKind:
    parts: dict[str, object] = {
        "key": "k",
        "label": "种类",
        "label_en": "Kind",
        "verb": "发布",
        "number_prefix": "MK-K",
        "icon": "tool",
        "sections": (),
    }
    return ListingKind(**(parts | given))  # type: ignore[arg-type]  # assembled from named parts


def test_the_shipped_kinds() -> None:
    assert {"need", "achievement", "patent"} <= set(kinds)
    for kind in kinds.values():
        keys = [field.key for field in kind.fields]
        assert len(keys) == len(set(keys)), kind.key
        assert keys[0] == "title"
        assert set(kind.body_fields) <= set(keys)
        assert set(kind.facets) <= {field.key for field in kind.detail_fields}
        columns = {field.name for field in Listing._meta.get_fields()}
        assert {field.key for field in kind.fields if field.column} <= columns
        if kind.seeks:
            assert kind.seeks in {other.side for other in kinds.values()}


def test_a_kind_stays_within_the_stop_lines() -> None:
    fields = tuple(FieldSpec(f"f{n}", FieldType.TEXT, "项", "Item") for n in range(MAX_DETAILS + 1))
    with pytest.raises(ValueError, match=str(MAX_DETAILS)):
        small(sections=(Section("s", "节", "Section", fields),))
    with pytest.raises(ValueError, match=str(MAX_FACETS)):
        small(facets=tuple("abcde"))
    assert small(sections=(Section("s", "节", "Section", fields[:-1]),), facets=tuple("abcd")).key == "k"


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateKeyError):
        kinds.register("need", small(key="need"))


def test_who_may_read_a_section_is_the_owners_choice_unless_it_is_fixed() -> None:
    sections = (
        Section("a", "甲", "A", (FieldSpec("x", FieldType.TEXT, "项", "X"),), fixed_tier=True),
        Section("b", "乙", "B", (FieldSpec("y", FieldType.TEXT, "项", "Y"),), tier="members"),
    )
    kind = small(sections=sections)
    assert kind.tier_of({}) == {"a": "public", "b": "members"}
    assert kind.tier_of({"a": "parties", "b": "parties"}) == {"a": "public", "b": "parties"}
    assert kind.field_tiers({"b": "public"}) == {"x": "public", "y": "public"}


def test_a_fixed_section_ignores_a_forged_tier(db: None) -> None:
    listing = Listing(kind="need")
    given = s.stated(tiers={"problem": "parties", "targets": "members"})
    apply_input(listing, given)
    assert listing.details["tiers"] == {"targets": "members"}
    assert ListingInput(values={}).tier == "public"


@pytest.fixture
def pilot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ListingKind:
    """One file in a kinds folder, loaded as the platform loads its own; gone after the test."""
    copy(FILE, tmp_path / "pilot.py")
    package = ModuleType("kinds_of_a_test")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "kinds_of_a_test", package)
    monkeypatch.setattr(kinds, "_entries", dict(kinds.items()))
    load_folder(package)
    monkeypatch.delitem(sys.modules, "kinds_of_a_test.pilot")
    return kinds["pilot"]


def test_a_new_kind_is_one_file_of_thirty_lines(pilot: ListingKind, db: None) -> None:
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 30
    owner = f.organisation("演示中试公司（演示）")
    client, officer = f.signed_in_client(f.manager(owner)), f.signed_in_client(f.officer())
    assert "发布中试服务" in s.text(client.get("/listings/mine/"))
    assert "主要设备" in s.text(client.get("/listings/new/pilot/"))
    data = s.form_data(
        "pilot", owner, title="千吨级流化床", scale="ton", line="流化床三台", since="2025-06", fee="3.5万", open="yes"
    )
    made = client.post("/listings/new/pilot/", data)
    assert made.status_code == 302, s.text(made)
    listing = Listing.objects.get(kind="pilot")
    client.post(made["Location"], {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": listing.revision})
    officer.post(f"/reviews/{listing.uid}/", {"decision": "approve", "revision": listing.revision + 1})
    listing.refresh_from_db()
    assert (listing.state, listing.number[:10]) == ("published", f"MK-T-{listing.published_at:%Y}-")
    page = s.text(client.get(listing.get_absolute_url()))
    assert all(words in page for words in ("千吨级流化床", "吨级", "流化床三台", "2025年6月", "3.5 万元", "是"))
    public = s.text(f.signed_in_client(f.account()).get(listing.get_absolute_url()))
    assert "吨级" in public
    assert "流化床三台" not in public
    (document,) = queries.search_documents([listing.uid])
    assert document.facets["scale"] == ("ton",)
    assert "流化床三台" in document.text["members"]
    assert "流化床三台" not in document.text["public"]
    (row,) = queries.search_rows(f.actor(f.account()), [listing.uid])
    assert (row["kind"].label, row["text"]) == ("中试服务", s.SUMMARY)


def test_the_new_kind_is_gone_after_its_test() -> None:
    assert "pilot" not in kinds


def test_the_form_of_a_kind_asks_for_a_tier_of_each_section_the_owner_may_set(db: None) -> None:
    owner = f.organisation()
    form = ListingForm(kinds["achievement"], s.manager_of(owner))
    assert {name for name in form.form.fields if name.startswith("tier_")} == {
        "tier_better",
        "tier_terms",
        "tier_private",
    }
    assert form.form["tier_private"].value() == "parties"
