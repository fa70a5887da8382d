"""Forms about technology-transfer bodies: the filter of the register, services and parent, a yearly evaluation."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries
from mengkeju.directory.actions import EvaluationInput, ServicesInput
from mengkeju.directory.actions.bodies import FIRST_YEAR
from mengkeju.directory.engine.bodies import BODIES
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation
from mengkeju.directory.queries.bodies import BODY, RegisterFilter
from mengkeju.directory.web.forms import DAY, HIDDEN, CreatingForm, revision
from mengkeju.kernel import idempotency
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.words import word


def _levels() -> list[tuple[str, Any]]:
    return [("", _("全部")), *((level.key, word(level)) for level in TITLES.levels.values())]


def _results() -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((one.key, word(one)) for one in BODIES.results.values())]


def _services() -> list[tuple[str, Any]]:
    return [(one.key, word(one)) for one in BODIES.services.values()]


class RegisterForm(forms.Form):
    """What the register is filtered by; what makes no sense is left out."""

    kind = forms.ChoiceField(
        required=False, widget=HIDDEN, choices=lambda: [(key, word(TITLES.kinds[key])) for key in TITLES.registered]
    )
    level = forms.ChoiceField(label=gettext_lazy("级别"), required=False, choices=_levels)
    area = forms.ChoiceField(label=gettext_lazy("城市"), required=False)
    on = forms.DateField(
        label=gettext_lazy("截至哪一天"),
        required=False,
        widget=DAY,
        help_text=gettext_lazy("不填就是今天；那一天已经认定、还没有到期或取消的才列出"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Cities come from the database."""
        super().__init__(*args, **options)
        set_choices(self, "area", [("", _("全部")), *((city.code, city.word) for city in queries.cities())])

    def given(self) -> dict[str, Any]:
        """The filters that are set, as in the address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def asked(self, today: date) -> RegisterFilter:
        """The filter of the query."""
        given = self.given()
        areas = queries.codes_below(given["area"]) if given.get("area") else None
        return RegisterFilter(given.get("on", today), given.get("kind", BODY), given.get("level", ""), areas)


class ServicesForm(forms.Form):
    """What a body offers, and of whom it is a branch."""

    parent = forms.CharField(
        label=gettext_lazy("上级机构"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "本单位是分中心、分支机构的才填：上级机构的全称或统一社会信用代码；不在平台上的只显示名称"
        ),
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("服务内容"), required=False, widget=forms.CheckboxSelectMultiple, choices=_services
    )
    services_other = forms.CharField(
        label=gettext_lazy("其他服务"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("上面没有的，用一句话写明"),
    )
    revision = revision()

    def given(self) -> ServicesInput:
        """What the valid form states."""
        said = self.cleaned_data
        return ServicesInput(said["parent"], tuple(said["services"]), said["services_other"])

    @staticmethod
    def of(obj: Organisation) -> dict[str, Any]:
        """Its present values."""
        parent = obj.parent.name if obj.parent else obj.parent_name
        same = {name: getattr(obj, name) for name in ("services", "services_other", "revision")}
        return {"parent": parent, **same}


class EvaluationForm(CreatingForm):
    """How the authority judged a year."""

    year = forms.IntegerField(label=gettext_lazy("评价年度"), min_value=FIRST_YEAR, max_value=9998)
    result = forms.ChoiceField(label=gettext_lazy("评价结果"), choices=_results)
    basis = forms.CharField(
        label=gettext_lazy("依据"), max_length=300, help_text=gettext_lazy("文件名称、文号和日期；所有人可见")
    )
    decided_on = forms.DateField(label=gettext_lazy("公布日期"), widget=DAY)

    def given(self) -> EvaluationInput:
        """What the valid form states."""
        return EvaluationInput(**{k: v for k, v in self.cleaned_data.items() if k != idempotency.FIELD})


class CancelForm(forms.Form):
    """Withdraws a title: why, and since when the authority has cancelled it."""

    note = forms.CharField(required=False, max_length=300)
    cancelled_from = forms.DateField(
        label=gettext_lazy("取消日期"),
        required=False,
        error_messages={"invalid": gettext_lazy("取消日期要写成 2025-07-01 这样")},
    )
