"""The markets: what is matched with what, and the words each has for its two sides, its steps and its outcome.

Every sentence is marked and translated where it is shown.
"""

from dataclasses import dataclass

from mengkeju.kernel.words import mark

TECHNOLOGY, TALENT = "technology", "talent"


@dataclass(frozen=True)
class Market:
    """The words of a market. `steps`: how far a listing came, by the keys of the stages on the home page.

    `example`: what may be written to who asks, `example_back`: to who offers.
    """

    key: str
    pairs: str
    nearest: str
    asker_closed: str
    offerer_closed: str
    none_for_asker: str
    none_for_offerer: str
    steps: tuple[tuple[str, str], ...]
    agreed: str
    example: str
    example_back: str
    again: str


MARKETS = {
    TECHNOLOGY: Market(
        TECHNOLOGY,
        mark("需求要配成果或能力，成果或能力要配需求"),
        mark("需求里最相近的一句：“%(sentence)s”"),
        mark("需求方把“%(section)s”设为仅%(who)s可见"),
        mark("供方把“%(section)s”设为仅%(who)s可见"),
        mark("写清现状、目标、预算和期限，推荐会更准；有新的成果或能力发布时会自动再算。"),
        mark("写清能解决什么、凭什么和合作方式，推荐会更准；有新需求发布时会自动再算。"),
        (
            ("need", mark("需求")),
            ("match", mark("匹配")),
            ("intention", mark("意向")),
            ("contract", mark("合同")),
            ("landing", mark("落地")),
        ),
        mark("双方已谈妥。合同登记功能上线后从这里继续。"),
        mark("例：我厂每年有 6 万吨细渣，想先看中试样品，下月能否到现场谈"),
        mark("例：我厂每年有 6 万吨细渣，想先看中试样品，下月能否到现场谈"),
        mark("再找别的需求和成果"),
    ),
    TALENT: Market(
        TALENT,
        mark("岗位要配毕业生与实习生，毕业生与实习生要配岗位"),
        mark("岗位里最相近的一句：“%(sentence)s”"),
        mark("用人单位把“%(section)s”设为仅%(who)s可见"),
        mark("学校把“%(section)s”设为仅%(who)s可见"),
        mark("写清专业类、学历、起止时间和会做什么，推荐会更准；有学校发布毕业生与实习生时会自动再算。"),
        mark("写清专业类、学历、什么时候能来和会做什么，推荐会更准；有新岗位发布时会自动再算。"),
        (
            ("need", mark("岗位")),
            ("match", mark("匹配")),
            ("intention", mark("意向")),
            ("contract", mark("签约")),
            ("landing", mark("到岗")),
        ),
        mark("双方已谈妥：按规定签就业或实习协议、办手续。人到岗以后，在岗位或学生那一条的页面上办结，写明结果。"),
        mark("例：我院有 12 名选矿专业学生 3 月起可以实习，能否先来厂里看看、谈谈怎么安排"),
        mark("例：我厂 3 月起要 4 名实习生，有宿舍、有人带，下周能否到学校来谈"),
        mark("再找别的岗位和学生"),
    ),
}
