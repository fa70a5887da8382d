"""What we ask at sign-up beside allauth's own fields: the name, and consent to the terms."""

from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.actions import sign_up_person
from mengkeju.directory.engine.terms import TERMS
from mengkeju.kernel import clock
from mengkeju.kernel.models import Account
from mengkeju.kernel.words import word


class LongEnough(MinimumLengthValidator):
    """Django's rule; its catalogue lacks the Chinese words of the refusal."""

    def get_error_message(self) -> str:
        """What is shown beside the field."""
        return _("密码太短，至少 {count} 个字符").format(count=self.min_length)


class SignupForm(forms.Form):
    """Mixed into allauth's sign-up forms (by password and by OIDC)."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        help_text=_("合作方和核验人员看到的名字"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    terms = forms.BooleanField(
        label=_("我已阅读并同意《个人信息处理告知与使用须知》"),
        error_messages={"required": _("同意后才能注册")},
    )
    field_order = ("name", "username", "email", "password1", "password2", "terms")

    def __init__(self, *args: object, **options: object) -> None:
        """Link the text, with its version."""
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as allauth calls it
        self.fields["terms"].help_text = format_html(
            '<a href="{}">{}</a> ({})', reverse_lazy("terms"), word(TERMS), TERMS.version
        )

    def signup(self, _request: HttpRequest, user: Account) -> None:
        """Called by allauth once the login is saved."""
        sign_up_person(user, self.cleaned_data["name"], now=clock.now())
