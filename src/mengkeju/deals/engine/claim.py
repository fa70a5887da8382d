"""The life of a broker's claim on a listing."""

from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

CLAIM = Workflow(
    key="claim",
    label="经纪人认领",
    label_en="Claim",
    initial="held",
    states={
        "held": State(
            "已认领",
            "Claimed",
            "go",
            DutySpec(
                "work_claim",
                "联系认领的单位，促成对接",
                "broker",
                DEADLINES["work_claim"],
                DEADLINES.source,
                lapse="lapse",
                label_en="Contact the owner of what you claimed and bring about a pairing",
            ),
        ),
        "paired": State("已引荐", "Introduced", "done", final=True),
        "released": State("已放回看板", "Released", "idle", final=True),
        "passed": State("已转交", "Passed on", "idle", final=True),
        "lapsed": State("到期放回看板", "Lapsed", "idle", final=True),
    },
    transitions={
        "pair": Transition(
            "引荐双方",
            "Introduce",
            ("held",),
            "paired",
            "deals.claim:work",
            done_label="认领后引荐了双方",
            done_label_en="Introduced after claiming",
            tone="done",
        ),
        "release": Transition(
            "放回看板",
            "Release",
            ("held",),
            "released",
            "deals.claim:release",
            note_required=True,
            done_label="放回看板",
            done_label_en="Released",
            tone="idle",
        ),
        "pass_on": Transition(
            "转交别的经纪人",
            "Pass on",
            ("held",),
            "passed",
            "deals.claim:release",
            note_required=True,
            done_label="转交别的经纪人",
            done_label_en="Passed on",
            tone="idle",
        ),
        "lapse": Transition(
            "到期放回",
            "Lapse",
            ("held",),
            "lapsed",
            "deals.claim:lapse",
            done_label="到期放回看板",
            done_label_en="Lapsed",
            tone="idle",
        ),
    },
)
