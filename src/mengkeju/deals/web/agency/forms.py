"""The form of the hand-entered part of a body's year."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models import STATED, AgencySheet
from mengkeju.deals.models.agency import AMOUNTS, COUNTS
from mengkeju.directory.models import Organisation
from mengkeju.kernel.forms.build import MoneyField
from mengkeju.kernel.forms.fields import unmark

LABELS = {field.name: field.verbose_name for field in AgencySheet._meta.fields}
FLAGS = ("has_website", "has_database")
MOST = 10_000_000
HINTS = {
    "managers": _("本机构自己的人数；平台上登记的技术经纪人另算在上面"),
    "activities": _("一年里组织的场次"),
    "benefit": _("本年度促成的合同带来的，有依据的才填"),
    "revenue": _("金额可以写 200万、1.5亿元，下面各项也一样"),
    "transfer_income": _("与上年比的增长由平台算"),
    "work_funds": _("各来源合计不能多于它"),
}


def _flag(value: Any) -> bool | None:
    return {"True": True, "False": False}.get(str(value))


class AgencySheetForm(forms.Form):
    """Everything a body states of a year; empty: not stated. Carries year and revision (0: nothing stated yet)."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("这张表单不完整，请刷新页面后重填")}
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """The fields are those of the model; amounts are typed as people write them: 200万."""
        super().__init__(*args, **options)
        made = fields_for_model(AgencySheet, fields=STATED)
        for name in STATED:
            label = LABELS[name]
            if name in AMOUNTS:
                made[name] = MoneyField(label=label, required=False, max_length=40)
            elif name in COUNTS:
                made[name] = forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)
            elif name in FLAGS:
                answers = [("", _("没有填")), ("True", _("是")), ("False", _("否"))]
                made[name] = forms.TypedChoiceField(
                    label=label, required=False, choices=answers, coerce=_flag, empty_value=None
                )
            made[name].help_text = HINTS.get(name, "")
        self.fields.update({name: made[name] for name in STATED})
        unmark(self, *STATED)

    def given(self) -> dict[str, Any]:
        """What the valid form states."""
        return {name: self.cleaned_data[name] for name in STATED}

    @staticmethod
    def of(obj: AgencySheet) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in (*STATED, "year", "revision")}

    @staticmethod
    def begin(agency: Organisation, year: int, sheet: AgencySheet | None) -> dict[str, Any]:
        """The values of a year of which nothing may have been stated."""
        if sheet is None:
            return {**AgencySheetForm.of(AgencySheet(organisation=agency, year=year)), "revision": 0}
        return AgencySheetForm.of(sheet)
