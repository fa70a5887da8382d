"""Texts nobody would wish for, as a need or an achievement may hold them."""

from mengkeju.matching.engine.documents import Document, Side

LONG = 100_000
UGLY: dict[str, tuple[str, str]] = {
    "empty": ("", ""),
    "blank": (" \t\u3000", "\n \r\n\t"),
    "one character": ("渣", "碳"),
    "punctuation": ("——！？。", "。" * 500),
    "emoji": ("🔥气化细渣🚀脱碳🙂", "👩\u200d🔬希望脱水脱碳🔥，碳做填料🧪。🇨🇳"),
    "only emoji": ("🔥🚀", "🧪" * 300),
    "traditional": ("氣化細渣脫碳與高值利用", "水煤漿氣化產生細渣，希望脫水脫碳，灰做建材原料。"),
    "English": ("Dewatering of gasification slag", "We need to dewater the slag. The carbon must be recovered."),
    "capitals and widths": ("ＧＡＳＩＦＩＣＡＴＩＯＮ slag", "ＣＯ２　and CO2"),
    "long": ("气化细渣脱碳" * (LONG // 6), "水煤浆气化产生细渣，希望脱水脱碳。" * (LONG // 16)),
    "long without an end": ("a" * LONG, "碳" * LONG),
    "many sentences": ("很多句", "要。" * (LONG // 2)),
    "headings": ("需求", "一、企业简介：\n" * 5_000),
    "lone surrogate": ("气化\ud800细渣", "脱碳\udfff。"),
    "control characters": ("\x00气化\x07细渣\x1b[31m", "\u202e脱碳\u200b\ufeff。"),
    "combining marks": ("e\u0301" * 300, "n\u0303" * 3_000),
    "markup": ("<script>alert(1)</script>", "{{ 7*7 }} ' OR 1=1 --"),
    "numbers": ("123456", "3.14 %% 0.0 1e400 -0"),
}


def need(title: str, body: str = "", key: str = "n") -> Document:
    """A need of this text."""
    return Document(key, Side.NEED, title, body)


def offer(title: str, body: str = "", key: str = "a") -> Document:
    """An achievement of this text."""
    return Document(key, Side.ACHIEVEMENT, title, body)
