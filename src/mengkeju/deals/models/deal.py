"""The deal: the one record from talks to benefit; who stands on which side, and who helped."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.cooperation import share_hindrance
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.kinds import DealKind, Side, kinds
from mengkeju.deals.models.intention import ORIGINS, Intention
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import chosen, mark
from mengkeju.listings.models import Listing

DEAL_ORIGINS = {
    **ORIGINS,
    "call": _("经纪人联系"),
    "import": _("台账导入"),
    "signing": _("签约活动"),
    "source": _("公开资料"),
}
PRICE_MODES = {
    "fixed": _("一次总付"),
    "instalments": _("分期支付"),
    "royalty": _("提成"),
    "open": _("金额待定"),
}
UNBOUND_MODES = ("royalty", "open")
"""Modes whose payments may go beyond what was written as the price."""
DEDUCTIONS = {
    "own_cost": _("各自加计扣除本方发生的费用"),
    "commissioned": _("委托方按委托研发费用加计扣除"),
    "none": _("不作加计扣除"),
}
HELPER_ROLES = {"broker": _("技术经纪人"), "agency": _("技术转移服务机构")}
AGREEMENT = {
    "purpose": mark("订立和履行技术合同"),
    "basis": mark("履行双方合同所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("随合同档案保存，删除个人信息时清除"),
}


class Deal(StatefulRecord):
    """One agreement between two sides, from the talks to its end.

    `intention` is what it came from, if any: at most one deal that is not terminated. `need` and `achievement` are
    what it is about. `origin` says how the sides found each other, `channel` through what it was signed, as the
    source puts it. `keeper` is the organisation that holds its duties; empty for a record from a published source.
    `contract_value`, `technology_value` and `paid_value` (元) are the sums of its rows, kept by the actions that write
    these rows; the first two are empty while the amount is open. A published source may tell the first without the
    second. `royalty_rate` in percent. `area` is the seller's place.
    """

    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=30, unique=True, editable=False)
    title = models.CharField(_("合同或项目名称"), max_length=200)
    intention = models.ForeignKey(Intention, null=True, on_delete=models.PROTECT, related_name="deals")
    need = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="deals_as_need")
    achievement = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="deals_as_achievement")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    keeper = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="deals_kept")
    origin = models.CharField(max_length=20, choices=list(DEAL_ORIGINS.items()))
    origin_uid = models.UUIDField(null=True)
    channel = models.CharField(_("签约渠道"), max_length=120, blank=True)
    summary = models.TextField(_("技术内容"), max_length=4000, blank=True)
    contract_type = models.CharField(max_length=30, blank=True)
    contract_subtype = models.CharField(max_length=30, blank=True)
    type_answers = models.JSONField(default=dict)
    field = models.CharField(max_length=60, blank=True)
    ip_kind = models.CharField(max_length=40, blank=True)
    ip_terms = models.TextField(_("知识产权归属与成果分享"), max_length=2000, blank=True)
    plan_source = models.CharField(max_length=40, blank=True)
    signed_on = models.DateField(_("签订日期"), null=True)
    effective_from = models.DateField(_("有效期起"), null=True)
    effective_until = models.DateField(_("有效期止"), null=True)
    price_mode = models.CharField(_("付款方式"), max_length=12, choices=list(PRICE_MODES.items()), default="fixed")
    price_terms = models.TextField(_("付款约定"), max_length=1000, blank=True)
    royalty_rate = models.DecimalField(_("提成比例（%）"), max_digits=5, decimal_places=2, null=True)
    contract_value = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    technology_value = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    paid_value = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0), editable=False)
    fictional = models.BooleanField(default=False)
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("deal_archived_pair"),
            state_in(DEAL.states, "deal_state"),
            models.CheckConstraint(condition=models.Q(origin__in=list(DEAL_ORIGINS)), name="deal_origin"),
            models.CheckConstraint(condition=models.Q(price_mode__in=list(PRICE_MODES)), name="deal_price_mode"),
            models.UniqueConstraint(
                fields=["intention"],
                condition=models.Q(intention__isnull=False) & ~models.Q(state="terminated"),
                name="deal_of_intention_once",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="deal_source_once"
            ),
            models.CheckConstraint(
                condition=models.Q(technology_value__isnull=True)
                | models.Q(
                    contract_value__isnull=False,
                    technology_value__gte=0,
                    technology_value__lte=models.F("contract_value"),
                ),
                name="deal_technology_within_contract",
            ),
            models.CheckConstraint(
                condition=models.Q(contract_value__isnull=True) | models.Q(contract_value__gte=0),
                name="deal_contract_value",
            ),
            models.CheckConstraint(
                condition=models.Q(royalty_rate__isnull=True) | models.Q(royalty_rate__gt=0, royalty_rate__lte=100),
                name="deal_royalty_rate",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_value__gte=0)
                & (
                    models.Q(paid_value=0)
                    | models.Q(price_mode__in=UNBOUND_MODES)
                    | models.Q(paid_value__lte=models.F("contract_value"), contract_value__isnull=False)
                ),
                name="deal_paid_within_price",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_from__isnull=True)
                | models.Q(effective_until__isnull=True)
                | models.Q(effective_from__lte=models.F("effective_until")),
                name="deal_term_order",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-created_at"], name="deal_shelf")]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    @property
    def kind_spec(self) -> DealKind:
        """What its kind declares."""
        return kinds[self.kind]

    @property
    def paper_word(self) -> str:
        """What its text is called, in the reader's language."""
        return chosen(self.kind_spec.paper, self.kind_spec.paper_en)

    @property
    def from_source(self) -> bool:
        """Whether it was recorded from a published source; nobody acts on it then."""
        return self.origin == "source"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("deal", args=[self.uid])

    def duty_holder(self, _who: str) -> Holder:
        """The organisation that keeps it; a record from a source has none, its duties go to the operator."""
        if self.keeper is None:
            return Holder(role="operator")
        return Holder(organisation=self.keeper.uid)

    def missing_sides(self) -> list[Side]:
        """The required sides on which nobody stands yet."""
        filled = set(self.parties.filter(archived_at=None).values_list("side", flat=True))
        return [side for key, side in self.kind_spec.sides.items() if side.required and key not in filled]

    def has_passed_acceptance(self) -> bool:
        """Whether a verdict stands by which the work was accepted."""
        return self.acceptances.filter(archived_at=None, verdict="passed").exists()

    def has_landing(self) -> bool:
        """Whether somebody has said where the result landed."""
        return self.landings.filter(archived_at=None).exists()

    def share_hindrance(self) -> str:
        """Why the shares of the rights do not let it be signed; empty when they do. One query."""
        shares = self.parties.filter(archived_at=None).values_list("ip_share", flat=True)
        return share_hindrance(list(shares), self.ip_terms)

    def text_hindrance(self) -> str:
        """Why the text does not let it be signed: none uploaded, not confirmed by all; empty when it does."""
        text = self.texts.filter(archived_at=None, role="main").order_by("-version").first()
        if text is None:
            return gettext("还没有上传%(paper)s文本") % {"paper": self.paper_word}
        waiting = text.unconfirmed()
        if waiting:
            names = gettext("、").join(party.name for party in waiting)
            return gettext("还没有确认第 %(version)s 版文本：%(names)s") % {"version": text.version, "names": names}
        return ""


class DealParty(Record):
    """One party on a side: an organisation, or an individual with or without an account.

    `name` is how the contract names it; `role` lead or member, one lead a side. `ip_share` in percent. `deducts`: who
    deducts what for the R&D super-deduction (研发费用加计扣除, 财税〔2018〕64号). `alias`: the decision of a merge desk
    by which its organisation was found.
    """

    ROLES: ClassVar = {"lead": _("牵头"), "member": _("成员")}

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="parties")
    side = models.CharField(max_length=20)
    role = models.CharField(max_length=10, choices=list(ROLES.items()), default="lead")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="deal_parties")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="deal_parties")
    name = personal(models.CharField(_("合同一方的名称"), max_length=120), **AGREEMENT)
    individual = models.BooleanField(default=False)
    seller_kind = models.CharField(max_length=40, blank=True)
    ip_share = models.DecimalField(_("知识产权份额（%）"), max_digits=5, decimal_places=2, null=True)
    deducts = models.CharField(max_length=20, blank=True, choices=list(DEDUCTIONS.items()))
    order = models.PositiveSmallIntegerField(default=0)
    alias = models.ForeignKey("deals.PartyAlias", null=True, on_delete=models.PROTECT, related_name="parties")

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            archive_pair("deal_party_archived_pair"),
            models.CheckConstraint(condition=models.Q(role__in=["lead", "member"]), name="deal_party_role"),
            models.CheckConstraint(
                condition=models.Q(ip_share__isnull=True) | models.Q(ip_share__gte=0, ip_share__lte=100),
                name="deal_party_ip_share",
            ),
            models.UniqueConstraint(
                fields=["deal", "side"],
                condition=models.Q(role="lead", archived_at=None),
                name="deal_party_one_lead",
            ),
            models.UniqueConstraint(
                fields=["deal", "organisation"],
                condition=models.Q(organisation__isnull=False, archived_at=None),
                name="deal_party_organisation_once",
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def is_here(self) -> bool:
        """Whether somebody can act for it here: an organisation of the directory, or a person with a login."""
        return self.organisation is not None or (self.person is not None and self.person.account is not None)

    def duty_holder(self, _who: str) -> Holder:
        """Its organisation, the individual himself; for a party that is not on the platform whoever keeps the deal."""
        if self.organisation is not None:
            return Holder(organisation=self.organisation.uid)
        if self.person is not None and self.person.account is not None:
            return Holder(account=self.person.account.uid)
        return self.deal.duty_holder("keeper")

    @property
    def founded_on(self) -> date | None:
        """When the organisation was founded, if it said so."""
        return None if self.organisation is None else self.organisation.founded_on


class DealHelper(Record):
    """A broker or an agency that brought the deal about, with the share (%) of the commission, confirmed by a party."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="helpers")
    role = models.CharField(max_length=10, choices=list(HELPER_ROLES.items()))
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="helped_deals")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="helped_deals")
    share = models.DecimalField(_("服务费份额（%）"), max_digits=5, decimal_places=2, null=True)
    note = models.CharField(_("做了什么"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_for = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            archive_pair("deal_helper_archived_pair"),
            models.CheckConstraint(condition=models.Q(role__in=list(HELPER_ROLES)), name="deal_helper_role"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(organisation__isnull=False),
                name="deal_helper_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gte=0, share__lte=100),
                name="deal_helper_share",
            ),
        ]

    def __str__(self) -> str:
        """Who helped."""
        return str(self.person or self.organisation)
