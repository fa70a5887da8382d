"""The one list of reasons to decline."""

from mengkeju.kernel.reasons import REASONS, choices


def test_the_list_of_the_issue_in_its_order() -> None:
    assert [label for _key, label in choices()] == [
        "阶段过早", "相对现有方案优势不清", "商业化路径不清", "描述不清", "技术疑问（附说明）",
        "不符合当前方向", "预算或时间不合", "已有合作方", "其他（必填说明）",
    ]  # fmt: skip
    assert [r.key for r in REASONS.values() if r.origin == "published"] == [key for key, _label in choices()[:5]]


def test_each_has_both_languages_and_says_what_it_teaches() -> None:
    for reason in REASONS.values():
        assert reason.label_en.isascii()
        assert reason.origin in {"published", "own"}
        assert reason.acts_on in {"maturity", "description", "topic", "terms", "none"}
    assert {r.key for r in REASONS.values() if r.note_required} == {"technical", "other"}
