"""A login and nothing else; the person behind it is the directory's."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock
from mengkeju.kernel.models.record import new_uid, personal
from mengkeju.kernel.words import mark

LOGIN = {
    "purpose": mark("登录与通知"),
    "basis": mark("履行服务所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("账号注销后清除"),
}


class AccountManager(BaseUserManager["Account"]):
    """Makes logins."""

    def create_user(self, username: str, email: str = "", password: str | None = None) -> "Account":
        """A login with a hashed password; without password it cannot sign in by one."""
        account = self.model(username=username, email=self.normalize_email(email))
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """AUTH_USER_MODEL. `is_active` False locks the door; `suspended_at` lets in but stops every act."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    username = personal(models.CharField(_("用户名"), max_length=60, unique=True), **LOGIN)
    email = personal(models.EmailField(_("电子邮箱"), blank=True), **LOGIN)
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, editable=False)
    suspended_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # The language last chosen while signed in: for mails and notices. Empty: Chinese.
    language = models.CharField(max_length=10, blank=True, editable=False)

    objects = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="account_email_once", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        """The user name."""
        return self.username
