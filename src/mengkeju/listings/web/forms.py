"""Forms of listings, made from the kind's sections."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import idempotency
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms import Section, build_form
from mengkeju.kernel.forms.build import SectionedForm
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.forms.fields import warn
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.engine.workflow import PUBLIC_LEVEL, SECRECY_LEVELS
from mengkeju.listings.kinds import ListingKind
from mengkeju.listings.models import TIERS, Listing


class ListingForm:
    """The kind's form with owner, tiers, revision and one-time key beside its fields."""

    def __init__(
        self,
        kind: ListingKind,
        actor: Actor,
        *,
        data: Any = None,
        initial: dict[str, Any] | None = None,
        listing: Listing | None = None,
    ) -> None:
        """`data` a POST; `initial` values for a new one; `listing` the one being edited."""
        self.kind, self.actor, self.listing = kind, actor, listing
        start = dict(initial or {})
        if listing is not None:
            start |= queries.values_of(listing) | {"tier": listing.tier, "revision": listing.revision}
            start |= {f"tier_{k}": v for k, v in listing.details.get("tiers", {}).items()}
        start.setdefault(idempotency.FIELD, idempotency.new_key())
        self.form = self._class()(data, initial=start)
        self._warn()

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is asked: the kind's sections."""
        return self.kind.sections

    @property
    def asks_tiers(self) -> bool:
        """Whether the form asks who may see what."""
        return True

    def _class(self) -> type[SectionedForm]:
        made = build_form("ListingForm", self.sections, queries.sources(self.actor))
        return type("KindForm", (made,), {**self._beside(), **(self._tier_fields() if self.asks_tiers else {})})

    def _beside(self) -> dict[str, forms.Field]:
        extra: dict[str, forms.Field] = {
            "revision": forms.IntegerField(
                widget=forms.HiddenInput,
                required=self.listing is not None,
                error_messages={"required": _("这张表单不完整，请刷新页面后重填")},
            ),
            idempotency.FIELD: forms.CharField(widget=forms.HiddenInput, required=False, max_length=80),
        }
        if self.listing is None:
            extra["owner"] = forms.ChoiceField(
                label=_("以哪个单位的名义"), choices=queries.publishers(self.actor, self.kind)
            )
        if self.listing is not None and self.listing.state == "published":
            extra["secrecy_reviewed"] = forms.BooleanField(
                label=_("改后的内容已按本单位规定作保密审查，不含国家秘密和工作秘密"), required=False
            )
        return extra

    def _tier_fields(self) -> dict[str, forms.Field]:
        tiers: dict[str, forms.Field] = {
            "tier": forms.ChoiceField(label=_("整条信息谁能看到"), choices=list(TIERS.items()), initial="public")
        }
        for section in self.adjustable:
            tiers[f"tier_{section.key}"] = forms.ChoiceField(
                label=gettext("“%(section)s”谁能看到") % {"section": word(section)},
                choices=list(TIERS.items()),
                initial=section.tier,
            )
        return tiers

    def _warn(self) -> None:
        """Say at the field that others will not see a personal number written there."""
        for section in self.sections:
            tier = self._tier_of(section)
            for spec in section.fields:
                text = str(self.form[spec.key].value() or "")
                found = personal_numbers.labels(text) if tier != "parties" else []
                if found:
                    warn(self.form, spec.key, number_warning(found))

    def _tier_of(self, section: Section) -> str:
        """Who will read a section: as the form says, else as the listing has it."""
        if f"tier_{section.key}" in self.form.fields:
            return str(self.form[f"tier_{section.key}"].value())
        chosen = self.listing.details.get("tiers", {}) if self.listing is not None else {}
        return self.kind.tier_of(chosen)[section.key]

    @property
    def warned(self) -> frozenset[tuple[str, str]]:
        """The fields with a personal number in them, each with what is said there of which kinds of number."""
        return frozenset((key, field.warning) for key, field in self.form.fields.items() if hasattr(field, "warning"))

    @property
    def adjustable(self) -> list[Section]:
        """Sections whose tier the owner chooses."""
        return [s for s in self.kind.sections if not s.fixed_tier]

    def parts(self) -> list[dict[str, Any]]:
        """Sections with bound fields and their tier field, for the template."""
        return [
            {
                "section": section,
                "fields": fields,
                "tier": self.form[f"tier_{section.key}"] if not section.fixed_tier else None,
            }
            for section, fields in self.form.by_section()
        ]

    def given(self) -> ListingInput:
        """What the valid form states."""
        values = self.form.cleaned_data
        return ListingInput(
            values={f.key: values.get(f.key) for f in self.kind.fields},
            tiers={s.key: values[f"tier_{s.key}"] for s in self.adjustable},
            tier=values["tier"],
            secrecy_reviewed=values.get("secrecy_reviewed", False),
        )

    def add_errors(self, error: ValidationError) -> None:
        """Put an action's refusal at its fields."""
        add_errors(self.form, error)


def number_warning(found: list[str]) -> str:
    """What the owner is told where he wrote a personal number."""
    said = gettext("这里有%(what)s，别人看到的是“〔%(what)s已隐去〕”。请删去：双方同意意向以后，平台会给出联系方式。")
    return said % {"what": listed(found)}


def with_revision(data: QueryDict, revision: int) -> QueryDict:
    """What was sent, as if made from this revision: for a person who has now been shown the newer content."""
    renewed = data.copy()
    renewed["revision"] = str(revision)
    return renewed


def secrecy_choices() -> list[tuple[str, str]]:
    """The levels in the reader's language; what is sent is the Chinese word of the law."""
    return [("", gettext("请选择")), *((level, gettext(level)) for level in SECRECY_LEVELS)]


class SubmitForm(forms.Form):
    """What a submission must confirm."""

    secrecy_level = forms.ChoiceField(
        label=_("密级"), choices=secrecy_choices, error_messages={"required": _("请选择密级")}
    )
    secrecy_reviewed = forms.BooleanField(
        label=_("已按本单位规定作保密审查，内容不含国家秘密和工作秘密"), required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """The review that was not confirmed is asked for at its own box, also beside a missing level."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("secrecy_reviewed") and given.get("secrecy_level", PUBLIC_LEVEL) == PUBLIC_LEVEL:
            self.add_error("secrecy_reviewed", _("请确认已按本单位规定作保密审查"))
        return given
