"""Sign-up and sign-in hooks of django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.kernel.models import Account
from mengkeju.kernel.web.language import carry_over

RESERVED = "erased-"


class AccountAdapter(DefaultAccountAdapter):
    """User names are told from e-mail addresses, because either signs in."""

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002 - allauth's signature
        """Refuse what looks like an address, and the names that erased logins get."""
        name: str = super().clean_username(username, shallow)
        if "@" in name or name.startswith(RESERVED):
            raise ValidationError(_("用户名不能含 @，也不能以 erased- 开头"))
        return name

    def post_login(self, request: HttpRequest, user: Account, **options: Any) -> HttpResponse:
        """The language chosen before signing in stays; one chosen on another device comes along."""
        answer: HttpResponse = super().post_login(request, user, **options)
        carry_over(request, answer, user)
        return answer


def attempted_login(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name django-axes counts a sign-in under: the login's user name, however it was typed.

    allauth hands over `username` or `email`, axes' own check `login`; all three must give one name, or the
    failures are counted under a name that is never checked.
    """
    given = credentials or {}
    typed = given.get("login") or given.get("username") or given.get("email") or request.POST.get("login", "")
    return queries.login_name(str(typed).strip())
