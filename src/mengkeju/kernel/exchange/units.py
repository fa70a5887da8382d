"""Units written beside a heading, above a table or in a row of their own."""

import re
import unicodedata

MONEY_UNITS = ("亿元", "千万元", "百万元", "十万元", "万元", "千元", "元")
OTHER_UNITS = (
    *("%", "‰", "人", "人次", "人天", "项", "件", "个", "家", "台", "套", "次", "年", "月", "天", "小时"),
    *("吨", "万吨", "吨/年", "公斤", "千克", "亩", "公顷", "㎡", "平方米", "m2", "平方公里", "立方米", "m3"),
    *("千瓦", "兆瓦", "度", "℃"),
)
_MONEY = "|".join(MONEY_UNITS)
UNIT_NOTE = re.compile(rf"单\s*位\s*[:：]\s*(?:人民币)?\s*({_MONEY})")
_IN_BRACKETS = re.compile(
    r"\s*[(（\[【〔]\s*(?:计量)?(?:单位\s*[:：]?\s*)?(?:人民币)?\s*([^()（）\[\]【】〔〕]{1,8}?)\s*[)）\]】〕]"
)
_AFTER_SIGN = re.compile(rf"\s*[/／,，:：]\s*({_MONEY})\s*$")


def unit_in(text: str) -> str:
    """The unit a cell of its own names: “万元”, “（单位：万元）”, “%”; empty when it is no unit."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("()[]【】〔〕").strip()
    plain = re.sub(r"^(?:计量)?单位\s*:?\s*", "", plain).removeprefix("人民币")
    known = {unicodedata.normalize("NFKC", unit): unit for unit in (*MONEY_UNITS, *OTHER_UNITS)}
    return known.get(plain, "")


def split_unit(heading: str) -> tuple[str, str]:
    """(“投入”, “万元”) of “投入(万元)”, “投入/万元”, “投入（单位：万元）”; (heading, "") when it names none."""
    for found in _IN_BRACKETS.finditer(heading):
        unit = unit_in(found[1])
        if unit:
            return (heading[: found.start()] + heading[found.end() :]).strip(), unit
    after = _AFTER_SIGN.search(heading)
    return (heading[: after.start()].strip(), after[1]) if after else (heading, "")
