"""Forms of meetings and remote pitches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.events import queries
from mengkeju.events.engine.slots import FIGURES, Span, span
from mengkeju.events.models import MODES, WISHES, Meeting, Slot
from mengkeju.events.models.pitch import LANGUAGES
from mengkeju.kernel import idempotency, reasons
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing

LENGTHS = (30, 45, 60, 90, 120, 180)


class OneTimeForm(forms.Form):
    """A form whose repeated arrival creates nothing twice."""

    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)


def time_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    """A day and time of day in Beijing time, as the browser's own picker gives it."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


class TimesForm(OneTimeForm):
    """One to five times of one length."""

    minutes = forms.TypedChoiceField(
        label=_("时长"), coerce=int, initial=60, choices=lambda: [(n, gettext("%d 分钟") % n) for n in LENGTHS]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """As many fields as times can be proposed; the first must be filled."""
        super().__init__(*args, **options)
        for number in range(1, FIGURES.slots_at_most + 1):
            self.fields[f"slot{number}"] = time_field(
                gettext("可选时间 %d") % number,
                required=number == 1,
                help_text=gettext("北京时间。多提几个，对方更容易选") if number == 1 else "",
            )

    @property
    def spans(self) -> list[Span]:
        """The times, in the order they were given."""
        given = [self.cleaned_data.get(f"slot{number}") for number in range(1, FIGURES.slots_at_most + 1)]
        return [span(at, self.cleaned_data["minutes"]) for at in given if at is not None]


class WhereForm(forms.Form):
    """Where: the link of a remote session, or a place."""

    link = forms.CharField(
        label=_("远程会议链接"),
        required=False,
        max_length=500,
        help_text=_("https:// 开头，从会议软件里复制；可以约好以后再填。只有参加的双方看得到"),
    )
    place = forms.CharField(label=_("会面地点"), required=False, max_length=200, help_text=_("当面会面时填写"))


class RequestForm(TimesForm, WhereForm):
    """Who asks, what about, when and where."""

    requesting = forms.ChoiceField(label=_("以哪个单位的名义"))
    title = forms.CharField(label=_("想谈什么"), max_length=120, help_text=_("例：细渣脱碳的中试条件和样品"))
    mode = forms.ChoiceField(
        label=_("会面方式"), choices=list(MODES.items()), initial="remote", widget=forms.RadioSelect
    )
    message = forms.CharField(
        label=_("给对方的话"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    counter = forms.UUIDField(widget=forms.HiddenInput, required=False)
    proposal = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ("requesting", "title", "minutes")

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        """`choices`: the organisations on whose behalf it can be asked; none for a broker, who asks for both."""
        super().__init__(*args, **options)
        if choices:
            set_choices(self, "requesting", list(choices))
        else:
            del self.fields["requesting"]
        slots = [f"slot{number}" for number in range(1, FIGURES.slots_at_most + 1)]
        self.order_fields(["requesting", "title", "minutes", *slots, "mode", "link", "place", "message"])


class ChooseForm(forms.Form):
    """One of the times on offer."""

    slot = forms.ChoiceField(label=_("选一个时间（北京时间）"), widget=forms.RadioSelect)

    def __init__(self, offered: Sequence[Slot], *args: Any, **options: Any) -> None:
        """The times that are still to come."""
        super().__init__(*args, **options)
        times = [(str(one.uid), queries.span_in_words(one.starts_at, one.ends_at)) for one in offered]
        set_choices(self, "slot", times)


class DeclineForm(forms.Form):
    """Why not, from the dated list."""

    reason = forms.ChoiceField(label=_("原因"))
    reason_note = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, meeting: Meeting, *args: Any, **options: Any) -> None:
        """The reasons that are of the market of what it is about."""
        super().__init__(*args, **options)
        market = meeting.about.kind_spec.market
        set_choices(self, "reason", [("", gettext("请选择")), *reasons.choices(market)])


class NoteForm(forms.Form):
    """What came of it, and the next step with its day and side."""

    note = forms.CharField(label=_("会面纪要"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    next_step = forms.CharField(
        label=_("下一步"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写了就要选日期和由谁办，到期前会提醒；没有下一步就空着"),
    )  # fmt: skip
    next_on = forms.DateField(
        label=_("下一步的日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    next_by = forms.ChoiceField(label=_("由谁办"), required=False)

    def __init__(self, meeting: Meeting, *args: Any, **options: Any) -> None:
        """The two sides by name."""
        super().__init__(*args, **options)
        sides = [("requesting", meeting.requesting.name), ("invited", meeting.invited.name)]
        set_choices(self, "next_by", [("", gettext("请选择")), *sides])


def organisation_choices(actor: Actor, about: Listing | None = None) -> list[tuple[str, str]]:
    """The actor's organisations, without the one that owns what it is about."""
    owner = about.owner.uid if about is not None and about.owner is not None else None
    return [(str(m.organisation), m.name) for m in actor.memberships if m.organisation != owner]


def own_counter(actor: Actor, uid: Any) -> Listing | None:
    """A listing of the actor's own, as an address may name it."""
    return listings.of_organisations(actor).filter(uid=uid, state="published").first() if uid else None


# ---- remote pitches


def _zones() -> list[tuple[str, str]]:
    kept = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/"))
    )
    return [(name, name) for name in sorted(kept)]


def _provinces() -> list[tuple[str, str]]:
    names = directory.area_names(directory.outside_codes())
    return [("", gettext("不在国内，填下一栏")), *sorted(names.items())]


class PitchForm(OneTimeForm):
    """Whom to invite, from where, when, and by which link."""

    subject = forms.CharField(label=_("路演主题"), max_length=120, help_text=_("例：煤化工固废利用的外部技术"))
    team = forms.CharField(label=_("对方单位或团队"), max_length=160)
    province = forms.ChoiceField(label=_("来自哪个省份"), required=False, choices=_provinces)
    country = forms.CharField(
        label=_("或来自哪个国家、地区"), required=False, max_length=60, help_text=_("海外团队填写")
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=60)
    email = forms.EmailField(label=_("联系人邮箱"), help_text=_("邀请发到这里；只用于这次路演，到期自动清除"))
    language = forms.ChoiceField(label=_("对方用的语言"), choices=list(LANGUAGES.items()))
    zone = forms.ChoiceField(label=_("对方所在时区"), choices=_zones, initial="Asia/Shanghai")
    starts_at = time_field(_("路演时间"), required=True, help_text=_("北京时间；对方看到的是当地时间"))
    minutes = forms.TypedChoiceField(
        label=_("时长"), coerce=int, initial=60, choices=lambda: [(n, gettext("%d 分钟") % n) for n in LENGTHS]
    )
    link = forms.CharField(
        label=_("远程会议链接"), max_length=500, help_text=_("https:// 开头；只有对方、您和报名旁听的人看得到")
    )
    words = forms.CharField(
        label=_("写给对方的话"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """A province or a country, not both."""
        given: dict[str, Any] = super().clean() or {}
        province, country = given.get("province", ""), (given.get("country") or "").strip()
        if bool(province) == bool(country):
            self.add_error("country", gettext("省份和国家、地区请填一个"))
        given["origin"] = province or country
        return given

    @property
    def span(self) -> Span:
        """When."""
        at: datetime = self.cleaned_data["starts_at"]
        return span(at, self.cleaned_data["minutes"])


class GuestForm(forms.Form):
    """What a guest says of his pitch."""

    title = forms.CharField(label=_("路演题目"), required=False, max_length=120, help_text=_("接受邀请时填写"))
    abstract = forms.CharField(
        label=_("摘要"),
        required=False,
        max_length=FIGURES.abstract_most,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("最多 500 字，会员单位能看到"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """The title is needed by who accepts: it is not marked optional."""
        super().__init__(*args, **options)
        unmark(self, "title")


class FollowForm(OneTimeForm):
    """Which organisation follows, and how."""

    organisation = forms.ChoiceField(label=_("以哪个单位的名义"))
    wish = forms.ChoiceField(
        label=_("怎么跟进"), choices=list(WISHES.items()), widget=forms.RadioSelect, initial="need"
    )
    note = forms.CharField(
        label=_("对什么有兴趣"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        """The actor's organisations."""
        super().__init__(*args, **options)
        set_choices(self, "organisation", organisation_choices(actor))


class PitchesForm(forms.Form):
    """What the list of pitches is filtered by."""

    origin = forms.CharField(required=False, max_length=60)
    stage = forms.ChoiceField(required=False, choices=[("", ""), *queries.STAGES.items()])

    def asked(self) -> queries.PitchFilter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        return queries.PitchFilter(self.cleaned_data.get("origin", ""), self.cleaned_data.get("stage", ""))
