"""Forms of a diagnosis: what the broker writes, what the enterprise answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.forms.fields import unmark, warn
from mengkeju.listings.actions import Findings, Wording
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.engine.diagnosis_workflow import OUTCOMES
from mengkeju.listings.models import Diagnosis
from mengkeju.listings.web.forms import number_warning

LONG = {"rows": 5}
NEEDED = frozenset({"findings", "public_title", "public_summary", "note"})
"""Which of them must be filled hangs on the outcome."""
WORDING = ("public_title", "public_summary", "keywords")


class WordingForm(forms.Form):
    """The public wording, with the revision it was made from."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    public_title = forms.CharField(label=_("公开的题目"), max_length=120, required=False)
    public_summary = forms.CharField(
        label=_("公开的摘要"),
        help_text=_("所有人可见：难题、现状、要达到的数值。不写单位的商业秘密，不写电话。"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )
    keywords = forms.CharField(label=_("关键词"), help_text=_("用顿号隔开"), max_length=200, required=False)

    def __init__(self, diagnosis: Diagnosis, data: Any = None) -> None:
        """Starts from what stands in the diagnosis; where nothing stands yet, its own wording as others read it."""
        need, masked = diagnosis.listing, personal_numbers.mask
        start = {
            "revision": diagnosis.revision,
            "findings": diagnosis.findings,
            "public_title": diagnosis.public_title or masked(need.title),
            "public_summary": diagnosis.public_summary or masked(need.summary),
            "keywords": diagnosis.keywords or masked(need.values.get("keywords") or ""),
        }
        super().__init__(data, initial=start)
        for key in self.fields.keys() & NEEDED:
            unmark(self, key)
        for key in WORDING:
            found = personal_numbers.labels(str(self[key].value() or ""))
            if found:
                warn(self, key, number_warning(found))

    def wording(self) -> Wording:
        """What the valid form states."""
        return Wording(*(self.cleaned_data[key] for key in WORDING))


class DiagnosisForm(WordingForm):
    """The broker's findings, his wording, and one of the three outcomes (or keeping it for later)."""

    findings = forms.CharField(
        label=_("诊断意见"),
        help_text=_("问了谁、卡在哪里、为什么这样处理。企业和接手的经纪人看得到，不公开。"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )
    outcome = forms.ChoiceField(choices=[("save", "save"), *((key, key) for key in OUTCOMES)])
    field_order = ("revision", "findings", *WORDING)

    def given(self) -> Findings:
        """What the valid form states."""
        return Findings(self.cleaned_data["findings"], self.wording())


class AnswerForm(WordingForm):
    """The enterprise takes the wording or refuses it."""

    secrecy_reviewed = forms.BooleanField(
        label=_("已按本单位规定作保密审查，公开的文字不含国家秘密和工作秘密"), required=False
    )
    note = forms.CharField(
        label=_("不采用的理由"),
        help_text=_("不采用时必填，经纪人看得到"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    decision = forms.ChoiceField(choices=[("accept", "accept"), ("refuse", "refuse")])

    def field_of(self, code: str) -> str | None:
        """At which field a refusal belongs."""
        places = {"note_required": "note", "secrecy_reviewed": "secrecy_reviewed", "says_enough": "public_summary"}
        return places.get(code, "public_summary" if code == "has_body" else None)

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal at its fields."""
        places = {"title": "public_title", "summary": "public_summary", "keywords": "keywords"}
        for name, texts in getattr(error, "message_dict", {"__all__": error.messages}).items():
            self.add_error(places.get(name), texts)
