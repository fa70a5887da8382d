import ast

import pytest

from tools import check_wrapped


def found(source: str) -> list[str]:
    return [text for _line, text in check_wrapped.literals(ast.parse(source))]


@pytest.mark.parametrize(
    "source",
    [
        '"""模块的说明。"""',
        'def f():\n    """函数的说明。"""',
        'x = _("提交")',
        'x = ngettext("一条", "多条", n)',
        'log.info("开始 %s", x)',
        'State("待审核", "To review")',
        'Transition("提交", "Submit", done_label="已提交", done_label_en="Submitted")',
        'DutySpec("k", "审核", "officer", 3, label_en="Review")',
        'models.CharField("名称", max_length=3)',
    ],
)
def test_translated_or_never_shown(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize(
    "source",
    [
        'x = "提交"',
        'x = f"第{n}条"',
        'raise ValueError("不对")',
        'DutySpec("k", "审核", "officer", 3)',
        'Transition("提交", "Submit", done_label="已提交")',
        'x = "、".join(y)',
    ],
)
def test_left_in_chinese(source: str) -> None:
    assert found(source)


def test_text_of_a_template() -> None:
    page = (
        '{# 说明 #}<p>{% translate "首页" %}</p>{% include "a" with t=_("题") %}'
        "{% blocktranslate %}正文{% endblocktranslate %}"
    )
    assert list(check_wrapped.written(page)) == []
    assert len(list(check_wrapped.written('<p>首页</p>{% include "a" with t="题" %}：'))) == 3
