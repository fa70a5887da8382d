"""The life of a pair of words: found by the programme, accepted or refused by a person, both taken back by one."""

from mengkeju.kernel.workflow import State, Transition, Workflow

JUDGE = "matching.words:judge"
WORD_PAIR = Workflow(
    key="word_pair",
    label="词语对",
    label_en="Pair of words",
    initial="found",
    states={
        "found": State("待判断", "To be judged", "wait"),
        "accepted": State("已采纳", "Accepted", "done"),
        "refused": State("不采纳", "Not accepted", "over"),
    },
    transitions={
        "accept": Transition(
            "采纳", "Accept", ("found",), "accepted", JUDGE, done_label="已采纳", done_label_en="Accepted",
        ),
        "refuse": Transition(
            "不采纳", "Do not accept", ("found",), "refused", JUDGE, tone="over",
            done_label="不采纳", done_label_en="Not accepted",
        ),
        "reopen": Transition(
            "重新考虑", "Consider again", ("refused",), "found", JUDGE,
            done_label="重新考虑", done_label_en="Considered again",
        ),
        "withdraw": Transition(
            "撤回采纳", "Take acceptance back", ("accepted",), "refused", JUDGE, note_required=True, tone="over",
            done_label="撤回采纳", done_label_en="Acceptance taken back",
        ),
    },
)  # fmt: skip
