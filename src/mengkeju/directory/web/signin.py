"""The sign-in form with labels that say what to type."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.LoginForm):
    """allauth's form; its own label of the first field is the same word as the button."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the field after what is typed into it."""
        super().__init__(*args, **options)
        field = self.fields["login"]
        field.label = _("用户名或邮箱")
        field.widget.attrs.update({"placeholder": "", "autocomplete": "username"})
