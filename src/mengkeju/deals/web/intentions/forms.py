"""Forms of intentions."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import idempotency, reasons
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


class OneTimeForm(forms.Form):
    """A form whose repeated arrival creates nothing twice."""

    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)


class DeclareForm(OneTimeForm):
    """As whom, with which own need or achievement, and what to say."""

    declaring = forms.ChoiceField(label=_("以哪个单位的名义"))
    counter = forms.ChoiceField(
        label=_("用本单位的哪一条来对接"), required=False, help_text=_("带上自己的供需信息，对方更容易判断")
    )
    message = forms.CharField(
        label=_("给对方的话"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    origin = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    origin_uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object, actor: Actor, target: Listing, **options: object) -> None:
        """The market's own example; choices are the actor's organisations and what they offer on the other side."""
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed through to Django
        set_choices(self, "declaring", [(str(m.organisation), m.name) for m in actor.memberships])
        words = target.kind_spec.words
        example = words.example if target.kind_spec.side == "need" else words.example_back
        self.fields["message"].help_text = gettext(example)
        own = [
            row
            for row in listings.of_organisations(actor).filter(state="published")
            if target.kind_spec.meets(row.kind_spec)
        ]
        set_choices(self, "counter", [("", _("不带")), *((str(row.uid), row.title) for row in own)])


class IntroduceForm(OneTimeForm):
    """A broker names the need and the achievement to bring together."""

    message = forms.CharField(label=_("引荐说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class DeclineForm(forms.Form):
    """Why not, from the dated list."""

    reason = forms.ChoiceField(label=_("原因"))
    reason_note = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, market: str, **options: Any) -> None:
        """The reasons that are of a market."""
        super().__init__(*args, **options)
        set_choices(self, "reason", [("", gettext("请选择")), *reasons.choices(market)])


class MessageForm(OneTimeForm):
    """One message with up to one file."""

    text = forms.CharField(label=_("留言"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    upload = forms.FileField(label=_("附件"), required=False, help_text=_("PDF、图片、Word、Excel 等，内容会被核对"))
