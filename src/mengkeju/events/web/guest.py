"""The page of a guest: reached by the link of his mail, without an account, in his language."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from mengkeju.events import actions, queries
from mengkeju.events.models import Pitch
from mengkeju.events.web.forms import GuestForm
from mengkeju.kernel import clock
from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.kernel.workflow import TransitionRefusedError


@require_http_methods(["GET", "HEAD", "POST"])
@permission(PUBLIC)
def guest(request: Request, token: str) -> HttpResponse:
    """Accept with title and abstract, or decline. A wrong or expired link is 404."""
    pitch = actions.find_by_token(token, clock.now())
    if pitch is None:
        raise Http404
    with translation.override(pitch.language):
        start = {"title": pitch.pitch_title, "abstract": pitch.abstract}
        form = GuestForm(request.POST or None, initial=start)
        if request.method == "POST" and _answered(request, form, token):
            return _private(redirect("pitch-guest", token))
        return _private(render(request, "events/guest.html", _context(pitch, form), status=422 if form.errors else 200))


def _answered(request: Request, form: GuestForm, token: str) -> bool:
    if not form.is_valid():
        return False
    accept = request.POST.get("answer") == "accept"
    try:
        actions.answer_as_guest(token, accept=accept, now=clock.now(), **form.cleaned_data)
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except ValidationError as error:
        form.add_error(None, error)
    else:
        return True
    return False


def _context(pitch: Pitch, form: GuestForm) -> dict[str, object]:
    return {
        "p": pitch,
        "form": form,
        "local": queries.span_in_words(pitch.starts_at, pitch.ends_at, pitch.zone),
        "ours": queries.span_in_words(pitch.starts_at, pitch.ends_at),
        "site": settings.SITE_URL,
    }


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept by no cache, found by no search engine, its address told to nobody the page links to."""
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
