"""Filed registrations for the registrar's desk, made straight through models and the kernel's workflow."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals.models import ContractText, Deal, DealParty, PriceLine, Registration
from mengkeju.directory.models import Organisation
from mengkeju.kernel import files
from mengkeju.kernel.access import SYSTEM, Actor
from mengkeju.kernel.actions import advance, begin
from mengkeju.kernel.models import Account
from tests import factories as f

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NUMBER, OTHER_NUMBER = "YS262611010000" + "01", "YS262611010000" + "02"
_serial = count(1)
CHECKS = {
    "schema": "precheck",
    "version": 1,
    "findings": [
        {"dimension": "type", "result": "pass", "notes": []},
        {
            "dimension": "price",
            "result": "fix",
            "notes": [{"result": "fix", "message": "试验箱归入技术费用", "anchor": "price"}],
        },
        {
            "dimension": "ip",
            "result": "warning",
            "notes": [{"result": "warning", "message": "没有写后续改进归谁", "anchor": "ip"}],
        },
    ],
}


def certificate(**given: Any) -> dict[str, Any]:
    """What the national system gave for the plain case, as a form's values."""
    values: dict[str, Any] = {
        "number": NUMBER,
        "registered_on": f.AT.date(),
        "body_name": "呼和浩特技术合同登记处（演示）",
        "contract_value": Decimal("860000.00"),
        "technology_value": Decimal("620000.00"),
        "contract_type": "development",
        "contract_subtype": "commissioned",
    }
    return values | given


def registrar(area: str = f.HOHHOT, **given: Any) -> Actor:
    """A registrar over a place."""
    return f.actor(f.with_role("registrar", area=area, **given))


def seller_and_buyer() -> tuple[Organisation, Organisation]:
    """An institute of 呼和浩特 and a firm of 包头."""
    return f.organisation(kind="university", area=f.XINCHENG), f.organisation()


def deal(
    seller: Organisation, buyer: Organisation, *, title: str = "", amount: str = "860000", at: datetime = f.AT
) -> Deal:
    """A signed contract with two price lines; 240,000 of it is equipment."""
    total = Decimal(amount)
    made = Deal(
        kind="contract",
        number=f"MK-D-2026-{next(_serial):04d}",
        title=title or "低温热管理系统委托开发（演示）",
        keeper=seller,
        origin="call",
        area=seller.area,
        contract_type="development",
        contract_subtype="commissioned",
        summary="开发纯电矿卡电池低温热管理系统",
        contract_value=total,
        technology_value=total - 240000,
        signed_on=at.date(),
        effective_from=at.date(),
        effective_until=date(at.year + 2, 4, 30),
        fictional=True,
    )
    begin(made, by=SYSTEM, now=at, payload={})
    for order, (side, place) in enumerate((("seller", seller), ("buyer", buyer))):
        DealParty.objects.create(
            deal=made, side=side, organisation=place, name=place.name, order=order, area=place.area, created_at=at
        )
    for order, (kind, label, part) in enumerate(
        (("technical", "热管理设计", total - 240000), ("equipment", "高低温试验箱", Decimal(240000)))
    ):
        PriceLine.objects.create(deal=made, kind=kind, label=label, amount=part, order=order, created_at=at)
    Deal.objects.filter(pk=made.pk).update(state="signed")  # past the text, which is another slice
    made.refresh_from_db()
    return made


def with_text(of: Deal, *, at: datetime = f.AT, version: int = 1) -> ContractText:
    """The text of the contract, stored by the platform."""
    upload = SimpleUploadedFile(f"合同第{version}版.pdf", PDF, "application/pdf")
    kept = files.store(upload, by=SYSTEM, now=at)
    party = of.parties.get(side="seller", role="lead", archived_at=None)
    return ContractText.objects.create(
        deal=of, role="main", version=version, party=party, file=kept, sm3=kept.sm3, created_at=at
    )


def filed(of: Deal | None = None, *, at: datetime = f.AT, **columns: Any) -> Registration:
    """An application of the seller, filed at a moment."""
    of = of or deal(*seller_and_buyer())
    applicant = of.parties.get(side="seller")
    made = Registration(
        deal=of,
        number_here=f"MK-G-2026-{next(_serial):04d}",
        applicant=applicant,
        area=applicant.area,
        contract_type=of.contract_type,
        contract_subtype=of.contract_subtype,
        suggested_type=of.contract_type,
        applied_value=of.contract_value,
        applied_technology=of.technology_value,
        declared_true=True,
        filed_at=at,
        checks=CHECKS,
        fictional=True,
        **columns,
    )
    begin(made, by=SYSTEM, now=at, payload={})
    assert applicant.organisation is not None
    advance(made, "file", by=f.actor(f.manager(applicant.organisation)), now=at)
    return made


def applicant(case: Registration) -> Account:
    """The manager of the organisation that applies."""
    assert case.applicant is not None
    assert case.applicant.organisation is not None
    return f.manager(case.applicant.organisation)


def accepted(by: Actor, of: Deal | None = None, *, at: datetime = f.AT, **columns: Any) -> Registration:
    """An application that was accepted at a moment."""
    made = filed(of, at=at, **columns)
    advance(made, "accept", by=by, now=at)
    Registration.objects.filter(pk=made.pk).update(accepted_on=at.date())
    made.refresh_from_db()
    return made


def days(number: int) -> datetime:
    """So many calendar days after the usual moment."""
    return f.AT + timedelta(days=number)


def queue_of(number: int, *, at: datetime = f.AT) -> list[Registration]:
    """So many filed cases of one pair, one day's due after the other."""
    seller, buyer = seller_and_buyer()
    return [filed(deal(seller, buyer, title=f"第{n}件合同"), at=at + timedelta(days=n)) for n in range(1, number + 1)]
