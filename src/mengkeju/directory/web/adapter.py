"""Sign-up and sign-in hooks of django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from mengkeju.directory.actions import start_person
from mengkeju.kernel import clock
from mengkeju.kernel.models import Account


class AccountAdapter(DefaultAccountAdapter):
    """A new login gets its person at once."""

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        """Save the account, then the person behind it, named as the user until he says more."""
        saved: Account = super().save_user(request, user, form, commit)
        if commit:
            start_person(saved, saved.username, now=clock.now())
        return saved
