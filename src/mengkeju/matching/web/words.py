"""词语发现: the operator judges words that were found in public texts; the auditor reads."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.matching import actions
from mengkeju.matching.access import Perm
from mengkeju.matching.models import WordPair
from mengkeju.matching.queries import word_pairs
from mengkeju.matching.web import word_pages as pages


def sees(request: HttpRequest) -> bool:
    """A navigation entry for those who may."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.WORDS_READ)


@require_safe
@permission(Perm.WORDS_READ)
def index(request: Request) -> HttpResponse:
    """What waits to be judged, or what was; the best first, with the sentences that show it."""
    return render(request, "matching/words.html", pages.index_context(request))


def _find(request: Request, uid: UUID) -> WordPair:
    pair: WordPair = found(word_pairs.find(request.actor, uid))
    return pair


@require_safe
@signed_in_object_permission(Perm.WORDS_READ)
def show(request: Request, uid: UUID) -> HttpResponse:
    """One pair: all its evidence, what accepting does, and what happened."""
    return render(request, "matching/word.html", pages.pair_context(request, _find(request, uid)))


@require_POST
@signed_in_object_permission(Perm.WORDS_JUDGE)
def move(request: Request, uid: UUID, step: str) -> HttpResponse:
    """Accept, refuse, consider again, take back."""
    pair = _find(request, uid)
    if step not in pages.SAID:
        raise Http404
    sent, by, now = request.POST.get("revision", ""), request.actor, clock.now()
    revision = int(sent) if sent.isascii() and sent.isdigit() else None
    act = partial(actions.move_words, pair, step, note=request.POST.get("note", ""), by=by, now=now, revision=revision)
    if step == "accept":
        into = request.POST.get("into", "")
        act = partial(actions.accept_words, pair, into=into, by=by, now=now, revision=revision)
    attempt(request, act, pages.SAID[step] % {"words": str(pair)})
    if request.POST.get("back") != "list":
        return redirect(pair.get_absolute_url())
    kept = {name: request.POST[name] for name in ("kind", "page") if request.POST.get(name)}
    return redirect(reverse("match-words") + (f"?{urlencode(kept)}" if kept else ""))


@require_POST
@permission(Perm.WORDS_MINE)
def mine(request: Request) -> HttpResponse:
    """Look for words in the background."""
    said = _("已排队：过几分钟刷新这一页，看找到的词。")
    attempt(request, partial(actions.ask_mining, by=request.actor, now=clock.now()), said)
    return redirect("match-words")
