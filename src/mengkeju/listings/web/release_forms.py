"""Forms of joint releases."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.words import word
from mengkeju.listings.actions import ReleaseInput
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.queries.releases import MAY_ENTER, Picked

ZONE: ZoneInfo = clock.ZONE


class ReleaseForm(forms.Form):
    """Title and introduction; the cities when it is begun."""

    title = forms.CharField(label=_("题目"), max_length=120, help_text=_("例：2026 年第四季度两市技术需求联合发布"))
    intro = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("公开页上的一段话：为什么发布、怎么对接、找谁"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def given(self) -> ReleaseInput:
        """What the valid form states."""
        stated = self.cleaned_data
        return ReleaseInput(stated["title"], stated["intro"], tuple(stated.get("cities", ())))

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal at its fields."""
        add_errors(self, error)


class BeginForm(ReleaseForm):
    """A new release; a repeated arrival begins nothing twice."""

    cities = forms.MultipleChoiceField(
        label=_("参加的城市"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(city.code, city.word) for city in directory.cities()],
        help_text=_("每个城市各由一名科技管理人员确认本市的部分，全部确认后才能发布"),
    )
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)


def _terms(vocabulary: str) -> list[tuple[str, str]]:
    return [("", gettext("全部")), *directory.term_choices(vocabulary)]


class GatherForm(forms.Form):
    """What to pick from."""

    city = forms.ChoiceField(label=_("城市"), required=False)
    field = forms.ChoiceField(label=_("技术领域"), required=False, choices=lambda: _terms("field"))
    cluster = forms.ChoiceField(label=_("产业集群或产业链"), required=False, choices=lambda: _terms("cluster"))
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [("", gettext("全部")), *((key, word(LISTING.states[key])) for key in MAY_ENTER)],
    )
    q = forms.CharField(label=_("题目里有"), required=False, max_length=80)
    fresh = forms.BooleanField(label=_("只看还没有联合发布过的"), required=False)

    def __init__(self, *args: Any, cities: list[str], **options: Any) -> None:
        """`cities`: those the reader gathers for."""
        super().__init__(*args, **options)
        unmark(self)
        names = directory.area_names(cities)
        set_choices(self, "city", [("", gettext("全部")), *((c, names.get(c, c)) for c in cities)])

    def picked(self) -> Picked:
        """The filter; what is no valid choice filters nothing."""
        self.is_valid()
        stated = self.cleaned_data
        texts = {key: stated.get(key) or "" for key in ("city", "field", "cluster", "state", "q")}
        return Picked(**texts, fresh=bool(stated.get("fresh")))


class MomentForm(forms.Form):
    """When to release: a day and a time in Asia/Shanghai."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    time = forms.TimeField(label=_("时间（北京时间）"), widget=forms.TimeInput(attrs={"type": "time"}))

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal beside the day, or above the form when it is about the batch."""
        for name, messages in getattr(error, "message_dict", {"__all__": error.messages}).items():
            self.add_error("day" if name == "planned_at" else None, messages)

    def planned_at(self) -> datetime:
        """The moment of the valid form."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], ZONE)
