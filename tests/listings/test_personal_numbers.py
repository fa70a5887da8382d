"""Personal numbers: found, not found in what only looks like one, and masked wherever others read."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.kernel.access import ANONYMOUS
from mengkeju.listings import actions, queries
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.engine.personal_numbers import is_id_card, is_luhn, labels, mask
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as s

ID_CARD = "11010519491231002X"  # the example of GB 11643—1999
MOBILE, LANDLINE, CARD = "13800138000", "0471-6543210", "4111111111111111"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ID_CARD, "身份证号"),
        (ID_CARD.lower(), "身份证号"),
        ("110105 19491231 002X", "身份证号"),
        (MOBILE, "手机号"),
        ("138-0013-8000", "手机号"),
        ("138 0013 8000", "手机号"),
        ("+8613800138000", "手机号"),
        ("微信同号１３８００１３８０００。", "手机号"),
        (LANDLINE, "座机号"),
        ("（0472）2345678", "座机号"),
        ("010-87654321转801", "座机号"),
        (CARD, "银行卡号"),
        ("6222 0212 3456 7890 128", "银行卡号"),
    ],
)
def test_numbers_are_found(text: str, kind: str) -> None:
    assert labels(f"请找张工 {text} 联系") == [kind]
    masked = mask(f"请找张工 {text} 联系")
    assert masked.startswith("请找张工")
    assert "已隐去〕" in masked
    assert not any(part in masked for part in ("0013", "6543210", "2345678", "1949", "4111", "8000"))


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check character, and no card
        "4111111111111112",  # wrong check digit
        "5555555555555555",  # one digit repeated is an example, no card
        "每年副产细渣 60000 吨，含碳 32.5%",
        "0.13800138000",
        "MK-N-2026-0417",
        "2026-11-20 到 2027-06-30",
        "91150100MA0Y0001XE",  # a credit code
        "ZL202310123456.7",
        "GB/T 17671-2021",
        "12800138000",  # no such mobile range
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert mask(text) == text


def test_check_digits() -> None:
    assert is_id_card(ID_CARD)
    assert not is_id_card("110105194913310023")  # no such day
    assert is_luhn(CARD)
    assert not is_luhn("4111111111111112")
    several = mask(f"{MOBILE}、{LANDLINE}、{ID_CARD}")
    assert several == "〔手机号已隐去〕、〔座机号已隐去〕、〔身份证号已隐去〕"
    assert personal_numbers.find("") == []


def a_need(**given: Any) -> Listing:
    """A published need with a mobile in a public field, a landline in a cell, and a card where only parties read."""
    values: dict[str, Any] = {
        "tried": f"问过两家，电话 {MOBILE}",
        "measures": [{"name": "烧失量", "target": "8", "unit": "%", "method": f"问 {LANDLINE}"}],
        "confidential": f"开户 {CARD}",
    }
    return s.published(**(values | given))


@pytest.mark.django_db
@pytest.mark.covers("NED-02")
def test_others_do_not_see_them_and_the_owner_does() -> None:
    row = a_need()
    assert row.owner is not None
    own = f.signed_in_client(f.manager(row.owner))
    page = s.text(own.get(row.get_absolute_url()))
    assert MOBILE in page
    assert LANDLINE in page
    visitor, member = Client(), f.signed_in_client(f.manager(f.organisation()))
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    for client in (visitor, member, officer):
        page = s.text(client.get(row.get_absolute_url()))
        assert MOBILE not in page
        assert LANDLINE not in page
        assert "〔手机号已隐去〕" in page
        assert "〔座机号已隐去〕" in page
    told = json.dumps(visitor.get(f"/api/v1/listings/{row.uid}").json(), ensure_ascii=False)
    assert MOBILE not in told
    assert LANDLINE not in told
    assert "〔手机号已隐去〕" in told


@pytest.mark.django_db
def test_the_officer_sees_them_while_he_reviews() -> None:
    row = s.submitted(tried=f"电话 {MOBILE}")
    officer = f.actor(f.officer(f.BAOTOU))
    assert MOBILE in "".join(x.value for x in queries.present(row, officer).fields)
    actions.review_listing(row, approve=True, by=officer, now=s.LATER)
    assert MOBILE not in "".join(x.value for x in queries.present(row, officer).fields)


@pytest.mark.django_db
def test_they_are_not_findable_and_not_matched_on() -> None:
    row = a_need(summary=f"细渣六万吨，含碳高，想先脱水脱碳再利用，电话 {MOBILE}")
    (document,) = queries.search_documents([row.uid])
    assert MOBILE not in document.text["public"] + document.text["members"] + document.title
    assert LANDLINE not in document.text["public"] + document.text["members"]
    assert CARD in document.text["parties"]  # there the two sides talk to each other
    (match,) = queries.match_documents("need", [row.uid])
    assert MOBILE not in match.body
    (found,) = queries.search_rows(ANONYMOUS, [row.uid])
    assert MOBILE not in json.dumps(found, default=str, ensure_ascii=False)
    assert queries.present(row, ANONYMOUS).title == row.title


@pytest.mark.django_db
def test_the_history_of_edits_masks_them_too() -> None:
    row = s.published()
    assert row.owner is not None
    by, guest = s.manager_of(row.owner), f.organisation()
    s.let_in(row, guest)
    given = s.stated(**(s.ENOUGH | {"tried": f"电话 {MOBILE}"}))
    actions.edit_listing(row, given, by=by, now=s.LATER)
    row.refresh_from_db()
    assert MOBILE in str(queries.edits(by, row))
    assert MOBILE not in str(queries.edits(s.manager_of(guest), row))
    assert "已隐去" in str(queries.edits(s.manager_of(guest), row))


@pytest.mark.django_db
def test_a_title_takes_none() -> None:
    with pytest.raises(ValidationError) as wrong:
        s.draft(title=f"找张工 {MOBILE}")
    assert "title" in wrong.value.message_dict
