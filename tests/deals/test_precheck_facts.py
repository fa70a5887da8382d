"""What the pre-check is told of a registration, with the awkward contracts among them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mengkeju.deals import actions, queries
from mengkeju.deals.engine.precheck import to_mend
from mengkeju.deals.models import Deal, DealParty, PriceLine, Registration
from mengkeju.directory.models import Organisation
from tests import factories as f
from tests.deals import registration_samples as r
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
EARLIER = r.TODAY - timedelta(days=90)


def results(made: Registration) -> dict[str, str]:
    return {finding.dimension.key: finding.result for finding in queries.findings_of(made)}


def said(made: Registration, dimension: str) -> list[str]:
    found = next(one for one in queries.findings_of(made) if one.dimension.key == dimension)
    return [note.message for note in found.notes]


def change(made: Registration, **columns: Any) -> Registration:
    Deal.objects.filter(pk=made.deal_id).update(**columns)
    return Registration.objects.get(pk=made.pk)


def test_a_complete_contract_has_nothing_to_mend() -> None:
    made = r.prepared(s.pair())
    assert set(results(made).values()) == {"pass"}
    facts = queries.facts_of(made, r.TODAY)
    assert facts.today == r.TODAY
    assert [(p.side, p.kind, p.verified) for p in facts.parties] == [
        ("seller", "organisation", True), ("buyer", "organisation", True),
    ]  # fmt: skip
    assert all(len(party.credit_code) == 18 for party in facts.parties)
    assert (facts.signed_by_all, facts.unsigned, facts.text_files) == (True, (), 1)
    assert facts.documents >= {"contract", "form", "pledge", "licence"}


def test_the_queries_do_not_hang_on_the_sizes() -> None:
    pair = s.pair()
    made = r.prepared(pair)

    def asked() -> int:
        row = Registration.objects.select_related("deal").get(pk=made.pk)
        with CaptureQueriesContext(connection) as found:
            queries.findings_of(row)
        return len(found)

    before = asked()
    for n in range(6):
        PriceLine.objects.create(deal=made.deal, kind="technical", amount=n, order=9 + n, created_at=r.NOW)
        actions.attach_document(made, "permit" if n % 2 else "authority", r.pdf(), by=pair.of_institute, now=r.NOW)
        firm = f.organisation()
        DealParty.objects.create(
            deal=made.deal, side="buyer", role="member", organisation=firm, name=firm.name, created_at=r.NOW
        )
    assert asked() == before <= 9


def test_a_royalty_without_an_amount_may_be_filed_with_a_warning() -> None:
    pair = s.pair()
    deal = r.signed(pair, lines=(), price_mode="royalty", price_terms="按销售额的 3% 提成，连续五年")
    done = r.filed(pair, deal)
    assert (done.state, done.applied_value, done.applied_technology, done.needs_expert) == ("filed", None, None, False)
    kept = {one["dimension"]: one for one in done.checks["findings"]}
    assert kept["price"]["result"] == "warning"
    assert "以后要补正" in kept["price"]["notes"][0]["message"]


def test_a_royalty_may_say_its_rate_only() -> None:
    pair = s.pair()
    made = r.prepared(pair, r.signed(pair, lines=(), price_mode="royalty", royalty_rate=Decimal(3)))
    assert results(made)["price"] == "warning"


def test_a_royalty_that_says_nothing_is_to_be_mended() -> None:
    pair = s.pair()
    made = r.prepared(pair, r.signed(pair, lines=(), price_mode="royalty"))
    assert results(made)["price"] == "fix"


def test_a_foreign_text_asks_for_a_translation_and_the_text_of_the_deal_gives_it() -> None:
    pair = s.pair()
    deal = r.signed(pair, language="en")
    made = r.prepared(pair, deal)
    assert "外文合同要附中文译本" in said(made, "attachments")
    paper = next(row for row in queries.checklist(made) if row.item.key == "translation")
    assert (paper.asked, paper.missing) == (True, True)
    main = deal.texts.get(role="main")
    r.add_text(deal, pair.of_institute, role="translation", translation_of=main)
    assert results(made)["attachments"] == "pass"
    paper = next(row for row in queries.checklist(made) if row.item.key == "translation")
    assert [str(text) for text in paper.texts] == ["中文译本 1"]


def test_a_mongolian_text_is_no_foreign_one() -> None:
    pair = s.pair()
    made = r.prepared(pair, r.signed(pair, language="mn"))
    assert results(made)["attachments"] == "warning"
    assert not next(row for row in queries.checklist(made) if row.item.key == "translation").asked


def test_who_has_not_confirmed_the_last_text_is_named() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    made = r.prepared(pair, deal)
    text = deal.texts.get(role="main")
    text.confirmations.get(party__side="buyer").delete()
    assert said(made, "signing") == [f"{pair.firm.name}还没有签字盖章"]
    r.add_text(deal, pair.of_institute)
    assert said(made, "signing") == [f"{pair.institute.name}、{pair.firm.name}还没有签字盖章"]


@pytest.mark.parametrize(
    ("columns", "dimension", "words"),
    [
        ({"summary": ""}, "technical", "请写明技术目标"),
        ({"summary": "详见附件"}, "technical", "请写明技术目标"),
        ({"ip_terms": ""}, "ip", "没有写明成果的知识产权归谁"),
        ({"effective_from": date(2098, 1, 1)}, "term", "才生效"),
        ({"effective_until": r.TODAY - timedelta(days=1), "effective_from": EARLIER}, "term", "已经到期"),
        ({"plan_source": "national"}, "attachments", "缺项目主管部门的同意文件（政府计划项目）"),
        ({"price_mode": "instalments"}, "price", "分几期"),
    ],
)
def test_what_is_missing_in_the_deal_is_found(columns: dict[str, Any], dimension: str, words: str) -> None:
    made = change(r.prepared(s.pair()), **columns)
    assert results(made)[dimension] == "fix"
    assert any(words in one for one in said(made, dimension))


def test_nobody_signs_before_he_was_founded() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    assert {party.founded_on for party in queries.facts_of(made).parties} == {None}
    Organisation.objects.filter(pk=pair.firm.pk).update(founded_on=r.TODAY + timedelta(days=1))
    late = queries.facts_of(made)
    (found,) = to_mend(queries.judged(late))
    assert found.anchor == "parties.1.founded_on"
    assert pair.firm.name in found.message


def test_a_party_without_a_code_is_named() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    made.deal.parties.filter(side="buyer").update(organisation=None, name="演示外地厂")
    assert "请写明演示外地厂的统一社会信用代码" in said(made, "subject")


def test_both_papers_of_a_first_registration_make_one() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    actions.remove_document(made.documents.get(key="representative_id"), by=pair.of_institute, now=r.NOW)
    assert "licence" not in queries.facts_of(made).documents
    assert results(made)["attachments"] == "fix"
    missing = [row.item.key for row in queries.checklist(made) if row.missing]
    assert missing == ["representative_id"]


def test_a_seller_registered_before_is_not_asked_for_his_licence() -> None:
    pair = s.pair()
    done = r.filed(pair)
    Registration.objects.filter(pk=done.pk).update(state="registered", number="YS12345678901234", registered_on=r.TODAY)
    other = actions.start_deal(
        "第二份合同",
        own=actions.PartyInput("seller", pair.institute),
        other=actions.PartyInput("buyer", pair.firm),
        by=pair.of_institute,
        now=r.NOW,
    )
    Deal.objects.filter(pk=other.pk).update(state="signed")
    other.refresh_from_db()
    made = actions.prepare_registration(other, by=pair.of_institute, now=r.NOW)
    assert made.particulars["flags"] == []
    asked = {row.item.key for row in queries.checklist(made) if row.asked}
    assert asked == {"contract", "record_form", "pledge"}


def test_amounts_filed_are_held_against_the_lines_of_today() -> None:
    pair = s.pair()
    done = r.filed(pair)
    assert queries.facts_of(done).contract_value == Decimal(1000000)
    PriceLine.objects.filter(kind="technical").update(amount=Decimal(1))
    assert results(done)["price"] == "fix"


def test_numbers_of_the_achievements_rights_are_taken_over() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    Deal.objects.filter(pk=deal.pk).update(achievement=pair.achievement)
    pair.achievement.ip_rights.create(kind="invention", number="ZL202610000001.0", title="浮选机", created_at=r.NOW)
    deal.refresh_from_db()
    made = actions.prepare_registration(deal, by=pair.of_institute, now=r.NOW)
    assert queries.facts_of(made).ip_numbers == ("ZL202610000001.0",)
