"""The filter of 两市互补: a GET form, so that the address holds what is counted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.words import word
from mengkeju.matching.queries.complement import ANSWERS, CUTS, Asked, Cities


class ComplementForm(forms.Form):
    """Everything optional; what is no choice is said at its field and left out of the filter."""

    city = forms.ChoiceField(label=gettext_lazy("谁的需求"), required=False)
    answer = forms.ChoiceField(label=gettext_lazy("谁能答"), required=False)
    cluster = forms.ChoiceField(label=gettext_lazy("产业集群或产业链"), required=False)
    field = forms.ChoiceField(label=gettext_lazy("技术领域"), required=False)
    by = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, data: Any, known: Cities, *, answers: bool = True) -> None:
        """Cities and terms come from the directory. `answers`: the page asks who can answer."""
        super().__init__(data)
        offered: dict[str, list[tuple[str, Any]]] = {
            "city": [("", _("全部")), *known.names.items()],
            "answer": [("", _("对方能答的")), *ANSWERS.items()],
            **{name: [("", _("全部")), *_terms(name), ("none", _("未载明"))] for name in CUTS},
        }
        for name, choices in offered.items():
            set_choices(self, name, choices)
        if not answers:
            del self.fields["answer"]
        unmark(self)
        self.is_valid()

    def asked(self) -> Asked:
        """The filter, without what is wrong."""
        return Asked(**{key: str(self.cleaned_data.get(key) or "") for key in ("city", "answer", *CUTS)})

    def cut(self) -> str:
        """By what the table is cut."""
        given = str(self.cleaned_data.get("by") or "")
        return given if given in CUTS else next(iter(CUTS))


def _terms(vocabulary: str) -> list[tuple[str, str]]:
    """Every term, retired ones too: needs still carry them."""
    rows = directory.terms(vocabulary, retired=True)
    return [(t.key, ("　" if t.parent_id else "") + word(t)) for t in rows]
