"""Forms of the import: the file with its declaration, and what each column fills."""

from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import idempotency
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import IGNORE, How, Suggestion, batches
from mengkeju.kernel.models import ImportBatch
from mengkeju.kernel.words import word
from mengkeju.listings.web import import_kinds

ACCEPTED = ".xlsx,.xlsm,.csv,.txt"
HOW = {
    How.REMEMBERED: gettext_lazy("按上次的选择"),
    How.EXACT: gettext_lazy("表头吻合"),
    How.CONTAINED: gettext_lazy("表头包含，请核对"),
    How.CLOSE: gettext_lazy("表头相近，请核对"),
    How.NONE: gettext_lazy("没有认出"),
}


class UploadForm(forms.Form):
    """Kind, owner, file, declaration."""

    kind = forms.ChoiceField(label=gettext_lazy("导入成什么"))
    owner = forms.ChoiceField(
        label=gettext_lazy("以哪个单位的名义"),
        help_text=gettext_lazy("表里没有“所属单位”一列，或那一格空着的，都算这个单位的"),
    )
    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        help_text=gettext_lazy(".xlsx 或 .csv，最大 50 MB、20000 行。表头不必和平台一样，下一步可以对应"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    declared = forms.BooleanField(
        label=gettext_lazy("这份文件已按本单位规定作保密审查，不含国家秘密和工作秘密"),
        error_messages={"required": gettext_lazy("请确认这份文件已作保密审查，不含国家秘密和工作秘密")},
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        """Choices for this actor."""
        super().__init__(*args, **options)
        self.fields["kind"] = forms.ChoiceField(label=self.fields["kind"].label, choices=import_kinds.offered(actor))
        self.fields["owner"] = forms.ChoiceField(
            label=self.fields["owner"].label,
            help_text=self.fields["owner"].help_text,
            choices=import_kinds.owners(actor),
        )
        self.fields[idempotency.FIELD] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
        self.initial.setdefault(idempotency.FIELD, idempotency.new_key())


class MappingForm:
    """A select per heading of the file. `errors` by heading; `chosen` heading → field."""

    def __init__(self, batch: ImportBatch, data: Any = None) -> None:
        """With `data` what was sent, else what is suggested."""
        self.batch = batch
        self.suggestions: tuple[Suggestion, ...] = batches.suggestions(batch)
        headings = batches.headings(batch)
        self.chosen = {
            heading: (data.get(f"c{at}", IGNORE) if data is not None else self.suggestions[at].field or IGNORE)
            for at, heading in enumerate(headings)
        }
        self.errors: dict[str, str] = {}
        self.general: list[str] = []

    def is_valid(self) -> bool:
        """Two columns for one field are wrong at both."""
        counts = Counter(field for field in self.chosen.values() if field != IGNORE)
        for heading, field in self.chosen.items():
            others = [h for h, f in self.chosen.items() if f == field and h != heading]
            if counts[field] > 1:
                self.errors[heading] = _("“{other}”也选了这一项，只留一列").format(other=others[0])
        return not self.errors

    def rows(self) -> list[dict[str, Any]]:
        """Heading, place, unit, samples, select and error, in the order of the file."""
        columns = batches.importer_of(self.batch).columns()
        money = {c.key for c in columns if c.money}
        samples = self._samples()
        made = []
        for at, column in enumerate(self.batch.columns):
            heading, found = column["heading"], self.suggestions[at]
            field = self.chosen[heading]
            inherited = self.batch.unit or _("元") if field in money else ""
            made.append(
                {
                    "name": f"c{at}",
                    "letter": column["letter"],
                    "heading": heading,
                    "unit": column["unit"] or inherited,
                    "samples": samples[heading],
                    "how": str(HOW[found.how]) if found.how is not How.NONE else "",
                    "sure": found.how in {How.REMEMBERED, How.EXACT},
                    "rival": found.rival,
                    "error": self.errors.get(heading, ""),
                    "options": [
                        {"value": c.key, "label": word(c) + (" *" if c.required else ""), "chosen": c.key == field}
                        for c in columns
                    ],
                    "ignored": field == IGNORE,
                }
            )
        return made

    def _samples(self) -> dict[str, list[str]]:
        rows = list(self.batch.rows.order_by("number").values_list("cells", flat=True)[:30])
        found: dict[str, list[str]] = {}
        for heading in batches.headings(self.batch):
            texts = (str((cells or {}).get(heading, "")).strip() for cells in rows)
            found[heading] = [text[:40] for text in dict.fromkeys(texts) if text][:3]
        return found
