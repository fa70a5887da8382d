"""产业链环节: a vocabulary the operator fills; its terms stand on a chain in order; an empty one is not asked for."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from mengkeju.directory.actions import TermInput, add_term, edit_term
from mengkeju.directory.actions.reference import load_taxonomy
from mengkeju.directory.models import Term, Vocabulary
from mengkeju.directory.queries import term_choices
from mengkeju.directory.queries.vocabulary import chain_nodes
from mengkeju.kernel import idempotency
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.kinds import kinds
from tests import factories as f
from tests.listings.samples import text

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-13")]
DAIRY, MAGNETS = "dairy", "rare_earth_magnets"


def vocabulary() -> Vocabulary:
    """The nodes; with areas and terms as shipped."""
    f.areas()
    return Vocabulary.objects.get(key="chain_node")


def given(label: str, chain: str = DAIRY, position: int | None = None) -> TermInput:
    """What the operator states."""
    return TermInput(label, f"{label} in English", "测试", chain, (), position)


def test_nothing_is_shipped_for_nothing_was_found() -> None:
    assert not vocabulary().terms.exists()


def test_nodes_stand_on_their_chain_from_upstream_to_downstream() -> None:
    nodes, by = vocabulary(), f.actor(f.operator())
    for key, label, chain, position in (
        ("packing", "包装", DAIRY, 30),
        ("milk", "原料奶", DAIRY, 10),
        ("magnet", "磁体", MAGNETS, 10),
        ("shop", "门店", DAIRY, None),  # not said: the last
    ):
        add_term(nodes, key, given(label, chain, position), by=by, now=f.AT)
    assert [t.key for t in chain_nodes()] == ["magnet", "milk", "packing", "shop"]
    assert dict(term_choices("chain_node"))["milk"] == "乳业：原料奶"
    edit_term(Term.objects.get(key="shop"), given("门店", DAIRY, 1), by=by, now=f.AT)
    assert [t.key for t in chain_nodes()] == ["magnet", "shop", "milk", "packing"]
    edit_term(Term.objects.get(key="shop"), given("专卖店"), by=by, now=f.AT)  # the place stays
    assert [t.key for t in chain_nodes()] == ["magnet", "shop", "milk", "packing"]


@pytest.mark.parametrize("chain", ["", "software", "milk"])
def test_a_node_needs_a_chain_of_the_vocabulary_of_chains(chain: str) -> None:
    nodes, by = vocabulary(), f.actor(f.operator())
    add_term(nodes, "milk", given("原料奶"), by=by, now=f.AT)
    with pytest.raises(ValidationError) as refused:
        add_term(nodes, "other", given("别的", chain), by=by, now=f.AT)
    assert "parent" in refused.value.message_dict


def test_the_operator_fills_it_on_the_page_of_the_vocabulary() -> None:
    vocabulary()
    client, address = f.signed_in_client(f.operator()), reverse("vocabulary", args=["chain_node"])
    page = text(client.get(address))
    assert "所属产业链" in page
    assert "在链上的位置" in page
    assert "在链上的位置" not in text(client.get(reverse("vocabulary", args=["field"])))
    sent = {"key": "milk", "label": "原料奶", "label_en": "Raw milk", "source": "测试", "synonyms": ""}
    sent[idempotency.FIELD] = idempotency.new_key()
    assert client.post(address, sent).status_code == 422  # without a chain
    assert client.post(address, {**sent, "parent": DAIRY, "position": "20"}).status_code == 302
    assert "乳业：原料奶" in text(client.get(address))
    made = Term.objects.get(key="milk")
    assert (made.position, made.parent is not None and made.parent.key) == (20, DAIRY)
    assert 'value="20"' in text(client.get(reverse("term", args=["chain_node", "milk"])))


def test_a_file_may_ship_nodes_below_the_terms_of_the_chains() -> None:
    nodes = vocabulary()
    row = {"key": "chain_node", "label": nodes.label, "label_en": nodes.label_en, "source": "测试"}
    terms = [{"key": "milk", "label": "原料奶", "label_en": "Raw milk", "parent": DAIRY, "source": "测试"}]
    assert load_taxonomy({"vocabularies": [{**row, "terms": terms}]}) == 1
    assert [t.parent.key for t in chain_nodes() if t.parent] == [DAIRY]


def test_a_field_of_an_empty_vocabulary_is_not_asked() -> None:
    nodes = vocabulary()
    client = f.signed_in_client(f.manager(f.organisation()))
    pages = [reverse("listing-create", args=["capability"]), reverse("listing-guide-new", args=["need"])]
    assert all("产业链环节" not in text(client.get(page)) for page in pages)
    assert "产业链环节" not in headings()
    add_term(nodes, "milk", given("原料奶"), by=f.actor(f.operator()), now=f.AT)
    assert all("乳业：原料奶" in text(client.get(page)) for page in pages)
    assert "产业链环节" in headings()


def headings() -> str:
    """Everything in the first rows of the template of capabilities."""
    sheet = load_workbook(BytesIO(template_of(kinds["capability"]))).worksheets[0]
    return str([[cell.value for cell in line] for line in sheet.iter_rows(max_row=3)])
