"""What Django's own checks of a form say, in plain words: a clerk knows “this line”, not “this field”."""

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _


def speak_plainly() -> None:
    """Put our sentences in the place of Django's, once, when the site starts."""
    forms.Field.default_error_messages["required"] = _("请填写这一项")
    forms.ChoiceField.default_error_messages["required"] = _("请选择一项")
    forms.BooleanField.default_error_messages = {"required": _("请勾选这一项")}
    forms.FileField.default_error_messages["required"] = _("请选择文件")
    forms.ChoiceField.default_error_messages["invalid_choice"] = _("“%(value)s”不在可选的范围里，请重新选择")
    forms.IntegerField.default_error_messages["invalid"] = _("请写整数")
    forms.DecimalField.default_error_messages["invalid"] = _("请写数字")
    forms.DateField.default_error_messages["invalid"] = _("请写成 2027-06-30 这样的日期")
    validators.MaxValueValidator.message = _("最大是 %(limit_value)s")
    validators.MinValueValidator.message = _("最小是 %(limit_value)s")
    validators.EmailValidator.message = _("这不像邮箱地址，请核对")
