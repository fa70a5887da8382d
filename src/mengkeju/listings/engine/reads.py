"""Who saw what is not open to everybody: the ways of reading, and how long it is kept (dated file beside this)."""

from datetime import date, timedelta
from pathlib import Path

import yaml

from mengkeju.kernel.words import mark

CHANNELS = {
    "page": mark("页面"),
    "search": mark("搜索结果"),
    "list": mark("清单"),
    "match": mark("推荐"),
    "export": mark("导出文件"),
    "api": mark("接口"),
    "file": mark("附件下载"),
}
CLOSED_TIERS = ("members", "parties")
CONSENT = "listings.reads"
"""The purpose a person agrees to before his login stands beside his organisation in a record of reading."""
CONSENT_TEXT_VERSION = "2026-11"
SHORTEST = timedelta(days=183)
"""Six months: 网络安全法 第二十一条."""


def load(path: Path = Path(__file__).parent / "reads.yaml") -> timedelta:
    """For how long a record is kept. ValueError unless it is dated and as long as the law asks."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = timedelta(days=int(data["keep_days"]))
    if not isinstance(data["checked_on"], date) or kept < SHORTEST:
        msg = f"{path.name}: checked_on must be a date and keep_days at least {SHORTEST.days}"
        raise ValueError(msg)
    return kept


KEPT = load()
