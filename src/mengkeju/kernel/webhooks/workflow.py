"""The life of a webhook endpoint. Deleting it is archiving; its deliveries have no workflow."""

from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import State, Transition, Workflow

READ, READ_ALL = "kernel.webhook:read", "kernel.webhooks:read"
MANAGE, BLOCK, FAIL = "kernel.webhook:manage", "kernel.webhook:block", "kernel.webhook:fail"
# Notes the platform itself writes with `fail`; shown in the language of the reader.
GONE, GIVEN_UP = mark("对方答复 410，不再接收"), mark("长时间没有一次送达")

WEBHOOK = Workflow(
    key="webhook",
    label="事件推送地址",
    label_en="Webhook endpoint",
    initial="active",
    states={
        "active": State("推送中", "Active", "go"),
        "paused": State("已暂停", "Paused", "idle"),
        "failed": State("因持续失败停用", "Disabled by failure", "over"),
        "blocked": State("安全管理员停用", "Disabled by the security administrator", "over"),
    },
    transitions={
        "pause": Transition(
            "暂停", "Pause", ("active",), "paused", MANAGE, done_label="暂停推送", done_label_en="Paused"
        ),
        "resume": Transition(
            "恢复", "Resume", ("paused", "failed"), "active", MANAGE, done_label="恢复推送", done_label_en="Resumed"
        ),
        "fail": Transition(
            "因失败停用",
            "Disable after failures",
            ("active",),
            "failed",
            FAIL,
            done_label="因失败停用",
            done_label_en="Disabled after failures",
            tone="over",
        ),
        "block": Transition(
            "停用",
            "Disable",
            ("active", "paused", "failed"),
            "blocked",
            BLOCK,
            note_required=True,
            done_label="安全管理员停用",
            done_label_en="Disabled by the security administrator",
            tone="over",
        ),
        "unblock": Transition(
            "解除停用",
            "Lift",
            ("blocked",),
            "paused",
            BLOCK,
            done_label="解除停用",
            done_label_en="No longer disabled by the security administrator",
        ),
    },
)
