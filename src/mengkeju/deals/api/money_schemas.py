"""What the API says of prices and payments, and what it takes. Amounts are decimal strings in yuan."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.deal_schemas import PARTY
from mengkeju.deals.api.schemas import example
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.values import Percent, Yuan

PriceMode = Literal["fixed", "instalments", "royalty", "open"]
LineKind = Literal["technical", "equipment", "material", "other"]
YUAN = "元，小数写成文字。 / Decimal string in yuan."
OPEN = "元，小数写成文字；未定时为 null。 / Decimal string in yuan; null while open."
PAYMENT = "0193a4c6-0000-7000-8000-000000000971"
BUYER = "0193a4c6-0000-7000-8000-000000000912"
VOUCHER = "0193a4c6-0000-7000-8000-000000000402"
MOST_VOUCHERS = 5


class PriceLineOut(Schema):
    """One line of the price."""

    kind: LineKind
    label: str
    amount: str | None = Field(description=OPEN)


class InstalmentOut(Schema):
    """One instalment: how much, when or upon what."""

    amount: str = Field(description=YUAN)
    due_on: date | None
    condition: str


PRICE = {
    "mode": "instalments",
    "terms": "",
    "royalty_rate": None,
    "lines": [{"kind": "technical", "label": "工艺包（演示）", "amount": "8000000.00"}],
    "instalments": [{"amount": "8000000.00", "due_on": None, "condition": "合同签订后"}],
}


class DealPriceOut(Schema):
    """The price of a deal as it stands; the sums follow from the lines, what was paid from the payments."""

    mode: PriceMode
    terms: str
    royalty_rate: str | None = Field(description="提成比例（%）。 / Per cent.")
    lines: list[PriceLineOut]
    instalments: list[InstalmentOut]
    contract_value: str | None = Field(description=f"成交额，{OPEN}")
    technology_value: str | None = Field(description=f"技术交易额，{OPEN}")
    paid_value: str = Field(description=f"已登记的付款，{YUAN}")
    confirmed_value: str = Field(description=f"其中另一方已确认的，{YUAN}")
    left: str | None = Field(description="还剩多少；没有上限时为 null。 / What is left; null without an upper end.")
    revision: int

    model_config = example(
        {
            **PRICE,
            "contract_value": "8000000.00",
            "technology_value": "8000000.00",
            "paid_value": "0.00",
            "confirmed_value": "0.00",
            "left": "8000000.00",
            "revision": 3,
        }
    )


class PriceLineIn(Input):
    """A line; without amount it is open."""

    kind: LineKind
    label: str = Field(default="", max_length=200)
    amount: Yuan | None = None

    model_config = example({"kind": "technical", "label": "工艺包（演示）", "amount": "8000000.00"}, strict=True)


class InstalmentIn(Input):
    """An instalment."""

    amount: Yuan
    due_on: date | None = None
    condition: str = Field(default="", max_length=200)

    model_config = example({"amount": "8000000.00", "condition": "合同签订后"}, strict=True)


class DealPriceIn(Input):
    """The whole price; it takes the place of the one before. After signing it is a correction and needs a reason."""

    mode: PriceMode
    lines: list[PriceLineIn] = Field(max_length=20)
    instalments: list[InstalmentIn] = Field(default_factory=list, max_length=20)
    terms: str = Field(default="", max_length=1000)
    royalty_rate: Percent | None = None
    said_total: Yuan | None = Field(default=None, description="合同写的总价，只用来核对。 / Only compared.")
    reason: str = Field(default="", max_length=500, description="签约以后更正的理由。 / Why it is corrected.")

    model_config = example(PRICE, strict=True)


class PaymentOut(Schema):
    """What one party paid another. A withdrawn one counts no more."""

    uid: UUID
    payer: UUID = Field(description="付款方在合同里的那一行。 / The paying party of the deal.")
    payer_name: str
    payee: UUID
    payee_name: str
    paid_on: date
    amount: str = Field(description=YUAN)
    technical_amount: str | None = Field(description=f"其中技术费用，{OPEN}")
    voucher_number: str
    note: str
    vouchers: list[UUID] = Field(description="凭证文件。 / Files.")
    said_for: str = Field(description="登记的单位。 / The organisation that wrote it.")
    confirmed_at: datetime | None
    confirmed_for: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    may_confirm: bool

    model_config = example(
        {
            "uid": PAYMENT,
            "payer": BUYER,
            "payer_name": "鹿原化工（演示）",
            "payee": PARTY,
            "payee_name": "青城理工大学（演示）",
            "paid_on": "2026-11-21",
            "amount": "3000000.00",
            "technical_amount": None,
            "voucher_number": "HD-2026-001",
            "note": "",
            "vouchers": [VOUCHER],
            "said_for": "鹿原化工（演示）",
            "confirmed_at": None,
            "confirmed_for": "",
            "withdrawn_at": None,
            "withdrawn_reason": "",
            "may_confirm": False,
        }
    )


class PaymentIn(Input):
    """A payment between two parties of the deal; vouchers are uploaded before."""

    payer: UUID
    payee: UUID
    paid_on: date
    amount: Yuan
    technical_amount: Yuan | None = None
    voucher_number: str = Field(default="", max_length=80)
    note: str = Field(default="", max_length=300)
    vouchers: list[UUID] = Field(default_factory=list, max_length=MOST_VOUCHERS)

    model_config = example(
        {"payer": BUYER, "payee": PARTY, "paid_on": "2026-11-21", "amount": "3000000.00"}, strict=True
    )


class PaymentWithdrawIn(Input):
    """Why the record was wrong."""

    reason: str = Field(max_length=200)

    model_config = example({"reason": "金额写错"}, strict=True)
