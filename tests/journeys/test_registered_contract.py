"""From an intention to a claim basis as a firm, a university and a registrar: nothing is typed twice."""

import re
from decimal import Decimal
from typing import Any

import pytest

from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.engine.registration_number import show
from mengkeju.deals.models import ClaimBasis, Deal, Registration
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import samples as s

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "YS26 2611 0100 0077"
CONTENT = "转让气化细渣浮选脱碳工艺：烧失量由 32% 降到 8% 以下，处理能力每小时 5 吨，药耗每吨不大于 2.5 千克，" * 3
EMPTY = """() => [...document.querySelectorAll("#main form [name]")].filter(e => {
  if (["hidden", "submit", "file"].includes(e.type) || e.tagName === "BUTTON" || !e.offsetParent) return false;
  if (["radio", "checkbox"].includes(e.type)) return !document.querySelector(`#main [name="${e.name}"]:checked`);
  return !e.value;
}).map(e => e.name)"""
UID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
KNOWN = {"title", "own", "other", "side", "seller", "buyer", "organisation", "credit_code", "need", "achievement"}
"""What the platform knows from the intention on."""


class Writer:
    """One person who types: nothing that anybody has typed before, and no field whose value is known."""

    def __init__(self, window: Any, typed: set[str], known: set[str]) -> None:
        self.window, self.typed, self.known = window, typed, known
        self._checked: set[str] = set()
        self._check, window.look = window.look, self._look_once

    def _look_once(self) -> None:
        """axe and the rest on the first page of each kind; a way of forty pages would take minutes otherwise."""
        kind = UID.sub("", self.window.page.url)
        if kind not in self._checked:
            self._checked.add(kind)
            self._check()

    def look(self) -> None:
        """No empty field of the page asks for what is known."""
        asked = set(self.window.page.evaluate(EMPTY))
        assert not asked & self.known, f"{self.window.page.url} asks again: {asked & self.known}"

    def types(self, **values: str) -> None:
        self.look()
        twice = set(values.values()) & self.typed
        assert not twice, f"typed twice: {twice}"
        self.window.fill(**values)
        self.typed |= set(values.values())

    def chooses(self, **values: str) -> None:
        """Choices are no typing, but may not be asked for twice either."""
        self.look()
        for name, value in values.items():
            field = self.window.page.locator(f"#main [name={name}]")
            if field.first.get_attribute("type") == "radio":
                self.window.page.locator(f"#main [name={name}][value={value}]").check()
            else:
                field.first.select_option(value)

    def puts(self, name: str, **values: str) -> None:
        """A file, with what is said of it."""
        self.look()
        if values:
            self.chooses(**values)
        content = s.PDF + name.encode()
        self.window.page.locator("#main [name=upload]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": content}
        )


def met(pair: s.Pair, firm: Writer, institute: Writer) -> Deal:
    """The firm declares, the university accepts and talks; one click makes the deal of it."""
    firm.window.go(f"{pair.achievement.get_absolute_url()}intend/")
    firm.types(message="想用贵院的办法处理我们的细渣")
    firm.chooses(counter=str(pair.need.uid))
    firm.window.press("提交意向")
    address = firm.window.page.url.removeprefix(firm.window.base)
    institute.window.go(address)
    institute.window.press("接受意向")
    institute.window.press("开始商谈")
    firm.window.go(address)
    firm.window.press("建合作项目")
    deal = Deal.objects.get()
    for words in (pair.firm.name, pair.institute.name, pair.need.title, pair.achievement.title, deal.number):
        assert firm.window.sees(words), words
    firm.known |= KNOWN
    return deal


def agreed(deal: Deal, firm: Writer, institute: Writer) -> None:
    """Price in two lines by the university, the particulars, the text; both confirm it, the firm signs."""
    here = deal.get_absolute_url()
    institute.window.go(here)
    institute.window.press("填写价款")
    institute.chooses(mode="fixed", **{"lines-0-kind": "technical", "lines-1-kind": "equipment"})
    institute.types(**{"lines-0-label": "浮选脱碳工艺", "lines-0-amount": "80万"})
    institute.types(**{"lines-1-label": "浮选试验机", "lines-1-amount": "20万"})
    institute.window.press("保存")
    firm.known |= {"contract_value", "technology_value", "applied_value", "mode", "price_mode"}
    institute.window.press("修改", institute.window.page.locator("section[aria-labelledby=facts]"))
    today = clock.today()
    institute.types(
        ip_terms="成果归双方共有", effective_from=today.isoformat(), effective_until=f"{today.year + 2}-12-31"
    )
    institute.window.fill(summary=CONTENT)
    institute.chooses(field="environment", ip_kind="secret", plan_source="none")
    institute.window.press("保存")
    firm.known |= {"summary", "field", "ip_kind", "ip_terms", "plan_source", "effective_from", "effective_until"}
    firm.window.go(here)
    assert firm.window.sees("100万元")
    firm.window.press("上传文本")
    firm.puts("合同.pdf")
    firm.window.press("保存")
    firm.window.confirm("确认这一版")
    institute.window.go(here)
    institute.window.confirm("确认这一版")
    firm.window.go(here)
    firm.look()  # the day of signing is there already
    firm.window.press("记为签约")
    firm.known |= {"signed_on"}


def applied(deal: Deal, institute: Writer) -> Registration:
    """The university goes from the deal to its application: type by questions, clauses, files, declaration."""
    institute.window.go(deal.get_absolute_url())
    institute.window.press("去办登记")
    case = Registration.objects.get()
    institute.window.press("去判定")
    for answer in ("yes", "no", "ownership"):
        institute.chooses(answer=answer)
        institute.window.press("下一步")
    assert institute.window.sees("按回答判断：技术转让")
    institute.chooses(contract_type="transfer")
    institute.window.press("保存类型")
    institute.known |= {"contract_type", "seller_kind"}
    institute.window.press("核对条款和情形")
    institute.look()
    for key in (one for one, clause in CLAUSES.items() if not clause.types):
        institute.window.page.locator(f"#main [name=clause_{key}]").select_option("present")
    institute.chooses(invoice="ordinary")
    institute.window.fill(complete_text="on")
    institute.window.press("保存")
    for name, key in (("承诺书.pdf", "pledge"), ("证书.pdf", "business_licence"), ("证件.pdf", "representative_id")):
        institute.window.go(f"/registrations/{case.uid}/documents/")
        institute.puts(name, key=key)
        institute.window.press("上传")
    institute.window.go(case.get_absolute_url())
    institute.window.press("去提交")
    assert institute.window.sees("100万元")
    institute.window.fill(declared_true="on")
    institute.window.press("提交登记申请")
    assert institute.window.sees("已提交，等受理")
    return case


def registered(case: Registration, registrar: Writer) -> None:
    """The registrar accepts and enters the number the national system gave; everything else is there."""
    registrar.window.go("/desk/")
    registrar.window.press(case.deal.title)
    registrar.window.press("受理")
    registrar.window.go(f"/desk/{case.uid}/")
    registrar.types(number=NUMBER, body_name="呼和浩特技术合同登记处（演示）")
    registrar.window.press("予以登记")


def claimed(deal: Deal, firm: Writer) -> ClaimBasis:
    """The firm records what it paid; what it can claim is there, to be looked through and drawn up."""
    firm.window.go(deal.get_absolute_url())
    firm.window.press("登记付款")
    firm.types(amount="50万", technical_amount="40万", voucher_number="回单 2026-0077")
    firm.window.page.locator("#main [name=vouchers]").set_input_files(
        {"name": "回单.pdf", "mimeType": "application/pdf", "buffer": s.PDF + b"paid"}
    )
    firm.window.press("登记付款", firm.window.page.locator("#main form"))
    firm.window.press("核对并出具申报依据")
    firm.look()
    assert firm.window.sees("非官方结论")
    firm.window.press("出具申报依据")
    return ClaimBasis.objects.get()


@pytest.mark.covers("TRD-01", "TRD-06")
def test_nothing_is_typed_twice_from_the_intention_to_the_claim_basis(people: Any) -> None:
    pair = s.pair()
    typed: set[str] = set()
    known: set[str] = set()
    firm, institute, registrar = (
        Writer(people(name).signed_in(account), typed, known)
        for name, account in (
            ("firm", f.manager(pair.firm)),
            ("institute", f.manager(pair.institute)),
            ("registrar", f.registrar()),
        )
    )
    deal = met(pair, firm, institute)
    agreed(deal, firm, institute)
    case = applied(deal, institute)
    registered(case, registrar)

    case.refresh_from_db()
    assert (case.state, case.number, case.registered_on) == ("registered", NUMBER.replace(" ", ""), clock.today())
    assert (case.certified_value, case.certified_technology) == (Decimal(1_000_000), Decimal(800_000))
    assert (case.seller_name, case.buyer_name) == (pair.institute.name, pair.firm.name)
    firm.window.go(deal.get_absolute_url())
    assert firm.window.sees(show(case.number))

    basis = claimed(deal, firm)
    assert (basis.applicant, basis.contract_type, basis.base) == (pair.firm, "transfer", Decimal(400_000))
    assert basis.amount == Decimal(40_000)  # 10 % of the first million
    assert firm.window.sees("4万元")
