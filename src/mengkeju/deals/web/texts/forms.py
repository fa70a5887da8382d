"""Forms of the texts of a deal."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.models import AGREED_ROLES, TEXT_LANGUAGES, TEXT_ROLES, ContractText, Deal, DealParty
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.kernel.forms.fields import set_choices

UPLOAD_HELP = _("PDF、Word 或扫描图片；上传时记下摘要，各方确认的就是这一个文件")


def role_word(deal: Deal, role: str) -> str:
    """What a text is; the main one by what its kind of deal calls it: 合同文本, 协议文本."""
    return gettext("%(paper)s文本") % {"paper": deal.paper_word} if role == "main" else str(TEXT_ROLES[role])


def _named(text: ContractText) -> str:
    return gettext("%(role)s第 %(version)s 版：%(name)s") % {
        "role": role_word(text.deal, text.role),
        "version": text.version,
        "name": text.file.name,
    }


class TextForm(OneTimeForm):
    """One more version of a text, or a file that accompanies one."""

    role = forms.ChoiceField(label=_("是什么"))
    upload = forms.FileField(label=_("文件"), help_text=UPLOAD_HELP)
    language = forms.ChoiceField(label=_("语言"), choices=list(TEXT_LANGUAGES.items()), initial="zh")
    translation_of = forms.ChoiceField(label=_("译自哪一份"), required=False, help_text=_("只有中文译本要选"))
    note = forms.CharField(label=_("这一版改了什么"), required=False, max_length=300)

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """The roles that the deal takes now, and the foreign texts that can be translated."""
        super().__init__(*args, **options)
        talking = deal.state == "talking"
        left_out = {"addendum"} if talking else set() if queries.lacks_text(deal) else {"main"}
        foreign = list(
            deal.texts.filter(role__in=AGREED_ROLES, archived_at=None)
            .exclude(language="zh")
            .select_related("file")
            .order_by("role", "-version")
        )
        if foreign:
            set_choices(
                self, "translation_of", [("", gettext("不是译本")), *((str(t.uid), _named(t)) for t in foreign)]
            )
        else:
            del self.fields["translation_of"]
            left_out.add("translation")
        set_choices(self, "role", [(role, role_word(deal, role)) for role in TEXT_ROLES if role not in left_out])

    def original(self, deal: Deal) -> ContractText | None:
        """What it translates, if anything was chosen."""
        chosen = self.cleaned_data.get("translation_of")
        return queries.find_text(deal, UUID(chosen)) if chosen else None


class PaperForm(OneTimeForm):
    """A party that is not on the platform agreed on paper."""

    scan = forms.ChoiceField(label=_("已上传的扫描件"), required=False)
    upload = forms.FileField(label=_("签字盖章扫描件"), required=False, help_text=_("PDF 或图片，看得清签字和印章"))
    sm3 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Scans that were put up already."""
        super().__init__(*args, **options)
        scans = deal.texts.filter(role="scan", archived_at=None).select_related("file").order_by("-version")
        if scans:
            set_choices(self, "scan", [("", gettext("上传新的")), *((str(t.uid), _named(t)) for t in scans)])
        else:
            del self.fields["scan"]
            self.fields["upload"].required = True

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean() or self.cleaned_data
        if not given.get("scan") and not given.get("upload") and "upload" not in self.errors:
            self.add_error("upload", gettext("请选择或上传签字盖章扫描件"))
        return given

    def given(self, deal: Deal) -> Any:
        """The stored scan that was chosen, or the upload."""
        chosen = self.cleaned_data.get("scan")
        return queries.find_text(deal, UUID(chosen)) if chosen else self.cleaned_data["upload"]


class ConfirmForm(forms.Form):
    """For which party, and the digest that the page showed."""

    party = forms.UUIDField()
    sm3 = forms.CharField(max_length=64)

    def of(self, deal: Deal) -> DealParty | None:
        """The party that stands on the deal."""
        return deal.parties.filter(uid=self.cleaned_data["party"], archived_at=None).first()
