"""The life of a milestone: planned, reported by the one who owes it, reached when another side accepts the report."""

from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.kernel.workflow import DutySpec, State, Transition, Workflow

MILESTONE = Workflow(
    key="milestone",
    label="里程碑",
    label_en="Milestone",
    initial="planned",
    states={
        "planned": State(
            "未完成",
            "Open",
            "go",
            DutySpec(
                "reach_milestone",
                "完成里程碑并报告",
                "reporter",
                None,
                "合同或项目约定的日期",
                label_en="Reach the milestone and report it",
                due_field="due_on",
            ),
        ),
        "reported": State(
            "待对方确认",
            "Waiting for the other side",
            "go",
            DutySpec(
                "check_milestone",
                "确认里程碑完成情况",
                "others",
                DEADLINES["check_milestone"],
                DEADLINES.source,
                label_en="Check the reported milestone",
            ),
        ),
        "reached": State("已完成", "Reached", "done", final=True),
        "dropped": State("不再要求", "Dropped", "idle", final=True),
    },
    transitions={
        "report": Transition(
            "报告完成",
            "Report it done",
            ("planned",),
            "reported",
            "deals.milestone:report",
            done_label="报告完成",
            done_label_en="Reported",
        ),
        "accept": Transition(
            "确认完成",
            "Accept",
            ("reported",),
            "reached",
            "deals.milestone:accept",
            done_label="对方确认完成",
            done_label_en="Accepted by the other side",
            tone="done",
        ),
        "send_back": Transition(
            "退回",
            "Send back",
            ("reported",),
            "planned",
            "deals.milestone:accept",
            note_required=True,
            done_label="退回",
            done_label_en="Sent back",
        ),
        "drop": Transition(
            "不再要求",
            "Drop",
            ("planned", "reported"),
            "dropped",
            "deals.milestone:drop",
            note_required=True,
            done_label="不再要求",
            done_label_en="Dropped",
            tone="idle",
        ),
    },
)
