"""What the pages of found words show."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.kernel.access import may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.matching.access import Perm
from mengkeju.matching.engine.word_workflow import WORD_PAIR
from mengkeju.matching.models import WordPair
from mengkeju.matching.models.words import KINDS
from mengkeju.matching.queries import word_pairs

PER_PAGE = 20
NAV = "match-words"
ALL_QUOTES = 5
SAID = {
    "accept": gettext_lazy("已采纳：%(words)s"),
    "refuse": gettext_lazy("不采纳：%(words)s，以后不再提出"),
    "reopen": gettext_lazy("放回待判断：%(words)s"),
    "withdraw": gettext_lazy("已撤回采纳：%(words)s"),
}


def told(kind: str, count: int) -> str:
    """One kind of evidence in words."""
    said = {
        "stated": ngettext("%(n)s 条信息里写明", "%(n)s 条信息里写明", count),
        "alias": ngettext("%(n)s 条信息里括注", "%(n)s 条信息里括注", count),
        "listed": ngettext("%(n)s 条信息里以“……等”列举", "%(n)s 条信息里以“……等”列举", count),
        "includes": ngettext("%(n)s 条信息里写“包括”", "%(n)s 条信息里写“包括”", count),
        "suffix": ngettext("下位词以上位词结尾，见 %(n)s 个题目", "下位词以上位词结尾，见 %(n)s 个题目", count),
        "substituted": ngettext("%(n)s 条信息的题目只差这个词", "%(n)s 条信息的题目只差这个词", count),
        "duplicate": ngettext(
            "%(n)s 条正文相同的信息，题目只差这个词", "%(n)s 条正文相同的信息，题目只差这个词", count
        ),
        "alike": _("常出现在同类信息里，又几乎不同时出现"),
        "shortened": _("一个像是另一个的缩写"),
    }
    return said[kind] % {"n": count}


def badge(pair: WordPair) -> dict[str, str]:
    """Kind and word of its state, for mk/state.html."""
    state = WORD_PAIR.states[pair.state]
    if pair.state == "found" and pair.gone_at is not None:
        return {"kind": "calm", "label": _("最近一次没有再找到")}
    return {"kind": state.tone, "label": word(state)}


def _card(pair: WordPair, quotes: list[word_pairs.Quote], places: list[word_pairs.Place]) -> dict[str, Any]:
    reasons = [told(kind, count) for kind, count in pair.evidence.get("counts", {}).items()]
    return {
        "pair": pair,
        "kind": KINDS[pair.kind],
        "state": badge(pair),
        "sure": f"{pair.score:.0%}",
        "reasons": _("；").join(reasons),
        "quotes": quotes,
        "places": places,
        "term": pair.term,
        "effect": _effect(pair),
    }


def _effect(pair: WordPair) -> str:
    words = {"one": pair.one, "other": pair.other}
    if pair.kind == "synonym":
        text = _("采纳后：搜“%(one)s”也找得到写“%(other)s”的，反过来一样；写着其中一个词的供需信息重新匹配。")
    else:
        text = _("采纳后：搜“%(one)s”也找得到只写“%(other)s”或其同义词的；搜“%(other)s”不会带出别的。匹配结果不变。")
    return text % words


def _asked(request: Request) -> tuple[str, str]:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    return (state if state in WORD_PAIR.states else "found"), (kind if kind in KINDS else "")


def index_context(request: Request) -> dict[str, Any]:
    """The list of one state."""
    actor, (state, kind) = request.actor, _asked(request)
    counts = word_pairs.counts(actor)
    page = Paginator(word_pairs.pairs(actor, state, kind), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    quotes, judges = word_pairs.quotes(rows), may(actor, Perm.WORDS_JUDGE)
    places = word_pairs.places_of(rows if judges and state == "found" else [])
    return {
        "state": state,
        "states": [(key, word(s), counts.get(key, 0), key == state) for key, s in WORD_PAIR.states.items()],
        "kind": kind,
        "kinds": [("", _("全部"), not kind), *((key, label, key == kind) for key, label in KINDS.items())],
        "page": page,
        "cards": [_card(row, quotes[row.pk], places.get(row.pk, [])) for row in rows],
        "judges": judges,
        "may_mine": may(actor, Perm.WORDS_MINE),
        "last": word_pairs.last_found(),
        "any": bool(counts),
        "nav_key": NAV,
    }


def pair_context(request: Request, pair: WordPair) -> dict[str, Any]:
    """The page of one pair."""
    judges = may(request.actor, Perm.WORDS_JUDGE, pair)
    quotes = word_pairs.quotes([pair], ALL_QUOTES)[pair.pk]
    return {
        **_card(pair, quotes, word_pairs.places(pair)),
        "judges": judges,
        "steps": {key for key, _step in WORD_PAIR.leaving(pair.state)} if judges else set(),
        "hidden": (("revision", pair.revision),),
        "timeline": timeline(pair, inside=True),
        "crumbs": [(_("首页"), reverse("home")), (_("词语发现"), reverse("match-words")), (str(pair), "")],
        "nav_key": NAV,
    }
