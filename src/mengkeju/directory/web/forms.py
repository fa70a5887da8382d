"""Forms of the directory. Those that edit an object read it by `of(obj)`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries
from mengkeju.directory.actions import OrganisationInput, ProfileInput, TermInput
from mengkeju.directory.engine.chains import PARENTS
from mengkeju.directory.engine.regions import OUTSIDE, REGION
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.models import ORGANISATION_KINDS, Area, Organisation, Person, Term
from mengkeju.kernel import idempotency
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.words import word

SMALL = forms.Textarea(attrs={"rows": 3})
HIDDEN = forms.HiddenInput
DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


def revision() -> forms.IntegerField:
    """The revision an edit was made from; without it the form is not accepted."""
    return forms.IntegerField(widget=HIDDEN, error_messages={"required": _("这张表单不完整，请刷新页面后重填")})


class CreatingForm(forms.Form):
    """A form that creates: it carries a one-time key, so that a double click creates once."""

    one_time_key = forms.CharField(widget=HIDDEN, required=False, max_length=80)

    def __init__(self, *args: Any, **options: Any) -> None:
        """A fresh key for a fresh form."""
        options["initial"] = {"one_time_key": idempotency.new_key(), **(options.get("initial") or {})}
        super().__init__(*args, **options)

    @property
    def one_time(self) -> str:
        """The key of the valid form."""
        return str(self.cleaned_data["one_time_key"])


class OrganisationFields(forms.Form):
    """What is stated about an organisation."""

    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照或法人证书一致"))
    kind = forms.ChoiceField(label=_("单位类型"), choices=[("", _("请选择")), *ORGANISATION_KINDS.items()])
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("18 位；还没有的可以先不填，核验时要用"),
    )
    credit_code_override = forms.CharField(
        label=_("代码校验位不符的理由"),
        max_length=200,
        required=False,
        help_text=_("只在提示校验位不对、而营业执照确实如此时填写，例如“2015 年换证时按旧码转换”"),
    )
    area = forms.ChoiceField(label=_("所在旗县区"))
    zone = forms.ChoiceField(label=_("所在功能区"), required=False, help_text=_("在开发区、高新区或新区内的才选"))
    industry = forms.CharField(label=_("行业"), max_length=60, required=False)
    founded_on = forms.DateField(
        label=_("成立日期"),
        required=False,
        widget=DAY,
        help_text=_("与营业执照或法人证书一致；登记合同时用来核对签订日期"),
    )
    summary = forms.CharField(
        label=_("单位简介"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    name_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Areas and zones come from the database."""
        super().__init__(*args, **options)
        for name, zones, empty in (("area", False, _("请选择")), ("zone", True, _("不在功能区内"))):
            set_choices(self, name, [("", empty), *queries.area_choices(zones=zones)])

    def given(self) -> OrganisationInput:
        """What the valid form states."""
        return OrganisationInput(**{name: self.cleaned_data[name] for name in OrganisationFields.base_fields})


class NewOrganisationForm(OrganisationFields, CreatingForm):
    """Registers an organisation."""


class OrganisationForm(OrganisationFields):
    """Edits one."""

    revision = revision()

    @staticmethod
    def of(obj: Organisation) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in (*OrganisationFields.base_fields, "revision")}


class OrganisationsForm(forms.Form):
    """What the list of organisations is filtered by; all optional."""

    q = forms.CharField(label=_("名称或统一社会信用代码"), required=False, max_length=100)
    area = forms.ChoiceField(label=_("所在地"), required=False)
    kind = forms.ChoiceField(
        label=_("单位类型"), required=False, choices=[("", _("全部")), *ORGANISATION_KINDS.items()]
    )
    verified = forms.ChoiceField(
        label=_("核验"), required=False, choices=[("", _("全部")), ("yes", _("已核验")), ("no", _("未核验"))]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """The two cities, the region, and outside it."""
        super().__init__(*args, **options)
        cities = [(city.code, city.word) for city in queries.cities()]
        places = [*cities, (REGION, _("自治区内")), (OUTSIDE, _("区外"))]
        set_choices(self, "area", [("", _("全部")), *places])

    @property
    def asked_for(self) -> dict[str, Any]:
        """The filters that are set; those that make no sense are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def asked(self) -> queries.OrganisationFilter:
        """The filter of the query."""
        given = self.asked_for
        verified = {"yes": True, "no": False}.get(given.pop("verified", ""))
        return queries.OrganisationFilter(**given, verified=verified)


class ProfileForm(forms.Form):
    """A person about himself."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    position = forms.CharField(label=_("职务或职称"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=40, required=False, help_text=_("不公开；合作意向被接受后对方可见")
    )
    revision = revision()

    def given(self) -> ProfileInput:
        """What the valid form states."""
        return ProfileInput(*(self.cleaned_data[name] for name in ("name", "position", "phone")))

    @staticmethod
    def of(obj: Person) -> dict[str, Any]:
        """His present values."""
        return {name: getattr(obj, name) for name in ProfileForm.base_fields}


class InviteForm(CreatingForm):
    """Invites a colleague."""

    email = forms.EmailField(label=_("同事的电子邮箱"))
    manager = forms.BooleanField(label=_("设为管理员（可以邀请同事、修改单位信息、提交核验）"), required=False)


class EraseForm(forms.Form):
    """Confirms an erasure by typing the user name."""

    typed = forms.CharField(label=_("确认：请填写您的用户名"))

    def __init__(self, username: str, *args: Any, **options: Any) -> None:
        """`username` is what must be typed."""
        super().__init__(*args, **options)
        self.username = username

    def clean_typed(self) -> str:
        """Exactly the user name."""
        if self.cleaned_data["typed"].strip() != self.username:
            raise forms.ValidationError(_("与您的用户名不一致"))
        return self.username


def _roles() -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((key, word(spec)) for key, spec in ROLES.items())]


class GrantForm(CreatingForm):
    """Grants a role; an area for roles that have one."""

    role = forms.ChoiceField(label=_("角色"), choices=_roles)
    area = forms.ChoiceField(
        label=_("地区"), required=False, help_text=_("科技管理人员和技术合同登记员必须选；其余角色不选即全平台")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Areas come from the database, zones too: an officer may be a zone's."""
        super().__init__(*args, **options)
        set_choices(self, "area", [("", _("全平台")), *queries.area_choices(), *queries.area_choices(zones=True)])


class NoteForm(forms.Form):
    """A reason."""

    note = forms.CharField(label=_("理由"), max_length=200, widget=SMALL)


class TermFields(forms.Form):
    """What the operator states about a term."""

    label = forms.CharField(label=_("中文"), max_length=80)
    label_en = forms.CharField(label=_("英文"), max_length=160)
    parent = forms.ChoiceField(label=_("上级词条"), required=False)
    position = forms.IntegerField(
        label=_("在链上的位置"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("上游的数小，下游的数大；位置相同的环节算并列；不填就排在最下游"),
    )
    synonyms = forms.CharField(
        label=_("同义词"), required=False, max_length=1000, widget=SMALL, help_text=_("一行一个；搜索和匹配会用到")
    )
    source = forms.CharField(label=_("出处"), max_length=300, help_text=_("文号、标准号或公开名单"))

    def __init__(self, vocabulary: str, *args: Any, **options: Any) -> None:
        """`vocabulary` is a key: parents are its first-level terms, or for nodes of chains the chains."""
        super().__init__(*args, **options)
        if vocabulary in PARENTS:
            self.fields["parent"].label, self.fields["parent"].required = _("所属产业链"), True
            set_choices(self, "parent", [("", _("请选择")), *queries.term_choices(PARENTS[vocabulary])])
            return
        del self.fields["position"]
        first_level = [(t.key, word(t)) for t in queries.terms(vocabulary) if t.parent_id is None]
        set_choices(self, "parent", [("", _("没有")), *first_level])

    def given(self) -> TermInput:
        """What the valid form states."""
        values = self.cleaned_data
        lines = tuple(line.strip() for line in values["synonyms"].splitlines() if line.strip())
        words = (values["label"], values["label_en"], values["source"], values["parent"])
        return TermInput(*words, lines, values.get("position"))


class NewTermForm(TermFields, CreatingForm):
    """Adds one."""

    key = forms.CharField(label=_("代码"), max_length=60, help_text=_("小写英文、数字、下划线；以后不能改"))
    field_order = ("key",)


class TermForm(TermFields):
    """Edits one."""

    revision = revision()

    @staticmethod
    def of(obj: Term) -> dict[str, Any]:
        """Its present values."""
        return {
            "label": obj.label,
            "label_en": obj.label_en,
            "source": obj.source,
            "revision": obj.revision,
            "parent": obj.parent.key if obj.parent else "",
            "position": obj.position,
            "synonyms": "\n".join(s.text for s in obj.synonyms.order_by("pk")),
        }


class NewZoneForm(CreatingForm):
    """Adds a functional zone under a division."""

    name = forms.CharField(label=_("名称"), max_length=80)
    code = forms.CharField(
        label=_("代码"), max_length=40, help_text=_("有自己的代码就填；没有的写 Z- 加拼音，例如 Z-jinshan")
    )
    parent = forms.ChoiceField(label=_("所在地区"))
    zone_kind = forms.CharField(
        label=_("类型"), max_length=40, help_text=_("例如 经济技术开发区、高新技术产业开发区、新区")
    )
    source = forms.CharField(label=_("出处"), max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Divisions come from the database."""
        super().__init__(*args, **options)
        set_choices(self, "parent", [("", _("请选择")), *queries.area_choices()])


class AreaForm(forms.Form):
    """Edits an area's name and validity."""

    name = forms.CharField(label=_("名称"), max_length=80)
    valid_from = forms.DateField(label=_("启用日期"), required=False, widget=DAY)
    valid_to = forms.DateField(
        label=_("停用日期"), required=False, widget=DAY, help_text=_("填了就不再供选择，旧记录照常显示")
    )
    source = forms.CharField(label=_("出处"), max_length=300)
    revision = revision()

    @staticmethod
    def of(obj: Area) -> dict[str, Any]:
        """Its present values."""
        return {name: getattr(obj, name) for name in AreaForm.base_fields}


class RecordForm(forms.Form):
    """What the auditor filters by; all optional."""

    kind = forms.CharField(
        label=_("事项（开头）"), required=False, max_length=80, help_text=_("例如 organisation. 或 role.granted")
    )
    subject_type = forms.ChoiceField(label=_("对象类型"), required=False)
    subject_uid = forms.UUIDField(label=_("对象编号（uid）"), required=False)
    actor = forms.CharField(label=_("办理人（用户名）"), required=False, max_length=60)
    since = forms.DateField(label=_("从"), required=False, widget=DAY)
    until = forms.DateField(label=_("到"), required=False, widget=DAY)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Subject types come from their registry."""
        super().__init__(*args, **options)
        set_choices(self, "subject_type", [("", _("全部")), *((s.key, s.label) for s in subject_types.values())])
