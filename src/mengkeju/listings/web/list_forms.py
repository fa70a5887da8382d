"""Forms of the lists: a weak link, a bottleneck, an agenda, a direction, a listing to hang on one of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import idempotency
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.build import lazy_text, lazy_word
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.listings import queries
from mengkeju.listings.actions import AgendaInput, BottleneckInput, ItemInput, WeakLinkInput
from mengkeju.listings.engine.bottlenecks import EVIDENCE_LEAST
from mengkeju.listings.engine.weak_links import PRIORITIES, WEAK_LINK
from mengkeju.listings.models import Agenda, AgendaItem, Bottleneck, WeakLink

LONG = forms.Textarea(attrs={"rows": 5})
SECRECY = _("改后的内容已按本单位规定作保密审查，不含国家秘密和工作秘密")
Choices = list[tuple[str, Any]]


class KeptForm(forms.Form):
    """Creates with a one-time key, or edits from a revision (then the key is left out)."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, error_messages={"required": _("这张表单不完整，请刷新页面后重填")}
    )
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, editing: bool = False, **options: Any) -> None:
        """`editing`: the revision must be there."""
        options["initial"] = {"one_time_key": idempotency.new_key(), **(options.get("initial") or {})}
        super().__init__(*args, **options)
        self.fields["revision"].required = editing

    def offer(self, name: str, choices: Choices) -> None:
        """The choices of a field, read from the database."""
        set_choices(self, name, choices)

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal at its fields."""
        add_errors(self, error)


def chains(first: Any) -> Choices:
    """Chains and clusters of the vocabulary, after a first word for none."""
    return [("", first), *directory.term_choices("cluster")]


class WeakLinkForm(KeptForm):
    """A gap at one node of a chain."""

    chain = forms.ChoiceField(label=_("产业链"))
    node = forms.CharField(label=_("环节"), max_length=60, help_text=_("从上游到下游的哪一步，例如 磁粉制备"))
    position = forms.IntegerField(
        label=_("第几个环节"),
        min_value=0,
        max_value=999,
        initial=0,
        help_text=_("清单按它从上游排到下游；同一环节填同一个数"),
    )
    title = forms.CharField(label=_("短板"), max_length=120, help_text=_("缺什么，一句话"))
    gap = forms.CharField(
        label=_("具体情况"),
        max_length=2000,
        widget=LONG,
        help_text=_("现在靠什么、差在哪里、补上以后能怎样；所有人可见，不写商业秘密"),
    )
    priority = forms.ChoiceField(label=_("优先级"), initial="middle")
    area = forms.ChoiceField(label=_("所在地区"), help_text=_("只能选您负责的地区"))
    basis = forms.CharField(
        label=_("依据"), max_length=200, required=False, help_text=_("文件、会议或调研的名称和日期")
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        """Areas are those the officer is over."""
        super().__init__(*args, **options)
        over = actor.areas_of(Role.OFFICER)
        self.offer("chain", chains(_("请选择")))
        self.offer("priority", [(key, lazy_text(text)) for key, text in PRIORITIES.items()])
        self.offer("area", [("", _("请选择")), *(pair for pair in directory.area_choices() if pair[0] in over)])

    def given(self) -> WeakLinkInput:
        """What the valid form states."""
        names = ("chain", "node", "title", "gap", "area", "priority", "position", "basis")
        return WeakLinkInput(**{name: self.cleaned_data[name] for name in names})

    @staticmethod
    def of(obj: WeakLink) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in WeakLinkForm.base_fields if name != "one_time_key"}


class WeakLinksForm(forms.Form):
    """What the register is filtered by; all optional."""

    chain = forms.ChoiceField(label=_("产业链"), required=False)
    area = forms.ChoiceField(label=_("城市"), required=False)
    state = forms.ChoiceField(label=_("进展"), required=False)
    priority = forms.ChoiceField(label=_("优先级"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """The two cities; states everybody may see."""
        super().__init__(*args, **options)
        every = ("", _("全部"))
        states = [(key, lazy_word(WEAK_LINK.states[key])) for key in ("open", "working", "covered")]
        offered: dict[str, Choices] = {
            "chain": chains(_("全部")),
            "area": [every, *((city.code, city.word) for city in directory.cities())],
            "state": [every, *states],
            "priority": [every, *((key, lazy_text(text)) for key, text in PRIORITIES.items())],
        }
        for name, choices in offered.items():
            set_choices(self, name, choices)

    def asked(self) -> queries.WeakLinkFilter:
        """The filters that are set; those that make no sense are left out."""
        self.is_valid()
        return queries.WeakLinkFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class BottleneckForm(KeptForm):
    """A key technology that depends on others, and who may know of it."""

    title = forms.CharField(label=_("技术名称"), max_length=120)
    problem = forms.CharField(label=_("卡在哪里"), max_length=3000, widget=LONG)
    dependence = forms.CharField(
        label=_("现在依赖什么"), max_length=2000, widget=LONG, required=False, help_text=_("来源、份额、断供的影响")
    )
    chain = forms.ChoiceField(label=_("产业链"), required=False)
    bureaus = forms.MultipleChoiceField(
        label=_("交给哪些主管部门"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只有这些部门的科技管理人员和审计管理员看得到，别人（包括提名单位）都看不到"),
    )
    nominator = forms.ChoiceField(label=_("以哪个单位的名义提名"))
    need = forms.ChoiceField(
        label=_("与本单位哪条需求有关"), required=False, help_text=_("只在清单内可见，需求自己的页面上不会出现")
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        """Bureaus are verified government organisations; own ones to speak for, own needs to name."""
        super().__init__(*args, **options)
        self.offer("chain", chains(_("不填")))
        self.offer("bureaus", [*queries.bureau_choices(actor)])
        if options.get("editing"):
            del self.fields["nominator"], self.fields["need"]
            return
        self.offer("nominator", [(str(m.organisation), m.name) for m in actor.memberships])
        own = queries.of_organisations(actor).filter(kind="need", state="published")[:200]
        self.offer("need", [("", _("没有")), *((str(row.uid), row.title) for row in own)])

    def given(self) -> BottleneckInput:
        """What the valid form states."""
        values = self.cleaned_data
        bureaus = tuple(UUID(uid) for uid in values["bureaus"])
        return BottleneckInput(values["title"], values["problem"], bureaus, values["dependence"], values["chain"])

    @staticmethod
    def of(obj: Bottleneck) -> dict[str, Any]:
        """Its present values."""
        stated = {name: getattr(obj, name) for name in ("title", "problem", "dependence", "chain", "revision")}
        return {**stated, "bureaus": [str(b.organisation.uid) for b in obj.bureaus.all()]}


class BreakForm(forms.Form):
    """The evidence of a breakthrough."""

    evidence = forms.CharField(
        label=_("突破的证据"),
        max_length=3000,
        min_length=EVIDENCE_LEAST,
        widget=LONG,
        help_text=_("鉴定、验收文件或首台（套）、首批次应用的名称、编号、日期"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AgendaForm(KeptForm):
    """An agenda of one of my organisations."""

    organisation = forms.ChoiceField(label=_("提出单位"))
    title = forms.CharField(label=_("名称"), max_length=120, help_text=_("例如 北方乳品加工攻关方向（2027）"))
    summary = forms.CharField(label=_("说明"), max_length=3000, widget=LONG, required=False)
    cluster = forms.ChoiceField(label=_("产业集群或产业链"), required=False)
    field = forms.ChoiceField(label=_("技术领域"), required=False)
    secrecy_reviewed = forms.BooleanField(label=SECRECY, required=False)

    def __init__(self, actor: Actor, *args: Any, agenda: Agenda | None = None, **options: Any) -> None:
        """`agenda`: the one being edited."""
        super().__init__(*args, editing=agenda is not None, **options)
        self.offer("cluster", chains(_("不填")))
        self.offer("field", [("", _("不填")), *directory.term_choices("field")])
        if agenda is None:
            self.offer("organisation", [(str(o.uid), o.name) for o in queries.may_set(actor)])
        else:
            del self.fields["organisation"]
        if agenda is None or agenda.state != "published":
            del self.fields["secrecy_reviewed"]

    def given(self) -> AgendaInput:
        """What the valid form states."""
        values = self.cleaned_data
        stated = {name: values[name] for name in ("title", "summary", "cluster", "field")}
        return AgendaInput(**stated, secrecy_reviewed=values.get("secrecy_reviewed", False))

    @staticmethod
    def of(obj: Agenda) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in ("title", "summary", "cluster", "field", "revision")}


class ItemForm(KeptForm):
    """One direction."""

    title = forms.CharField(label=_("方向"), max_length=120)
    text = forms.CharField(
        label=_("说明"),
        max_length=3000,
        widget=LONG,
        required=False,
        help_text=_("现状、目标和约束；提成需求时会带过去"),
    )
    secrecy_reviewed = forms.BooleanField(label=SECRECY, required=False)

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        """Of a public agenda the change is public at once."""
        super().__init__(*args, **options)
        if agenda.state != "published":
            del self.fields["secrecy_reviewed"]

    def given(self) -> ItemInput:
        """What the valid form states."""
        values = self.cleaned_data
        return ItemInput(values["title"], values["text"], values.get("secrecy_reviewed", False))

    @staticmethod
    def of(obj: AgendaItem) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in ("title", "text", "revision")}


class SubmitAgendaForm(forms.Form):
    """What a submission must confirm."""

    secrecy_reviewed = forms.BooleanField(
        label=_("已按本单位规定作保密审查，内容不含国家秘密和工作秘密"), required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AttachForm(forms.Form):
    """Which listing to hang on it."""

    reference = forms.CharField(
        label=_("供需信息的编号或网址"), max_length=300, help_text=_("例如 MK-N-2026-0417，或把那一页的网址粘贴过来")
    )
