"""How an organisation is verified."""

from pathlib import Path

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

DEADLINES = load(Path(__file__).parent / "deadlines.yaml")

ORGANISATION = Workflow(
    key="organisation",
    label="单位核验",
    label_en="Verification of organisations",
    initial="unverified",
    states={
        "unverified": State("未核验", "Unverified", "idle"),
        "submitted": State(
            "待核验",
            "Awaiting verification",
            "wait",
            DutySpec(
                "verify_organisation",
                "核验单位",
                "officer",
                DEADLINES["verify_organisation"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Verify the organisation",
            ),
        ),
        "verified": State("已核验", "Verified", "done"),
        "refused": State(
            "未通过核验",
            "Refused",
            "over",
            DutySpec(
                "mend_organisation",
                "补正单位信息后重新提交",
                "organisation",
                None,
                label_en="Correct the details and submit again",
            ),
        ),
    },
    transitions={
        "submit": Transition(
            "提交核验",
            "Submit",
            ("unverified", "refused"),
            "submitted",
            "directory.organisation:submit",
            done_label="提交核验",
            done_label_en="Submitted for verification",
        ),
        "verify": Transition(
            "核验通过",
            "Verify",
            ("submitted", "unverified"),
            "verified",
            "directory.organisation:verify",
            done_label="核验通过",
            done_label_en="Verified",
            tone="done",
        ),
        "refuse": Transition(
            "不予通过",
            "Refuse",
            ("submitted",),
            "refused",
            "directory.organisation:verify",
            note_required=True,
            done_label="未通过核验",
            done_label_en="Verification refused",
            tone="over",
        ),
        "reverify": Transition(
            "改名或改码后重新核验",
            "Verify again",
            ("verified",),
            "submitted",
            "directory.organisation:submit",
            done_label="名称或代码变更，重新核验",
            done_label_en="Name or code changed, verified again",
            tone="wait",
        ),
        "withdraw": Transition(
            "撤销核验",
            "Withdraw verification",
            ("verified",),
            "unverified",
            "directory.organisation:verify",
            note_required=True,
            done_label="撤销核验",
            done_label_en="Verification withdrawn",
            tone="over",
        ),
    },
)
