"""What the pages of saved searches show. Nothing here writes."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.search import queries
from mengkeju.search.access import Perm
from mengkeju.search.actions import SavedInput
from mengkeju.search.engine.saved import FIGURES, Kept, Way, kept
from mengkeju.search.models import SavedSearch, SavedSearchReader
from mengkeju.search.queries import SearchQuery
from mengkeju.search.web import state

NEW_KIND = "achievement"
"""What is new on a chain: achievements that could be grafted on it (ACH-17)."""
HIDDEN = forms.HiddenInput
WAYS: dict[str, str | Promise] = {
    Way.AT_ONCE: gettext_lazy("一有新结果就提醒"),
    Way.DAILY: gettext_lazy("每个工作日上午汇总一次"),
    Way.WEEKLY: gettext_lazy("每周第一个工作日上午汇总一次"),
}


class SavedFields(forms.Form):
    """What is stated about a saved search."""

    name = forms.CharField(label=gettext_lazy("提醒的名称"), max_length=60)
    way = forms.ChoiceField(
        label=gettext_lazy("什么时候提醒"),
        choices=list(WAYS.items()),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("提醒发在“通知”里；留了邮箱的同时发邮件"),
    )


class NewSavedForm(SavedFields):
    """A new one; whoever manages an organisation may order it for all its members."""

    organisation = forms.ChoiceField(label=gettext_lazy("提醒谁"), required=False)
    one_time_key = forms.CharField(widget=HIDDEN, required=False, max_length=80)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        """Organisations are those the actor manages."""
        options["initial"] = {idempotency.FIELD: idempotency.new_key(), **(options.get("initial") or {})}
        super().__init__(*args, **options)
        managed = [o for o in directory.my_organisations(actor) if o.uid in actor.managed_organisations]
        if not managed:
            del self.fields["organisation"]
            return
        everybody = _("提醒%(name)s全体人员")
        unmark(self, "organisation")  # the first choice is the answer of most
        shared = [(str(o.uid), everybody % {"name": o.name}) for o in managed]
        set_choices(self, "organisation", [("", _("只提醒我")), *shared])

    def given(self, asked: Kept) -> SavedInput:
        """What the valid form states."""
        whose = self.cleaned_data.get("organisation", "")
        return SavedInput(self.cleaned_data["name"], asked, self.cleaned_data["way"], UUID(whose) if whose else None)


class EditSavedForm(SavedFields):
    """One as it was read."""

    revision = forms.IntegerField(widget=HIDDEN)

    @staticmethod
    def of(saved: SavedSearch) -> dict[str, Any]:
        """Its present values."""
        return {"name": saved.name, "way": saved.way, "revision": saved.revision}


def asked_for(given: Any) -> Kept:
    """The search an address asks to keep; `chain` names a node of a chain with everything below it."""
    node = queries.chain(given.get("chain", "")) if given.get("chain") else ()
    if node:
        return kept("", NEW_KIND, {"cluster": node})
    asked = state.read(given)
    return kept(asked.text, asked.kind, asked.facets)


def first_name(asked: Kept, given: Any) -> str:
    """A name to begin with: the chain, the text, or the search in words."""
    if given.get("chain"):
        label = directory.term_labels("cluster").get(given["chain"], "")
        return (_("%(chain)s · 新成果") % {"chain": label})[:60] if label else ""
    return (asked.text or queries.in_words(asked))[:60]


def on_search(actor: Actor, query: SearchQuery) -> dict[str, Any] | None:
    """The box on the results: the saved search that asks for the same, or where to keep it; None for no search."""
    asked = kept(query.text, query.kind, query.facets)
    if asked.is_empty:
        return None
    mine = queries.saved_as(actor, asked)
    clusters = query.facets.get("cluster", ())
    only = len(clusters) == 1 and not asked.text and query.kind in {"", NEW_KIND} and set(asked.facets) == {"cluster"}
    return {
        "mine": mine,
        "way": WAYS[mine.way] if mine else "",
        "reader": queries.reader(mine, actor.account_uid) if mine else None,
        "url": f"{reverse('saved-search-new')}?{urlencode(state.pairs(query))}",
        "chain_url": f"{reverse('saved-search-new')}?{urlencode({'chain': clusters[0]})}" if only else "",
        "signed_in": actor.is_authenticated,
    }


def _state(saved: SavedSearch, stands: SavedSearchReader | None) -> dict[str, str]:
    if saved.paused_at is not None:
        return {"kind": "calm", "label": _("已暂停")}
    if stands is not None and stands.stopped_at is not None:
        return {"kind": "calm", "label": _("不再提醒我")}
    return {"kind": "go", "label": _("提醒中")}


def _shown(
    actor: Actor, saved: SavedSearch, stands: SavedSearchReader | None, names: Mapping[UUID, str], count: int
) -> dict[str, Any]:
    """One saved search for this reader."""
    asked = queries.kept_by(saved)
    return {
        "saved": saved,
        "words": queries.in_words(asked) if asked else "",
        "way": WAYS[saved.way],
        "state": _state(saved, stands),
        "whose": _("%(name)s全体人员") % {"name": names.get(saved.organisation, "")} if saved.organisation else "",
        "told_at": stands.told_at if stands else None,
        "count": count,
        "keeps": may(actor, Perm.MANAGE, saved),
        "out": bool(stands and stands.stopped_at),
    }


def _many(actor: Actor, rows: Sequence[SavedSearch]) -> list[dict[str, Any]]:
    stands = queries.readers(rows, actor.account_uid)
    names = provider().organisation_names({s.organisation for s in rows if s.organisation})
    counts = queries.fresh(actor, rows)
    return [_shown(actor, s, stands.get(s.pk), names, counts.get(s.pk, 0)) for s in rows]


def list_context(actor: Actor, page: Page[SavedSearch]) -> dict[str, Any]:
    """All he has."""
    return {"page": page, "rows": _many(actor, list(page)), "figures": FIGURES, "nav_key": "saved-searches"}


def told_since(now: Any) -> Any:
    """How far back the list of what was told goes."""
    return now - FIGURES.kept


def detail_context(actor: Actor, saved: SavedSearch, page: Page[Any]) -> dict[str, Any]:
    """One, and what it told him: read again with his eyes of now."""
    asked = queries.kept_by(saved)
    told = queries.told(actor, asked, list(page)) if asked else []
    return {
        **_many(actor, [saved])[0],
        "page": page,
        "told": [(hit.told_at, found) for hit, found in told],
        "gone": len(page) - len(told),
        "kept_days": FIGURES.kept.days,
        "today": clock.today(),
        "nav_key": "saved-searches",
    }


def stale_context(form: EditSavedForm, current: SavedSearch) -> dict[str, Any]:
    """Both versions, and the reader's own to send again from the new revision."""
    given, now = form.cleaned_data, EditSavedForm.of(current)
    pairs = [("name", str(now["name"]), str(given["name"])), ("way", str(WAYS[now["way"]]), str(WAYS[given["way"]]))]
    url = reverse("saved-search-edit", args=[current.uid])
    return {
        "title": current.name,
        "url": current.get_absolute_url(),
        "edit_url": url,
        "retry_url": url,
        "hidden": [("name", given["name"]), ("way", given["way"]), ("revision", current.revision)],
        "rows": [
            {"label": str(form.fields[name].label), "theirs": a, "yours": b, "changed": a != b} for name, a, b in pairs
        ],
    }


def results_url(saved: SavedSearch) -> str:
    """Where its results stand: the search page, the newest first."""
    asked = queries.kept_by(saved)
    return state.address(queries.as_query(asked)) if asked else reverse("search")
