"""Kinds of files on a listing."""

from mengkeju.kernel.words import mark

FILE_KINDS = {
    "description": mark("技术说明"),
    "report": mark("检测或验收报告"),
    "drawing": mark("图纸"),
    "photo": mark("照片"),
    "data": mark("样本数据"),
    "proof": mark("证明材料"),
    "other": mark("其他"),
}
MOST_FILES = 20
"""On one listing: a rule of the platform."""
