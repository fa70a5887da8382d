"""Which party and which window a claim basis is for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries import claim_basis
from mengkeju.deals.web.claim_basis.pages import span
from mengkeju.kernel.forms.fields import set_choices


class ClaimForm(forms.Form):
    """`parties` are those the reader may speak for; the windows are those since the deal was signed."""

    party = forms.ChoiceField(label=_("申报单位"))
    window = forms.ChoiceField(label=_("申报期间"))

    def __init__(self, data: Any, *, deal: Deal, parties: list[DealParty], today: date) -> None:
        """What is not given falls back to the first party and the present window."""
        self.parties = {str(party.uid): party for party in parties}
        self.windows = {one.begins.isoformat(): one for one in claim_basis.windows(deal, today)}
        first = {"party": next(iter(self.parties), ""), "window": next(iter(self.windows), "")}
        given = {name: data.get(name) or first[name] for name in first}
        super().__init__(given)
        set_choices(self, "party", [(key, party.name) for key, party in self.parties.items()])
        set_choices(self, "window", [(key, span(one.begins, one.until)) for key, one in self.windows.items()])

    def draft(self, deal: Deal, today: date) -> claim_basis.Draft | None:
        """What could be claimed; None while the choice makes no sense."""
        if not self.is_valid():
            return None
        party, window = self.parties[self.cleaned_data["party"]], self.windows[self.cleaned_data["window"]]
        return claim_basis.draft_claim(deal, party, today, window)
