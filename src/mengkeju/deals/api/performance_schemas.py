"""What the API says of milestones, the acceptance and people who came, and what it takes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.deal_schemas import FIRM, PARTY
from mengkeju.deals.api.money_schemas import BUYER, VOUCHER, YUAN
from mengkeju.deals.api.schemas import example
from mengkeju.kernel.api.routes import Input

MilestoneState = Literal["planned", "reported", "reached", "dropped"]
MilestoneStep = Literal["edit", "report", "accept", "send_back", "drop"]
Verdict = Literal["passed", "conditional", "failed"]
MILESTONE = "0193a4c6-0000-7000-8000-000000000a01"
ACCEPTANCE, ARRIVAL = "0193a4c6-0000-7000-8000-000000000a11", "0193a4c6-0000-7000-8000-000000000a21"
MOST_FILES, MOST_MILESTONES, MOST_PEOPLE = 5, 20, 100_000
REPORTER = "由谁完成：合同的一方。 / The party of the deal that has to reach it."
INSTALMENT = "完成后付第几期，按价款里的次序从 1 数起。 / Which instalment of the price falls due, from 1."
FILES = "先上传的文件。 / Files uploaded before."
WRITABLE = "现在能不能再写一条。 / Whether one more may be written now."


class EvidenceFileOut(Schema):
    """A file; its content is read by `/files/{uid}/content` while the row stands."""

    uid: UUID
    name: str
    size: int = Field(description="字节。 / Bytes.")


EVIDENCE = {"uid": VOUCHER, "name": "检测报告（演示）.pdf", "size": 48213}


class MilestoneInstalmentOut(Schema):
    """The payment that falls due with a milestone."""

    number: int | None = Field(description="第几期；价款更正后不再有的为 null。 / Null when the price has it no more.")
    amount: str = Field(description=YUAN)


PLANNED = {
    "title": "完成中试（演示）",
    "criteria": "连续运行 72 小时",
    "due_on": "2027-06-30",
    "reporter": PARTY,
}
MILESTONE_SHOWN = {
    **PLANNED,
    "uid": MILESTONE,
    "reporter_name": "青城理工大学（演示）",
    "instalment": {"number": 2, "amount": "4000000.00"},
    "state": "planned",
    "state_label": "未完成",
    "report": "",
    "reached_on": None,
    "accepted_for": None,
    "accepted_for_name": "",
    "evidence": [],
    "steps": ["edit", "report"],
    "url": "/deals/0193a4c6-0000-7000-8000-000000000901/#milestone-0193a4c6-0000-7000-8000-000000000a01",
    "revision": 1,
    "created_at": "2026-11-21T14:00:00+08:00",
    "state_at": "2026-11-21T14:00:00+08:00",
}


class MilestoneOut(Schema):
    """What is to be there by a day, who reports it, and how it stands."""

    uid: UUID
    title: str
    criteria: str
    due_on: date
    reporter: UUID = Field(description=REPORTER)
    reporter_name: str
    instalment: MilestoneInstalmentOut | None
    state: MilestoneState
    state_label: str
    report: str
    reached_on: date | None
    accepted_for: UUID | None = Field(description="确认完成的一方。 / The party that accepted it.")
    accepted_for_name: str
    evidence: list[EvidenceFileOut]
    steps: list[MilestoneStep] = Field(description="我现在能做的。 / What I may do now.")
    url: str
    revision: int
    created_at: datetime
    state_at: datetime

    model_config = example(MILESTONE_SHOWN)


class MilestonesOut(Schema):
    """By their day."""

    items: list[MilestoneOut]
    writable: bool = Field(description=WRITABLE)

    model_config = example({"items": [MILESTONE_SHOWN], "writable": True})


class MilestoneIn(Input):
    """One milestone, whole: what is left out is empty."""

    title: str = Field(max_length=200)
    criteria: str = Field(default="", max_length=1000)
    due_on: date
    reporter: UUID = Field(description=REPORTER)
    instalment: int | None = Field(default=None, ge=1, description=INSTALMENT)

    model_config = example({**PLANNED, "instalment": 2}, strict=True)


class MilestonesIn(Input):
    """All of them are planned, or none."""

    milestones: list[MilestoneIn] = Field(max_length=MOST_MILESTONES)

    model_config = example({"milestones": [{**PLANNED, "instalment": 2}]}, strict=True)


class MilestoneReportIn(Input):
    """That it was reached, when, and what shows it."""

    reached_on: date
    report: str = Field(max_length=2000)
    evidence: list[UUID] = Field(default_factory=list, max_length=MOST_FILES, description=FILES)

    model_config = example(
        {"reached_on": "2027-06-20", "report": "已连续运行 80 小时", "evidence": [VOUCHER]}, strict=True
    )


class MilestoneNoteIn(Input):
    """Why."""

    note: str = Field(max_length=500)

    model_config = example({"note": "还缺第三方检测报告"}, strict=True)


JUDGED = {"held_on": "2027-07-10", "verdict": "passed", "opinion": "达到约定指标", "experts": "演示专家组"}
ACCEPTANCE_SHOWN = {
    **JUDGED,
    "uid": ACCEPTANCE,
    "verdict_label": "通过",
    "said_for": BUYER,
    "said_for_name": "鹿原化工（演示）",
    "papers": [EVIDENCE],
    "created_at": "2027-07-10T16:00:00+08:00",
    "withdrawn_at": None,
    "withdrawn_reason": "",
    "may_withdraw": True,
}


class AcceptanceOut(Schema):
    """What the receiving side found. A withdrawn one counts no more, and its papers are not opened."""

    uid: UUID
    held_on: date
    verdict: Verdict
    verdict_label: str
    opinion: str
    experts: str
    said_for: UUID = Field(description="填写的一方。 / The party whose word it is.")
    said_for_name: str
    papers: list[EvidenceFileOut]
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str
    may_withdraw: bool

    model_config = example(ACCEPTANCE_SHOWN)


class AcceptancesOut(Schema):
    """The newest first, withdrawn ones too."""

    items: list[AcceptanceOut]
    writable: bool = Field(description=WRITABLE)

    model_config = example({"items": [ACCEPTANCE_SHOWN], "writable": True})


class AcceptanceIn(Input):
    """A verdict; `passed` moves a deal that is signed or performed to accepted."""

    held_on: date
    verdict: Verdict
    opinion: str = Field(max_length=2000)
    experts: str = Field(default="", max_length=300)
    papers: list[UUID] = Field(default_factory=list, max_length=MOST_FILES, description=FILES)

    model_config = example({**JUDGED, "papers": [VOUCHER]}, strict=True)


class AfterWithdrawIn(Input):
    """Why the record was wrong."""

    reason: str = Field(max_length=200)

    model_config = example({"reason": "填错了日期"}, strict=True)


CAME = {
    "team": "材料分选团队（演示）",
    "headcount": 5,
    "doctors": 2,
    "seniors": 1,
    "full_time": True,
    "came_from": "北京",
    "arrived_on": "2027-09-01",
}
ARRIVAL_SHOWN = {
    **CAME,
    "uid": ARRIVAL,
    "employer": FIRM,
    "employer_name": "鹿原化工（演示）",
    "created_at": "2027-09-02T09:00:00+08:00",
    "withdrawn_at": None,
    "withdrawn_reason": "",
}


class ArrivalOut(Schema):
    """People or a team that came because of the deal: counted, never named."""

    uid: UUID
    team: str
    headcount: int
    doctors: int
    seniors: int = Field(description="其中高级职称。 / Of these with a senior title.")
    full_time: bool
    came_from: str
    arrived_on: date
    employer: UUID | None = Field(description="引进单位；不是平台上的单位时为 null。 / The organisation they came to.")
    employer_name: str
    created_at: datetime
    withdrawn_at: datetime | None = Field(description="只在撤回的答复里有值。 / Told only when it is withdrawn.")
    withdrawn_reason: str

    model_config = example(ARRIVAL_SHOWN)


class ArrivalsOut(Schema):
    """By the day they came; `heads` is how many they are together."""

    items: list[ArrivalOut]
    heads: int
    writable: bool = Field(description=WRITABLE)

    model_config = example({"items": [ARRIVAL_SHOWN], "heads": 5, "writable": True})


class ArrivalIn(Input):
    """A team or a post; `employer` is a party of the deal, else its name is written."""

    team: str = Field(max_length=200)
    headcount: int = Field(ge=1, le=MOST_PEOPLE)
    doctors: int = Field(default=0, ge=0, le=MOST_PEOPLE)
    seniors: int = Field(default=0, ge=0, le=MOST_PEOPLE)
    full_time: bool = True
    came_from: str = Field(default="", max_length=120)
    arrived_on: date
    employer: UUID | None = Field(default=None, description="合同的一方。 / A party of the deal.")
    employer_name: str = Field(default="", max_length=120)

    model_config = example({**CAME, "employer": BUYER}, strict=True)
