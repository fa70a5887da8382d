"""Forms of the two-sided board and of claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.models import Claim
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Person
from mengkeju.directory.queries.holders import holders
from mengkeju.kernel.forms.fields import set_rows, word_of


def _all(rows: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", gettext("全部")), *rows]


class BoardForm(forms.Form):
    """What the board is filtered by."""

    city = forms.ChoiceField(
        label=_("城市"), required=False, choices=lambda: _all([(c.code, c.word) for c in directory.cities()])
    )
    field = forms.ChoiceField(
        label=_("技术领域"), required=False, choices=lambda: _all(directory.term_choices("field"))
    )
    cluster = forms.ChoiceField(
        label=_("产业集群"), required=False, choices=lambda: _all(directory.term_choices("cluster"))
    )
    claim = forms.ChoiceField(label=_("认领"), required=False, choices=list(queries.CLAIM_STATES.items()))

    def asked(self) -> queries.BoardFilter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        return queries.BoardFilter(**self.cleaned_data)

    @property
    def said(self) -> str:
        """The filter in words."""
        self.is_valid()
        parts = []
        for field in self.visible_fields():
            value = self.cleaned_data.get(field.name)
            if value:
                parts.append(gettext("{label}：{value}").format(label=field.label, value=word_of(field.field, value)))
        return gettext("；").join(parts)


class ReleaseForm(forms.Form):
    """Why a claim is given back."""

    note = forms.CharField(
        label=_("放回的理由（所属单位可见）"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class PassOnForm(forms.Form):
    """Who takes it over, and why."""

    to = forms.ModelChoiceField(
        label=_("接手的经纪人"), queryset=Person.objects.none(), to_field_name="uid", empty_label=_("请选择")
    )
    note = forms.CharField(
        label=_("转交的理由（所属单位可见）"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, claim: Claim, *args: Any, **options: Any) -> None:
        """The other brokers."""
        super().__init__(*args, **options)
        set_rows(self, "to", holders((Role.BROKER,)).exclude(pk=claim.broker_id))


class PairForm(forms.Form):
    """A claimed need and an achievement, or the reverse, to be introduced to each other."""

    need = forms.UUIDField()
    achievement = forms.UUIDField()
