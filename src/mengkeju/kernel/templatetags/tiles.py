"""City tiles: one character for an area, by the first digits of its GB/T 2260 code."""

from collections.abc import Mapping
from typing import NamedTuple

from mengkeju.kernel.words import chosen


class Tile(NamedTuple):
    """One city tile: a character, a tone (hu, bao or x) and the name it stands for, in both languages."""

    char: str
    tone: str
    name: str
    name_en: str

    @property
    def sign(self) -> str:
        """The character, for English readers the first two letters."""
        return chosen(self.char, self.name_en[:2].capitalize())

    @property
    def word(self) -> str:
        """The name for the reader."""
        return chosen(self.name, self.name_en)


TILES: Mapping[str, Tile] = {
    "1501": Tile("呼", "hu", "呼和浩特", "Hohhot"),
    "1502": Tile("包", "bao", "包头", "Baotou"),
    "1503": Tile("海", "x", "乌海", "Wuhai"),
    "1504": Tile("赤", "x", "赤峰", "Chifeng"),
    "1505": Tile("通", "x", "通辽", "Tongliao"),
    "1506": Tile("鄂", "x", "鄂尔多斯", "Ordos"),
    "1507": Tile("伦", "x", "呼伦贝尔", "Hulunbuir"),
    "1508": Tile("巴", "x", "巴彦淖尔", "Bayannur"),
    "1509": Tile("乌", "x", "乌兰察布", "Ulanqab"),
    "1522": Tile("兴", "x", "兴安盟", "Hinggan League"),
    "1525": Tile("锡", "x", "锡林郭勒盟", "Xilingol League"),
    "1529": Tile("阿", "x", "阿拉善盟", "Alxa League"),
    "11": Tile("京", "x", "北京", "Beijing"),
    "12": Tile("津", "x", "天津", "Tianjin"),
    "13": Tile("冀", "x", "河北", "Hebei"),
    "14": Tile("晋", "x", "山西", "Shanxi"),
    "15": Tile("蒙", "x", "内蒙古", "Inner Mongolia"),
    "21": Tile("辽", "x", "辽宁", "Liaoning"),
    "22": Tile("吉", "x", "吉林", "Jilin"),
    "23": Tile("黑", "x", "黑龙江", "Heilongjiang"),
    "31": Tile("沪", "x", "上海", "Shanghai"),
    "32": Tile("苏", "x", "江苏", "Jiangsu"),
    "33": Tile("浙", "x", "浙江", "Zhejiang"),
    "34": Tile("皖", "x", "安徽", "Anhui"),
    "35": Tile("闽", "x", "福建", "Fujian"),
    "36": Tile("赣", "x", "江西", "Jiangxi"),
    "37": Tile("鲁", "x", "山东", "Shandong"),
    "41": Tile("豫", "x", "河南", "Henan"),
    "42": Tile("鄂", "x", "湖北", "Hubei"),
    "43": Tile("湘", "x", "湖南", "Hunan"),
    "44": Tile("粤", "x", "广东", "Guangdong"),
    "45": Tile("桂", "x", "广西", "Guangxi"),
    "46": Tile("琼", "x", "海南", "Hainan"),
    "50": Tile("渝", "x", "重庆", "Chongqing"),
    "51": Tile("川", "x", "四川", "Sichuan"),
    "52": Tile("贵", "x", "贵州", "Guizhou"),
    "53": Tile("云", "x", "云南", "Yunnan"),
    "54": Tile("藏", "x", "西藏", "Tibet"),
    "61": Tile("陕", "x", "陕西", "Shaanxi"),
    "62": Tile("甘", "x", "甘肃", "Gansu"),
    "63": Tile("青", "x", "青海", "Qinghai"),
    "64": Tile("宁", "x", "宁夏", "Ningxia"),
    "65": Tile("新", "x", "新疆", "Xinjiang"),
    "71": Tile("台", "x", "台湾", "Taiwan"),
    "81": Tile("港", "x", "香港", "Hong Kong"),
    "82": Tile("澳", "x", "澳门", "Macao"),
}
ELSEWHERE = Tile("外", "x", "区外", "elsewhere")
