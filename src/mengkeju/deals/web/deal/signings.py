"""签约清单: an officer records what was signed at an event."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mengkeju.deals import actions
from mengkeju.deals.access import CooperationPerm
from mengkeju.deals.web.deal.signing_forms import SigningsForm, listed_names
from mengkeju.kernel import clock
from mengkeju.kernel.web.request import Request, permission


@require_http_methods(["GET", "HEAD", "POST"])
@permission(CooperationPerm.RECORD_SIGNING)
def signings(request: Request) -> HttpResponse:
    """Event, day and rows; all of them are recorded or none. `more` adds rows and checks nothing."""
    if request.method != "POST":
        form = SigningsForm(initial={"day": clock.today()})
    elif "more" in request.POST:
        form = SigningsForm.typed_so_far(request.POST)
    else:
        form = SigningsForm(request.POST)
        if form.is_valid() and _recorded(request, form):
            return redirect("deals")
    context = {"form": form, "nav_key": "deals"}
    return render(request, "deals/signings.html", context, status=422 if form.errors else 200)


def _recorded(request: Request, form: SigningsForm) -> bool:
    """Whether the list was kept; if not, the form says why."""
    given = form.cleaned_data
    try:
        made = actions.record_signings(given["event"], given["day"], given["rows"], by=request.actor, now=clock.now())
    except ValidationError as error:
        form.refuse(error)
        return False
    fresh = len(made.deals) - made.known
    messages.success(request, ngettext("记下 %(n)d 项签约", "记下 %(n)d 项签约", fresh) % {"n": fresh})
    if made.known:
        said = ngettext("有 %(n)d 项以前记过，没有重复记", "有 %(n)d 项以前记过，没有重复记", made.known)
        messages.info(request, said % {"n": made.known})
    if form.unknown:
        names = {"names": listed_names(form.unknown)}
        messages.warning(request, _("没有入驻、只记了名称的：%(names)s") % names)
    return True
