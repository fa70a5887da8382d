"""Forms of disclosure: asking, choosing how it opens, files."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import idempotency
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.listings.engine.disclosure import BY_UNDERTAKING, MODES, undertaking
from mengkeju.listings.engine.files import FILE_KINDS
from mengkeju.listings.models import TIERS


class AskForm(forms.Form):
    """For which organisation and what for; a manager may accept the undertaking with it."""

    organisation = forms.ChoiceField(label=_("以哪个单位的名义"))
    purpose = forms.CharField(
        label=_("查看的用途"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("对方据此决定。例：评估能否用于我厂 6 万吨细渣的脱碳，需看工艺参数和检测报告"),
    )
    accepts = forms.BooleanField(required=False)
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)

    def __init__(self, *args: Any, actor: Actor, mode: str, **options: Any) -> None:
        """Choices are the actor's verified organisations; who manages none is not asked to accept."""
        super().__init__(*args, **options)
        chosen = [m for m in actor.memberships if m.verified]
        set_choices(self, "organisation", [(str(m.organisation), m.name) for m in chosen])
        if not any(m.manager for m in chosen):
            del self.fields["accepts"]
            return
        label = gettext("我代表本单位接受《%(title)s》（%(version)s 版）")
        text = undertaking()
        self.fields["accepts"].label = label % {"title": gettext("保密承诺"), "version": text.version}
        if mode != BY_UNDERTAKING:
            self.fields["accepts"].help_text = gettext("选填：先接受承诺，所有者更容易决定")

    def version(self) -> str:
        """The version accepted with the request; empty when it was not."""
        return undertaking().version if self.cleaned_data.get("accepts") else ""


class RuleForm(forms.Form):
    """How the parties' tier opens."""

    mode = forms.ChoiceField(
        label=_("别的单位申请查看合作方内容时"),
        choices=lambda: [(key, gettext(label)) for key, label in MODES.items()],
        widget=forms.RadioSelect,
    )


class FileForm(forms.Form):
    """One file with what it is and who may have it."""

    upload = forms.FileField(label=_("附件"), help_text=_("PDF、图片、Word、Excel 等，内容会被核对"))
    kind = forms.ChoiceField(
        label=_("附件类型"), choices=lambda: [(key, gettext(label)) for key, label in FILE_KINDS.items()]
    )
    tier = forms.ChoiceField(label=_("谁能下载"), choices=list(TIERS.items()), initial="parties")
    caption = forms.CharField(label=_("说明"), required=False, max_length=120)
    secrecy_reviewed = forms.BooleanField(
        label=_("附件已按本单位规定作保密审查，不含国家秘密和工作秘密"), required=False
    )
    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)
