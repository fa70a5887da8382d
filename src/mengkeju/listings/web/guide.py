"""The guided form: every screen saves the draft and leads on to the next."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import RefusedError, may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.web import guide_pages, pages
from mengkeju.listings.web.guide_forms import GO, LATER, ONWARD, STAY, TopicForm
from mengkeju.listings.web.views import load


def screen(request: Request, form: TopicForm, status: int = 200) -> HttpResponse:
    """One screen as a page."""
    return render(request, "listings/guide.html", guide_pages.screen_context(request, form), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.CREATE)
def start(request: Request, kind: str) -> HttpResponse:
    """The first screen; sent, it makes the draft."""
    spec = kinds.get(kind)
    if spec is None:
        raise Http404
    if not request.actor.memberships:
        return render(request, "listings/no_organisation.html", {"kind": spec}, status=403)
    actions.require_publisher(spec, by=request.actor)
    if not spec.topics:
        return redirect("listing-create", kind)
    if request.method != "POST":
        return screen(request, TopicForm(spec, spec.topics[0], request.actor, initial=pages.starting_values(request)))
    form = TopicForm(spec, spec.topics[0], request.actor, data=request.POST)
    made = _create(request, form) if _is_sendable(request, form) else None
    return screen(request, form, 422) if made is None else _onward(request, form, made, frozenset())


def _is_sendable(request: Request, form: TopicForm) -> bool:
    """Whether it can be saved; to go on, more is asked than to leave it for later."""
    if form.form.is_valid() and request.POST.get(GO, ONWARD) == ONWARD:
        form.ask_to_go_on()
    return not form.form.errors


def _create(request: Request, form: TopicForm) -> Listing | None:
    try:
        made, _again = idempotency.once(
            request.actor,
            form.form.cleaned_data[idempotency.FIELD],
            lambda: actions.create_listing(
                form.kind.key,
                form.given(),
                owner=directory.organisation(UUID(form.form.cleaned_data["owner"])),
                by=request.actor,
                now=clock.now(),
                contact=directory.person_of(request.actor),
            ),
        )
    except ValidationError as error:
        form.add_errors(error)
        return None
    return made


def _onward(request: Request, form: TopicForm, listing: Listing, warned: frozenset[tuple[str, str]]) -> HttpResponse:
    """To the next screen; to the same one when more rows are wanted or a personal number has just been written."""
    wish = request.POST.get(GO, ONWARD)
    if wish == LATER:
        messages.success(request, _("已存为草稿，随时可以接着填"))
        return redirect("listing", listing.uid)
    if wish == STAY or form.warned - warned:
        messages.success(request, _("已保存"))
        return redirect(guide_pages.address(listing, form.topic))
    return redirect(guide_pages.after(listing, form.topic))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.EDIT)
def step(request: Request, uid: UUID, topic: str) -> HttpResponse:
    """One screen of a draft; a stale one shows both versions."""
    listing = load(request, uid)
    asked = guide_pages.topic_of(listing.kind_spec, topic)
    if asked is None:
        raise Http404
    if request.method != "POST" or not may(request.actor, Perm.SUBMIT, listing):  # its people keep what they typed
        require(request.actor, Perm.EDIT, listing)
    if request.method != "POST":
        return screen(request, TopicForm(listing.kind_spec, asked, request.actor, listing=listing))
    warned = TopicForm(listing.kind_spec, asked, request.actor, listing=listing).warned
    form = TopicForm(listing.kind_spec, asked, request.actor, data=request.POST, listing=listing)
    if not _is_sendable(request, form):
        return screen(request, form, 422)
    try:
        _save(request, form, listing)
    except StaleRevisionError as stale:
        context = pages.stale_context(form, request.POST, stale.current, guide_pages.address(listing, asked))
        return render(request, "stale.html", context, status=409)
    return screen(request, form, 422) if form.form.errors else _onward(request, form, listing, warned)


def _save(request: Request, form: TopicForm, listing: Listing) -> None:
    """Write the screen; what hinders stands in the form."""
    try:
        actions.edit_listing(
            listing,
            form.given(),
            by=request.actor,
            now=clock.now(),
            revision=form.form.cleaned_data["revision"],
            contact=form.contact(),
        )
    except ValidationError as error:
        form.add_errors(error)
    except RefusedError:
        if not may(request.actor, Perm.SUBMIT, listing):
            raise
        said = _("现在是“%(state)s”，不能修改；您写的内容还在下面")
        form.form.add_error(None, said % {"state": pages.state_label(listing)})


@require_POST
@signed_in_object_permission(Perm.SUBMIT)
def alike(request: Request, uid: UUID, other_uid: UUID) -> HttpResponse:
    """Link the draft with a listing that is like it; as the same one, the draft can be withdrawn in its favour."""
    listing = load(request, uid)
    require(request.actor, Perm.SUBMIT, listing)
    other = load(request, other_uid)
    instead = request.POST.get("instead") == "yes"
    try:
        actions.link_alike(
            listing, other, request.POST.get("role", ""), instead=instead, by=request.actor, now=clock.now()
        )
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已撤回，改看已有的那一条") if instead else _("已关联"))
        if instead:
            return redirect("listing", other.uid)
    return redirect("listing-submit", listing.uid)
