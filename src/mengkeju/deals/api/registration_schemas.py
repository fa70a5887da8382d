"""What the API says of registrations (认定登记), and what it takes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.schemas import DutyOut, ListingRef, example
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.values import Yuan

RegistrationState = Literal[
    "prepared", "filed", "supplement", "accepted", "expert", "registered", "changed", "refused", "objected",
    "cancelled", "withdrawn",
]  # fmt: skip
ContractType = Literal["development", "transfer", "licence", "consulting", "service"]
RegistrationStep = Literal[
    "edit", "file", "supply", "withdraw", "object", "accept", "ask_supplement", "send_to_expert", "expert_opinion",
    "register", "refuse", "change", "cancel", "uphold_objection", "keep_registered", "keep_changed", "keep_refused",
]  # fmt: skip
Result = Literal["pass", "warning", "fix"]
REGISTRATION = "0193a4c6-0000-7000-8000-000000000951"
DEAL = "0193a4c6-0000-7000-8000-000000000901"
SUM = "元，小数写成文字；未定或未载时为 null。 / Decimal string in yuan; null while open or not told."
TYPE = "合同类型：开发、转让、许可、咨询、服务；没有判定时为空。 / The type of contract; empty while open."


class RegistrationRow(Schema):
    """A registration in a list."""

    uid: UUID
    number_here: str = Field(description="本平台的编号。 / The platform's own number.")
    deal: ListingRef = Field(description="合同。 / The deal.")
    applicant: str
    state: RegistrationState
    state_label: str
    contract_type: ContractType | Literal[""] = Field(description=TYPE)
    number: str = Field(description="合同登记编号，由全国系统给出。 / As the national system gave it.")
    registered_on: date | None
    applied_value: str | None = Field(description=f"申报的成交额，{SUM}")
    applied_technology: str | None = Field(description=f"申报的技术交易额，{SUM}")
    certified_value: str | None = Field(description=f"核定的成交额，{SUM}")
    certified_technology: str | None = Field(description=f"核定的技术交易额，{SUM}")
    area: str
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    revision: int
    created_at: datetime
    state_at: datetime
    url: str


ROW = {
    "uid": REGISTRATION,
    "number_here": "MK-G-2026-0001",
    "deal": {"uid": DEAL, "title": "气化细渣脱碳中试合作（演示）"},
    "applicant": "青城理工大学（演示）",
    "state": "filed",
    "state_label": "已提交，等受理",
    "contract_type": "development",
    "number": "",
    "registered_on": None,
    "applied_value": "1000000.00",
    "applied_technology": "800000.00",
    "certified_value": None,
    "certified_technology": None,
    "area": "150102",
    "fictional": True,
    "revision": 4,
    "created_at": "2026-11-21T10:30:00+08:00",
    "state_at": "2026-11-21T15:30:00+08:00",
    "url": f"/registrations/{REGISTRATION}/",
}


class FindingOut(Schema):
    """One of the ten dimensions of the pre-check."""

    dimension: str
    label: str
    result: Result
    notes: list[str]


class PaperOut(Schema):
    """One line of the checklist. `there`: a file, a text of the deal or the application itself provides it."""

    key: str
    label: str
    asked: bool
    there: bool
    document: UUID | None
    file: UUID | None
    name: str


class AmendmentOut(Schema):
    """One particular that was changed after the registration."""

    name: str
    before: str
    after: str
    reason: str
    changed_on: date


class ParticularsOut(Schema):
    """What the applicant says besides the deal."""

    flags: list[str]
    clauses: dict[str, str]
    ip_numbers: list[str]
    invoice: str
    ip_improvements: bool
    model_text: bool
    complete_text: bool


class RegistrationOut(RegistrationRow):
    """A registration. What stands behind `papers` is empty for a reader who may not see the papers."""

    contract_subtype: str
    suggested_type: str
    type_reason: str
    is_import: bool
    filed_at: datetime | None
    accepted_on: date | None
    supplement_until: date | None
    needs_expert: bool
    body_name: str
    duty: DutyOut | None
    steps: list[RegistrationStep] = Field(description="读者现在能办的。 / What the reader may do now.")
    answers: dict[str, str]
    particulars: ParticularsOut | None
    supplement_note: str
    expert_opinion: str
    refusal: str
    papers: list[PaperOut]
    findings: list[FindingOut]
    amendments: list[AmendmentOut]

    model_config = example(
        {
            **ROW,
            "contract_subtype": "commissioned",
            "suggested_type": "development",
            "type_reason": "",
            "is_import": False,
            "filed_at": "2026-11-21T15:30:00+08:00",
            "accepted_on": None,
            "supplement_until": None,
            "needs_expert": False,
            "body_name": "",
            "duty": {"label": "对登记申请作形式审查", "due_on": "2026-11-26", "due_provisional": False, "mine": False},
            "steps": ["withdraw"],
            "answers": {"technical": "yes", "develops": "yes", "jointly": "one_side"},
            "particulars": {
                "flags": ["first_time_seller"],
                "clauses": {"name": "present"},
                "ip_numbers": [],
                "invoice": "ordinary",
                "ip_improvements": True,
                "model_text": False,
                "complete_text": True,
            },
            "supplement_note": "",
            "expert_opinion": "",
            "refusal": "",
            "papers": [
                {
                    "key": "pledge",
                    "label": "承诺书",
                    "asked": True,
                    "there": True,
                    "document": "0193a4c6-0000-7000-8000-000000000961",
                    "file": "0193a4c6-0000-7000-8000-000000000401",
                    "name": "承诺书.pdf",
                }
            ],
            "findings": [{"dimension": "price", "label": "价款", "result": "pass", "notes": ["没有发现问题"]}],
            "amendments": [],
        }
    )


class RegistrationQuery(Schema):
    """Filters of the list."""

    text: str = Field(
        default="", max_length=100, description="合同、编号或单位。 / In title, number or a party's name."
    )
    state: RegistrationState | None = None
    year: int | None = Field(default=None, ge=1985, le=9998, description="登记年份。 / Year of registration.")


class RegistrationPrepareIn(Input):
    """An application for a signed deal."""

    is_import: bool = Field(default=False, description="技术进口合同，由境内买方申请。 / A technology import.")

    model_config = example({"is_import": False}, strict=True)


class RegistrationTypeIn(Input):
    """The type: answers to the guided questions, the applicant's choice, his reason where it is another."""

    answers: dict[str, str] = Field(default_factory=dict, description="问题 → 回答。 / Question → answer.")
    contract_type: ContractType | Literal[""] = Field(default="", description=TYPE)
    contract_subtype: Literal["", "commissioned", "joint"] = ""
    is_import: bool = False
    reason: str = Field(default="", max_length=500)

    model_config = example(
        {
            "answers": {"technical": "yes", "develops": "yes", "jointly": "one_side"},
            "contract_type": "development",
            "contract_subtype": "commissioned",
        },
        strict=True,
    )


class ParticularsIn(Input):
    """All of it; what is left out is taken away."""

    flags: list[str] = Field(default_factory=list, max_length=40)
    clauses: dict[str, str] = Field(default_factory=dict)
    ip_numbers: list[str] = Field(default_factory=list)
    invoice: str = Field(default="", max_length=20)
    ip_improvements: bool = False
    model_text: bool = False
    complete_text: bool = False

    model_config = example({"flags": ["first_time_seller"], "invoice": "ordinary", "complete_text": True}, strict=True)


class RegistrationFileIn(Input):
    """The declaration without which nothing is handed in."""

    declared_true: bool = Field(description="所填内容和材料真实、完整。 / Everything is true and complete.")

    model_config = example({"declared_true": True}, strict=True)


class RegistrationNoteIn(Input):
    """A word to the desk, or the reason."""

    note: str = Field(default="", max_length=2000)

    model_config = example({"note": "已补齐承诺书"}, strict=True)


class SupplementIn(Input):
    """One notice of everything that is missing, with the last day for it (default: the platform's)."""

    note: str = Field(max_length=2000)
    until: date | None = None

    model_config = example({"note": "请补交承诺书", "until": "2026-12-05"}, strict=True)


class ExpertIn(Input):
    """Why experts are heard, where the size does not ask for it."""

    expert_reason: str = Field(default="", max_length=500)

    model_config = example({"expert_reason": "类型有争议"}, strict=True)


class OpinionIn(Input):
    """What the experts found."""

    opinion: str = Field(max_length=2000)

    model_config = example({"opinion": "属于委托开发"}, strict=True)


class RefusalIn(Input):
    """Why it is refused; the applicant reads it."""

    note: str = Field(max_length=2000)

    model_config = example({"note": "合同标的不是技术"}, strict=True)


class CertificateIn(Input):
    """What the certificate of the national system says. Amounts in yuan as decimal strings."""

    number: str = Field(max_length=60, description="合同登记编号，空格和全角照收。 / As given; spaces are taken out.")
    registered_on: date
    body_name: str = Field(max_length=120)
    contract_value: Yuan = Field(max_digits=16, decimal_places=2)
    technology_value: Yuan = Field(max_digits=16, decimal_places=2)
    contract_type: ContractType
    contract_subtype: Literal["", "commissioned", "joint"] = ""
    type_reason: str = Field(default="", max_length=500)
    seller_kind: str = Field(default="", max_length=40)
    field: str = Field(default="", max_length=60)
    ip_kind: str = Field(default="", max_length=40)
    plan_source: str = Field(default="", max_length=40)
    scan: UUID | None = Field(default=None, description="已上传的登记证明扫描件。 / The uploaded scan.")

    model_config = example(
        {
            "number": "YS20261501000001",
            "registered_on": "2026-11-22",
            "body_name": "呼和浩特技术合同登记处（演示）",
            "contract_value": "860000.00",
            "technology_value": "620000.00",
            "contract_type": "development",
            "contract_subtype": "commissioned",
        },
        strict=True,
    )
