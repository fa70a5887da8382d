"""Areas, vocabularies, organisations, people, memberships, role grants, invitations."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models.body import BodyEvaluation as BodyEvaluation
from mengkeju.directory.models.title import Title as Title
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, new_uid, state_in
from mengkeju.kernel.words import chosen, mark

CONTACT = {
    "purpose": mark("供需双方联系与核验身份"),
    "basis": mark("个人同意或履行服务所必需（个人信息保护法第13条）"),
    "retention": mark("离开平台或撤回同意后删除"),
}
ORGANISATION_KINDS = {
    "enterprise": _("企业"),
    "university": _("高等学校"),
    "institute": _("科研院所"),
    "vocational": _("职业院校"),
    "government": _("政府部门"),
    "platform": _("创新平台"),
    "agency": _("科技服务机构"),
    "other": _("其他单位"),
}


class Area(Record):
    """A division of GB/T 2260 or a functional zone; `path` holds the codes from the root to itself."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20)
    zone_kind = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=300, db_index=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    # Set when the operator changed it: loading the shipped file again then leaves it alone.
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [archive_pair("area_archived_pair")]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def word(self) -> str:
        """Its name for the reader; zones without an English name keep the Chinese one."""
        return chosen(self.name, self.name_en)


class Vocabulary(Record):
    """A controlled vocabulary: field, cluster, cooperation_mode, maturity …"""

    key = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=120)
    source = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [archive_pair("vocabulary_archived_pair")]

    def __str__(self) -> str:
        """Its word."""
        return self.label


class Term(Record):
    """A word of a vocabulary. Retired terms stay on old objects and are no longer offered."""

    vocabulary = models.ForeignKey(Vocabulary, on_delete=models.PROTECT, related_name="terms")
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=300)
    retired_on = models.DateField(null=True, blank=True)
    # As for Area: an edited term is the operator's from then on.
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["vocabulary_id", "position", "key"]
        constraints: ClassVar = [
            archive_pair("term_archived_pair"),
            models.UniqueConstraint(fields=["vocabulary", "key"], name="term_once"),
        ]

    def __str__(self) -> str:
        """Its word."""
        return self.label


class TermSynonym(models.Model):
    """Another word for a term."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="synonyms")
    text = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["term", "text"], name="synonym_once")]

    def __str__(self) -> str:
        """The word."""
        return self.text


class Organisation(StatefulRecord):
    """A legal body or an innovation platform. `state` is its verification.

    `parent`: of which it is a branch; `parent_name` where that one is not on the platform. `services`: codes of
    `engine.bodies`.
    """

    name = models.CharField(_("单位名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    kind = models.CharField(_("单位类型"), max_length=20, choices=list(ORGANISATION_KINDS.items()))
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    credit_code_override = models.CharField(_("校验位不符的理由"), max_length=200, blank=True)
    zone = models.CharField(_("所在功能区"), max_length=40, blank=True)
    industry = models.CharField(_("行业"), max_length=60, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    summary = models.TextField(_("单位简介"), max_length=2000, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="branches")
    parent_name = models.CharField(_("上级机构"), max_length=120, blank=True)
    services = models.JSONField(default=list, blank=True)
    services_other = models.CharField(_("其他服务"), max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("organisation_archived_pair"),
            state_in(ORGANISATION.states, "organisation_state"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | (models.Q(parent_name="") & ~models.Q(parent=models.F("id"))),
                name="organisation_parent",
            ),
            models.UniqueConstraint(
                fields=["credit_code"], condition=~models.Q(credit_code=""), name="organisation_code_once"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="organisation_source_once"
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def verified(self) -> bool:
        """Whether an officer has verified it."""
        return self.state == "verified"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("organisation", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`officer`: of its area, its own people excepted; `organisation`: its own people."""
        if who == "officer":
            return Holder(role="officer", area=self.area, barred=self.uid)
        return Holder(organisation=self.uid)


class Person(Record):
    """A human being; with an account when he signs in."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )
    name = personal(models.CharField(_("姓名"), max_length=60), **CONTACT)
    position = personal(models.CharField(_("职务或职称"), max_length=80, blank=True), **CONTACT)
    phone = personal(models.CharField(_("电话"), max_length=40, blank=True), **CONTACT)
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    fictional = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("person_archived_pair"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="person_source_once"
            ),
        ]

    def __str__(self) -> str:
        """His name."""
        return self.name


class Membership(models.Model):
    """A person acts for an organisation; managers invite colleagues and answer for it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    manager = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=models.Q(ended_at__isnull=True), name="membership_once"
            )
        ]

    def __str__(self) -> str:
        """Who and where."""
        return f"{self.person_id}@{self.organisation_id}"


class RoleGrant(models.Model):
    """A role in a scope, granted and revoked by a security administrator."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30, choices=[(key, spec.label) for key, spec in ROLES.items()])
    scope = models.CharField(max_length=20)
    area = models.CharField(max_length=40, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role", "scope", "area"],
                condition=models.Q(revoked_at__isnull=True),
                name="role_grant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="platform", area="") | (models.Q(scope="area") & ~models.Q(area="")),
                name="role_grant_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="role_grant_revoked_pair",
            ),
        ]

    def __str__(self) -> str:
        """Role and scope."""
        return f"{self.role}@{self.area or self.scope}"


class Invitation(Record):
    """A manager invites a colleague by e-mail; the token in the mail is kept as a digest only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = personal(models.EmailField(_("电子邮箱")), **CONTACT)
    manager = models.BooleanField(_("设为管理员"), default=False)
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("invitation_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_pair",
            ),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        """To where."""
        return f"invitation to {self.organisation_id}"


class MembersOpening(models.Model):
    """The members' tier is open for an organisation outside the region: on what basis, until and with which day."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members_openings")
    basis = models.CharField(_("依据"), max_length=200)
    until = models.DateField(_("开放到"))
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(ended_at__isnull=True), name="members_opening_once"
            ),
            models.CheckConstraint(condition=~models.Q(basis=""), name="members_opening_has_basis"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=False) | models.Q(ended_by__isnull=True),
                name="members_opening_ended_pair",
            ),
        ]

    def __str__(self) -> str:
        """For whom and until when."""
        return f"{self.organisation_id} until {self.until}"


class ServiceAccount(models.Model):
    """The login an organisation's programs act by. It has no person and no password and is never active."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="service")
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="service")

    def __str__(self) -> str:
        """The organisation's name with “接口” behind it."""
        return gettext("%(organisation)s（接口）") % {"organisation": self.organisation.name}


def known_scopes(value: object) -> None:
    """ValidationError unless it is a list of scopes without repetition."""
    if not isinstance(value, list) or not value or len(set(value)) != len(value) or not set(value) <= set(SCOPES):
        raise ValidationError(_("请至少选择一项接口权限"))


class ApiToken(Record):
    """A key to the API. Of a person: `account` is his login; of an organisation: its service account.

    The secret is shown once, when it is made, and kept as a digest. Nothing of it changes but use and end.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="api_tokens"
    )
    name = models.CharField(_("名称"), max_length=60)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(validators=[known_scopes])
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    revoked_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("api_token_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_token_revoked_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        """Name and beginning."""
        return f"{self.name}（{self.prefix}）"

    def is_open(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > now

    def get_absolute_url(self) -> str:
        """The list it stands in."""
        if self.organisation is not None:
            return reverse("organisation-tokens", args=[self.organisation.uid])
        return reverse("my-tokens")
