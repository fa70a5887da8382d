"""The life of a landing: planned, built, producing, stopped; while it produces it is reported on every year."""

from mengkeju.kernel.workflow import State, Transition, Workflow

MOVE = "deals.landing:move"

LANDING = Workflow(
    key="landing",
    label="成果落地",
    label_en="Landing",
    initial="planned",
    states={
        "planned": State("计划中", "Planned", "go"),
        "building": State("建设中", "Building", "go"),
        "producing": State("已投产", "Producing", "done"),
        "stopped": State("已停产", "Stopped", "idle"),
    },
    transitions={
        "build": Transition(
            "开工建设",
            "Start building",
            ("planned",),
            "building",
            MOVE,
            done_label="开工建设",
            done_label_en="Building started",
        ),
        "produce": Transition(
            "投产",
            "Start producing",
            ("planned", "building", "stopped"),
            "producing",
            MOVE,
            done_label="投产",
            done_label_en="Production started",
            tone="done",
        ),
        "stop": Transition(
            "停产或停建",
            "Stop",
            ("planned", "building", "producing"),
            "stopped",
            MOVE,
            note_required=True,
            done_label="停产或停建",
            done_label_en="Stopped",
            tone="idle",
        ),
    },
)
