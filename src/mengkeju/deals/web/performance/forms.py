"""Forms of what is done after signing: milestones, their report, the acceptance, people who came."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.actions import Came, Planned
from mengkeju.deals.models import VERDICTS, Deal, DealParty, Instalment, Milestone
from mengkeju.deals.web.deal.forms import DATE
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.deals.web.row_forms import DAYS, ManyFilesField, RowsForm
from mengkeju.kernel import figures
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.forms.spec import FieldSpec, FieldType
from mengkeju.kernel.forms.table import Rows, TableField
from mengkeju.kernel.words import mark, word

MOST = 20
TEXT, CHOICE = FieldType.TEXT, FieldType.CHOICE
EVIDENCE_HINT = _("可以一次选几个，最多 5 个；PDF、图片、Word、Excel 等，内容会被核对。只有能看这个合作项目的人能打开")
Choices = list[tuple[str, str]]


def day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, chosen from a calendar."""
    widget = forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=hint)


def long_text(label: Any, most: int, *, required: bool = True, rows: int = 3, hint: Any = "") -> forms.CharField:
    """A text of several lines."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=required, widget=area, help_text=hint)


def parties_of(deal: Deal) -> tuple[dict[str, DealParty], Choices]:
    """The parties that stand, by uid, and as choices named with their side. One query."""
    sides = {key: word(side) for key, side in deal.kind_spec.sides.items()}
    rows = [party for _side, parties in queries.sides_of_deal(deal) for party in parties]
    said = gettext("%(side)s：%(party)s")
    return {str(p.uid): p for p in rows}, [(str(p.uid), said % {"side": sides[p.side], "party": p.name}) for p in rows]


def instalments_of(deal: Deal) -> tuple[dict[str, Instalment], Choices]:
    """The instalments of the price, by uid and as choices. One query."""
    rows = queries.instalments(deal)
    said = gettext("第 %(n)s 期 %(amount)s")
    words = [(str(row.uid), said % {"n": n, "amount": figures.amount(row.amount)}) for n, row in enumerate(rows, 1)]
    return {str(row.uid): row for row in rows}, words


def _columns(parties: Choices, parts: Choices) -> tuple[FieldSpec, ...]:
    columns = [
        FieldSpec("title", TEXT, "里程碑", "Milestone", example=mark("例如：完成中试"), required=True),
        FieldSpec(
            "criteria",
            TEXT,
            "考核指标",
            "Criteria",
            example=mark("例如：连续运行 72 小时"),
            max_length=1000,
        ),
        FieldSpec("due_on", TEXT, "约定日期", "Due on", example=mark("例如：2027-06-30"), max_length=20, required=True),
        FieldSpec("reporter", CHOICE, "由谁完成", "Who reaches it", choices=tuple(parties), required=True),
    ]
    if parts:
        columns.append(FieldSpec("instalment", CHOICE, "完成后付哪一期", "Instalment due", choices=tuple(parts)))
    return tuple(columns)


class MilestonesForm(RowsForm, OneTimeForm):
    """Several milestones at once, all or none; a refused row stays as it was typed."""

    milestones = forms.Field()

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Reporters and instalments as the deal has them."""
        super().__init__(*args, **options)
        self.parties, parties = parties_of(deal)
        self.parts, parts = instalments_of(deal)
        spec = FieldSpec(
            "milestones", FieldType.TABLE, "里程碑", "Milestones", columns=_columns(parties, parts), most=MOST
        )
        self.fields["milestones"] = TableField(
            spec,
            label=_("里程碑"),
            help_text=_("一行一项。到期前会提醒由谁完成的一方；他报告以后，由另一方确认或退回"),
        )

    def clean_milestones(self) -> list[Planned]:
        """The rows as they are planned; a day that cannot be read is named with its row."""
        rows = cast("Rows", self.cleaned_data["milestones"])
        wrong, made, reader = {}, [], forms.DateField(input_formats=DAYS)
        for at, row in enumerate(rows):
            try:
                due_on = reader.clean(row["due_on"])
            except ValidationError:
                wrong[f"{at}.due_on"] = gettext("请写成 2027-06-30")
                continue
            part = self.parts.get(row.get("instalment", ""))
            made.append(Planned(row["title"], due_on, self.parties[row["reporter"]], row.get("criteria", ""), part))
        if wrong:
            raise ValidationError(self.said_of_rows("milestones", wrong.items()))
        return made


class MilestoneForm(forms.Form):
    """One milestone that nobody has reported yet."""

    title = forms.CharField(label=_("里程碑"), max_length=200)
    criteria = long_text(_("考核指标"), 1000, required=False)
    due_on = day(_("约定日期"))
    reporter = forms.ChoiceField(label=_("由谁完成"))
    instalment = forms.ChoiceField(label=_("完成后付哪一期"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Reporters and instalments as the deal has them; without instalments nothing is asked."""
        super().__init__(*args, **options)
        self.parties, parties = parties_of(deal)
        self.parts, parts = instalments_of(deal)
        set_choices(self, "reporter", parties)
        set_choices(self, "instalment", [("", gettext("不与付款相连")), *parts])
        if not parts:
            del self.fields["instalment"]

    @staticmethod
    def of(row: Milestone) -> dict[str, Any]:
        """The form's values as the milestone stands."""
        return {
            "title": row.title,
            "criteria": row.criteria,
            "due_on": row.due_on,
            "reporter": str(row.reporter.uid),
            "instalment": str(row.instalment.uid) if row.instalment else "",
            "revision": row.revision,
        }

    def planned(self) -> Planned:
        """What `edit_milestone` takes."""
        given = self.cleaned_data
        part = self.parts.get(given.get("instalment", ""))
        return Planned(given["title"], given["due_on"], self.parties[given["reporter"]], given["criteria"], part)


class ReportForm(forms.Form):
    """That a milestone was reached, when, and what shows it."""

    reached_on = day(_("完成日期"))
    report = long_text(_("完成情况"), 2000, rows=5, hint=_("对照考核指标，逐项写做到了什么"))
    evidence = ManyFilesField(label=_("证明材料"), required=False, help_text=EVIDENCE_HINT)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class AcceptanceForm(OneTimeForm):
    """What the acceptance found."""

    held_on = day(_("验收日期"))
    verdict = forms.ChoiceField(
        label=_("验收结论"),
        choices=lambda: list(VERDICTS.items()),
        widget=forms.RadioSelect,
        help_text=_("结论为“通过”的，合作项目同时记为已验收，不用再点一次"),
    )
    opinion = long_text(_("验收意见"), 2000, rows=5, hint=_("有条件通过、不通过的，写明还要做什么"))
    experts = forms.CharField(label=_("参加验收的人"), max_length=300, required=False)
    papers = ManyFilesField(label=_("验收材料"), required=False, help_text=EVIDENCE_HINT)


class ArrivalForm(OneTimeForm):
    """People or a team that came because of the deal: counted, never named."""

    team = forms.CharField(label=_("团队或岗位"), max_length=200, help_text=_("例如：材料分选团队。只计人数，不写姓名"))
    employer = forms.ChoiceField(label=_("引进单位"), required=False)
    employer_name = forms.CharField(
        label=_("其他引进单位"), max_length=120, required=False, help_text=_("不是合同一方的单位，写在这里")
    )
    headcount = forms.IntegerField(label=_("人数"), min_value=1)
    doctors = forms.IntegerField(label=_("其中博士"), min_value=0, required=False)
    seniors = forms.IntegerField(label=_("其中高级职称"), min_value=0, required=False)
    came_from = forms.CharField(label=_("来自"), max_length=120, required=False, help_text=_("地区或单位"))
    arrived_on = day(_("到岗日期"))
    full_time = forms.BooleanField(label=_("全职"), required=False)

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Employers as the deal has them."""
        super().__init__(*args, **options)
        self.parties, parties = parties_of(deal)
        set_choices(self, "employer", [("", gettext("其他单位")), *parties])

    def came(self) -> Came:
        """What `record_arrival` takes."""
        given = self.cleaned_data
        return Came(
            team=given["team"],
            headcount=given["headcount"],
            arrived_on=given["arrived_on"],
            employer=self.parties.get(given["employer"]),
            employer_name=given["employer_name"],
            doctors=given["doctors"] or 0,
            seniors=given["seniors"] or 0,
            came_from=given["came_from"],
            full_time=given["full_time"],
        )
