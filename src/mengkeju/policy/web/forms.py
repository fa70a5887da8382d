"""Which day is asked for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock

FORMAT = "%Y-%m-%d"


class DayForm(forms.Form):
    """A day; what is no day is said at the field, and today is shown instead."""

    on = forms.DateField(
        label=_("按哪一天"),
        required=False,
        input_formats=[FORMAT],
        widget=forms.DateInput({"type": "date"}, FORMAT),
        error_messages={"invalid": _("这不是日期，请写成 2026-03-01。下面按今天显示。")},
    )

    def __init__(self, data: Any) -> None:
        """Without a day it is today's."""
        super().__init__({"on": data.get("on") or clock.today().isoformat()})
        self.fields["on"].sometimes = True  # type: ignore[attr-defined]  # mk/field.html: not marked 选填
        if not self.is_valid():  # the browser's own picker would drop what was typed
            self.fields["on"].widget = forms.TextInput()

    @property
    def day(self) -> date:
        """The day asked for, or today."""
        found: date | None = self.cleaned_data.get("on")
        return found or clock.today()
