"""Closing a need with its outcome, the enterprise's word on it, and the officers' list of needs to follow up."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.models import Attachment
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.outcomes import COUNTED, RULES, SATISFACTIONS, outcome_choices, outcome_word
from mengkeju.listings.kinds import TALENT, TECHNOLOGY
from mengkeju.listings.models import Listing, NeedOutcome
from mengkeju.listings.web import sheets
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.freshness import uids_of
from mengkeju.listings.web.views import load

PER_PAGE = 50
TAB_LABELS = {
    "aged": gettext_lazy("久未解决"),
    "open": gettext_lazy("全部未办结"),
    "dormant": gettext_lazy("已下架待确认"),
    "unconfirmed": gettext_lazy("待企业确认结果"),
    "solved": gettext_lazy("平台解决（已确认）"),
}


def satisfaction_choices() -> list[tuple[str, str]]:
    """From 5 to 1, and nothing."""
    words = {5: _("5 很满意"), 4: _("4 满意"), 3: _("3 一般"), 2: _("2 不满意"), 1: _("1 很不满意")}
    return [("", _("不评价")), *((str(n), words[n]) for n in reversed(SATISFACTIONS))]


class CloseForm(forms.Form):
    """How the need ended, how that is known, and who or what solved it."""

    outcome = forms.ChoiceField(label=gettext_lazy("这项需求的结果"), widget=forms.RadioSelect, required=True)
    note = forms.CharField(
        label=gettext_lazy("依据"),
        help_text=gettext_lazy("怎么解决的、有什么材料能说明；不再需要的写明原因"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    upload = forms.FileField(
        label=gettext_lazy("证明材料"), required=False, help_text=gettext_lazy("合同首页、验收单、照片等，一个文件")
    )
    solver = forms.ChoiceField(
        label=gettext_lazy("由哪个单位解决"), required=False, help_text=gettext_lazy("与本需求有过意向的单位")
    )
    solver_note = forms.CharField(label=gettext_lazy("平台以外的解决单位"), required=False, max_length=120)
    solution = forms.ChoiceField(label=gettext_lazy("由哪一条供给解决"), required=False)
    solution_number = forms.CharField(
        label=gettext_lazy("或填它的编号"), required=False, max_length=30, help_text=gettext_lazy("例：MK-A-2026-0001")
    )
    satisfaction = forms.ChoiceField(label=gettext_lazy("满意程度"), required=False, choices=satisfaction_choices)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)

    def __init__(self, *args: Any, actor: Actor, listing: Listing, **options: Any) -> None:
        """Choices are who has an agreed intention on the need, and what they offer."""
        options["initial"] = {"revision": listing.revision, **(options.get("initial") or {})}
        super().__init__(*args, **options)
        self.actor, self.listing = actor, listing
        self.parties = {str(p.organisation.uid): p for p in queries.parties_of(listing)}
        found = queries.possible_solutions(actor, listing, self.parties.values())
        self.solutions = {str(row.uid): row for row in found[:50]}
        self._in_words_of(listing)
        none = ("", _("不选"))
        whom = [(uid, p.organisation.name) for uid, p in self.parties.items()]
        what = [(uid, f"{row.number} {row.title}") for uid, row in self.solutions.items()]
        set_choices(self, "solver", [none, *whom])
        set_choices(self, "solution", [none, *what])

    def _in_words_of(self, listing: Listing) -> None:
        """The outcomes as they are called of its kind; of people the questions say so."""
        set_choices(self, "outcome", outcome_choices(listing.kind))
        if listing.kind_spec.market != TALENT:
            return
        said = {
            "outcome": (_("结果"), ""),
            "note": (_("依据"), _("到岗几人、从哪天起；没有到岗的写明原因。不写任何一名学生的个人信息")),
            "upload": (_("证明材料"), _("协议首页（遮去个人信息）、到岗名册人数页等，一个文件")),
            "solver": (_("由哪个单位落实"), _("有过意向的单位")),
            "solver_note": (_("平台以外的单位"), ""),
            "solution": (_("与平台上的哪一条对上"), ""),
        }
        for name, (label, text) in said.items():
            self.fields[name].label, self.fields[name].help_text = label, text
        self.fields["solution_number"].help_text = _("例：MK-G-2026-0001")

    def clean_solution_number(self) -> str:
        """A number names something the reader can find."""
        number = str(self.cleaned_data["solution_number"]).strip()
        if number and not queries.solutions(self.actor, self.listing).filter(number__iexact=number).exists():
            raise forms.ValidationError(_("没有找到这个编号的信息"))
        return number

    def given(self) -> actions.OutcomeInput:
        """What the valid form states."""
        said = self.cleaned_data
        party = self.parties.get(said["solver"])
        solution = self.solutions.get(said["solution"])
        if said["solution_number"]:
            solution = (
                queries.solutions(self.actor, self.listing).filter(number__iexact=said["solution_number"]).first()
            )
        counted = said["outcome"] in COUNTED
        return actions.OutcomeInput(
            outcome=said["outcome"],
            evidence=said["note"],
            satisfaction=int(said["satisfaction"]) if said["satisfaction"] else None,
            solver=party.organisation if party and counted else None,
            solver_note="" if counted else said["solver_note"],
            solution=solution if counted else None,
            intention=party.intention if party and counted else None,
            files=(said["upload"],) if said["upload"] else (),
        )


class AnswerForm(forms.Form):
    """The enterprise's own word on what was closed for it."""

    agree = forms.ChoiceField(
        label=gettext_lazy("是这样吗"),
        choices=lambda: [("yes", _("是，结果属实")), ("no", _("不是"))],
        widget=forms.RadioSelect,
    )
    satisfaction = forms.ChoiceField(label=gettext_lazy("满意程度"), required=False, choices=satisfaction_choices)
    note = forms.CharField(
        label=gettext_lazy("说明"),
        help_text=gettext_lazy("不认可时必填"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.CLOSE)
def close(request: Request, uid: UUID) -> HttpResponse:
    """Close a need: its outcome, the evidence, who or what solved it."""
    listing = load(request, uid)
    require(request.actor, Perm.CLOSE, listing)
    if not listing.kind_spec.asks_outcome:
        messages.error(request, _("这一类信息在它的页面上办结，不用写结果"))
        return redirect("listing", uid)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CloseForm(*posted, actor=request.actor, listing=listing)
    if posted and form.is_valid() and _closed(request, listing, form):
        return redirect("listing", uid)
    own = listing.owner is not None and listing.owner.uid in request.actor.organisations
    context = {"form": form, "listing": listing, "own": own, "rule": RULES, "open": listing.state in queries.OPEN_NEEDS}
    return render(request, "listings/close.html", context, status=422 if form.errors else 200)


def _closed(request: Request, listing: Listing, form: CloseForm) -> bool:
    """Whether it could be closed; else what hinders stands on the form."""
    said = form.cleaned_data
    try:
        idempotency.once(
            request.actor,
            said["one_time_key"],
            lambda: actions.close_need(
                listing, form.given(), by=request.actor, now=clock.now(), revision=said["revision"]
            ),
        )
    except TransitionRefusedError as refused:
        form.add_error("outcome" if refused.code == "outcome_stated" else None, refused.reason)
    except FileRefusedError as refused_file:
        form.add_error("upload", str(refused_file))
    except StaleRevisionError as stale:
        form.data = with_revision(request.POST, stale.current.revision)
        form.add_error(None, _("您打开之后这条信息有了变动，请核对后再办结"))
    else:
        messages.success(request, _("已办结"))
        return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.CONFIRM_OUTCOME)
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The enterprise confirms what an officer has closed for it, or says that it is not so."""
    listing = load(request, uid)
    require(request.actor, Perm.CONFIRM_OUTCOME, listing)
    outcome = queries.current_outcome(listing)
    if outcome is None:
        messages.info(request, _("没有等您确认的结果"))
        return redirect("listing", uid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _answered(request, listing, form):
        return redirect("listing", uid)
    context = {"form": form, "listing": listing, "outcome": outcome, "facts": facts(request.actor, outcome)}
    return render(request, "listings/outcome.html", context, status=422 if form.errors else 200)


def _answered(request: Request, listing: Listing, form: AnswerForm) -> bool:
    said = form.cleaned_data
    try:
        actions.answer_outcome(
            listing,
            agree=said["agree"] == "yes",
            by=request.actor,
            now=clock.now(),
            satisfaction=int(said["satisfaction"]) if said["satisfaction"] else None,
            note=said["note"],
        )
    except TransitionRefusedError as refused:
        form.add_error("note" if refused.code == "note_required" else None, refused.reason)
        return False
    messages.success(request, _("已记下，谢谢"))
    return True


@require_safe
@permission(Perm.QUEUE_READ)
def open_needs(request: Request) -> HttpResponseBase:
    """Open and aged needs of my areas, to be chased; what ended and waits for the enterprise's word."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else queries.TABS[0]
    rows = queries.followed_needs(request.actor, tab, clock.now())
    if exports.wanted(request):
        return exports.answer(request, sheets.NEEDS_OPEN, rows, str(TAB_LABELS[tab]))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/needs_open.html", needs_context(request, page, tab))


@require_POST
@permission(Perm.CHASE_ANY)
def chase(request: Request) -> HttpResponse:
    """催办: remind the owners of the chosen needs."""
    found = actions.chase_needs(uids_of(request.POST.getlist("need")), by=request.actor, now=clock.now())
    if found.sent:
        said = ngettext("已催办 %(n)s 项", "已催办 %(n)s 项", found.sent)
        messages.success(request, said % {"n": found.sent})
    if found.lately:
        said = ngettext(
            "%(n)s 项没有再催：%(days)s 天内已催过，或没有可通知的人",
            "%(n)s 项没有再催：%(days)s 天内已催过，或没有可通知的人",
            found.lately,
        )
        messages.info(request, said % {"n": found.lately, "days": RULES.chase_every_days})
    if not (found.sent or found.lately):
        messages.error(request, _("请先选择要催办的需求"))
    tab = request.POST.get("tab", "")
    return redirect(f"{reverse('needs-open')}?tab={tab if tab in queries.TABS else queries.TABS[0]}")


def needs_context(request: Request, page: Page[Listing], tab: str) -> dict[str, Any]:
    """The officers' list."""
    rows = list(page)
    areas, outcomes = directory.area_names({row.area for row in rows if row.area}), queries.outcomes_of(rows)
    now = clock.now()
    since = RULES.chased_since(now)
    today = clock.today(now)
    listed = [
        {
            "it": row,
            "area_name": areas.get(row.area, ""),
            "days": (today - clock.today(row.published_at)).days if row.published_at else None,
            "chased": row.chased_at,  # type: ignore[attr-defined]  # annotated by the query
            "lately": bool(row.chased_at and row.chased_at > since),  # type: ignore[attr-defined]  # the same
            "outcome": outcomes.get(row.pk),
            "outcome_word": outcome_word(row.kind, outcomes[row.pk].outcome) if row.pk in outcomes else "",
        }
        for row in rows
    ]
    return {
        "page": page,
        "rows": listed,
        "tab": tab,
        "tabs": [(key, str(label)) for key, label in TAB_LABELS.items()],
        "may_chase": may(request.actor, Perm.CHASE_ANY) and tab in {"aged", "open", "dormant"},
        "rule": RULES,
        "nav_key": "needs-open",
    }


# ---- Panels ---------------------------------------------------------------------------------------------


def facts(actor: Actor, outcome: NeedOutcome) -> list[dict[str, Any]]:
    """What was said of the outcome, as far as the reader may know: evidence and solver only those inside."""
    rows: list[dict[str, Any]] = [{"label": _("结果"), "value": outcome_word(outcome.listing.kind, outcome.outcome)}]
    technical = outcome.listing.kind_spec.market == TECHNOLOGY
    if outcome.solution is not None and may(actor, Perm.READ, outcome.solution):
        solution = outcome.solution
        rows.append(
            {
                "label": _("由它解决") if technical else _("对上的一条"),
                "value": solution.title,
                "url": solution.get_absolute_url(),
            }
        )
    if queries.readable_outcome(actor, outcome):
        solver = outcome.solver.name if outcome.solver else outcome.solver_note
        rows += [{"label": _("解决单位") if technical else _("落实的单位"), "value": solver}] if solver else []
        rows.append({"label": _("依据"), "value": outcome.evidence})
        if outcome.satisfaction:
            rows.append({"label": _("满意程度"), "value": f"{outcome.satisfaction} / {max(SATISFACTIONS)}"})
        if outcome.refused_note:
            rows.append({"label": _("企业的说明"), "value": outcome.refused_note})
    return rows


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """How a closed need ended."""
    if listing.state != "closed" or not listing.kind_spec.asks_outcome:
        return None
    outcome = queries.current_outcome(listing)
    if outcome is None:
        return None
    inside = queries.readable_outcome(actor, outcome)
    attached = Attachment.objects.filter(subject_type="outcome", subject_uid=outcome.uid).select_related("file")
    return {
        "outcome": outcome,
        "facts": facts(actor, outcome),
        "files": [
            {"name": a.file.name, "url": reverse("file", args=[a.file.uid]), "size": a.file.size} for a in attached
        ]
        if inside
        else [],
    }


def next_step(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For the enterprise: what an officer closed waits for its own word."""
    if listing.state != "closed" or not may(actor, Perm.CONFIRM_OUTCOME, listing):
        return None
    outcome = queries.current_outcome(listing)
    if outcome is None or not outcome.waits:
        return None
    return {
        "id": "outcome-next",
        "tone": "wait",
        "title": _("办结时写的结果属实吗？"),
        "text": outcome_word(listing.kind, outcome.outcome),
        "url": reverse("listing-outcome", args=[listing.uid]),
        "label": _("去确认"),
        "after": _("由科技管理人员代为办结。只有单位自己确认的，才计入“通过平台”的结果。"),
    }


def area_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: how many needs of his areas are open for long."""
    if not actor.has_role("officer"):
        return None
    count = queries.followed_needs(actor, "aged", clock.now()).count()
    return {"label": _("久未解决的需求"), "count": count, "url": reverse("needs-open"), "tone": "wait"}
