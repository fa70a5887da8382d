"""Forms of an application for registration."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine import application
from mengkeju.deals.engine.application import CLAUSE_ANSWERS, INVOICES, NUMBER_LENGTH, Particulars
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES, Question
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import Registration
from mengkeju.deals.queries import RegistrationFilter
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.words import chosen, word
from mengkeju.policy.engine.document import Item

CLAUSE = "clause_"


class RegistrationFilterForm(forms.Form):
    """What the list of registrations is narrowed by."""

    text = forms.CharField(label=_("名称、编号或单位"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [("", gettext("全部")), *((key, word(state)) for key, state in REGISTRATION.states.items())],
    )
    year = forms.IntegerField(label=_("登记年份"), required=False, min_value=1990, max_value=2100)

    def asked(self) -> RegistrationFilter:
        """The filter; what makes no sense is left out."""
        given = self.cleaned_data if self.is_valid() or self.is_bound else {}
        return RegistrationFilter(given.get("text", "").strip(), given.get("state", ""), given.get("year"))


class QuestionForm(forms.Form):
    """One guided question."""

    answer = forms.ChoiceField(widget=forms.RadioSelect)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, question: Question, **options: Any) -> None:
        """Its words and answers."""
        super().__init__(*args, **options)
        self.question = question
        self.fields["answer"].label = word(question)
        self.fields["answer"].help_text = chosen(question.hint, question.hint_en)
        set_choices(self, "answer", [(key, word(answer)) for key, answer in question.answers.items()])


class TypeForm(forms.Form):
    """The applicant's choice."""

    contract_type = forms.ChoiceField(
        label=_("合同类型"), choices=lambda: [("", gettext("请选择")), *((k, word(c)) for k, c in TYPES.items())]
    )
    contract_subtype = forms.ChoiceField(
        label=_("技术开发的，是哪一种"),
        required=False,
        choices=lambda: [("", gettext("不是技术开发")), *((k, word(c)) for k, c in SUBTYPES.items())],
    )
    reason = forms.CharField(
        label=_("与按问题判断的不同时，写明理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_import = forms.BooleanField(
        label=_("技术进口合同"), required=False, help_text=_("卖方在境外的合同，由境内买方申请登记")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Neither of the optional ones is marked: their labels say when they are needed."""
        super().__init__(*args, **options)
        unmark(self, "contract_subtype", "reason")

    @staticmethod
    def of(registration: Registration) -> dict[str, Any]:
        """The choice as it stands."""
        names = ("contract_type", "contract_subtype", "is_import", "revision")
        return {"reason": registration.type_reason} | {name: getattr(registration, name) for name in names}


class ParticularsForm(forms.Form):
    """Circumstances, clauses and numbers: what the deal does not say yet."""

    flags = forms.MultipleChoiceField(
        label=_("这份合同有下面的情形吗"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("有这些情形的，要多交材料"),
    )
    ip_numbers = forms.CharField(
        label=_("涉及的知识产权号码"),
        required=False,
        max_length=application.MOST_NUMBERS * NUMBER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一行一个，例如专利号；转让、许可合同要写"),
    )
    invoice = forms.ChoiceField(
        label=_("开什么发票"),
        required=False,
        choices=lambda: [("", gettext("没有约定")), *((key, gettext(said)) for key, said in INVOICES.items())],
        help_text=_("要享受增值税免税，只能开普通发票；非官方结论，以税务机关意见为准"),
    )
    complete_text = forms.BooleanField(label=_("上传的合同文本是全文，附件齐全"), required=False)
    model_text = forms.BooleanField(
        label=_("用的是示范文本"), required=False, help_text=_("示范文本里没有约定的条款要写“无”")
    )
    ip_improvements = forms.BooleanField(label=_("合同写明了后续改进的成果归谁"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: list[Item], **options: Any) -> None:
        """The circumstances of the document in force, and one choice for each clause."""
        super().__init__(*args, **options)
        set_choices(self, "flags", [(item.key, word(item)) for item in asked])
        answers = [("", gettext("没有写")), *((key, gettext(said)) for key, said in CLAUSE_ANSWERS.items())]
        for clause in CLAUSES.values():
            self.fields[CLAUSE + clause.key] = forms.ChoiceField(label=word(clause), required=False, choices=answers)
        unmark(self)

    def first_fields(self) -> list[forms.BoundField]:
        """What is shown before the clauses."""
        return [field for field in self.visible_fields() if not field.name.startswith(CLAUSE)]

    def clause_fields(self) -> list[forms.BoundField]:
        """One for each clause."""
        return [field for field in self.visible_fields() if field.name.startswith(CLAUSE)]

    def given(self) -> Particulars:
        """What a valid form says."""
        data = self.cleaned_data
        clauses = {key: data[CLAUSE + key] for key in CLAUSES if data[CLAUSE + key]}
        return Particulars(
            flags=frozenset(data["flags"]),
            clauses=clauses,
            ip_numbers=application.numbers(data["ip_numbers"].splitlines()),
            invoice=data["invoice"],
            ip_improvements=data["ip_improvements"],
            model_text=data["model_text"],
            complete_text=data["complete_text"],
        )

    @staticmethod
    def of(registration: Registration) -> dict[str, Any]:
        """The form's values as the registration stands."""
        kept: Mapping[str, Any] = application.read(registration.particulars).kept()
        clauses = {CLAUSE + key: kept["clauses"].get(key, "") for key in CLAUSES}
        return {**kept, **clauses, "ip_numbers": "\n".join(kept["ip_numbers"]), "revision": registration.revision}


class DocumentForm(OneTimeForm):
    """One file for one line of the checklist."""

    key = forms.ChoiceField(label=_("哪一项材料"))
    upload = forms.FileField(label=_("文件"), help_text=_("PDF、图片、Word、Excel 等，内容会被核对"))

    def __init__(self, *args: Any, listed: list[Item], **options: Any) -> None:
        """The checklist in force."""
        super().__init__(*args, **options)
        set_choices(self, "key", [(item.key, word(item)) for item in listed])


class FileForm(forms.Form):
    """The declaration of truth."""

    declared_true = forms.BooleanField(
        label=_("我单位声明：所填内容真实，所交合同和材料真实、完整，与签订的一致"),
        required=False,  # the action refuses without it, also for those who do not come by this page
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SupplyForm(forms.Form):
    """What was mended."""

    note = forms.CharField(
        label=_("补正了什么"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
