"""Forms of what hangs on an achievement: rungs, cases of use, registration, first offer, people, rights."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Membership, Organisation
from mengkeju.kernel import idempotency
from mengkeju.kernel.forms.build import lazy_word
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.words import word
from mengkeju.listings.engine.first_offer import LONGEST
from mengkeju.listings.engine.participations import PARTS
from mengkeju.listings.engine.rights import KINDS, STANDINGS
from mengkeju.listings.models import TIERS, Listing
from mengkeju.listings.models.registration import ATTRIBUTES, PHASES

EMPTY = ("", _("请选择"))


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _long(label: Any, *, required: bool, most: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text, widget=widget)


class PartForm(forms.Form):
    """A form on a listing: with the one-time key, and on a published one the review of secrecy."""

    def __init__(self, listing: Listing, data: Any = None, uploads: Any = None, **initial: Any) -> None:
        """`listing` the form belongs to; `initial` values by field."""
        self.listing = listing
        initial.setdefault(idempotency.FIELD, idempotency.new_key())
        super().__init__(data, uploads, initial=initial)
        self.fields[idempotency.FIELD] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
        if listing.state == "published":
            self.fields["secrecy_reviewed"] = forms.BooleanField(
                label=_("改后的内容已按本单位规定作保密审查，不含国家秘密和工作秘密"), required=False
            )

    def given(self) -> dict[str, Any]:
        """The valid answers without what every form carries."""
        beside = {idempotency.FIELD, "secrecy_reviewed", "revision"}
        return {key: value for key, value in self.cleaned_data.items() if key not in beside}

    @property
    def reviewed(self) -> bool:
        """Whether the review of secrecy was confirmed."""
        return bool(self.cleaned_data.get("secrecy_reviewed"))

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal at its fields."""
        add_errors(self, error)


class StepForm(PartForm):
    """One rung of the ladder."""

    level = forms.ChoiceField(label=_("达到的级别"), choices=lambda: [EMPTY, *directory.term_choices("maturity")])
    reached_on = _day(_("达到日期"))
    evidence = _long(
        _("证据"),
        required=True,
        most=1000,
        help_text=_("凭什么说达到了：检测报告编号、中试时间地点和规模、用户证明。记下后不能改，写错了再记一条。"),
    )
    file = forms.FileField(label=_("证明文件"), required=False)
    tier = forms.ChoiceField(
        label=_("证据和文件谁能看到"), choices=list(TIERS.items()), help_text=_("级别和日期随成果公开")
    )


class ApplicationForm(PartForm):
    """One case of use."""

    adopter_name = forms.CharField(
        label=_("使用单位"), max_length=120, help_text=_("平台上的单位写全称，会连到它的单位页")
    )
    product = forms.CharField(label=_("用在什么产品或工序"), max_length=200)
    since = _day(_("开始日期"))
    before = forms.DecimalField(
        label=_("开始时的规模"), required=False, max_digits=16, decimal_places=3, help_text=_("扩产过的才填")
    )
    scale = forms.DecimalField(label=_("现在的规模"), required=False, max_digits=16, decimal_places=3)
    unit = forms.CharField(label=_("规模的单位"), required=False, max_length=30, help_text=_("例：吨/年、台套、亩"))
    evidence = _long(_("证据"), required=False, most=1000, help_text=_("合同、用户证明、照片说明；不写商业秘密"))
    tier = forms.ChoiceField(label=_("这条案例谁能看到"), choices=list(TIERS.items()))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RegistrationForm(PartForm):
    """成果登记."""

    number = forms.CharField(
        label=_("成果登记号"), max_length=30, help_text=_("登记机构给的 12 位号码，例：1502023Y0001；平台不编号")
    )
    registered_on = _day(_("批准登记日期"))
    office = forms.CharField(label=_("登记机构"), max_length=120)
    recommended_by = forms.CharField(label=_("推荐单位"), max_length=120, required=False)
    study_from = forms.CharField(label=_("研究起始年月"), max_length=7, required=False, help_text=_("例：2021-03"))
    study_to = forms.CharField(label=_("研究终止年月"), max_length=7, required=False)
    attribute = forms.ChoiceField(label=_("成果属性"), choices=[EMPTY, *ATTRIBUTES.items()], required=False)
    keywords = forms.CharField(label=_("关键词"), max_length=120, required=False, help_text=_("最多 3 个"))
    form = forms.CharField(label=_("成果体现形式"), max_length=120, required=False, help_text=_("例：新工艺、新产品"))
    standing = forms.CharField(
        label=_("成果水平"), max_length=120, required=False, help_text=_("按评价或鉴定结论；没有评价的写“未评价”")
    )
    phase = forms.ChoiceField(label=_("成果所处阶段"), choices=[EMPTY, *PHASES.items()], required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FirstOfferForm(PartForm):
    """The window before everybody may declare."""

    area = forms.ChoiceField(label=_("优先的地区"), required=False, choices=lambda: [EMPTY, *directory.area_choices()])
    days = forms.IntegerField(
        label=_("优先多少天"),
        min_value=0,
        max_value=LONGEST,
        help_text=_("从发布之日算起；填 0 为不设。期间只有这个地区的单位可以表意向，所有人都看得到截止日期。"),
    )


def _people(owner: Organisation | None) -> list[tuple[str, str]]:
    rows = Membership.objects.filter(organisation=owner, ended_at=None).select_related("person").order_by("pk")
    return [(str(row.person.uid), row.person.name) for row in rows]


class ParticipantForm(PartForm):
    """One more on the list."""

    role = forms.ChoiceField(label=_("身份"), choices=lambda: [(p.key, word(p)) for p in PARTS.values()])
    person = forms.ChoiceField(label=_("本单位同事"), required=False)
    name = forms.CharField(
        label=_("或者：姓名或单位名称"), required=False, max_length=120, help_text=_("平台上的单位写全称，会连到单位页")
    )
    email = forms.EmailField(
        label=_("本人的邮箱"),
        required=False,
        help_text=_("本人用这个邮箱登录平台的，会收到确认署名的请求；只用来认人，不显示"),
    )

    def __init__(self, listing: Listing, data: Any = None, uploads: Any = None, **initial: Any) -> None:
        """The colleagues are those of the listing's owner."""
        super().__init__(listing, data, uploads, **initial)
        set_choices(self, "person", [EMPTY, *_people(listing.owner)])


class RightForm(PartForm):
    """A right by its number."""

    number = forms.CharField(
        label=_("号码"),
        max_length=60,
        help_text=_("专利写申请号或专利号（带不带 ZL、空格、校验位都可以），软件著作权写登记号"),
    )
    kind = forms.ChoiceField(
        label=_("类型"),
        required=False,
        choices=[("", _("由号码判断")), *((key, lazy_word(kind)) for key, kind in KINDS.items())],
    )
    title = forms.CharField(label=_("名称"), max_length=200, required=False, help_text=_("不填就用这条信息的题目"))
    status = forms.ChoiceField(
        label=_("法律状态"),
        required=False,
        choices=[EMPTY, *((key, lazy_word(standing)) for key, standing in STANDINGS.items())],
        help_text=_("未公布的申请只有看得到这条信息的人能看到"),
    )
    applied_on = _day(_("申请日"), required=False)
    granted_on = _day(_("授权公告日"), required=False)
    own = forms.ChoiceField(label=_("权利人"), choices=[("yes", _("本单位")), ("no", _("别的单位或个人"))])
    holder_name = forms.CharField(
        label=_("权利人名称"), required=False, max_length=120, help_text=_("不是本单位时填写")
    )
    basis = forms.CharField(
        label=_("主张的依据"),
        required=False,
        max_length=500,
        help_text=_("例：专利证书号、转让合同；有争议时给裁定的人看"),
    )


class RightFactsForm(forms.Form):
    """What the holder keeps up to date."""

    title = forms.CharField(label=_("名称"), max_length=200)
    status = forms.ChoiceField(
        label=_("法律状态"),
        required=False,
        choices=[EMPTY, *((key, lazy_word(standing)) for key, standing in STANDINGS.items())],
    )
    applied_on = _day(_("申请日"), required=False)
    granted_on = _day(_("授权公告日"), required=False)
    expires_on = _day(_("期限届满日"), required=False, help_text=_("不填就按法定期限从申请日推算"))
    holder_name = forms.CharField(
        label=_("权利人名称"), required=False, max_length=120, help_text=_("权利人不在平台上时填写")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    add_errors = PartForm.add_errors


class FeeForm(forms.Form):
    """That a yearly fee was paid."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    paid_on = _day(_("缴费日期"))

    add_errors = PartForm.add_errors


class DecideForm(forms.Form):
    """The decision between claimants."""

    upheld = forms.MultipleChoiceField(
        label=_("认定属于"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("选一家；确为共有的选几家"),
    )
    note = _long(_("理由"), required=False, most=1000, help_text=_("主张的单位都看得到"))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    add_errors = PartForm.add_errors

    def __init__(self, claimants: list[Organisation], *given: Any, **options: Any) -> None:
        """`claimants` are offered."""
        super().__init__(*given, **options)
        set_choices(self, "upheld", [(str(o.uid), o.name) for o in claimants])
        for key in ("upheld", "note"):
            unmark(self, key)


class RightFilterForm(forms.Form):
    """The filters of the register; none of them is marked 选填."""

    q = forms.CharField(label=_("号码、名称或权利人"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("类型"),
        required=False,
        choices=[("", _("全部")), *((key, lazy_word(kind)) for key, kind in KINDS.items())],
    )
    status = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((key, lazy_word(standing)) for key, standing in STANDINGS.items())],
    )
    city = forms.ChoiceField(
        label=_("权利人所在城市"),
        required=False,
        choices=lambda: [("", _("全部")), *((city.code, city.word) for city in directory.cities())],
    )
    offered = forms.BooleanField(label=_("只看已挂牌的（有成果或专利信息在发布）"), required=False)
    own = forms.BooleanField(label=_("只看本单位的"), required=False)
    disputed = forms.BooleanField(label=_("只看有争议的"), required=False)

    def __init__(self, *given: Any, **options: Any) -> None:
        """As every form."""
        super().__init__(*given, **options)
        unmark(self)
