"""Forms of the talks on a deal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.kernel.forms.build import MoneyField

ROWS = {"rows": 3}


class OfferForm(OneTimeForm):
    """Terms, with an amount or without."""

    text = forms.CharField(label=_("条件"), required=False, max_length=4000, widget=forms.Textarea(attrs=ROWS))
    amount = MoneyField(label=_("报价"), required=False, max_length=40, help_text=_("例如 86万、1.2亿；没有可以不填"))
    answers = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Of a kind without price no amount is asked for."""
        super().__init__(*args, **options)
        if not deal.kind_spec.has(Step.PRICE):
            del self.fields["amount"]


class GapForm(OneTimeForm):
    """One gap, with how it may close if that is known."""

    gap = forms.CharField(
        label=_("差在哪里"),
        max_length=1000,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_("一条写一个差距，例如：成果的处理量每小时 1 吨，需求是 5 吨"),
    )
    proposal = forms.CharField(label=_("怎样适配"), required=False, max_length=1000, widget=forms.Textarea(attrs=ROWS))


class ProposalForm(forms.Form):
    """How a gap may close; carries the revision it was made from."""

    proposal = forms.CharField(label=_("怎样适配"), max_length=1000, widget=forms.Textarea(attrs=ROWS))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
