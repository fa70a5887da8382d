"""Forms and variables of the pages on doubts about proposals."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import duties, idempotency
from mengkeju.kernel.access import may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.actions.questions import LONGEST, LONGEST_ANSWER
from mengkeju.matching.engine.workflow import DEADLINES, QUESTION
from mengkeju.matching.models import Proposal, Question
from mengkeju.matching.queries import questions

PER_PAGE = 30


class TextForm(forms.Form):
    """One text."""

    text = forms.CharField(label=gettext_lazy("内容"), widget=forms.Textarea(attrs={"rows": 5}))


class AskForm(TextForm):
    """What is doubted."""

    text = forms.CharField(
        label=gettext_lazy("有什么疑问"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("例：这项成果用在别的行业，为什么排在第一？或：某某单位有这项技术，为什么没有推荐？"),
    )
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)


class AnswerForm(TextForm):
    """The answer of a person."""

    text = forms.CharField(
        label=gettext_lazy("答复"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("说明是怎么算出来的，对不对；要改的写明由谁、什么时候改。提出人和他的单位看得到。"),
    )


class AgainForm(TextForm):
    """What is still unclear."""

    text = forms.CharField(
        label=gettext_lazy("还有什么不清楚"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


def revision(request: HttpRequest) -> int | None:
    """What the form was made from."""
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() else None


def _badge(question: Question) -> dict[str, str]:
    state = QUESTION.states[question.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def ask_context(request: Request, listing: Listing, proposal: Proposal | None, form: AskForm) -> dict[str, Any]:
    """The page on which a doubt is written."""
    own = reverse("listing-matches", args=[listing.uid])
    return {
        "listing": listing,
        "proposal": proposal,
        "other": _title(request, proposal.other(listing)) if proposal is not None else None,
        "form": form,
        "days": DEADLINES["answer_question"],
        "back": own,
        "crumbs": [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (_("推荐"), own),
                   (_("提出疑问"), "")],
    }  # fmt: skip


def _title(request: Request, listing: Listing) -> dict[str, str]:
    """A listing's title with its page, as far as the reader may know it; else its number only."""
    if listings.find(request.actor, listing.uid) is None:
        return {"title": _("编号 %(number)s（您看不到它的内容）") % {"number": listing.number}, "url": ""}
    return {"title": listing.title, "url": listing.get_absolute_url()}


def index_context(request: Request) -> dict[str, Any]:
    """The list: for who answers what waits first, else the reader's own and his organisations'."""
    answers = may(request.actor, Perm.ANSWER)
    waiting = answers and request.GET.get("all") != "1"
    rows = questions.waiting(request.actor) if waiting else questions.questions(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    labels = [_("关于"), _("提出人"), _("状态"), _("提出时间"), _("期限")]
    due = questions.due_of(page.object_list)
    table = []
    for one in page.object_list:
        who = " · ".join(t for t in (one.organisation.name if one.organisation else "", one.person.name) if t)
        cells: list[dict[str, Any]] = [
            {"value": _about(request, one), "url": one.get_absolute_url(), "header": True},
            {"value": who, "label": labels[1]},
            {"state": _badge(one), "label": labels[2]},
            {"at": one.created_at, "form": "time", "label": labels[3]},
            {"at": due.get(one.uid), "form": "relative", "label": labels[4]},
        ]
        table.append({"cells": cells})
    return {
        "answers": answers,
        "waiting": waiting,
        "page": page,
        "rows": table,
        "columns": [{"label": label} for label in labels],
        "nav_key": "match-questions",
    }


def _about(request: Request, question: Question) -> str:
    own = _title(request, question.listing)["title"]
    if question.proposal is None:
        return _("%(title)s：没有推荐到的") % {"title": own}
    return f"{own} ↔ {_title(request, question.proposal.other(question.listing))['title']}"


def question_context(request: Request, question: Question, form: forms.Form | None = None) -> dict[str, Any]:
    """The page of one doubt."""
    actor = request.actor
    may_answer = question.state in questions.OPEN and may(actor, Perm.ANSWER, question)
    may_again, leaving = questions.may_raise_again(actor, question), questions.leaving(actor, question)
    duty = duties.open_on(question).first()
    blank = AnswerForm() if may_answer else AgainForm() if may_again else None
    return {
        "question": question,
        "state": _badge(question),
        "own": _title(request, question.listing),
        "other": _title(request, question.proposal.other(question.listing)) if question.proposal is not None else None,
        "words": questions.turns(question),
        "then": questions.questioned(question),
        "duty": duty,
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        "may_answer": may_answer,
        "may_again": may_again,
        "may_close": leaving == "close",
        "may_withdraw": leaving == "withdraw",
        "form": form or blank,
        "timeline": timeline(question, inside=True),
        "crumbs": [(_("首页"), reverse("home")), (_("对推荐的疑问"), reverse("match-questions")),
                   (_about(request, question), "")],
        "nav_key": "match-questions",
    }  # fmt: skip
