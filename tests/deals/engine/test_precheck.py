from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.precheck import counts, precheck, to_mend
from mengkeju.deals.engine.precheck_facts import CLAUSES, DIMENSIONS, DOCUMENTS, ContractFacts, PartyFacts
from mengkeju.deals.engine.precheck_rules import asked_documents
from mengkeju.deals.engine.price import KINDS, Line

D = Decimal
TODAY = date(2026, 11, 20)
SELLER = PartyFacts("北岭动力技术研究院（演示）", "seller", credit_code="12150100MB1234567A", verified=True)
BUYER = PartyFacts("驰岭矿车有限公司（演示）", "buyer", credit_code="91150200MA7654321B", verified=True)
CONTENT = (
    "研究开发纯电矿卡电池系统的低温热管理：在零下40℃的环境里，电池包从冷态到可以放电的时间不超过30分钟，"
    "满载循环续驶里程比现有车辆提高12%，并完成系统设计、控制算法、低温台架试验与标定，交付设计文件一套和试验报告一份，"
    "试验按双方确认的大纲进行。"
)
GOOD = ContractFacts(
    today=TODAY,
    title="纯电矿卡电池系统低温热管理委托开发",
    contract_type="development",
    subtype="commissioned",
    suggested_type="development",
    parties=(SELLER, BUYER),
    signed_on=date(2026, 11, 2),
    signed_by_all=True,
    effective_from=date(2026, 11, 2),
    effective_until=date(2028, 4, 30),
    text_files=1,
    text_complete=True,
    uses_model_text=True,
    clauses=dict.fromkeys(CLAUSES, "present") | {"terms": "none"},
    technical_content=CONTENT,
    ip_kind="none",
    ip_ownership_said=True,
    ip_improvements_said=True,
    price_mode="instalments",
    lines=(
        Line("technical", D(6200000), "热管理系统设计与控制算法"),
        Line("equipment", D(2400000), "高低温试验箱采购"),
    ),
    instalments=(D(4300000), D(4300000)),
    said_total=D(8600000),
    contract_value=D(8600000),
    technology_value=D(6200000),
    invoice="ordinary",
    documents=frozenset({"form", "pledge"}),
    asked=frozenset({"contract", "form", "pledge"}),
)


def notes(expert_from: Decimal | None = None, **changed: Any) -> list[tuple[str, str, str, str]]:
    """(dimension, result, anchor, message) of everything that is no pass."""
    findings = precheck(replace(GOOD, **changed), expert_from=expert_from)
    return [
        (one.dimension.key, note.result, note.anchor, note.message)
        for one in findings
        for note in one.notes
        if note.result != "pass"
    ]


def where(**changed: Any) -> list[tuple[str, str, str]]:
    return [(dimension, result, anchor) for dimension, result, anchor, _ in notes(**changed)]


def party(one: PartyFacts, **changed: Any) -> PartyFacts:
    return replace(one, **changed)


def test_a_contract_in_order_passes_ten_times() -> None:
    findings = precheck(GOOD)
    assert [finding.dimension.label for finding in findings] == [
        "合同类型判定",
        "主体审查",
        "必备条款",
        "技术内容",
        "知识产权归属",
        "价款报酬",
        "财务税务",
        "合同期限",
        "附件完整性",
        "签字盖章",
    ]
    assert notes() == []
    assert counts(findings) == {"pass": 10, "warning": 0, "fix": 0}
    assert to_mend(findings) == []
    assert all(finding.notes[0].message and finding.anchor for finding in findings)


def test_the_contract_of_the_registrars_screen() -> None:
    facts = replace(
        GOOD,
        ip_improvements_said=False,
        lines=(Line("technical", D(8000000), "设计、试验与试验箱采购"), Line("material", D(600000), "电芯")),
        technology_value=D(6200000),
        parties=(party(SELLER, signs_inside=True), BUYER),
    )
    found = {finding.dimension.key: finding.result for finding in precheck(facts)}
    assert {key for key, result in found.items() if result != "pass"} == {"ip", "price", "attachments"}
    assert (found["ip"], found["price"], found["attachments"]) == ("warning", "fix", "fix")
    assert [note.anchor for note in to_mend(precheck(facts))] == ["technology_value", "documents.authority"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # 合同类型判定
        ({"contract_type": ""}, ("type", "fix", "contract_type")),
        ({"subtype": ""}, ("type", "fix", "subtype")),
        ({"suggested_type": ""}, ("type", "warning", "suggested_type")),
        ({"suggested_type": "service"}, ("type", "fix", "type_reason")),
        ({"suggested_type": "service", "type_reason": "以研究开发为主"}, ("type", "warning", "contract_type")),
        ({"suggested_type": "none"}, ("type", "fix", "suggested_type")),
        ({"suggested_type": "none", "type_reason": "以研究开发为主"}, ("type", "warning", "suggested_type")),
        # 主体审查
        ({"parties": (SELLER,)}, ("subject", "fix", "parties")),
        ({"parties": (BUYER,)}, ("subject", "fix", "parties")),
        ({"parties": (SELLER, party(BUYER, credit_code=""))}, ("subject", "fix", "parties.1.credit_code")),
        ({"parties": (SELLER, party(BUYER, verified=False))}, ("subject", "warning", "parties.1")),
        ({"parties": (SELLER, party(BUYER, name=" "))}, ("subject", "fix", "parties.1.name")),
        (
            {"parties": (party(SELLER, founded_on=date(2026, 11, 3)), BUYER)},
            ("subject", "fix", "parties.0.founded_on"),
        ),
        ({"parties": (SELLER, party(SELLER, side="buyer"))}, ("subject", "fix", "parties")),
        ({"parties": (party(SELLER, foreign=True), BUYER)}, ("subject", "fix", "is_import")),
        # 必备条款
        ({"clauses": dict.fromkeys(CLAUSES.keys() - {"content"}, "present")}, ("clauses", "fix", "clauses.content")),
        ({"clauses": dict.fromkeys(CLAUSES, "present") | {"split": "none"}}, ("clauses", "fix", "clauses.split")),
        ({"clauses": dict.fromkeys(CLAUSES, "present") | {"terms": ""}}, ("clauses", "fix", "clauses.terms")),
        # 技术内容
        ({"technical_content": ""}, ("technical", "fix", "technical_content")),
        ({"technical_content": "（详见附件。）"}, ("technical", "fix", "technical_content")),
        ({"technical_content": GOOD.title}, ("technical", "fix", "technical_content")),
        ({"technical_content": "研究低温热管理，提高12%"}, ("technical", "fix", "technical_content")),
        ({"technical_content": CONTENT[:60]}, ("technical", "warning", "technical_content")),
        ({"technical_content": "一种系统的研究开发" * 20}, ("technical", "warning", "technical_content")),
        # 知识产权归属
        ({"ip_ownership_said": False}, ("ip", "fix", "ip_ownership")),
        ({"ip_improvements_said": False}, ("ip", "warning", "ip_improvements")),
        ({"ip_kind": ""}, ("ip", "warning", "ip_kind")),
        # 价款报酬
        ({"said_total": D(9000000)}, ("price", "fix", "said_total")),
        ({"instalments": (D(1),)}, ("price", "fix", "instalments")),
        ({"contract_value": D(8600001)}, ("price", "fix", "contract_value")),
        ({"technology_value": D(1)}, ("price", "fix", "technology_value")),
        ({"price_mode": ""}, ("price", "fix", "mode")),
        # 财务税务
        ({"invoice": "special"}, ("finance", "warning", "invoice")),
        ({"invoice": ""}, ("finance", "warning", "invoice")),
        # 合同期限
        ({"effective_until": TODAY - timedelta(days=1)}, ("term", "fix", "effective_until")),
        ({"effective_until": date(2026, 11, 1)}, ("term", "fix", "effective_until")),
        ({"effective_until": None}, ("term", "warning", "effective_until")),
        ({"effective_from": TODAY + timedelta(days=1)}, ("term", "fix", "effective_from")),
        ({"effective_from": date(2026, 11, 1)}, ("term", "warning", "effective_from")),
        # 附件完整性
        ({"text_files": 0}, ("attachments", "fix", "text_files")),
        ({"text_complete": False}, ("attachments", "fix", "text_files")),
        ({"languages": ("en",)}, ("attachments", "fix", "documents.translation")),
        ({"languages": ("mn", "en")}, ("attachments", "fix", "documents.translation")),
        ({"languages": ("mn",)}, ("attachments", "warning", "documents.translation")),
        ({"documents": frozenset({"form"})}, ("attachments", "fix", "documents.pledge")),
        ({"parties": (party(SELLER, first_time=True), BUYER)}, ("attachments", "fix", "documents.licence")),
        ({"parties": (party(SELLER, signs_inside=True), BUYER)}, ("attachments", "fix", "documents.authority")),
        ({"plan_source": "自治区重点研发"}, ("attachments", "fix", "documents.plan_consent")),
        ({"needs_permit": True}, ("attachments", "fix", "documents.permit")),
        ({"asked": frozenset({"map"})}, ("attachments", "fix", "documents.map")),
        # 签字盖章
        ({"signed_by_all": False}, ("signing", "fix", "signatures")),
        ({"unsigned": (BUYER.name,)}, ("signing", "fix", "signatures")),
        ({"oral": True}, ("signing", "fix", "oral")),
        ({"signed_on": None}, ("signing", "fix", "signed_on")),
    ],
)
def test_one_fault_is_found_in_one_place(changed: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert where(**changed) == [expected]


@pytest.mark.parametrize(
    "changed",
    [
        {"languages": ("zh", "en")},
        {"languages": ("en",), "has_translation": True},
        {"languages": ("en",), "documents": GOOD.documents | {"translation"}},
        {"effective_until": TODAY},
        {"effective_from": TODAY, "signed_on": TODAY},
        {"parties": (party(SELLER, founded_on=date(2026, 11, 2)), BUYER)},
        {"parties": (party(SELLER, kind="individual", credit_code=""), BUYER)},
        {"parties": (party(SELLER, foreign=True, credit_code="", verified=False), BUYER), "is_import": True,
         "documents": GOOD.documents | {"import_sheet", "import_certificate"}},
        {"plan_source": "自治区重点研发", "plan_consent": True},
        {"parties": (party(SELLER, first_time=True), BUYER), "documents": GOOD.documents | {"licence"}},
        {"contract_type": "transfer", "suggested_type": "transfer", "ip_kind": "invention", "ip_numbers": ("ZL1",)},
        {"contract_type": "licence", "suggested_type": "licence", "ip_kind": "secret"},
    ],
)  # fmt: skip
def test_what_is_in_order(changed: dict[str, Any]) -> None:
    assert notes(**changed) == []


def test_an_individual_without_code_is_no_fault() -> None:
    person = party(SELLER, kind="individual", credit_code="", verified=False)
    assert where(parties=(person, BUYER)) == [("subject", "warning", "parties.0")]


def test_the_same_party_on_both_sides_is_seen_by_name_where_a_code_is_missing() -> None:
    twin = PartyFacts("北岭动力技术 研究院(演示)", "buyer")
    assert where(parties=(SELLER, twin)) == [
        ("subject", "fix", "parties.1.credit_code"),
        ("subject", "fix", "parties"),
    ]
    namesake = party(SELLER, side="buyer", credit_code=BUYER.credit_code)
    assert notes(parties=(SELLER, namesake)) == []


def test_a_right_passed_on_is_named_with_its_number() -> None:
    sold = {"contract_type": "transfer", "suggested_type": "transfer"}
    assert where(**sold) == [("ip", "fix", "ip_kind")]
    assert where(**sold, ip_kind="invention") == [("ip", "fix", "ip_numbers")]
    assert where(**sold, ip_kind="secret", ip_ownership_said=False) == [("ip", "warning", "ip_ownership")]


def test_clauses_of_a_development_are_not_asked_of_a_service() -> None:
    said = {key: "present" for key in CLAUSES if key not in ("risk", "published", "assignment")}
    assert {anchor for _, _, anchor in where(clauses=said)} == {
        "clauses.risk",
        "clauses.published",
        "clauses.assignment",
    }
    assert notes(clauses=said, contract_type="service", suggested_type="service") == []


def test_a_text_of_ones_own_may_leave_clauses_out() -> None:
    said = dict.fromkeys(CLAUSES.keys() - {"terms"}, "present")
    assert where(clauses=said, uses_model_text=False) == [("clauses", "warning", "clauses.terms")]
    nothing = where(clauses=None, uses_model_text=False)
    assert [a for _, result, a in nothing if result == "fix"] == [
        f"clauses.{key}" for key, clause in CLAUSES.items() if clause.essential
    ]


def test_a_royalty_without_amount_is_a_warning() -> None:
    royalty: dict[str, Any] = {
        "price_mode": "royalty",
        "lines": (),
        "instalments": (),
        "said_total": None,
        "royalty_rate": D(3),
        "contract_value": None,
        "technology_value": None,
    }
    assert where(**royalty) == [("price", "warning", "price_mode"), ("finance", "warning", "price_mode")]
    assert where(**royalty | {"royalty_rate": None})[0] == ("price", "fix", "royalty_terms")


def test_a_contract_without_technology_is_none() -> None:
    lines = (Line("equipment", D(8600000)),)
    assert where(lines=lines, technology_value=None) == [("price", "fix", "lines")]


def test_the_threshold_of_experts_is_handed_in() -> None:
    assert notes(expert_from=D(6200001)) == notes(expert_from=None) == []
    (found,) = notes(expert_from=D(5000000))
    assert found == ("price", "warning", "technology_value", "技术交易额 620万元，达到 500万元，需送专家评审")
    assert len(notes(expert_from=D(6200000))) == 1


def test_purchases_among_technical_lines_are_asked_back() -> None:
    lines = (Line("technical", D(6200000), "低温试验箱采购"), GOOD.lines[1])
    (found,) = notes(lines=lines)
    assert found[1:3] == ("warning", "lines.0.kind")


def test_files_that_follow_from_the_facts() -> None:
    facts = replace(GOOD, is_import=True, plan_source="国家重点研发", asked=frozenset({"pledge", "other_file"}))
    assert asked_documents(facts) == ["pledge", "plan_consent", "import_sheet", "import_certificate", "other_file"]
    assert set(asked_documents(facts)) - {"other_file"} <= DOCUMENTS.keys()


def test_an_empty_contract_is_told_everything_at_once() -> None:
    findings = precheck(ContractFacts(TODAY))
    results = {finding.dimension.key: finding.result for finding in findings}
    assert results.pop("ip") == results.pop("finance") == "warning"
    assert set(results.values()) == {"fix"}
    for finding in findings:
        order = [("fix", "warning", "pass").index(note.result) for note in finding.notes]
        assert order == sorted(order)


DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
TEXTS = st.text(max_size=12)
AMOUNTS = st.none() | st.decimals(-9, 10**18, places=3)
FACTS = st.builds(
    ContractFacts,
    today=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    contract_type=st.sampled_from(["", "development", "transfer", "service", "rubbish"]),
    suggested_type=st.sampled_from(["", "none", "licence", "rubbish"]),
    parties=st.lists(
        st.builds(PartyFacts, TEXTS, st.sampled_from(["seller", "buyer"]), founded_on=DAYS), max_size=4
    ).map(tuple),
    signed_on=DAYS,
    effective_from=DAYS,
    effective_until=DAYS,
    languages=st.lists(st.sampled_from(["zh", "en", "mn"])).map(tuple),
    clauses=st.none() | st.dictionaries(st.sampled_from(sorted(CLAUSES)), TEXTS),
    technical_content=TEXTS,
    ip_kind=TEXTS,
    price_mode=st.sampled_from(["", "fixed", "instalments", "royalty", "open"]),
    lines=st.lists(st.builds(Line, st.sampled_from([*sorted(KINDS), "x"]), AMOUNTS), max_size=4).map(tuple),
    documents=st.frozensets(TEXTS),
    asked=st.frozensets(TEXTS),
)  # fmt: skip


@given(FACTS)
def test_any_facts_are_answered_in_ten_dimensions(facts: ContractFacts) -> None:
    findings = precheck(facts, expert_from=D(1))
    assert [finding.dimension.key for finding in findings] == list(DIMENSIONS)
    assert sum(counts(findings).values()) == 10
    for finding in findings:
        assert finding.result == finding.notes[0].result
        assert all(note.message for note in finding.notes)
        assert all(note.anchor for note in finding.notes if note.result != "pass")
