"""The filter of the funnel: a GET form, so that the address holds what is counted."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.forms.fields import unmark
from mengkeju.listings import queries
from mengkeju.listings.queries import CUTS, FunnelFilter

CUT_LABELS = {
    "city": gettext_lazy("城市"),
    "field": gettext_lazy("技术领域"),
    "cluster": gettext_lazy("产业集群或产业链"),
    "kind": gettext_lazy("类型"),
    "owner": gettext_lazy("单位"),
}


def _all(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("全部")), *choices]


def _cities() -> list[tuple[str, str]]:
    """The two cities, everything below them, and what lies in neither."""
    return _all([*directory.area_choices(), ("other", _("两市以外")), ("none", _("未载明"))])


def _terms(vocabulary: str) -> list[tuple[str, str]]:
    return _all([*directory.term_choices(vocabulary), ("none", _("未载明"))])


class FilterForm(forms.Form):
    """Everything optional; what is wrong is said at its field and left out of the filter."""

    city = forms.CharField(label=gettext_lazy("地区"), required=False, max_length=40)
    kind = forms.CharField(label=gettext_lazy("类型"), required=False, max_length=40)
    field = forms.CharField(label=gettext_lazy("技术领域"), required=False, max_length=60)
    cluster = forms.CharField(label=gettext_lazy("产业集群或产业链"), required=False, max_length=60)
    first = forms.DateField(
        label=gettext_lazy("期间从"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("到"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    owner = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    by = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, data: Any) -> None:
        """Selects are offered where there is a list; an address may name any code."""
        super().__init__(data)
        offered = {
            "city": _cities(),
            "kind": _all(queries.kind_choices()),
            "field": _terms("field"),
            "cluster": _terms("cluster"),
        }
        for name, choices in offered.items():
            known = {key for key, _label in choices}
            given = str(self.data.get(name, ""))
            shown = choices if given in known else [*choices, (given, given)]
            self.fields[name].widget = forms.Select(choices=shown)
        unmark(self)
        self.is_valid()

    def clean_owner(self) -> str:
        """An organisation's uid, or `none`; anything else counts nothing less."""
        given = str(self.cleaned_data["owner"])
        try:
            return given if given in {"", "none"} else str(UUID(given))
        except ValueError:
            raise forms.ValidationError(_("没有这个单位")) from None

    def clean(self) -> dict[str, Any]:
        """A period does not end before it begins."""
        said: dict[str, Any] = self.cleaned_data
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", _("结束日期不能早于开始日期"))
        return said

    def day(self, name: str) -> date | None:
        """One end of the period; None when open or wrong."""
        found: date | None = self.cleaned_data.get(name)
        return found

    def asked(self) -> FunnelFilter:
        """The filter, without what is wrong."""
        words = {key: str(self.cleaned_data.get(key) or "") for key in CUTS}
        return FunnelFilter(**words, first=self.day("first"), last=self.day("last"))

    def cut(self) -> str:
        """By what the table is cut; by city unless told."""
        given = str(self.cleaned_data.get("by") or "")
        return given if given in CUTS else CUTS[0]
