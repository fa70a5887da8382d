"""Which sentence of a need asks."""

import pytest

from mengkeju.matching.engine.asking import Use, spoken, uses, weights


@pytest.mark.parametrize(
    ("sentence", "use"),
    [
        ("需要把残碳降到5%以下", Use.ASKS),
        ("拟解决细渣脱水能耗高的难题", Use.ASKS),
        ("技术指标：含水率不高于30%", Use.ASKS),
        ("存在噪声偏大的问题", Use.ASKS),
        ("We are looking for a membrane that works at 80 °C", Use.ASKS),
        ("水煤浆气化产生细渣", Use.TELLS),
        ("某某有限公司成立于2003年，位于包头市", Use.INTRODUCES),
        ("公司是高新技术企业，现有员工300人", Use.INTRODUCES),
        ("Founded in 1998, the firm has 300 employees", Use.INTRODUCES),
        ("公司成立于2003年，现需要一种脱碳技术", Use.ASKS),
        ("1、降低脱水能耗问题", Use.ASKS),
        ("报道时的进展：攻关中", Use.ASIDE),
        ("联系人：王工", Use.ASIDE),
        ("", Use.TELLS),
    ],
)
def test_a_sentence_by_itself(sentence: str, use: Use) -> None:
    assert uses([sentence]) == [use]


def test_a_heading_speaks_for_what_stands_below_it() -> None:
    text = [
        "一、企业简介",
        "我们做永磁电机二十年，产品卖到十个省",
        "二、技术难点",
        "电磁噪声与机械噪声叠加",
        "三、背景",
        "行业里都用这种电机",
    ]
    assert uses(text) == [Use.ASIDE, Use.INTRODUCES, Use.TELLS, Use.ASKS, Use.ASIDE, Use.TELLS]


def test_a_wish_inside_the_introduction_is_still_a_wish() -> None:
    assert uses(["公司简介：我们做电机", "希望把噪声降下来", "产品卖到十个省"]) == [
        Use.INTRODUCES,
        Use.ASKS,
        Use.INTRODUCES,
    ]


def test_a_number_is_no_heading() -> None:
    assert uses(["3.5万吨细渣堆在厂里", "运走要花钱"]) == [Use.TELLS, Use.TELLS]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("报道时的进展：续攻关、生产", ""),
        ("细渣含碳高。联系人：王工，电话见附件。要求烧失量不高于8%", "细渣含碳高。。要求烧失量不高于8%"),
        ("设备状态监测：振动与温度", "设备状态监测：振动与温度"),
        ("希望各单位联系我们。电话：0471-0000", "希望各单位联系我们"),
        ("含碳高；", "含碳高；"),
        ("", ""),
    ],
)
def test_how_far_a_report_says_it_has_come_and_whom_to_call_are_not_matched(body: str, left: str) -> None:
    assert spoken(body) == left


def test_asking_weighs_more_than_telling_and_that_more_than_introducing() -> None:
    asks, tells, introduces, aside = weights(["需要脱碳技术", "细渣含碳", "公司成立于2003年", "电话：0471"])
    assert asks > tells > introduces > aside == 0
    assert weights([]) == []
