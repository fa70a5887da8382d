"""City tiles: one character for an area, by the first digits of its GB/T 2260 code."""

from collections.abc import Mapping
from typing import NamedTuple


class Tile(NamedTuple):
    """One city tile: a character, a tone (hu, bao or x) and the name it stands for."""

    char: str
    tone: str
    name: str


TILES: Mapping[str, Tile] = {
    "1501": Tile("呼", "hu", "呼和浩特"),
    "1502": Tile("包", "bao", "包头"),
    "1503": Tile("海", "x", "乌海"),
    "1504": Tile("赤", "x", "赤峰"),
    "1505": Tile("通", "x", "通辽"),
    "1506": Tile("鄂", "x", "鄂尔多斯"),
    "1507": Tile("伦", "x", "呼伦贝尔"),
    "1508": Tile("巴", "x", "巴彦淖尔"),
    "1509": Tile("乌", "x", "乌兰察布"),
    "1522": Tile("兴", "x", "兴安盟"),
    "1525": Tile("锡", "x", "锡林郭勒盟"),
    "1529": Tile("阿", "x", "阿拉善盟"),
    "11": Tile("京", "x", "北京"),
    "12": Tile("津", "x", "天津"),
    "13": Tile("冀", "x", "河北"),
    "14": Tile("晋", "x", "山西"),
    "15": Tile("蒙", "x", "内蒙古"),
    "21": Tile("辽", "x", "辽宁"),
    "22": Tile("吉", "x", "吉林"),
    "23": Tile("黑", "x", "黑龙江"),
    "31": Tile("沪", "x", "上海"),
    "32": Tile("苏", "x", "江苏"),
    "33": Tile("浙", "x", "浙江"),
    "34": Tile("皖", "x", "安徽"),
    "35": Tile("闽", "x", "福建"),
    "36": Tile("赣", "x", "江西"),
    "37": Tile("鲁", "x", "山东"),
    "41": Tile("豫", "x", "河南"),
    "42": Tile("鄂", "x", "湖北"),
    "43": Tile("湘", "x", "湖南"),
    "44": Tile("粤", "x", "广东"),
    "45": Tile("桂", "x", "广西"),
    "46": Tile("琼", "x", "海南"),
    "50": Tile("渝", "x", "重庆"),
    "51": Tile("川", "x", "四川"),
    "52": Tile("贵", "x", "贵州"),
    "53": Tile("云", "x", "云南"),
    "54": Tile("藏", "x", "西藏"),
    "61": Tile("陕", "x", "陕西"),
    "62": Tile("甘", "x", "甘肃"),
    "63": Tile("青", "x", "青海"),
    "64": Tile("宁", "x", "宁夏"),
    "65": Tile("新", "x", "新疆"),
    "71": Tile("台", "x", "台湾"),
    "81": Tile("港", "x", "香港"),
    "82": Tile("澳", "x", "澳门"),
}
ELSEWHERE = Tile("外", "x", "区外")
