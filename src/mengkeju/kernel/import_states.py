"""The life of an import batch: plain data, so that its table can name the states."""

from mengkeju.kernel.workflow import State, Transition, Workflow

CHANGE, CANCEL, RUN = "kernel.import:change", "kernel.import:cancel", "kernel.import:run"

IMPORT = Workflow(
    key="import",
    label="导入批次",
    label_en="Import batch",
    initial="draft",
    states={
        "draft": State("待确认", "To be confirmed", "wait"),
        "running": State("写入中", "Being written", "go"),
        "finished": State("已完成", "Finished", "done", final=True),
        "acting": State("办理中", "Being handed in or published", "go"),
        "cancelled": State("已取消", "Cancelled", "idle", final=True),
    },
    transitions={
        "confirm": Transition(
            "确认导入",
            "Confirm the import",
            ("draft",),
            "running",
            CHANGE,
            done_label="确认导入",
            done_label_en="Import confirmed",
        ),
        "finish": Transition(
            "写入完成",
            "Finish",
            ("running",),
            "finished",
            RUN,
            done_label="写入完成",
            done_label_en="Import finished",
            tone="done",
        ),
        "cancel": Transition(
            "取消导入",
            "Cancel the import",
            ("draft",),
            "cancelled",
            CANCEL,
            done_label="取消导入",
            done_label_en="Import cancelled",
            tone="idle",
        ),
        "submit": Transition(
            "全部提交审核",
            "Submit all for review",
            ("finished",),
            "acting",
            CHANGE,
            done_label="全部提交审核",
            done_label_en="All submitted for review",
        ),
        "publish": Transition(
            "全部发布",
            "Publish all",
            ("finished",),
            "acting",
            CHANGE,
            done_label="全部发布",
            done_label_en="All published",
        ),
        "settle": Transition(
            "办理完成",
            "Done",
            ("acting",),
            "finished",
            RUN,
            done_label="办理完成",
            done_label_en="Done with the batch",
            tone="done",
        ),
    },
)
