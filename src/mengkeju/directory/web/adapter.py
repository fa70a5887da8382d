"""Sign-up and sign-in hooks of django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

RESERVED = "erased-"


class AccountAdapter(DefaultAccountAdapter):
    """User names are told from e-mail addresses, because either signs in."""

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002 - allauth's signature
        """Refuse what looks like an address, and the names that erased logins get."""
        name: str = super().clean_username(username, shallow)
        if "@" in name or name.startswith(RESERVED):
            raise ValidationError(_("用户名不能含 @，也不能以 erased- 开头"))
        return name
